"""Stripes and the dots of printed pictures come out as even as an ideal resize makes them."""

import io

import pytest
from PIL import Image

import moire
from thimble import resize_file

MEAN_OF_WORST = 18  # gray levels
WORST = 45


@pytest.fixture(scope="module")
def worst_of_each_chart(tmp_path_factory):
    folder, worst = tmp_path_factory.mktemp("charts"), {}
    for number, (name, picture) in enumerate(moire.charts()):
        path = folder / f"{number}.jpg"
        picture.save(path, quality=90)
        original = Image.open(path)
        results = {width: Image.open(io.BytesIO(resize_file(path, "--width", str(width), "--format", "png")))
                   for width in moire.WIDTHS}
        worst[name] = max(moire.excess(original, width, result) for width, result in results.items())
    return worst


def test_no_chart_swings_far(worst_of_each_chart):
    assert {name: swing for name, swing in worst_of_each_chart.items() if swing > WORST} == {}


def test_the_charts_hardly_swing_on_the_whole(worst_of_each_chart):
    assert sum(worst_of_each_chart.values()) / len(worst_of_each_chart) <= MEAN_OF_WORST
