# The voice: speed, loudness, spelling, which voice, who speaks.

voice-faster = Faster: { $rate }.
voice-slower = Slower: { $rate }.
voice-fastest = This is the fastest: { $rate }.
voice-slowest = This is the slowest: { $rate }.
voice-louder = Louder: { $volume }.
voice-softer = Softer: { $volume }.
voice-loudest = This is the loudest: { $volume }.
voice-softest = This is the softest: { $volume }.
voice-not-in-use = The screen reader speaks now, as its own settings say.

# A word letter by letter: "dog: D, O, G".
spelled = { $word }: { $letters }
spell-which = Step to a word first, with Left or Right, then spell it.
spell-nothing = This word has no letters to spell.
sign-apostrophe = apostrophe
sign-hyphen = hyphen
sign-dot = dot

# unsure-said comes before the words where the voice says them in another language.
unsure-words = Unsure: { $words }
unsure-said = Unsure:
unsure-none = No word of this sentence is marked as unsure.

# The list of voices in the settings.
voices-of = Voice for { $language }
voices-asked = Listing the voices…
voices-again = List the voices again
voices-typed = Find a voice:
voices-found = { $count ->
    [one] One voice
   *[other] { $count } voices
}
voices-own = The system's own voice
voices-chosen = Voice: { $voice }
