"""More than can be done: who is refused hears so, and everybody else is served. Orders and counts, no times."""

import concurrent.futures

import requests

from conftest import cover, encoded
from thimble import PATIENCE_SECONDS, Server

CLIENTS = 200


def test_a_flood_is_answered_whole_and_leaves_nothing_behind(tmp_path):
    (tmp_path / "a.jpg").write_bytes(encoded(cover(2400, 2000), "JPEG", quality=90))
    for number in range(CLIENTS):
        (tmp_path / f"{number}.jpg").hardlink_to(tmp_path / "a.jpg")
    with Server("--origin", f"file:{tmp_path}", "--workers", "1", env={"THIMBLE_HTTP_BURST_WAIT": "100ms"}) as server:
        def ask(number):
            return requests.get(f"{server.url}/resize/{number}.jpg?size=1000", timeout=PATIENCE_SECONDS)

        assert server.get("/resize/a.jpg?size=100").status_code == 200
        with concurrent.futures.ThreadPoolExecutor(CLIENTS) as pool:
            flood = [pool.submit(ask, number) for number in range(CLIENTS)]
            # Beside it, what waits for nothing.
            assert server.get("/resize/a.jpg?size=100").status_code == 200
            for path in ("/livez", "/readyz", "/metrics"):
                assert server.get(path).status_code == 200
            answers = [answer.result() for answer in flood]
        refused = [answer for answer in answers if answer.status_code == 503]
        served = [answer for answer in answers if answer.status_code == 200]
        assert len(refused) + len(served) == CLIENTS
        assert refused and served
        for answer in refused:
            assert answer.headers["X-Error"] == "overloaded" and 1 <= int(answer.headers["Retry-After"]) <= 5
            assert answer.headers["Cache-Control"] == "no-store"
        metrics = server.metrics()
        assert metrics['thimble_requests_refused_total{reason="queue"}'] == len(refused)
        assert metrics["thimble_predicted_wait_seconds"] == 0
        assert metrics["thimble_requests_waiting"] == 0
        assert ask(0).status_code == 200
