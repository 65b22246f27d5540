"""pytest fixtures for origins: `from origin_fixtures import faulty_origin, s3proxy_server, swift_server`."""

import pytest

import s3proxy
from faulty_origin import FaultyOrigin
from swift_server import SwiftServer


@pytest.fixture(scope="session")
def swift_server():
    with SwiftServer() as swift:
        yield swift


@pytest.fixture(scope="session")
def s3proxy_server():
    if reason := s3proxy.why_not():
        pytest.skip(reason)
    with s3proxy.S3ProxyServer() as store:
        yield store


@pytest.fixture
def faulty_origin():
    with FaultyOrigin() as origin:
        yield origin
