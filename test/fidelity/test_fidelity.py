"""Results against a full-size Lanczos3 resize of the decoded source, through the command line and its sandbox.

Each limit is in decibels of PSNR over all channels. Results are written as PNG, so that only resampling, scaled
decoding and colour conversion are measured, not another lossy encoding.
"""

import io

import numpy as np
import pytest
from PIL import Image, ImageCms

import reference
from thimble import resize_file

FULL_DECODE_DB = 40
SCALED_DECODE_MEDIAN_DB = 36
SHIFT_PIXELS = 0.05


def save(tmp_path, image, name, **options):
    path = tmp_path / name
    image.save(path, **options)
    return path


def resized(path, width, *more):
    return Image.open(io.BytesIO(resize_file(path, "--width", str(width), "--format", "png", *more)))


def psnr_of(path, width):
    result = resized(path, width).convert("RGB")
    source = np.asarray(reference.open_upright(path).convert("RGB"))
    return reference.psnr(result, reference.resize(source, *result.size))


@pytest.mark.parametrize("subsampling", ["4:4:4", "4:2:2", "4:2:0"])
@pytest.mark.parametrize("width", [799, 640, 501])
def test_full_decode_is_as_good_as_a_full_size_resize(tmp_path, subsampling, width):
    chart = Image.fromarray(reference.chart(801, 603))
    path = save(tmp_path, chart, "chart.jpg", quality=92, subsampling=subsampling)
    assert psnr_of(path, width) >= FULL_DECODE_DB


@pytest.mark.parametrize("width", [640, 300, 100, 33])
def test_png_is_as_good_as_a_full_size_resize(tmp_path, width):
    path = save(tmp_path, Image.fromarray(reference.chart(803, 605)), "chart.png")
    assert psnr_of(path, width) >= FULL_DECODE_DB


def test_webp_is_as_good_as_a_full_size_resize(tmp_path):
    path = save(tmp_path, Image.fromarray(reference.chart(803, 605)), "chart.webp", quality=90)
    assert psnr_of(path, 401) >= FULL_DECODE_DB


def test_scaled_decode_stays_close_to_a_full_size_resize(tmp_path):
    chart = Image.fromarray(reference.chart(2001, 1503))
    path = save(tmp_path, chart, "chart.jpg", quality=90, subsampling="4:2:0")
    figures = [psnr_of(path, width) for width in (1000, 750, 640, 500, 400, 300, 200, 150, 100)]
    assert np.median(figures) >= SCALED_DECODE_MEDIAN_DB, figures


def test_enlarging_is_as_good_as_a_lanczos_enlargement(tmp_path):
    path = save(tmp_path, Image.fromarray(reference.chart(203, 151)), "chart.png")
    result = resized(path, 407, "--enlarge").convert("RGB")
    source = np.asarray(Image.open(path).convert("RGB"))
    assert reference.psnr(result, reference.resize(source, *result.size)) >= FULL_DECODE_DB


@pytest.mark.parametrize("form", ["gray.png", "420.jpg", "422.jpg", "444.jpg", "420.webp"])
def test_a_centred_disc_stays_centred(tmp_path, form):
    width, height = 1001, 747
    picture = reference.disc((width, height), width / 2, height / 2, 200, gray=form.startswith("gray"))
    kind, suffix = form.split(".")
    options = {"jpg": {"quality": 97, "subsampling": f"4:{kind[1]}:{kind[2]}"}, "webp": {"quality": 97}}.get(suffix, {})
    path = save(tmp_path, picture, f"disc.{suffix}", **options)
    for target in (997, 899, 801, 733, 667, 601, 555, 501, 499, 433, 401, 377, 333, 301, 251, 201, 155, 125, 101, 75):
        small = resized(path, target).convert("L")
        x, y = reference.centre_of_mass(small)
        assert abs(x - small.width / 2) <= SHIFT_PIXELS, (target, x)
        assert abs(y - small.height / 2) <= SHIFT_PIXELS, (target, y)


def test_color_stays_with_its_edges(tmp_path):
    """A red disc on blue, 4:2:0 in and out: the Cb and Cr discs are centred too."""
    mask = np.asarray(reference.disc((1001, 747), 500.5, 373.5, 200, gray=True)).astype(np.float64)
    blend = ((mask - 16) / 220)[:, :, None]
    pixels = np.rint(blend * (200, 60, 60) + (1 - blend) * (60, 60, 200)).astype(np.uint8)
    path = save(tmp_path, Image.fromarray(pixels), "disc.jpg", quality=97, subsampling="4:2:0")
    for target in (801, 501, 333, 201):
        small = Image.open(io.BytesIO(resize_file(path, "--width", str(target), "--quality", "97")))
        red_difference = np.asarray(small.convert("YCbCr"))[:, :, 2]
        x, y = reference.centre_of_mass(red_difference)
        assert abs(x - small.width / 2) <= SHIFT_PIXELS, (target, x)
        assert abs(y - small.height / 2) <= SHIFT_PIXELS, (target, y)


@pytest.mark.parametrize("width", [400, 211, 60])
def test_alpha_edges_have_no_fringes(tmp_path, width):
    chart = reference.chart(801, 603)
    alpha = np.asarray(reference.disc((801, 603), 400, 300, 220, gray=True)).astype(np.float64)
    alpha = np.clip((alpha - 16) / 220 * 255, 0, 255)
    rgba = np.dstack([np.where(alpha[:, :, None] > 0, chart, (255, 0, 0)), alpha]).astype(np.uint8)
    path = save(tmp_path, Image.fromarray(rgba, "RGBA"), "disc.png")
    result = resized(path, width)
    expected = reference.resize_with_alpha(rgba, *result.size)
    assert reference.psnr(reference.on_white(result), expected) >= FULL_DECODE_DB


def test_an_srgb_profile_changes_nothing(tmp_path):
    chart = Image.fromarray(reference.chart(601, 403))
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    tagged = save(tmp_path, chart, "tagged.png", icc_profile=profile)
    plain = save(tmp_path, chart, "plain.png")
    assert reference.psnr(resized(tagged, 200), resized(plain, 200)) >= 60


@pytest.mark.parametrize("name", ["adobergb-1900x1263-444-prog.jpg", "displayp3-2400x1600-420.jpg"])
def test_a_wide_gamut_photo_shows_the_colors_it_means(shared_photos, name):
    path = shared_photos / name
    source = reference.open_upright(path)
    profile = ImageCms.ImageCmsProfile(io.BytesIO(source.info["icc_profile"]))
    srgb = ImageCms.createProfile("sRGB")
    meant = ImageCms.profileToProfile(
        source, profile, srgb, renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
        outputMode="RGB", flags=0x2000)  # black point compensation
    result = resized(path, 600)
    expected = reference.resize(np.asarray(meant), *result.size)
    assert reference.psnr(result, expected) >= SCALED_DECODE_MEDIAN_DB
    ignored = reference.resize(np.asarray(source), *result.size)
    assert reference.psnr(result, expected) > reference.psnr(result, ignored)
