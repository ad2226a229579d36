# 음성: 속도, 크기, 철자, 목소리, 누가 읽는지.

voice-faster = 빠르게: { $rate }.
voice-slower = 느리게: { $rate }.
voice-fastest = 가장 빠른 속도입니다: { $rate }.
voice-slowest = 가장 느린 속도입니다: { $rate }.
voice-louder = 크게: { $volume }.
voice-softer = 작게: { $volume }.
voice-loudest = 가장 큰 소리입니다: { $volume }.
voice-softest = 가장 작은 소리입니다: { $volume }.
voice-not-in-use = 지금은 화면 낭독기가 자체 설정에 따라 말합니다.

# 한 글자씩 읽은 낱말.
spelled = { $word }: { $letters }
spell-which = 먼저 왼쪽이나 오른쪽 화살표로 낱말을 고른 다음 철자를 들으십시오.
spell-nothing = 이 낱말에는 읽을 글자가 없습니다.
sign-apostrophe = 작은따옴표
sign-hyphen = 붙임표
sign-dot = 점

# unsure-said는 음성이 낱말을 다른 언어로 말할 때 그 앞에 옵니다.
unsure-words = 불확실: { $words }
unsure-said = 불확실:
unsure-none = 이 문장에는 불확실하다고 표시된 낱말이 없습니다.

# 설정 화면의 음성 목록.
voices-of = 음성: { $language }
voices-asked = 음성 목록을 가져오는 중입니다…
voices-again = 음성 목록 다시 가져오기
voices-typed = 음성 찾기:
voices-found = 음성 { $count }개
voices-own = 시스템 기본 음성
voices-chosen = 음성: { $voice }
