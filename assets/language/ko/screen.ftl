# 화면의 그림과 프로그램의 두 번째 시작.

screen-picture = 화면
screen-part-picture = 화면의 일부
status-taking-screen = 화면의 그림을 만드는 중…
screen-taken = 화면 전체입니다. 일부만 설명을 들으려면 그 부분만 보이게 하고({ $zoom } 및 { $move }) { $describe } 키를 누르십시오.

screen-none = 그림으로 만들 화면이 없습니다. 이 기능은 Wayland나 X11 데스크톱을 쓰는 리눅스에서 됩니다.
screen-no-portal = 이 데스크톱에는 화면의 그림을 주는 포털이 없습니다. 데스크톱에 맞는 xdg-desktop-portal을 설치하고 다시 로그인하거나, 데스크톱의 단축키로 화면을 찍어 여기에 붙여 넣으십시오.
screen-cancelled = 화면의 그림을 만들지 않았습니다.
screen-refused = 데스크톱이 화면의 그림을 주지 않았습니다. 데스크톱 설정에서 Hearsight의 화면 찍기를 허용하거나, 데스크톱의 단축키로 화면을 찍어 여기에 붙여 넣으십시오.
screen-portal-gone = 데스크톱의 포털이 화면의 그림 없이 끝났습니다. 다시 해 보거나, 데스크톱의 단축키로 화면을 찍어 여기에 붙여 넣으십시오.
screen-no-window = 화면에 다른 창이 없습니다. 설명을 들을 창을 열거나 보이게 한 뒤 다시 해 보십시오.
screen-in-the-way = Hearsight 창이 비켜나지 않아 그림에 다른 것이 보이지 않습니다. 데스크톱의 단축키로 화면을 찍어 여기에 붙여 넣으십시오.
screen-broken = 화면을 읽을 수 없습니다({ $reason }). 데스크톱의 단축키로 화면을 찍어 여기에 붙여 넣으십시오.
screen-colours = { $bits }비트 색은 읽을 수 없음
screen-unreadable = 데스크톱이 만든 화면의 그림을 쓸 수 없습니다: { $reason }
