"""What answering costs, each figure beside what it was compared to in the same run.

    python -m benchmarks.answers [--passages FILE.jsonl.gz --questions FILE.jsonl] [--only PART …]

From the project's folder. Without --passages the large collection is left out. See README.md.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks._haystack import compared
from benchmarks._latency import AUDIENCE, latency
from benchmarks._process import cold_start, memory
from benchmarks._report import Row, machine, table
from benchmarks._scale import beginning, large_index, read_passages, read_questions, vectors_of
from benchmarks._shipped import rebuild, shipped_index
from bot.config import CODE, Settings
from bot.measures import Asked, load_questions
from knowledge.embedding import SentenceEncoder, load_encoder
from knowledge.engine import Engine
from knowledge.phrases import Problem

PARTS = ("shipped", "rebuild", "memory", "cold", "haystack", "large")
MEMORY_AIM = "< 600 MB"
FAILURES = (Problem, OSError, ValueError, KeyError, subprocess.CalledProcessError)


def arguments() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.answers", description=(__doc__ or "").splitlines()[0]
    )
    add = parser.add_argument
    add("--only", nargs="+", choices=PARTS, default=list(PARTS), help="these parts alone")
    add("--model", default="", help="encoder, by path or package (default: the shipped one)")
    add("--eval", type=Path, default=CODE / "tests" / "eval" / "questions.yaml", metavar="FILE")
    add("--split", choices=("dev", "held", "all"), default="all", help="of the --eval questions")
    add("--index", type=Path, help="an index of the shipped corpus (default: built anew)")
    add("--passages", type=Path, metavar="FILE.jsonl.gz", help='lines of {"id", "text"}')
    add("--questions", type=Path, metavar="FILE.jsonl", help='lines of {"q"}')
    add("--vectors", type=Path, metavar="FILE.npy", help="where their vectors are kept")
    add("--words", type=int, metavar="N", help="embed the first N words of each (default: all)")
    add("--limit", type=int, metavar="N", help="the first N passages of that file")
    add("--ask", type=int, metavar="N", help="the first N questions of each list")
    add("--rounds", type=int, default=3, help="times each question is asked (default 3)")
    add("--runs", type=int, default=7, help="cold starts (default 7)")
    add("--json", action="store_true", help="one JSON object instead of tables")
    return parser


class Bench:
    """The parts, over one loaded encoder and a folder for what they write."""

    def __init__(self, given: argparse.Namespace, encoder: SentenceEncoder, work: Path) -> None:
        self.given = given
        self.encoder = encoder
        self.work = work
        self.failed = False
        self.asked = [
            question
            for question in load_questions(given.eval)
            if given.split in ("all", question.split)
        ][: given.ask]
        self.index = given.index or work / "shipped"
        if given.index is None and set(given.only) & {"shipped", "memory", "cold", "haystack"}:
            shipped_index(self.index, encoder)

    def rows(self, part: str) -> list[Row]:
        """The figures of one part; none, and why on stderr, where it failed."""
        start = time.perf_counter()
        try:
            rows: list[Row] = getattr(self, part)()
        except FAILURES as error:
            self.failed = True
            print(f"{part}: failed, {told(error)}", file=sys.stderr)
            return []
        print(f"{part}: {time.perf_counter() - start:.0f} s", file=sys.stderr)
        return rows

    def engine(self, root: Path) -> Engine:
        """An engine over an index, with the encoder that is loaded already."""
        return Engine(root, load=lambda: self.encoder, lexicon=Settings().lexicon)

    def shipped(self) -> list[Row]:
        """Answer time on the shipped corpus."""
        engine = self.engine(self.index)
        count = len(engine.snapshot().revision.passages)
        return self.timed(engine, self.asked, f"Shipped corpus, {count:,} passages")

    def timed(self, engine: Engine, asked: list[Asked], part: str) -> list[Row]:
        """Answer time over one index."""
        return latency(
            engine, asked, self.given.rounds, f"Warm answer. {part}, {len(asked):,} questions"
        )

    def rebuild(self) -> list[Row]:
        """Build, and rebuild after a change."""
        return rebuild(self.work, self.encoder)

    def memory(self) -> list[Row]:
        """Resident memory on the shipped corpus."""
        part = "Resident memory, shipped corpus, a process of its own"
        return memory(self.index, self.given.eval, self.given.model, part, MEMORY_AIM)

    def cold(self) -> list[Row]:
        """Cold start of `ask`."""
        return cold_start(self.index, self.given.model, self.given.runs)

    def haystack(self) -> list[Row]:
        """A Haystack pipeline beside the engine."""
        if importlib.util.find_spec("haystack") is None:
            print("haystack: left out, haystack-ai is not installed", file=sys.stderr)
            return []
        return compared(self.engine(self.index), self.asked, self.given.rounds)

    def large(self) -> list[Row]:
        """Answer time and memory on the collection of --passages."""
        given = self.given
        if given.passages is None or given.questions is None:
            print("large: left out without --passages and --questions", file=sys.stderr)
            return []
        texts = read_passages(given.passages, given.limit)
        views = [beginning(text, given.words) for text in texts]
        name = f"catalogue-bot-{self.encoder.info.digest[:16]}-{given.words or 'all'}.npy"
        kept = given.vectors or Path(tempfile.gettempdir()) / name
        vectors = vectors_of(views, self.encoder, given.passages, given.words, kept)
        start = time.perf_counter()
        root = large_index(self.work / "large", texts, views, vectors, self.encoder)
        written = time.perf_counter() - start
        engine = self.engine(root)
        engine.warm()
        warm = time.perf_counter() - start - written
        engine.answer("essai", audience=AUDIENCE)
        first = time.perf_counter() - start - written - warm
        cut = f" of its first {given.words} words" if given.words else ""
        part = f"{len(texts):,} passages, one vector each{cut}"
        distinct = len(engine.snapshot().revision.matrix)
        return [
            *self.timed(engine, read_questions(given.questions, given.ask), part),
            Row(f"Index of {part}", "distinct vectors", distinct, "", "passages", len(texts)),
            Row(f"Index of {part}", "writing it, the vectors being there", written, "s"),
            Row(f"Index of {part}", "opening it, Engine.warm()", warm, "s"),
            Row(f"Index of {part}", "a client's first answer after that", first, "s"),
            *memory(root, given.eval, given.model, f"Resident memory, {part}"),
        ]


def told(error: BaseException) -> str:
    """An error in one line of English."""
    return error.text("en") if isinstance(error, Problem) else " ".join(str(error).split())


def main() -> int:
    """Runs the parts asked for; 1 when one of them failed, 2 when none could start."""
    given = arguments().parse_args()
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="catalogue-bot-") as work:
        try:
            encoder = load_encoder(given.model)
            bench = Bench(given, encoder, Path(work))
        except FAILURES as error:
            print(f"benchmarks: {told(error)}", file=sys.stderr)
            return 2
        for part in (part for part in PARTS if part in given.only):
            found = bench.rows(part)
            rows += found
            if found and not given.json:
                print(table(found), end="\n\n", flush=True)
    where = machine() | {"encoder": encoder.info.model_dump(), "split": given.split}
    if given.json:
        print(json.dumps({"machine": where, "rows": [row.as_json() for row in rows]}, indent=1))
    else:
        print(told_machine(where))
    return 1 if bench.failed else 0


def told_machine(where: dict[str, Any]) -> str:
    """The machine, the packages and the encoder in two lines."""
    packages = ", ".join(f"{name} {number}" for name, number in where["packages"].items())
    encoder = where["encoder"]
    return (
        f"{where['processor']}, {where['cores']} cores, load {where['load']}, "
        f"Python {where['python']}, {packages}\n"
        f"encoder {Path(encoder['name']).name}, digest {encoder['digest'][:16]}, "
        f"{encoder['dimension']} dimensions; questions: {where['split']}"
    )


if __name__ == "__main__":
    sys.exit(main())
