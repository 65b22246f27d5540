"""The cache configuration that docs/cdn.md gives, run by the real program."""

import pathlib
import re

import requests

from conftest import opened
from thimble import PATIENCE_SECONDS, ROOT, Server
from varnish import Varnish

WEBP = {"Accept": "image/avif,image/webp,image/apng,*/*;q=0.8"}
NO_WEBP = {"Accept": "image/png,image/*;q=0.8"}


def documented_configuration(server):
    text = pathlib.Path(ROOT, "docs", "cdn.md").read_text()
    (found,) = re.findall(r"```vcl\n(.*?)```", text, re.DOTALL)
    return found.replace('"8080"', f'"{server.port}"')


def test_the_documented_varnish_configuration_keeps_each_picture_once(small_tree):
    with Server("--origin", f"file:{small_tree}") as server, \
            Varnish(configuration=documented_configuration(server)) as cdn:
        def ask(target, headers=None):
            return requests.get(cdn.url + target, headers=headers, timeout=PATIENCE_SECONDS)

        def made():
            return server.metrics()["thimble_worker_jobs_total"]

        for size in (100, 200):
            first, second = (ask(f"/resize/a.jpg?size={size}") for _ in range(2))
            assert opened(first).width == size and first.content == second.content
        assert made() == 2

        # Browsers name their formats in many ways; two kinds of answers are kept.
        for headers in (WEBP, {"Accept": "image/webp"}, {**WEBP, "Cookie": "session=1"}):
            assert ask("/resize/a.jpg?size=100&auto=format", headers).headers["Content-Type"] == "image/webp"
        for headers in (NO_WEBP, {"Accept": "*/*"}):
            assert ask("/resize/a.jpg?size=100&auto=format", headers).headers["Content-Type"] == "image/jpeg"
        assert made() == 4  # for clients that accept WebP, and for the others

        assert ask("/metrics").status_code == 404
        assert ask("/resize/none.jpg?size=100").status_code == 404
