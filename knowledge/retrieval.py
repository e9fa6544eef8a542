"""Question → ranked hits. Passages the asker may not read are out before anything is scored."""

from __future__ import annotations

import math
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from knowledge.calibration import fitted
from knowledge.cues import CUES, gives, wants
from knowledge.embedding import Vectors
from knowledge.passages import READABLE, Document, Hit, Passage
from knowledge.question import Filters, Question
from knowledge.revision import Reach, Revision
from knowledge.vector_table import Numbers
from knowledge.views import KINDS

Mode = Literal["fusion", "lexical", "dense"]
# Signals of a passage for a question, in this order: see `matrix`.
SIGNALS = ("lexical", "expansion", "question", "best", "body", "whole", "cue", "fiche", "document")
# A noted question says something only when it is near; scaled to weigh like the other signals.
NEAR_QUESTION, QUESTION_SCALE = 0.35, 6.0
CUES_UP_TO = 20_000  # passages: reading a larger collection for cues would slow its opening
MANY = 20_000  # passages: from there on, passes over all of them are spared
NEAREST = 400  # vectors that a search of a large collection brings back
WORDIEST = 200  # passages of a large collection that are candidates for their words alone


class Scope:
    """What one audience may read of a revision; made once for each audience."""

    def __init__(self, revision: Revision, audience: str) -> None:
        self.revision = revision
        self.levels = READABLE.get(audience, READABLE["outsider"])
        self.documents = {k: d for k, d in revision.documents.items() if d.audience in self.levels}
        self.superseded = superseded(self.documents)
        self.passages = self._of(self.documents)
        self._in_force = self._of(self.documents.keys() - self.superseded)
        self.sheet = self._of({k for k, d in self.documents.items() if d.kind == "fiche"})

    def _of(self, keys: Container[str]) -> NDArray[np.bool_]:
        """Which passages are of these documents, (passages,)."""
        chosen = np.array([key in keys for key in self.revision.documents], dtype=bool)
        return chosen[self.revision.passage_document]

    @cached_property
    def gives(self) -> Vectors:
        """Which kinds of answer each passage gives, (passages, kinds); see cues."""
        passages = self.revision.passages
        if len(passages) > CUES_UP_TO:
            return np.zeros((len(passages), len(CUES)), dtype=np.float32)
        rows = [gives(p.text) for p in passages]
        return np.stack(rows) if rows else np.zeros((0, len(CUES)), dtype=np.float32)

    @cached_property
    def contacts(self) -> tuple[Passage, ...]:
        """The readable passages that name a contact, in order."""
        passages = self.revision.passages
        return tuple(
            passages[number]
            for number in np.flatnonzero(self.passages)
            if passages[number].form == "contact"
        )

    def counts(self) -> dict[str, int]:
        """Folded words of the readable passages and how often each occurs."""
        return self.revision.words(self.levels)

    @cached_property
    def everything(self) -> Reach:
        """What a question that names neither supplier, kind nor date may be answered from."""
        return self.revision.reach(self.passages & self._in_force)

    def reach(self, filters: Filters) -> Reach:
        """What may be searched: readable and within the filters.

        Versions no longer in force are left out unless the question wants them.
        """
        if filters == Filters():
            return self.everything
        mask = self.passages if filters.older else self.passages & self._in_force
        keep = set()
        for key, document in self.documents.items():
            if filters.kinds and document.kind not in filters.kinds:
                continue
            if filters.supplier and document.supplier != filters.supplier:
                continue
            if filters.versions and document.version not in filters.versions:
                continue
            if filters.older and not filters.versions and key not in self.superseded:
                continue
            keep.add(key)
        narrowed = mask & self._of(keep)
        return self.revision.reach(narrowed if narrowed.any() else mask)


def superseded(documents: dict[str, Document]) -> frozenset[str]:
    """Keys of the documents of which a later dated version is there too."""
    latest: dict[str, Document] = {}
    for document in documents.values():
        other = latest.get(document.id)
        if document.version and (
            other is None or other.version is None or document.version > other.version
        ):
            latest[document.id] = document
    return frozenset(
        key
        for key, document in documents.items()
        if document.id in latest and latest[document.id].key != key
    )


@dataclass(frozen=True)
class Signals:
    """What speaks for each candidate; a candidate is always a passage that may be shown.

    In a small collection all that is within reach are candidates; in a large one, those that one
    of the searches puts forward.
    """

    numbers: Numbers  # the candidates' numbers in the revision, ascending, (candidates,)
    lexical: Vectors  # BM25 of the question's own words, (candidates,)
    expansion: Vectors  # BM25 of what the lexicon adds, (candidates,)
    document: Vectors  # BM25 of the own words over its whole document; 0 where there are no wholes
    spreads: tuple[Spread, Spread, Spread]  # of these three over all passages within reach
    dense: Vectors  # (candidates, len(KINDS)) best cosine of each kind of view, -1 without one
    asked: Vectors  # cosine of every noted question that was found, (n,), n may be 0
    others: int  # passages within reach that are no candidates: no view of theirs was found
    cue: Vectors  # how many of the kinds of answer wanted the candidate gives, (candidates,)
    sheet: NDArray[np.bool_]  # whether it is of a supplier sheet, (candidates,)
    noted: bool  # whether what was searched has many noted questions

    @property
    def allowed(self) -> NDArray[np.bool_]:
        """Which candidates may be shown: all of them, (candidates,)."""
        return np.ones(len(self.numbers), dtype=bool)

    def question(self) -> Vectors:
        """Best cosine of each candidate's noted questions, (candidates,); -1 without any."""
        column: Vectors = self.dense[:, KINDS.index("question")]
        return column

    def text(self) -> Vectors:
        """Best cosine of each candidate's own text and headings, (candidates,)."""
        columns = [number for number, kind in enumerate(KINDS) if kind != "question"]
        best: Vectors = self.dense[:, columns].max(axis=1)
        return best


def gather(scope: Scope, question: Question, vector: Vectors | None) -> Signals:
    """Scores of the candidates for a question; without a vector the dense part is all -1."""
    revision = scope.revision
    reach = scope.reach(question.filters)
    lexical = revision.lexical_scores(question.stems)
    expansion = revision.lexical_scores(question.expansion)
    document = revision.document_scores(question.stems)
    spreads = (spread(lexical, reach), spread(expansion, reach), spread(document, reach))
    views: Numbers = np.zeros(0, dtype=np.int64)
    cosines: Vectors = np.zeros(0, dtype=np.float32)
    if vector is not None:
        views, cosines = revision.search(vector, reach, NEAREST)
    owners = revision.view_passage[views]
    numbers = reach.numbers
    if not revision.exhaustive:
        words_alone = vector is None
        weights = fitted(reach.noted, revision.sheets).ranking
        scores = [
            (lexical, spreads[0].weight(weights["lexical"])),
            (expansion, 0.0 if words_alone else spreads[1].weight(weights["expansion"])),
            (scope.sheet, weights["fiche"] if scope.sheet.any() else 0.0),
        ]
        chosen = np.zeros(len(reach.allowed), dtype=bool)
        chosen[owners] = True
        chosen[wordiest(scores, reach)] = True
        numbers = np.flatnonzero(chosen)
    dense = np.full((len(numbers), len(KINDS)), -1.0, dtype=np.float32)
    if reach.groups is not None and len(cosines):
        order, starts, cells = reach.groups
        dense.flat[cells] = np.maximum.reduceat(cosines[order], starts)
    else:
        places = np.searchsorted(numbers, owners)
        np.maximum.at(dense, (places, revision.view_kind[views]), cosines)
    return Signals(
        numbers=numbers,
        lexical=lexical[numbers],
        expansion=expansion[numbers],
        document=document[numbers],
        spreads=spreads,
        dense=dense,
        asked=cosines[revision.view_kind[views] == KINDS.index("question")],
        others=len(reach.numbers) - len(numbers),
        cue=scope.gives[numbers] @ wants(question.text),
        sheet=scope.sheet[numbers],
        noted=reach.noted,
    )


def wordiest(scores: Sequence[tuple[NDArray[Any], float]], reach: Reach) -> Numbers:
    """The WORDIEST passages within reach by a weighted sum of scores, and the best of each score.

    In no order, and some may be there twice.
    """
    total: Vectors = np.zeros(len(reach.allowed), dtype=np.float32)
    best = []
    for score, weight in scores:
        if weight:
            total += score * np.float32(weight)
            best.append(reach.numbers[np.argmax(within(score, reach))])
    if len(reach.numbers) < len(total):
        total[~reach.allowed] = -np.inf
    count = min(WORDIEST, len(reach.numbers))
    # the smallest are found sooner than the largest where most scores are zero
    most = np.argpartition(-total, count - 1)[:count] if count else reach.numbers
    return np.concatenate([most, np.array(best, dtype=np.int64)])


def within(column: NDArray[Any], reach: Reach) -> NDArray[Any]:
    """The part of a column of all passages, (passages,), that is within reach."""
    return column if len(reach.numbers) == len(column) else column[reach.numbers]


class Spread(NamedTuple):
    """Mean and standard deviation of a signal over the passages within reach."""

    mean: float
    width: float  # 1 where all are alike

    def weight(self, ranking: float) -> float:
        """What a point of the signal with this weight adds to a fused score; 0 where no passage
        has any."""
        return ranking / self.width if self.mean else 0.0

    def standard(self, column: Vectors) -> Vectors:
        """The signal in standard deviations from its mean, (candidates,)."""
        scaled: Vectors = (column - np.float32(self.mean)) / np.float32(self.width)
        return scaled


def spread(column: Vectors, reach: Reach) -> Spread:
    """The spread of a signal of all passages, (passages,), over those within reach."""
    chosen = within(column, reach)
    if not len(chosen) or not chosen.max():
        return Spread(0.0, 1.0)
    mean = float(chosen.mean())
    if len(chosen) < MANY:
        return Spread(mean, _width(float(chosen.std())))
    # one pass without a copy; most scores are zero, so that little is lost to rounding
    square = float(chosen @ chosen) / len(chosen) - mean * mean
    return Spread(mean, _width(math.sqrt(max(0.0, square))))


def spread_with(column: Vectors, others: int) -> Spread:
    """The spread of a cosine of the candidates together with `others`, which have -1."""
    if not others:
        whole = (float(column.mean()), float(column.std())) if len(column) else (0.0, 1.0)
        return Spread(whole[0], _width(whole[1]))
    count = len(column) + others
    mean = (float(column.sum(dtype=np.float64)) - others) / count
    square = float(((column - mean) ** 2).sum(dtype=np.float64)) + others * (-1.0 - mean) ** 2
    return Spread(mean, _width(math.sqrt(square / count)))


def _width(deviation: float) -> float:
    return deviation if deviation > 1e-6 else 1.0


def matrix(found: Signals) -> Vectors:
    """Signals by candidate, (candidates, len(SIGNALS)), standardised over what is within reach but
    for three: the nearness of a noted question is nothing without one, so that documents with and
    without noted questions can be ranked together; the cue and the supplier sheet are 0 or 1.
    """
    whole = found.dense[:, KINDS.index("whole")]
    body = np.maximum(found.dense[:, KINDS.index("sentence")], found.dense[:, KINDS.index("pair")])
    body = np.where(body < -0.99, whole, body)
    best = found.dense.max(axis=1)
    columns = {
        "lexical": found.spreads[0].standard(found.lexical),
        "expansion": found.spreads[1].standard(found.expansion),
        "question": QUESTION_SCALE * np.maximum(found.question() - NEAR_QUESTION, 0.0),
        "best": spread_with(best, found.others).standard(best),
        "body": spread_with(body, found.others).standard(body),
        "whole": spread_with(whole, found.others).standard(whole),
        "cue": np.minimum(found.cue, 1.0),
        "fiche": found.sheet,
        "document": found.spreads[2].standard(found.document),
    }
    return np.stack([columns[name] for name in SIGNALS], axis=1).astype(np.float32, copy=False)


def fuse(
    found: Signals, ranking: Mapping[str, float], mode: Mode = "fusion", *, sheets: bool = False
) -> Vectors:
    """One score a candidate, (candidates,), by the weights in `ranking`.

    `sheets`: the question is about supplier sheets, so these are not held back.
    """
    table = matrix(found)
    if mode != "fusion":
        alone: Vectors = table[:, SIGNALS.index("lexical" if mode == "lexical" else "whole")]
        return alone
    weights = np.array([ranking[name] for name in SIGNALS], dtype=np.float32)
    if sheets:
        weights[SIGNALS.index("fiche")] = 0.0
    score: Vectors = table @ weights
    return score


def ranked(
    scope: Scope, question: Question, found: Signals, *, mode: Mode = "fusion", top: int = 10
) -> list[Hit]:
    """The best `top` passages in order, each with what spoke for it."""
    filters = question.filters
    sheets = bool(filters.supplier or "fiche" in filters.kinds)
    revision = scope.revision
    weights = fitted(found.noted, revision.sheets).ranking
    score = fuse(found, weights, mode, sheets=sheets)
    nearest = found.dense.max(axis=1)
    whole = found.spreads[2].standard(found.document)
    hits = []
    for place in np.argsort(-score, kind="stable")[:top]:
        passage: Passage = revision.passages[found.numbers[place]]
        hits.append(
            Hit(
                passage=passage,
                document=scope.documents[passage.document],
                score=float(score[place]),
                lexical=float(found.lexical[place]),
                dense=float(nearest[place]),
                whole=float(whole[place]),
                superseded=passage.document in scope.superseded,
            )
        )
    return hits
