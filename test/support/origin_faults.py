"""The faults of faulty_origin.py: what an origin writes to play each of them."""

import asyncio
import gzip
import os

ETAG = '"0123456789abcdef0123456789abcdef"'
LAST_MODIFIED = "Sun, 22 Nov 2026 10:00:00 GMT"
ERROR_XML = "<?xml version='1.0'?><Error><Code>{code}</Code><Message>planted</Message>{more}</Error>"
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
async def echo_no_validators(answer):
    text = answer.request.encode("latin-1")
    await answer.head(f"Content-Length: {len(text)}")
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
async def gzip_claim(answer):
    """Says so of a body that is as plain as any."""
    await answer.good_head("Content-Encoding: aws-chunked, gzip")
    await answer.payload(answer.body)
    answer.keep_alive = True


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


async def _error(answer, status, *lines, code="PlantedCode", more=""):
    xml = ERROR_XML.format(code=code, more=more).encode()
    await answer.head(f"Content-Length: {len(xml)}", *lines, status=status)
    await answer.payload(xml)
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


@mode
async def plain_403(answer):
    """A refusal that says no more than its status, as a proxy's."""
    await answer.head("Content-Length: 0", status=403)
    answer.keep_alive = True


@mode
async def head_refused(answer):
    """Lets itself be read, but not by HEAD."""
    if answer.is_head:
        await answer.head("Content-Length: 0", status=403)
    elif "\r\nrange: bytes=0-0\r\n" in answer.request.lower():
        await answer.head(
            f"Content-Range: bytes 0-0/{len(answer.body)}", "Content-Length: 1", f"ETag: {ETAG}",
            f"Last-Modified: {LAST_MODIFIED}", status=206,
        )  # fmt: skip
        await answer.payload(answer.body[:1])
    else:
        await answer.good_head()
        await answer.payload(answer.body)
    answer.keep_alive = True


def s3_refusal(parameter):
    """s3_403_AccessDenied: refuses with this status and S3's code."""
    status, code = parameter.split("_")
    return lambda answer: _error(answer, int(status), code=code)


def once(parameter):
    """once_s503: the first request for a path meets the mode `s503`, later ones are answered well."""

    async def fault(answer):
        path = answer.request.split(" ", 2)[1]
        first = answer.origin.counts[path] == 1
        await (fault_named(parameter) if first else ok)(answer)

    return fault


def region(parameter):
    """region_eu-west-9: refuses what is signed for another region, and names its own in the body."""

    async def fault(answer):
        if f"/{parameter}/s3/aws4_request" in answer.request:
            return await ok(answer)
        more = f"<Region>{parameter}</Region>"
        await _error(answer, 400, code="AuthorizationHeaderMalformed", more=more)

    return fault


def moved(parameter):
    """moved_eu-west-9: as `region`, by a redirect whose head names the region."""

    async def fault(answer):
        if f"/{parameter}/s3/aws4_request" in answer.request:
            return await ok(answer)
        line = f"x-amz-bucket-region: {parameter}"
        await _error(answer, 301, line, code="PermanentRedirect")

    return fault


def keys(parameter):
    """keys_AKID: refuses what is signed with another access key id, as if its token had expired."""

    async def fault(answer):
        if f"Credential={parameter}/" in answer.request:
            return await ok(answer)
        await _error(answer, 400, code="ExpiredToken")

    return fault


FAMILIES = {"s3": s3_refusal, "once": once, "region": region, "moved": moved, "keys": keys}


def fault_named(name):
    """The mode called `name`, or the member of a family (see above); None where there is none."""
    family, _, parameter = name.partition("_")
    if name not in MODES and family in FAMILIES:
        return FAMILIES[family](parameter)
    return MODES.get(name)


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


@mode
async def six_open(answer):
    """The first six requests are answered together, so that the client has six kept connections."""
    if answer.origin.mode_requests["six_open"] <= 6:
        await six_at_once(answer)
    else:
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
