"""What docs/http-api.md and README.md promise of a URL, asked of a running server."""

import re

import pytest

from conftest import cover, encoded, opened
from thimble import ROOT, Server

PAGE = (ROOT / "docs" / "http-api.md").read_text()
README = (ROOT / "README.md").read_text()
# The pages speak of these; they are all the same picture.
KEYS = ("albums/42/cover.jpg", "fruits/melon", "resize/a.jpg", "-/a.jpg", "livez")


def rows_below(page, heading):
    lines = page.split(f"\n{heading}\n", 1)[1].splitlines()
    first = next(i for i, line in enumerate(lines) if line.startswith("|"))
    for line in lines[first + 2:]:
        if not line.startswith("|"):
            return
        yield [cell.strip() for cell in line.strip("|").split("|")]


def examples():
    return [(request.strip("`"), accept.strip("`"), answer.replace("`", ""))
            for request, accept, answer in rows_below(PAGE, "## Examples")]


def urls_in_passing():
    """Of the page's text, without what stands for anything: {key...}, /resize/W, /quality/Q."""
    text = PAGE.split("\n## Examples\n", 1)[0]
    found = re.findall(r"`(/[^`\s]*)`", text)
    return sorted({url for url in found if not re.search(r"[{}]|/[A-Z]|//", url)})


def readme_urls():
    """Each URL of README's table, the short ones completed, with what it is said to give."""
    whole = "/resize/albums/42/cover.jpg"
    return [(url.strip("`").replace("...", whole), text) for url, text in rows_below(README, "## URLs")]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    root = tmp_path_factory.mktemp("documented")
    for key in KEYS:
        path = root / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(encoded(cover(1200, 1000), "JPEG", quality=88))
    with Server("--origin", f"file:{root}") as running:
        yield running


@pytest.mark.parametrize("target, accept, answer", examples())
def test_an_example_is_answered_as_the_page_says(server, target, accept, answer):
    response = server.get(target, headers={"Accept": accept} if accept else {})
    if response.status_code != 200:
        assert answer == f"{response.status_code} {response.headers['X-Error']}"
        return
    picture = opened(response)
    assert answer == f"200 {picture.format} {picture.width}x{picture.height}"
    assert response.headers["Content-Type"] == f"image/{picture.format.lower()}"


def test_the_page_has_examples_of_pictures_and_of_refusals():
    statuses = [answer.split()[0] for _, _, answer in examples()]
    assert statuses.count("200") >= 10
    assert statuses.count("400") >= 4
    assert len(urls_in_passing()) >= 6


@pytest.mark.parametrize("target", urls_in_passing())
def test_a_url_that_the_page_mentions_works(server, target):
    assert server.get(target).status_code == 200


def test_a_url_of_the_readme_gives_what_is_said(server):
    checked = 0
    for target, text in readme_urls():
        picture = opened(server.get(target, headers={"Accept": "image/webp,*/*;q=0.8"}))
        if width := re.search(r"(\d+) px wide", text):
            assert picture.width == int(width.group(1)), target
        if "square" in text:
            assert picture.width == picture.height, target
        if "WebP" in text:
            assert picture.format == "WEBP", target
        checked += 1
    assert checked >= 4
