"""`index`: documents → a new index revision; also what `serve` does before it opens."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bot import exits
from bot.parser import Parser, one_line
from knowledge.phrases import Problem, say

if TYPE_CHECKING:
    from bot.config import Settings
    from indexer.build import BuildReport

NAME = "index"


def add(parser: Parser, lang: str) -> None:
    """The arguments of `index`."""
    folder = say("cli.folder", lang)
    parser.add_argument(
        "source", nargs="*", type=Path, metavar="SOURCE", help=say("cli.index.source", lang)
    )
    parser.add_argument(
        "--out", dest="at_index__out", metavar=folder, help=say("cli.index.out", lang)
    )
    parser.add_argument(
        "--model",
        dest="at_model",
        metavar=say("cli.model_name", lang),
        help=say("cli.index.model", lang),
    )
    parser.add_argument("--json", action="store_true", help=say("cli.json", lang))


def run(args: Namespace, settings: Settings, lang: str) -> int:
    """Builds; tells what was created, updated, deleted and skipped."""
    report = build_index(settings, args.source, lang)
    return exits.PARTIAL if report.problems else exits.SUCCESS


def default_sources(settings: Settings) -> list[Path]:
    """The shipped corpus, and the operator's documents where there are any."""
    from bot.config import SHIPPED

    return [SHIPPED, *([settings.documents] if settings.documents.is_dir() else [])]


def current_fingerprint(settings: Settings) -> str:
    """What the index of the default sources should have been built from."""
    from bot.config import CODE
    from bot.fingerprint import fingerprint

    shape = (settings.model, settings.passage_prompt)
    return fingerprint([*default_sources(settings), CODE / "indexer", CODE / "knowledge"], *shape)
