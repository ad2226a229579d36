# 명령: 이름, 그리고 .help에는 하는 일.

command-open = 열기
    .help = 사진을 고릅니다. 창에 사진을 끌어다 놓아도 됩니다.
command-paste = 붙여 넣기
    .help = 클립보드에 있는 그림이나 사진 파일을 설명합니다.
command-describe = 설명하기
    .help = 사진을 다시 설명합니다.
command-copy = 복사
    .help = 문장을 클립보드에 복사합니다.
command-next-word = 다음 낱말
    .help = 다음 낱말에 해당하는 사진 부분을 밝히고 그 위치를 말합니다.
command-previous-word = 이전 낱말
    .help = 앞 낱말에 대해 같은 일을 합니다.
command-larger-text = 글자 크게
    .help = 문장의 글자를 크게 합니다.
command-smaller-text = 글자 작게
    .help = 문장의 글자를 작게 합니다.
command-speak = 읽기
    .help = 문장을 소리 내어 읽거나, 읽기를 멈춥니다.
command-stop = 멈추기
    .help = 읽기를 멈추고 단축키 목록을 닫습니다.
command-next-theme = 다음 테마
    .help = 색을 바꿉니다: 시스템 설정, 밝게, 어둡게, 흰 바탕에 검은 글자, 검은 바탕에 흰 글자, 검은 바탕에 노란 글자.
command-larger-all = 모두 크게
    .help = 창 안의 모든 것을 더 크게 표시합니다.
command-smaller-all = 모두 작게
    .help = 창 안의 모든 것을 더 작게 표시합니다.
command-usual-size = 기본 크기
    .help = 창 안의 모든 것을 시스템의 기본 크기로 표시합니다.
command-help = 단축키
    .help = 이 단축키 목록을 열거나 닫습니다.

# 명령 묶음의 이름.
group-photo = 사진
group-view = 보기
group-attention = 주의 영역
group-sentence = 문장
group-voice = 음성
group-program = 프로그램

# 창 어디서나 쓸 수 있는 키.
built-in-tab = 다음 단추나 낱말로 갑니다. Enter 키로 누릅니다.
