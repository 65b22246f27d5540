import os
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent / "support"))


def shared_folder(name):
    root = os.environ.get("THIMBLE_SHARED")
    if not root or not (pathlib.Path(root) / name).is_dir():
        pytest.skip(f"THIMBLE_SHARED names no folder with {name}/")
    return pathlib.Path(root) / name


@pytest.fixture(scope="session")
def shared_photos():
    return shared_folder("photos")


@pytest.fixture(scope="session")
def shared_bank():
    return shared_folder("bank")
