"""Documents → an index revision in force. Embeds only what changed; never harms what stands."""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence
from pathlib import Path

import numpy as np

from indexer.chunking import chunk
from indexer.gathering import Gathered, gather
from indexer.hints import is_same, shipped
from indexer.holding import hold_back
from indexer.progress import Progress, Silent
from indexer.recording import change_set
from indexer.report import BuildReport, NothingRead
from indexer.revisions import in_force, past, publish, writing
from indexer.sources import find
from indexer.wording import wording_of
from knowledge.embedding import Encoder, EncoderInfo, Vectors
from knowledge.index import Revision, write_revision
from knowledge.offtopic import offtopic_views
from knowledge.passages import Document, Passage
from knowledge.phrases import Problem
from knowledge.views import View, views_of

__all__ = ["BuildReport", "build", "chunk"]


def build(
    sources: Sequence[Path],
    out: Path,
    encoder: Encoder,
    *,
    created: str,
    progress: Progress | None = None,
    hints: bool = True,
    accept: Collection[str] = (),
) -> BuildReport:
    """Indexes the sources (files or folders) into a new revision under `out`, put in force.

    `created` is the moment, ISO 8601. With `hints`, the official guide gets the ways of asking
    noted in the shipped corpus; `accept` confirms documents that would be held back. One that
    can't be read is reported and the others are indexed; one already in force keeps its passages.
    Raises Problem when nothing can be indexed, another build runs, or the disk is full: what is in
    force then stays so.
    """
    started = time.monotonic()
    progress = progress or Silent()
    try:
        found = find(sources)
        with writing(out):
            old = in_force(out)
            before = past(out, old)
            gathered = gather(found.files, old, progress, hints)
            gathered = hold_back(gathered, before, created, accept)
            if not gathered.documents:
                if gathered.problems:
                    raise NothingRead(gathered.problems)
                raise Problem("nothing_to_index", sources=", ".join(map(str, sources)))
            views = _views(gathered)
            changes = _changes(gathered, old)
            if old and _same(gathered, views, old, encoder.info):
                name, embedded, unchanged = old.manifest.revision, 0, True
            else:
                vectors, embedded = _vectors(views, old, encoder, progress)
                name = publish(
                    out,
                    created,
                    lambda directory: write_revision(
                        directory,
                        created=created,
                        encoder=encoder.info,
                        documents=gathered.documents,
                        passages=gathered.passages,
                        views=views,
                        vectors=vectors,
                        wording=wording_of(views, old),
                    ),
                    lambda revision: change_set(before, gathered, revision, created),
                )
                unchanged = False
    finally:
        progress.close()
    return BuildReport(
        revision=name,
        unchanged=unchanged,
        **changes,
        replaced=gathered.replaced,
        ignored=found.ignored,
        problems=gathered.problems,
        notices=gathered.notices,
        passages=len(gathered.passages),
        embedded=embedded,
        reused=len({view.text for view in views}) - embedded,
        seconds=round(time.monotonic() - started, 3),
    )


def _views(gathered: Gathered) -> list[View]:
    """Every view of every passage, then the messages that are not for the assistant."""
    by_key = {document.key: document for document in gathered.documents}
    views: list[View] = []
    for number, passage in enumerate(gathered.passages):
        views += views_of(number, passage, by_key[passage.document])
    return views + offtopic_views(guide=is_same(gathered.passages, shipped()))


def _comparable(info: EncoderInfo) -> tuple[str, int, str]:
    """What must agree for a vector to be used again; the question's prompt shapes none."""
    return info.digest, info.dimension, info.passage_prompt


def _same(gathered: Gathered, views: Sequence[View], old: Revision, encoder: EncoderInfo) -> bool:
    """True when a new revision would hold what the one in force holds."""
    return (
        old.manifest.encoder == encoder
        and tuple(old.manifest.documents) == gathered.documents
        and old.passages == gathered.passages
        and set(old.vector_table()[0]) == {view.text for view in views}
    )


def _vectors(
    views: Sequence[View], old: Revision | None, encoder: Encoder, progress: Progress
) -> tuple[Vectors, int]:
    """((len(views), dimension) vectors, how many texts the model had to read)."""
    texts = dict.fromkeys(view.text for view in views)
    rows: dict[str, int] = {}
    known: Vectors = np.zeros((0, encoder.info.dimension), dtype=np.float32)
    if old and _comparable(old.manifest.encoder) == _comparable(encoder.info):
        kept, known = old.vector_table()
        rows = {text: row for row, text in enumerate(kept) if text in texts}
    missing = [text for text in texts if text not in rows]
    if missing:
        progress.step("embedding", 0, len(missing))
        fresh = encoder.encode_passages(
            missing,
            lambda done, total: progress.step("embedding", done, total),
        )
        rows |= {text: len(known) + i for i, text in enumerate(missing)}
        known = np.concatenate([known, fresh.astype(np.float32, copy=False)])
    return known[[rows[view.text] for view in views]], len(missing)


def _changes(gathered: Gathered, old: Revision | None) -> dict[str, tuple[str, ...]]:
    """Sources of the documents created, updated, deleted and skipped."""
    before = _states(old.manifest.documents, old.passages) if old else {}
    after = _states(gathered.documents, gathered.passages)
    names = {
        d.key: d.source for d in [*(old.manifest.documents if old else ()), *gathered.documents]
    }
    kept = after.keys() & before.keys()
    return {
        "created": tuple(names[key] for key in after if key not in before),
        "updated": tuple(names[key] for key in after if key in kept and after[key] != before[key]),
        "deleted": tuple(names[key] for key in before if key not in after),
        "skipped": tuple(names[key] for key in after if key in kept and after[key] == before[key]),
    }


def _states(
    documents: Sequence[Document], passages: Sequence[Passage]
) -> dict[str, tuple[Document, list[Passage]]]:
    states: dict[str, tuple[Document, list[Passage]]] = {d.key: (d, []) for d in documents}
    for passage in passages:
        states[passage.document][1].append(passage)
    return states
