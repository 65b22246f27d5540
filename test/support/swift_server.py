#!/usr/bin/python3
"""A real S3 server for tests: OpenStack Swift with its s3api and tempauth middleware.

One node, one replica, everything on loopback ports and in one temporary directory. Swift checks
signatures for real (a wrong secret is answered with 403), which no mock does.

As a program: prints one JSON line {endpoint, region, access_key, secret_key, bucket, pid} once a
PUT, GET and DELETE have worked, then serves until stdin closes or SIGTERM comes. As a module:

    with SwiftServer() as swift:
        swift.client().put_object(Bucket=swift.bucket, Key="a.jpg", Body=data)

It must be run by Debian's own /usr/bin/python3, whose packages hold swift and boto3.
"""

import ctypes
import getpass
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

from s3_client import make_client

SERVERS = ("object", "container", "account", "proxy")
REGION = "us-east-1"
PR_SET_PDEATHSIG = 1
START_ATTEMPTS = 3

SWIFT_CONF = """\
[swift-hash]
swift_hash_path_prefix = test
swift_hash_path_suffix = test
[storage-policy:0]
name = single
default = yes
"""

STORAGE_CONF = """\
[DEFAULT]
bind_ip = 127.0.0.1
bind_port = {port}
workers = 0
user = {user}
swift_dir = {directory}
devices = {directory}/devices
mount_check = false
fallocate_reserve = 0
[pipeline:main]
pipeline = {kind}-server
[app:{kind}-server]
use = egg:swift#{kind}
"""

# s3api wants slo for multipart uploads. `storage_domain` turns BUCKET.localhost into a
# virtual-host style request; resolvers answer every name under .localhost with loopback.
PROXY_CONF = """\
[DEFAULT]
bind_ip = 127.0.0.1
bind_port = {port}
workers = 0
user = {user}
swift_dir = {directory}
[pipeline:main]
pipeline = catch_errors gatekeeper healthcheck cache listing_formats s3api tempauth slo proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
allow_account_management = true
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:gatekeeper]
use = egg:swift#gatekeeper
[filter:healthcheck]
use = egg:swift#healthcheck
[filter:cache]
use = egg:swift#memcache
memcache_servers = 127.0.0.1:{memcached_port}
[filter:listing_formats]
use = egg:swift#listing_formats
[filter:s3api]
use = egg:swift#s3api
location = {region}
storage_domain = localhost
[filter:tempauth]
use = egg:swift#tempauth
user_test_reader = {secret_key} .admin
[filter:slo]
use = egg:swift#slo
"""


class SwiftError(RuntimeError):
    pass


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    try:
        for sock in sockets:
            sock.bind(("127.0.0.1", 0))
        return [sock.getsockname()[1] for sock in sockets]
    finally:
        for sock in sockets:
            sock.close()


def _directory_with_xattrs():
    """Swift keeps an object's metadata in extended attributes, which not every tmpfs has."""
    for parent in (os.environ.get("TMPDIR"), "/tmp", "/var/tmp", os.getcwd()):
        if not parent or not os.path.isdir(parent):
            continue
        directory = tempfile.mkdtemp(prefix="swift-", dir=parent)
        try:
            os.setxattr(directory, "user.swift.probe", b"1")
            return pathlib.Path(directory)
        except OSError:
            shutil.rmtree(directory)
    raise SwiftError("no directory with extended attributes; set TMPDIR to one")


def die_with_parent():
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class SwiftServer:
    """Starts in __enter__, stops every process by its pid and removes the directory in __exit__."""

    access_key = "test:reader"
    secret_key = "not-so-secret-3n"
    region = REGION

    def __init__(self, bucket="originals", startup_seconds=90):
        self.bucket = bucket
        self.endpoint = None
        self._startup_seconds = startup_seconds
        self._directory = None
        self._processes = {}

    def __enter__(self):
        for attempts_left in reversed(range(START_ATTEMPTS)):
            try:
                self._start()
                return self
            except SwiftError:
                # Somebody else may have taken a port between our looking and our servers' binding.
                self.close()
                if not attempts_left:
                    raise
            except BaseException:
                self.close()
                raise

    def __exit__(self, *exception):
        self.close()

    def client(self, secret_key=None, **config):
        """A boto3 S3 client; `secret_key` to sign with a wrong one."""
        return make_client(self, secret_key, **config)

    def description(self):
        return {
            "endpoint": self.endpoint,
            "region": self.region,
            "access_key": self.access_key,
            "secret_key": self.secret_key,
            "bucket": self.bucket,
            "pid": os.getpid(),
        }

    def close(self):
        for process in self._processes.values():
            process.terminate()
        for process in self._processes.values():
            try:
                process.wait(timeout=5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._processes = {}
        if self._directory:
            shutil.rmtree(self._directory, ignore_errors=True)
            self._directory = None

    def _start(self):
        self._directory = _directory_with_xattrs()
        (self._directory / "devices" / "d1").mkdir(parents=True)
        ports = dict(zip((*SERVERS, "memcached"), free_ports(len(SERVERS) + 1)))
        self.endpoint = f"http://127.0.0.1:{ports['proxy']}"
        self._write_configuration(ports)
        self._run_memcached(ports["memcached"])
        for kind in SERVERS:
            self._run_server(kind)
        self._wait_until_ready()

    def _write_configuration(self, ports):
        (self._directory / "swift.conf").write_text(SWIFT_CONF)
        common = {"directory": self._directory, "user": getpass.getuser()}
        for kind in ("object", "container", "account"):
            text = STORAGE_CONF.format(kind=kind, port=ports[kind], **common)
            (self._directory / f"{kind}-server.conf").write_text(text)
            self._write_ring(kind, ports[kind])
        text = PROXY_CONF.format(
            port=ports["proxy"],
            memcached_port=ports["memcached"],
            region=REGION,
            secret_key=self.secret_key,
            **common,
        )
        (self._directory / "proxy-server.conf").write_text(text)

    def _write_ring(self, kind, port):
        from swift.common.ring import RingBuilder

        builder = RingBuilder(part_power=1, replicas=1, min_part_hours=0)
        builder.add_dev(
            {
                "region": 1,
                "zone": 1,
                "ip": "127.0.0.1",
                "port": port,
                "replication_ip": "127.0.0.1",
                "replication_port": port,
                "device": "d1",
                "weight": 1.0,
                "meta": "",
            }
        )
        builder.rebalance()
        builder.get_ring().save(str(self._directory / f"{kind}.ring.gz"))

    def _spawn(self, name, command):
        log = open(self._directory / f"{name}.log", "wb")
        with log:
            self._processes[name] = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=dict(os.environ, SWIFT_DIR=str(self._directory), LC_ALL="C.UTF-8"),
                preexec_fn=die_with_parent,
            )

    def _run_memcached(self, port):
        command = ["memcached", "-l", "127.0.0.1", "-p", str(port), "-U", "0", "-m", "16"]
        if os.geteuid() == 0:
            command += ["-u", "root"]
        self._spawn("memcached", command)

    def _run_server(self, kind):
        program = shutil.which(f"swift-{kind}-server", path="/usr/bin:/usr/local/bin")
        if not program:
            raise SwiftError(f"swift-{kind}-server is not installed")
        configuration = str(self._directory / f"{kind}-server.conf")
        self._spawn(kind, ["/usr/bin/python3", program, configuration, "--verbose"])

    def _wait_until_ready(self):
        import botocore.exceptions

        give_up = time.monotonic() + self._startup_seconds
        last_failure = None
        while time.monotonic() < give_up:
            dead = [name for name, process in self._processes.items() if process.poll() is not None]
            if dead:
                raise SwiftError(f"{dead[0]} ended:\n{self._log_tail(dead[0])}")
            try:
                return self._check_round_trip()
            except (botocore.exceptions.ClientError, botocore.exceptions.BotoCoreError) as failure:
                last_failure = failure
                time.sleep(0.1)
        raise SwiftError(f"not ready: {last_failure}\n{self._log_tail('proxy')}")

    def _check_round_trip(self):
        client = self.client(connect_timeout=2, read_timeout=5)
        try:
            client.create_bucket(Bucket=self.bucket)
        except client.exceptions.BucketAlreadyOwnedByYou:
            pass  # an earlier round got this far
        client.put_object(Bucket=self.bucket, Key="probe", Body=b"probe")
        body = client.get_object(Bucket=self.bucket, Key="probe")["Body"].read()
        client.delete_object(Bucket=self.bucket, Key="probe")
        if body != b"probe":
            raise SwiftError(f"stored 'probe', read {body!r}")
        self._check_that_signatures_matter()

    def _check_that_signatures_matter(self):
        import botocore.exceptions

        try:
            self.client(secret_key="wrong").head_bucket(Bucket=self.bucket)
        except botocore.exceptions.ClientError as failure:
            if failure.response["ResponseMetadata"]["HTTPStatusCode"] == 403:
                return
            raise
        raise SwiftError("a wrong secret was let in")

    def _log_tail(self, name):
        return (self._directory / f"{name}.log").read_text(errors="replace")[-2000:]


def main():
    # SIGTERM becomes an exception so that __exit__ runs.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with SwiftServer() as swift:
        print(json.dumps(swift.description()), flush=True)
        while sys.stdin.buffer.read(4096):
            pass


if __name__ == "__main__":
    main()
