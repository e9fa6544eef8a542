"""What a build does not put in force by itself: states of a document that look like a mistake.

Held back, the version in force stays until the operator confirms with `--accept`: a document that
lost half of its passages (a bad extraction, as a rule), a version dated in the future, an older
version in place of the one in force. The first build has nothing to compare with and takes all.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from pathlib import PurePosixPath

from indexer.days import day_of
from indexer.gathering import Gathered
from indexer.report import FileProblem
from indexer.revisions import Past
from knowledge.changes import Held, State, dated, in_force, state_of
from knowledge.passages import Document
from knowledge.phrases import Problem

FEWEST = 4  # passages: a document that had fewer may halve by chance


def hold_back(
    gathered: Gathered, old: Past | None, created: str, accept: Collection[str] = ()
) -> Gathered:
    """The same without the states held back, the versions in force in their place; a sentence for
    each. `accept` names documents confirmed: by id, key, source or file name. `created` is ISO."""
    today = day_of(created)
    if old is None:
        ahead = tuple(
            FileProblem(
                file=d.source,
                problem=Problem("version_future", file=d.source, version=d.version),
            )
            for d in gathered.documents
            if dated(d) > today
        )
        return gathered.model_copy(update={"notices": (*gathered.notices, *ahead)})
    before = state_of(old.documents, old.passages)
    after = state_of(gathered.documents, gathered.passages)
    was = in_force(before)
    digests = {document.digest: key for key, (document, _) in before.items() if key not in after}
    problems, notices = list(gathered.problems), list(gathered.notices)
    for key, held in list(after.items()):
        document = held[0]
        notice = _notice(document, before, after, was, digests)
        if notice:
            notices.append(FileProblem(file=document.source, problem=notice))
        problem = None if _accepted(document, accept) else _doubt(held, before, after, was, today)
        if problem is None:
            continue
        problems.append(FileProblem(file=document.source, problem=problem))
        del after[key]
        stays = before.get(key) or _of_source(before, document.source)
        stays = stays or (before[was[document.id].key] if document.id in was else None)
        if stays and stays[0].key not in after:
            after[stays[0].key] = stays
    if len(problems) == len(gathered.problems) and len(notices) == len(gathered.notices):
        return gathered
    return gathered.model_copy(
        update={
            "documents": tuple(document for document, _ in after.values()),
            "passages": tuple(passage for _, found in after.values() for passage in found),
            "problems": tuple(problems),
            "notices": tuple(notices),
        }
    )


def _accepted(document: Document, accept: Collection[str]) -> bool:
    names = {document.id, document.key, document.source, PurePosixPath(document.source).name}
    return not names.isdisjoint(accept)


def _of_source(state: State, source: str) -> Held | None:
    return next((held for held in state.values() if held[0].source == source), None)


def _doubt(
    held: Held, before: State, after: State, was: dict[str, Document], today: date
) -> Problem | None:
    """Why this state is held back, or None."""
    document, passages = held
    current = was.get(document.id)
    known = before.get(document.key)
    names = {"file": document.source, "name": PurePosixPath(document.source).name}
    if known is None and dated(document) > today:
        return Problem("held_future", version=document.version, **names)
    if current is None:
        return None
    if known is None and dated(document) < dated(current):
        if current.key in after:
            return None
        return Problem(
            "held_older", version=document.version or "—", current=current.version, **names
        )
    base = known or before[current.key]
    count = len(base[1])
    if count >= FEWEST and 2 * len(passages) <= count and base[0].official == document.official:
        return Problem("held_half", before=count, after=len(passages), **names)
    return None


def _notice(
    document: Document,
    before: State,
    after: State,
    was: dict[str, Document],
    digests: dict[str, str],
) -> Problem | None:
    """What the operator is told of a state that is taken, but not announced."""
    if document.key in before:
        other = before[document.key][0]
        if other.source != document.source and other.digest == document.digest:
            return Problem("file_renamed", file=document.source, other=other.source)
        return None
    if document.id not in was:
        if document.digest not in digests:
            return None
        other = before[digests[document.digest]][0]
        return Problem("file_renamed", file=document.source, other=other.source)
    current = was[document.id]
    if dated(document) < dated(current) and current.key in after:
        version, now = document.version or "—", current.version
        return Problem("version_older", file=document.source, version=version, current=now)
    return None
