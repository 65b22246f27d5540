"""The trust boundary is a fact of linking: the server links no codec, the worker no network."""

import os
import pathlib
import re
import subprocess

import pytest

from sources import ROOT

BUILD = pathlib.Path(os.environ.get("THIMBLE_BUILD", ROOT / "build" / "release"))
CODECS = ("jpeg", "turbojpeg", "png", "png16", "webp", "webpdemux", "webpmux", "sharpyuv", "lcms2", "hwy", "deflate")
CODEC_SYMBOLS = re.compile(r"^(jpeg_|png_|WebP|cms[A-Z]|hwy::|libdeflate_)")
NETWORK_SYMBOLS = re.compile(r"^(curl_|SSL_|EVP_|connect$|bind$|listen$|accept4?$|getaddrinfo$|gethostby|boost::asio)")
SANITIZER_SYMBOLS = {"__asan_init", "__tsan_init"}

# All that a decoder's fault could be turned against. A new name here is a decision.
WORKER_LIBRARIES = {
    "linux-vdso", "ld-linux-x86-64", "ld-linux-aarch64",
    "c", "m", "gcc_s", "stdc++",  # the language
    "jpeg", "png16", "z", "deflate", "webp", "webpdemux", "sharpyuv", "lcms2",  # codecs and colour
    "hwy", "fmt", "seccomp",
}


def libraries_of(program):
    """Names of all shared objects, direct and indirect, without lib- and versions."""
    listing = subprocess.run(["ldd", BUILD / program], capture_output=True, check=True, text=True).stdout
    names = (pathlib.Path(line.split()[0]).name for line in listing.splitlines() if line.strip())
    return {re.sub(r"^lib", "", re.sub(r"(-\d+\.[\d.]+)?\.so.*", "", name)) for name in names}


def symbols_of(program):
    """Defined or needed, so that static linking is seen too."""
    listing = subprocess.run(["nm", "--demangle", BUILD / program], capture_output=True, check=True, text=True).stdout
    return {re.sub(r"@.*", "", line.split(maxsplit=2 if line[0] != " " else 1)[-1]) for line in listing.splitlines()}


@pytest.fixture(autouse=True)
def built():
    if not (BUILD / "thimble").is_file() or not (BUILD / "thimble-worker").is_file():
        pytest.fail(f"build both programs first: {BUILD}")
    if SANITIZER_SYMBOLS & symbols_of("thimble-worker"):
        pytest.skip("a sanitizer puts its own connect() and more into every program; the release build is looked at")


def test_the_server_links_no_codec():
    assert libraries_of("thimble") & set(CODECS) == set()
    assert sorted(filter(CODEC_SYMBOLS.match, symbols_of("thimble"))) == []


def test_the_worker_links_no_network():
    assert sorted(filter(NETWORK_SYMBOLS.match, symbols_of("thimble-worker"))) == []


def test_the_worker_links_nothing_unexpected():
    assert libraries_of("thimble-worker") - WORKER_LIBRARIES == set()


def test_the_sieve_would_catch_what_it_is_for():
    assert libraries_of("thimble-worker") & set(CODECS)
    assert list(filter(CODEC_SYMBOLS.match, symbols_of("thimble-worker")))
    assert list(filter(NETWORK_SYMBOLS.match, symbols_of("thimble")))
