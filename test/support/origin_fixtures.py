"""pytest fixtures for origins: `from origin_fixtures import faulty_origin, swift_server`."""

import pytest

from faulty_origin import FaultyOrigin
from swift_server import SwiftServer


@pytest.fixture(scope="session")
def swift_server():
    with SwiftServer() as swift:
        yield swift


@pytest.fixture
def faulty_origin():
    with FaultyOrigin() as origin:
        yield origin
