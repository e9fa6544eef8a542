"""What one index revision changed, as it is kept: documents, and the passages within them."""

from __future__ import annotations

from typing import Literal

from knowledge.deltas import Delta
from knowledge.difference import PassageChange
from knowledge.passages import Document, Frozen

# new: a document unknown before. version: a later version. revised: the same version, its file
# changed. reverted: the version in force went and an earlier one is in force again. withdrawn: no
# version is left. Not told to readers: older (a version before the one in force was added),
# renamed (the same file under another name), silent (read otherwise, nothing to notice).
DocumentKind = Literal[
    "new", "version", "revised", "reverted", "withdrawn", "older", "renamed", "silent"
]
TOLD: frozenset[str] = frozenset({"new", "version", "revised", "reverted", "withdrawn"})
GOING = frozenset({"removed", "reworded"})  # what a dossier or an answer can no longer rest on


class DocumentChange(Frozen):
    """What became of one document. `before` is the version that was in force, or the same one as
    it was; `after` the one that is now. `passages` are the changes that a reader notices."""

    kind: DocumentKind
    before: Document | None = None
    after: Document | None = None
    passages: tuple[PassageChange, ...] = ()
    delta: Delta | None = None  # of `after`
    went: tuple[str, ...] = ()  # withdrawn: Passage.digest of every passage

    @property
    def document(self) -> Document:
        """The document as it is now, or as it last was."""
        document = self.after or self.before
        assert document is not None
        return document

    @property
    def told(self) -> bool:
        """Whether readers hear of it."""
        return self.kind in TOLD

    def rested_on(self) -> frozenset[str]:
        """Digests of the passages that are no longer what the document says."""
        changed = (c.before.digest for c in self.passages if c.before and c.kind in GOING)
        return frozenset([*self.went, *changed])


class ChangeSet(Frozen):
    """What one revision changed. A baseline has no state before it, and therefore no changes."""

    revision: str
    previous: str | None  # the revision before
    created: str  # ISO 8601, as the revision's
    baseline: bool = False
    documents: tuple[DocumentChange, ...] = ()
    removed: tuple[str, ...] = ()  # Document.key of every version that is no longer there

    @property
    def told(self) -> tuple[DocumentChange, ...]:
        """What readers hear of."""
        return tuple(change for change in self.documents if change.told)

    def rested_on(self) -> frozenset[str]:
        """Digests of the passages that changed or went: what rested on them is to be read anew."""
        return frozenset().union(*(change.rested_on() for change in self.documents))
