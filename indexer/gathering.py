"""Reads every file into documents and passages; settles failures and identities."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from indexer.chunking import chunk
from indexer.hints import with_hints
from indexer.metadata import named, slug
from indexer.progress import Progress
from indexer.readers import read
from indexer.report import FileProblem
from knowledge.index import Revision
from knowledge.passages import Document, Frozen, Passage
from knowledge.phrases import Problem

log = logging.getLogger(__name__)


class Gathered(Frozen):
    """All that a revision will hold, in the order of the files, and what went wrong."""

    documents: tuple[Document, ...] = ()
    passages: tuple[Passage, ...] = ()
    replaced: tuple[str, ...] = ()
    problems: tuple[FileProblem, ...] = ()
    notices: tuple[FileProblem, ...] = ()  # what is in order, but worth a sentence


def gather(
    files: Sequence[tuple[Path, Path]], old: Revision | None, progress: Progress, hints: bool
) -> Gathered:
    """Reads (file, root) pairs. `old` gives the passages of a document that fails to read now."""
    read_now: dict[str, tuple[Document, list[Passage]]] = {}
    known = {d.key: d.source for d in old.manifest.documents} if old else {}
    problems: list[FileProblem] = []
    notices: list[FileProblem] = []
    replaced: list[str] = []
    for number, (path, root) in enumerate(files):
        progress.step("reading", number, len(files))
        source = path.relative_to(root).as_posix()
        try:
            document, passages = read_one(path, root, hints)
        except Problem as problem:
            before = _from(old, source)
            problems.append(FileProblem(file=source, problem=problem, kept=before is not None))
            if before is None:
                continue
            document, passages = before
        other = read_now.get(document.key)
        apart = path_named(document)
        if (other and namesakes(other[0], document)) or known.get(apart.key) == source:
            document = apart
            passages = [p.model_copy(update={"document": document.key}) for p in passages]
            other = read_now.get(document.key)
        if other is None:
            read_now[document.key] = (document, passages)
        elif other[0].official != document.official:
            restated = document if other[0].official else other[0]
            replaced.append(restated.source)
            if not other[0].official:
                read_now[document.key] = (document, passages)
        else:
            # the file that the version in force came from goes on; else the first by name
            stays, leaves = other[0], document
            if known.get(document.key) == document.source:
                stays, leaves = document, other[0]
                read_now[document.key] = (document, passages)
            names = {"file": leaves.source, "other": stays.source}
            if stays.digest == leaves.digest:
                copied = Problem("file_copied", **names)
                notices.append(FileProblem(file=leaves.source, problem=copied))
            else:
                twice = Problem("identity_twice", **names, identity=document.key)
                problems.append(FileProblem(file=leaves.source, problem=twice))
    if files:
        progress.step("reading", len(files), len(files))
    for key in restated_elsewhere(read_now):
        replaced.append(read_now.pop(key)[0].source)
    return Gathered(
        documents=tuple(document for document, _ in read_now.values()),
        passages=tuple(passage for _, held in read_now.values() for passage in held),
        replaced=tuple(replaced),
        problems=tuple(problems),
        notices=tuple(notices),
    )


def namesakes(first: Document, second: Document) -> bool:
    """True for two documents that only have a file's name in common, each in a folder of its own
    (`passeport/index.html`, `permis/index.html`): nothing says that they are one."""
    return (
        PurePosixPath(first.source).parent != PurePosixPath(second.source).parent
        and first.digest != second.digest
        and all(d.kind == "autre" and d.id == named(d.source) for d in (first, second))
    )


def path_named(document: Document) -> Document:
    """The document with an identity that tells its folders too, where its file's name gave it."""
    if document.kind != "autre" or document.id != named(document.source):
        return document
    whole = PurePosixPath(document.source)
    return document.model_copy(
        update={"id": "-".join(filter(None, (slug(str(whole.parent)), document.id)))}
    )


def read_one(path: Path, root: Path, hints: bool) -> tuple[Document, list[Passage]]:
    """One file's document and passages. Raises Problem, whatever went wrong inside."""
    try:
        document, blocks = read(path, root)
        passages = chunk(document, blocks)
    except Problem:
        raise
    except Exception as error:
        # a reader's library failed in a way nobody foresaw: the other documents go on
        log.exception("reading a document failed")
        raise Problem("file_failed", file=path.name, detail=type(error).__name__) from error
    if not passages:
        raise Problem("file_without_text", file=path.name)
    return document, with_hints(document, passages) if hints else passages


def _from(old: Revision | None, source: str) -> tuple[Document, list[Passage]] | None:
    """The document read from this source before, and its passages; None when there is none."""
    if old:
        for document in old.manifest.documents:
            if document.source == source:
                held = [p for p in old.passages if p.document == document.key]
                return document, held
    return None


def restated_elsewhere(found: dict[str, tuple[Document, list[Passage]]]) -> list[str]:
    """Keys of restated FAQs whose every entry an official guide of the same date holds itself."""
    guides = [
        (document.version, {passage.section for passage in passages})
        for document, passages in found.values()
        if document.official and document.kind == "guide"
    ]
    keys: list[str] = []
    for key, (document, passages) in found.items():
        own = {passage.section for passage in passages}
        if document.kind == "faq" and not document.official and None not in own:
            for version, sections in guides:
                if version == document.version and own <= sections and key not in keys:
                    keys.append(key)
    return keys
