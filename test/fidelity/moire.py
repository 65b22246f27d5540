"""Charts that make moiré visible, and how much of it a resize leaves.

A chart is even but for a pattern that is finer than the result can show, so that an ideal resize makes an even gray of it.
What a result swings more than that is beats between the pattern and the samples that were taken.
"""

import numpy as np
from PIL import Image

SIZE = (1200, 600)
WIDTHS = (600, 450, 400, 300, 250, 200, 160, 130, 100, 80, 60)
STRIPE_PERIODS = (3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14, 16)  # pixels
SCREEN_PERIODS = (7, 10)  # of the dots of a printed picture, at 45 degrees


def charts():
    """(name, picture), to be saved as JPEGs."""
    x, y = np.meshgrid(np.arange(SIZE[0]), np.arange(SIZE[1]))
    for period in STRIPE_PERIODS:
        yield f"stripes of {period} px", picture_of(np.sign(np.sin(2 * np.pi * (x + 0.3) / period)))
    u, v = (x + y) / np.sqrt(2), (x - y) / np.sqrt(2)
    for period in SCREEN_PERIODS:
        yield f"a screen of {period} px", picture_of(np.sign(np.sin(2 * np.pi * u / period) * np.sin(2 * np.pi * v / period)))


def picture_of(wave):
    return Image.fromarray(np.clip(127.5 + 110 * wave, 0, 255).astype(np.uint8))


def swing(picture):
    """The largest gray level less the smallest, without the borders."""
    return int(np.ptp(np.asarray(picture.convert("L")).astype(int)[4:-4, 6:-6]))


def excess(original, width, result):
    """How much more `result` swings than Pillow's Lanczos resize of the whole decoded original."""
    ideal = original.convert("L").resize((width, width * SIZE[1] // SIZE[0]), Image.Resampling.LANCZOS)
    return swing(result) - swing(ideal)
