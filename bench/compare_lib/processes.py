"""Servers as child processes: started on a free loopback port, measured as a tree, ended by their own pid."""

import pathlib
import socket
import subprocess
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from process_tree import Tree  # noqa: E402

START_SECONDS = 20
STOP_SECONDS = 10
CPUCLOCK_SCHED = 2  # Linux's number for "time on a CPU" in the clock id of another process


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def accepts(port):
    with socket.socket() as s:
        s.settimeout(1)
        return s.connect_ex(("127.0.0.1", port)) == 0


class Process:
    """A server and its children. /proc counts CPU in ticks of 10 ms; the processes' clocks have nanoseconds."""

    def __init__(self, command, port, log, env=None, cwd=None):
        self.command, self.port, self.log, self.env, self.cwd = command, port, pathlib.Path(log), env, cwd
        self.cpu_of = {}  # what ended keeps counting with its last reading
        self.ended = 0  # processes of the tree that had ended by the last reading

    def start(self):
        with self.log.open("wb") as log:
            self.process = subprocess.Popen([str(part) for part in self.command], env=self.env, cwd=self.cwd,
                                            stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self.tree = Tree(self.process.pid)
        until = time.monotonic() + START_SECONDS
        while not accepts(self.port):
            if self.process.poll() is not None or time.monotonic() > until:
                self.stop()
                raise RuntimeError(f"{self.command[0]} did not start: {self.log.read_text(errors='replace')[-2000:]}")
            time.sleep(0.05)
        return self

    def cpu_seconds(self):
        alive = 0
        for pid in self.tree.members():
            try:
                self.cpu_of[pid] = time.clock_gettime((~pid << 3) | CPUCLOCK_SCHED)
                alive += 1
            except OSError:  # it ended meanwhile
                continue
        self.ended = len(self.cpu_of) - alive
        return sum(self.cpu_of.values())

    def pss_bytes(self):
        return self.tree.pss_bytes()

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()


class PeakMemory:
    """Samples a process tree's PSS every 20 ms while the `with` block runs; `.bytes` is the largest."""

    PERIOD_SECONDS = 0.02

    def __init__(self, process):
        self.process, self.bytes = process, 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)

    def _sample(self):
        while True:
            self.bytes = max(self.bytes, self.process.pss_bytes())
            if self._stop.wait(self.PERIOD_SECONDS):
                return

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        self._thread.join()
