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
