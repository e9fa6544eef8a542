"""The distinct unit vectors of a revision: few are all compared, to many a graph leads."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Any

import faiss as _faiss
import numpy as np
from numpy.typing import NDArray

from knowledge.embedding import Vectors

# faiss is written in C++ and its wrappers carry no usable types
faiss: Any = _faiss

Numbers = NDArray[np.int64]
GRAPH_FROM = 50_000  # vectors: below, all are compared; above, a graph (HNSW) is searched
EFFORT = 128  # vectors that a search of the graph keeps in view, at least
LINKS, BUILT_WITH = 32, 80  # of the graph: neighbours a vector, vectors in view while it is built


def write_vectors(path: Path, vectors: Vectors, dimension: int) -> None:
    """Writes (n, dimension) unit vectors, with a graph where they are many. Raises OSError."""
    if len(vectors) < GRAPH_FROM:
        index: Any = faiss.IndexFlatIP(dimension)
    else:
        index = faiss.IndexHNSWFlat(dimension, LINKS, faiss.METRIC_INNER_PRODUCT)
        index.hnsw.efConstruction = BUILT_WITH
        index.hnsw.efSearch = EFFORT
    index.add(np.ascontiguousarray(vectors, dtype=np.float32))
    faiss.write_index(index, str(path))


class VectorTable:
    """Vectors read from disk; safe to share between threads."""

    def __init__(self, path: Path) -> None:
        self._index: Any = faiss.read_index(str(path))
        self._asked_last: tuple[Vectors, Vectors] | None = None  # a question, all its cosines

    def __len__(self) -> int:
        return int(self._index.ntotal)

    @property
    def dimension(self) -> int:
        """Numbers a vector."""
        return int(self._index.d)

    @property
    def exhaustive(self) -> bool:
        """Whether a search compares all vectors, rather than those that the graph leads to."""
        return len(self) < GRAPH_FROM

    @cached_property
    def matrix(self) -> Vectors:
        """All vectors, (n, dimension) float32: faiss's own memory, to be read only."""
        held = self._index
        flat = held if self.exhaustive else faiss.downcast_index(held.storage)
        if not len(self):
            return np.zeros((0, held.d), dtype=np.float32)
        vectors: Vectors = faiss.rev_swig_ptr(flat.get_xb(), held.ntotal * held.d)
        vectors = vectors.reshape(held.ntotal, held.d)
        vectors.flags.writeable = False
        return vectors

    def rows(self, numbers: Numbers) -> Vectors:
        """Some of the vectors, (len(numbers), dimension); no copy where they follow one another."""
        if len(numbers) and np.array_equal(numbers, np.arange(numbers[0], numbers[-1] + 1)):
            return self.matrix[numbers[0] : numbers[-1] + 1]
        return self.matrix[numbers]

    def cosines(self, numbers: Numbers, vector: Vectors) -> Vectors:
        """Cosines of the question with some of the vectors, (len(numbers),) float32.

        In a small collection those of all vectors are computed once for the question asked last:
        the search, the evidence and the choice of sentences need them one after the other.
        """
        if not self.exhaustive:
            few: Vectors = self.matrix[numbers] @ vector
            return few
        held = self._asked_last
        if held is None or held[0] is not vector:
            asked = np.ascontiguousarray(vector, dtype=np.float32)
            every = np.empty(len(self), dtype=np.float32)
            # faiss's own loop of the calling thread alone: one question is too little for the
            # threads of several libraries, which would wait for one another
            faiss.fvec_inner_products_ny(
                faiss.swig_ptr(every),
                faiss.swig_ptr(asked),
                faiss.swig_ptr(self.matrix),
                self.dimension,
                len(every),
            )
            held = self._asked_last = (vector, every)
        return held[1][numbers]

    def selector(self, wanted: NDArray[np.bool_]) -> Any:
        """What keeps a search of the graph to the vectors wanted, (n,); None: nothing need."""
        if self.exhaustive or wanted.all():
            return None
        return faiss.IDSelectorBitmap(np.packbits(wanted, bitorder="little"))

    def nearest(self, vector: Vectors, count: int, selector: Any) -> tuple[Numbers, Vectors]:
        """The `count` vectors nearest to the question as far as the graph finds them: their numbers
        and cosines, (≤ count,) each."""
        asked = np.ascontiguousarray(vector, dtype=np.float32)
        faiss.omp_set_num_threads(1)
        options = faiss.SearchParametersHNSW(sel=selector, efSearch=max(EFFORT, count))
        cosines, numbers = self._index.search(asked[None, :], count, params=options)
        found = numbers[0] >= 0
        return numbers[0][found], cosines[0][found]
