"""The project's own made-up administrative sheets and the questions on them.

Written for the training with a language model: {"title", "heading", "body", "questions"} a line.
Nothing in them is true of any real office. Those of `held-out` are never trained on, and their
questions are by another hand.
"""

import gzip
import json
from dataclasses import dataclass
from pathlib import Path

from indexer.training.data import Pair

HERE = Path(__file__).parent / "sheets"
TRAINED = "sheets"
HELD_OUT = "held-out"


@dataclass(frozen=True)
class Sheet:
    """One section of a sheet and the questions that it answers."""

    title: str
    heading: str
    body: str
    questions: tuple[str, ...]

    def text(self) -> str:
        """The passage as it is looked for: title, heading and body."""
        return f"{self.title}. {self.heading}. {self.body}"


def sheets(name: str, folder: Path = HERE) -> list[Sheet]:
    """The sections of `name`.jsonl.gz in file order. Raises OSError, ValueError, KeyError."""
    with gzip.open(folder / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [
        Sheet(row["title"], row["heading"], row["body"], tuple(row["questions"])) for row in rows
    ]


def sheet_pairs() -> list[Pair]:
    """Every question with its passage: the body alone, with its heading, with both, in turn."""
    return [
        Pair(question, (sheet.body, f"{sheet.heading}. {sheet.body}", sheet.text())[number % 3])
        for sheet in sheets(TRAINED)
        for number, question in enumerate(sheet.questions)
    ]


def held_out() -> tuple[list[str], list[int], list[str]]:
    """Queries, the row of the right passage of each, and passages: those of every sheet."""
    held = sheets(HELD_OUT)
    asked = [(question, row) for row, sheet in enumerate(held) for question in sheet.questions]
    passages = [sheet.text() for sheet in (*held, *sheets(TRAINED))]
    return [question for question, _ in asked], [row for _, row in asked], passages
