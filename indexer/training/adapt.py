"""Goes on from a trained encoder: more of the contrastive stage, without teacher or distillation.

For an operator's own text it takes a part of the time of a training from nothing.
"""

import hashlib
from dataclasses import replace
from pathlib import Path

import torch

from indexer.training import contrastive
from indexer.training import data as files
from indexer.training.average import counterpart
from indexer.training.common import measure, pairs_digest, with_own, with_questions, written
from indexer.training.contrastive import Batches, contrast
from indexer.training.holdout import hold_out
from indexer.training.settings import Settings
from indexer.training.start import started
from indexer.training.state import Stage
from indexer.training.teacher import device
from indexer.training.words import Report

# Where a training from nothing distils, one that goes on asks once more.
CYCLE = tuple("question" if kind == "distil" else kind for kind in contrastive.CYCLE)


def adapt(
    data: Path,
    out: Path,
    start: Path,
    settings: Settings,
    report: Report,
    other: Path | None = None,
) -> Path:
    """Train `settings.adapt_steps` steps from the encoder in `start`; the model directory.

    other: an encoder to take the mean with. Resumable like the other stages. Raises DataError on
    unusable data.
    """
    loaded, development = hold_out(with_questions(files.load(data, report), report), settings.seed)
    loaded = with_own(loaded)
    torch.manual_seed(settings.seed)
    torch.set_flush_denormal(True)
    student, tokenizer = started(start, settings.max_length)
    if other is not None:
        counterpart(student, tokenizer, other, settings.max_length)  # refused before the training
    student.to(device())
    weights = hashlib.sha256((start / "model.safetensors").read_bytes()).hexdigest()
    parent = weights + files.digest(data) + pairs_digest(loaded)
    digest = settings.digest(
        "adapt_steps", "adapt_share", parent=settings.contrastive_digest(parent)
    )
    if settings.adapt_steps and not (stage := Stage(out, "adapt", digest)).restored(student):
        measure(student, tokenizer, development, report)
        gentler = replace(
            settings,
            contrastive_steps=settings.adapt_steps,
            contrastive_rate=settings.contrastive_rate * settings.adapt_share,
            contrastive_embedding_rate=settings.contrastive_embedding_rate * settings.adapt_share,
        )
        first = settings.contrastive_steps + settings.polish_steps  # other batches than before
        batches = Batches(loaded, settings)
        contrast(stage, student, tokenizer, batches, None, gentler, report, first, CYCLE)
        stage.keep(student)
        measure(student, tokenizer, development, report)
    return written(student, tokenizer, loaded, development, out, settings, report, other)
