"""`watch`: notices new and changed documents, waits until they are whole, builds, announces."""

from __future__ import annotations

import logging
import signal
import sys
import threading
import time
from argparse import Namespace
from collections.abc import Callable, Iterable
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot import exits
from bot.parser import Parser, one_line
from knowledge.phrases import Problem, say

if TYPE_CHECKING:
    from bot.config import Settings
    from bot.settling import Settling
    from indexer.report import BuildReport

NAME = "watch"
WAKE = 1.0  # seconds between looks while files settle
EVERY = 60.0  # seconds between looks where nothing was heard
FEWEST = 4  # documents: with fewer, half of them may well go at once
log = logging.getLogger(__name__)


def add(parser: Parser, lang: str) -> None:
    """The arguments of `watch`."""
    parser.add_argument(
        "source", nargs="*", type=Path, metavar="SOURCE", help=say("cli.watch.source", lang)
    )


def run(args: Namespace, settings: Settings, lang: str) -> int:
    """Watches until SIGTERM or Ctrl-C; a build under way is finished first."""
    from watchfiles import watch

    from bot.commands.index import build_index, default_sources
    from bot.published import publisher
    from indexer.sources import find

    folders = list(args.source) or default_sources(settings)
    if not args.source and settings.documents not in folders:
        settings.documents.mkdir(parents=True, exist_ok=True)
        folders.append(settings.documents)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    publishing = publisher(settings)
    watching = Watching(
        folders,
        build=lambda: build_index(settings, args.source, lang),
        after=publishing.changes.poll,
        say_line=lambda line: print(one_line(line), file=sys.stderr, flush=True),
        news=lambda: headlines(settings.index, lang),
        lang=lang,
    )
    find(folders)  # a folder that isn't there is said before anything else
    print(
        one_line(say("cli.watch.started", lang, folders=", ".join(map(str, folders)))),
        file=sys.stderr,
        flush=True,
    )
    looked = time.monotonic()
    watching.look(looked)
    wakes: Iterable[Any] = watch(
        *folders,
        stop_event=stop,
        rust_timeout=int(WAKE * 1000),
        yield_on_timeout=True,
        raise_interrupt=False,
    )
    try:
        for changed in wakes:
            if stop.is_set():
                break
            now = time.monotonic()
            # a network folder may tell nothing of its changes
            if changed or watching.waiting or now - looked > EVERY:
                looked = now
                watching.look(now)
            watching.idle(now)
    finally:
        publishing.close()
    print(say("cli.watch.stopped", lang), file=sys.stderr)
    return exits.SUCCESS


def headlines(index: Path, lang: str) -> list[str]:
    """What the revision in force changed, a sentence a document."""
    from knowledge.change_words import counts, headline
    from knowledge.changelog import newest_first
    from knowledge.index import current

    last = next(newest_first(index, current(index)), None)
    told = last.told if last else ()
    return [" ".join([headline(change, lang), counts(change, lang)]) for change in told]


def local_day() -> date:
    """Today in Québec."""
    from indexer.days import QUEBEC

    return datetime.now(QUEBEC).date()


class Watching:
    """What to do each time something may have happened; the waiting itself is elsewhere."""

    def __init__(
        self,
        folders: list[Path],
        *,
        build: Callable[[], BuildReport],
        after: Callable[[], object],
        say_line: Callable[[str], None],
        lang: str,
        news: Callable[[], list[str]] = list,
        today: Callable[[], date] = local_day,
    ) -> None:
        """`build` makes a revision, `after` tells what it changed; both may fail. `news` says in
        sentences what the last revision changed."""
        from bot.settling import Settling
        from indexer.whole import whole

        self.folders, self.build, self.after = folders, build, after
        self.say_line, self.lang, self.today = say_line, lang, today
        self.news = news
        self.settling: Settling = Settling({}, whole)  # nothing is known yet: the first look builds
        self.built_on: date | None = None
        self.held = False  # a version waits for its day
        self.complaint = ""

    @property
    def waiting(self) -> bool:
        """Whether there is something to build soon."""
        return self.settling.waiting

    def look(self, now: float) -> None:
        """Builds when the files are ready. A build that fails is told and tried again later."""
        files = self.files()
        if files is None:
            return
        before = len(self.settling.built)
        if before >= FEWEST and 2 * len(files) < before:
            # an unmounted share, rather than that many documents withdrawn
            self.complain(say("cli.watch.vanished", self.lang, now=len(files), before=before))
            return
        if not self.settling.look(now, files):
            return
        self.make(now, files)

    def idle(self, now: float) -> None:
        """What needs doing without a change of files: a version whose day has come, and changes
        that another process published."""
        if self.held and self.built_on != self.today():
            self.built_on = self.today()
            self.settling.again(now)
        self.tell()

    def files(self) -> dict[Path, tuple[int, int]] | None:
        """The documents as they are, None where the folders can't be read now."""
        from bot.settling import snapshot
        from indexer.sources import find

        try:
            return snapshot([path for path, _ in find(self.folders).files])
        except Problem as problem:
            self.complain(problem.text(self.lang))
            return None

    def make(self, now: float, files: dict[Path, tuple[int, int]]) -> None:
        """One build from the files as they were seen."""
        try:
            report = self.build()
        except Problem as problem:
            self.say_line(problem.text(self.lang))
            self.settling.failed(now)
            return
        except Exception as error:
            # one build's failure must not end the watch; what is in force stays so
            log.exception("a build failed")
            kind = type(error).__name__
            self.say_line(say("cli.watch.failed", self.lang, kind=kind))
            self.settling.failed(now)
            return
        self.settling.succeeded(files)
        self.complaint = ""
        self.built_on = self.today()
        self.held = any(p.problem.key == "held_future" for p in report.problems)
        for line in [*report.lines(self.lang), *([] if report.unchanged else self.news())]:
            self.say_line(line)
        self.tell()

    def complain(self, line: str) -> None:
        """Says what is wrong, once for as long as it stays wrong."""
        if line != self.complaint:
            self.complaint = line
            self.say_line(line)

    def tell(self) -> None:
        """Tells what was published; a failure is for the log, and tried again."""
        try:
            self.after()
        except Exception:
            log.exception("changes not told yet")
