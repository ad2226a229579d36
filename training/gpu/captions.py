"""Captions as the crate's `data` makes them: the split, mended words, tokens, and the bag of words."""

import csv
import json
import re

import torch
from tokenizers import Tokenizer

PAD, START, END, UNKNOWN = range(4)


def between_words(text):
    """Words without what stands around them."""
    return re.findall(r"^\W*(.*?)\W*$", text)[0]


def spelling(path):
    pairs = (line.split("#")[0].split() for line in open(path, encoding="utf-8"))
    return {pair[0].lower(): pair[1] for pair in pairs if pair}


def mend(caption, words):
    def mended(word):
        plain = between_words(word)
        right = words.get(plain.lower())
        return word.replace(plain, right, 1) if right and plain else word

    return " ".join(mended(word) for word in caption.split(" "))


def mirrored(caption):
    sides = {"left": "right", "right": "left"}
    return re.sub(r"(?<!\w)(left|right)(?!\w)", lambda word: sides[word[0].lower()], caption, flags=re.IGNORECASE)


class Split:
    """Photos of a list with their captions: tokens `[photos, 2, captions, length]` (of the photo, and in a mirror), how many
    captions each has, and bags `[photos, bag]`."""

    def __init__(self, data, names, folder, words, longest):
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        bag = json.loads((folder / "config.json").read_text())["hearsight"]["word_support"]
        captions = {}
        with open(data / "captions.csv", encoding="utf-8", newline="") as file:
            for row in csv.reader(file):
                captions.setdefault(row[0], []).append(mend(row[1], words))
        self.names = [name.strip() for name in open(data / names, encoding="utf-8") if name.strip()]
        self.paths = [data / "images" / name for name in self.names]
        most = max(len(captions[name]) for name in self.names)
        self.tokens = torch.full((len(self.names), 2, most, longest + 2), PAD)
        self.counts = torch.tensor([len(captions[name]) for name in self.names])
        self.bags = torch.zeros(len(self.names), len(bag))
        places = {word: place for place, word in enumerate(bag)}
        for photo, name in enumerate(self.names):
            for number, caption in enumerate(captions[name]):
                for side, text in enumerate((caption, mirrored(caption))):
                    ids = tokenizer.encode(text, add_special_tokens=False).ids
                    ids = [START, *ids[:longest], *([END] if len(ids) <= longest else [])]
                    self.tokens[photo, side, number, : len(ids)] = torch.tensor(ids)
                for word in caption.split():
                    place = places.get(between_words(word).lower())
                    if place is not None:
                        self.bags[photo, place] = 1

    def to(self, device):
        self.tokens, self.counts, self.bags = [x.to(device) for x in (self.tokens, self.counts, self.bags)]
        return self
