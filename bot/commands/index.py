"""`index`: documents → a new index revision; also what `serve` does before it opens."""

from __future__ import annotations

import json
import sys
import time
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
PATIENCE = 900.0  # seconds that `serve` waits for the first index where another process builds it


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
    parser.add_argument(
        "--accept",
        action="append",
        default=[],
        metavar=say("cli.document", lang),
        help=say("cli.accept", lang),
    )
    parser.add_argument("--json", action="store_true", help=say("cli.json", lang))


def run(args: Namespace, settings: Settings, lang: str) -> int:
    """Builds; tells what was created, updated, deleted and skipped."""
    report = build_index(settings, args.source, lang, args.accept)
    if args.json:
        print(json.dumps(report.data(lang), ensure_ascii=False))
    else:
        print_report(report, lang)
    return exits.PARTIAL if report.problems else exits.SUCCESS


def print_report(report: BuildReport, lang: str) -> None:
    """Problems on stderr, one line each; the rest on stdout."""
    lines = report.lines(lang)
    for place, line in enumerate(lines):
        print(one_line(line), file=sys.stderr if place < len(report.problems) else sys.stdout)


def build_index(
    settings: Settings, sources: Sequence[Path], lang: str, accept: Sequence[str] = ()
) -> BuildReport:
    """Builds from the sources, or from the default ones; `accept` confirms documents that would
    be held back. Raises Problem."""
    from bot.bootstrap import build_encoder
    from bot.fingerprint import keep
    from indexer.build import build
    from indexer.progress import make_progress

    # Taken before the build: what changes while it runs is then seen as a change.
    fingerprint = None if sources else current_fingerprint(settings)
    report = build(
        list(sources) or default_sources(settings),
        settings.index,
        build_encoder(settings),
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        progress=make_progress(lang),
        accept=accept,
    )
    keep(settings.index, fingerprint)
    return report


def bring_up_to_date(settings: Settings, lang: str) -> None:
    """Builds the index where there is none, and again where its default sources changed.

    An index built from other sources is left alone. When the update fails, the one in force stays.
    """
    from bot.fingerprint import kept
    from knowledge.index import current

    missing = current(settings.index) is None
    if not missing and kept(settings.index) in (None, current_fingerprint(settings)):
        return
    print(say("cli.serve.no_index" if missing else "cli.serve.stale", lang), file=sys.stderr)
    try:
        report = build_index(settings, (), lang)
    except Problem as problem:
        if missing and problem.key == "build_busy" and awaited(settings, lang):
            return  # `watch` was started at the same time
        if missing:
            raise
        print(
            one_line(say("cli.serve.stale_failed", lang, detail=problem.text(lang))),
            file=sys.stderr,
        )
        return
    for line in report.lines(lang):
        print(one_line(line), file=sys.stderr)


def awaited(settings: Settings, lang: str) -> bool:
    """Whether the index that another process is building came in force meanwhile."""
    from knowledge.index import current

    print(say("cli.serve.busy", lang), file=sys.stderr)
    end = time.monotonic() + PATIENCE
    while current(settings.index) is None:
        if time.monotonic() > end:
            return False
        time.sleep(0.5)
    return True


def default_sources(settings: Settings) -> list[Path]:
    """The shipped corpus, and the operator's documents where there are any."""
    from bot.config import SHIPPED

    return [SHIPPED, *([settings.documents] if settings.documents.is_dir() else [])]


def current_fingerprint(settings: Settings, sources: Sequence[Path] = ()) -> str:
    """What the index of the sources, or of the default ones, should have been built from."""
    from bot.config import CODE
    from bot.fingerprint import fingerprint

    shape = (settings.model, settings.passage_prompt)
    found = list(sources) or default_sources(settings)
    return fingerprint([*found, CODE / "indexer", CODE / "knowledge"], *shape)
