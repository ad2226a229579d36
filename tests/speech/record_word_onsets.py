"""Records when espeak-ng says each word of invented captions: the data for the timeline's test.

Run as `python3 tests/speech/record_word_onsets.py > tests/speech/word_onsets.json`; needs libespeak-ng1 and no sound
device. espeak-ng reports for each word the position in the sound at which it starts. The settings are those that
Speech Dispatcher uses where nothing else is asked for: the voice en-US at its normal rate.

The benchmark `word_onsets` gives it other captions, one a line on the standard input, as
`record_word_onsets.py VOICE WORDS_A_MINUTE`.
"""

import ctypes
import json
import sys

CAPTIONS = """
a brown dog runs through the shallow water
two children are playing football on the grass
a woman in a red coat is standing next to a bicycle
a man is riding a wave on top of a surfboard
an old man sits on a wooden bench and reads a newspaper
a black cat sleeps on a blue sofa near the window
three people are hiking up a snowy mountain
a girl with curly hair is blowing soap bubbles in the garden
the white horse jumps over a fence
a group of young people pose for a photograph in front of a fountain
a boy wearing a yellow helmet skates down a concrete ramp
a bowl of tomato soup stands on the kitchen table
several boats are anchored in the harbour at sunset
a train is travelling along the railway between green hills
a small bird is sitting on a branch, looking at the camera
two dogs fight over a stick in the snow
a player in a white uniform throws the ball
an elephant is walking across the dusty road
a little girl climbs the stairs to her wooden playhouse
people are waiting at the bus stop in the rain
a man with a beard is playing an acoustic guitar on stage
a birthday cake with seven candles stands on the table
the climber hangs from a steep rock above the valley
a toddler in pink pyjamas is hugging a teddy bear
a crowd watches the fireworks over the city at night
a motorcyclist leans into the corner of a race track
an empty street with parked cars and tall buildings
a waiter carries a tray of glasses through the restaurant
a woman and her daughter feed the ducks, swans and geese
a plate with scrambled eggs, toast and a cup of coffee
""".strip().splitlines()

# From espeak-ng/speak_lib.h; the rate is EspeakNormalRate of Speech Dispatcher's espeak-ng.conf, in words a minute.
WORD_EVENT = 1
SYNCHRONOUS, UTF8 = 2, 1
RATE_PARAMETER, NORMAL_RATE = 1, 170
# The first sample that the tests' recorder takes for sound: a hundredth of the loudest.
AUDIBLE = 327


class Event(ctypes.Structure):
    """espeak_EVENT of espeak-ng/speak_lib.h."""

    _fields_ = [
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", ctypes.c_char * 8),
    ]


def main():
    voice, speed, captions = "en-us", NORMAL_RATE, CAPTIONS
    if len(sys.argv) > 1:
        voice, speed, captions = sys.argv[1], int(sys.argv[2]), sys.stdin.read().strip().splitlines()
    espeak = ctypes.CDLL("libespeak-ng.so.1")
    rate = espeak.espeak_Initialize(SYNCHRONOUS, 0, None, 0)
    espeak.espeak_SetVoiceByName(voice.encode())
    espeak.espeak_SetParameter(RATE_PARAMETER, speed, 0)
    marks, samples, first = [], 0, None

    @ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(Event))
    def listen(sound, count, events):
        nonlocal samples, first
        if first is None:
            first = next((samples + at for at in range(count) if abs(sound[at]) > AUDIBLE), None)
        samples += count
        at = 0
        while events[at].type != 0:
            if events[at].type == WORD_EVENT:
                marks.append((events[at].text_position - 1, events[at].audio_position))
            at += 1
        return 0

    espeak.espeak_SetSynthCallback(listen)
    recorded = []
    for caption in captions:
        marks.clear()
        samples, first = 0, None
        text = caption.encode()
        espeak.espeak_Synth(text, len(text) + 1, 0, 1, 0, UTF8, None, None)
        espeak.espeak_Synchronize()
        # espeak-ng says some neighbours as one ("on the", "in a") and may mark only the first.
        starts, at = [], 0
        for word in caption.split():
            starts.append(at)
            at += len(word) + 1
        onsets = dict(marks)
        recorded.append(
            {
                "caption": caption,
                "onsets": [onsets.get(start) for start in starts],
                "duration": round(1000 * samples / rate),
                "first_sound": round(1000 * (first or 0) / rate),
            }
        )
    print("[")
    print(",\n".join("  " + json.dumps(entry, ensure_ascii=False) for entry in recorded))
    print("]")


if __name__ == "__main__":
    main()
