"""Writes made-up photos, 1600 by 1200 points, each another one: `python3 photos.py FILE…`."""

import sys

import numpy as np
from PIL import Image

for number, file in enumerate(sys.argv[1:]):
    random = np.random.default_rng(number)
    patches = random.integers(0, 256, (12, 16, 3), dtype=np.uint8)
    Image.fromarray(patches).resize((1600, 1200), Image.Resampling.BICUBIC).save(file, quality=90)
