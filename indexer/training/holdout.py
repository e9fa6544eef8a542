"""A development set that no stage trains on."""

from collections import Counter
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from indexer.training.data import Pair, TrainingData


@dataclass(frozen=True)
class Development:
    """Held-out queries, the passages they are looked for in, and the row of the right one.

    kinds: « note », « heading » or « question » for each query.
    """

    queries: list[str]
    gold: list[int]
    kinds: list[str]
    passages: list[str]


def hold_out(
    data: TrainingData, seed: int, each: int = 500, questions: int = 150, passages: int = 3_000
) -> tuple[TrainingData, Development]:
    """Take notes and headings that occur once, and generated questions, out of the data.

    At most a tenth of each kind is held out, generated questions with all that share their
    passage. The other passages are those of the notes and
    headings that stay in training.
    """
    rng = np.random.default_rng([seed, 4])
    kept: dict[str, list[int]] = {}
    out: list[tuple[str, Pair]] = []
    for kind, pairs, size in (
        ("note", data.notes, each),
        ("heading", data.headings, each),
        ("question", data.questions, questions),
    ):
        times = Counter(pair.query for pair in pairs)
        good = [i for i, p in enumerate(pairs) if times[p.query] == 1 and " " in p.query]
        taken = set(rng.permutation(good)[: min(size, len(pairs) // 10)].tolist())
        if kind == "question":
            taken = _whole_passages(pairs, rng, min(size, len(pairs) // 10))
        out += [(kind, pairs[i]) for i in sorted(taken)]
        kept[kind] = [i for i in range(len(pairs)) if i not in taken]
    texts = list(dict.fromkeys(pair.passage for _, pair in out))
    rest = [data.notes[i].passage for i in kept["note"]]
    rest += [data.headings[i].passage for i in kept["heading"]]
    for number in rng.permutation(len(rest)):
        if len(texts) >= passages:
            break
        texts.append(rest[int(number)])
    texts = list(dict.fromkeys(texts))
    where = {text: row for row, text in enumerate(texts)}
    development = Development(
        [pair.query for _, pair in out],
        [where[pair.passage] for _, pair in out],
        [kind for kind, _ in out],
        texts,
    )
    return (
        replace(
            data,
            notes=[data.notes[i] for i in kept["note"]],
            headings=[data.headings[i] for i in kept["heading"]],
            titles=[data.titles[i] for i in kept["heading"]],
            questions=[data.questions[i] for i in kept["question"]],
        ),
        development,
    )


def _whole_passages(pairs: list[Pair], rng: np.random.Generator, size: int) -> set[int]:
    """Rows of at least `size` pairs, every pair of a chosen passage among them."""
    owners: dict[str, list[int]] = {}
    for row, pair in enumerate(pairs):
        owners.setdefault(pair.passage, []).append(row)
    passages = list(owners)
    taken: set[int] = set()
    for number in rng.permutation(len(passages)):
        if len(taken) >= size:
            break
        taken.update(owners[passages[int(number)]])
    return taken


def recall(
    development: Development,
    queries: npt.NDArray[np.float32],
    passages: npt.NDArray[np.float32],
) -> dict[str, tuple[float, float]]:
    """For each kind, the share of queries whose passage is first, and among the first ten."""
    scores = queries @ passages.T
    right = scores[np.arange(len(queries)), development.gold]
    rank = (scores > right[:, None]).sum(axis=1)
    found: dict[str, tuple[float, float]] = {}
    for kind in dict.fromkeys(development.kinds):
        own = rank[[k == kind for k in development.kinds]]
        found[kind] = (float((own < 1).mean()), float((own < 10).mean()))
    return found
