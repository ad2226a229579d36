#!/usr/bin/env python3
"""Records what coco-caption (pycocoevalcap, which needs Java) says of invented captions, for tests/scores.rs.

    python3 training/tests/record_scores.py

The sentences come from the small grammar below and a fixed seed; no data set is needed.
"""

import json
import math
import pathlib
import random
import subprocess

import pycocoevalcap
from pycocoevalcap.bleu.bleu import Bleu
from pycocoevalcap.cider import cider_scorer
from pycocoevalcap.cider.cider import Cider
from pycocoevalcap.rouge.rouge import Rouge
from pycocoevalcap.tokenizer.ptbtokenizer import PTBTokenizer

PHOTOS = 1000
chance = random.Random(2026)

WHO = [
    "a man", "A woman", "two dogs", "The boys", "a 10-year-old girl", "Mr. Kim", "the neighbour's cat",
    "three cyclists", "an old fisherman", "the U.S. team", "a dog-walker", "Dr. O'Neil's horse", "a man/woman pair",
    "some kids' kites", "player #7", "the men’s crew", "a café waiter",
]
DOES = [
    "runs", "is sleeping", "can't swim", "jumps", "doesn't look up", "plays rock 'n' roll", "won't move",
    "they're waiting", "has stopped", "waves", "cannot wait", "is gonna dive", "that'll win", "stands still", "rides a 4x4",
]
WHERE = [
    "in the snow", "on a half-pipe", "at 5 o'clock", "by the T.V.", "near St. John's church", "at 5:30 p.m.",
    "under a 3.5 metre wave", "behind \"NO ENTRY\" signs", "in the '80s hall", "on the 21st floor",
    "beside a sign (red)", "at the R&B show", "for $5", "with 10,000 fans & friends", "on Fifth Ave.", "beneath the trees",
    "at the water's edge", "next to a 1/2 pipe", "in a black-and-white shirt", "on No. 7",
]
LINK = [" and ", ", ", "; ", " -- ", ": ", " - ", ", while ", "... "]
END = ["", ".", " .", "!", "?!", "...", "!!", ".\""]


def clause():
    parts = [chance.choice(WHO)]
    if chance.random() < 0.9:
        parts.append(chance.choice(DOES))
    parts += chance.sample(WHERE, chance.choice([0, 1, 1, 1, 2]))
    return " ".join(parts)


def sentence():
    text = chance.choice(LINK).join(clause() for _ in range(chance.choice([1, 1, 1, 2, 2, 3])))
    return text + chance.choice(END)


def near(text):
    """The sentence with some words lost or doubled, so that long n-grams are shared too."""
    kept = [word for word in text.split() for _ in range(chance.choice([0, 1, 1, 1, 1, 1, 1, 2]))]
    return " ".join(kept) or text


photos = []
for number in range(PHOTOS):
    first = sentence()
    references = [first] + [near(first) if chance.random() < 0.5 else sentence() for _ in range(chance.randrange(5))]
    caption = near(chance.choice(references)) if chance.random() < 0.8 else sentence()
    photos.append({"photo": f"photo {number}", "caption": caption, "references": references})
photos[7]["caption"] = ""
photos[8]["caption"] = "..."

tokenizer = PTBTokenizer()
candidates = tokenizer.tokenize({n: [{"caption": photo["caption"]}] for n, photo in enumerate(photos)})
references = tokenizer.tokenize({n: [{"caption": text} for text in p["references"]] for n, p in enumerate(photos)})

bleu, bleu_each = Bleu(4).compute_score(references, candidates, verbose=0)
rouge, rouge_each = Rouge().compute_score(references, candidates)
cider_d, cider_d_each = Cider().compute_score(references, candidates)
# The package's Cider is CIDEr-D. Without its clipping (the module's `min`) and its penalty it is plain CIDEr.
cider_scorer.min = lambda candidate, reference: candidate
cider, cider_each = Cider(sigma=math.inf).compute_score(references, candidates)

# Only the matchers that ours has, and no difference between content and function words. What a matcher is worth has to be
# said again: with -m alone all are worth 1.
jar = pathlib.Path(list(pycocoevalcap.__path__)[0], "meteor", "meteor-1.5.jar")
options = ["-stdio", "-l", "en", "-m", "exact stem", "-p", "0.85 0.2 0.6 0.5", "-w", "1.0 0.6"]
java = subprocess.Popen(["java", "-jar", "-Xmx2G", jar, "-", "-", *options], stdin=-1, stdout=-1, text=True)


def ask(line):
    java.stdin.write(line + "\n")
    java.stdin.flush()
    return java.stdout.readline().strip()


counts = [ask(" ||| ".join(["SCORE", *references[n], candidates[n][0]])) for n in range(PHOTOS)]
meteor_each = [float(ask(" ||| ".join(["EVAL", *counts])))] + [float(java.stdout.readline()) for _ in range(PHOTOS)]
meteor = meteor_each.pop()

for n, photo in enumerate(photos):
    photo["words"] = candidates[n][0]
    photo["reference_words"] = references[n]
    photo["bleu"] = [scores[n] for scores in bleu_each]
    photo["rouge_l"], photo["meteor"] = rouge_each[n], meteor_each[n]
    photo["cider_d"], photo["cider"] = cider_d_each[n], cider_each[n]
corpus = {"bleu": bleu, "rouge_l": rouge, "meteor": meteor, "cider_d": cider_d, "cider": cider}


def compact(value):
    """As JSON in one line, with more digits than the tests ask for and fewer than a float has."""
    shortened = json.loads(json.dumps(value), parse_float=lambda digits: round(float(digits), 9))
    return json.dumps(shortened, ensure_ascii=False, separators=(",", ":"))


out = pathlib.Path(__file__).parent / "data" / "scores.json"
lines = ",\n".join(compact(photo) for photo in photos)
out.write_text(f'{{"corpus":{compact(corpus)},"photos":[\n{lines}\n]}}\n')
print(f"{out}: {PHOTOS} photos, {sum(len(p['references']) for p in photos)} references", corpus)
