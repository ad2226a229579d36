"""Measures how fast decoders learn, beside PyTorch: `python3 training/benches/decoders.py`.

Both sides take whole steps (forward, backward, clipping, AdamW) of the same sizes on the same cores, in turn, on features
that are kept: `training/benches/decoders.rs` as a run takes them, and below the same nets as one writes them in PyTorch.
Wants `torch` in the Python that runs it (`python3 -m pip install torch`, in an environment of its own: some gigabytes).
"""

import argparse
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import nn

PROJECT = Path(__file__).resolve().parents[2]
VOCABULARY, CELLS, PHOTOS, CAPTIONS, LENGTH, WIDTH = 2960, 64, 48, 3, 20, 256
# What the project promises: our speed as a share of PyTorch's.
AIMS = {"transformer": 0.8, "show-and-tell": 0.7, "show-attend-tell": 0.7, "bahdanau-gru": 0.7}


class Transformer(nn.Module):
    def __init__(self, layers=2, heads=4, inner=640, dropout=0.15):
        super().__init__()
        self.embedding = nn.Embedding(VOCABULARY, WIDTH)
        self.position = nn.Parameter(torch.randn(LENGTH, WIDTH) * WIDTH**-0.5)
        layer = nn.TransformerDecoderLayer(WIDTH, heads, inner, dropout, batch_first=True, norm_first=True)
        self.layers = nn.TransformerDecoder(layer, layers, nn.LayerNorm(WIDTH))
        self.bias = nn.Parameter(torch.zeros(VOCABULARY))
        self.dropout = nn.Dropout(dropout)

    def forward(self, memory, words):
        length = words.shape[1]
        x = self.dropout(self.embedding(words) * WIDTH**0.5 + self.position[:length])
        mask = nn.Transformer.generate_square_subsequent_mask(length)
        x = self.layers(x, memory.repeat_interleave(CAPTIONS, 0), tgt_mask=mask, tgt_is_causal=True)
        return F.linear(x, self.embedding.weight, self.bias)


class ShowAndTell(nn.Module):
    def __init__(self, hidden=512, embedding=512, dropout=0.3):
        super().__init__()
        self.photo = nn.Linear(WIDTH, embedding)
        self.embedding = nn.Embedding(VOCABULARY, embedding)
        self.lstm = nn.LSTM(embedding, hidden, batch_first=True)
        self.output = nn.Linear(hidden, VOCABULARY)
        self.dropout = nn.Dropout(dropout)

    def forward(self, memory, words):
        photo = self.photo(memory.mean(1)).repeat_interleave(CAPTIONS, 0).unsqueeze(1)
        said, _ = self.lstm(torch.cat([photo, self.dropout(self.embedding(words))], 1))
        return self.output(self.dropout(said[:, 1:]))


class Attention(nn.Module):
    def __init__(self, width, hidden, units):
        super().__init__()
        self.cells = nn.Linear(width, units)
        self.state = nn.Linear(hidden, units)
        self.score = nn.Linear(units, 1)

    def forward(self, cells, keys, state):
        scores = self.score(torch.tanh(keys + self.state(state).unsqueeze(1))).squeeze(2)
        weights = scores.softmax(1)
        return torch.bmm(weights.unsqueeze(1), cells).squeeze(1)


class ShowAttendTell(nn.Module):
    def __init__(self, hidden=512, embedding=256, units=256, dropout=0.3):
        super().__init__()
        self.start_hidden = nn.Linear(WIDTH, hidden)
        self.start_cell = nn.Linear(WIDTH, hidden)
        self.embedding = nn.Embedding(VOCABULARY, embedding)
        self.attention = Attention(WIDTH, hidden, units)
        self.gate = nn.Linear(hidden, 1)
        self.cell = nn.LSTMCell(embedding + WIDTH, hidden)
        self.from_hidden = nn.Linear(hidden, embedding)
        self.from_seen = nn.Linear(WIDTH, embedding)
        self.output = nn.Linear(embedding, VOCABULARY)
        self.dropout = nn.Dropout(dropout)

    def forward(self, memory, tokens):
        mean = memory.mean(1)
        hidden = self.start_hidden(mean).tanh().repeat_interleave(CAPTIONS, 0)
        cell = self.start_cell(mean).tanh().repeat_interleave(CAPTIONS, 0)
        keys = self.attention.cells(memory).repeat_interleave(CAPTIONS, 0)
        memory = memory.repeat_interleave(CAPTIONS, 0)
        words = self.dropout(self.embedding(tokens))
        said, seen = [], []
        for step in range(tokens.shape[1]):
            glimpse = torch.sigmoid(self.gate(hidden)) * self.attention(memory, keys, hidden)
            hidden, cell = self.cell(torch.cat([words[:, step], glimpse], 1), (hidden, cell))
            said.append(hidden)
            seen.append(glimpse)
        deep = words + self.from_hidden(torch.stack(said, 1)) + self.from_seen(torch.stack(seen, 1))
        return self.output(self.dropout(deep))


class BahdanauGru(nn.Module):
    def __init__(self, features=256, embedding=256, units=512, hidden=512):
        super().__init__()
        self.features = nn.Linear(WIDTH, features)
        self.embedding = nn.Embedding(VOCABULARY, embedding)
        self.attention = Attention(features, hidden, units)
        self.cell = nn.GRUCell(features + embedding, hidden)
        self.dense = nn.Linear(hidden, hidden)
        self.output = nn.Linear(hidden, VOCABULARY)
        self.hidden = hidden

    def forward(self, memory, tokens):
        cells = F.leaky_relu(self.features(memory), 0.01)
        keys = self.attention.cells(cells).repeat_interleave(CAPTIONS, 0)
        cells = cells.repeat_interleave(CAPTIONS, 0)
        words = self.embedding(tokens)
        state = torch.zeros(tokens.shape[0], self.hidden)
        said = []
        for step in range(tokens.shape[1]):
            glimpse = self.attention(cells, keys, state)
            state = self.cell(torch.cat([glimpse, words[:, step]], 1), state)
            said.append(state)
        return self.output(self.dense(torch.stack(said, 1)))


NETS = {
    "transformer": Transformer,
    "show-and-tell": ShowAndTell,
    "show-attend-tell": ShowAttendTell,
    "bahdanau-gru": BahdanauGru,
}


class Torch:
    def __init__(self, name):
        torch.manual_seed(1)
        self.net = NETS[name]()
        self.optimizer = torch.optim.AdamW(self.net.parameters(), lr=1e-4, weight_decay=0.05)
        self.memory = torch.rand(PHOTOS, CELLS, WIDTH) * 2 - 1
        rows = PHOTOS * CAPTIONS
        lengths = torch.randint(7, 16, (rows, 1))
        at = torch.arange(LENGTH).expand(rows, LENGTH)
        words = torch.randint(4, VOCABULARY, (rows, LENGTH))
        words = torch.where(at <= lengths, words, torch.where(at == lengths + 1, 2, 0))
        words[:, 0] = 1
        self.tokens = words

    def run(self, steps):
        begun = time.perf_counter()
        for _ in range(steps):
            logits = self.net(self.memory, self.tokens[:, :-1])
            loss = F.cross_entropy(logits.flatten(0, 1), self.tokens[:, 1:].flatten(), ignore_index=0)
            self.optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(self.net.parameters(), 5.0)
            self.optimizer.step()
        return (time.perf_counter() - begun) / steps


def ours():
    environment = dict(os.environ, RUSTFLAGS="-C target-cpu=native")
    command = ["cargo", "bench", "--quiet", "--package", "hearsight-training", "--bench", "decoders"]
    command += ["--target-dir", str(PROJECT / "target" / "native")]
    subprocess.run([*command, "--no-run"], cwd=PROJECT, env=environment, check=True)
    return subprocess.Popen(
        [*command, "--", "--asked"],
        cwd=PROJECT,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--steps", type=int, default=4, help="steps of each in a round")
    parser.add_argument("--cores", type=int, default=2, help="threads of PyTorch, and replicas of ours")
    parser.add_argument("systems", nargs="*", default=list(NETS), help=f"of {', '.join(NETS)}")
    wishes = parser.parse_args()
    torch.set_num_threads(wishes.cores)
    program = ours()
    program.stdin.write(f"{wishes.cores}\n")

    def ask(name, steps):
        program.stdin.write(f"{name} {steps}\n")
        program.stdin.flush()
        return float(program.stdout.readline())

    print(f"PyTorch {torch.__version__}, {wishes.cores} cores, load {os.getloadavg()[0]:.1f}")
    missed = []
    for name in wishes.systems:
        theirs = Torch(name)
        ask(name, 2), theirs.run(2)
        rounds = [(ask(name, wishes.steps), theirs.run(wishes.steps)) for _ in range(wishes.rounds)]
        own, other = (statistics.median(times) for times in zip(*rounds))
        # Of each round, so that a busy minute slows both sides of it.
        ratio = statistics.median(other / own for own, other in rounds)
        print(f"{name:18} {1 / own:6.2f} steps a second, PyTorch {1 / other:6.2f}: {ratio:.2f}, aim {AIMS[name]}")
        missed += [name] * (ratio < AIMS[name])
    program.stdin.close()
    program.wait()
    sys.exit(f"below the aim: {', '.join(missed)}" if missed else 0)


if __name__ == "__main__":
    main()
