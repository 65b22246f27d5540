#!/usr/bin/python3
"""An HTTP origin that misbehaves on purpose: the first path segment names the fault.

    GET /truncated_half/any/key      the body stops half-way through its Content-Length

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
import gzip
import json
import os
import pathlib
import signal
import socket
import ssl
import struct
import subprocess
import threading

DEFAULT_BODY = bytes(range(256)) * 256  # 64 KiB
ETAG = '"0123456789abcdef0123456789abcdef"'
LAST_MODIFIED = "Sun, 22 Nov 2026 10:00:00 GMT"
ERROR_XML = b"<?xml version='1.0'?><Error><Code>PlantedCode</Code><Message>planted</Message></Error>"
TLS_HANDSHAKE = b"\x16"
STATUS_TEXT = {
    204: "No Content", 206: "Partial Content", 301: "Moved Permanently", 302: "Found",
    304: "Not Modified", 307: "Temporary Redirect", 308: "Permanent Redirect",
    400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 410: "Gone",
    429: "Too Many Requests", 500: "Internal Server Error", 502: "Bad Gateway",
    503: "Service Unavailable", 504: "Gateway Timeout",
}  # fmt: skip
MODES = {}


class Reset(Exception):
    """Ends the connection with a TCP reset instead of an orderly close."""


def mode(function):
    MODES[function.__name__] = function
    return function


class Answer:
    """What one fault writes; every write is flushed so that the client sees it as it happens."""

    def __init__(self, origin, writer, request):
        self.body = origin.body
        self.origin = origin
        self.request = request
        self.is_head = request.startswith("HEAD ")
        self.keep_alive = False
        self._writer = writer
        self.is_first_on_connection = origin.requests_on_connection[writer] == 1

    async def send(self, data):
        self._writer.write(data)
        await self._writer.drain()
        await asyncio.sleep(0)  # drain() alone never lets the loop see that a TLS client has gone

    async def head(self, *lines, status=200):
        text = f"HTTP/1.1 {status} {STATUS_TEXT.get(status, 'OK')}\r\n"
        await self.send((text + "".join(f"{line}\r\n" for line in lines) + "\r\n").encode("latin-1"))

    async def good_head(self, *lines, length=None):
        await self.head(
            f"Content-Length: {len(self.body) if length is None else length}",
            f"ETag: {ETAG}",
            f"Last-Modified: {LAST_MODIFIED}",
            *lines,
        )

    async def payload(self, data):
        if not self.is_head:
            await self.send(data)

    async def chunk(self, data):
        await self.send(b"%x\r\n%s\r\n" % (len(data), data))

    async def chunked_head(self, *lines):
        await self.head(f"ETag: {ETAG}", "Transfer-Encoding: chunked", *lines)


async def forever():
    await asyncio.Event().wait()


# Answers without a fault.


@mode
async def ok(answer):
    await answer.good_head()
    await answer.payload(answer.body)
    answer.keep_alive = True


@mode
async def ok_chunked(answer):
    await answer.chunked_head()
    if not answer.is_head:
        for start in range(0, len(answer.body), 10000):
            await answer.chunk(answer.body[start : start + 10000])
        await answer.send(b"0\r\n\r\n")
    answer.keep_alive = True


@mode
async def ok_no_validators(answer):
    await answer.head(f"Content-Length: {len(answer.body)}")
    await answer.payload(answer.body)


@mode
async def ok_last_modified_only(answer):
    await answer.head(f"Content-Length: {len(answer.body)}", f"Last-Modified: {LAST_MODIFIED}")
    await answer.payload(answer.body)


@mode
async def echo(answer):
    """The request's own head as the body."""
    text = answer.request.encode("latin-1")
    await answer.good_head(length=len(text))
    await answer.payload(text)


@mode
async def ok_then_500(answer):
    if answer.origin.mode_requests["ok_then_500"] == 1:
        await ok(answer)
    else:
        await _error(answer, 500)


@mode
async def set_cookie(answer):
    await answer.good_head("Set-Cookie: canary=1; Path=/", "X-Amz-Meta-Canary: 1")
    await answer.payload(answer.body)


@mode
async def nostore(answer):
    await answer.good_head("Cache-Control: private, no-store")
    await answer.payload(answer.body)


# Bodies that end early or never.


@mode
async def truncated_half(answer):
    await answer.good_head()
    await answer.payload(answer.body[: len(answer.body) // 2])


@mode
async def truncated_last_byte(answer):
    await answer.good_head()
    await answer.payload(answer.body[:-1])


@mode
async def truncated_empty(answer):
    await answer.good_head()


@mode
async def truncated_chunked(answer):
    await answer.chunked_head()
    await answer.chunk(answer.body[:1000])


@mode
async def rst_mid_body(answer):
    await answer.good_head()
    await answer.payload(answer.body[: len(answer.body) // 2])
    raise Reset


@mode
async def no_cl_close(answer):
    await answer.head(f"ETag: {ETAG}", "Connection: close")
    await answer.payload(answer.body)


@mode
async def stall_mid_body(answer):
    await answer.good_head()
    await answer.payload(answer.body[: len(answer.body) // 2])
    await forever()


@mode
async def trickle(answer):
    await answer.good_head()
    for byte in answer.body:
        await answer.payload(bytes([byte]))
        await asyncio.sleep(0.05)


@mode
async def endless(answer):
    await answer.chunked_head()
    while not answer.is_head:
        await answer.chunk(b"\0" * 65536)


@mode
async def cl_huge(answer):
    await answer.good_head(length=10**13)
    await answer.payload(answer.body)


@mode
async def cl_overflow(answer):
    await answer.good_head(length=10**30)
    await answer.payload(answer.body)


# Answers that are late.


@mode
async def no_response(answer):
    await forever()


@mode
async def close_without_answer(answer):
    pass


@mode
async def reset_without_answer(answer):
    raise Reset


@mode
async def slow_headers(answer):
    await answer.send(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    while True:
        await answer.send(b"x")
        await asyncio.sleep(0.05)


@mode
async def continue_100_spam(answer):
    while True:
        await answer.send(b"HTTP/1.1 100 Continue\r\n\r\n")


@mode
async def late_first_byte(answer):
    await asyncio.sleep(1.0)
    await ok(answer)


@mode
async def held(answer):
    """Nothing before the origin's owner says release()."""
    while not answer.origin.released.is_set():
        await asyncio.sleep(0.01)
    await ok(answer)


# Heads that make no sense.


@mode
async def headers_1MB(answer):
    await answer.good_head(*(f"X-Filler-{n}: {'f' * 1000}" for n in range(1000)))
    await answer.payload(answer.body)


@mode
async def header_line_1MB(answer):
    await answer.good_head("X-Filler: " + "f" * 1_000_000)
    await answer.payload(answer.body)


@mode
async def cl_and_te(answer):
    await answer.head(f"Content-Length: {len(answer.body)}", "Transfer-Encoding: chunked")
    await answer.chunk(answer.body)
    await answer.send(b"0\r\n\r\n")


@mode
async def cl_dup(answer):
    await answer.head(f"Content-Length: {len(answer.body)}", "Content-Length: 5")
    await answer.payload(answer.body)


@mode
async def cl_list(answer):
    await answer.head(f"Content-Length: {len(answer.body)}, 5")
    await answer.payload(answer.body)


@mode
async def cl_negative(answer):
    await answer.head("Content-Length: -1")
    await answer.payload(answer.body)


@mode
async def te_unknown(answer):
    await answer.head("Transfer-Encoding: xchunked")
    await answer.payload(answer.body)


@mode
async def garbage(answer):
    await answer.send(b"\x16\x03\x01 this is no HTTP \xff\xfe\r\n\r\n" + os.urandom(512))


@mode
async def http_09(answer):
    await answer.send(answer.body)


# Chunks that make no sense.


@mode
async def chunk_bad_size(answer):
    await answer.chunked_head()
    await answer.send(b"zz\r\n" + answer.body[:100] + b"\r\n0\r\n\r\n")


@mode
async def chunk_negative(answer):
    await answer.chunked_head()
    await answer.send(b"-5\r\nhello\r\n0\r\n\r\n")


@mode
async def chunk_huge(answer):
    await answer.chunked_head()
    await answer.send(b"fffffffffffffffff\r\n" + answer.body[:100])


@mode
async def chunk_no_crlf(answer):
    await answer.chunked_head()
    await answer.send(b"5\r\nhelloXX0\r\n\r\n")


@mode
async def chunk_trailer_spam(answer):
    await answer.chunked_head()
    await answer.send(b"5\r\nhello\r\n0\r\n")
    for _ in range(1000):
        await answer.send(b"X-Trailer: " + b"t" * 1000 + b"\r\n")
    await answer.send(b"\r\n")


# Encoded bodies, which nobody asked for.


@mode
async def gzip_ok(answer):
    packed = gzip.compress(answer.body)
    await answer.head(f"Content-Length: {len(packed)}", "Content-Encoding: gzip", f"ETag: {ETAG}")
    await answer.payload(packed)


@mode
async def gzip_bomb(answer):
    packed = gzip.compress(b"\0" * (64 << 20))
    await answer.head(f"Content-Length: {len(packed)}", "Content-Encoding: gzip", f"ETag: {ETAG}")
    await answer.payload(packed)


@mode
async def br_claim(answer):
    await answer.good_head("Content-Encoding: br")
    await answer.payload(answer.body)


@mode
async def te_gzip(answer):
    packed = gzip.compress(answer.body)
    await answer.head("Transfer-Encoding: gzip, chunked", f"ETag: {ETAG}")
    await answer.chunk(packed)
    await answer.send(b"0\r\n\r\n")


# Other statuses.


async def _error(answer, status, *lines):
    await answer.head(f"Content-Length: {len(ERROR_XML)}", *lines, status=status)
    await answer.payload(ERROR_XML)
    answer.keep_alive = True


def _define_statuses():
    for status in (400, 401, 403, 404, 410, 429, 500, 502, 503, 504):
        MODES[f"s{status}"] = lambda answer, status=status: _error(answer, status)


_define_statuses()


@mode
async def s204(answer):
    await answer.head(f"ETag: {ETAG}", status=204)


@mode
async def s206(answer):
    await answer.head(
        f"Content-Range: bytes 0-99/{len(answer.body)}", "Content-Length: 100", status=206
    )
    await answer.payload(answer.body[:100])


@mode
async def s304_unasked(answer):
    await answer.head(f"ETag: {ETAG}", status=304)


@mode
async def s403_skewed(answer):
    await _error(answer, 403, "Date: Sat, 01 Jan 2000 00:00:00 GMT")


@mode
async def s404_endless(answer):
    await answer.head("Transfer-Encoding: chunked", status=404)
    while True:
        await answer.chunk(b"x" * 65536)


@mode
async def s404_stalled(answer):
    await answer.head("Content-Length: 100", status=404)
    await forever()


def _define_redirects():
    for status in (301, 302, 307, 308):

        async def redirect(answer, status=status):
            await _error(answer, status, f"Location: {answer.origin.endpoint}/canary/reached")

        MODES[f"redir_{status}"] = redirect


_define_redirects()


# Connections that die between requests.


@mode
async def keep_alive_then_close(answer):
    """Promises keep-alive, then closes: the next request on this connection meets a dead one."""
    await answer.good_head("Connection: keep-alive")
    await answer.payload(answer.body)


@mode
async def first_on_connection_only(answer):
    """Answers a connection's first request and hangs up on every later one without a byte."""
    if answer.is_first_on_connection:
        await ok(answer)


@mode
async def reset_after_the_first(answer):
    """Answers a connection's first request and resets it at every later one without a byte."""
    if not answer.is_first_on_connection:
        raise Reset
    await ok(answer)


async def six_at_once(answer):
    """Six connections are open at the same moment, and all of them are kept."""
    waiting = answer.origin.six_waiting
    waiting.append(asyncio.Event())
    mine = waiting[-1]
    if len(waiting) == 6:
        for event in waiting:
            event.set()
        waiting.clear()
    await asyncio.wait_for(mine.wait(), 30)
    await ok(answer)


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
        fault = six_at_once if key == "six_at_once" else MODES.get(name)
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
