"""The hot path: Thimble answering from its memory cache against nginx serving the same bytes from a file."""

import shutil
import statistics

from . import client, measure, origin, workloads
from .processes import Process, free_port

WIDTH = 360  # about 20 KB
SECONDS = 2


def nginx_with(body, folder):
    """One worker process, as Thimble's I/O is one thread."""
    root = folder / "hot"
    root.mkdir()
    (root / "picture.jpg").write_bytes(body)
    port = free_port()
    config = root / "nginx.conf"
    config.write_text(origin.CONFIG.format(folder=root, port=port, root=root, user=origin.user_line()))
    return Process([origin.nginx(), "-p", root, "-c", config], port, root / "log")


def run(thimble, folder, rounds):
    """Name -> list of wrk figures, or None without wrk."""
    if not shutil.which("wrk"):
        return None
    target = thimble.target(thimble.origin.key(0, workloads.SRCSET_PHOTO), WIDTH, "jpeg", workloads.QUALITY)
    with thimble.process("--cache-memory", "64MiB") as hot:
        body = client.ask(hot.port, [[target]]).bodies[0]
        with nginx_with(body, folder) as nginx:
            figures = {"thimble": [], "nginx": []}
            for _ in range(rounds):
                figures["thimble"].append(measure.wrk(hot, target, SECONDS))
                figures["nginx"].append(measure.wrk(nginx, "/picture.jpg", SECONDS))
    return {"bytes": len(body), "rounds": figures,
            **{name: {key: statistics.median(f[key] for f in list_) for key in list_[0]}
               for name, list_ in figures.items()}}
