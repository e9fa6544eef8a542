"""The shipped documents as the assistant reads them, without an encoder; the shipped dialogs."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from indexer.chunking import chunk
from indexer.readers import read
from knowledge.dialog import Dialog
from knowledge.dialog_file import load_dialogs
from knowledge.passages import READABLE, Document, Passage
from tests.assistant_fakes import FakeKnowledge

CORPUS = Path(__file__).parents[2] / "knowledge" / "corpus"


@dataclass
class CorpusKnowledge(FakeKnowledge):
    """Sections of real documents; answers like the fake."""

    held: tuple[tuple[Document, Passage], ...] = field(default_factory=tuple)

    def sections(self, section: str, audience: str):
        return tuple(
            (document, passage)
            for document, passage in self.held
            if passage.section == section and document.audience in READABLE[audience]
        )


@pytest.fixture(scope="session")
def shipped() -> tuple[tuple[Document, Passage], ...]:
    """The guide's and the FAQ's passages with their documents."""
    found = []
    for name in ("guide.md", "faq.md"):
        document, blocks = read(CORPUS / name, CORPUS)
        found += [(document, passage) for passage in chunk(document, blocks)]
    return tuple(found)


@pytest.fixture
def corpus(shipped: tuple[tuple[Document, Passage], ...]) -> CorpusKnowledge:
    return CorpusKnowledge(held=shipped)


@pytest.fixture(scope="session")
def dialogs() -> dict[str, Dialog]:
    return load_dialogs()
