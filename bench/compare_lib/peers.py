"""The servers under comparison: how each is found, started and asked. Two cores and no caches for every one.

What has to be installed (bench/install-peers) is looked for in $THIMBLE_PEERS, default ~/.cache/thimble-peers.
"""

import json
import os
import pathlib
import shutil
import subprocess

from . import origin as origin_server
from .processes import Process, free_port

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("THIMBLE_BUILD", ROOT / "build" / "release"))
EARLIER_BUILD = os.environ.get("THIMBLE_EARLIER_BUILD")
PEERS = pathlib.Path(os.environ.get("THIMBLE_PEERS", pathlib.Path.home() / ".cache" / "thimble-peers"))
SERVERS = pathlib.Path(__file__).resolve().parent / "servers"
CORES = 2


def output_of(*command):
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True, check=False, timeout=30)
    return (done.stdout + done.stderr).strip()


def clean_environment(**extra):
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("THIMBLE_", "AWS_"))}
    return {**kept, **{name: str(value) for name, value in extra.items()}}


class Peer:
    name = ""
    slow = False  # measured on one workload only
    competes = True  # may be the best peer

    def __init__(self, origin, folder):
        self.origin, self.folder = origin, pathlib.Path(folder)

    def missing(self):
        """What keeps this peer out of the comparison, or None."""
        raise NotImplementedError

    def version(self):
        raise NotImplementedError

    def supports(self, workload):
        return True

    def target(self, key, width, format_, quality):
        return f"/{width}/{format_}/{quality}/{key}"

    def process(self):
        raise NotImplementedError

    def _process(self, command, port, env=None):
        return Process(command, port, self.folder / f"{self.name.replace(' ', '-')}.log", env)


class Thimble(Peer):
    name = "thimble"
    build = BUILD

    def missing(self):
        return None if (self.build / "thimble").exists() else f"no {self.build}/thimble: run script/build"

    def version(self):
        return output_of(self.build / "thimble", "--version").removeprefix("thimble ")

    def target(self, key, width, format_, quality):
        return f"/resize/{key}?size={width}&quality={quality}&fm={format_}"

    def process(self, *arguments):
        port = free_port()
        command = [self.build / "thimble", "serve", "--listen", f"127.0.0.1:{port}", "--workers", CORES, "--origin",
                   f"s3://{self.origin.BUCKET}", "--s3-endpoint", self.origin.endpoint, "--log-level", "error",
                   *(arguments or ("--cache-memory", "0"))]
        # The origin serves anyone; Thimble signs its requests all the same, as it would have to elsewhere.
        return self._process(command, port, clean_environment(AWS_ACCESS_KEY_ID="bench", AWS_SECRET_ACCESS_KEY="bench"))


class EarlierThimble(Thimble):
    """Another build, to see before and after in one run."""
    name = "thimble before"
    build = pathlib.Path(EARLIER_BUILD or "")
    competes = False


class NodePeer(Peer):
    package = ""
    script = ""

    def missing(self):
        if not shutil.which("node"):
            return "no node"
        return None if (PEERS / "node_modules" / self.package).is_dir() else f"no {self.package} in {PEERS}"

    def version(self):
        manifest = json.loads((PEERS / "node_modules" / self.package / "package.json").read_text())
        return f"{manifest['version']}, Node {output_of('node', '--version').removeprefix('v')}"

    def process(self):
        port = free_port()
        originals = f"{self.origin.endpoint}/{self.origin.BUCKET}"
        return self._process(["node", SERVERS / self.script, port, originals, CORES], port,
                             clean_environment(THIMBLE_PEERS=PEERS, UV_THREADPOOL_SIZE=CORES))


class Sharp(NodePeer):
    name = "sharp"
    package = "sharp"
    script = "sharp.js"


class Jimp(NodePeer):
    name = "jimp"
    package = "jimp"
    script = "jimp.js"
    slow = True

    def supports(self, workload):
        return workload.format == workload.source_format and workload.format in ("jpeg", "png")


class Libvips(Peer):
    name = "libvips"

    def environment(self):
        return clean_environment(PYTHONPATH=PEERS / "python", VIPS_CONCURRENCY=1)

    def missing(self):
        found = subprocess.run(["/usr/bin/python3", "-c", "import pyvips"], env=self.environment(),
                               capture_output=True, check=False)
        return None if found.returncode == 0 else f"no pyvips in {PEERS}"

    def version(self):
        return output_of("pkg-config", "--modversion", "vips") + ", thumbnail_buffer through pyvips"

    def process(self):
        port = free_port()
        return self._process(["/usr/bin/python3", SERVERS / "libvips.py", port,
                              f"{self.origin.endpoint}/{self.origin.BUCKET}"], port, self.environment())


class NginxFilter(Peer):
    name = "nginx image_filter"
    MODULE = pathlib.Path("/usr/lib/nginx/modules/ngx_http_image_filter_module.so")
    CONFIG = """
load_module {module};
daemon off; worker_processes {cores}; pid {folder}/filter.pid; error_log stderr error; {user}
events {{ worker_connections 256; }}
http {{
  access_log off; keepalive_requests 1000000; keepalive_timeout 600s;
  client_body_temp_path {folder}/t; proxy_temp_path {folder}/t; fastcgi_temp_path {folder}/t;
  uwsgi_temp_path {folder}/t; scgi_temp_path {folder}/t;
  proxy_buffer_size 64k; proxy_buffers 128 64k; proxy_busy_buffers_size 128k;
  upstream originals {{ server {origin}; keepalive 8; }}
  server {{
    listen 127.0.0.1:{port};
    location ~ ^/(?<width>[0-9]+)/[a-z]+/(?<quality>[0-9]+)/(?<key>.+)$ {{
      proxy_pass http://originals/{bucket}/$key; proxy_http_version 1.1; proxy_set_header Connection "";
      image_filter resize $width -; image_filter_buffer 30M;
      image_filter_jpeg_quality $quality; image_filter_webp_quality $quality;
    }}
  }}
}}
"""

    def missing(self):
        if not origin_server.nginx():
            return "no nginx"
        return None if self.MODULE.exists() else f"no {self.MODULE}"

    def version(self):
        return output_of(origin_server.nginx(), "-v").rpartition("/")[2] + ", libgd"

    def supports(self, workload):  # it changes no format and knows no EXIF
        return workload.format == workload.source_format and not workload.needs_turning

    def process(self):
        port = free_port()
        config = self.folder / "filter.conf"
        config.write_text(self.CONFIG.format(
            module=self.MODULE, cores=CORES, folder=self.folder, origin=f"127.0.0.1:{self.origin.port}", port=port,
            bucket=self.origin.BUCKET, user=origin_server.user_line()))
        return self._process([origin_server.nginx(), "-p", self.folder, "-c", config], port)


class GoPeer(Peer):
    program = ""

    def path(self):
        return PEERS / "bin" / self.program

    def missing(self):
        return None if self.path().exists() else f"no {self.path()}"


class Imgproxy(GoPeer):
    name = "imgproxy"
    program = "imgproxy"

    def version(self):
        return output_of(self.path(), "version")

    def target(self, key, width, format_, quality):
        return f"/insecure/rs:fit:{width}:0/q:{quality}/plain/{self.origin.url(key)}@{format_}"

    def process(self):
        port = free_port()
        return self._process([self.path()], port, clean_environment(
            IMGPROXY_BIND=f"127.0.0.1:{port}", IMGPROXY_WORKERS=CORES, GOMAXPROCS=CORES, IMGPROXY_LOG_LEVEL="error",
            IMGPROXY_ALLOW_LOOPBACK_SOURCE_ADDRESSES="true", IMGPROXY_MAX_SRC_RESOLUTION=50))


class Imagor(GoPeer):
    name = "imagor"
    program = "imagor"

    def version(self):
        return output_of(self.path(), "-version")

    def target(self, key, width, format_, quality):
        return f"/unsafe/fit-in/{width}x100000/filters:quality({quality}):format({format_})/{self.origin.url(key)}"

    def process(self):
        port = free_port()
        return self._process([self.path(), "-port", port, "-imagor-unsafe", "-vips-concurrency", 1,
                              "-imagor-process-concurrency", CORES,
                              "-imagor-process-queue-size", 64],  # or it refuses a srcset with 429
                             port, clean_environment(GOMAXPROCS=CORES))


ALL = (Thimble, *((EarlierThimble,) if EARLIER_BUILD else ()), Imgproxy, Imagor, Sharp, Libvips, NginxFilter, Jimp)
