"""Hard negatives without extra cost: pairs whose passages BM25 confuses share a batch."""

import os

import numpy as np
import numpy.typing as npt

from indexer.training.data import Pair

GROUP = 4
DEPTH = 24


def groups(pairs: list[Pair], seed: int, size: int = GROUP) -> list[npt.NDArray[np.int64]]:
    """Rows of `pairs` in groups of up to `size`: a pair and those BM25 finds for its query.

    Every row is in exactly one group; the groups' order is seeded. A pair with the same query or
    the same passage as another of its group is left to another group.
    """
    import bm25s
    import Stemmer

    stemmer = Stemmer.Stemmer("french")
    passages = [pair.passage[:700] for pair in pairs]
    corpus = bm25s.tokenize(passages, stopwords="fr", stemmer=stemmer, show_progress=False)
    index = bm25s.BM25()
    index.index(corpus, show_progress=False)
    queries = bm25s.tokenize(
        [pair.query for pair in pairs],
        stopwords="fr",
        stemmer=stemmer,
        show_progress=False,
        return_ids=False,
    )
    near, _ = index.retrieve(
        queries,
        k=min(DEPTH, len(pairs)),
        show_progress=False,
        return_as="tuple",
        n_threads=os.cpu_count() or 1,
        backend_selection="numpy",  # with JAX it would take most of a GPU’s memory
    )
    rng = np.random.default_rng([seed, 5])
    free = np.ones(len(pairs), dtype=bool)
    found: list[npt.NDArray[np.int64]] = []
    for first in rng.permutation(len(pairs)):
        if not free[first]:
            continue
        group = [int(first)]
        free[first] = False
        for other in near[first]:
            if len(group) >= size:
                break
            if free[other] and not any(_same(pairs[i], pairs[int(other)]) for i in group):
                group.append(int(other))
                free[other] = False
        found.append(np.array(group, dtype=np.int64))
    return found


def _same(one: Pair, other: Pair) -> bool:
    return one.query == other.query or one.passage == other.passage
