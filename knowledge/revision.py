"""One index revision opened for reading: its passages, its vectors, its lexical index."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import sqlite_utils
from numpy.typing import NDArray
from pydantic import TypeAdapter

from knowledge.embedding import EncoderInfo, Vectors
from knowledge.lexical import Lexical
from knowledge.passages import Document, Frozen, Passage
from knowledge.vector_table import Numbers, VectorTable
from knowledge.views import KINDS
from knowledge.wording import Wording
from knowledge.wording import read as read_wording

MANY_NOTED = 8  # noted questions a passage: from there on they tell more than the text
DOCUMENTS = "lexical-documents"  # directory of the lexical index over whole documents
SHEETS_FROM = 20  # documents without many noted questions: they are a collection of sheets
_PASSAGES = TypeAdapter(tuple[Passage, ...])
_VIEW = np.dtype([("passage", np.int32), ("kind", np.int8), ("vector", np.int64)])


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


class Groups(NamedTuple):
    """Views put together by passage and kind, so that the best cosine of each is soon found."""

    order: Numbers  # places in `Reach.views`, group after group
    starts: Numbers  # where each group begins in `order`
    cells: Numbers  # which cell of a (passages allowed, kinds) table each group is


@dataclass(frozen=True)
class Reach:
    """What one search may find: made once from the passages allowed, used by many questions."""

    allowed: NDArray[np.bool_]  # (passages,)
    numbers: Numbers  # the passages allowed, ascending
    views: Numbers  # their views, ascending
    rows: Numbers  # the vectors of these views, ascending
    selector: Any  # the same for faiss; None where every vector may be found
    noted: bool  # whether the passages allowed have many noted questions
    groups: Groups | None  # the views by passage and kind, where all of them are compared


@contextmanager
def stored(directory: Path) -> Iterator[sqlite_utils.Database]:
    """The database of a revision, to be read only; closed at the end."""
    path = directory / "passages.db"
    connection = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)
    database = sqlite_utils.Database(connection)
    try:
        yield database
    finally:
        database.close()


class Revision:
    """A revision opened for reading; safe to share between threads."""

    def __init__(self, directory: Path, manifest: Manifest) -> None:
        self.directory = directory
        self.manifest = manifest
        self.documents = {document.key: document for document in manifest.documents}
        with stored(directory) as database:
            bodies = database.execute("select body from passages order by number")
            self.passages: tuple[Passage, ...] = _PASSAGES.validate_json(
                f"[{','.join(body for (body,) in bodies)}]"
            )
            kinds = {kind: place for place, kind in enumerate(KINDS)}
            views = database.execute("select passage, kind, vector from views order by rowid")
            # row by row into the array: a list of them all would leave holes in the memory
            rows = np.fromiter(
                ((number, kinds[kind] if number >= 0 else -1, row) for number, kind, row in views),
                dtype=_VIEW,
            )
        own = rows[rows["passage"] >= 0]
        self._offtopic: Numbers = rows["vector"][rows["passage"] < 0]
        self.view_passage: NDArray[np.int32] = own["passage"].copy()
        self.view_kind: NDArray[np.int8] = own["kind"].copy()
        self.view_vector: Numbers = own["vector"].copy()
        places = {key: place for place, key in enumerate(self.documents)}
        # the place of each passage's document in `documents`
        self.passage_document: NDArray[np.int32] = np.array(
            [places[passage.document] for passage in self.passages], np.int32
        )
        self._vectors = VectorTable(directory / "vectors.faiss")
        self._lexical = Lexical(directory / "lexical", len(self.passages))
        whole = directory / DOCUMENTS
        self._whole = Lexical(whole, len(self.documents)) if whole.is_dir() else None
        self.wording: Wording | None = read_wording(directory)
        found = (self._vectors.dimension, len(self.passages))
        if found != (manifest.encoder.dimension, manifest.passages):
            raise ValueError("passages or vectors do not agree with the manifest")

    @property
    def exhaustive(self) -> bool:
        """Whether a search compares all vectors, rather than those that the graph leads to."""
        return self._vectors.exhaustive

    @property
    def vocabulary(self) -> dict[str, int]:
        """Stem → its number in the lexical index."""
        return self._lexical.vocabulary

    @property
    def matrix(self) -> Vectors:
        """All distinct vectors, (n, dimension) float32, to be read only."""
        return self._vectors.matrix

    def passages_of(self, key: str) -> tuple[Passage, ...]:
        """The passages of one document, by Document.key, in reading order."""
        place = list(self.documents).index(key)
        own = [self.passages[n] for n in np.flatnonzero(self.passage_document == place)]
        return tuple(sorted(own, key=lambda passage: passage.position))

    def vector_table(self) -> tuple[list[str], Vectors]:
        """View texts and their vectors, row by row, for reuse by the next build.

        The texts are read from the disk each time: answers have no need of them.
        """
        with stored(self.directory) as database:
            query = "select text from views group by vector order by vector"
            return [text for (text,) in database.execute(query)], self.matrix

    def words(self, audiences: Iterable[str]) -> dict[str, int]:
        """Folded words of the documents for these audiences, and how often each occurs."""
        wanted = sorted(audiences)
        marks = ", ".join("?" * len(wanted))
        query = f"select word, sum(count) from words where audience in ({marks}) group by word"
        with stored(self.directory) as database:
            return dict(database.execute(query, wanted).fetchall())

    def offtopic_cosines(self, vector: Vectors) -> Vectors:
        """Cosines of the question with the messages that are not for the assistant, (n,)."""
        if self.exhaustive:
            return self._vectors.cosines(self._offtopic, vector)
        # einsum: its own loop, where a product would wake the threads of a library
        found: Vectors = np.einsum("ij,j->i", self.offtopic, vector)
        return found

    @cached_property
    def offtopic(self) -> Vectors:
        """Vectors of the messages that are not for the assistant, (n, dimension), n may be 0."""
        return self._vectors.rows(self._offtopic)

    def reach(self, allowed: NDArray[np.bool_]) -> Reach:
        """Prepares searches among the passages allowed, (passages,)."""
        numbers = np.flatnonzero(allowed)
        views = np.flatnonzero(allowed[self.view_passage])
        found = np.zeros(len(self._vectors), dtype=bool)
        found[self.view_vector[views]] = True
        return Reach(
            allowed=allowed,
            numbers=numbers,
            views=views,
            rows=np.flatnonzero(found),
            selector=self._vectors.selector(found),
            noted=bool(self._asked[allowed].sum() > MANY_NOTED * allowed.sum()),
            groups=self._groups(numbers, views) if self.exhaustive else None,
        )

    def _groups(self, numbers: Numbers, views: Numbers) -> Groups:
        cells = np.searchsorted(numbers, self.view_passage[views]) * len(KINDS)
        cells = cells + self.view_kind[views]
        order = np.argsort(cells, kind="stable")
        found, starts = np.unique(cells[order], return_index=True)
        return Groups(order, starts, found)

    @cached_property
    def _asked(self) -> Numbers:
        """How many noted questions each passage has, (passages,)."""
        owners = self.view_passage[self.view_kind == KINDS.index("question")]
        return np.bincount(owners, minlength=len(self.passages))

    @cached_property
    def noted(self) -> frozenset[str]:
        """Keys of the documents whose passages have many noted questions."""
        most = len(self.documents)
        asked = np.bincount(self.passage_document, weights=self._asked, minlength=most)
        held = np.bincount(self.passage_document, minlength=most)
        many = asked > MANY_NOTED * held
        return frozenset(key for key, one in zip(self.documents, many, strict=True) if one)

    def search(self, vector: Vectors, reach: Reach, count: int) -> tuple[Numbers, Vectors]:
        """Views within reach and their cosines with the question, (n,) each, n may be 0.

        All of them where the search is exhaustive; elsewhere those of the `count` vectors that
        are nearest, as far as the graph finds them.
        """
        if not len(reach.rows):
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32)
        if self.exhaustive:
            return reach.views, self._vectors.cosines(self.view_vector[reach.views], vector)
        rows, nearest = self._vectors.nearest(vector, count, reach.selector)
        views, times = self._views_of(rows)
        readable = reach.allowed[self.view_passage[views]]
        return views[readable], np.repeat(nearest, times)[readable]

    @cached_property
    def _by_vector(self) -> tuple[Numbers, Numbers]:
        """Views in the order of their vectors, and where those of each vector begin."""
        order = np.argsort(self.view_vector, kind="stable")
        bounds = np.searchsorted(self.view_vector[order], np.arange(len(self._vectors) + 1))
        return order, bounds

    def _views_of(self, rows: Numbers) -> tuple[Numbers, Numbers]:
        """The views of some vectors, one vector after the other, and how many each has."""
        order, bounds = self._by_vector
        times = bounds[rows + 1] - bounds[rows]
        skipped = np.cumsum(times) - times  # views of the vectors before
        places = np.repeat(bounds[rows] - skipped, times) + np.arange(times.sum())
        return order[places], times

    def rarity(self, term: str) -> float:
        """Inverse document frequency of a stem, ≥ 0; the largest for one no passage holds."""
        return self._lexical.rarity(term)

    def holds(self, passage: Passage, term: str) -> bool:
        """Whether the lexical index has the stem under this passage."""
        return self._lexical.holds(self._numbers[passage.document, passage.position], term)

    @cached_property
    def _numbers(self) -> dict[tuple[str, int], int]:
        """(document, position) of a passage → its number."""
        return {(p.document, p.position): number for number, p in enumerate(self.passages)}

    @cached_property
    def _first_view(self) -> Numbers:
        """Where the views of each passage begin, (passages + 1,)."""
        return np.searchsorted(self.view_passage, np.arange(len(self.passages) + 1))

    def sentence_cosines(self, passage: Passage, count: int, vector: Vectors) -> Vectors:
        """Cosine of the question with each of a passage's `count` sentences, (count,) float32.

        A table row's first line, its name, has none of its own and gets 0; so has the only
        sentence of a passage. With count 0: with every view of the passage, as many as there are.
        """
        number = self._numbers[passage.document, passage.position]
        start, end = self._first_view[number : number + 2]
        rows = self.view_vector[start:end]
        if count:
            rows = rows[self.view_kind[start:end] == KINDS.index("sentence")]
        cosines = self._vectors.cosines(rows, vector)
        if not count:
            return cosines
        missing = np.zeros(max(0, count - len(cosines)), dtype=np.float32)
        return np.concatenate([missing, cosines])[:count]

    def noted_cosines(self, passage: Passage, count: int, vector: Vectors) -> Vectors:
        """Of each of a passage's `count` sentences, the best cosine of the question with one
        noted for that sentence, (count,) float32; 0 without one."""
        likeness = np.zeros(count, dtype=np.float32)
        if not passage.answering:
            return likeness
        number = self._numbers[passage.document, passage.position]
        start, end = self._first_view[number : number + 2]
        asked = self.view_kind[start:end] == KINDS.index("question")
        cosines = self._vectors.cosines(self.view_vector[start:end][asked], vector)
        for place, cosine in zip(passage.answering, cosines, strict=True):
            if 0 <= place < count:
                likeness[place] = max(likeness[place], cosine)
        return likeness

    def lexical_scores(self, found: Sequence[str]) -> Vectors:
        """BM25 score of every passage for these stems, float32; unknown stems give 0."""
        return self._lexical.scores(found)

    def document_scores(self, found: Sequence[str]) -> Vectors:
        """BM25 score of every passage's whole document for these stems, (passages,) float32; 0
        where it is no collection of sheets: elsewhere the whole says nothing."""
        if self._whole is None or not self.sheets:
            return np.zeros(len(self.passages), dtype=np.float32)
        return self._whole.scores(found)[self.passage_document]

    @cached_property
    def sheets(self) -> bool:
        """Whether it holds SHEETS_FROM documents, of several passages each, without many noted
        questions: a collection of sheets, where the question's words first of all name the sheet.
        """
        plain = len(self.documents) - len(self.noted)
        return self._whole is not None and plain >= SHEETS_FROM
