"""The hostile files of THIMBLE_SHARED/bank, through a running server: each answer is one of those expected, and the
server is as healthy afterwards as before."""

import json

import pytest

from conftest import opened
from thimble import Server

CANARIES = (b"GPSLEAKCANARY", b"XSSCANARY", b"root:x:0", b"AKIASECRETCANARY")
MAGIC = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF")


@pytest.fixture(scope="module")
def on_bank(shared_bank):
    with Server("--origin", f"file:{shared_bank / 'files'}", "--workers", "2") as server:
        yield server


def test_every_hostile_file_has_one_of_its_expected_answers(on_bank, shared_bank):
    wrong = []
    for name, what, expected in json.loads((shared_bank / "index.json").read_text()):
        response = on_bank.get(f"/resize/{name}?size=200&quality=80")
        allowed = {int(s.removesuffix("+check")) for s in expected.split("|")}
        if name.endswith(".gif"):
            allowed = {415}  # a format that Thimble does not read
        if response.status_code not in allowed:
            wrong.append((name, what, expected, response.status_code, response.headers.get("X-Error")))
        elif response.status_code == 200:
            assert response.content.startswith(MAGIC), name
            assert len(response.content) < 2_000_000, name
            assert not any(canary in response.content for canary in CANARIES), name
            opened(response)
    assert not wrong, "\n".join(map(str, wrong))
    assert on_bank.get("/readyz").status_code == 200
    assert on_bank.metrics()["thimble_workers_alive"] == 2
