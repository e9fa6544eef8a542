"""Sends by itself on the web page and the console: messages wait in an inbox.

Implements bot.channels.sending.Sender.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from bot.channels.sending import SendLater, SendNever
from bot.stores.inbox import Inbox
from handlers.conversation import Address, Reply
from handlers.inbox import PREFIX
from handlers.ports import Clock, StoreUnavailable


class InboxSender:
    """One for each of the channels `web` and `console`."""

    def __init__(self, channel: str, inbox: Inbox, clock: Clock) -> None:
        self.channel = channel
        self.inbox = inbox
        self.clock = clock

    def send(self, address: Address, reply: Reply, *, key: str) -> str:
        """Leaves the message; the same key in the same inbox is left once."""
        with self.reached(address):
            return self.inbox.put(address, reply, key=key, at=self.clock())

    def find(self, address: Address, key: str) -> str | None:
        """The message left with `key`."""
        with self.reached(address):
            return self.inbox.find(address, key)

    def edit(self, address: Address, message: str, reply: Reply) -> None:
        """Changes a message, which is to be read again then."""
        with self.reached(address):
            if not self.inbox.edit(address, message, reply, at=self.clock()):
                raise SendNever("gone")

    def recall(self, address: Address, message: str) -> None:
        """Takes a message back; one that is gone already is no error."""
        with self.reached(address):
            self.inbox.recall(address, message)

    @contextmanager
    def reached(self, address: Address) -> Iterator[None]:
        """Refuses what is no inbox of this channel; a store that fails is asked again later."""
        if address.channel != self.channel or not address.conversation.startswith(PREFIX):
            raise SendNever("invalid", address.channel)
        try:
            yield
        except StoreUnavailable as error:
            raise SendLater(str(error)) from error
