"""Runs Thimble's real programs for the tests: the command line, and a server on a free port.

The build to test is named by THIMBLE_BUILD (default: build/release).
"""

import http.client
import json
import os
import pathlib
import re
import signal
import subprocess
import tempfile
import threading

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("THIMBLE_BUILD", ROOT / "build" / "release"))
THIMBLE = BUILD / "thimble"

# Sanitized builds are several times slower; nothing below is a speed test.
PATIENCE_SECONDS = 60


def clean_environment(**extra):
    """The caller's environment without what would configure Thimble or reach for somebody's credentials."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("THIMBLE_", "AWS_")) and k != "BUCKET"}
    return {**kept, "AWS_EC2_METADATA_DISABLED": "true", **extra}


def run(*arguments, env=None, **options):
    return subprocess.run(
        [THIMBLE, *map(str, arguments)], env=env or clean_environment(), capture_output=True,
        timeout=PATIENCE_SECONDS, check=False, **options)


def resize_file(path, *arguments):
    with tempfile.TemporaryDirectory() as folder:
        out = pathlib.Path(folder) / "out"
        done = run("resize", path, out, *arguments)
        assert done.returncode == 0, done.stderr.decode(errors="replace")
        return out.read_bytes()


class Response:
    """An answer read to its end; the names are those of the requests package."""

    def __init__(self, answer):
        self.status_code = answer.status
        self.headers = answer.headers  # looked up without regard to case
        self.content = answer.read()

    @property
    def text(self):
        return self.content.decode()

    def json(self):
        return json.loads(self.content)


class Server:
    """`thimble serve` on a free loopback port, stopped by its own pid.

    with Server("--origin", f"file:{folder}") as server:
        server.get("/resize/a.jpg?size=300")
    """

    def __init__(self, *arguments, env=None):
        self.arguments = [str(a) for a in arguments]
        self.env = clean_environment(**(env or {}))
        self.preexec_fn = None  # called in the child before the program
        self.expected_status = 0
        self.lines = []
        self.url = None
        self._ready = threading.Event()

    def __enter__(self):
        self.process = subprocess.Popen(
            [THIMBLE, "serve", "--listen", "127.0.0.1:0", *self.arguments], env=self.env,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, errors="replace",
            preexec_fn=self.preexec_fn)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        if not self._ready.wait(PATIENCE_SECONDS) or self.url is None:
            self.process.kill()
            self.process.wait()
            raise AssertionError("thimble did not become ready:\n" + "\n".join(self.lines))
        return self

    def _read(self):
        for line in self.process.stderr:
            self.lines.append(line.rstrip("\n"))
            found = re.search(r"ready on (http://\S+?:\d+)", line)
            if found:
                self.url = found.group(1)
                self._ready.set()
        self._ready.set()  # the process ended

    def __exit__(self, *exception):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            status = self.process.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise
        self._reader.join(PATIENCE_SECONDS)
        if exception == (None, None, None):
            assert status == self.expected_status, "\n".join(self.lines[-40:])

    @property
    def port(self):
        return int(self.url.rsplit(":", 1)[1])

    def request(self, method, target, headers=None):
        """`target` is sent exactly as written: no normalisation of dots, slashes or escapes."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_SECONDS)
        connection._encode_request = lambda line: line.encode("utf-8")
        connection._validate_path = lambda path: None
        try:
            connection.request(method, target, headers=headers or {})
            return Response(connection.getresponse())
        finally:
            connection.close()

    def get(self, target, **options):
        return self.request("GET", target, **options)

    def metrics(self):
        """Sample name with labels -> value."""
        samples = {}
        for line in self.get("/metrics").text.splitlines():
            if line and not line.startswith("#"):
                name, value = line.rsplit(" ", 1)
                samples[name] = float(value)
        return samples

    def access_log(self):
        """What has been written so far: a line may come a little after its answer, and all have come after `with`."""
        return [json.loads(line) for line in self.lines if line.startswith("{")]
