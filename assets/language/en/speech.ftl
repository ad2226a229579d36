# Why nothing is heard: what could not be done, why, and what to do.

speech-nothing = There is nothing to say: the text is empty.
speech-no-voice = No voice answered. { $platform ->
    [linux] Install speech-dispatcher and speech-dispatcher-espeak-ng
   *[other] Choose a voice in the system's speech settings
}, or read the sentence on the screen.
speech-broke-off = The voice broke off: its service has ended. Speak again to restart it, or read the sentence on the screen.
speech-no-answer = The voice has stopped answering. { $platform ->
    [linux] End the program speech-dispatcher, which starts again by itself, and speak again
   *[other] Restart this program
}, or read the sentence on the screen.
# A daemon that began without a sound server does not look for one again.
speech-no-sound = The voice speaks, but nothing takes the sound. { $platform ->
    [linux] Check that loudspeakers or headphones are connected and that PulseAudio or PipeWire runs, end the program speech-dispatcher, which starts again by itself
   *[other] Check that loudspeakers or headphones are connected
}, or read the sentence on the screen.
speech-interrupted = Another program stopped the voice. Speak again, or read the sentence on the screen.
speech-too-long = The voice was not done within { $seconds } seconds and was stopped. Allow it more time, or say less at once.
speech-no-thread = The voice could not be started: the system gives no more threads. Close some programs and try again.
