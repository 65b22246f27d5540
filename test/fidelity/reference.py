"""The yardstick for fidelity: Lanczos3 in double precision on the whole decoded source, written for obviousness.

Nothing here is shared with Thimble: decoding is Pillow's (libjpeg with smooth chroma upsampling), resampling is two
weighted sums.
"""

import numpy as np
from PIL import Image


def resample(pixels, out_size):
    """Resamples the first axis: the centre of output j is (j + 0.5) * scale, input i covers [i, i + 1)."""
    in_size = pixels.shape[0]
    scale = in_size / out_size
    widened = max(1.0, scale)
    out = np.empty((out_size,) + pixels.shape[1:])
    for j in range(out_size):
        centre = (j + 0.5) * scale
        first = max(0, int(centre - 3 * widened))
        last = min(in_size, int(centre + 3 * widened) + 1)
        distance = (np.arange(first, last) + 0.5 - centre) / widened
        weights = np.where(np.abs(distance) < 3, np.sinc(distance) * np.sinc(distance / 3), 0.0)
        out[j] = np.tensordot(weights / weights.sum(), pixels[first:last], axes=1)
    return out


def resample_both(pixels, width, height):
    rows = resample(np.asarray(pixels, np.float64), height)
    return np.swapaxes(resample(np.ascontiguousarray(np.swapaxes(rows, 0, 1)), width), 0, 1)


def resize(pixels, width, height):
    """An array (h, w) or (h, w, c), resized and rounded to 8 bits."""
    return np.clip(np.rint(resample_both(pixels, width, height)), 0, 255)


def resize_with_alpha(rgba, width, height):
    """Straight RGBA, filtered premultiplied; returns what is seen on white (RGB), the fair way to compare."""
    alpha = rgba[:, :, 3:].astype(np.float64) / 255
    premultiplied = np.concatenate([rgba[:, :, :3] * alpha, alpha * 255], axis=2)
    small = resample_both(premultiplied, width, height)
    small_alpha = np.clip(small[:, :, 3:], 0, 255)
    color = np.clip(small[:, :, :3], 0, small_alpha)
    return np.rint(color + 255 - small_alpha)


def on_white(image):
    rgba = np.asarray(image.convert("RGBA")).astype(np.float64)
    alpha = rgba[:, :, 3:] / 255
    return np.rint(rgba[:, :, :3] * alpha + 255 * (1 - alpha))


def psnr(a, b):
    error = np.mean((np.asarray(a, np.float64) - np.asarray(b, np.float64)) ** 2)
    return 99.0 if error == 0 else 10 * np.log10(255**2 / error)


def open_upright(path):
    """Pillow's decode, turned upright by EXIF."""
    from PIL import ImageOps

    image = Image.open(path)
    image.load()
    return ImageOps.exif_transpose(image)


def disc(size, centre_x, centre_y, radius, gray=False):
    """A soft white disc on black, area-sampled 4x4, as RGB or gray."""
    step = (np.arange(size[0] * 4) + 0.5) / 4, (np.arange(size[1] * 4) + 0.5) / 4
    distance = np.hypot(step[0][None, :] - centre_x, step[1][:, None] - centre_y)
    soft = np.clip(radius - distance + 0.5, 0, 1)
    area = soft.reshape(size[1], 4, size[0], 4).mean(axis=(1, 3))
    pixels = np.rint(16 + area * 220).astype(np.uint8)
    return Image.fromarray(pixels if gray else np.repeat(pixels[:, :, None], 3, axis=2))


def centre_of_mass(pixels):
    weight = np.asarray(pixels, np.float64)
    weight = weight - np.median(weight)
    weight[weight < 8] = 0
    ys, xs = np.mgrid[0 : weight.shape[0], 0 : weight.shape[1]]
    return ((xs + 0.5) * weight).sum() / weight.sum(), ((ys + 0.5) * weight).sum() / weight.sum()


def chart(width, height, seed=1):
    """What photographs are made of: gradients, soft colour noise at several scales, edges, fine texture. RGB uint8."""
    rng = np.random.default_rng(seed)
    ys, xs = np.mgrid[0:height, 0:width].astype(np.float64)
    picture = np.zeros((height, width, 3))
    for channel in range(3):
        layer = 90 + 70 * np.sin(xs / width * (3 + channel) + ys / height * 2)
        for cell, strength in ((64, 30), (16, 14), (5, 6)):
            noise = rng.normal(size=(height // cell + 2, width // cell + 2)).astype(np.float32)
            smooth = Image.fromarray(noise).resize((width, height), Image.Resampling.BICUBIC)
            layer = layer + strength * np.asarray(smooth)
        picture[:, :, channel] = layer
    ring = np.hypot(xs - width * 0.7, ys - height * 0.4)
    picture[ring < min(width, height) * 0.15] = (230, 200, 40)
    picture[(xs * 0.6 + ys) % 211 < 40] *= 0.6
    return np.clip(picture, 0, 255).astype(np.uint8)
