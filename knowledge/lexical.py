"""A lexical index: BM25 over entries given as lists of stems."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import bm25s
import numpy as np

from knowledge.embedding import Vectors

NOTHING = "∅"  # bm25s takes no entry without a word


def write_lexical(path: Path, entries: Iterable[Sequence[str]]) -> None:
    """Writes the index of these entries into the directory `path`. Raises OSError."""
    index = bm25s.BM25(method="lucene", k1=1.2, b=0.6)
    index.index([list(entry) or [NOTHING] for entry in entries], show_progress=False)
    index.save(path, show_progress=False)


class Lexical:
    """An index read from disk; safe to share between threads."""

    def __init__(self, path: Path, entries: int) -> None:
        self._index: Any = bm25s.BM25.load(path)
        self._entries = entries

    @property
    def vocabulary(self) -> dict[str, int]:
        """Stem → its number in the index."""
        found: dict[str, int] = self._index.vocab_dict
        return found

    def scores(self, stems: Sequence[str]) -> Vectors:
        """BM25 score of every entry for these stems, (entries,) float32; unknown stems give 0."""
        known = [stem for stem in stems if stem in self.vocabulary]
        if not known:
            return np.zeros(self._entries, dtype=np.float32)
        return np.asarray(self._index.get_scores(known), dtype=np.float32)

    def rarity(self, stem: str) -> float:
        """Inverse document frequency of a stem, ≥ 0; the largest for one that no entry holds."""
        count = len(self._places(stem))
        return math.log(1 + (self._entries - count + 0.5) / (count + 0.5))

    def holds(self, entry: int, stem: str) -> bool:
        """Whether the entry has the stem."""
        return bool((self._places(stem) == entry).any())

    def _places(self, stem: str) -> Any:
        """The entries that hold the stem."""
        number = self.vocabulary.get(stem)
        if number is None or not stem:  # bm25s numbers the empty text too
            return np.zeros(0, dtype=np.int64)
        start, end = self._index.scores["indptr"][number : number + 2]
        return self._index.scores["indices"][start:end]
