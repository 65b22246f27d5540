"""libvips itself behind the least server that works: what imgproxy, imagor and weserv cannot get below.

python3 libvips.py PORT ORIGIN      GET /{width}/{format}/{quality}/{key...}

thumbnail_buffer is libvips' own fast path (shrink on load, then Lanczos3). Threads of the server are the parallelism,
with one libvips thread each (VIPS_CONCURRENCY=1); no operation cache.
"""

import http.client
import http.server
import sys
import threading

import pyvips

PORT, ORIGIN = int(sys.argv[1]), sys.argv[2]
ORIGIN_ADDRESS, ORIGIN_PATH = ORIGIN.removeprefix("http://").split("/", 1)
kept = threading.local()


def fetch_original(key):
    if not hasattr(kept, "connection"):
        kept.connection = http.client.HTTPConnection(ORIGIN_ADDRESS)
    kept.connection.request("GET", f"/{ORIGIN_PATH}/{key}")
    answer = kept.connection.getresponse()
    body = answer.read()
    if answer.status != 200:
        raise RuntimeError(f"origin: {answer.status}")
    return body


def resized(original, width, format_, quality):
    image = pyvips.Image.thumbnail_buffer(original, width, height=10_000_000, size="down")
    if format_ == "png":
        return image.pngsave_buffer(strip=True)
    if format_ == "webp":
        return image.webpsave_buffer(Q=quality, strip=True)
    return image.jpegsave_buffer(Q=quality, strip=True, optimize_coding=True)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def do_GET(self):
        _, width, format_, quality, key = self.path.split("/", 4)
        result = resized(fetch_original(key), int(width), format_, int(quality))
        self.send_response(200)
        self.send_header("Content-Type", f"image/{format_}")
        self.send_header("Content-Length", str(len(result)))
        self.end_headers()
        self.wfile.write(result)

    def log_message(self, *_):
        pass


pyvips.cache_set_max(0)
http.server.ThreadingHTTPServer(("127.0.0.1", PORT), Handler).serve_forever()
