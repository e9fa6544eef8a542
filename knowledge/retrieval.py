"""Question → ranked hits. Passages the asker may not read are out before anything is scored."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from knowledge.analysis import words
from knowledge.calibration import RANKING
from knowledge.cues import CUES, gives, wants
from knowledge.embedding import Vectors
from knowledge.index import Revision
from knowledge.passages import READABLE, Document, Hit, Passage
from knowledge.question import Filters, Question
from knowledge.views import KINDS

Mode = Literal["fusion", "lexical", "dense"]
# Signals of a passage for a question, in this order: see `signals`.
SIGNALS = ("lexical", "expansion", "question", "best", "body", "whole", "cue", "fiche")
# A noted question says something only when it is near; scaled to weigh like the other signals.
NEAR_QUESTION, QUESTION_SCALE = 0.35, 6.0
CUES_UP_TO = 20_000  # passages: reading a larger collection for cues would slow its opening


class Scope:
    """What one audience may read of a revision; made once for each audience."""

    def __init__(self, revision: Revision, audience: str) -> None:
        self.revision = revision
        levels = READABLE.get(audience, READABLE["outsider"])
        self.documents = {k: d for k, d in revision.documents.items() if d.audience in levels}
        self.passages: NDArray[np.bool_] = np.array(
            [p.document in self.documents for p in revision.passages], dtype=bool
        )
        self.superseded = superseded(self.documents)
        keys = [p.document for p in revision.passages]
        self._in_force: NDArray[np.bool_] = np.array([k not in self.superseded for k in keys], bool)
        self.sheet: NDArray[np.bool_] = np.array(
            [k in self.documents and self.documents[k].kind == "fiche" for k in keys], bool
        )

    @cached_property
    def gives(self) -> Vectors:
        """Which kinds of answer each passage gives, (passages, kinds); see cues."""
        passages = self.revision.passages
        if len(passages) > CUES_UP_TO:
            return np.zeros((len(passages), len(CUES)), dtype=np.float32)
        rows = [gives(p.text) for p in passages]
        return np.stack(rows) if rows else np.zeros((0, len(CUES)), dtype=np.float32)

    def counts(self) -> dict[str, int]:
        """Folded words of the readable passages and how often each occurs."""
        total: Counter[str] = Counter()
        for passage, readable in zip(self.revision.passages, self.passages, strict=True):
            if readable:
                total.update(words(f"{passage.heading} {passage.text}"))
                total.update(w for question in passage.questions for w in words(question))
        return dict(total)

    def allowed(self, filters: Filters) -> NDArray[np.bool_]:
        """Which passages may be searched, (passages,): readable and within the filters.

        Versions no longer in force are left out unless the question wants them.
        """
        mask = self.passages.copy()
        if not filters.older:
            mask &= self._in_force
        if not (filters.supplier or filters.kinds or filters.versions):
            return mask
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
        narrowed = mask & np.array([p.document in keep for p in self.revision.passages], bool)
        return narrowed if narrowed.any() else mask


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
    """What speaks for each passage, (passages, len(SIGNALS)), and the raw evidence behind it."""

    allowed: NDArray[np.bool_]
    lexical: Vectors  # BM25 of the question's own words
    expansion: Vectors  # BM25 of what the lexicon adds
    dense: Vectors  # (passages, len(KINDS)) best cosine of each kind of view, -1 without one
    view: NDArray[np.int64]  # the view that matched best, by passage
    cue: Vectors  # how many of the kinds of answer wanted the passage gives
    sheet: NDArray[np.bool_]

    def question(self) -> Vectors:
        """Best cosine of each passage's noted questions, (passages,); -1 without any."""
        column: Vectors = self.dense[:, KINDS.index("question")]
        return column

    def text(self) -> Vectors:
        """Best cosine of each passage's own text and headings, (passages,)."""
        columns = [number for number, kind in enumerate(KINDS) if kind != "question"]
        best: Vectors = self.dense[:, columns].max(axis=1)
        return best


def gather(scope: Scope, question: Question, vector: Vectors | None) -> Signals:
    """Scores of every passage for a question; without a vector the dense part is all -1."""
    revision = scope.revision
    count = len(revision.passages)
    allowed = scope.allowed(question.filters)
    dense = np.full((count, len(KINDS)), -1.0, dtype=np.float32)
    best = np.zeros(count, dtype=np.int64)
    if vector is not None and len(revision.view_passage):
        readable = np.zeros(revision.view_vector.max() + 1, dtype=bool)
        readable[revision.view_vector[allowed[revision.view_passage]]] = True
        cosine = revision.search(vector, readable, 400)[revision.view_vector]
        np.maximum.at(dense, (revision.view_passage, revision.view_kind), cosine)
        order = np.argsort(cosine, kind="stable")
        best[revision.view_passage[order]] = order
    return Signals(
        allowed=allowed,
        lexical=revision.lexical_scores(question.stems),
        expansion=revision.lexical_scores(question.expansion),
        dense=dense,
        view=best,
        cue=scope.gives @ wants(question.text),
        sheet=scope.sheet,
    )


def matrix(found: Signals) -> Vectors:
    """Signals by passage, (passages, len(SIGNALS)), standardised over the allowed passages but for
    three: the nearness of a noted question is nothing without one, so that documents with and
    without noted questions can be ranked together; the cue and the supplier sheet are 0 or 1.
    """
    whole = found.dense[:, KINDS.index("whole")]
    body = np.maximum(found.dense[:, KINDS.index("sentence")], found.dense[:, KINDS.index("pair")])
    body = np.where(body < -0.99, whole, body)
    asked = QUESTION_SCALE * np.maximum(found.question() - NEAR_QUESTION, 0.0)
    columns = {
        "lexical": _standard(found.lexical, found.allowed),
        "expansion": _standard(found.expansion, found.allowed),
        "question": asked,
        "best": _standard(found.dense.max(axis=1), found.allowed),
        "body": _standard(body, found.allowed),
        "whole": _standard(whole, found.allowed),
        "cue": np.minimum(found.cue, 1.0),
        "fiche": found.sheet.astype(np.float32),
    }
    return np.stack([columns[name] for name in SIGNALS], axis=1).astype(np.float32)


def _standard(column: Vectors, allowed: NDArray[np.bool_]) -> Vectors:
    chosen = column[allowed]
    if not len(chosen):
        return column
    spread = float(chosen.std())
    scaled: Vectors = (column - chosen.mean()) / (spread if spread > 1e-6 else 1.0)
    return scaled


def fuse(found: Signals, mode: Mode = "fusion", *, sheets: bool = False) -> Vectors:
    """One score a passage, (passages,); -inf for those not allowed.

    `sheets`: the question is about supplier sheets, so these are not held back.
    """
    table = matrix(found)
    if mode == "lexical":
        score = table[:, SIGNALS.index("lexical")]
    elif mode == "dense":
        score = table[:, SIGNALS.index("whole")]
    else:
        weights = np.array([RANKING[name] for name in SIGNALS], dtype=np.float32)
        if sheets:
            weights[SIGNALS.index("fiche")] = 0.0
        score = table @ weights
    return np.where(found.allowed, score, -np.inf).astype(np.float32)


def ranked(
    scope: Scope, question: Question, found: Signals, *, mode: Mode = "fusion", top: int = 10
) -> list[Hit]:
    """The best `top` passages in order, each with what spoke for it."""
    filters = question.filters
    score = fuse(found, mode, sheets=bool(filters.supplier or "fiche" in filters.kinds))
    revision = scope.revision
    order = np.argsort(-score, kind="stable")[:top]
    hits = []
    for number in order:
        if not np.isfinite(score[number]):
            break
        passage: Passage = revision.passages[number]
        hits.append(
            Hit(
                passage=passage,
                document=scope.documents[passage.document],
                score=float(score[number]),
                lexical=float(found.lexical[number]),
                dense=float(found.dense[number].max()),
                superseded=passage.document in scope.superseded,
                best_view=revision.view_text[found.view[number]] if revision.view_text else "",
            )
        )
    return hits
