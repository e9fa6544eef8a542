from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from tests.delivery.world import Office

MEMORY = Path("/dev/shm")  # a file system in memory: no disk to wait for


@pytest.fixture
def folder(tmp_path):
    if not MEMORY.is_dir():
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(dir=MEMORY) as name:
        yield Path(name)


@pytest.fixture
def office(folder):
    made = Office(folder)
    yield made
    made.close()
