"""The channels that run beside the web page, each in threads of its own: started and stopped
together. Nothing of a platform's libraries is imported where it is not configured."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from bot.channels.inbox_sender import InboxSender
from bot.channels.sending import Sender
from bot.channels.slack_options import configured
from handlers.inbox import CHANNELS
from knowledge.phrases import say

if TYPE_CHECKING:
    from bot.bootstrap import App


@contextmanager
def channels(app: App) -> Iterator[dict[str, Sender]]:
    """Runs the configured channels while the block runs; gives their senders by channel.

    Raises Problem when one can't be started: those started before it are stopped again.
    """
    with ExitStack() as stack:
        clock = app.router.services.clock
        # The web page and the console can't call anybody: their messages wait in an inbox.
        senders: dict[str, Sender] = {
            name: InboxSender(name, app.inbox, clock) for name in CHANNELS
        }
        if app.settings.teams_app_id or app.settings.teams_anonymous:
            senders["teams"] = teams(app, stack)
        if configured(app.settings):
            senders["slack"] = slack(app, stack)
        yield senders


def teams(app: App, stack: ExitStack) -> Sender:
    """Starts Teams; stops it with `stack`."""
    from bot.channels.teams import TeamsChannel
    from bot.channels.teams_sender import TeamsSender

    channel = TeamsChannel(app)
    stack.callback(channel.stop)
    url, lang = channel.start(), app.settings.language
    print(say("teams.listening", lang, url=url), file=sys.stderr, flush=True)
    return TeamsSender(channel, lang)


def slack(app: App, stack: ExitStack) -> Sender:
    """Starts Slack, says how it is connected; stops it with `stack`."""
    from bot.channels.slack import start

    service = start(app)
    stack.callback(service.stop)
    print(service.told(app.settings.language), file=sys.stderr, flush=True)
    return service.sender
