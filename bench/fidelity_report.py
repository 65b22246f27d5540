#!/usr/bin/python3
"""How close Thimble's results come to a full-size Lanczos3 resize of the decoded source, photo by photo.

    bench/fidelity_report.py FOLDER-OF-PHOTOS [OUT.md]

A second table tells how much moiré charts of stripes and printed dots come out with (test/fidelity/moire.py).

PSNR over all channels, in decibels; results are written as PNG so that only the resampling counts. Photos with a
wide-gamut profile are compared after the same conversion by LittleCMS; CMYK without a profile by the plain formula.
"""

import io
import pathlib
import statistics
import sys
import tempfile

import numpy as np
from PIL import Image, ImageCms

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "test" / "fidelity"), str(ROOT / "test" / "support")]

import moire  # noqa: E402
import reference  # noqa: E402
from thimble import resize_file  # noqa: E402

WIDTHS = (1280, 640, 300, 100)


def decoded(path):
    image = reference.open_upright(path)
    if image.mode == "CMYK":
        ink = 255 - np.asarray(image).astype(np.float64)  # Pillow undoes Adobe's inversion
        return np.rint(ink[:, :, :3] * ink[:, :, 3:] / 255)
    profile = image.info.get("icc_profile")
    if profile and image.mode == "RGB":
        image = ImageCms.profileToProfile(
            image, ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB"),
            renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC, outputMode="RGB", flags=0x2000)
    return np.asarray(image if image.mode == "RGBA" else image.convert("RGB"))


def figure(path, source, width):
    result = Image.open(io.BytesIO(resize_file(path, "--width", str(width), "--format", "png")))
    if source.shape[2] == 4:
        return reference.psnr(reference.on_white(result), reference.resize_with_alpha(source, *result.size))
    return reference.psnr(result.convert("RGB"), reference.resize(source, *result.size))


def moire_table():
    lines = ["| chart | " + " | ".join(f"{w} px" for w in moire.WIDTHS) + " |", "|---|" + "---|" * len(moire.WIDTHS)]
    worst = []
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "chart.jpg")
        for name, picture in moire.charts():
            picture.save(path, quality=90)
            original = Image.open(path)
            row = [moire.excess(original, width, Image.open(io.BytesIO(
                resize_file(path, "--width", str(width), "--format", "png")))) for width in moire.WIDTHS]
            worst.append(max(row))
            lines.append(f"| {name} | " + " | ".join(map(str, row)) + " |")
    return [*lines, "", f"The worst width of each chart: {statistics.mean(worst):.0f} in the mean, {max(worst)} at most."]


def main():
    lines = ["| photo | " + " | ".join(f"{w} px" for w in WIDTHS) + " |", "|---|" + "---|" * len(WIDTHS)]
    columns = []
    for path in sorted(pathlib.Path(sys.argv[1]).iterdir()):
        if path.suffix not in (".jpg", ".png", ".webp"):
            continue
        source = decoded(path)
        figures = [figure(path, source, width) for width in WIDTHS]
        columns.append(figures)
        lines.append(f"| {path.name} | " + " | ".join(f"{f:.1f}" for f in figures) + " |")
        print(lines[-1], flush=True)
    medians = [statistics.median(column) for column in zip(*columns)]
    lines.append("| **median** | " + " | ".join(f"{m:.1f}" for m in medians) + " |")
    print(lines[-1])
    charts = moire_table()
    print("", *charts, sep="\n")
    lines += ["", *charts]
    if len(sys.argv) > 2:
        pathlib.Path(sys.argv[2]).write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
