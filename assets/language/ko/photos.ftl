# 사진 목록, 최근 설명, 다른 문장, 일치와 의심.

# 거의 믿을 수 없는 문장과 보이는 것이 없는 그림을 대신하는 말.
doubt-cannot-tell = 이 사진에 무엇이 있는지 알 수 없습니다. 틀릴 수 있는 추측이라도 들으려면 { $key } 키를 누르십시오.
no-clear-picture = 뚜렷하게 보이는 것이 없습니다.

# 모델이 설명하도록 배운 사진이 아닌 그림에 대한 말. 둘째 문장은 추측을 들려주는 키가 있을 때.
no-photo = 글이 적힌 페이지나 화면 캡처, 도표처럼 보입니다. 저는 사진만 설명할 수 있습니다.
no-photo-guess = 틀릴 수 있는 추측이라도 들으려면 { $key } 키를 누르십시오.

# 문장들이 얼마나 일치하는지.
agreement-all = 문장 { $total }개 모두에 나오는 낱말: { $words }.
agreement-some = 문장 { $total }개 중 { $count }개에 나오는 낱말: { $words }.
agreement-in-none = 문장 { $total }개 모두에 나오는 낱말은 없습니다.
agreement-no-word = 문장 { $total }개에 함께 나오는 낱말이 없습니다.

# 최근 설명을 보관하거나 읽거나 지우거나 사진과 함께 보여 줄 수 없을 때.
recent-broken = 최근 설명 목록이 손상되어 { $aside } 파일로 따로 두었습니다. 새 목록을 시작했습니다.
recent-not-written = 최근 설명을 { $folder } 폴더에 보관할 수 없습니다: { $reason }. 폴더에 쓸 수 있는지, 공간이 있는지 확인하십시오.
recent-not-cleared = { $folder } 폴더의 최근 설명을 모두 지우지 못했습니다: { $reason }. 폴더를 직접 지우십시오.
recent-was-pasted = 붙여 넣은 그림이어서 설명만 보관되어 있습니다. 그림을 보려면 다시 붙여 넣으십시오.
doubt-cannot-tell-in-list = 이 사진에 무엇이 있는지 알 수 없습니다.

# 사진 목록.
photos-position = { $count }장 중 { $at }번째.
photos-position-line = 사진 { $count }장 중 { $at }번째
photos-last = { $count ->
    [1] 이 폴더에는 다른 사진이 없습니다.
   *[other] 사진 { $count }장 중 마지막입니다.
}
photos-first = { $count ->
    [1] 이 폴더에는 다른 사진이 없습니다.
   *[other] 사진 { $count }장 중 첫 번째입니다.
}
photos-no-list = 넘겨 볼 사진이 없습니다. 폴더에 있는 사진을 열거나 여러 장을 끌어다 놓으십시오.
photos-listing = 이 폴더의 사진을 찾는 중입니다…
photos-none-given = 받은 것 가운데 사진이 없습니다. JPEG나 PNG 파일 같은 사진을 고르십시오.
photos-left-out = 사진이 아닌 파일 { $count }개는 뺐습니다.
photos-from-web = 이것은 웹 주소일 뿐이며 Hearsight는 네트워크를 쓰지 않습니다. 웹에서 그림을 복사(메뉴의 이미지 복사)한 뒤 여기에 붙여 넣으십시오.
stopped-describing = 멈췄습니다. { $key } 키를 누르면 사진을 다시 설명합니다.
known-already = 전에 설명한 사진입니다.

# 다른 문장.
sentence-position = { $count }개 중 { $at }번째.
sentence-position-line = 문장 { $count }개 중 { $at }번째.
sentences-looking = 다른 문장을 찾는 중입니다…
sentences-last = { $count ->
    [1] 이 사진에 대한 다른 문장이 없습니다.
   *[other] 문장 { $count }개 중 마지막입니다.
}
sentences-first = { $count ->
    [1] 이 사진에 대한 다른 문장이 없습니다.
   *[other] 문장 { $count }개 중 첫 번째이며 가장 나은 문장입니다.
}
guess-shown-already = 숨겨 둔 추측이 없습니다.

# 최근 설명 화면.
recent-keep = 최근 설명을 이 컴퓨터에 글로 보관하기
recent-none = 최근 설명이 없습니다.
recent-choose = 위아래 화살표로 고르고 Enter로 사진을 다시 엽니다.
recent-row = { $sentence } { $name }, { $when }
recent-older = 더 오래된 설명
recent-newer = 더 새로운 설명
recent-page = { $count }개 중 { $from }~{ $to }
recent-clear = 모두 지우기
recent-clear-question = 최근 설명 { $count }개를 모두 지우겠습니까? 되돌릴 수 없습니다.
recent-clear-yes = 예, 모두 지웁니다
recent-clear-no = 아니요, 그대로 둡니다
recent-cleared = 최근 설명을 모두 지웠습니다.
recent-photo-gone = { $name }: { $reason } 설명은 그대로 보여 줍니다.
recent-now = 방금 전
recent-minutes = { $count }분 전
recent-hours = { $count }시간 전
recent-days = { $count }일 전
