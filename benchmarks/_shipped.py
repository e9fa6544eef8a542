"""The shipped corpus: its index, built as an operator would, and what a change costs."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from benchmarks._report import Row
from bot.config import SHIPPED
from indexer.build import build
from knowledge.embedding import Encoder
from knowledge.index import Revision, current, open_revision

PART = "Index of the shipped corpus"
AIM = "< 5 %"
SHARE = 0.01  # of the passages are changed
FRAGMENT = re.compile(r"[^\W\d_](?:[^\W\d_]|[ ,’'-]){24,}[^\W\d_]")


def built(sources: Sequence[Path], out: Path, encoder: Encoder) -> tuple[float, int]:
    """Builds the index of these sources into `out`; seconds, and how many texts were embedded.

    The encoder is loaded beforehand. Raises ValueError when a document could not be read.
    """
    start = time.perf_counter()
    report = build(list(sources), out, encoder, created=datetime.now(UTC).isoformat())
    seconds = time.perf_counter() - start
    if report.problems:
        raise ValueError("; ".join(problem.text("en") for problem in report.problems))
    return seconds, report.embedded


def opened(root: Path) -> Revision:
    """The revision in force under `root`."""
    directory = current(root)
    if directory is None:
        raise ValueError(f"no index in {root}")
    return open_revision(directory)


def shipped_index(out: Path, encoder: Encoder) -> Path:
    """The index of the shipped corpus, built into `out`."""
    built([SHIPPED], out, encoder)
    return out


def reword(files: Iterable[Path], revision: Revision, wanted: int) -> int:
    """Adds a word inside `wanted` passages spread over the collection; how many were reworded."""
    texts = {path: path.read_text(encoding="utf8") for path in files}
    passages = revision.passages
    done = 0
    order = sorted(range(len(passages)), key=lambda n: (n * 7919) % max(1, len(passages)))
    for number in order:
        if done == wanted:
            break
        for found in FRAGMENT.finditer(passages[number].text):
            words = found.group()
            holding = [path for path, text in texts.items() if words in text]
            if len(holding) == 1 and texts[holding[0]].count(words) == 1:
                texts[holding[0]] = texts[holding[0]].replace(words, f"{words} essayé")
                done += 1
                break
    for path, text in texts.items():
        path.write_text(text, encoding="utf8")
    return done


def rebuild(work: Path, encoder: Encoder) -> list[Row]:
    """A full build, one with 1 % of the passages changed, and one with nothing changed."""
    sources, out = work / "sources", work / "rebuilt"
    shutil.copytree(SHIPPED, sources)
    full, all_texts = built([sources], out, encoder)
    before = opened(out)
    same, _ = built([sources], out, encoder)
    reword(sorted(sources.rglob("*.md")), before, -(-len(before.passages) // round(1 / SHARE)))
    changed, new_texts = built([sources], out, encoder)
    after = opened(out)
    known = {passage.digest for passage in before.passages}
    new = sum(passage.digest not in known for passage in after.passages)
    beside, count = "full build", len(after.passages)
    return [
        Row(PART, f"full build, {len(before.passages):,} passages", full, "s"),
        Row(PART, f"rebuild, {new} of {count:,} passages changed", changed, "s", beside, full, AIM),
        Row(PART, "rebuild, nothing changed", same, "s", beside, full),
        Row(PART, "texts embedded by the rebuild", new_texts, "", beside, all_texts),
    ]
