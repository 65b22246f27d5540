#!/usr/bin/python3
"""Runs a program beside a real S3 server and misbehaving origins, named in its environment.

    run_with_origins.py swift|s3proxy PROGRAM [ARGUMENT...]

THIMBLE_TEST_S3_ENDPOINT, _ACCESS_KEY, _SECRET_KEY, _BUCKET: the server, see support/swift_server.py
    and support/s3proxy.py.
THIMBLE_TEST_S3_CHECKS_REGION: there if that server refuses signatures for other regions.
THIMBLE_TEST_S3_UPLOADS: a file with a line for every key uploaded here with boto3, in hex digits;
    each object's bytes are "uploaded as " and the key. A second client's idea of how keys are
    signed and escaped is what ours is compared with.
THIMBLE_TEST_FAULTY_ORIGIN: see support/faulty_origin.py.
THIMBLE_TEST_SELF_SIGNED_ORIGIN: the same over TLS, with a certificate that only those trust who are
    told of the file THIMBLE_TEST_CERTIFICATE.

Ends with 77 where S3Proxy cannot be had. Proxy variables point to where nobody listens: who used them would fail.
"""

import contextlib
import os
import pathlib
import signal
import ssl
import subprocess
import sys
import tempfile
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "support"))

from faulty_origin import FaultyOrigin, self_signed, tls_context  # noqa: E402
from s3proxy import S3ProxyServer, why_not  # noqa: E402
from swift_server import SwiftServer  # noqa: E402

ODD_NAMES = (
    "plain.jpg",
    "folder/sub/deep.jpg",
    "a b.jpg",
    " leading and trailing ",
    "a+b=c&d.jpg",
    "(round) [square] {curly}.jpg",
    "100%.jpg",
    "%2F%41%zz",
    "a//b///c",
    "trailing/",
    "한글/사진 모음/표지.jpg",
    "e\u0301 and é",
    "emoji 🧵.png",
    "!*'();:@&=+$,?#[]~-_.",
    "back\\slash|pipe^caret`tick<lt>gt\"quote",
    "tab\tkey",
    "k" * 1000,
)
NOBODY = "http://127.0.0.1:1"
SKIPPED = 77


def upload_odd_keys(server, file):
    client = server.client()
    keys = [f"uploaded/{name}" for name in ODD_NAMES]
    for key in keys:
        client.put_object(Bucket=server.bucket, Key=key, Body=f"uploaded as {key}".encode())
    file.write_text("".join(key.encode().hex() + "\n" for key in keys))


def check_trusting_client_succeeds(origin, certificate):
    """Shows that only the missing trust stands between a client and this origin."""
    trusting = ssl.create_default_context(cafile=certificate)
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=trusting)
    )
    opener.open(f"{origin.endpoint}/ok/key").read()


def main():
    # SIGTERM becomes an exception so that the servers are stopped.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    kind, *command = sys.argv[1:]
    if kind == "s3proxy" and (reason := why_not()):
        print(reason)
        return SKIPPED
    with contextlib.ExitStack() as stack:
        directory = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory()))
        server = stack.enter_context(S3ProxyServer() if kind == "s3proxy" else SwiftServer())
        faulty = stack.enter_context(FaultyOrigin())
        certificate, key = self_signed(directory)
        over_tls = stack.enter_context(FaultyOrigin(tls=tls_context(certificate, key)))
        check_trusting_client_succeeds(over_tls, certificate)
        uploads = directory / "uploads"
        upload_odd_keys(server, uploads)
        environment = dict(
            os.environ,
            THIMBLE_TEST_S3_ENDPOINT=server.endpoint,
            THIMBLE_TEST_S3_ACCESS_KEY=server.access_key,
            THIMBLE_TEST_S3_SECRET_KEY=server.secret_key,
            THIMBLE_TEST_S3_BUCKET=server.bucket,
            THIMBLE_TEST_S3_UPLOADS=str(uploads),
            THIMBLE_TEST_FAULTY_ORIGIN=faulty.endpoint,
            THIMBLE_TEST_SELF_SIGNED_ORIGIN=over_tls.endpoint,
            THIMBLE_TEST_CERTIFICATE=str(certificate),
            http_proxy=NOBODY,
            https_proxy=NOBODY,
            all_proxy=NOBODY,
        )
        if kind == "swift":
            environment["THIMBLE_TEST_S3_CHECKS_REGION"] = "1"
        return subprocess.run(command, env=environment).returncode


if __name__ == "__main__":
    sys.exit(main())
