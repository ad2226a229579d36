"""Teaches the net of an untrained model folder on a GPU: the encoder from its teacher, then both from captions.

    hearsight-training export CONFIG --untrained --to UNTRAINED
    python3 training/gpu/teach.py UNTRAINED TAUGHT --data DATA --teacher TEACHER.onnx --projection RUN/projection

"A good teacher is patient and consistent" (Beyer et al. 2021): the encoder sees the very view that its teacher sees, views are
crops and mixtures that never come again, and there are as many as the time allows. A buffer of views holds what the teacher
has said of each, so that a view is learnt from some times, beside ever new ones.

What was learnt is kept beside TAUGHT every minute, and the same command goes on from there; the buffer fills anew.

TAUGHT is a model folder as the crate exports them; `[start]` of a configuration goes on from it. What it says is compared with
ONNX Runtime at the end.
"""

import argparse
import json
import math
import os
import shutil
import time
from pathlib import Path

import onnxruntime
import torch
import torch.nn.functional as F
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

import photos as pictures
from captions import PAD, UNKNOWN, Split, spelling
from net import Captioner, weights_of
from teacher import Targets

HERE = Path(__file__).parent
# The share of a stage in which its rate rises.
WARMUP = 0.05
# Seconds between what is kept of a stage.
KEEP_EVERY = 60
# Float16 weights are rounded once more than those in PyTorch.
LARGEST_DIFFERENCE = 0.05


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("untrained", type=Path, help="the net with random weights")
    parser.add_argument("taught", type=Path, help="the folder to be written")
    parser.add_argument("--data", type=Path, required=True, help="captions.csv, train.txt, dev.txt and images/")
    parser.add_argument("--teacher", type=Path, required=True, help="an image classifier as an ONNX file")
    parser.add_argument("--projection", type=Path, required=True, help="which components of its features count: from a run")
    parser.add_argument("--times", type=int, default=2, help="how many times larger the teacher sees a view")
    parser.add_argument("--kept", type=int, default=224, help="pixels a side in which photos are kept")
    parser.add_argument(
        "--minutes", type=float, nargs=3, default=(2.35, 0.3, 0.5), metavar=("TEACHER", "DECODER", "BOTH"), help="of each stage"
    )
    parser.add_argument("--batch", type=int, default=512)
    parser.add_argument("--captions", type=int, default=3, help="captions a photo and step")
    parser.add_argument(
        "--rates", type=float, nargs=3, default=(2e-3, 1e-3, 5e-4), metavar=("TEACHER", "DECODER", "BOTH"), help="the highest ones"
    )
    parser.add_argument("--reuse", type=int, default=4, help="steps for each batch of new views")
    parser.add_argument("--buffer", type=int, default=400_000, help="views kept")
    parser.add_argument("--smallest", type=float, default=0.35, help="a crop's smallest share of the photo's area")
    parser.add_argument("--dropout", type=float, default=0.3)
    parser.add_argument("--bag", type=float, default=5.0, help="weight of the bag of words")
    parser.add_argument("--classes", type=float, default=0.3, help="weight of the teacher's classes")
    parser.add_argument("--seed", type=int, default=11)
    return parser.parse_args()


class ReplayBuffer:
    """The newest views, with what the teacher said of them."""

    def __init__(self, size, side, cells, components, classes, device):
        self.pictures = torch.empty(size, 3, side, side, dtype=torch.uint8, device=device)
        self.components = torch.empty(size, cells, components, dtype=torch.bfloat16, device=device)
        self.classes = torch.empty(size, classes, dtype=torch.float16, device=device)
        self.photo = torch.empty(size, dtype=torch.long, device=device)
        self.mirrored = torch.empty(size, dtype=torch.bool, device=device)
        self.plain = torch.empty(size, dtype=torch.bool, device=device)
        self.parts = (self.pictures, self.components, self.classes, self.photo, self.mirrored, self.plain)
        self.made = 0

    def add(self, *parts):
        size, count = len(self.photo), len(parts[0])
        places = (self.made + torch.arange(count, device=self.photo.device)) % size
        for part, new in zip(self.parts, parts):
            part[places] = new.to(part.dtype)
        self.made += count

    def draw(self, count):
        places = torch.randint(min(self.made, len(self.photo)), (count,), device=self.photo.device)
        return [part[places] for part in self.parts]


class Trainer:
    def __init__(self, options, device):
        self.options, self.device = options, device
        words = spelling(HERE.parent / "configs" / "spelling.txt")
        longest = longest_caption(options.untrained)
        self.train = Split(options.data, "train.txt", options.untrained, words, longest).to(device)
        # Only what is learnt from is mended.
        self.dev = Split(options.data, "dev.txt", options.untrained, {}, longest).to(device)
        self.photos, self.dev_photos = [
            pictures.read_all(split.paths, options.kept).to(device) for split in (self.train, self.dev)
        ]
        self.side = json.loads((options.untrained / "preprocessor_config.json").read_text())["size"]["height"]
        self.targets = Targets(options.teacher, options.projection, device)
        if device.type == "cuda":
            trial = pictures.whole(self.photos[:256], self.side * options.times)
            print("teacher, seconds for 256 views:", self.targets.choose_layout(trial, seconds), flush=True)
        components, classes = self.targets.of(pictures.whole(self.photos[:2], self.side * options.times))
        self.net = Captioner(
            options.untrained, options.dropout, components.shape[2], classes.shape[1]
        ).to(device, memory_format=torch.channels_last)
        self.buffer = ReplayBuffer(options.buffer, self.side, *components.shape[1:], classes.shape[1], device)
        self.dev_components = torch.cat(
            [self.targets.of(pictures.whole(part, self.side * options.times))[0] for part in self.dev_photos.split(100)]
        )
        self.taught = 0
        seen = pictures.downsampled(pictures.whole(self.photos[:512], self.side * options.times), options.times)
        self.net.encoder.settle(seen.contiguous(memory_format=torch.channels_last))
        self.average = self.new_average()
        self.kept = options.taught.with_name(f"{options.taught.name}-kept.pt")
        # The stage that was broken off, and what there is of it; none: the first one, from its beginning.
        self.unfinished = torch.load(self.kept, map_location=device) if self.kept.exists() else None

    def keep(self, stage, seconds, step, optimizer):
        """Writes down what was learnt until so many seconds of a stage, by which the same command goes on."""
        part = self.kept.with_name(f"{self.kept.name}.part")
        self.kept.parent.mkdir(parents=True, exist_ok=True)
        learnt = {
            "stage": stage,
            "seconds": seconds,
            "step": step,
            "taught": self.taught,
            "net": self.net.state_dict(),
            "average": self.average.state_dict(),
            "optimizer": optimizer.state_dict(),
        }
        torch.save(learnt, part)
        os.replace(part, self.kept)

    def go_on(self, stage, optimizer):
        """Where a stage stands: its seconds and steps; none where what was kept is of a later one."""
        learnt = self.unfinished
        if learnt is None:
            return 0.0, 0
        if learnt["stage"] != stage:
            return None
        self.unfinished = None
        self.net.load_state_dict(learnt["net"])
        self.average.load_state_dict(learnt["average"])
        optimizer.load_state_dict(learnt["optimizer"])
        self.taught = learnt["taught"]
        print(f"{stage} goes on after {learnt['seconds']:.0f} seconds", flush=True)
        return learnt["seconds"], learnt["step"]

    def new_average(self):
        return AveragedModel(self.net, multi_avg_fn=get_ema_multi_avg_fn(0.998), use_buffers=True)

    def new_views(self, count):
        photo = torch.randint(len(self.photos), (count,), device=self.device)
        views, mirrored, plain = pictures.views(self.photos[photo], self.side * self.options.times, self.options.smallest)
        seen = pictures.downsampled(views, self.options.times)
        self.buffer.add(((seen + 1) * 127.5).round().clamp(0, 255), *self.targets.of(views), photo, mirrored, plain)

    def cast(self):
        return torch.autocast(self.device.type, torch.bfloat16, enabled=self.device.type == "cuda")

    def memory(self, pixels):
        pixels = (pixels.float() / 127.5 - 1).contiguous(memory_format=torch.channels_last)
        return self.net.encoder(pixels)

    def teacher_loss(self, memory, components, classes, bags, plain):
        """As `Loss` of the crate, and the cross-entropy to the teacher's classes.

        The bag is learnt of views of one photo alone, and the encoder learns nothing by it: its words are the photo's however
        often it comes, and an encoder that sees it hundreds of times has learnt them by heart long before its teacher's
        features.
        """
        options = self.options
        guess, wanted = self.net.components(memory).float(), components.float()
        cosine = F.cosine_similarity(guess, wanted, dim=-1).mean()
        mean = memory.mean(1)
        bag = F.binary_cross_entropy_with_logits(self.net.word_support(mean.detach()).float(), bags, reduction="none").mean(1)
        bag = (bag * plain).sum() / plain.sum().clamp(min=1)
        loss = F.mse_loss(guess, wanted) + 1 - cosine + options.bag * bag
        if options.classes > 0:
            told = F.log_softmax(self.net.classes(mean).float(), -1)
            loss = loss - options.classes * (classes.float() * told).sum(-1).mean()
        return loss, cosine, bag

    def caption_loss(self, memory, photo, mirrored, plain):
        times = self.options.captions
        memory, photo, mirrored = memory[plain], photo[plain], mirrored[plain]
        counts = self.train.counts[photo, None]
        drawn = (torch.rand(len(photo), times, device=self.device) * counts).long()
        tokens = self.train.tokens[photo[:, None], mirrored.long()[:, None], drawn].flatten(0, 1)
        return nats(self.net.decoder(tokens[:, :-1], memory, times), tokens, smoothing=0.1)

    def stage(self, name, minutes, rate, which, captions):
        """Teaches the weights `which` for some minutes; the rate rises, then falls with half a cosine."""
        if minutes <= 0:
            return
        options = self.options
        which = dict(which)
        for name_, tensor in self.net.named_parameters():
            tensor.requires_grad_(name_ in which)
        groups = [
            {"params": [x for x in which.values() if x.ndim > 1], "weight_decay": 0.05},
            {"params": [x for x in which.values() if x.ndim <= 1], "weight_decay": 0.0},
        ]
        optimizer = torch.optim.AdamW(groups, lr=rate, betas=(0.9, 0.98), fused=self.device.type == "cuda")
        frozen = not any(key.startswith("encoder.") for key in which)
        # Of this stage alone: what has not learnt before is random until here.
        self.average = self.new_average()
        stands = self.go_on(name, optimizer)
        if stands is None:
            return
        said = kept = time.time()
        begin, step = said - stands[0], stands[1]
        sums, count = torch.zeros(3, device=self.device), 0
        self.net.train()
        if frozen:
            self.net.encoder.eval()
        while (done := (time.time() - begin) / (60 * minutes)) < 1:
            # A decoder that learns alone has seen more views than it can use.
            if self.buffer.made == 0 or step % options.reuse == 0 and not (frozen and self.buffer.made > len(self.photos)):
                self.new_views(options.batch)
            now = rate * min(1, (done + 1e-3) / WARMUP) * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * done)))
            for group in optimizer.param_groups:
                group["lr"] = now
            seen, components, classes, photo, mirrored, plain = self.buffer.draw(options.batch)
            with self.cast():
                with torch.set_grad_enabled(not frozen):
                    memory = self.memory(seen)
                loss = 0
                if not frozen:
                    loss, *parts = self.teacher_loss(memory, components, classes, self.train.bags[photo], plain)
                    sums[:2] += torch.stack(parts).detach()
                if captions:
                    caption, plainly = self.caption_loss(memory, photo, mirrored, plain)
                    loss = loss + caption
                    sums[2] += plainly.detach()
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(which.values(), 5.0)
            optimizer.step()
            self.average.update_parameters(self.net)
            step, count = step + 1, count + 1
            self.taught += options.batch
            if step % 50 == 0:
                torch.cuda.synchronize() if self.device.type == "cuda" else None
            if time.time() - said > 30 or step == 200:
                self.say(name, step, sums / count)
                said, count = time.time(), 0
                sums.zero_()
            if time.time() - kept > KEEP_EVERY:
                kept = time.time()
                self.keep(name, kept - begin, step, optimizer)
        self.keep(name, 60 * minutes, step, optimizer)
        self.say(name, step, sums / max(count, 1))

    @torch.no_grad()
    def say(self, name, step, means):
        net = self.average.module
        was = net.training
        net.eval()
        cosine, bag, words = 0.0, 0.0, torch.zeros(2)
        for part in torch.arange(len(self.dev_photos), device=self.device).split(250):
            seen = pictures.downsampled(
                pictures.whole(self.dev_photos[part], self.side * self.options.times), self.options.times
            ).contiguous(memory_format=torch.channels_last)
            with self.cast():
                memory = net.encoder(seen)
                guess = net.components(memory).float()
                cosine += F.cosine_similarity(guess, self.dev_components[part], dim=-1).mean(1).sum().item()
                support = net.word_support(memory.mean(1)).float()
                tokens = self.dev.tokens[part, 0, 0]
                logits = net.decoder(tokens[:, :-1], memory, 1)
            bag += F.binary_cross_entropy_with_logits(support, self.dev.bags[part]).item() * len(part)
            words += torch.tensor([x.item() for x in nats(logits, tokens, total=True)])
        net.train(was)
        photos = len(self.dev_photos)
        learnt = ", ".join(f"{value:.4f}" for value in means.tolist())
        print(
            f"{name} step {step}, {self.taught / len(self.photos):.0f} views a photo learnt from, "
            f"{self.buffer.made / len(self.photos):.0f} different; cosine, bag, caption: {learnt}; "
            f"dev {cosine / photos:.4f}, {bag / photos:.5f}, {words[0] / words[1]:.4f}",
            flush=True,
        )

    def write(self, folder):
        """The mean of the weights as a model folder; returns it as a net."""
        folder.mkdir(parents=True, exist_ok=True)
        for file in self.options.untrained.iterdir():
            if file.suffix == ".json":
                shutil.copy(file, folder / file.name)
        net = self.average.module.eval()
        net.export(folder)
        return net


def nats(logits, tokens, smoothing=0.0, total=False):
    """Mean cross-entropy of what comes after each token, smoothed and plain; or the plain sum and the number of words."""
    wanted = tokens[:, 1:]
    counted = ((wanted != PAD) & (wanted != UNKNOWN)).float()
    logs = F.log_softmax(logits.float(), -1)
    chosen = -logs.gather(2, wanted[..., None]).squeeze(2)
    if total:
        return (chosen * counted).sum(), counted.sum()
    plain = (chosen * counted).sum() / counted.sum()
    spread = -(logs.mean(2) * counted).sum() / counted.sum()
    return plain * (1 - smoothing) + spread * smoothing, plain


def seconds(call):
    for _ in range(2):
        call()
    torch.cuda.synchronize()
    begin = time.time()
    for _ in range(3):
        call()
    torch.cuda.synchronize()
    return (time.time() - begin) / 3


def longest_caption(folder):
    """Words of the longest caption that the decoder has positions for, beside the start and the end token."""
    return weights_of(folder / "decoder_model.onnx")[1]["position"].shape[0] - 2


@torch.no_grad()
def check(net, folder, pixels, tokens):
    """The greatest difference to ONNX Runtime, of the memory and of the logits after each of `tokens` `[photos, length]`."""
    session = onnxruntime.InferenceSession(folder / "encoder_model.onnx", providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    told = dict(zip(names, session.run(None, {"pixel_values": pixels.cpu().numpy()})))
    decoder = onnxruntime.InferenceSession(folder / "decoder_model.onnx", providers=["CPUExecutionProvider"])
    fed = {"input_ids": tokens.cpu().numpy()}
    for put in decoder.get_inputs():
        if put.name.startswith("cross_key_values"):
            fed[put.name] = told[put.name]
        elif put.name.startswith("past_key_values"):
            fed[put.name] = told["cross_key_values.0.key"][:, :, :0]
    logits = torch.from_numpy(decoder.run(["logits"], fed)[0])
    memory = net.encoder(pixels)
    ours = net.decoder(tokens, memory, 1).cpu()
    written = logits > -1e8
    return (
        (memory.cpu() - torch.from_numpy(told["last_hidden_state"])).abs().max().item(),
        (ours - logits)[written].abs().max().item(),
    )


def main():
    options = arguments()
    torch.manual_seed(options.seed)
    torch.backends.cudnn.benchmark = True
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = True
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    trainer = Trainer(options, device)
    named = list(trainer.net.named_parameters())
    seeing = [(name, x) for name, x in named if not name.startswith("decoder.")]
    writing = [(name, x) for name, x in named if name.startswith("decoder.")]
    trainer.stage("teacher", options.minutes[0], options.rates[0], seeing, captions=False)
    trainer.stage("decoder", options.minutes[1], options.rates[1], writing, captions=True)
    trainer.stage("both", options.minutes[2], options.rates[2], named, captions=True)
    net = trainer.write(options.taught)
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False
    pixels = pictures.downsampled(pictures.whole(trainer.dev_photos[:8], trainer.side * options.times), options.times)
    differences = check(net, options.taught, pixels, trainer.dev.tokens[:8, 0, 0, :-1])
    print("largest difference to ONNX Runtime, memory and logits:", differences)
    if max(differences) > LARGEST_DIFFERENCE:
        raise SystemExit(f"{options.taught} does not say what was taught: the net here is not the net of its graphs")
    trainer.kept.unlink(missing_ok=True)


if __name__ == "__main__":
    main()
