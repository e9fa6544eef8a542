"""`ask`: one question, or a batch of them, straight to the engine; nothing is recorded."""

from __future__ import annotations

import json
import logging
import sys
import time
from argparse import Namespace
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from bot import exits
from bot.parser import Parser
from knowledge.phrases import Problem, say

if TYPE_CHECKING:
    from bot.config import Settings
    from knowledge.engine import Engine
    from knowledge.passages import Answer

NAME = "ask"
log = logging.getLogger(__name__)


def add(parser: Parser, lang: str) -> None:
    """The arguments of `ask`."""
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument(
        "question", nargs="?", metavar="QUESTION", help=say("cli.ask.question", lang)
    )
    which.add_argument("--batch", metavar=say("cli.file", lang), help=say("cli.ask.batch", lang))
    parser.add_argument(
        "--index", dest="at_index", metavar=say("cli.folder", lang), help=say("cli.at_index", lang)
    )
    parser.add_argument(
        "--as",
        dest="at_audience_console__as",
        metavar="outsider|client|broker",
        help=say("cli.ask.as", lang),
    )
    parser.add_argument("--top", dest="at_top", metavar="N", help=say("cli.ask.top", lang))
    parser.add_argument("--lang", choices=("fr", "en"), help=say("cli.ask.lang", lang))
    parser.add_argument("--json", action="store_true", help=say("cli.json", lang))


def run(args: Namespace, settings: Settings, lang: str) -> int:
    """Answers on stdout; see docs/commands.md for the exit codes."""
    from bot.bootstrap import build_engine

    asker = Asker(build_engine(settings), settings, args.lang)
    if args.batch is not None:
        with open_batch(args.batch) as stream:
            asker.engine.warm()  # no index: said once, before any line
            return asker.batch(stream)
    return asker.single(args.question, as_json=args.json)


def open_batch(name: str) -> Any:
    """The file of questions, or stdin for « - »."""
    if name == "-":
        return nullcontext(sys.stdin.buffer)
    try:
        return Path(name).open("rb")
    except OSError as error:
        raise Problem("batch.unreadable", path=name, detail=error.strerror) from error


class Asker:
    """Asks the engine for one audience and writes what it says."""

    def __init__(self, engine: Engine, settings: Settings, lang: str | None) -> None:
        self.engine = engine
        self.audience = settings.audience_console
        self.top = settings.top
        self.lang = lang  # None: that of each question

    def answer(self, question: str, previous: str | None = None) -> tuple[Answer, float]:
        """The answer and its seconds. Raises Problem."""
        from handlers.questions import clean_question

        start = time.perf_counter()
        answer = self.engine.answer(
            clean_question(question),
            audience=self.audience,
            lang=self.lang,
            top=self.top,
            previous=previous,
        )
        return answer, time.perf_counter() - start

    def single(self, question: str, *, as_json: bool) -> int:
        """One question from the command line."""
        from bot.channels.console_view import View
        from bot.commands.rows import answer_row, dumped
        from handlers.ask import answer_parts

        answer, seconds = self.answer(question)
        if as_json:
            print(dumped(answer_row(answer, question, seconds)))
            return exits.SUCCESS
        view = View(answer.lang, bold=sys.stdout.isatty())
        for place, part in enumerate(answer_parts(answer, "", answer.lang)):
            for line in ([""] if place else []) + list(view.part(part)):
                print(line)
        return exits.SUCCESS

    def batch(self, stream: BinaryIO) -> int:
        """One JSON object a line in, one a line out in the same order."""
        from bot.commands.rows import dumped

        broken = False
        for line in batch_lines(stream):
            row, whole = self.row(line)
            broken = broken or not whole
            print(dumped(row), flush=True)
        return exits.PARTIAL if broken else exits.SUCCESS

    def row(self, line: bytes) -> tuple[dict[str, Any], bool]:
        """What one line yields, and whether all went well with it. Its troubles stay its own."""
        from bot.commands.rows import answer_row, merged
        from handlers.questions import refusal

        lang = self.lang or "fr"
        try:
            given = parse_line(line)
        except Problem as problem:
            return {"error": problem.text(lang)}, False
        question = given.get("q")
        if not isinstance(question, str):
            return merged({"error": say("batch.no_question", lang)}, given), False
        previous = given.get("previous")
        try:
            answer, seconds = self.answer(question, previous if isinstance(previous, str) else None)
            return merged(answer_row(answer, question, seconds), given), True
        except Problem as problem:
            refused = answer_row(refusal(question, problem, lang), question, 0.0)
            return merged(refused | {"error": problem.text(lang)}, given), False
        except Exception as error:
            log.debug("batch", exc_info=True)
            text = say("cli.failure", lang, kind=type(error).__name__, detail=error)
            return merged({"q": question, "error": text}, given), False


def batch_lines(stream: BinaryIO) -> Iterator[bytes]:
    """The lines; an empty one counts only where another follows (the last is an editor's habit)."""
    empty = 0
    for line in stream:
        if not line.strip():
            empty += 1
            continue
        yield from [b""] * empty
        empty = 0
        yield line


def parse_line(line: bytes) -> dict[str, Any]:
    """The JSON object on a line. Raises Problem."""
    try:
        given = json.loads(line.decode("utf-8-sig"), parse_constant=no_constant)
    except UnicodeDecodeError as error:
        raise Problem("batch.encoding") from error
    except (ValueError, RecursionError) as error:
        raise Problem("batch.not_json") from error
    if not isinstance(given, dict):
        raise Problem("batch.not_object")
    return given


def no_constant(name: str) -> None:
    """NaN and Infinity are Python's, not JSON's: giving them back would break the reader."""
    raise ValueError(name)
