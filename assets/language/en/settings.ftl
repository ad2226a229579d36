# The settings and their screen, themes, sizes.

text-size = Text size: { $points } points.
