"""What a build would change, without building: nothing is embedded, nothing written."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

from indexer.gathering import gather
from indexer.holding import hold_back
from indexer.progress import Progress, Silent
from indexer.recording import change_set
from indexer.report import FileProblem, NothingRead
from indexer.revisions import in_force, past
from indexer.sources import find
from knowledge.change_set import ChangeSet
from knowledge.passages import Frozen
from knowledge.phrases import Problem


class Preview(Frozen):
    """The change set that a build would record, and what it would say of the files."""

    changes: ChangeSet
    problems: tuple[FileProblem, ...] = ()
    notices: tuple[FileProblem, ...] = ()

    @property
    def nothing(self) -> bool:
        """Whether a build would change no document."""
        found = self.changes
        return not (found.baseline or found.documents or found.removed)


def preview(
    sources: Sequence[Path],
    out: Path,
    *,
    created: str,
    accept: Collection[str] = (),
    progress: Progress | None = None,
) -> Preview:
    """Reads the sources as a build would. Raises Problem as a build does."""
    progress = progress or Silent()
    try:
        old = in_force(out)
        gathered = gather(find(sources).files, old, progress, hints=True)
        before = past(out, old)
        gathered = hold_back(gathered, before, created, accept)
    finally:
        progress.close()
    if not gathered.documents:
        if gathered.problems:
            raise NothingRead(gathered.problems)
        raise Problem("nothing_to_index", sources=", ".join(map(str, sources)))
    return Preview(
        changes=change_set(before, gathered, "", created),
        problems=gathered.problems,
        notices=gathered.notices,
    )
