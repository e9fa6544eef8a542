"""`serve`: the web page, with the index built first where there is none."""

from __future__ import annotations

import sys
from argparse import Namespace
from typing import TYPE_CHECKING

from bot.parser import Parser
from knowledge.phrases import say

if TYPE_CHECKING:
    from bot.config import Settings

NAME = "serve"


def add(parser: Parser, lang: str) -> None:
    """The arguments of `serve`."""
    parser.add_argument(
        "--index", dest="at_index", metavar=say("cli.folder", lang), help=say("cli.at_index", lang)
    )
    parser.add_argument(
        "--host", dest="at_host", metavar=say("cli.address", lang), help=say("cli.serve.host", lang)
    )
    parser.add_argument("--port", dest="at_port", metavar="N", help=say("cli.serve.port", lang))


def run(args: Namespace, settings: Settings, lang: str) -> int:
    """Serves until stopped."""
    from bot.beside import channels
    from bot.bootstrap import build_app, forget_old
    from bot.channels import web
    from bot.channels.web_options import options_of
    from bot.commands.index import bring_up_to_date
    from bot.mailroom import publishing, sending

    options_of(settings).checked()  # said before the wait for an index
    bring_up_to_date(settings, lang)
    app = build_app(settings)
    print(say("cli.serve.loading", lang), file=sys.stderr)
    app.engine.warm()
    forget_old(app)
    try:
        with channels(app) as senders, sending(app, senders, (publishing(app).poll,)):
            return web.run(app)
    finally:
        app.storage.close()
