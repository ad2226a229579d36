# The voice: speed, loudness, spelling, which voice, who speaks.
