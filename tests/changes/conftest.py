"""Documents read for real: the shipped sheets' pairs of versions, and the guide."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.gathering import read_one
from knowledge.passages import Document, Passage

ROOT = Path(__file__).resolve().parents[2]
SHEETS = ROOT / "knowledge" / "corpus" / "fiches"
OFFICIAL = ROOT.parent / "shared" / "guide" / "guide-infonuagique-privee_2021-07-22.txt"
SHIPPED_GUIDE = ROOT / "knowledge" / "corpus" / "guide.md"

Held = tuple[Document, tuple[Passage, ...]]


def read_file(path: Path) -> Held:
    """A file's document and passages."""
    document, passages = read_one(path, path.parent, hints=False)
    return document, tuple(passages)


@pytest.fixture(scope="session")
def pairs() -> dict[str, tuple[Held, Held]]:
    """Document id → the two versions of each shipped sheet, the older first."""
    found: dict[str, list[Held]] = {}
    for path in sorted(SHEETS.glob("*.md")):
        held = read_file(path)
        found.setdefault(held[0].id, []).append(held)
    return {key: (versions[0], versions[1]) for key, versions in found.items()}


@pytest.fixture(scope="session")
def guide_file() -> Path:
    """The official guide where this machine has it, else the shipped one."""
    return OFFICIAL if OFFICIAL.is_file() else SHIPPED_GUIDE


@pytest.fixture(scope="session")
def guide(guide_file: Path) -> Held:
    """The guide as it is."""
    return read_file(guide_file)
