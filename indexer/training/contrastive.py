"""The stage that pays: chat-style questions against passages of a hundred words."""

import numpy as np
import numpy.typing as npt
import torch
from tokenizers import Tokenizer

from indexer.training.data import Pair, Parallel, TrainingData
from indexer.training.distil import Distillation
from indexer.training.losses import info_nce
from indexer.training.negatives import groups
from indexer.training.noise import as_question, noisy
from indexer.training.settings import Settings
from indexer.training.state import Stage, optimise
from indexer.training.student import Student
from indexer.training.tokens import Ragged
from indexer.training.words import Report

CYCLE = (
    "question",
    "heading",
    "sheet",
    "note",
    "question",
    "distil",
    "heading",
    "sheet",
    "english",
    "question",
)
PLAIN = ("question", "sheet")
"""Kinds whose queries are questions already."""
NEAR_DUPLICATE = 0.95
QUERY = 64
"""Pieces of a query that are read."""
TITLE_IN_PASSAGE = 0.75
"""Share, of the share of queries that have the title in front, for passages."""


class Batches:
    """Seeded batches of (queries, passages) for each kind of the cycle."""

    def __init__(
        self, data: TrainingData, settings: Settings, groups_of: "Batches | None" = None
    ) -> None:
        """groups_of: batches of the same data, seed, notes and group size, to take groups from."""
        self.data = data
        self.settings = settings
        self.pairs = {
            "heading": data.headings,
            "note": data.notes,
            "question": data.questions,
            "sheet": data.sheets,
        }
        rng = np.random.default_rng([settings.seed, 6])
        chosen = np.sort(rng.permutation(len(data.notes))[: settings.notes])
        self.rows = {
            "heading": np.arange(len(data.headings)),
            "note": chosen,
            "question": np.arange(len(data.questions)),
            "sheet": np.arange(len(data.sheets)),
        }
        if groups_of is not None:
            self.groups: dict[str, list[npt.NDArray[np.int64]]] = groups_of.groups
            return
        self.groups = {
            kind: [
                self.rows[kind][group]
                for group in groups(
                    [pairs[int(i)] for i in self.rows[kind]], settings.seed, settings.group
                )
            ]
            if pairs
            else []
            for kind, pairs in self.pairs.items()
        }

    def draw(self, number: int, kind: str, size: int) -> list[Pair]:
        """About `size` pairs of the kind for step `number`, the query side changed and noised."""
        rng = np.random.default_rng([self.settings.seed, 7, number])
        if kind == "english":
            rows = rng.choice(
                len(self.data.sections), min(size, len(self.data.sections)), replace=False
            )
            return [english_query(self.data.sections[int(row)], rng) for row in rows]
        picked: list[Pair] = []
        for group in rng.permutation(len(self.groups[kind])):
            picked += [self._pair(kind, int(row), rng) for row in self.groups[kind][int(group)]]
            if len(picked) >= size:
                break
        return picked

    def _pair(self, kind: str, row: int, rng: np.random.Generator) -> Pair:
        pair = self.pairs[kind][row]
        query, passage = pair.query, pair.passage
        if kind == "heading":
            title = self.data.titles[row]
            if rng.random() < TITLE_IN_PASSAGE * self.settings.title:
                passage = f"{title}. {passage}"
            if rng.random() < self.settings.title:
                query = f"{title} : {query}"
        if kind not in PLAIN and rng.random() < self.settings.template:
            query = as_question(query, rng)
        if rng.random() < self.settings.noise:
            query = noisy(query, rng)
        return Pair(query, passage)


def english_query(section: Parallel, rng: np.random.Generator) -> Pair:
    """6 to 16 words running from the English section as the query for the French one."""
    words = section.en.split()
    size = int(rng.integers(6, 17))
    begin = int(rng.integers(0, max(1, len(words) - size)))
    return Pair(" ".join(words[begin : begin + size]), section.fr)


def pair_loss(
    student: Student, tokenizer: Tokenizer, pairs: list[Pair], length: int, temperature: float
) -> torch.Tensor:
    """InfoNCE from query to passage within the batch (scalar).

    Another row's passage is no wrong answer where query or passage are the same text or the
    passages' cosine exceeds 0.95.
    """
    rows: npt.NDArray[np.int64] = np.arange(len(pairs), dtype=np.int64)
    queries = student.encode(
        Ragged(tokenizer, [p.query for p in pairs], student.longest(QUERY)), rows
    )
    passages = student.encode(
        Ragged(tokenizer, [p.passage for p in pairs], student.longest(length)), rows
    )
    with torch.no_grad():
        excluded = passages @ passages.T > NEAR_DUPLICATE
        for name in ("query", "passage"):
            texts = np.array([getattr(pair, name) for pair in pairs], dtype=object)
            same = torch.from_numpy((texts[:, None] == texts[None, :]).astype(bool))
            excluded |= same.to(excluded.device)
        excluded.fill_diagonal_(False)
    return info_nce(queries, passages, temperature, excluded)


def contrast(
    stage: Stage,
    student: Student,
    tokenizer: Tokenizer,
    batches: Batches,
    distillation: Distillation | None,
    settings: Settings,
    report: Report,
    first: int = 0,
    cycle: tuple[str, ...] = CYCLE,
) -> None:
    """Train on the cycle of questions, headings, notes, English queries and distillation.

    first: the number of the first step, so that a second turn draws other batches than the first.
    cycle: the kinds in turn; without `distillation` it must not name distillation.

    Where there are no questions or sheets their turn goes to the headings. Every fourth turn of a
    kind takes passages `contrastive_long` times as long in batches that much smaller.
    """

    def step(turn: int) -> torch.Tensor:
        number = first + turn
        kind = cycle[number % len(cycle)]
        if kind == "distil":
            assert distillation is not None
            return distillation.loss(number, settings.contrastive_batch * 64)
        if kind in PLAIN and not batches.groups[kind]:
            kind = "heading"
        times = settings.contrastive_long if number // len(cycle) % 4 == 3 else 1
        pairs = batches.draw(number, kind, settings.contrastive_batch // times)
        length = min(settings.max_length, settings.contrastive_tokens * times)
        return pair_loss(student, tokenizer, pairs, length, settings.temperature)

    optimise(
        stage,
        student,
        student.groups(settings.contrastive_rate, settings.contrastive_embedding_rate),
        settings.contrastive_steps,
        step,
        settings.checkpoint_seconds,
        report,
    )
