"""Every way of writing a URL, against both kinds of origin."""

import pytest

from conftest import ODD_KEYS, opened, quoted


def width_of(response):
    assert response.status_code == 200, (response.status_code, response.text)
    return opened(response).width


@pytest.mark.parametrize("key", ODD_KEYS)
def test_any_key_is_found_in_both_dialects(service, key):
    assert width_of(service.get(f"/resize/{quoted(key)}?size=300&quality=80")) == 300
    assert width_of(service.get(f"/{quoted(key)}/melon/resize/100/quality/80")) == 100


def test_raw_utf8_in_the_target_means_the_same_key(service):
    assert width_of(service.get("/resize/앨범/가을%20노래/표지%20(1).jpg?size=64")) == 64


def test_the_defaults_are_1280_wide_and_never_enlarged(service):
    assert width_of(service.get("/resize/svc/images/main/a.jpg")) == 1200
    assert width_of(service.get("/svc/images/main/a.jpg")) == 1200


@pytest.mark.parametrize("target, size", [
    ("/svc/images/main/a.jpg/melon/resize/100/quality/80", (100, 83)),
    ("/svc/images/main/a.jpg/resize/100", (100, 83)),
    ("/svc/images/main/a.jpg/quality/80/resize/100", (100, 83)),
    ("/svc/images/main/a.jpg/melon/quality/80/format/png/resize/100", (100, 83)),
    ("/svc/images/main/a.jpg/resize/100x50", (60, 50)),
    ("/svc/images/main/a.jpg/melon", (1200, 1000)),
    ("/svc/images/main/a.jpg?w=100", (100, 83)),
    ("/svc/images/main/a.jpg?width=100&&", (100, 83)),
    ("/svc/images/main/a.jpg?w=3000&h=1000&fit=fill", (1200, 400)),
    ("/svc/images/main/a.jpg?h=50", (60, 50)),
    ("/svc/images/main/a.jpg?w=100&h=100&fit=cover", (100, 100)),
    ("/svc/images/main/a.jpg?w=100&h=100&fit=fill", (100, 100)),
    ("/svc/images/main/a.jpg?w=100&h=100&fit=contain", (100, 83)),
    ("/svc/images/main/a.jpg?w=100&dpr=2", (200, 167)),
    ("/resize/svc/images/main/a.jpg?w=100&dpr=0.5", (50, 42)),
    ("/resize/svc/images/main/a.jpg?size=100&w=100", (100, 83)),
    ("/resize/svc/images/main/a.jpg?size=2400", (1200, 1000)),
    ("/resize/svc/images/main/a.jpg?size=2400&enlarge=1", (2400, 2000)),
    ("/resize/melon?size=50", (50, 42)),
])
def test_the_forms_of_a_size(service, target, size):
    response = service.get(target)
    assert response.status_code == 200, response.text
    assert opened(response).size == size


@pytest.mark.parametrize("target, form", [
    ("/resize/svc/images/main/a.jpg?size=50", "JPEG"),
    ("/resize/music/song.png?size=50", "PNG"),
    ("/resize/music/artist.webp?size=50", "WEBP"),
    ("/resize/wrong-name.png?size=50", "JPEG"),
    ("/resize/svc/images/main/a.jpg?size=50&fm=webp", "WEBP"),
    ("/resize/music/song.png?size=50&fm=jpeg", "JPEG"),
    ("/music/artist.webp/melon/resize/50/format/png", "PNG"),
])
def test_the_type_is_the_sources_own_or_the_asked_one(service, target, form):
    response = service.get(target)
    assert response.status_code == 200, response.text
    assert opened(response).format == form
    assert response.headers["Content-Type"] == f"image/{form.lower()}"
    assert "Vary" not in response.headers


@pytest.mark.parametrize("accept, form", [
    ("image/avif,image/webp,image/*,*/*;q=0.8", "WEBP"),
    ("image/webp", "WEBP"),
    ("*/*", "JPEG"),
    ("image/webp;q=0,*/*", "JPEG"),
    ("image/jpeg,image/webp;q=0.5", "JPEG"),
    ("", "JPEG"),
])
def test_auto_format_follows_accept_and_varies(service, accept, form):
    response = service.get("/resize/svc/images/main/a.jpg?size=50&auto=format", headers={"Accept": accept})
    assert opened(response).format == form
    assert response.headers["Vary"] == "Accept"


def test_auto_format_falls_back_to_the_originals_own_where_webp_is_too_small(tmp_path):
    from conftest import cover, encoded
    from thimble import Server

    (tmp_path / "tall.jpg").write_bytes(encoded(cover(20, 16384), "JPEG"))
    webp = {"Accept": "image/webp"}
    with Server("--origin", f"file:{tmp_path}") as server:
        response = server.get("/tall.jpg?w=20&auto=format", headers=webp)
        assert (response.status_code, response.headers["Content-Type"]) == (200, "image/jpeg")
        assert response.headers["Vary"] == "Accept"
        assert opened(response).size == (20, 16384)
        assert server.get("/tall.jpg?w=10&auto=format", headers=webp).headers["Content-Type"] == "image/webp"
        assert server.get("/tall.jpg?w=20&format=webp").headers["X-Error"] == "result_too_large"


def test_quality_changes_the_bytes_and_above_100_means_100(service):
    def size_at(quality):
        return len(service.get(f"/resize/svc/images/main/a.jpg?size=300&quality={quality}").content)

    assert size_at(30) < size_at(80) < size_at(100)
    assert size_at(250) == size_at(100) == len(service.get("/resize/svc/images/main/a.jpg?size=300").content)


@pytest.mark.parametrize("query, code", [
    ("size=0", "bad_parameter"),
    ("size=-3", "bad_parameter"),
    ("size=NaN", "bad_parameter"),
    ("size=1e3", "bad_parameter"),
    ("size=", "bad_parameter"),
    ("size", "bad_parameter"),
    ("size=99999999999999999999", "bad_parameter"),
    ("size=%31%30%30x", "bad_parameter"),
    ("quality=0", "bad_parameter"),
    ("quality=abc", "bad_parameter"),
    ("dpr=0.4", "bad_parameter"),
    ("dpr=5.1", "bad_parameter"),
    ("fit=squeeze", "bad_parameter"),
    ("fm=gif", "bad_parameter"),
    ("auto=compress", "bad_parameter"),
    ("enlarge=yes", "bad_parameter"),
    ("size=100&w=200", "conflicting_parameters"),
    ("quality=80&q=70", "conflicting_parameters"),
    ("w=100&w=200", "conflicting_parameters"),
    ("widht=100", "unknown_parameter"),
    ("Size=100", "unknown_parameter"),
])
def test_bad_parameters_are_refused_with_a_stable_code(on_files, query, code):
    response = on_files.get(f"/resize/svc/images/main/a.jpg?{query}")
    assert (response.status_code, response.headers["X-Error"]) == (400, code)


@pytest.mark.parametrize("query, said", [
    ("widht=300", "There is no parameter 'widht'. Did you mean 'width'?"),
    ("fit=Cover", "The value 'Cover' of 'fit' is not contain, cover or fill. Did you mean 'cover'?"),
    ("w=<b>", "The value '%3Cb%3E' of 'w' is not a whole number from 1 to 999999999."),
    ("w=" + "x" * 500, "The value '" + "x" * 40 + "...' of 'w' is not a whole number from 1 to 999999999."),
])
def test_a_refusal_names_the_parameter_the_value_and_what_was_probably_meant(on_files, query, said):
    target = f"/resize/svc/images/main/a.jpg?{query}"
    assert f": {said}\n" in on_files.get(target).text
    assert on_files.get(target, headers={"Accept": "application/json"}).json()["message"] == said


def test_the_root_says_how_to_ask_for_a_picture(on_files):
    response = on_files.get("/")
    assert (response.status_code, response.headers["Content-Type"]) == (200, "text/plain; charset=utf-8")
    assert "/resize/KEY?width=300" in response.text


@pytest.mark.parametrize("path", [
    "/resize/", "/resize/../a.jpg", "/resize/svc//../a.jpg", "/resize/..%5ca.jpg",
    "/resize/svc/%2e%2e/a.jpg", "/resize/svc/./a.jpg", "/resize/%2e/a.jpg", "/resize/a%00.jpg", "/resize/a%0d%0ab.jpg",
    "/resize/%c0%ae%c0%ae/a.jpg", "/resize/%ed%a0%80.jpg", "/resize/a%zz.jpg",
    "/resize/a%2", "/resize/svc%2f%2e%2e%2fa.jpg", "/resize/%ff.jpg",
])  # fmt: skip
def test_what_can_be_no_key_is_a_bad_path(service, path):
    response = service.get(path)
    assert (response.status_code, response.headers["X-Error"]) == (400, "bad_path")


@pytest.mark.parametrize("path", [
    "/resize/%252e%252e/a.jpg", "/resize/svc/images/main/%2561.jpg", "/resize/SVC/images/main/a.jpg",
    "/resize/%EF%BC%8E%EF%BC%8E/a.jpg", "/resize/svc/images/main/a.jpg%20",
])  # fmt: skip
def test_what_looks_like_a_key_is_never_another_key(service, path):
    response = service.get(path)
    assert (response.status_code, response.headers["X-Error"]) == (404, "original_not_found")


def test_the_one_path_of_a_variant_is_the_same_picture(service):
    for target, path in (
            ("/resize/svc/images/main/a.jpg?size=90&quality=80", "/-/p/default/svc/images/main/a.jpg/-/w90_q80"),
            ("/resize/svc/images/main/a.jpg?w=90&h=90&fit=cover&auto=format",
             "/-/p/default/svc/images/main/a.jpg/-/w90_h90_cover_q100_auto-webp")):
        first = service.get(target, headers={"Accept": "image/webp"})
        same = service.get(path)
        assert first.status_code == same.status_code == 200
        assert (first.content, first.headers["ETag"]) == (same.content, same.headers["ETag"])
        assert "cache;desc=hit" in same.headers["Server-Timing"]
        assert "Vary" not in same.headers
    for key in ODD_KEYS:
        assert width_of(service.get(f"/-/p/default/{quoted(key)}/-/w80_q80")) == 80


def test_what_begins_with_a_dash_is_the_servers_own(service):
    for path in ("/-/a.jpg", "/-/p/default/melon/-/w090_q80", "/-/p/other/melon/-/w90_q80"):
        answer = service.get(path)
        assert (answer.status_code, answer.headers["X-Error"]) in ((400, "bad_path"), (400, "bad_parameter")), path
