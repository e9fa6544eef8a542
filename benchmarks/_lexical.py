"""BM25 over French texts, as a benchmark compares to it."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

import numpy as np
import numpy.typing as npt

Scores = npt.NDArray[np.float32]
ELISION = re.compile(r"\b(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|quoiqu)['’]")


def lexical(texts: list[str], questions: list[str]) -> Scores:
    """BM25 scores, shape (questions, texts): accents folded, elisions cut, French Snowball."""
    import bm25s
    import Stemmer

    stemmer = Stemmer.Stemmer("french")

    def words(many: list[str]) -> Any:
        folded = [fold(text) for text in many]
        return bm25s.tokenize(
            folded, stopwords="fr", stemmer=stemmer, show_progress=False, return_ids=False
        )

    index = bm25s.BM25()
    index.index(words(texts), show_progress=False)
    found = np.zeros((len(questions), len(texts)), dtype=np.float32)
    for row, pieces in enumerate(words(questions)):
        if pieces:
            found[row] = index.get_scores(pieces)
    return found


def standardised(scores: Scores) -> Scores:
    """Each question's scores with mean 0 and deviation 1 over all passages."""
    spread = scores.std(axis=1, keepdims=True)
    result: Scores = (scores - scores.mean(axis=1, keepdims=True)) / np.maximum(spread, 1e-9)
    return result


def fold(text: str) -> str:
    """Lower case, without elided articles and without accents."""
    cut = ELISION.sub(" ", text.lower().replace("œ", "oe"))
    return "".join(c for c in unicodedata.normalize("NFD", cut) if not unicodedata.combining(c))
