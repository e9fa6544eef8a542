"""The project's own chat questions, kept without the text of their passages.

`questions/*.jsonl` beside this module holds {"question", "passage_sha1", "file"}: the SHA-1 (hex)
of the passage's UTF-8 text and the data file it stands in. With that file in the data directory
the passage is found again; without it the question is left out.
"""

import hashlib
from collections.abc import Iterable
from pathlib import Path

from indexer.training.data import Pair, rows
from indexer.training.words import Report

HERE = Path(__file__).parent / "questions"


def sha1(text: str) -> str:
    """SHA-1 (hex) of the UTF-8 text; a name for the passage, not a protection."""
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()


def resolve(passages: Iterable[str], report: Report, folder: Path = HERE) -> list[Pair]:
    """The kept questions with those of `passages` that they were written for, in file order."""
    wanted = [
        row
        for path in sorted(folder.glob("*.jsonl"))
        for row in rows(path, ("question", "passage_sha1"), report)
    ]
    if not wanted:
        return []
    known = {sha1(passage): passage for passage in passages}
    found = [
        Pair(row["question"], known[row["passage_sha1"]])
        for row in wanted
        if row["passage_sha1"] in known
    ]
    report("questions", found=len(found), all=len(wanted))
    return found
