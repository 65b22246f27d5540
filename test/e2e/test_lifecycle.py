"""Starting, dying workers, deadlines, draining."""

import concurrent.futures
import os
import pathlib
import signal
import socket
import subprocess
import time

import pytest
import requests

from conftest import cover, encoded
from faulty_origin import FaultyOrigin
from thimble import BUILD, PATIENCE_SECONDS, Server

S3_KEYS = {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "y"}


def wait_until(condition, what):
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        if condition():
            return
        time.sleep(0.02)
    raise AssertionError(f"never: {what}")


def children_of(pid):
    """Process ids below `pid`, all generations."""
    parents = {}
    for status in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rsplit(")", 1)[1].split()
        except (OSError, IndexError):
            continue
        parents[int(status.parent.name)] = (int(fields[1]), fields[0])
    found, generation = [], {pid}
    while generation:
        generation = {child for child, (parent, state) in parents.items() if parent in generation and state != "Z"}
        found += sorted(generation)
    return found


def workers_of(server):
    """The sandboxed workers: the zygote's children."""
    zygote = children_of(server.process.pid)[0]
    return children_of(zygote)


def test_health_readiness_and_metrics(small_tree):
    with Server("--origin", f"file:{small_tree}", "--workers", "2") as server:
        assert server.get("/livez").status_code == 200
        assert server.get("/readyz").status_code == 200
        server.get("/resize/a.jpg?size=100")
        metrics = server.metrics()
        assert metrics["thimble_workers_alive"] == 2
        assert metrics["thimble_worker_jobs_total"] == 1


def test_a_killed_worker_is_replaced_and_costs_nobody_else_anything(small_tree):
    with Server("--origin", f"file:{small_tree}", "--workers", "2", "--cache-memory", "0") as server:
        for deaths, size in enumerate(range(50, 54), start=1):  # of the fifth a fresh zygote would come
            os.kill(workers_of(server)[0], signal.SIGSEGV)
            wait_until(lambda: server.metrics()['thimble_worker_deaths_total{cause="signal"}'] == deaths, "noticed")
            assert server.get(f"/resize/a.jpg?size={size}").status_code == 200
        wait_until(lambda: server.metrics()["thimble_workers_alive"] == 2, "two workers again")
        wait_until(lambda: len(workers_of(server)) == 2, "no worker too many")


def test_a_killed_zygote_is_replaced(small_tree):
    with Server("--origin", f"file:{small_tree}", "--workers", "1", "--cache-memory", "0") as server:
        os.kill(children_of(server.process.pid)[0], signal.SIGKILL)
        wait_until(lambda: server.get("/resize/a.jpg?size=64").status_code == 200, "pictures again")


def test_nothing_outlives_a_killed_server(small_tree):
    server = Server("--origin", f"file:{small_tree}", "--workers", "2")
    server.__enter__()
    try:
        family = children_of(server.process.pid)
        assert len(family) == 3
    finally:
        server.process.kill()
        server.process.wait()
    wait_until(lambda: not any(pathlib.Path(f"/proc/{pid}").exists() for pid in family), "all workers gone")


def test_requests_under_way_are_finished_before_the_server_ends(small_tree):
    with FaultyOrigin(body=encoded(cover(), "JPEG")) as origin, \
         Server("--origin", "s3://late_first_byte", "--s3-endpoint", origin.endpoint, env=S3_KEYS) as server, \
         concurrent.futures.ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(requests.get, f"{server.url}/resize/a{i}.jpg?size=64", timeout=PATIENCE_SECONDS)
                 for i in range(4)]
        wait_until(lambda: sum(origin.counts.values()) == 4, "all four being fetched")
        server.process.send_signal(signal.SIGTERM)
        assert [a.result().status_code for a in asked] == [200] * 4
        assert server.process.wait(PATIENCE_SECONDS) == 0


@pytest.mark.parametrize("mode, status, code", [
    ("s404", 404, "original_not_found"),
    ("s403", 502, "origin_refused"),
    ("s410", 410, "original_gone"),
    ("s500", 502, "origin_failed"),
    ("s503", 503, "origin_busy"),
    ("truncated_half", 502, "origin_incomplete"),
    ("garbage", 502, "origin_failed"),
    ("no_response", 504, "origin_timeout"),
    ("stall_mid_body", 504, "origin_timeout"),
    ("endless", 413, "original_too_large"),
    ("cl_huge", 413, "original_too_large"),
])
def test_what_an_origin_does_has_its_own_answer(mode, status, code):
    env = {**S3_KEYS, "THIMBLE_ORIGIN_FIRST_BYTE_TIMEOUT": "500ms", "THIMBLE_HTTP_REQUEST_DEADLINE": "3s"}
    with FaultyOrigin(body=encoded(cover(), "JPEG")) as origin, \
         Server("--origin", f"s3://{mode}", "--s3-endpoint", origin.endpoint, env=env) as server:
        response = server.get("/resize/a.jpg?size=64")
        assert (response.status_code, response.headers["X-Error"]) == (status, code)
        assert "planted" not in response.text.lower()
        assert server.get("/readyz").status_code == 200


def test_an_origin_that_cannot_be_reached_is_a_502():
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        endpoint = f"http://127.0.0.1:{closed.getsockname()[1]}"
        for url in (endpoint, "http://no-such-host.invalid"):
            with Server("--origin", "s3://bucket", "--s3-endpoint", url, env=S3_KEYS) as server:
                response = server.get("/resize/a.jpg?size=64")
                assert (response.status_code, response.headers["X-Error"]) == (502, "origin_unreachable")


def test_a_wrong_secret_is_refused_by_the_real_s3_server(bucket):
    env = {**bucket.env, "AWS_SECRET_ACCESS_KEY": "wrong"}
    with Server(*bucket.arguments, env=env) as server:
        response = server.get("/resize/svc/images/main/a.jpg?size=64")
        assert (response.status_code, response.headers["X-Error"]) == (502, "origin_refused")
        assert response.headers["Cache-Control"] == "no-store"


def test_a_full_queue_is_answered_503_with_retry_after(small_tree):
    env = {"THIMBLE_WORKERS_MAX_QUEUED_JOBS": "1"}
    with Server("--origin", f"file:{small_tree}", "--workers", "1", "--cache-memory", "0", env=env) as server, \
         concurrent.futures.ThreadPoolExecutor(60) as pool:
        answers = list(pool.map(
            lambda size: requests.get(f"{server.url}/resize/a.jpg?size={size}", timeout=PATIENCE_SECONDS),
            range(300, 360)))
        statuses = [a.status_code for a in answers]
        assert set(statuses) == {200, 503}
        refused = [a for a in answers if a.status_code == 503]
        assert all(a.headers["X-Error"] == "overloaded" and 1 <= int(a.headers["Retry-After"]) <= 5 for a in refused)


def test_the_two_programs_keep_to_their_side():
    def libraries(program):
        listing = subprocess.run(["ldd", BUILD / program], capture_output=True, text=True, check=True).stdout
        return listing.lower()

    server, worker = libraries("thimble"), libraries("thimble-worker")
    for codec in ("libjpeg", "libpng", "libwebp", "liblcms"):
        assert codec not in server and codec in worker, codec
    for network in ("libcurl", "libssl", "libcrypto"):
        assert network in server or network == "libssl"
        assert network not in worker, network
