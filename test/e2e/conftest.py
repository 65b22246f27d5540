import dataclasses
import io
import pathlib
import urllib.parse

import numpy as np
import pytest
from PIL import Image

from origin_fixtures import faulty_origin, s3proxy_server, swift_server  # noqa: F401 (fixtures)
from thimble import Server

# Names that a music service has, and names that break signers and parsers.
ODD_KEYS = [
    "svc/images/main/a.jpg",
    "앨범/가을 노래/표지 (1).jpg",
    "a+b=c&d.jpg",
    "100%.jpg",
    "q?uestion#hash.jpg",
    "tilde~star*'quote'.jpg",
    "deep/er/and/deep/er/still/x.jpg",
]


def pytest_configure(config):
    config.addinivalue_line("markers", "waits: mostly waits, so that it may run beside the others (test/CMakeLists.txt)")


def cover(width=1200, height=1000, seed=1):
    """A picture with some detail, different for each seed."""
    rng = np.random.default_rng(seed)
    coarse = Image.fromarray(rng.integers(0, 255, (12, 16, 3), dtype=np.uint8))
    pixels = np.asarray(coarse.resize((width, height), Image.Resampling.BICUBIC)).astype(np.int16)
    return Image.fromarray(np.clip(pixels + rng.integers(-12, 12, pixels.shape), 0, 255).astype(np.uint8))


def encoded(image, form, **options):
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def opened(response):
    image = Image.open(io.BytesIO(response.content))
    image.load()
    return image


def quoted(key):
    return urllib.parse.quote(key, safe="/")


def originals():
    jpeg = encoded(cover(), "JPEG", quality=88)
    picture = cover(640, 480, 2)
    alpha = Image.linear_gradient("L").resize(picture.size)
    files = {key: jpeg for key in ODD_KEYS}
    files["music/song.png"] = encoded(Image.merge("RGBA", (*picture.split(), alpha)), "PNG")
    files["music/artist.webp"] = encoded(picture, "WEBP", quality=85)
    files["wrong-name.png"] = jpeg
    files["melon"] = jpeg
    files["text.jpg"] = b"<html>no picture</html>"
    files["broken.jpg"] = jpeg[: len(jpeg) // 2]
    files["empty.jpg"] = b""
    return files


@pytest.fixture(scope="session")
def files():
    return originals()


@pytest.fixture(scope="session")
def file_root(tmp_path_factory, files):
    root = tmp_path_factory.mktemp("originals")
    for key, body in files.items():
        path = root / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
    return root


@dataclasses.dataclass
class Bucket:
    """A bucket of a real S3 server, filled with `files`, and what Thimble needs to read it."""

    arguments: list
    env: dict
    server: object


def filled_bucket(server, files):
    client = server.client()
    for key, body in files.items():
        client.put_object(Bucket=server.bucket, Key=key, Body=body)
    return Bucket(
        ["--origin", f"s3://{server.bucket}", "--s3-endpoint", server.endpoint, "--s3-region", server.region],
        {"AWS_ACCESS_KEY_ID": server.access_key, "AWS_SECRET_ACCESS_KEY": server.secret_key},
        server,
    )


@pytest.fixture(scope="session")
def bucket(swift_server, files):  # noqa: F811
    return filled_bucket(swift_server, files)


@pytest.fixture(scope="module")
def on_files(file_root):
    with Server("--origin", f"file:{file_root}") as server:
        yield server


@pytest.fixture(scope="module")
def on_s3(bucket):
    with Server(*bucket.arguments, env=bucket.env) as server:
        yield server


@pytest.fixture(scope="module")
def on_s3proxy(s3proxy_server, files):  # noqa: F811
    bucket_of_proxy = filled_bucket(s3proxy_server, files)
    with Server(*bucket_of_proxy.arguments, env=bucket_of_proxy.env) as server:
        yield server


@pytest.fixture(params=["files", "s3", "s3proxy"])
def service(request):
    """Every test that takes this runs against a file tree and against two S3 servers."""
    return request.getfixturevalue(f"on_{request.param}")


@pytest.fixture
def small_tree(tmp_path):
    (tmp_path / "a.jpg").write_bytes(encoded(cover(), "JPEG", quality=88))
    return pathlib.Path(tmp_path)
