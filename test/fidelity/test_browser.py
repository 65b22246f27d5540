"""What Thimble makes of odd files against what a browser shows (browser_answers.json, by script/ask-browser)."""

import io
import json
import pathlib

import numpy as np
import pytest
from PIL import Image

from questions import QUESTIONS
from thimble import resize_file

ANSWERS = json.loads(pathlib.Path(__file__).with_name("browser_answers.json").read_text(encoding="utf-8"))["answers"]

TOLERANCE = 2
# Where Thimble does something else, and why.
DIFFERENT = {
    "cICP of Y, Cb, Cr": "the browser shows nothing; Thimble passes over the chunk",
    "cICP primaries 10": "XYZ is no picture's primaries",
    "cICP of P3, transfer 16": "PQ is not tone-mapped yet",
    "cICP of P3, transfer 17": "nobody uses SMPTE ST 428",
    "cICP of P3, transfer 18": "HLG is not tone-mapped yet",
}


def test_every_question_has_an_answer():
    assert set(ANSWERS) == set(QUESTIONS)


@pytest.mark.parametrize("name", sorted(set(QUESTIONS) - set(DIFFERENT)))
def test_looks_as_in_the_browser(tmp_path, name):
    question, answer = QUESTIONS[name], ANSWERS[name]
    path = tmp_path / f"question.{question.suffix}"
    path.write_bytes(question.file)
    width = answer["size"][0]
    picture = Image.open(io.BytesIO(resize_file(path, "--width", str(width), "--format", "png")))
    assert list(picture.size) == answer["size"]
    pixel = np.asarray(picture.convert("RGBA"))[1, 1].astype(int)
    assert np.abs(pixel - answer["pixel"]).max() <= TOLERANCE, (pixel, answer["pixel"])
