"""The linear layer behind the mean: shorter vectors that find what the whole ones find.

Principal components of passages' vectors, about the origin since cosines are what is compared.
Nothing is learnt from questions: a layer that was (contrastively, from the same pairs as the
network) found its own passages and lost a tenth of those that it had not seen.
"""

from collections.abc import Sequence

import numpy as np
import torch
from tokenizers import Tokenizer

from indexer.training.data import Pair, TrainingData
from indexer.training.settings import Settings
from indexer.training.student import Student, vectors
from indexer.training.words import Report


def layer(
    student: Student, tokenizer: Tokenizer, data: TrainingData, settings: Settings, report: Report
) -> torch.Tensor | None:
    """The layer's weights, float32, shape (settings.vectors, width of the network).

    None where the network's own vectors are no wider than that.
    """
    if settings.vectors >= student.bert.config.hidden_size:
        return None
    texts = sample(data, settings)
    report("layer", passages=len(texts), dimension=settings.vectors)
    found = vectors(student, tokenizer, texts, settings.max_length).astype(np.float64)
    _, directions = np.linalg.eigh(found.T @ found / len(found))
    kept = directions[:, ::-1][:, : settings.vectors].T  # the largest first
    # a component's sign is arbitrary and may differ by machine: its largest weight is positive
    largest = kept[np.arange(len(kept)), np.abs(kept).argmax(axis=1)]
    return torch.from_numpy((kept * np.sign(largest)[:, None]).astype(np.float32))


def sample(data: TrainingData, settings: Settings) -> list[str]:
    """At most `settings.vectors_texts` distinct passages of each kind of pairs."""
    rng = np.random.default_rng([settings.seed, 9])
    texts: list[str] = []
    for pairs in (data.notes, data.headings, data.questions, data.sheets):
        texts += _some(pairs, settings.vectors_texts, rng)
    return list(dict.fromkeys(texts))


def _some(pairs: Sequence[Pair], size: int, rng: np.random.Generator) -> list[str]:
    distinct = list(dict.fromkeys(pair.passage for pair in pairs))
    return [distinct[int(i)] for i in rng.permutation(len(distinct))[:size]]
