"""`eval`: the assistant's figures on questions with known answers, beside BM25 and dense alone."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from bot import exits
from bot.parser import Parser, one_line
from knowledge.phrases import Problem, say

if TYPE_CHECKING:
    from bot.config import Settings
    from bot.measures import Asked, Outcome
    from knowledge.engine import Engine

NAME = "eval"
WAYS = ("whole", "lexical", "dense")
MEASURES = ("first", "three", "mrr", "fact", "out_refused", "good_refused")
WIDTHS = (34, 12, 12, 15)


def add(parser: Parser, lang: str) -> None:
    """The arguments of `eval`."""
    parser.add_argument(
        "--questions",
        type=Path,
        action="append",
        metavar=say("cli.file", lang),
        help=say("cli.eval.questions", lang),
    )
    parser.add_argument(
        "--split", choices=("dev", "held", "all"), default="dev", help=say("cli.eval.split", lang)
    )
    parser.add_argument(
        "--index", dest="at_index", metavar=say("cli.folder", lang), help=say("cli.at_index", lang)
    )
    parser.add_argument("--failures", action="store_true", help=say("cli.eval.failures", lang))
    parser.add_argument("--json", action="store_true", help=say("cli.json", lang))


def run(args: Namespace, settings: Settings, lang: str) -> int:
    """Asks every question three ways and prints the figures."""
    from bot.bootstrap import build_engine
    from bot.config import CODE
    from bot.measures import load_questions

    paths = args.questions or [CODE / "tests" / "eval" / "questions.yaml"]
    asked = [question for path in paths for question in load_questions(path)]
    asked = [question for question in asked if args.split in ("all", question.split)]
    if not asked:
        raise Problem("eval.no_questions")
    engine = build_engine(settings)
    engine.warm()
    outcomes = {way: outcomes_of(engine, asked, way, settings.audience_console) for way in WAYS}
    if args.json:
        print(json.dumps(as_json(outcomes), ensure_ascii=False, indent=2))
    else:
        print_tables(outcomes, args.split, lang)
        if args.failures:
            print_failures(outcomes["whole"], lang)
    return exits.SUCCESS


def outcomes_of(
    engine: Engine, questions: Sequence[Asked], way: str, audience: str
) -> list[Outcome]:
    """How every question goes one way: the whole assistant, or one search alone."""
    from bot.measures import threshold

    outcomes = []
    for number, question in enumerate(questions, 1):
        if way == "whole":
            outcomes.append(whole(engine, question, audience))
        else:
            mode: Literal["lexical", "dense"] = "lexical" if way == "lexical" else "dense"
            outcomes.append(alone(engine, question, mode, audience))
        if sys.stderr.isatty():
            print(f"\r{way} {number}/{len(questions)} ", end="", file=sys.stderr)
    if sys.stderr.isatty():
        print("\r\x1b[K", end="", file=sys.stderr)
    if way == "whole":
        return outcomes
    limit = threshold(o.score for o in outcomes if not o.asked.out)
    return [replace(o, refused=o.score < limit) for o in outcomes]


def whole(engine: Engine, question: Asked, audience: str) -> Outcome:
    """The assistant's own answer. A refusal has no right citation, whatever it shows."""
    from bot.measures import Outcome

    answer = engine.answer(question.q, audience=audience, previous=question.previous)
    refused = answer.status in ("unanswered", "refused")
    right = [question.rightly_cites(c.section, c.kind, c.document_key) for c in answer.citations]
    places = ", ".join(f"{c.kind} {c.section}" for c in answer.citations)
    return Outcome(
        asked=question,
        rank=0 if refused or True not in right else right.index(True) + 1,
        fact=not refused and question.holds_fact(answer.short),
        refused=refused,
        score=answer.confidence,
        shown=f"{answer.status} [{places}] {answer.short}",
    )


def alone(
    engine: Engine, question: Asked, mode: Literal["lexical", "dense"], audience: str
) -> Outcome:
    """One search's first three passages; its fact is looked for in the whole first passage."""
    from bot.measures import Outcome

    hits = engine.rank(question.q, audience=audience, mode=mode, top=3, previous=question.previous)
    right = [
        question.rightly_cites(h.passage.section, h.document.kind, h.passage.document) for h in hits
    ]
    return Outcome(
        asked=question,
        rank=right.index(True) + 1 if True in right else 0,
        fact=bool(hits) and question.holds_fact(hits[0].passage.text),
        refused=False,
        score=hits[0].score if hits else float("-inf"),
    )


def as_json(outcomes: dict[str, list[Outcome]]) -> dict[str, object]:
    """Figures by way of answering, the whole assistant's by kind too, and its misses."""
    from bot.measures import figures

    return {
        "ways": {way: asdict(figures(outcomes[way])) for way in WAYS},
        "kinds": {
            kind: asdict(figures(of_kind(outcomes["whole"], kind)))
            for kind in kinds(outcomes["whole"])
        },
        "missed": [o.asked.id for o in outcomes["whole"] if missed(o)],
    }


def kinds(outcomes: Sequence[Outcome]) -> list[str]:
    """The kinds of question, those in scope first, in order of appearance."""
    ordered = sorted(outcomes, key=lambda o: o.asked.out)
    return list(dict.fromkeys(o.asked.kind for o in ordered))


def of_kind(outcomes: Sequence[Outcome], kind: str) -> list[Outcome]:
    """The outcomes of one kind of question."""
    return [o for o in outcomes if o.asked.kind == kind]


def missed(outcome: Outcome) -> bool:
    """Whether something went wrong: an answer out of scope, or no right first citation or fact."""
    if outcome.asked.out:
        return not outcome.refused
    return outcome.rank != 1 or bool(outcome.asked.fact and not outcome.fact)


def shown(value: float | None) -> str:
    """A figure with three decimals."""
    return "—" if value is None else f"{value:.3f}"


def table_row(cells: Sequence[str], widths: Sequence[int]) -> str:
    """The first cell to the left, the others to the right."""
    first, *others = zip(cells, widths, strict=True)
    return first[0].ljust(first[1]) + "".join(cell.rjust(width) for cell, width in others)


def print_tables(outcomes: dict[str, list[Outcome]], split: str, lang: str) -> None:
    """One table of the three ways, one of the kinds of question."""
    from bot.measures import figures

    whole_ones = outcomes["whole"]
    out = sum(o.asked.out for o in whole_ones)
    print(say("cli.eval.count", lang, good=len(whole_ones) - out, out=out, split=split), "\n")
    print(table_row(["", *(say(f"cli.eval.{way}", lang) for way in WAYS)], WIDTHS))
    by_way = [figures(outcomes[way]) for way in WAYS]
    for name in MEASURES:
        values = [shown(getattr(of_way, name)) for of_way in by_way]
        print(table_row([say(f"cli.eval.{name}", lang), *values], WIDTHS))
    print(f"\n{say('cli.eval.alone', lang)}\n")
    widths = (20, 10, *(13 for _ in MEASURES))
    header = [say("cli.eval.by_kind", lang), say("cli.eval.questions_column", lang)]
    print(table_row([*header, *MEASURES], widths))
    for kind in kinds(whole_ones):
        of_one = figures(of_kind(whole_ones, kind))
        values = [shown(getattr(of_one, name)) for name in MEASURES]
        print(table_row([kind, str(of_one.questions), *values], widths))


def print_failures(outcomes: Sequence[Outcome], lang: str) -> None:
    """The misses: question, right sections, what came instead."""
    print(f"\n{say('cli.eval.missed', lang)}")
    for outcome in filter(missed, outcomes):
        asked = outcome.asked
        wanted = "∅" if asked.out else f"{', '.join(asked.sections)} · {' | '.join(asked.fact)}"
        print(one_line(f"{asked.id} {asked.q} → {wanted}"))
        print("    " + one_line(f"#{outcome.rank} {outcome.shown}"))
