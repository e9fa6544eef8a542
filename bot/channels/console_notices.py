"""The notices that wait for whoever sits at the terminal."""

from __future__ import annotations

import logging

from bot.stores.inbox import Inbox, Notice
from handlers.conversation import Actor, Part, Reply, Text
from handlers.inbox import inbox_of
from handlers.moments import moment_text
from handlers.ports import StoreUnavailable
from knowledge.phrases import say

log = logging.getLogger(__name__)

MOST_SHOWN = 20


class Notices:
    """Says how many came in, and shows them."""

    def __init__(self, inbox: Inbox) -> None:
        self.inbox = inbox
        self.told = 0

    def arrived(self, actor: Actor) -> int:
        """How many are unread where that was not told yet, else 0."""
        try:
            unread, _ = self.inbox.counts(inbox_of(actor))
        except StoreUnavailable as error:
            log.warning("notices not counted: %s", error)
            return 0
        news, self.told = unread > self.told, unread
        return unread if news else 0

    def reply(self, actor: Actor) -> Reply:
        """The notices, the unread ones first; all of them are read then. A store that fails is
        told in a sentence."""
        try:
            found = self.inbox.notices(inbox_of(actor))
            self.inbox.mark_read(inbox_of(actor))
        except StoreUnavailable as error:
            log.warning("notices not read: %s", error)
            text = say("console.notices.failed", actor.lang)
            return Reply(parts=(Text(text=text, tone="error"),))
        self.told = 0
        shown = sorted(found, key=lambda notice: notice.read)[:MOST_SHOWN]
        if not shown:
            return Reply(parts=(Text(text=say("console.notices.none", actor.lang)),))
        return Reply(parts=tuple(p for notice in shown for p in notice_parts(notice, actor.lang)))


def notice_parts(notice: Notice, lang: str) -> tuple[Part, ...]:
    """When it came, whether it is new, what it says."""
    key = "console.notices.old" if notice.read else "console.notices.new"
    moment = moment_text(notice.edited or notice.at, lang)
    return (Text(text=say(key, lang, moment=moment), tone="note"), *notice.reply.parts)
