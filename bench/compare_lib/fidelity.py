"""How close each result is to the reference: the whole original decoded, resized by Lanczos3 in double precision.

SSIMULACRA2 (100 = no visible difference) where the ssimulacra2 package is installed, and PSNR in decibels.
"""

import functools
import io
import pathlib
import sys
import tempfile

import numpy as np
from PIL import Image

from . import peers

sys.path.insert(0, str(peers.ROOT / "test" / "fidelity"))
sys.path.append(str(peers.PEERS / "python"))

import reference  # noqa: E402

try:
    from ssimulacra2 import compute_ssimulacra2
except ImportError:
    compute_ssimulacra2 = None


@functools.lru_cache(maxsize=1)
def decoded(path):
    image = reference.open_upright(path)
    return np.asarray(image if image.mode == "RGBA" else image.convert("RGB"))


@functools.lru_cache(maxsize=4)
def reference_picture(path, width, height):
    source = decoded(path)
    resize = reference.resize_with_alpha if source.shape[2] == 4 else reference.resize
    return resize(source, width, height)


def compare(photo, body):
    result = Image.open(io.BytesIO(body))
    expected = reference_picture(pathlib.Path(photo), *result.size)
    pixels = reference.on_white(result) if result.mode == "RGBA" else np.asarray(result.convert("RGB"), np.float64)
    figures = {"psnr_db": float(reference.psnr(pixels, expected))}
    if compute_ssimulacra2:
        with tempfile.TemporaryDirectory() as folder:
            files = [pathlib.Path(folder) / name for name in ("expected.png", "result.png")]
            for file, picture in zip(files, (expected, pixels)):
                Image.fromarray(picture.astype(np.uint8)).save(file, compress_level=0)
            figures["ssimulacra2"] = float(compute_ssimulacra2(str(files[0]), str(files[1])))
    return figures
