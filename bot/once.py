"""An event seen twice is handled once, and answered the same both times."""

from __future__ import annotations

import logging
from collections.abc import Callable

from bot.stores.events import EventStore
from handlers.conversation import File, Incoming, Reply, Text
from handlers.ports import Clock, StoreUnavailable
from knowledge.phrases import say

log = logging.getLogger(__name__)

LONGEST_KEPT = 500_000  # characters of a reply kept to be given again


class InHand(Exception):
    """The same event is being answered at this moment."""


class Once:
    """The router, with every event of a conversation handled once.

    For channels whose sender waits for the reply (the web page). Slack and Teams, which answer
    by a message of their own, use the store itself: `claim`, handle, `done`.
    """

    def __init__(
        self,
        reply: Callable[[Incoming], Reply],
        events: EventStore,
        clock: Clock,
        *,
        keep_replies: bool = True,
    ) -> None:
        """`keep_replies`: False keeps no reply on disk; a repeated event then gets a sentence."""
        self.reply = reply
        self.events = events
        self.clock = clock
        self.keep_replies = keep_replies

    def __call__(self, incoming: Incoming) -> Reply:
        """The reply; that of the first time where the event was handled before.

        Raises InHand while the first is still at work. Without a store to ask, it is handled.
        """
        if not incoming.event:
            return self.reply(incoming)
        # A visitor may only be given again what he was answered himself.
        name = f"{incoming.actor.id}\0{incoming.address.conversation}\0{incoming.event}"
        channel = incoming.address.channel
        try:
            if not self.events.claim(channel, name, self.clock()):
                return self.again(channel, name, incoming.actor.lang)
        except StoreUnavailable as error:
            log.warning("event not claimed: %s", error)
            return self.reply(incoming)
        try:
            reply = self.reply(incoming)
        except BaseException:
            self.forget(channel, name)
            raise
        if all(isinstance(part, Text) and part.tone == "error" for part in reply.parts):
            self.forget(channel, name)  # nothing came of it: to try again is to be handled again
        else:
            self.keep(channel, name, reply)
        return reply

    def again(self, channel: str, name: str, lang: str) -> Reply:
        """What was answered the first time."""
        kept = self.events.reply(channel, name)
        if kept is None:
            raise InHand
        if kept:
            return Reply.model_validate_json(kept)
        return Reply(parts=(Text(text=say("router.again", lang), tone="note"),))

    def keep(self, channel: str, name: str, reply: Reply) -> None:
        """Notes that the event is answered. A file is not kept: it is made anew on demand."""
        kept = ""
        if self.keep_replies and not any(isinstance(part, File) for part in reply.parts):
            kept = reply.model_dump_json()
        try:
            self.events.done(channel, name, self.clock(), kept if len(kept) <= LONGEST_KEPT else "")
        except StoreUnavailable as error:
            log.warning("event not noted: %s", error)

    def forget(self, channel: str, name: str) -> None:
        """Lets the event be tried again at once."""
        try:
            self.events.release(channel, name)
        except StoreUnavailable as error:
            log.warning("event not released: %s", error)
