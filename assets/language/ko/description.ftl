# 설명: 얼마나 믿을 만한지, 낱말과 그 위치.

description = 설명
description-none = 아직 설명이 없습니다
description-spoken = 설명: { $sentence }

# 문장 앞에 하는 말.
doubt-probably-wrong = 아마 틀린 설명일 것입니다:
doubt-may-be-wrong = 틀린 설명일 수 있습니다:
doubt-uncalibrated = 이 모델이 얼마나 자주 맞는지는 알려져 있지 않습니다:

word-and-more = { $word }, { $more }
word-unsure = 불확실함
no-attention = 이 모델은 사진의 어디를 보았는지 알려 주지 않습니다.
no-attention-yet = { $why } { $key } 키를 누르면 사진의 부분을 가려 가며 알아냅니다.
no-part = 사진의 어느 한 부분을 가려도 여기에는 달라지는 것이 없습니다.

place-upper-left = 왼쪽 위
place-top = 위쪽
place-upper-right = 오른쪽 위
place-left = 왼쪽
place-middle = 가운데
place-right = 오른쪽
place-lower-left = 왼쪽 아래
place-bottom = 아래쪽
place-lower-right = 오른쪽 아래
place-everywhere = 사진 전체

# The line below the sentence that explains its dots.
legend-unsure = 점선: 모델이 확신하지 못한 단어입니다.
