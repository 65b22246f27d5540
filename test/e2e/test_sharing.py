"""One fetch, one resize, one decode, however many ask: the caches in front and inside, and requests that meet."""

import concurrent.futures
import time

import requests

from conftest import cover, encoded, opened
from faulty_origin import FaultyOrigin
from thimble import PATIENCE_SECONDS, Server
from varnish import Varnish

S3_KEYS = {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "y"}
MANY = 500


def ask_all(server, origin, targets):
    """All at once, each on a connection of its own; the answers in order. The origin waits until all have come."""
    def ask(target):
        return requests.get(server.url + target, timeout=PATIENCE_SECONDS)

    with concurrent.futures.ThreadPoolExecutor(len(targets)) as pool:
        asked = [pool.submit(ask, target) for target in targets]
        until = time.monotonic() + PATIENCE_SECONDS / 2
        while server.metrics()["thimble_requests_in_flight"] < len(targets) and time.monotonic() < until:
            time.sleep(0.02)
        origin.release()
        return [answer.result() for answer in asked]


def counting_origin():
    return FaultyOrigin(body=encoded(cover(), "JPEG", quality=88))


def serve(origin, *more, mode="ok_chunked"):
    return Server("--origin", f"s3://{mode}", "--s3-endpoint", origin.endpoint, "--s3-region", "us-east-1", *more,
                  # Nobody is refused: what is told here is who shares with whom.
                  env={**S3_KEYS, "THIMBLE_HTTP_REQUEST_DEADLINE": "60s", "THIMBLE_HTTP_BURST_WAIT": "60s",
                       "THIMBLE_HTTP_STANDING_WAIT": "60s"})


def fetches(origin):
    return sum(origin.counts.values())


def test_500_identical_requests_are_one_fetch_and_one_resize():
    with counting_origin() as origin, serve(origin, mode="held") as server:
        answers = ask_all(server, origin, ["/resize/a.jpg?size=200&quality=80"] * MANY)
        assert {a.status_code for a in answers} == {200}
        assert len({a.content for a in answers}) == 1
        assert fetches(origin) == 1
        assert server.metrics()["thimble_worker_jobs_total"] == 1


def test_500_sizes_of_one_original_are_one_fetch_and_few_batches():
    with counting_origin() as origin, serve(origin, mode="held") as server:
        sizes = range(20, 20 + MANY)
        answers = ask_all(server, origin, [f"/resize/a.jpg?size={size}&quality=80" for size in sizes])
        assert {a.status_code for a in answers} == {200}
        assert [opened(a).width for a in answers] == list(sizes)
        assert fetches(origin) == 1
        metrics = server.metrics()
        assert metrics["thimble_worker_jobs_total"] == MANY
        # A batch holds 16.
        assert MANY / 16 <= metrics["thimble_worker_batches_total"] <= MANY / 4


def test_a_srcset_is_one_batch_and_each_picture_what_it_is_alone():
    targets = [f"/resize/a.jpg?size={width}&quality=80" for width in (160, 240, 320, 480, 640, 800, 1024, 1280)]
    targets += ["/resize/a.jpg?size=320&quality=80&fm=webp", "/a.jpg?w=200&h=200&fit=cover&q=80"]
    with counting_origin() as origin, serve(origin, mode="held") as server, serve(origin) as replica:
        together = ask_all(server, origin, targets)
        assert {a.status_code for a in together} == {200}
        assert fetches(origin) == 1
        assert server.metrics()["thimble_worker_jobs_total"] == len(targets)
        assert server.metrics()["thimble_worker_batches_total"] < len(targets) / 2
        for target, in_batch in zip(targets, together):
            alone = replica.get(target)
            assert alone.content == in_batch.content
            assert alone.headers["ETag"] == in_batch.headers["ETag"]
            assert alone.headers["Content-Type"] == in_batch.headers["Content-Type"]


def test_the_memory_cache_answers_the_second_request():
    with counting_origin() as origin, serve(origin) as server:
        first, second = (server.get("/resize/a.jpg?size=200") for _ in range(2))
        assert first.content == second.content
        assert "miss" in first.headers["Server-Timing"] and "hit" in second.headers["Server-Timing"]
        assert fetches(origin) == 1


def test_without_the_cache_every_request_is_made_anew():
    with counting_origin() as origin, serve(origin, "--cache-memory", "0") as server:
        contents = {server.get("/resize/a.jpg?size=200").content for _ in range(3)}
        assert len(contents) == 1
        assert fetches(origin) == 3


def test_behind_a_cdn_the_first_request_alone_reaches_thimble_and_s3(bucket):
    """The original system's first picture: server -> S3 -> resize -> CDN once, the CDN alone ever after."""
    with Server(*bucket.arguments, env=bucket.env) as server, Varnish(server.port) as cdn:
        def requests_seen():
            return sum(v for k, v in server.metrics().items() if k.startswith("thimble_requests_total")
                       and 'route="picture"' in k)

        def s3_reads():
            return server.metrics()["thimble_origin_fetches_total"]

        target = "/svc/images/main/a.jpg/melon/resize/100/quality/80"
        first = requests.get(cdn.url + target, timeout=PATIENCE_SECONDS)
        assert first.status_code == 200 and opened(first).width == 100
        assert (requests_seen(), s3_reads()) == (1, 1)
        for _ in range(5):
            again = requests.get(cdn.url + target, timeout=PATIENCE_SECONDS)
            assert again.content == first.content
        assert int(again.headers["Age"]) >= 0
        assert (requests_seen(), s3_reads()) == (1, 1)
        other = requests.get(cdn.url + "/resize/svc/images/main/a.jpg?size=300", timeout=PATIENCE_SECONDS)
        assert opened(other).width == 300
        assert (requests_seen(), s3_reads()) == (2, 2)
        for _ in range(2):
            requests.get(cdn.url + "/resize/svc/images/main/a.jpg?size=301", timeout=PATIENCE_SECONDS)
        assert (requests_seen(), s3_reads()) == (3, 3)
