"""What one audience may read of a revision: everything else is out before anything is scored."""

from __future__ import annotations

from collections.abc import Container
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from knowledge.cues import CUES, gives
from knowledge.embedding import Vectors
from knowledge.passages import READABLE, Document, Passage
from knowledge.question import Filters
from knowledge.revision import Reach, Revision

CUES_UP_TO = 20_000  # passages: reading a larger collection for cues would slow its opening


class Scope:
    """What one audience may read of a revision; made once for each audience."""

    def __init__(self, revision: Revision, audience: str) -> None:
        self.revision = revision
        self.levels = READABLE.get(audience, READABLE["outsider"])
        self.documents = {k: d for k, d in revision.documents.items() if d.audience in self.levels}
        self.superseded = superseded(self.documents)
        self.passages = self._of(self.documents)
        self._in_force = self._of(self.documents.keys() - self.superseded)
        self.sheet = self._of({k for k, d in self.documents.items() if d.kind == "fiche"})

    def _of(self, keys: Container[str]) -> NDArray[np.bool_]:
        """Which passages are of these documents, (passages,)."""
        chosen = np.array([key in keys for key in self.revision.documents], dtype=bool)
        return chosen[self.revision.passage_document]

    @cached_property
    def gives(self) -> Vectors:
        """Which kinds of answer each passage gives, (passages, kinds); see cues."""
        passages = self.revision.passages
        if len(passages) > CUES_UP_TO:
            return np.zeros((len(passages), len(CUES)), dtype=np.float32)
        rows = [gives(p.text) for p in passages]
        return np.stack(rows) if rows else np.zeros((0, len(CUES)), dtype=np.float32)

    @cached_property
    def contacts(self) -> tuple[Passage, ...]:
        """The readable passages that name a contact, in order."""
        passages = self.revision.passages
        return tuple(
            passages[number]
            for number in np.flatnonzero(self.passages)
            if passages[number].form == "contact"
        )

    def counts(self) -> dict[str, int]:
        """Folded words of the readable passages and how often each occurs."""
        return self.revision.words(self.levels)

    @cached_property
    def everything(self) -> Reach:
        """What a question that names neither supplier, kind nor date may be answered from."""
        return self.revision.reach(self.passages & self._in_force)

    def reach(self, filters: Filters) -> Reach:
        """What may be searched: readable and within the filters.

        Versions no longer in force are left out unless the question wants them.
        """
        if filters == Filters():
            return self.everything
        mask = self.passages if filters.older else self.passages & self._in_force
        keep = set()
        for key, document in self.documents.items():
            if filters.kinds and document.kind not in filters.kinds:
                continue
            if filters.supplier and document.supplier != filters.supplier:
                continue
            if filters.versions and document.version not in filters.versions:
                continue
            if filters.older and not filters.versions and key not in self.superseded:
                continue
            keep.add(key)
        narrowed = mask & self._of(keep)
        return self.revision.reach(narrowed if narrowed.any() else mask)


def superseded(documents: dict[str, Document]) -> frozenset[str]:
    """Keys of the documents of which a later dated version is there too."""
    latest: dict[str, Document] = {}
    for document in documents.values():
        other = latest.get(document.id)
        if document.version and (
            other is None or other.version is None or document.version > other.version
        ):
            latest[document.id] = document
    return frozenset(
        key
        for key, document in documents.items()
        if document.id in latest and latest[document.id].key != key
    )
