"""The two stages before the transformer: the tokenizer and the static model."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

from indexer.training.data import TrainingData
from indexer.training.settings import Settings
from indexer.training.state import Stage
from indexer.training.static import StaticModel, train_static
from indexer.training.teacher import device
from indexer.training.tokens import EVERYDAY_REPEATS, Ragged, train_tokenizer
from indexer.training.words import Report

STATIC_PIECES = 128


def corpus(data: TrainingData) -> Iterator[str]:
    """The tokenizer's texts: all French, a quarter of the English, everyday French three times."""
    for number, pair in enumerate(data.parallel):
        for _ in range(EVERYDAY_REPEATS if pair.source == "tatoeba" else 1):
            yield pair.fr
        if number % 4 == 0:
            yield pair.en
    for heading in data.headings:
        yield f"{heading.query} {heading.passage}"


def tokenizer_stage(
    data: TrainingData, out: Path, settings: Settings, parent: str, report: Report
) -> tuple[Tokenizer, str]:
    """The tokenizer and the digest of its stage; parent: the digest of the stage before."""
    stage = Stage(out, "tokenizer", settings.digest("vocabulary", parent=parent))
    target = stage.path / "tokenizer.json"
    if not stage.done():
        train_tokenizer(corpus(data), settings.vocabulary, target)
        stage.finish()
    tokenizer = Tokenizer.from_file(str(target))
    report("pieces", count=tokenizer.get_vocab_size())
    return tokenizer, stage.digest


def static_stage(
    data: TrainingData,
    tokenizer: Tokenizer,
    sides: tuple[Ragged, Ragged],
    teacher: npt.NDArray[np.float16],
    out: Path,
    settings: Settings,
    parent: str,
    report: Report,
) -> tuple[npt.NDArray[np.float32], str]:
    """The static model's table, shape (vocabulary, dimension), and the digest of its stage.

    sides: the French and the English texts; teacher: the vectors of the latter.
    """
    names = ("dimension", "static_steps", "static_batch", "static_rate")
    stage = Stage(out, "static", settings.digest(*names, parent=parent))
    model = StaticModel(tokenizer.get_vocab_size(), settings.dimension, settings.seed)
    if not stage.restored(model):
        model.to(device())
        pairs = [*data.notes, *data.headings]
        queries = Ragged(tokenizer, [pair.query for pair in pairs], STATIC_PIECES)
        passages = Ragged(tokenizer, [pair.passage for pair in pairs], STATIC_PIECES)
        train_static(stage, model, teacher, *sides, (queries, passages), settings, report)
        stage.keep(model)
    table: npt.NDArray[np.float32] = model.table.detach().cpu().numpy()
    return table, stage.digest
