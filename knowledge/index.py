"""The index on disk: revisions written once, one of them in force.

A revision is a directory:

    manifest.json        schema, encoder, documents, digest of every other file; written last
    passages.db          passages, their views, and the words of each audience, in SQLite
    vectors.faiss        one unit vector for each distinct view text, inner product
    lexical/             bm25s index, one entry a passage
    lexical-documents/   bm25s index, one entry a document; where documents have several passages
    wording.npz          how what is asked of the documents is worded; only where much is noted

`<root>/current` is a text file that names the revision in force. revision.py reads one.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import sqlite_utils

from knowledge.analysis import terms, words
from knowledge.embedding import EncoderInfo, Vectors
from knowledge.lexical import write_lexical
from knowledge.passages import Document, Passage
from knowledge.phrases import Problem
from knowledge.revision import DOCUMENTS, Manifest, Revision
from knowledge.spelling import slips
from knowledge.vector_table import write_vectors
from knowledge.views import View, heading_text, subject
from knowledge.wording import Wording

__all__ = [
    "Manifest",
    "Revision",
    "current",
    "lexical_terms",
    "open_revision",
    "set_current",
    "stamp",
    "write_revision",
]

SCHEMA = 3
TABLES: dict[str, dict[str, type]] = {
    "passages": {"number": int, "document": str, "digest": str, "body": str},
    "views": {"passage": int, "kind": str, "vector": int, "text": str},
    "words": {"audience": str, "word": str, "count": int},
}
SURELY_A_WORD = 3  # times that a word stands in noted questions
SEVERAL = 2  # passages a document, on the mean: from there on it is looked at as a whole too
TITLE_WEIGHT = 3  # times a title's words count in the index over whole documents
HEADING_WEIGHT = 2  # times a heading's words count in the lexical index


def _file_digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def lexical_terms(passage: Passage, document: Document) -> list[str]:
    """The stems under which a passage is found by its words."""
    heading = terms(f"{subject(passage, document)} {passage.heading or heading_text(passage)}")
    questions = [term for question in passage.questions for term in terms(question)]
    return [*(heading * HEADING_WEIGHT), *terms(passage.text), *questions]


def write_revision(
    directory: Path,
    *,
    created: str,
    encoder: EncoderInfo,
    documents: Sequence[Document],
    passages: Sequence[Passage],
    views: Sequence[View],
    vectors: Vectors,
    wording: Wording | None = None,
) -> Manifest:
    """Writes a whole revision into an empty directory and forces it to disk. Raises OSError.

    `vectors` is (len(views), encoder.dimension) float32; views of equal text are stored once.
    """
    directory.mkdir(parents=True, exist_ok=True)
    rows: dict[str, int] = {}
    order = [rows.setdefault(view.text, len(rows)) for view in views]
    firsts = np.zeros(len(rows), dtype=np.int64)
    firsts[np.asarray(order[::-1], dtype=np.int64)] = np.arange(len(order) - 1, -1, -1)
    write_vectors(directory / "vectors.faiss", vectors[firsts], encoder.dimension)
    _write_passages(directory / "passages.db", documents, passages, views, order)
    by_key = {document.key: document for document in documents}
    write_lexical(
        directory / "lexical",
        (lexical_terms(passage, by_key[passage.document]) for passage in passages),
    )
    if len(passages) >= SEVERAL * len(documents) > SEVERAL:
        _write_documents(directory / DOCUMENTS, documents, passages)
    if wording is not None:
        wording.write(directory)
    files = {
        path.relative_to(directory).as_posix(): _file_digest(path)
        for path in sorted(directory.rglob("*"))
        if path.is_file()
    }
    manifest = Manifest(
        schema_version=SCHEMA,
        revision=directory.name,
        created=created,
        encoder=encoder,
        documents=tuple(documents),
        passages=len(passages),
        views=len(views),
        files=files,
    )
    target = directory / "manifest.json"
    target.write_text(manifest.model_dump_json(indent=1), encoding="utf8")
    for path in [*directory.rglob("*"), directory]:
        _flush(path)
    return manifest


def _write_documents(
    path: Path, documents: Sequence[Document], passages: Sequence[Passage]
) -> None:
    """The lexical index over whole documents: what a sheet is about stands in all of its sections,
    while a question names its subject once."""
    held: dict[str, list[str]] = {
        document.key: [*terms(document.title)] * TITLE_WEIGHT for document in documents
    }
    for passage in passages:
        held[passage.document] += [*terms(passage.heading), *terms(passage.text)]
    write_lexical(path, held.values())


def _write_passages(
    path: Path,
    documents: Sequence[Document],
    passages: Sequence[Passage],
    views: Sequence[View],
    vectors: Sequence[int],
) -> None:
    """Passages, views with the row of their vector, and the words of each audience."""
    database = sqlite_utils.Database(path)
    # a draft nobody reads: whoever is interrupted writes it anew, and write_revision forces it
    # to disk once
    database.execute("pragma journal_mode = off")
    database.execute("pragma synchronous = off")
    connection = database.conn
    with connection:
        for name, columns in TABLES.items():
            database.table(name).create(columns)
        connection.executemany(
            "insert into passages values (?, ?, ?, ?)",
            (
                (number, passage.document, passage.digest, passage.model_dump_json())
                for number, passage in enumerate(passages)
            ),
        )
        connection.executemany(
            "insert into views values (?, ?, ?, ?)",
            (
                (view.passage, view.kind, row, view.text)
                for view, row in zip(views, vectors, strict=True)
            ),
        )
        connection.executemany(
            "insert into words values (?, ?, ?)",
            (
                (audience, word, count)
                for audience, counts in _words(documents, passages).items()
                for word, count in counts.items()
            ),
        )
    database.close()


def _words(documents: Sequence[Document], passages: Sequence[Passage]) -> dict[str, Counter[str]]:
    """Audience → the folded words of its documents and how often each occurs.

    A word of noted questions alone counts from its third time and unless it is like a slip of a
    much more common one: they are misspelt on purpose, and a slip that counted as a word would no
    longer be repaired.
    """
    audiences = {document.key: document.audience for document in documents}
    found: dict[str, Counter[str]] = {}
    noted: dict[str, Counter[str]] = {}
    for passage in passages:
        counts = found.setdefault(audiences[passage.document], Counter())
        counts.update(words(f"{passage.heading} {passage.text}"))
        asked = noted.setdefault(audiences[passage.document], Counter())
        asked.update(word for question in passage.questions for word in words(question))
    for audience, asked in noted.items():
        known = found[audience]
        wrong = slips(asked, known)
        common = {
            word: n
            for word, n in asked.items()
            if word in known or (n >= SURELY_A_WORD and word not in wrong)
        }
        found[audience].update(common)
    return found


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def current(root: Path) -> Path | None:
    """The directory of the revision in force, or None where there is none yet."""
    try:
        name = (root / "current").read_text(encoding="utf8").strip()
    except (FileNotFoundError, NotADirectoryError):
        return None
    return root / "revisions" / Path(name).name if name else None


def stamp(root: Path) -> tuple[int, int] | None:
    """What changes whenever another revision is put in force; None where there is none yet."""
    try:
        found = (root / "current").stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_ino


def set_current(root: Path, name: str) -> None:
    """Puts revision `name` in force, atomically: a reader sees the old name or the new one."""
    draft = root / f".current-{os.getpid()}"
    draft.write_text(name + "\n", encoding="utf8")
    _flush(draft)
    draft.replace(root / "current")
    _flush(root)


def open_revision(directory: Path, *, verify: bool = True) -> Revision:
    """Opens a revision; with `verify`, each file must have the digest that the manifest gives.

    Raises Problem: missing, half-written, of another schema, or changed since it was written.
    """
    root = str(directory)
    try:
        text = (directory / "manifest.json").read_text(encoding="utf8")
        found = json.loads(text).get("schema_version")
        if found != SCHEMA:
            raise Problem("index_schema", root=root, found=found, expected=SCHEMA)
        manifest = Manifest.model_validate_json(text)
        if verify:
            for name, expected in manifest.files.items():
                if _file_digest(directory / name) != expected:
                    raise Problem("index_damaged", root=root, detail=name)
        return Revision(directory, manifest)
    except FileNotFoundError as error:
        missing = Path(str(error.filename or "?")).name
        raise Problem("index_damaged", root=root, detail=missing) from error
    except (ValueError, KeyError, RuntimeError, OSError) as error:
        raise Problem("index_damaged", root=root, detail=type(error).__name__) from error
