"""Headers, conditions, methods and errors: what a CDN in front relies on."""

import re
import socket
import time

import pytest

from conftest import opened

PICTURE = "/resize/svc/images/main/a.jpg?size=120&quality=80"


def test_a_picture_has_the_headers_that_caches_need(service):
    response = service.get(PICTURE)
    headers = response.headers
    assert response.status_code == 200
    assert headers["Content-Type"] == "image/jpeg"
    assert int(headers["Content-Length"]) == len(response.content)
    assert headers["Cache-Control"] == "public, max-age=86400, s-maxage=31536000"
    assert re.fullmatch(r'"[A-Za-z0-9_-]{16,}"', headers["ETag"])
    assert "Last-Modified" in headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    for name in ("Access-Control-Allow-Origin", "Access-Control-Expose-Headers", "Timing-Allow-Origin"):
        assert headers[name] == "*"
    assert "X-Request-ID" in headers
    for part in ("fetch", "queue", "process", "cache"):
        assert part in headers["Server-Timing"], part
    assert not [name for name in headers if name.lower().startswith("x-amz") or name.lower() == "set-cookie"]


def test_metadata_of_the_original_is_gone(on_files, file_root):
    from PIL import Image

    image = Image.new("RGB", (300, 200), (10, 90, 200))
    exif = image.getexif()
    exif[0x010E] = "GPSLEAKCANARY"
    exif[0x0112] = 6
    image.save(file_root / "canary.jpg", exif=exif, comment=b"GPSLEAKCANARY")
    response = on_files.get("/resize/canary.jpg?size=100")
    assert opened(response).size == (100, 150)
    assert b"GPSLEAKCANARY" not in response.content
    assert not opened(response).getexif()


def test_head_equals_get_without_the_body(service):
    changing = {"Date", "X-Request-ID", "Server-Timing"}
    service.get(PICTURE)
    got, head = service.get(PICTURE), service.request("HEAD", PICTURE)
    assert head.content == b""
    assert {k: v for k, v in got.headers.items() if k not in changing} == {
        k: v for k, v in head.headers.items() if k not in changing}


def test_the_entity_tag_depends_on_the_variant_and_the_original(service, files):
    tags = {service.get(f"/resize/svc/images/main/a.jpg?size={size}").headers["ETag"] for size in (50, 51)}
    tags.add(service.get("/resize/svc/images/main/a.jpg?size=50&quality=50").headers["ETag"])
    tags.add(service.get("/resize/music/song.png?size=50").headers["ETag"])
    assert len(tags) == 4
    again = service.get("/svc/images/main/a.jpg/melon/resize/50").headers["ETag"]
    assert again in tags, "two ways of writing one variant have one entity tag"


def test_conditional_requests_are_answered_304(service):
    fresh = service.get(PICTURE)
    tag, modified = fresh.headers["ETag"], fresh.headers["Last-Modified"]
    for headers in ({"If-None-Match": tag}, {"If-None-Match": f'"x", W/{tag}'}, {"If-None-Match": "*"},
                    {"If-Modified-Since": modified}):
        response = service.get(PICTURE, headers=headers)
        assert (response.status_code, response.content) == (304, b""), headers
        assert response.headers["ETag"] == tag
        assert response.headers["Cache-Control"] == fresh.headers["Cache-Control"]
    for headers in ({"If-None-Match": '"other"'}, {"If-Modified-Since": "Mon, 01 Jan 2001 00:00:00 GMT"},
                    {"If-None-Match": '"other"', "If-Modified-Since": modified}):
        assert service.get(PICTURE, headers=headers).status_code == 200, headers


def test_a_304_costs_no_decoding_even_when_nothing_is_cached(bucket, file_root):
    from thimble import Server

    for arguments, env in ((bucket.arguments, bucket.env), (["--origin", f"file:{file_root}"], {})):
        with Server(*arguments, "--cache-memory", "0", env=env) as server:
            tag = server.get(PICTURE).headers["ETag"]
            jobs = server.metrics()["thimble_worker_jobs_total"]
            assert server.get(PICTURE, headers={"If-None-Match": tag}).status_code == 304
            assert server.metrics()["thimble_worker_jobs_total"] == jobs


@pytest.mark.parametrize("key, status, code", [
    ("no/such.jpg", 404, "original_not_found"),
    ("text.jpg", 415, "unsupported_format"),
    ("empty.jpg", 415, "unsupported_format"),
    ("broken.jpg", 422, "corrupt_image"),
])
def test_errors_have_a_status_a_code_and_an_id(service, key, status, code):
    text = service.get(f"/resize/{key}?size=100")
    assert (text.status_code, text.headers["X-Error"]) == (status, code)
    assert text.headers["Content-Type"].startswith("text/plain")
    assert text.headers["X-Request-ID"] in text.text
    assert len(text.content) < 400 and key not in text.text
    assert "no-store" in text.headers["Cache-Control"] or "max-age=60" in text.headers["Cache-Control"]
    as_json = service.get(f"/resize/{key}?size=100", headers={"Accept": "application/json"})
    assert as_json.json()["error"] == code
    assert as_json.json()["request_id"] == as_json.headers["X-Request-ID"]


def test_a_request_id_is_kept_if_it_is_harmless(on_files):
    assert on_files.get(PICTURE, headers={"X-Request-ID": "cdn-42_a"}).headers["X-Request-ID"] == "cdn-42_a"
    too_long = on_files.get("/resize/" + "a" * 9000, headers={"X-Request-ID": "cdn-43"})
    assert (too_long.status_code, too_long.headers["X-Request-ID"]) == (414, "cdn-43")
    assert on_files.get(PICTURE, headers={"X-Request-ID": "a b<script>"}).headers["X-Request-ID"] != "a b<script>"


def test_other_methods_are_refused_and_options_answers(on_files):
    for method in ("POST", "PUT", "DELETE", "PATCH", "TRACE"):
        response = on_files.request(method, PICTURE)
        assert response.status_code == 405, method
        assert response.headers["Allow"] == "GET, HEAD, OPTIONS"
    preflight = on_files.request("OPTIONS", PICTURE, headers={
        "Origin": "https://page.example", "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": "x-request-id"})
    assert preflight.status_code == 204
    assert preflight.headers["Access-Control-Allow-Origin"] == "*"
    assert preflight.headers["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
    assert preflight.headers["Access-Control-Allow-Headers"] == "*"


def test_limits_of_target_and_headers(on_files):
    too_long = on_files.get("/resize/" + "a" * 9000)
    assert (too_long.status_code, too_long.headers["X-Error"]) == (414, "uri_too_long")
    too_large = on_files.get(PICTURE, headers={"X-Padding": "a" * 17000})
    assert (too_large.status_code, too_large.headers["X-Error"]) == (431, "headers_too_large")


def test_one_connection_serves_many_requests(on_files):
    request = f"GET {PICTURE} HTTP/1.1\r\nHost: test\r\n\r\n".encode()
    with socket.create_connection(("127.0.0.1", on_files.port), timeout=60) as connection:
        answers = connection.makefile("rb")
        for _ in range(20):
            connection.sendall(request)
            assert answers.readline().startswith(b"HTTP/1.1 200 ")
            length = 0
            while (line := answers.readline().strip()):
                if line.lower().startswith(b"content-length:"):
                    length = int(line.split(b":")[1])
            assert len(answers.read(length)) == length


def test_odd_request_headers_do_not_change_the_picture(on_files):
    plain = on_files.get(PICTURE)
    for name in ("X-Forwarded-Host", "X-Original-URL", "X-Rewrite-URL", "X-HTTP-Method-Override", "X-Forwarded-Proto",
                 "Forwarded", "Range", "Accept-Encoding", "Cookie", "Authorization", "Origin", "Referer"):
        other = on_files.get(PICTURE, headers={name: "bytes=0-10"})
        assert (other.status_code, other.content) == (200, plain.content), name
        assert other.headers["ETag"] == plain.headers["ETag"]


def test_a_changed_original_gets_another_entity_tag(small_tree):
    from conftest import cover, encoded
    from thimble import Server

    with Server("--origin", f"file:{small_tree}", "--cache-memory", "0") as server:
        before = server.get("/resize/a.jpg?size=80")
        time.sleep(0.01)  # file systems stamp times in steps of up to 4 ms
        (small_tree / "a.jpg").write_bytes(encoded(cover(seed=9), "JPEG", quality=88))
        after = server.get("/resize/a.jpg?size=80", headers={"If-None-Match": before.headers["ETag"]})
        assert after.status_code == 200
        assert after.headers["ETag"] != before.headers["ETag"]
        assert after.content != before.content
