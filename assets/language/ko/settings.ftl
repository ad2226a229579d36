# 설정 화면, 테마, 크기.

text-size = 글자 크기: { $points }포인트.
scale-now = 전체 크기: { $percent }%.
theme-now = 테마: { $name }.

theme-system = 시스템 설정
theme-light = 밝게
theme-dark = 어둡게
theme-black-on-white = 흰 바탕에 검은 글자
theme-white-on-black = 검은 바탕에 흰 글자
theme-yellow-on-black = 검은 바탕에 노란 글자

settings-kept-aside = 설정을 읽을 수 없어 기본 설정을 사용합니다. 이전 파일은 다음 위치에 보관했습니다: { $file }
settings-unreadable = 설정 파일을 읽을 수 없어 기본 설정을 사용하며, 변경한 내용은 저장되지 않습니다. 다음 파일을 고치거나 삭제하십시오: { $file }
settings-out-of-bounds = 허용 범위를 벗어난 설정이 있어 다른 값을 사용합니다: { $key } → { $used }
settings-not-understood = 이해할 수 없는 설정이 있어 다른 값을 사용합니다: { $key } → { $used }
settings-not-written = 읽기 전용이거나 공간이 부족하여 다음 폴더에 설정을 저장할 수 없습니다: { $folder } 설정은 창을 닫을 때까지만 유지됩니다.
settings-no-folder = 설정을 저장할 폴더가 없습니다. 설정은 창을 닫을 때까지만 유지됩니다. 저장하려면 HEARSIGHT_CONFIG_DIR 환경 변수에 폴더를 지정하십시오.
settings-usual = 기본값

# The screen of settings.
settings = 설정
settings-looks = 화면과 언어
settings-attention = 모델이 본 곳
settings-voice = 음성
settings-photos = 사진
percent = { $percent }%
points = { $points }포인트

setting-language = 언어
    .help = 이 창에 쓰이는 언어입니다. 설명은 모델이 쓰는 언어로 나옵니다.
setting-theme = 테마
    .help = 창의 색입니다. 마지막 세 가지는 대비가 가장 높습니다.
setting-text-size = 문장 크기
    .help = 설명 문장의 글자 크기입니다.
setting-scale = 전체 크기
    .help = 창 안의 모든 것의 크기입니다. 시스템 배율에 더해집니다.
setting-motion = 움직임 줄이기
    .help = 미끄러지거나 깜박이는 것을 멈출지 정합니다.
motion-system = 시스템 설정
motion-reduced = 켜기
motion-full = 끄기
setting-attention-mode = 빛 표시 방법
    .help = 단어에 해당하는 사진 부분을 표시하는 방법입니다.
setting-mode-colour = 색
setting-mode-dim = 나머지를 어둡게
setting-mode-outline = 테두리 선
setting-attention-strength = 빛의 세기
    .help = 그 부분이 얼마나 두드러지는지 정합니다.
setting-speak-when-ready = 설명이 준비되면 말하기
    .help = 설명이 준비되는 대로 소리 내어 읽습니다. 끄면 스페이스 키를 눌러 들을 수 있습니다.
setting-speech = 말하는 쪽
    .help = 화면 낭독기가 실행 중이면 Hearsight와 화면 낭독기 중 한쪽만 말하며, 동시에 말하지 않습니다.
speech-automatic = 자동
speech-own-voice = Hearsight
speech-screen-reader = 화면 낭독기
setting-rate = 빠르기
    .help = 음성이 말하는 빠르기입니다.
rate-usual = 보통
rate-faster = { $amount } 빠르게
rate-slower = { $amount } 느리게
setting-volume = 음량
    .help = 음성의 크기입니다.
setting-describe-ahead = 다음 사진을 미리 설명하기
    .help = 듣는 동안 폴더의 다음 사진을 미리 설명합니다. 전력을 더 사용합니다.
setting-keep-recent = 최근 설명 보관하기
    .help = 사진이 아니라 문장만 이 컴퓨터에 보관하여, 전에 본 사진을 바로 설명합니다.
setting-voices = 언어별 음성
    .help = 음성을 선택하면 그 음성이 자기 이름을 말합니다.
setting-recent = 최근 설명
    .help = 이 컴퓨터에 보관된 설명을 모두 지웁니다.
setting-recent-none = 보관된 설명이 없습니다.
setting-recent-clear = 최근 설명 지우기
