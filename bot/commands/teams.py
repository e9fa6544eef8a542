"""`teams`: Teams alone, without the web page."""

from __future__ import annotations

import sys
from argparse import Namespace
from typing import TYPE_CHECKING

from bot.parser import Parser
from knowledge.phrases import Problem, say

if TYPE_CHECKING:
    from bot.config import Settings

NAME = "teams"


def add(parser: Parser, lang: str) -> None:
    """The arguments of `teams`."""
    parser.add_argument(
        "--index", dest="at_index", metavar=say("cli.folder", lang), help=say("cli.at_index", lang)
    )


def run(args: Namespace, settings: Settings, lang: str) -> int:
    """Serves until stopped."""
    import signal
    import threading

    from bot.bootstrap import build_app, forget_old
    from bot.channels.teams import TeamsChannel
    from bot.channels.teams_options import configured, options_of
    from bot.channels.teams_sender import TeamsSender
    from bot.commands.index import bring_up_to_date
    from bot.mailroom import publishing, sending

    if not configured(settings):
        raise Problem("teams.not_configured")
    options_of(settings).checked()  # said before the wait for an index
    bring_up_to_date(settings, lang)
    app = build_app(settings)
    print(say("cli.serve.loading", lang), file=sys.stderr)
    app.engine.warm()
    forget_old(app)
    channel = TeamsChannel(app)
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    try:
        print(say("teams.listening", lang, url=channel.start()), flush=True)
        senders = {"teams": TeamsSender(channel, settings.language)}
        with sending(app, senders, (publishing(app).poll,)):
            stop.wait()
    except KeyboardInterrupt:
        pass
    finally:
        channel.stop()
        app.storage.close()
    return 0
