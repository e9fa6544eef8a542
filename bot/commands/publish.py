"""`publish`: once, from the documents to what is announced, with a preview before."""

from __future__ import annotations

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
    from indexer.preview import Preview

NAME = "publish"
MOST = 12  # changes of one document that the preview tells


def add(parser: Parser, lang: str) -> None:
    """The arguments of `publish`."""
    parser.add_argument(
        "source", nargs="*", type=Path, metavar="SOURCE", help=say("cli.index.source", lang)
    )
    parser.add_argument(
        "--accept",
        action="append",
        default=[],
        metavar=say("cli.document", lang),
        help=say("cli.accept", lang),
    )
    parser.add_argument("--dry-run", action="store_true", help=say("cli.publish.dry_run", lang))
    parser.add_argument("--yes", action="store_true", help=say("cli.publish.yes", lang))


def run(args: Namespace, settings: Settings, lang: str) -> int:
    """Shows what will be announced and to how many, asks, builds, announces."""
    from bot.commands.index import (
        build_index,
        current_fingerprint,
        default_sources,
        print_report,
    )
    from bot.published import publisher
    from indexer.preview import preview
    from indexer.progress import make_progress

    sources: Sequence[Path] = args.source or default_sources(settings)
    fingerprint = current_fingerprint(settings, sources)
    found = preview(
        sources,
        settings.index,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        accept=args.accept,
        progress=make_progress(lang),
    )
    publishing = publisher(settings)
    try:
        for problem in (*found.problems, *found.notices):
            print(one_line(problem.text(lang)), file=sys.stderr)
        for line in told(found, lang):
            print(one_line(line))
        if found.nothing:
            return exits.PARTIAL if found.problems else exits.SUCCESS
        print(one_line(publishing.reach(found.changes, lang)))
        if args.dry_run:
            return exits.PARTIAL if found.problems else exits.SUCCESS
        if not args.yes and not confirmed(lang):
            print(say("cli.publish.nothing_done", lang), file=sys.stderr)
            return exits.USAGE if not sys.stdin.isatty() else exits.SUCCESS
        if current_fingerprint(settings, sources) != fingerprint:
            raise Problem("publish_changed")
        report = build_index(settings, args.source, lang, args.accept)
        print_report(report, lang)
        publishing.changes.poll()
    finally:
        publishing.close()
    return exits.PARTIAL if report.problems else exits.SUCCESS


def told(found: Preview, lang: str) -> list[str]:
    """What readers will be told, a line each."""
    from knowledge.change_words import counts, headline, sentence

    if found.changes.baseline:
        return [say("cli.publish.baseline", lang)]
    if not found.changes.told:
        key = "cli.publish.nothing" if found.nothing else "cli.publish.silent"
        return [say(key, lang)]
    lines = []
    for change in found.changes.told:
        lines.append(" ".join([headline(change, lang), counts(change, lang)]))
        lines += [f"- {sentence(passage, lang)}" for passage in change.passages[:MOST]]
        left = len(change.passages) - MOST
        if left > 0:
            lines.append(say("cli.publish.more", lang, count=left))
    return lines


def confirmed(lang: str) -> bool:
    """Asks at the terminal; without one, nobody can confirm and the sentence says how to."""
    if not sys.stdin.isatty():
        print(say("cli.publish.needs_yes", lang), file=sys.stderr)
        return False
    print(say("cli.publish.ask", lang), end=" ", flush=True)
    return sys.stdin.readline().strip().lower() in ("o", "oui", "y", "yes")
