"""Version parameters: the same picture under another URL, and a question to the origin."""

import pytest

from conftest import cover, encoded
from thimble import Server

PICTURE = "/resize/a.jpg?size=80"


@pytest.fixture
def server(small_tree):
    with Server("--origin", f"file:{small_tree}") as running:
        yield running


def jobs(server):
    return server.metrics()["thimble_worker_jobs_total"]


def cache_word(response):
    return response.headers["Server-Timing"].rsplit("desc=", 1)[1]


@pytest.mark.parametrize("version", ["v=1", "t=1732650000", "_=1", "ver=2.0", "timestamp=x%20y", "v"])
def test_a_new_value_gives_what_is_kept_where_the_original_is_the_same(server, version):
    plain = server.get(PICTURE)
    before = jobs(server)
    versioned = server.get(f"{PICTURE}&{version}")
    assert (versioned.status_code, versioned.content) == (200, plain.content)
    assert versioned.headers["ETag"] == plain.headers["ETag"]
    assert versioned.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert cache_word(versioned) == "revalidated"
    assert cache_word(server.get(f"{PICTURE}&{version}")) == "hit"
    assert jobs(server) == before


def test_a_hundred_random_values_decode_nothing(server):
    server.get(PICTURE)
    before = jobs(server)
    for value in range(100):
        assert server.get(f"{PICTURE}&v={value}").status_code == 200
    assert jobs(server) == before


def test_a_new_value_shows_a_changed_original_and_then_so_does_every_url(server, small_tree):
    old = server.get(PICTURE)
    (small_tree / "a.jpg").write_bytes(encoded(cover(600, 500, seed=9), "JPEG", quality=88))
    assert server.get(PICTURE).content == old.content, "nobody said that it changed"
    new = server.get(f"{PICTURE}&v=2")
    assert new.status_code == 200
    assert new.headers["ETag"] != old.headers["ETag"]
    assert server.get(PICTURE).content == new.content != old.content


def test_a_new_value_notices_that_the_original_is_gone(server, small_tree):
    server.get(PICTURE)
    (small_tree / "a.jpg").unlink()
    assert server.get(PICTURE).status_code == 200
    gone = server.get(f"{PICTURE}&v=2")
    assert (gone.status_code, gone.headers["X-Error"]) == (404, "original_not_found")


def test_ignored_parameters_are_no_part_of_anything(server):
    server.get(PICTURE)
    for query in ("utm_source=mail", "fbclid=%zz", "gclid", "&&"):
        response = server.get(f"{PICTURE}&{query}")
        assert (response.status_code, cache_word(response)) == (200, "hit"), query
