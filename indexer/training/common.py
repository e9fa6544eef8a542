"""What a training from nothing and one that goes on from an encoder share."""

import itertools
from dataclasses import replace

from tokenizers import Tokenizer

from indexer.training.data import Pair, TrainingData
from indexer.training.holdout import Development, recall
from indexer.training.questions import resolve, sha1
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


def questions_digest(questions: list[Pair]) -> str:
    """A name for these pairs in this order."""
    return sha1("\n".join(f"{pair.query}\t{pair.passage}" for pair in questions))


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
