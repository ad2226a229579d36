# 설정 화면, 테마, 크기.

text-size = 글자 크기: { $points }포인트.
