"""Learns the wording of the questions noted in the documents (knowledge/wording.py)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from knowledge.revision import Revision
from knowledge.views import OFFTOPIC, View
from knowledge.wording import SIZE, Wording, counted, texts_digest

FEWEST = 200  # texts of each side: from fewer nothing is learnt
STRENGTH = 8.0  # inverse of the regularisation, fitted on the development questions


def wording_of(views: Sequence[View], old: Revision | None) -> Wording | None:
    """The model for the views of a revision, the old one's where the texts are the same.

    None where too few questions are noted, or too few messages that are not for the assistant.
    """
    asked = [view.text for view in views if view.kind == "question"]
    others = [view.text for view in views if view.kind == OFFTOPIC]
    if len(asked) < FEWEST or len(others) < FEWEST:
        return None
    kept = old.wording if old is not None else None
    if kept is not None and kept.digest == texts_digest(asked, others):
        return kept
    return learnt(asked, others)


def learnt(asked: Sequence[str], others: Sequence[str]) -> Wording:
    """Logistic regression in which both sides weigh alike, of TF-IDF rows of unit length."""
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import normalize

    rows = [counted(text) for text in (*asked, *others)]
    starts = np.cumsum([0, *map(len, rows)])
    places = np.fromiter((place for row in rows for place in row), dtype=np.int32)
    values = np.fromiter((value for row in rows for value in row.values()), dtype=np.float32)
    found_in = np.bincount(places, minlength=SIZE)
    rarity = (np.log((1 + len(rows)) / (1 + found_in)) + 1).astype(np.float32)
    table = normalize(csr_matrix((values * rarity[places], places, starts), (len(rows), SIZE)))
    model = LogisticRegression(
        C=STRENGTH, class_weight="balanced", solver="liblinear", max_iter=300, random_state=0
    )
    model.fit(table, np.arange(len(rows)) < len(asked))
    return Wording(
        rarity=rarity,
        weights=model.coef_[0].astype(np.float32),
        bias=float(model.intercept_[0]),
        digest=texts_digest(asked, others),
    )
