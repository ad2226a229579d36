# 사진 목록, 최근 설명, 다른 문장, 일치와 의심.

# 거의 믿을 수 없는 문장과 보이는 것이 없는 그림을 대신하는 말.
doubt-cannot-tell = 이 사진에 무엇이 있는지 알 수 없습니다. 틀릴 수 있는 추측이라도 들으려면 { $key } 키를 누르십시오.
no-clear-picture = 뚜렷하게 보이는 것이 없습니다.

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
