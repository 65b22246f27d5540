#!/usr/bin/python3
"""A second real S3 server for tests: S3Proxy, in Java, by other people than Swift's.

It checks signatures and keeps objects in memory. Its jars come from Maven Central by Debian's mvn,
once, into build/s3proxy; script/bootstrap ci installs Java and mvn. Where either is missing,
`why_not()` says so and tests are skipped.

    with S3ProxyServer() as store:
        store.client().put_object(Bucket=store.bucket, Key="a.jpg", Body=data)
"""

import contextlib
import fcntl
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from s3_client import make_client
from swift_server import die_with_parent, free_ports

HERE = pathlib.Path(__file__).resolve().parent / "s3proxy"
CACHE = pathlib.Path(__file__).resolve().parents[2] / "build" / "s3proxy"
DOWNLOAD_SECONDS = 600
START_ATTEMPTS = 3

PROPERTIES = """\
s3proxy.endpoint=http://localhost:{port}
s3proxy.virtual-host=localhost
s3proxy.authorization=aws-v4
s3proxy.identity={access_key}
s3proxy.credential={secret_key}
jclouds.provider=transient
jclouds.identity=unused
jclouds.credential=unused
"""


class S3ProxyError(RuntimeError):
    pass


def why_not():
    """Nothing where S3Proxy can be run, else the reason. Downloads it if need be."""
    if not shutil.which("java"):
        return "S3Proxy needs Java: script/bootstrap ci"
    try:
        _jars()
    except S3ProxyError as failure:
        return str(failure)
    return None


def _jars():
    """The folder with the jars, fetched when it is not there for this pom.xml."""
    wanted = (HERE / "pom.xml").read_text()
    marker = CACHE / "pom.xml"
    CACHE.mkdir(parents=True, exist_ok=True)
    with open(CACHE / "lock", "w") as lock:  # test programs run side by side
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not marker.exists() or marker.read_text() != wanted:
            _download()
            marker.write_text(wanted)
    return CACHE / "lib"


def _download():
    if not shutil.which("mvn"):
        raise S3ProxyError("S3Proxy's jars are fetched by mvn: script/bootstrap ci")
    shutil.rmtree(CACHE / "lib", ignore_errors=True)
    command = ["mvn", "--quiet", "--batch-mode", f"-Dmaven.repo.local={CACHE / 'repository'}", "-f", HERE / "pom.xml",
               "dependency:copy-dependencies", "-DincludeScope=runtime", f"-DoutputDirectory={CACHE / 'lib'}"]
    try:
        done = subprocess.run(command, cwd=CACHE, capture_output=True, text=True, timeout=DOWNLOAD_SECONDS, check=False)
    except subprocess.TimeoutExpired as expired:
        raise S3ProxyError("S3Proxy's jars do not come: mvn takes too long") from expired
    if done.returncode != 0:
        raise S3ProxyError(f"S3Proxy's jars cannot be had: {done.stdout[-300:]}")
    shutil.rmtree(CACHE / "repository")  # mvn's own plugins, larger than what they fetched


class S3ProxyServer:
    """Starts in __enter__; stops its process by its pid and removes its directory in __exit__."""

    access_key = "proxy-reader"
    secret_key = "not-so-secret-3n"
    region = "us-east-1"

    def __init__(self, bucket="originals", startup_seconds=120):
        self.bucket = bucket
        self.endpoint = None
        self._startup_seconds = startup_seconds
        self._directory = None
        self._process = None

    def __enter__(self):
        jars = _jars()
        for attempts_left in reversed(range(START_ATTEMPTS)):
            try:
                self._start(jars)
                return self
            except S3ProxyError:
                # Somebody else may have taken the port between our looking and Java's binding.
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

    def close(self):
        if self._process:
            self._process.terminate()
            try:
                self._process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None
        if self._directory:
            shutil.rmtree(self._directory, ignore_errors=True)
            self._directory = None

    def _start(self, jars):
        self._directory = pathlib.Path(tempfile.mkdtemp(prefix="s3proxy-"))
        (port,) = free_ports(1)
        self.endpoint = f"http://localhost:{port}"
        properties = self._directory / "s3proxy.conf"
        properties.write_text(PROPERTIES.format(port=port, access_key=self.access_key, secret_key=self.secret_key))
        # Started for a few hundred requests, the JVM gains by a quick compiler and a small heap.
        command = ["java", "-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
                   f"-Dlogback.configurationFile={HERE / 'logback.xml'}", "-cp", f"{jars}/*", "org.gaul.s3proxy.Main",
                   "--properties", properties]
        with open(self._directory / "log", "wb") as log:
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, preexec_fn=die_with_parent)
        self._wait_until_ready()

    def _wait_until_ready(self):
        import botocore.exceptions

        client = self.client(connect_timeout=2, read_timeout=10)
        give_up = time.monotonic() + self._startup_seconds
        while time.monotonic() < give_up:
            if self._process.poll() is not None:
                raise S3ProxyError(f"S3Proxy ended:\n{self._log_tail()}")
            with contextlib.suppress(botocore.exceptions.ClientError, botocore.exceptions.BotoCoreError):
                client.create_bucket(Bucket=self.bucket)
                return self._check_that_signatures_matter()
            time.sleep(0.1)
        raise S3ProxyError(f"S3Proxy is not ready\n{self._log_tail()}")

    def _check_that_signatures_matter(self):
        import botocore.exceptions

        try:
            self.client(secret_key="wrong").list_objects(Bucket=self.bucket)
        except botocore.exceptions.ClientError as failure:
            if failure.response["ResponseMetadata"]["HTTPStatusCode"] == 403:
                return
            raise
        raise S3ProxyError("a wrong secret was let in")

    def _log_tail(self):
        return (self._directory / "log").read_text(errors="replace")[-2000:]


def main():
    """Serves until stdin closes, for trying by hand."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    if reason := why_not():
        sys.exit(reason)
    with S3ProxyServer() as store:
        print(store.endpoint, store.access_key, store.secret_key, store.bucket, os.getpid(), flush=True)
        while sys.stdin.buffer.read(4096):
            pass


if __name__ == "__main__":
    main()
