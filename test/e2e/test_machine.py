"""What the machine allows: descriptors, system calls, control groups, proxies in front."""

import contextlib
import errno
import os
import pathlib
import resource
import socket
import time

import pytest
import requests

from denied_syscalls import deny, deny_threads
from thimble import PATIENCE_SECONDS, Server, clean_environment, run

# A sanitizer's search for leaks needs threads and descriptors itself.
CRAMPED = clean_environment(ASAN_OPTIONS="detect_leaks=0")


@pytest.mark.parametrize("prepare, named", [
    (lambda: deny(pidfd_open=errno.ENOSYS), "pidfd_open"),
    (lambda: deny(memfd_create=errno.EPERM), "memfd_create"),
    (deny_threads, "threads"),
], ids=["pidfd_open", "memfd_create", "threads"])
def test_what_is_missing_is_said_at_the_start(small_tree, prepare, named):
    done = run("serve", "--listen", "127.0.0.1:0", "--origin", f"file:{small_tree}", env=CRAMPED, preexec_fn=prepare)
    text = done.stderr.decode()
    assert (done.returncode, text.count("\n")) == (2, 1), text
    assert named in text


@pytest.mark.parametrize("descriptors", [3, 5, 8, 12, 20, 40])
def test_hardly_any_descriptors_are_a_clear_failure(small_tree, descriptors):
    done = run("serve", "--listen", "127.0.0.1:0", "--origin", f"file:{small_tree}", "--workers", "1", env=CRAMPED,
               preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (descriptors, descriptors)))
    assert done.returncode in (2, 127), done.stderr  # 127: not even the program's libraries could be opened
    assert done.stderr.startswith(b"thimble: ") or done.returncode == 127


def test_connections_are_bounded_by_what_originals_and_workers_leave(small_tree):
    limit = 160
    with LimitedServer("--origin", f"file:{small_tree}", "--workers", "1", limit=limit) as server, \
         contextlib.ExitStack() as stack:
        assert any("http.max_connections is lowered from 4096" in line for line in server.lines)
        for _ in range(limit):  # more than there are descriptors
            stack.enter_context(socket.create_connection(("127.0.0.1", server.port), PATIENCE_SECONDS))
        for size in range(40, 50):
            assert server.get(f"/resize/a.jpg?size={size}").status_code == 200
        assert server.metrics()["thimble_incidents_total"] == 0


class LimitedServer(Server):
    def __init__(self, *arguments, limit):
        super().__init__(*arguments)
        self.preexec_fn = lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))


def remove_group(group):
    """The kernel goes on for a moment with a group that its last process or inner group has just left."""
    end = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return group.rmdir()
        except OSError as error:
            if error.errno != errno.EBUSY or time.monotonic() > end:
                raise
        time.sleep(0.02)


@contextlib.contextmanager
def control_group(controller, **limits):
    """A group of version 1 with limits, and in it an inner one without: a function that puts the caller into that."""
    root = pathlib.Path("/sys/fs/cgroup") / controller
    if not os.access(root / "tasks", os.W_OK):
        pytest.skip("no control groups of version 1 that we may write; the other kinds are unit tests")
    outer = root / f"thimble-test-{os.getpid()}"
    with contextlib.ExitStack() as stack:
        for group in (outer, outer / "inner"):
            group.mkdir()
            stack.callback(remove_group, group)
        for name, value in limits.items():
            (outer / f"{controller}.{name}").write_text(str(value))
        yield lambda: (outer / "inner" / "tasks").write_text(str(os.getpid()))


def test_a_cpu_quota_of_a_nested_group_is_the_number_of_workers(small_tree):
    with control_group("cpu", cfs_quota_us=100_000, cfs_period_us=100_000) as enter:
        server = Server("--origin", f"file:{small_tree}")
        server.preexec_fn = enter
        with server:
            assert any("(1 workers;" in line for line in server.lines), server.lines


def test_a_memory_limit_that_workers_and_cache_may_exceed_is_told(small_tree):
    with control_group("memory", limit_in_bytes=1 << 30) as enter:
        for memory, told in (("512MiB", True), ("128MiB", False)):
            server = Server("--origin", f"file:{small_tree}", "--workers", "2", env={"THIMBLE_WORKERS_MEMORY": memory})
            server.preexec_fn = enter
            with server:
                assert server.get("/resize/a.jpg?size=40").status_code == 200
            assert any("the memory limit of this container is 1GiB" in line for line in server.lines) == told


def test_behind_a_trusted_proxy_the_client_is_the_last_address_that_is_none(small_tree):
    forwarded = {"X-Forwarded-For": "203.0.113.9, 198.51.100.7, 10.1.2.3"}
    trusted = {"THIMBLE_HTTP_TRUSTED_PROXIES": "127.0.0.0/8,10.0.0.0/8"}
    for env, client in ((trusted, "198.51.100.7"), ({}, "127.0.0.1")):
        with Server("--origin", f"file:{small_tree}", "--workers", "1", "--log-format", "json", env=env) as server:
            server.get("/resize/a.jpg?size=40", headers=forwarded)
        assert [entry["remote"] for entry in server.access_log() if "remote" in entry] == [client]


def test_over_a_hundred_headers_are_431(small_tree):
    with Server("--origin", f"file:{small_tree}", "--workers", "1") as server:
        headers = {f"X-{i}": "y" for i in range(120)}
        answer = requests.get(f"{server.url}/resize/a.jpg?size=40", headers=headers, timeout=PATIENCE_SECONDS)
        assert (answer.status_code, answer.headers["X-Error"]) == (431, "headers_too_large")
