"""What a build changes, told from the revision in force and from what was gathered."""

from __future__ import annotations

from indexer.gathering import Gathered
from knowledge.change_set import ChangeSet
from knowledge.changes import compare, state_of
from knowledge.index import Revision


def change_set(old: Revision | None, gathered: Gathered, revision: str, created: str) -> ChangeSet:
    """The change set of a revision to be; without a revision before it, the baseline."""
    return compare(
        state_of(old.manifest.documents, old.passages) if old else None,
        state_of(gathered.documents, gathered.passages),
        revision=revision,
        previous=old.manifest.revision if old else None,
        created=created,
    )
