"""What a training from nothing and one that goes on from an encoder share."""

import itertools
from dataclasses import replace
from pathlib import Path

from tokenizers import Tokenizer

from indexer.training.average import average
from indexer.training.corpus import corpus_pairs, sentence_pairs
from indexer.training.data import TrainingData
from indexer.training.export import export
from indexer.training.holdout import Development, recall
from indexer.training.layer import layer
from indexer.training.questions import resolve, sha1
from indexer.training.settings import Settings
from indexer.training.sheets import sheet_pairs
from indexer.training.student import Student, vectors
from indexer.training.words import Report
from knowledge.phrases import say

MODEL = "encodeur-fr"


def with_questions(data: TrainingData, report: Report) -> TrainingData:
    """The data with the kept questions whose passages are in it, before the operator's own."""
    passages = (pair.passage for pair in (*data.notes, *data.headings))
    sections = (pair.fr for pair in data.sections)
    kept = resolve(itertools.chain(passages, sections), report)
    return replace(data, questions=[*kept, *data.questions])


def with_own(data: TrainingData) -> TrainingData:
    """The data with the questions noted for the shipped documents and those on the sheets.

    After `hold_out`: none of them is held out.
    """
    questions = [*data.questions, *corpus_pairs(), *sentence_pairs()]
    return replace(data, questions=questions, sheets=sheet_pairs())


def pairs_digest(data: TrainingData) -> str:
    """A name for the questions and those on the sheets, in this order."""
    pairs = (*data.questions, *data.sheets)
    return sha1("\n".join(f"{pair.query}\t{pair.passage}" for pair in pairs))


def measure(
    student: Student, tokenizer: Tokenizer, development: Development, report: Report
) -> None:
    """Reports how often the held-out queries find their passage, first and among ten."""
    if not development.queries:
        return
    queries = vectors(student, tokenizer, development.queries, 64)
    passages = vectors(student, tokenizer, development.passages, 128)
    for kind, (first, ten) in recall(development, queries, passages).items():
        report("development", kind=say(f"train.kind.{kind}", report.lang), first=first, ten=ten)


def written(
    student: Student,
    tokenizer: Tokenizer,
    data: TrainingData,
    development: Development,
    out: Path,
    settings: Settings,
    report: Report,
    other: Path | None,
) -> Path:
    """The model directory under `out`, of the student or of its mean with the encoder in `other`.

    The linear layer behind the mean is fitted to the passages of `data`, whatever layer the
    encoders had before. Raises DataError where the encoder in `other` cannot be used.
    """
    if other is not None:
        average(student, tokenizer, other, settings.average_share, settings.max_length)
        measure(student, tokenizer, development, report)
    target = out / MODEL
    reduced = layer(student, tokenizer, data, settings, report)
    export(student, tokenizer, target, settings.max_length, reduced)
    report("done", folder=target)
    return target
