"""Signals: reading the settings again, draining, and those that mean nothing; what a service manager is told."""

import concurrent.futures
import re
import signal
import socket

import pytest
import requests

from conftest import cover, encoded
from faulty_origin import FaultyOrigin
from test_lifecycle import S3_KEYS, wait_until
from thimble import PATIENCE_SECONDS, Server


def logged(server, text):
    wait_until(lambda: any(text in line for line in list(server.lines)), text)


@pytest.fixture
def config(tmp_path_factory):
    return tmp_path_factory.mktemp("config") / "thimble.toml"


def test_sighup_takes_over_what_changed_and_names_what_needs_a_restart(small_tree, config):
    config.write_text('[answers]\nmax_age = "1d"\n[workers]\ncount = 1\n')
    with Server("--origin", f"file:{small_tree}", "--config", config) as server:
        assert "max-age=86400" in server.get("/resize/a.jpg?size=40").headers["Cache-Control"]
        config.write_text('[answers]\nmax_age = "2d"\n[urls]\nmax_width = 50\ndefault_width = 50\n'
                          '[log]\nformat = "json"\n[workers]\ncount = 2\n')
        server.process.send_signal(signal.SIGHUP)
        logged(server, "changed: urls.default_width, urls.max_width, answers.max_age, log.format")
        logged(server, "changed, but a restart is needed: workers.count")
        answer = server.get("/resize/a.jpg?size=40")
        assert "max-age=172800" in answer.headers["Cache-Control"]
        assert server.get("/resize/a.jpg?size=60").headers["ETag"] == server.get("/resize/a.jpg?size=50").headers["ETag"]
        wait_until(server.access_log, "a line in the new form")
        metrics = server.metrics()
        assert metrics['thimble_settings_reloads_total{outcome="ok"}'] == 1
        assert metrics["thimble_workers_alive"] == 1


def test_wrong_settings_leave_those_before_and_are_told(small_tree, config):
    config.write_text('[answers]\nmax_age = "1d"\n')
    with Server("--origin", f"file:{small_tree}", "--config", config, "--workers", "1") as server:
        for count, wrong in enumerate(('[answers]\nmax_age = "2d"\nmax_edge = 1\n', "not toml"), start=1):
            config.write_text(wrong)
            server.process.send_signal(signal.SIGHUP)
            wait_until(lambda: sum("those before stay" in line for line in server.lines) == count, "told")
            assert "max-age=86400" in server.get("/resize/a.jpg?size=40").headers["Cache-Control"]
        metrics = server.metrics()
        assert metrics["thimble_settings_last_reload_successful"] == 0
        assert metrics['thimble_settings_reloads_total{outcome="failed"}'] == 2
        config.write_text('[answers]\nmax_age = "2d"\n')
        server.process.send_signal(signal.SIGHUP)
        wait_until(lambda: server.metrics()["thimble_settings_last_reload_successful"] == 1, "well again")


def test_the_origin_is_made_anew(small_tree, tmp_path_factory, config):
    other = tmp_path_factory.mktemp("other")
    (other / "b.jpg").write_bytes(encoded(cover(), "JPEG"))
    config.write_text(f'[origin]\nurl = "file:{small_tree}"\n')
    with Server("--config", config, "--workers", "1") as server:
        assert server.get("/resize/a.jpg?size=40").status_code == 200
        config.write_text('[origin]\nurl = "file:/nonexistent"\n')
        server.process.send_signal(signal.SIGHUP)
        logged(server, "those before stay")
        assert server.get("/resize/a.jpg?size=40").status_code == 200
        config.write_text(f'[origin]\nurl = "file:{other}"\n')
        server.process.send_signal(signal.SIGHUP)
        logged(server, "changed: origin.url")
        assert server.get("/resize/b.jpg?size=40").status_code == 200
        assert server.get("/resize/a.jpg?size=40").status_code == 404


def test_credentials_are_read_again(bucket, tmp_path_factory):
    credentials = tmp_path_factory.mktemp("aws") / "credentials"

    def write(secret):
        credentials.write_text(f"[default]\naws_access_key_id = {bucket.env['AWS_ACCESS_KEY_ID']}\n"
                               f"aws_secret_access_key = {secret}\n")

    write("wrong")
    with Server(*bucket.arguments, "--workers", "1", env={"AWS_SHARED_CREDENTIALS_FILE": str(credentials)}) as server:
        assert server.get("/resize/svc/images/main/a.jpg?size=64").status_code != 200
        write(bucket.env["AWS_SECRET_ACCESS_KEY"])
        server.process.send_signal(signal.SIGHUP)
        logged(server, "the settings were read again")
        assert server.get("/resize/svc/images/main/a.jpg?size=64").status_code == 200


@pytest.mark.parametrize("sent", [signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2, signal.SIGQUIT])
def test_no_signal_costs_a_request_that_is_under_way(sent):
    with FaultyOrigin(body=encoded(cover(), "JPEG")) as origin, \
         Server("--origin", "s3://late_first_byte", "--s3-endpoint", origin.endpoint, env=S3_KEYS) as server, \
         concurrent.futures.ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(requests.get, f"{server.url}/resize/a{i}.jpg?size=64", timeout=PATIENCE_SECONDS)
                 for i in range(4)]
        wait_until(lambda: sum(origin.counts.values()) == 4, "all four being fetched")
        server.process.send_signal(sent)
        if sent == signal.SIGHUP:
            logged(server, "the settings were read again")
        assert [a.result().status_code for a in asked] == [200] * 4
        if sent == signal.SIGQUIT:
            assert server.process.wait(PATIENCE_SECONDS) == 0
        else:
            assert server.get("/readyz").status_code == 200


def test_a_second_signal_ends_a_drain_at_once(small_tree):
    env = {"THIMBLE_HTTP_DRAIN_DELAY": "1h"}
    with Server("--origin", f"file:{small_tree}", "--workers", "1", env=env) as server:
        server.process.send_signal(signal.SIGTERM)
        logged(server, "draining")
        server.process.send_signal(signal.SIGHUP)
        assert server.get("/livez").status_code == 200
        server.process.send_signal(signal.SIGQUIT)  # the first after SIGTERM that means an end
        server.expected_status = 1


@pytest.mark.parametrize("abstract", [False, True], ids=["path", "abstract"])
def test_a_service_manager_is_told_of_ready_reloading_and_stopping(small_tree, tmp_path_factory, abstract):
    name = str(tmp_path_factory.mktemp("manager") / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind("\0" + name if abstract else name)
        manager.settimeout(PATIENCE_SECONDS)
        env = {"NOTIFY_SOCKET": "@" + name if abstract else name}
        with Server("--origin", f"file:{small_tree}", "--workers", "1", env=env) as server:
            assert manager.recv(4096).decode() == f"READY=1\nSTATUS=serving on {server.url}"
            server.process.send_signal(signal.SIGHUP)
            assert re.fullmatch(r"RELOADING=1\nMONOTONIC_USEC=\d+", manager.recv(4096).decode())
            assert manager.recv(4096).startswith(b"READY=1\n")
            server.process.send_signal(signal.SIGTERM)
            assert manager.recv(4096).startswith(b"STOPPING=1\n")
            server.process.wait(PATIENCE_SECONDS)
