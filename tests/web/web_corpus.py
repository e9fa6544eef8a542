"""The shipped documents for the web page, read as the index reads them, without an encoder."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from web_fakes import FakeKnowledge

from indexer.chunking import chunk
from indexer.readers import read
from knowledge.passages import READABLE, Document, Passage

CORPUS = Path(__file__).parents[2] / "knowledge" / "corpus"


@cache
def shipped() -> dict[str, tuple[Document, tuple[Passage, ...]]]:
    """The guide and the FAQ with their passages, by key."""
    found = {}
    for name in ("guide.md", "faq.md"):
        document, blocks = read(CORPUS / name, CORPUS)
        found[document.key] = (document, tuple(chunk(document, blocks)))
    return found


class CorpusKnowledge(FakeKnowledge):
    """Real documents to cite and to open; answers by key word, like the fake."""

    def held(self, audience: str) -> list[tuple[Document, tuple[Passage, ...]]]:
        return [one for one in shipped().values() if one[0].audience in READABLE[audience]]

    def sections(self, section: str, audience: str) -> tuple[tuple[Document, Passage], ...]:
        return tuple(
            (document, passage)
            for document, passages in self.held(audience)
            for passage in passages
            if passage.section == section
        )

    def document(self, key: str, audience: str) -> tuple[Document, tuple[Passage, ...]] | None:
        found = next((one for one in self.held(audience) if one[0].key == key), None)
        return found or super().document(key, audience)

    def passage(self, passage_id: str, audience: str) -> tuple[Document, Passage] | None:
        found = self.document(passage_id.rpartition("#")[0], audience)
        passages = found[1] if found else ()
        return next(((found[0], p) for p in passages if p.id == passage_id), None)

    def documents(self, audience: str) -> tuple[Document, ...]:
        return tuple(document for document, _ in self.held(audience))
