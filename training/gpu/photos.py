"""Photos as bytes on the GPU, and views of them: crops, mirrored, in other colours, and mixed with each other."""

import math
from concurrent.futures import ProcessPoolExecutor
from functools import partial

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image

# Shares of views that are a whole photo, of two photos one over the other (Zhang et al. 2018, mixup), and of one photo in
# a window of another (Yun et al. 2019, CutMix); the others are crops.
WHOLE, MIXED, WINDOWED = 0.15, 0.15, 0.2


def read(size, path):
    """One photo, squashed to `[3, size, size]` bytes."""
    with Image.open(path) as photo:
        photo = photo.convert("RGB")
        if photo.size != (size, size):
            photo = photo.resize((size, size), Image.BILINEAR)
        return np.ascontiguousarray(np.asarray(photo).transpose(2, 0, 1))


def read_all(paths, size):
    """`[photos, 3, size, size]` bytes."""
    with ProcessPoolExecutor() as processes:
        return torch.from_numpy(np.stack(list(processes.map(partial(read, size), paths, chunksize=32))))


def between(low, high, *shape, device):
    return low + (high - low) * torch.rand(*shape, device=device)


def whole(photos, size):
    """Photos as bytes → whole pictures of `size` in −1 to 1."""
    pictures = F.interpolate(photos.float(), (size, size), mode="bilinear", antialias=True, align_corners=False)
    return pictures / 127.5 - 1


def cut(photos, size, smallest, stretch=4 / 3):
    """A crop of each photo, of at least the share `smallest` of its area, or the whole photo; half of them mirrored.

    Returns pictures `[photos, 3, size, size]` in −1 to 1, and which are mirrored.
    """
    count, device = len(photos), photos.device
    side = between(smallest, 1, count, device=device).sqrt()
    shape = between(-math.log(stretch), math.log(stretch), count, device=device).exp().sqrt()
    wide, high = (side * shape).clamp(max=1), (side / shape).clamp(max=1)
    is_whole = torch.rand(count, device=device) < WHOLE
    wide, high = wide.masked_fill(is_whole, 1), high.masked_fill(is_whole, 1)
    # Middles, in the −1 to 1 of grid_sample.
    across, down = [(1 - part) * between(-1, 1, count, device=device) for part in (wide, high)]
    mirrored = torch.rand(count, device=device) < 0.5
    places = torch.zeros(count, 2, 3, device=device)
    places[:, 0, 0], places[:, 0, 2] = torch.where(mirrored, -wide, wide), across
    places[:, 1, 1], places[:, 1, 2] = high, down
    grid = F.affine_grid(places, (count, 3, size, size), align_corners=False)
    return F.grid_sample(photos.float(), grid, padding_mode="border", align_corners=False) / 127.5 - 1, mirrored


def recolour(pictures):
    """Another contrast, brightness and tint; some pictures grey."""
    count, device = len(pictures), pictures.device
    scale = between(0.75, 1.25, count, 1, 1, 1, device=device) * between(0.9, 1.1, count, 3, 1, 1, device=device)
    pictures = pictures * scale + between(-0.2, 0.2, count, 1, 1, 1, device=device)
    grey = torch.rand(count, 1, 1, 1, device=device) < 0.05
    return torch.where(grey, pictures.mean(1, keepdim=True), pictures).clamp(-1, 1)


def mix(pictures):
    """Some of the pictures mixed with others; returns which are still of one photo."""
    count, _, height, width = pictures.shape
    device = pictures.device
    others = pictures.roll(1, 0)
    kind = torch.rand(count, device=device)
    mixed, windowed = kind < MIXED, (kind >= MIXED) & (kind < MIXED + WINDOWED)
    share = between(0.3, 0.7, count, 1, 1, 1, device=device)
    blend = pictures * share + others * (1 - share)
    rows, columns = torch.arange(height, device=device), torch.arange(width, device=device)

    def inside(places, length):
        part = between(0.3, 0.8, count, 1, device=device) * length
        start = torch.rand(count, 1, device=device) * (length - part)
        return (places >= start) & (places < start + part)

    window = inside(rows, height)[:, None, :, None] & inside(columns, width)[:, None, None, :]
    result = torch.where(mixed[:, None, None, None], blend, pictures)
    return torch.where(windowed[:, None, None, None] & window, others, result), ~(mixed | windowed)


def views(photos, size, smallest):
    """Pictures `[photos, 3, size, size]` to be seen by the teacher, which are mirrored, and which are of one photo."""
    pictures, mirrored = cut(photos, size, smallest)
    pictures, plain = mix(recolour(pictures))
    return pictures, mirrored, plain


def downsampled(pictures, times):
    """What the encoder sees of a picture that its teacher sees `times` as large."""
    return F.avg_pool2d(pictures, times) if times > 1 else pictures
