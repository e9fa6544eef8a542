"""One index revision: written once, then only read. The only module that imports faiss and bm25s.

A revision is a directory:

    manifest.json    schema, encoder, documents, digest of every other file; written last
    passages.db      passages and views, in SQLite
    vectors.faiss    one unit vector for each distinct view text, inner product
    lexical/         bm25s index, one entry a passage

`<root>/current` is a text file that names the revision in force.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import sqlite3
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import bm25s
import faiss as _faiss
import numpy as np
import sqlite_utils
from numpy.typing import NDArray

from knowledge.analysis import terms
from knowledge.embedding import EncoderInfo, Vectors
from knowledge.passages import Document, Frozen, Passage, digest
from knowledge.phrases import Problem
from knowledge.views import KINDS, View, heading_text

# faiss is written in C++ and its wrappers carry no usable types
faiss: Any = _faiss

SCHEMA = 1
GRAPH_FROM = 50_000  # vectors: below, exact search is as fast; above, a graph (HNSW) is used
HEADING_WEIGHT = 2  # times a heading's words count in the lexical index


class Manifest(Frozen):
    """What a revision holds and with what it was made."""

    schema_version: int
    revision: str
    created: str  # ISO 8601, given by the caller: this room has no clock
    encoder: EncoderInfo
    documents: tuple[Document, ...]
    passages: int
    views: int
    files: dict[str, str]  # relative name → sha-256


def _file_digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def lexical_terms(passage: Passage, document: Document) -> list[str]:
    """The stems under which a passage is found by its words."""
    heading = terms(f"{document.supplier or ''} {passage.heading or heading_text(passage)}")
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
) -> Manifest:
    """Writes a whole revision into an empty directory and forces it to disk. Raises OSError.

    `vectors` is (len(views), encoder.dimension) float32; views of equal text are stored once.
    """
    directory.mkdir(parents=True, exist_ok=True)
    rows: dict[str, int] = {}
    order = [rows.setdefault(view.digest, len(rows)) for view in views]
    firsts = np.zeros(len(rows), dtype=np.int64)
    firsts[np.asarray(order[::-1], dtype=np.int64)] = np.arange(len(order) - 1, -1, -1)
    _write_vectors(directory / "vectors.faiss", vectors[firsts], encoder.dimension)
    database = sqlite_utils.Database(directory / "passages.db")
    database.table("passages").insert_all(
        {
            "number": number,
            "document": passage.document,
            "digest": passage.digest,
            "body": passage.model_dump_json(),
        }
        for number, passage in enumerate(passages)
    )
    database.table("views").insert_all(
        (
            {"passage": view.passage, "kind": view.kind, "vector": row, "text": view.text}
            for view, row in zip(views, order, strict=True)
        ),
        batch_size=1000,
    )
    database.close()
    by_key = {document.key: document for document in documents}
    lexical = bm25s.BM25(method="lucene", k1=1.2, b=0.6)
    lexical.index(
        [lexical_terms(passage, by_key[passage.document]) or ["∅"] for passage in passages],
        show_progress=False,
    )
    lexical.save(directory / "lexical", show_progress=False)
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


def _write_vectors(path: Path, vectors: Vectors, dimension: int) -> None:
    if len(vectors) < GRAPH_FROM:
        index: Any = faiss.IndexFlatIP(dimension)
    else:
        index = faiss.IndexHNSWFlat(dimension, 32, faiss.METRIC_INNER_PRODUCT)
        index.hnsw.efConstruction = 80
        index.hnsw.efSearch = 128
    index.add(np.ascontiguousarray(vectors, dtype=np.float32))
    faiss.write_index(index, str(path))


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


def set_current(root: Path, name: str) -> None:
    """Puts revision `name` in force, atomically: a reader sees the old name or the new one."""
    draft = root / f".current-{os.getpid()}"
    draft.write_text(name + "\n", encoding="utf8")
    _flush(draft)
    draft.replace(root / "current")
    _flush(root)


class Revision:
    """A revision opened for reading; safe to share between threads."""

    def __init__(self, directory: Path, manifest: Manifest) -> None:
        self.directory = directory
        self.manifest = manifest
        self.documents = {document.key: document for document in manifest.documents}
        database = _open_read_only(directory / "passages.db")
        self.passages: tuple[Passage, ...] = tuple(
            Passage.model_validate_json(row["body"])
            for row in database.query("select body from passages order by number")
        )
        everything = list(
            database.query("select passage, kind, vector, text from views order by rowid")
        )
        database.close()
        rows = [row for row in everything if row["passage"] >= 0]
        self._texts = {row["vector"]: row["text"] for row in everything}
        self._offtopic = [row["vector"] for row in everything if row["passage"] < 0]
        self.view_passage: NDArray[np.int32] = np.array([r["passage"] for r in rows], np.int32)
        self.view_kind: NDArray[np.int8] = np.array([KINDS.index(r["kind"]) for r in rows], np.int8)
        self.view_vector: NDArray[np.int64] = np.array([r["vector"] for r in rows], np.int64)
        self.view_text: tuple[str, ...] = tuple(r["text"] for r in rows)
        self._vectors: Any = faiss.read_index(str(directory / "vectors.faiss"))
        self._lexical: Any = bm25s.BM25.load(directory / "lexical")
        if self._vectors.d != manifest.encoder.dimension or len(self.passages) != manifest.passages:
            raise ValueError("passages or vectors do not agree with the manifest")

    @cached_property
    def vocabulary(self) -> dict[str, int]:
        """Stem → its number in the lexical index."""
        return dict(self._lexical.vocab_dict)

    @cached_property
    def matrix(self) -> Vectors:
        """All distinct vectors, (n, dimension) float32."""
        vectors: Vectors = self._vectors.reconstruct_n(0, self._vectors.ntotal)
        return vectors

    def vector_table(self) -> tuple[list[str], Vectors]:
        """View-text digests and their vectors, row by row, for reuse by the next build."""
        return [digest(self._texts[row]) for row in range(self._vectors.ntotal)], self.matrix

    @cached_property
    def offtopic(self) -> Vectors:
        """Vectors of the messages that are not for the assistant, (n, dimension), n may be 0."""
        empty = np.zeros((0, self.manifest.encoder.dimension), dtype=np.float32)
        rows = [self._vectors.reconstruct(int(row)) for row in self._offtopic]
        return np.stack(rows) if rows else empty

    def search(self, vector: Vectors, allowed: NDArray[np.bool_] | None, count: int) -> Vectors:
        """Cosine of every distinct vector with the question's, (n,) float32; -1 where not found.

        `allowed` marks the vectors that may be searched at all; `count` bounds what a large
        index (a graph) returns, a small one is always searched whole.
        """
        total = self._vectors.ntotal
        scores = np.full(total, -1.0, dtype=np.float32)
        if total == 0:
            return scores
        selector = None
        if allowed is not None and not allowed.all():
            selector = faiss.IDSelectorBitmap(np.packbits(allowed, bitorder="little"))
        if total < GRAPH_FROM:
            options = faiss.SearchParameters(sel=selector) if selector else None
            count = total
        else:
            options = faiss.SearchParametersHNSW(sel=selector, efSearch=max(128, count))
        found, rows = self._vectors.search(vector[None, :], min(count, total), params=options)
        kept = rows[0] >= 0
        scores[rows[0][kept]] = found[0][kept]
        return scores

    def rarity(self, term: str) -> float:
        """Inverse document frequency of a stem, ≥ 0; the largest for one no passage holds."""
        number = self.vocabulary.get(term)
        bounds = self._lexical.scores["indptr"]
        count = 0 if number is None else int(bounds[number + 1] - bounds[number])
        return math.log(1 + (len(self.passages) - count + 0.5) / (count + 0.5))

    @cached_property
    def _first_view(self) -> dict[str, tuple[int, int]]:
        """Passage id → (first, past the last) of its views."""
        starts = np.searchsorted(self.view_passage, np.arange(len(self.passages) + 1))
        return {p.id: (int(starts[i]), int(starts[i + 1])) for i, p in enumerate(self.passages)}

    def sentence_cosines(self, passage: Passage, count: int, vector: Vectors) -> Vectors:
        """Cosine of the question with each of a passage's `count` sentences, (count,) float32.

        A table row's first line, its name, has none of its own and gets 0; so has the only
        sentence of a passage. With count 0: with every view of the passage, as many as there are.
        """
        start, end = self._first_view[passage.id]
        kinds = self.view_kind[start:end]
        rows = self.view_vector[start:end]
        if count:
            rows = rows[kinds == KINDS.index("sentence")]
        cosines: Vectors = (
            np.stack([self._vectors.reconstruct(int(row)) for row in rows]) @ vector
            if len(rows)
            else np.zeros(0, np.float32)
        )
        if count and len(cosines) < count:
            missing = np.zeros(count - len(cosines), dtype=np.float32)
            cosines = np.concatenate([missing, cosines])
        return cosines if not count else cosines[:count]

    def lexical_scores(self, found: Sequence[str]) -> Vectors:
        """BM25 score of every passage for these stems, float32; unknown stems give 0."""
        known = [term for term in found if term in self.vocabulary]
        if not known:
            return np.zeros(len(self.passages), dtype=np.float32)
        scores: Vectors = self._lexical.get_scores(known)
        return np.asarray(scores, dtype=np.float32)


def _open_read_only(path: Path) -> sqlite_utils.Database:
    return sqlite_utils.Database(sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True))


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
