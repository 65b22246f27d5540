"""The load: a few keep-alive connections, each asking for the next picture when it has the last (a closed loop)."""

import dataclasses
import http.client
import threading
import time

TIMEOUT_SECONDS = 120


@dataclasses.dataclass
class Answers:
    latencies: list  # seconds
    bodies: list  # the last of each connection
    wall_seconds: float


class Client(threading.Thread):
    def __init__(self, port, targets, start):
        super().__init__(daemon=True)
        self.port, self.targets, self.start_together = port, targets, start
        self.latencies, self.body, self.failure = [], b"", None

    def run(self):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT_SECONDS)
            connection.connect()
            self.start_together.wait()
            for target in self.targets:
                began = time.perf_counter()
                connection.request("GET", target)
                answer = connection.getresponse()
                self.body = answer.read()
                self.latencies.append(time.perf_counter() - began)
                if answer.status != 200:
                    raise RuntimeError(f"{answer.status} for {target}: {self.body[:200]!r}")
            connection.close()
        except Exception as failure:  # told to the caller below
            self.failure = failure
            self.start_together.abort()


def ask(port, targets_of_clients):
    """Sends each list of targets over a connection of its own, all at once; any answer but 200 is an error."""
    together = threading.Barrier(len(targets_of_clients) + 1)
    clients = [Client(port, targets, together) for targets in targets_of_clients]
    for client in clients:
        client.start()
    try:
        together.wait()
    except threading.BrokenBarrierError:
        pass
    began = time.perf_counter()
    for client in clients:
        client.join()
    wall = time.perf_counter() - began
    failures = [c.failure for c in clients if c.failure and not isinstance(c.failure, threading.BrokenBarrierError)]
    if failures:
        raise failures[0]
    return Answers([s for c in clients for s in c.latencies], [c.body for c in clients], wall)
