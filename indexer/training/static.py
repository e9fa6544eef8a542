"""The static model: a text is the mean of its pieces' vectors.

It puts French and English pieces into one space in minutes; the transformer's token table starts
from it.
"""

import numpy as np
import numpy.typing as npt
import torch
from torch.nn import functional

from indexer.training.losses import cosine_distance, info_nce
from indexer.training.settings import Settings
from indexer.training.state import Stage, optimise
from indexer.training.tokens import Ragged
from indexer.training.words import Report


class StaticModel(torch.nn.Module):
    """A table of piece vectors, shape (vocabulary, dimension)."""

    def __init__(self, vocabulary: int, dimension: int, seed: int) -> None:
        super().__init__()
        generator = torch.Generator().manual_seed(seed)
        table = torch.randn(vocabulary, dimension, generator=generator) * 0.05
        self.table = torch.nn.Parameter(table)

    def forward(self, texts: Ragged, rows: npt.NDArray[np.int64]) -> torch.Tensor:
        """Unit vectors of the rows, shape (len(rows), dimension)."""
        pieces, starts = texts.bags(rows)
        where = self.table.device
        means = functional.embedding_bag(
            pieces.to(where), self.table, starts.to(where), mode="mean"
        )
        return functional.normalize(means, dim=1)


def train_static(
    stage: Stage,
    model: StaticModel,
    teacher: npt.NDArray[np.float16],
    french: Ragged,
    english: Ragged,
    pairs: tuple[Ragged, Ragged],
    settings: Settings,
    report: Report,
) -> None:
    """Fit the table: French and English to the teacher's vectors, query to passage.

    teacher: (n, dimension), row i for text i of french and english. pairs: queries and passages,
    aligned.
    """
    queries, passages = pairs
    size = min(settings.static_batch, len(french))
    beside = min(size // 2, len(queries)) or 1

    def step(number: int) -> torch.Tensor:
        rng = np.random.default_rng([settings.seed, 2, number])
        rows = rng.choice(len(french), size, replace=False)
        wanted = torch.from_numpy(teacher[rows].astype(np.float32)).to(model.table.device)
        loss = torch.zeros((), device=model.table.device)
        for texts in (french, english):
            found = model(texts, rows)
            loss = loss + info_nce(found, wanted, settings.temperature)
            loss = loss + cosine_distance(found, wanted)
        chosen = rng.choice(len(queries), beside, replace=False)
        return loss + info_nce(
            model(queries, chosen), model(passages, chosen), settings.temperature
        )

    optimise(
        stage,
        model,
        [([model.table], settings.static_rate)],
        settings.static_steps,
        step,
        settings.checkpoint_seconds,
        report,
        decay=0.0,
    )
