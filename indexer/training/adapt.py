"""Goes on from a trained encoder: more of the contrastive stage, without teacher or distillation.

For an operator's own text it takes a part of the time of a training from nothing.
"""

import hashlib
from dataclasses import replace
from pathlib import Path

import torch
from tokenizers import Tokenizer
from transformers import AutoModel

from indexer.training import data as files
from indexer.training.common import MODEL, measure, questions_digest, with_questions
from indexer.training.contrastive import Batches, contrast
from indexer.training.corpus import corpus_pairs, sentence_pairs
from indexer.training.export import export
from indexer.training.holdout import hold_out
from indexer.training.settings import Settings
from indexer.training.state import Stage
from indexer.training.student import Student
from indexer.training.teacher import device
from indexer.training.words import DataError, Report

# Where a training from nothing distils, one that goes on asks once more.
CYCLE = ("question", "heading", "note", "question", "english", "heading", "question", "question")


def started(start: Path, max_length: int) -> tuple[Student, Tokenizer]:
    """The encoder of the directory as a student, with its tokenizer.

    Raises DataError where the directory holds no encoder that the training has made.
    """
    try:
        tokenizer = Tokenizer.from_file(str(start / "tokenizer.json"))
        tokenizer.no_padding()
        tokenizer.no_truncation()
        student = Student(start, tokenizer.get_vocab_size(), max_length)
        kept = AutoModel.from_pretrained(start, dtype=torch.float32).state_dict()
        student.bert.load_state_dict(
            {name: tensor for name, tensor in kept.items() if not name.startswith("pooler.")}
        )
    except Exception as error:  # the libraries raise whatever they like on a broken directory
        detail = f"{type(error).__name__}: {error}".splitlines()[0]
        raise DataError("train.no_start", folder=start, detail=detail) from error
    return student, tokenizer


def adapt(
    data: Path,
    out: Path,
    start: Path,
    settings: Settings,
    report: Report,
) -> Path:
    """Train `settings.adapt_steps` steps from the encoder in `start`; the model directory.

    Resumable like the other stages. Raises DataError on unusable data.
    """
    loaded, development = hold_out(with_questions(files.load(data, report), report), settings.seed)
    own = [*corpus_pairs(), *sentence_pairs()]
    loaded = replace(loaded, questions=[*loaded.questions, *own])
    torch.manual_seed(settings.seed)
    torch.set_flush_denormal(True)
    student, tokenizer = started(start, settings.max_length)
    student.to(device())
    weights = hashlib.sha256((start / "model.safetensors").read_bytes()).hexdigest()
    parent = weights + files.digest(data) + questions_digest(loaded.questions)
    digest = settings.digest(
        "adapt_steps", "adapt_share", parent=settings.contrastive_digest(parent)
    )
    stage = Stage(out, "adapt", digest)
    if not stage.restored(student):
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
    target = out / MODEL
    export(student, tokenizer, target, settings.max_length)
    report("done", folder=target)
    return target
