# 소리가 나지 않는 까닭과 할 수 있는 일.

speech-nothing = 읽을 것이 없습니다. 글이 비어 있습니다.
speech-no-voice = 응답하는 음성이 없습니다. { $platform ->
    [linux] speech-dispatcher와 speech-dispatcher-espeak-ng를 설치하거나
   *[other] 시스템의 음성 설정에서 음성을 고르거나
} 화면의 문장을 읽으십시오.
speech-broke-off = 음성 서비스가 끝나 음성이 끊겼습니다. 다시 읽기를 시키면 서비스가 다시 시작됩니다. 화면의 문장을 읽어도 됩니다.
speech-no-answer = 음성이 더는 응답하지 않습니다. { $platform ->
    [linux] speech-dispatcher 프로그램을 끝낸 뒤(저절로 다시 시작됩니다) 다시 읽기를 시키거나
   *[other] 이 프로그램을 다시 시작하거나
} 화면의 문장을 읽으십시오.
speech-no-sound = 음성은 나오지만 소리를 내보내는 장치가 없습니다. { $platform ->
    [linux] 스피커나 헤드폰이 연결되어 있는지, PulseAudio나 PipeWire가 실행 중인지 확인하고 speech-dispatcher 프로그램을 끝내거나(저절로 다시 시작됩니다)
   *[other] 스피커나 헤드폰이 연결되어 있는지 확인하거나
} 화면의 문장을 읽으십시오.
speech-interrupted = 다른 프로그램이 음성을 멈췄습니다. 다시 읽기를 시키거나 화면의 문장을 읽으십시오.
speech-too-long = 음성이 { $seconds }초 안에 끝나지 않아 멈췄습니다. 시간을 더 주거나 한 번에 읽는 양을 줄이십시오.
speech-no-thread = 음성을 시작할 수 없습니다. 시스템에 스레드가 더 없습니다. 다른 프로그램을 닫고 다시 해 보십시오.
