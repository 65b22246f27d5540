"""Draws the ratchet's originals: as much detail as photographs have, the same bytes on every machine.

Only integer arithmetic and a generator whose stream numpy has frozen, so that no CPU's rounding shows. Pillow encodes
them, not Thimble, so that a change of our encoders leaves the originals as they were.
"""

import numpy as np
from PIL import Image

SIZE = (2000, 1500)
SMALL_SIZE = (1200, 900)
CELLS = (5, 11, 23, 47, 97, 197, 397, 797)  # details of about the same strength at every scale, as in nature


def noise(size, cells, random):
    """Smooth noise, 0 to 255: random values on a coarse grid, enlarged."""
    coarse = random.randint(0, 256, (cells * size[1] // size[0] + 1, cells), dtype=np.uint8)
    return np.asarray(Image.fromarray(coarse).resize(size, Image.Resampling.BICUBIC), dtype=np.int32) - 128


def inside_discs(size, random, count=40):
    """1 where an odd number of discs lies: hard edges in every direction."""
    y, x = np.mgrid[0:size[1], 0:size[0]].astype(np.int32)
    inside = np.zeros((size[1], size[0]), dtype=np.int32)
    for _ in range(count):
        centre_x, centre_y, radius = (random.randint(0, size[0]), random.randint(0, size[1]), random.randint(10, 160))
        inside ^= ((x - centre_x) ** 2 + (y - centre_y) ** 2 < radius ** 2).astype(np.int32)
    return inside


def scene(size, seed):
    """RGB. Colour changes more slowly than brightness."""
    random = np.random.RandomState(seed)
    brightness = 128 + sum(noise(size, cells, random) * (16 - 2 * i) // 16 for i, cells in enumerate(CELLS)) // 2
    brightness = brightness + 40 * inside_discs(size, random)
    channels = [brightness + sum(noise(size, cells, random) for cells in CELLS[:3]) // 4 for _ in range(3)]
    return np.clip(np.dstack(channels), 0, 255).astype(np.uint8)


def cut_out(size, seed):
    """RGBA: the scene in an ellipse with a soft edge, nothing around it."""
    x, y = np.meshgrid(np.arange(size[0], dtype=np.int64), np.arange(size[1], dtype=np.int64))
    distance = ((2 * x - size[0]) * 1000 // size[0]) ** 2 + ((2 * y - size[1]) * 1000 // size[1]) ** 2
    alpha = np.clip((900_000 - distance) // 300, 0, 255).astype(np.uint8)
    return np.dstack([scene(size, seed), alpha])


def draw(folder):
    """Writes photo.jpg, progressive.jpg, cut-out.png and photo.webp into the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    photo = Image.fromarray(scene(SIZE, seed=1))
    photo.save(folder / "photo.jpg", quality=88, subsampling="4:2:0")
    photo.save(folder / "progressive.jpg", quality=85, subsampling="4:2:0", progressive=True)
    Image.fromarray(cut_out(SMALL_SIZE, seed=2)).save(folder / "cut-out.png", compress_level=6)
    Image.fromarray(scene(SMALL_SIZE, seed=3)).save(folder / "photo.webp", quality=80, method=4)
