"""Whose fault a failing origin is, as a client, an operator's log and an alarm see it."""

import concurrent.futures
import io
import pathlib
import tempfile

import pytest
from PIL import Image

from conftest import cover, encoded
from faulty_origin import FaultyOrigin, self_signed, tls_context
from thimble import Server, run

KEYS = {"AWS_ACCESS_KEY_ID": "AKID", "AWS_SECRET_ACCESS_KEY": "secret"}


@pytest.fixture(scope="module")
def jpeg():
    return encoded(cover(300, 200), "JPEG", quality=80)


@pytest.fixture(scope="module")
def plain_origin(jpeg):
    with FaultyOrigin(body=jpeg) as origin:
        yield origin


@pytest.fixture(scope="module")
def certificate():
    with tempfile.TemporaryDirectory() as folder:
        yield self_signed(pathlib.Path(folder))


@pytest.fixture(scope="module")
def tls_origin(jpeg, certificate):
    with FaultyOrigin(body=jpeg, tls=tls_context(*certificate)) as origin:
        yield origin


def serving(origin, mode, *arguments, env=None):
    """Thimble before the bucket that is called as the fault."""
    return Server("--origin", f"s3://{mode}", "--s3-endpoint", origin.endpoint, "--cache-memory", "0",
                  "--log-format", "json", *arguments, env={**KEYS, **(env or {})})  # fmt: skip


def outcome(answer):
    return answer.status_code, answer.headers.get("X-Error"), answer.headers["Cache-Control"]


@pytest.mark.parametrize("mode, status, code, kept", [
    ("s3_404_NoSuchKey", 404, "original_not_found", "public, max-age=60"),
    ("s3_403_AccessDenied", 404, "original_not_found", "public, max-age=60"),
    ("s3_403_InvalidObjectState", 422, "original_archived", "no-store"),
    ("s3_403_SignatureDoesNotMatch", 502, "origin_refused", "no-store"),
    ("s3_403_InvalidAccessKeyId", 502, "origin_refused", "no-store"),
    ("s3_403_RequestTimeTooSkewed", 502, "origin_refused", "no-store"),
    ("s3_400_ExpiredToken", 502, "origin_refused", "no-store"),
    ("s3_404_NoSuchBucket", 502, "origin_refused", "no-store"),
    ("s401", 502, "origin_refused", "no-store"),
    ("s500", 502, "origin_failed", "no-store"),
    ("s3_503_SlowDown", 503, "origin_busy", "no-store"),
    ("s429", 503, "origin_busy", "no-store"),
    ("gzip_ok", 415, "original_encoded", "no-store"),
])  # fmt: skip
def test_only_what_lies_with_the_key_is_kept_by_caches(plain_origin, mode, status, code, kept):
    with serving(plain_origin, mode) as server:
        got = server.get("/resize/a.jpg?size=50")
        assert outcome(got) == (status, code, kept)
        assert ("Retry-After" in got.headers) == (status == 503)
        asked = server.get("/resize/a.jpg?size=50", headers={"If-None-Match": '"x"'})
        assert outcome(asked) == (status, code, kept), "a HEAD is asked first, which has no body"


def test_a_forbidden_original_is_403_where_the_operator_wants_it(plain_origin):
    with serving(plain_origin, "s3_403_AccessDenied", env={"THIMBLE_ORIGIN_SHOW_FORBIDDEN": "1"}) as server:
        assert server.get("/resize/a.jpg").status_code == 403


def test_a_refusal_of_ours_is_one_error_line_with_its_remedy_and_counted(plain_origin):
    with serving(plain_origin, "s3_403_RequestTimeTooSkewed") as server:
        for _ in range(3):
            server.get("/resize/a.jpg?size=50")
        metrics = server.metrics()
    lines = [line for line in server.access_log() if line["level"] == "error"]
    assert metrics['thimble_origin_refusals_total{reason="request_time_too_skewed"}'] == 3
    assert metrics['thimble_origin_failures_total{code="origin_refused"}'] == 3
    assert len(lines) == 1
    assert "synchronise this machine's clock" in lines[0]["message"]


@pytest.mark.parametrize("mode", ["once_s500", "once_s3_503_SlowDown", "once_s429", "once_s3_400_RequestTimeout"])
def test_a_refusal_that_passes_is_no_clients_concern(plain_origin, mode):
    with serving(plain_origin, mode) as server:
        assert server.get(f"/resize/{mode}.jpg?size=50").status_code == 200
        assert sum(v for k, v in server.metrics().items() if k.startswith("thimble_origin_repeats_total")) == 1


def test_a_wrong_region_is_learnt_and_said(plain_origin):
    with serving(plain_origin, "moved_eu-west-9", "--s3-region", "us-east-1") as server:
        assert server.get("/resize/a.jpg?size=50").status_code == 200
        assert server.get("/resize/a.jpg?size=51").status_code == 200
        assert server.metrics()['thimble_origin_repeats_total{reason="wrong_region"}'] == 1
    said = [line["message"] for line in server.access_log() if line["level"] == "warning" and "message" in line]
    assert said == ["origin: the bucket is in region eu-west-9 and not in us-east-1: set s3.region"]


def test_a_picture_that_claims_to_be_packed_is_served(plain_origin):
    with serving(plain_origin, "gzip_claim") as server:
        answer = server.get("/resize/a.jpg?size=50")
        assert answer.status_code == 200
        assert Image.open(io.BytesIO(answer.content)).size == (50, 33)


@pytest.mark.parametrize("mode", ["first_on_connection_only", "reset_after_the_first"])
def test_no_request_pays_for_a_store_that_hangs_up_on_kept_connections(plain_origin, mode):
    with serving(plain_origin, mode) as server:
        with concurrent.futures.ThreadPoolExecutor(6) as six:
            got = list(six.map(lambda n: server.get(f"/resize/{n}.jpg?size=50").status_code, range(48)))
        assert got == [200] * 48


@pytest.mark.parametrize("how", ["close", "reset", "notify"])
def test_no_request_pays_for_connections_that_the_store_has_closed(tls_origin, certificate, how):
    with serving(tls_origin, "six_open", env={"THIMBLE_S3_CA_FILE": str(certificate[0])}) as server:
        with concurrent.futures.ThreadPoolExecutor(6) as six:
            # Different originals, since equal ones would share one fetch.
            first = list(six.map(lambda n: server.get(f"/resize/{n}.jpg?size=50").status_code, range(6)))
        assert first == [200] * 6
        tls_origin.end_idle(how)
        after = [server.get(f"/resize/after{n}.jpg?size=50").status_code for n in range(8)]
        assert after == [200] * 8


@pytest.mark.parametrize("variable", ["THIMBLE_S3_CA_FILE", "AWS_CA_BUNDLE", "SSL_CERT_FILE"])
def test_a_certificate_is_trusted_where_a_file_vouches_for_it(tls_origin, certificate, variable):
    with serving(tls_origin, "ok", env={variable: str(certificate[0])}) as server:
        assert server.get("/resize/a.jpg?size=50").status_code == 200
    with serving(tls_origin, "ok", env={"SSL_CERT_FILE": ""}) as server:
        assert outcome(server.get("/resize/a.jpg?size=50")) == (502, "origin_unreachable", "no-store")


def test_a_missing_certificate_file_stops_the_start(tls_origin):
    done = run("serve", "--listen", "127.0.0.1:0", "--origin", "s3://bucket", "--s3-endpoint", tls_origin.endpoint,
               env={**KEYS, "PATH": "/usr/bin", "THIMBLE_S3_CA_FILE": "/no/such.pem"})  # fmt: skip
    assert done.returncode == 2
    assert b"/no/such.pem" in done.stderr


def test_an_endpoint_may_have_a_path(plain_origin):
    endpoint = f"{plain_origin.endpoint}/ok/storage/v1/s3/"
    with Server("--origin", "s3://bucket", "--s3-endpoint", endpoint, env=KEYS) as server:
        assert server.get("/resize/folder/a.jpg?size=50").status_code == 200
    assert plain_origin.requests("/ok/storage/v1/s3/bucket/folder/a.jpg") == 1


def test_keys_with_empty_segments_and_backslashes_are_read_from_a_bucket(bucket, jpeg):
    client = bucket.server.client()
    odd = {"a//b.jpg": "a//b.jpg", "folder/": "folder/", "/lead.jpg": "%2Flead.jpg", "back\\slash.jpg": "back%5Cslash.jpg"}
    for key in odd:
        client.put_object(Bucket=bucket.server.bucket, Key=key, Body=jpeg)
    with Server(*bucket.arguments, env=bucket.env) as server:
        for key, written in odd.items():
            assert server.get(f"/resize/{written}?size=50").status_code == 200, key
            assert server.get(f"/{written}/melon/resize/51").status_code == 200, key
        assert server.get("/resize//lead.jpg?size=52").status_code == 200
        assert server.get("//lead.jpg/resize/53").status_code == 200
        assert server.get("/resize/a/b.jpg?size=50").status_code == 404, "another key"


def test_they_name_nothing_in_a_file_tree(on_files):
    for target in ("/resize//svc/images/main/a.jpg", "/resize/svc//images/main/a.jpg", "/resize/svc/images/main/a.jpg/",
                   "/resize/svc%5Cimages%5Cmain%5Ca.jpg", "//etc/passwd"):  # fmt: skip
        assert outcome(on_files.get(target)) == (404, "original_not_found", "public, max-age=60"), target
