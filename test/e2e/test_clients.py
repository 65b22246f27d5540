"""Clients that leave, stop sending, or come while the server ends."""

import signal
import socket
import struct
import time

import pytest

from conftest import cover, encoded
from faulty_origin import FaultyOrigin
from thimble import PATIENCE_SECONDS, Server

S3_KEYS = {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "y"}
HEAVY_REQUESTS = 25
GONE = 'thimble_requests_total{code="client_gone",route="picture",status="499"}'


def wait_until(condition, what):
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        if condition():
            return
        time.sleep(0.02)
    raise AssertionError(f"never: {what}")


def ask(server, target):
    """A client that has sent its request and has not read anything yet."""
    client = socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE_SECONDS)
    client.sendall(f"GET {target} HTTP/1.1\r\nHost: h\r\n\r\n".encode())
    return client


def hang_up(client):
    client.close()


def reset(client):
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()


def read_all(client):
    received = b""
    while chunk := client.recv(65536):
        received += chunk
    return received


@pytest.fixture
def heavy_tree(small_tree):
    (small_tree / "heavy.png").write_bytes(encoded(cover(3600, 3000), "PNG", compress_level=1))
    return small_tree


@pytest.mark.parametrize("leave", [hang_up, reset])
def test_who_went_away_keeps_no_turn(heavy_tree, leave):
    with Server("--origin", f"file:{heavy_tree}", "--workers", "1", "--cache-memory", "0") as server:
        clients = [ask(server, f"/resize/heavy.png?size={1200 + i}&fm=webp") for i in range(HEAVY_REQUESTS)]
        wait_until(lambda: server.metrics()["thimble_requests_in_flight"] >= HEAVY_REQUESTS
                   and server.metrics()["thimble_workers_busy"] == 1, "all of them wait")
        for client in clients:
            leave(client)
        assert server.get("/resize/a.jpg?size=64").status_code == 200
        metrics = server.metrics()
        assert metrics[GONE] > 0
        # One is the small one; those that were done already when their clients left are few.
        assert metrics["thimble_worker_jobs_total"] < HEAVY_REQUESTS
        wait_until(lambda: server.metrics()["thimble_requests_in_flight"] == 1, "only this request is left")
        metrics = server.metrics()
        assert metrics["thimble_worker_jobs_unwanted_total"] + metrics["thimble_worker_jobs_total"] >= HEAVY_REQUESTS
        assert metrics["thimble_worker_jobs_queued"] == 0
        wait_until(lambda: server.metrics()["thimble_originals_in_flight"] == 0, "the original is dropped")
        wait_until(lambda: server.metrics()["thimble_workers_alive"] == 1, "a worker is there")
        assert not [name for name in server.metrics() if name.startswith("thimble_requests_total") and 'status="5' in name]


def test_a_client_that_left_is_logged_as_gone(small_tree):
    with FaultyOrigin(body=b"") as origin, \
         Server("--origin", "s3://held", "--s3-endpoint", origin.endpoint, "--log-format", "json", env=S3_KEYS) as server:
        client = ask(server, "/resize/a.jpg?size=64")
        wait_until(lambda: sum(origin.counts.values()) == 1, "the origin is asked")
        hang_up(client)
        wait_until(lambda: server.metrics().get(GONE) == 1, "noticed")
        wait_until(lambda: server.metrics()["thimble_originals_in_flight"] == 0, "the fetch is given up")
    lines = [line for line in server.access_log() if line.get("code") == "client_gone"]
    assert [(line["status"], line["level"], line["bytes"]) for line in lines] == [(499, "info", 0)]


def test_who_left_gives_back_the_place_among_the_originals():
    env = {**S3_KEYS, "THIMBLE_ORIGIN_MAX_IN_FLIGHT": "1"}
    with FaultyOrigin(body=encoded(cover(), "JPEG")) as origin, \
         Server("--origin", "s3://held", "--s3-endpoint", origin.endpoint, env=env) as server:
        first = ask(server, "/resize/a.jpg?size=64")
        wait_until(lambda: sum(origin.counts.values()) == 1, "the first is fetched")
        second = ask(server, "/resize/b.jpg?size=64")
        wait_until(lambda: server.metrics()["thimble_originals_waiting"] == 1, "the second waits for room")
        hang_up(first)
        wait_until(lambda: sum(origin.counts.values()) == 2, "the second is fetched")
        origin.release()
        second.shutdown(socket.SHUT_WR)
        assert read_all(second).startswith(b"HTTP/1.1 200 OK\r\n")


def test_a_half_closed_client_is_served():
    with FaultyOrigin(body=encoded(cover(), "JPEG")) as origin, \
         Server("--origin", "s3://held", "--s3-endpoint", origin.endpoint, env=S3_KEYS) as server:
        client = ask(server, "/resize/a.jpg?size=64")
        client.shutdown(socket.SHUT_WR)
        wait_until(lambda: sum(origin.counts.values()) == 1, "the origin is asked")
        assert client.recv(9, socket.MSG_WAITALL) == b"HTTP/1.1 "  # sent ahead, to see who is still there
        origin.release()
        head, _, body = read_all(client).partition(b"\r\n\r\n")
        assert head.startswith(b"200 OK\r\n")
        assert f"Content-Length: {len(body)}".encode() in head


def test_who_still_waits_at_the_end_of_a_drain_is_told_so():
    env = {**S3_KEYS, "THIMBLE_HTTP_DRAIN_TIMEOUT": "100ms"}
    with FaultyOrigin(body=b"") as origin:
        server = Server("--origin", "s3://held", "--s3-endpoint", origin.endpoint, env=env)
        server.__enter__()
        try:
            client = ask(server, "/resize/a.jpg?size=64")
            wait_until(lambda: sum(origin.counts.values()) == 1, "the origin is asked")
            server.process.send_signal(signal.SIGTERM)
            answer = read_all(client).decode()
            assert server.process.wait(PATIENCE_SECONDS) == 1  # something was cut off
        finally:
            server.process.kill()
            server.process.wait()
    assert answer.startswith("HTTP/1.1 503 ")
    assert "\r\nX-Error: draining\r\n" in answer
    assert "\r\nRetry-After: " in answer
