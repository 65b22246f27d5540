#!/usr/bin/python3
"""An HTTP origin that misbehaves on purpose: the first path segment names the fault.

    GET /truncated_half/any/key      the body stops half-way through its Content-Length

origin_faults.py has all of them.
Whatever follows the mode's name is ignored, so an S3 client in path style reaches a mode by using
its name as the bucket. One key is understood in every mode: `six_at_once` is answered well, but only
when six requests for it are under way, so that the client has six kept connections afterwards.

Reports: `GET /__counts` answers {path: requests so far} and `GET /__connections` {"accepted": n}.
`GET /__end_idle/close`, `/reset` and `/notify` end all connections between two requests: in an
orderly way, by a TCP reset, or by TLS's close_notify alone, without the end of the TCP stream.
Unknown modes answer 418, so that a typing error in a test cannot pass for a 404.

As a program: prints one JSON line {endpoint, pid} and serves until stdin closes or SIGTERM, with
--certificate and --key over TLS. As a module: `with FaultyOrigin(body=picture_bytes) as origin: ...
origin.endpoint`.
"""

import argparse
import asyncio
import collections
import contextlib
import json
import os
import pathlib
import signal
import socket
import ssl
import struct
import subprocess
import threading

from origin_faults import Answer, Reset, fault_named, six_at_once

DEFAULT_BODY = bytes(range(256)) * 256  # 64 KiB
TLS_HANDSHAKE = b"\x16"


def tls_context(certificate, key):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context


def self_signed(directory):
    """Makes a certificate for 127.0.0.1 that vouches for itself; returns its file and its key's."""
    certificate, key = directory / "certificate.pem", directory / "key.pem"
    command = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1".split()
    command += ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate]
    subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
    return certificate, key


class FaultyOrigin:
    """Serves from a thread of its own between __enter__ and __exit__."""

    def __init__(self, body=DEFAULT_BODY, port=0, tls=None):
        """`tls`: an ssl.SSLContext to serve https with."""
        self.body = body
        self.endpoint = None
        self.counts = collections.Counter()
        self.mode_requests = collections.Counter()
        self.requests_on_connection = collections.Counter()
        self.accepted = 0
        self.six_waiting = []
        self._idle = set()  # writers of connections between two requests
        self.released = threading.Event()
        self._port = port
        self._tls = tls
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self):
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(timeout=10)
        return self

    def __exit__(self, *exception):
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result(timeout=10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=10)
        self._loop.close()

    def release(self):
        """Lets requests in the mode `held` go on, and all later ones."""
        self.released.set()

    def end_idle(self, how):
        """Ends connections that no request is under way on: see `/__end_idle`."""

        async def end():
            return self._end_idle(how)

        return asyncio.run_coroutine_threadsafe(end(), self._loop).result(timeout=10)

    def requests(self, path):
        """How often `path` was asked for."""
        return self.counts[path]

    async def _listen(self):
        server = await asyncio.start_server(
            self._serve, "127.0.0.1", self._port, limit=1 << 20, ssl=self._tls
        )
        self._server = server
        scheme = "https" if self._tls else "http"
        self.endpoint = f"{scheme}://127.0.0.1:{server.sockets[0].getsockname()[1]}"

    async def _stop(self):
        self._server.close()
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _serve(self, reader, writer):
        self.accepted += 1
        try:
            while await self._serve_one(reader, writer):
                pass
        except Reset:
            self._reset(writer)
        except (ConnectionError, ssl.SSLError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            del self.requests_on_connection[writer]
            writer.close()

    async def _serve_one(self, reader, writer):
        self._idle.add(writer)
        try:
            first_byte = await reader.readexactly(1)
        finally:
            self._idle.discard(writer)
        if first_byte == TLS_HANDSHAKE:  # would wait for the end of a head that never comes
            return False
        request = (first_byte + await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        _, path, _ = request.split(" ", 2)
        if path.startswith("/__"):
            await self._report(Answer(self, writer, request), path)
            return False
        self.counts[path] += 1
        self.requests_on_connection[writer] += 1
        answer = Answer(self, writer, request)
        name, _, key = path[1:].partition("/")
        self.mode_requests[name] += 1
        fault = six_at_once if key == "six_at_once" else fault_named(name)
        if not fault:
            await answer.head("Content-Length: 0", status=418)
            return False
        await fault(answer)
        return answer.keep_alive

    @staticmethod
    def _reset(writer):
        linger = struct.pack("ii", 1, 0)
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        writer.transport.abort()

    def _end_idle(self, how):
        for writer in list(self._idle):
            if how == "reset":
                self._reset(writer)
                continue
            writer.close()  # over TLS a close_notify; the socket stays open until the client's own
            if how == "close":
                with contextlib.suppress(OSError):
                    writer.get_extra_info("socket").shutdown(socket.SHUT_WR)
        return {"ended": len(self._idle)}

    async def _report(self, answer, path):
        reports = {"/__counts": self.counts, "/__connections": {"accepted": self.accepted}}
        if path.startswith("/__end_idle/"):
            reports[path] = self._end_idle(path.rpartition("/")[2])
        text = json.dumps(reports.get(path)).encode()
        await answer.head(f"Content-Length: {len(text)}", "Connection: close")
        await answer.send(text)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--body", type=pathlib.Path, help="file to serve; default: 64 KiB of bytes")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--certificate", type=pathlib.Path, help="serve https with this PEM file")
    parser.add_argument("--key", type=pathlib.Path, help="the certificate's private key")
    options = parser.parse_args()
    body = options.body.read_bytes() if options.body else DEFAULT_BODY
    tls = tls_context(options.certificate, options.key) if options.certificate else None
    signal.signal(signal.SIGTERM, lambda *_: exit(0))
    with FaultyOrigin(body, options.port, tls) as origin:
        print(json.dumps({"endpoint": origin.endpoint, "pid": os.getpid()}), flush=True)
        while os.read(0, 4096):
            pass


if __name__ == "__main__":
    main()
