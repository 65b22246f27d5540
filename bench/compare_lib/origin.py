"""The originals' server: nginx with plain files, the same for everyone; its CPU time counts for nobody.

Each original is there once for every concurrent client, because Thimble would answer identical requests under way
with one piece of work. /bucket/0/photo.jpg is the first client's copy.
"""

import os
import pathlib
import shutil

from .processes import Process, free_port

CLIENTS = 2

CONFIG = """
daemon off; master_process on; worker_processes 1; pid {folder}/nginx.pid; error_log stderr error; {user}
events {{ worker_connections 256; }}
http {{
  access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000; keepalive_timeout 600s;
  client_body_temp_path {folder}/t; proxy_temp_path {folder}/t; fastcgi_temp_path {folder}/t;
  uwsgi_temp_path {folder}/t; scgi_temp_path {folder}/t;
  open_file_cache max=1000;
  server {{ listen 127.0.0.1:{port}; root {root}; }}
}}
"""


def nginx():
    return shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")


def user_line():
    """Started by root, nginx gives its workers to another user, who may not read the temporary folder."""
    return "user root;" if os.geteuid() == 0 else ""


class Origin:
    BUCKET = "bucket"

    def __init__(self, photos, folder, names):
        self.folder = pathlib.Path(folder) / "origin"
        self.port = free_port()
        for client in range(CLIENTS):
            copies = self.folder / "files" / self.BUCKET / str(client)
            copies.mkdir(parents=True)
            for name in names:
                shutil.copyfile(pathlib.Path(photos) / name, copies / name)
        (self.folder / "nginx.conf").write_text(
            CONFIG.format(folder=self.folder, port=self.port, root=self.folder / "files", user=user_line()))
        self.process = Process([nginx(), "-p", self.folder, "-c", self.folder / "nginx.conf"], self.port,
                               self.folder / "log")

    @property
    def endpoint(self):
        return f"http://127.0.0.1:{self.port}"

    def key(self, client, photo):
        return f"{client}/{photo}"

    def url(self, key):
        return f"{self.endpoint}/{self.BUCKET}/{key}"

    def __enter__(self):
        self.process.start()
        return self

    def __exit__(self, *_):
        self.process.stop()
