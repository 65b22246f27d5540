"""A real HTTP cache in front of Thimble: Varnish on a free loopback port."""

import pathlib
import shutil
import socket
import subprocess
import tempfile
import time

VARNISHD = shutil.which("varnishd") or "/usr/sbin/varnishd"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Varnish:
    """With a port of Thimble's alone it follows its default rules (the query is in the key); or give it a configuration."""

    def __init__(self, backend_port=None, *, configuration=None):
        self.backend_port = backend_port
        self.configuration = configuration
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"

    def __enter__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="varnish-"))
        rules = ["-b", f"127.0.0.1:{self.backend_port}"]
        if self.configuration:
            (self.folder / "rules.vcl").write_text(self.configuration)
            rules = ["-f", self.folder / "rules.vcl"]
        self.process = subprocess.Popen(
            [VARNISHD, "-F", "-n", self.folder / "work", "-a", f"127.0.0.1:{self.port}", "-j", "none", *rules,
             "-s", "malloc,64m"],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return self
            except OSError:
                time.sleep(0.05)
        self.__exit__()
        raise AssertionError("varnishd did not start: " + self.process.stderr.read())

    def __exit__(self, *exception):
        if self.process.poll() is None:
            self.process.terminate()
        self.process.wait(60)
        shutil.rmtree(self.folder, ignore_errors=True)
