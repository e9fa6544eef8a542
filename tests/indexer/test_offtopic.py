"""Which messages that are not for the assistant an index holds."""

from __future__ import annotations

from pathlib import Path

from indexer.build import build
from indexer.hints import CORPUS
from knowledge.index import current, open_revision
from knowledge.offtopic import load_offtopic
from tests.indexer.conftest import HashEncoder


def noted(source: Path, out: Path, encoder: HashEncoder) -> int:
    """How many messages an index of the source holds."""
    build([source], out, encoder, created="2026-11-23T20:00:00+00:00")
    directory = current(out)
    assert directory is not None
    return len(open_revision(directory).offtopic)


def test_what_the_guide_does_not_answer_is_noted_beside_the_guide_alone(
    tmp_path: Path, encoder: HashEncoder
) -> None:
    sheet = tmp_path / "Guide du permis.md"
    sheet.write_text("# 1. Permis\n\nLe permis se renouvelle en ligne.\n", encoding="utf8")
    assert noted(sheet, tmp_path / "other", encoder) == len(load_offtopic(guide=False)) > 50
    assert noted(CORPUS / "guide.md", tmp_path / "own", encoder) == len(load_offtopic()) > 1_000
