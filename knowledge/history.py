"""The history of the documents as one audience may know it: from what the index holds in several
versions, and from the change sets kept. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from itertools import islice, pairwise

from knowledge.change_set import ChangeSet, DocumentChange
from knowledge.changes import dated, for_audience
from knowledge.difference import difference
from knowledge.passages import Document, Frozen, Passage

Reading = Callable[[Document], Sequence[Passage]]  # a document's passages in reading order


class Event(Frozen):
    """One document's change and the day it is of: that of the version, or of its publication."""

    day: date
    change: DocumentChange

    @property
    def versions(self) -> tuple[str | None, str | None]:
        """The keys of the two states compared."""
        before, after = self.change.before, self.change.after
        return before.key if before else None, after.key if after else None


def versions_of(name: str, documents: Iterable[Document]) -> list[Document]:
    """The dated versions of a document, by Document.id, oldest first."""
    return sorted((d for d in documents if d.id == name and d.version), key=dated)


def compared(old: Document, new: Document, read: Reading) -> DocumentChange:
    """Two versions that the index holds, side by side."""
    passages = difference(tuple(read(old)), tuple(read(new)))
    return DocumentChange(kind="version", before=old, after=new, passages=passages)


def recorded(sets: Iterable[ChangeSet], audience: str, since: date) -> Iterator[Event]:
    """What was published from a day on, newest first, as far as this audience may know it; read
    as one goes on."""
    for change_set in sets:
        day = published(change_set)
        if day < since:
            return
        for change in for_audience(change_set, audience):
            yield Event(day=day, change=change)


def published(change_set: ChangeSet) -> date:
    """The day a change set came in force."""
    return date.fromisoformat(change_set.created[:10])


def of_versions(
    documents: Sequence[Document], since: date, read: Reading, most: int
) -> list[Event]:
    """Each version dated from a day on that follows another one in the index, the newest first."""
    names = sorted({document.id for document in documents})
    pairs = [pair for name in names for pair in pairwise(versions_of(name, documents))]
    later = [(old, new) for old, new in pairs if dated(new) >= since]
    later.sort(key=lambda pair: dated(pair[1]), reverse=True)
    return [Event(day=dated(new), change=compared(old, new, read)) for old, new in later[:most]]


def events(
    documents: Sequence[Document],
    sets: Iterable[ChangeSet],
    audience: str,
    since: date,
    read: Reading,
    most: int,
) -> list[Event]:
    """What changed from a day on, newest first, at most so many, nothing twice. `documents` and
    `read` give what the audience may read."""
    told = list(recorded(sets, audience, since))
    known = {event.versions for event in told}
    own = of_versions(documents, since, read, most + len(known))
    told += [event for event in own if event.versions not in known]
    told.sort(key=lambda event: (event.day, event.change.document.id), reverse=True)
    return told[:most]


def of_document(
    name: str,
    documents: Sequence[Document],
    sets: Iterable[ChangeSet],
    audience: str,
    since: date | None,
    read: Reading,
) -> list[Event]:
    """What became of one document: the version in force on that day beside the one in force now,
    and what was published since that this doesn't show. Without a day: the latest change."""
    versions = versions_of(name, documents)
    own = (e for e in recorded(sets, audience, since or date.min) if e.change.document.id == name)
    if since is None:
        if len(versions) < 2:
            return list(islice(own, 1))
        return [Event(day=dated(versions[-1]), change=compared(versions[-2], versions[-1], read))]
    spanned: list[Event] = []
    later = [d for d in versions if dated(d) > since]
    earlier = [d for d in versions if dated(d) <= since]
    if len(versions) > 1 and later and (earlier or len(later) > 1):
        base = earlier[-1] if earlier else later[0]
        change = compared(base, versions[-1], read)
        spanned = [Event(day=dated(versions[-1]), change=change)]
    shown = {d.key for d in versions} if spanned else set()
    return [
        *spanned,
        *(e for e in own if e.change.kind != "version" or e.change.document.key not in shown),
    ]
