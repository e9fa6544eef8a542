"""Two states of the documents → what changed between them, and from that the new state again.

A state is the documents in every version with their passages. A change set is what one index
revision brought; it is kept for ever and needs no revision to be read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from knowledge.change_set import ChangeSet, DocumentChange, DocumentKind
from knowledge.deltas import delta, made
from knowledge.difference import difference
from knowledge.passages import READABLE, Document, Passage

Held = tuple[Document, tuple[Passage, ...]]  # a version and its passages
State = dict[str, Held]  # by Document.key


def state_of(documents: Iterable[Document], passages: Iterable[Passage]) -> State:
    """Documents with their passages in reading order."""
    held: dict[str, tuple[Document, list[Passage]]] = {d.key: (d, []) for d in documents}
    for passage in passages:
        held[passage.document][1].append(passage)
    return {key: (document, tuple(found)) for key, (document, found) in held.items()}


def in_force(state: State) -> dict[str, Document]:
    """Document.id → its latest version."""
    latest: dict[str, Document] = {}
    for document, _ in state.values():
        other = latest.get(document.id)
        if other is None or dated(document) > dated(other):
            latest[document.id] = document
    return latest


def dated(document: Document) -> date:
    """The version's date; one without a date comes before all others."""
    return document.version or date.min


def compare(
    before: State | None, after: State, *, revision: str, previous: str | None, created: str
) -> ChangeSet:
    """The change set from one state to the next; without a state before, the baseline."""
    if before is None:
        return ChangeSet(revision=revision, previous=previous, created=created, baseline=True)
    return ChangeSet(
        revision=revision,
        previous=previous,
        created=created,
        documents=tuple(_documents(before, after)),
        removed=tuple(key for key in before if key not in after),
    )


def _documents(before: State, after: State) -> Iterator[DocumentChange]:
    was, now = in_force(before), in_force(after)
    renamed = _renamed(before, after, was, now)
    versions: dict[str, dict[str, Held]] = {}
    for key, held in [*before.items(), *after.items()]:
        versions.setdefault(held[0].id, {})[key] = held
    for key, held in after.items():
        document = held[0]
        if key in before:
            yield from _same_version(before[key], held)
        elif key in renamed:
            ground = before[renamed[key]]
            yield _change("renamed", ground, held, ground, tell=False)
        elif document.id not in was:
            newest = now[document.id].key == key
            yield _change("new" if newest else "older", None, held, None)
        elif dated(document) > dated(was[document.id]):
            ground = before[was[document.id].key]
            yield _change("version", ground, held, _earlier(held, versions[document.id]))
        else:
            yield _change("older", None, held, None)
    for name, document in was.items():
        later = now.get(name)
        if later is None and document.key not in renamed.values():
            yield DocumentChange(kind="withdrawn", before=document, went=_digests(before, document))
        elif later is not None and dated(later) < dated(document):
            went = _digests(before, document)
            yield DocumentChange(kind="reverted", before=document, after=later, went=went)


def _digests(state: State, document: Document) -> tuple[str, ...]:
    return tuple(passage.digest for passage in state[document.key][1])


def _renamed(
    before: State, after: State, was: dict[str, Document], now: dict[str, Document]
) -> dict[str, str]:
    """New key → old key of the documents of which only the name, and so the identity, changed."""
    gone = {d.digest: key for key, (d, _) in before.items() if d.id not in now}
    return {
        key: gone[d.digest] for key, (d, _) in after.items() if d.id not in was and d.digest in gone
    }


def _earlier(held: Held, versions: dict[str, Held]) -> Held:
    """The version just before this one, in either state: several may appear at once."""
    earlier = [other for other in versions.values() if dated(other[0]) < dated(held[0])]
    return max(earlier, key=lambda other: dated(other[0]))


def _same_version(before: Held, after: Held) -> Iterator[DocumentChange]:
    """What became of a version that was there before: nothing, as a rule."""
    if before == after:
        return
    (old, _), (new, _) = before, after
    change = _change("revised", before, after, before)
    # an unchanged file that is read otherwise is the indexer's doing, not the supplier's; the
    # official text in place of its restatement says the same
    ours = old.digest == new.digest or old.official != new.official
    if ours or not (change.passages or old.audience != new.audience):
        change = change.model_copy(update={"kind": "silent", "passages": ()})
    yield change


def _change(
    kind: DocumentKind,
    ground: Held | None,
    held: Held,
    told: Held | None,
    *,
    tell: bool = True,
) -> DocumentChange:
    """`ground`: what the delta starts from; `told`: what a reader compares with."""
    return DocumentChange(
        kind=kind,
        before=told[0] if told else None,
        after=held[0],
        passages=difference(told[1], held[1]) if told and tell else (),
        delta=delta(ground[0].key if ground else None, ground[1] if ground else (), held[1]),
    )


def apply(change_set: ChangeSet, before: State) -> State:
    """The state after, from the one before; documents in no particular order.

    Raises KeyError or IndexError where `before` isn't the state that the change set came from.
    """
    after = {key: held for key, held in before.items() if key not in set(change_set.removed)}
    for change in change_set.documents:
        if change.after is not None and change.delta is not None:
            base = before[change.delta.base][1] if change.delta.base is not None else ()
            key = change.after.key
            after[key] = (change.after, made(change.delta, key, base))
    return after


def for_audience(change_set: ChangeSet, audience: str) -> tuple[DocumentChange, ...]:
    """What an audience (outsider, client, broker) hears of a change set.

    The words of a state that it could not read are never shown: a document opened to it is new,
    one closed to it is withdrawn, one that it never could read isn't there.
    """
    levels = READABLE.get(audience, READABLE["outsider"])
    found = []
    for change in change_set.told:
        could = change.before is not None and change.before.audience in levels
        can = change.after is not None and change.after.audience in levels
        if change.before is None or change.after is None or could == can:
            seen = change if could or can else None
        elif can:
            seen = DocumentChange(kind="new", after=change.after)
        elif change.kind == "version" and change.before.key not in change_set.removed:
            seen = None  # the version that it may read is still there
        else:
            went = tuple(sorted(change.rested_on()))
            seen = DocumentChange(kind="withdrawn", before=change.before, went=went)
        if seen:
            found.append(seen)
    return tuple(found)
