"""What a build changes, told from the revision in force and from what was gathered."""

from __future__ import annotations

from indexer.gathering import Gathered
from indexer.revisions import Past
from knowledge.change_set import ChangeSet
from knowledge.changes import compare, state_of


def change_set(before: Past | None, gathered: Gathered, revision: str, created: str) -> ChangeSet:
    """The change set of a revision to be; without a revision before it, the baseline."""
    return compare(
        state_of(before.documents, before.passages) if before else None,
        state_of(gathered.documents, gathered.passages),
        revision=revision,
        previous=before.revision if before else None,
        created=created,
    )
