"""The log: it never holds the server, whoever reads it and whatever workers write."""

import os
import re
import subprocess
import threading

import pytest
import requests

from test_lifecycle import wait_until
from thimble import BUILD, PATIENCE_SECONDS, THIMBLE, Server

pytestmark = pytest.mark.waits


class UnreadServer(Server):
    """A server whose standard error is read until it is ready and then no more."""

    def _read(self):
        for line in self.process.stderr:
            self.lines.append(line)
            found = re.search(r"ready on (http://\S+?:\d+)", line)
            if found:
                self.url = found.group(1)
                break
        self._ready.set()

    def read_again(self):
        self._reader = threading.Thread(target=lambda: self.lines.extend(self.process.stderr), daemon=True)
        self._reader.start()


def test_a_log_that_nobody_reads_stops_neither_requests_nor_the_end(small_tree):
    with UnreadServer("--origin", f"file:{small_tree}", "--workers", "1") as server, requests.Session() as session:
        for _ in range(2000):
            assert session.get(f"{server.url}/resize/a.jpg?size=40", timeout=PATIENCE_SECONDS).status_code == 200
        for _ in range(1000):
            answer = session.get(f"{server.url}/resize/{'long/' * 400}a.jpg", timeout=PATIENCE_SECONDS)
            assert answer.status_code == 404
        assert server.metrics()["thimble_log_lines_dropped_total"] > 0
    assert server.process.returncode == 0


def test_what_was_dropped_is_told_as_soon_as_there_is_room(small_tree):
    with UnreadServer("--origin", f"file:{small_tree}", "--workers", "1") as server, requests.Session() as session:
        def dropped():
            session.get(f"{server.url}/resize/{'long/' * 400}a.jpg", timeout=PATIENCE_SECONDS)
            return server.metrics()["thimble_log_lines_dropped_total"] > 0

        wait_until(dropped, "a line is dropped")
        server.read_again()

        def told():
            server.get("/resize/a.jpg?size=40")
            return any("lines of this log were dropped" in line for line in list(server.lines))

        wait_until(told, "told")


def test_what_workers_write_is_cleaned_limited_and_cannot_stop_the_server(small_tree, tmp_path_factory):
    worker = tmp_path_factory.mktemp("worker") / "noisy-worker"
    worker.write_text(
        "#!/bin/sh\n"
        "(i=0; while [ $i -lt 20000 ]; do echo \"noise $i \033[31m\"; i=$((i+1)); done) >&2 2>/dev/null 3>&- &\n"
        f"exec {BUILD}/thimble-worker \"$@\"\n")
    worker.chmod(0o755)
    env = {"THIMBLE_WORKERS_PROGRAM": str(worker)}
    with Server("--origin", f"file:{small_tree}", "--workers", "1", "--cache-memory", "0", env=env) as server:
        wait_until(lambda: sum("worker: noise" in line for line in server.lines) >= 100, "the first lines")
        for size in range(40, 60):
            assert server.get(f"/resize/a.jpg?size={size}").status_code == 200
    noise = [line for line in server.lines if "noise" in line]
    assert noise[0].endswith("thimble: worker: noise 0 \\x1b[31m")
    assert len(noise) < 2000  # a hundred every ten seconds
    assert any("more lines of workers were not logged" in line for line in server.lines)


def test_a_missing_standard_error_is_not_taken_for_a_connection(small_tree):
    """A new descriptor gets the lowest free number: a client would be sent the log."""
    with Server("--origin", f"file:{small_tree}", "--workers", "1") as former:
        url, environment = former.url, former.env
    server = subprocess.Popen(
        [THIMBLE, "serve", "--listen", url.removeprefix("http://"), "--origin", f"file:{small_tree}", "--workers", "1"],
        env=environment, preexec_fn=lambda: os.close(2), stdout=subprocess.DEVNULL)
    try:
        def ready():
            try:
                return requests.get(f"{url}/readyz", timeout=PATIENCE_SECONDS).status_code == 200
            except requests.ConnectionError:
                return False

        wait_until(ready, "ready")
        for size in (40, 50, 60):
            assert requests.get(f"{url}/resize/a.jpg?size={size}", timeout=PATIENCE_SECONDS).status_code == 200
        server.terminate()
        assert server.wait(PATIENCE_SECONDS) == 0
    finally:
        if server.poll() is None:
            server.kill()
            server.wait()
