# 사진 목록, 최근 설명, 다른 문장, 일치와 의심.

# 거의 믿을 수 없는 문장과 보이는 것이 없는 그림을 대신하는 말.
doubt-cannot-tell = 이 사진에 무엇이 있는지 알 수 없습니다. 틀릴 수 있는 추측이라도 들으려면 { $key } 키를 누르십시오.
no-clear-picture = 뚜렷하게 보이는 것이 없습니다.

# 문장들이 얼마나 일치하는지.
agreement-all = 문장 { $total }개 모두에 나오는 낱말: { $words }.
agreement-some = 문장 { $total }개 중 { $count }개에 나오는 낱말: { $words }.
agreement-in-none = 문장 { $total }개 모두에 나오는 낱말은 없습니다.
agreement-no-word = 문장 { $total }개에 함께 나오는 낱말이 없습니다.
