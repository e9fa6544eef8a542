"""Question → ranked hits. Passages the asker may not read are out before anything is scored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from knowledge.calibration import fitted
from knowledge.cues import wants
from knowledge.embedding import Vectors
from knowledge.passages import Hit, Passage
from knowledge.question import Question
from knowledge.revision import Reach
from knowledge.scope import Scope
from knowledge.spread import Spread, spread, spread_with, within
from knowledge.vector_table import Numbers
from knowledge.views import KINDS

Mode = Literal["fusion", "lexical", "dense"]
# Signals of a passage for a question, in this order: see `matrix`.
SIGNALS = ("lexical", "expansion", "question", "best", "body", "whole", "cue", "fiche", "document")
# A noted question says something only when it is near; scaled to weigh like the other signals.
NEAR_QUESTION, QUESTION_SCALE = 0.35, 6.0
NEAREST = 400  # vectors that a search of a large collection brings back
WORDIEST = 200  # passages of a large collection that are candidates for their words alone


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
