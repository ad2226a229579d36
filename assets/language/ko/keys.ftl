# 기호로는 읽히지 않는 키의 이름. 글자, 숫자, F1부터 F12까지는 그대로 씁니다.

key-space = 스페이스바
key-escape = Esc
key-tab = Tab
key-enter = Enter
key-up = 위쪽 화살표
key-down = 아래쪽 화살표
key-left = 왼쪽 화살표
key-right = 오른쪽 화살표
key-page-up = Page Up
key-page-down = Page Down
key-home = Home
key-end = End
key-plus = 더하기
key-minus = 빼기
key-comma = 쉼표
key-period = 마침표
key-open-bracket = [
key-close-bracket = ]
