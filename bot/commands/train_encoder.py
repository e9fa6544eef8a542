"""`train-encoder`: trains the French encoder, on the operator's own text if he wants."""

from __future__ import annotations

import sys
from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from bot.parser import Parser, one_line
from knowledge.phrases import say

if TYPE_CHECKING:
    from bot.config import Settings

NAME = "train-encoder"


def add(parser: Parser, lang: str) -> None:
    """The arguments of `train-encoder`."""
    folder = say("cli.folder", lang)
    parser.add_argument(
        "--data", type=Path, required=True, metavar=folder, help=say("cli.train.data", lang)
    )
    parser.add_argument(
        "--out", type=Path, required=True, metavar=folder, help=say("cli.train.out", lang)
    )
    parser.add_argument("--start", type=Path, metavar=folder, help=say("cli.train.start", lang))
    parser.add_argument("--teacher", type=Path, metavar=folder, help=say("cli.train.teacher", lang))
    parser.add_argument("--average", type=Path, metavar=folder, help=say("cli.train.average", lang))
    parser.add_argument("--minutes", type=float, metavar="N", help=say("cli.train.minutes", lang))
    parser.add_argument(
        "--seed", type=int, default=0, metavar="N", help=say("cli.train.seed", lang)
    )


def run(args: Namespace, settings: Settings, lang: str) -> int:
    """Trains; an interrupted run goes on where it stood when the same command is given."""
    from indexer.training import train

    return train.main(
        args.data,
        args.out,
        minutes=args.minutes,
        seed=args.seed,
        progress=show_progress,
        teacher=args.teacher,
        start=args.start,
        other=args.average,
        lang=lang,
    )


def show_progress(line: str) -> None:
    """Progress goes to stderr, line by line."""
    print(one_line(line), file=sys.stderr, flush=True)
