"""`chat`: a conversation at the terminal."""

from __future__ import annotations

from argparse import Namespace
from typing import TYPE_CHECKING

from bot.parser import Parser
from knowledge.phrases import say

if TYPE_CHECKING:
    from bot.config import Settings

NAME = "chat"


def add(parser: Parser, lang: str) -> None:
    """The arguments of `chat`."""
    parser.add_argument(
        "--index", dest="at_index", metavar=say("cli.folder", lang), help=say("cli.at_index", lang)
    )
    parser.add_argument(
        "--lang", dest="at_language__lang", choices=("fr", "en"), help=say("cli.chat.lang", lang)
    )


def run(args: Namespace, settings: Settings, lang: str) -> int:
    """Talks until the user leaves. An index that can't be used is said before the welcome."""
    from bot.bootstrap import build_app, forget_old
    from bot.channels import console
    from bot.channels.inbox_sender import InboxSender
    from bot.mailroom import publishing, sending

    app = build_app(settings)
    app.engine.warm()
    forget_old(app)
    try:
        inbox = InboxSender("console", app.inbox, app.router.services.clock)
        with sending(app, {"console": inbox}, (publishing(app).poll,)):
            return console.run(app)
    finally:
        app.storage.close()
