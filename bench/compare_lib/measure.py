"""The measurements. Everybody's turns alternate within one run, so that what else the machine does hits all alike."""

import dataclasses
import io
import statistics
import subprocess
import time

from PIL import Image

from . import client, workloads
from .origin import CLIENTS
from .processes import PeakMemory

SETTLE_SECONDS = 0.02  # a server's last work for a request comes after its last byte
MEMORY_REQUESTS = 6
MOST_TRIES = 3


@dataclasses.dataclass
class Pace:
    rounds: int
    batch_cpu_seconds: float  # about what a turn should cost
    most_requests: int = 80


@dataclasses.dataclass
class Turn:
    cpu_ms: float  # a request
    requests_per_second: float


@dataclasses.dataclass
class Series:
    """One peer's turns at one workload."""

    peer: str
    turns: list = dataclasses.field(default_factory=list)
    latencies: list = dataclasses.field(default_factory=list)
    result: bytes = b""

    @property
    def cpu_ms(self):
        return statistics.median(turn.cpu_ms for turn in self.turns)

    def summary(self):
        slowest_first = sorted(self.latencies, reverse=True)
        cpu = [turn.cpu_ms for turn in self.turns]
        return {"cpu_ms": self.cpu_ms, "cpu_ms_min": min(cpu), "cpu_ms_max": max(cpu),
                "cpu_ms_by_round": cpu,
                "requests_per_second": statistics.median(t.requests_per_second for t in self.turns),
                "p50_ms": 1000 * statistics.median(self.latencies),
                "p99_ms": 1000 * slowest_first[len(slowest_first) // 100],
                "requests": len(self.latencies), "bytes": len(self.result)}


def take_turn(process, targets_of_clients, series):
    """A turn in which a process ended is taken again: what it spent since the last reading is not known."""
    for _ in range(MOST_TRIES):
        before, ended_before = process.cpu_seconds(), process.ended
        answers = client.ask(process.port, targets_of_clients)
        time.sleep(SETTLE_SECONDS)
        spent = process.cpu_seconds() - before
        if process.ended == ended_before:
            break
    count = len(answers.latencies)
    series.turns.append(Turn(1000 * spent / count, count / answers.wall_seconds))
    series.latencies += answers.latencies
    series.result = answers.bodies[0]


def check_picture(peer, workload, body):
    """A server that answers something else than it was asked for must not win by it."""
    image = Image.open(io.BytesIO(body))
    if image.width != workload.width or image.format.lower() != workload.format:
        raise RuntimeError(f"{peer.name}: {workload.name} gave {image.format} {image.width}x{image.height}")


class Contest:
    """All peers of one run: their processes are up for the whole of it, and idle while another has its turn."""

    def __init__(self, running, pace):
        self.running = running  # {peer: process}
        self.pace = pace

    def targets(self, peer, workload, requests):
        each = max(1, round(requests / CLIENTS))
        return [[peer.target(peer.origin.key(c, workload.photo), workload.width, workload.format, workloads.QUALITY)]
                * each for c in range(CLIENTS)]

    def entrants(self, workload):
        return [p for p in self.running
                if p.supports(workload) and (not p.slow or workload in workloads.FOR_SLOW_PEERS)]

    def run(self, workload):
        """Peer -> Series."""
        entrants = self.entrants(workload)
        size = {}
        for peer in entrants:  # also warms it up
            trial = Series(peer.name)
            take_turn(self.running[peer], self.targets(peer, workload, CLIENTS), trial)
            check_picture(peer, workload, trial.result)
            wanted = self.pace.batch_cpu_seconds * 1000 / trial.cpu_ms
            size[peer] = int(min(max(wanted, CLIENTS), self.pace.most_requests))
        return self._rounds(entrants, lambda peer: self.targets(peer, workload, size[peer]))

    def run_srcset(self):
        """One original at eight sizes, all asked for at once. The figures are for one size, not for the set."""
        def targets(peer):
            key = peer.origin.key(0, workloads.SRCSET_PHOTO)
            return [[peer.target(key, width, "jpeg", workloads.QUALITY)] for width in workloads.SRCSET_WIDTHS]

        entrants = [p for p in self.running if not p.slow]
        for peer in entrants:
            client.ask(self.running[peer].port, targets(peer))
        return self._rounds(entrants, targets)

    def _rounds(self, entrants, targets_of):
        all_series = {peer: Series(peer.name) for peer in entrants}
        for round_ in range(self.pace.rounds):
            first = round_ % len(entrants)
            for peer in entrants[first:] + entrants[:first]:
                if not peer.slow or round_ == 0:
                    take_turn(self.running[peer], targets_of(peer), all_series[peer])
        return all_series


def peak_memory(peer, photo, width):
    """Of a fresh server under two clients, each with a large original; children included."""
    with peer.process() as process, PeakMemory(process) as peak:
        idle = process.pss_bytes()
        each = MEMORY_REQUESTS // CLIENTS
        targets = [[peer.target(peer.origin.key(c, photo), width, "jpeg", workloads.QUALITY)] * each
                   for c in range(CLIENTS)]
        client.ask(process.port, targets)
        time.sleep(SETTLE_SECONDS)
    return {"idle_bytes": idle, "peak_bytes": peak.bytes}


def wrk(process, target, seconds):
    """Requests per second and CPU microseconds a request, by wrk with 16 connections on one thread."""
    before = process.cpu_seconds()
    done = subprocess.run(["wrk", "-t1", "-c16", f"-d{seconds}s", f"http://127.0.0.1:{process.port}{target}"],
                          capture_output=True, text=True, check=True, timeout=seconds + 30)
    spent = process.cpu_seconds() - before
    if "Non-2xx" in done.stdout or "Socket errors" in done.stdout:
        raise RuntimeError(done.stdout)
    fields = done.stdout.split()
    requests = int(fields[fields.index("requests") - 1])
    rate = float(fields[fields.index("Requests/sec:") + 1])
    return {"requests_per_second": rate, "cpu_us": 1e6 * spent / requests}
