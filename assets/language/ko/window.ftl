# 창: 창에 보이는 글과 상태 표시줄의 소식.

language-system = 시스템 언어
language-english = English
language-korean = 한국어
language-changed = 이제 모든 것을 한국어로 보여 줍니다.

fonts-no-korean = 한국어 글꼴이 없어 한글이 네모로 보입니다. Noto Sans CJK KR 같은 글꼴(데비안: fonts-noto-cjk와 libfontconfig1)을 설치하고 Hearsight를 다시 시작하거나, 설정(Ctrl+쉼표)에서 English를 고르십시오.

empty-window = 사진을 열거나, 여기에 끌어다 놓거나, 붙여 넣으십시오.
empty-window-more = Hearsight가 사진을 한 문장으로 설명하고 소리 내어 읽습니다. 아무것도 이 컴퓨터 밖으로 나가지 않습니다.
welcome = Hearsight를 시작합니다. 키 세 개면 충분합니다. { $open } 키는 사진을 열고, { $speak } 키는 설명을 읽거나 멈추고, { $help } 키는 모든 단축키를 알려 줍니다.
drop-here = 사진을 놓으면 설명합니다
dialog-photos = 사진
close = 닫기

status-ready = 준비되었습니다.
status-loading-model = 모델을 불러오는 중입니다…
status-opening = 사진을 여는 중입니다…
status-choosing = 파일 대화 상자에서 사진을 고르십시오.
status-nothing-chosen = 고른 사진이 없습니다.
status-pasting = 클립보드를 살펴보는 중입니다…
status-looking = 사진을 살펴보는 중입니다…
status-writing = 문장을 쓰는 중입니다…
status-covering = 사진의 부분을 가리는 중입니다: { $of }곳 중 { $covered }곳…
status-copied = 문장을 클립보드에 복사했습니다.
status-no-photo = 아직 사진이 없습니다. 먼저 사진을 열거나 끌어다 놓거나 붙여 넣으십시오.
status-no-sentence = 아직 설명이 없습니다.
status-nothing-to-paste = 클립보드에 그림도 사진 파일도 없습니다. 하나를 복사한 뒤 다시 해 보십시오.
status-no-clipboard = 클립보드를 읽을 수 없습니다. 대신 사진을 열거나 끌어다 놓으십시오.
typed-path-label = 사진이나 폴더의 경로:
typed-path-open = 이 경로 열기
typed-path-empty = 먼저 사진이나 폴더의 경로를 입력하십시오. 예: ~/Pictures/dog.jpg.
typed-path-because = 이 시스템에는 파일 대화 상자가 없습니다. (데스크톱 포털이나 zenity 프로그램이 있으면 쓸 수 있습니다.) 여기에 사진의 경로를 입력하거나, 이 상자를 닫고 사진을 끌어다 놓거나 붙여 넣으십시오.
status-no-thread = 시작할 수 없습니다. 시스템에 스레드나 메모리가 부족합니다. 다른 프로그램을 닫고 다시 해 보십시오.
described = { $seconds }초 만에 설명했습니다.
described-quickly = 0.1초도 안 되어 설명했습니다.
described-step = 왼쪽과 오른쪽 화살표로 낱말을 하나씩 살펴볼 수 있습니다.

# 화면 읽기 프로그램이 사진을 부르는 이름.
photo-name = 사진: { $name }, 가로 { $width }, 세로 { $height } 픽셀
photo-lit = 밝힌 곳: { $place }
dropped-picture = 끌어다 놓은 그림
pasted-picture = 붙여 넣은 그림
model-about = 모델 { $name }, 실행 장치 { $device }

window-failed = 창을 열 수 없습니다. 화면이 없거나 OpenGL을 쓸 수 있는 화면이 없습니다. 대신 `hearsight describe PHOTO`를 실행하면 문장이 출력됩니다.
describer-gone = 사진을 설명하는 부분이 오류로 멈췄습니다. 창을 닫고 Hearsight를 다시 시작하십시오.
