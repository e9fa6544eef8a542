"""Sends by itself on Teams: announcements, notices. Implements bot.channels.sending.Sender."""

from __future__ import annotations

import logging
from collections.abc import Coroutine
from typing import Any, Literal

from bot.channels.sending import SendLater, SendNever
from bot.channels.teams import TeamsChannel
from bot.channels.teams_connector import NoAccess, Refused, Throttled, root
from bot.channels.teams_messages import Message, messages
from bot.channels.teams_outbox import Place
from handlers.conversation import Address, Reply
from handlers.ports import StoreUnavailable

log = logging.getLogger(__name__)

LONGEST = 8.0  # seconds a message waits here for its turn; longer is for the outbox
TIMEOUT = 45.0  # seconds for one message with its tries
REASONS = {
    "BotNotInConversationRoster": "removed",
    "BotDisabledByAdmin": "removed",
    "ConversationBlockedByUser": "blocked",
    "MessageWritesBlocked": "blocked",
    "ConversationNotFound": "gone",
    "BadSyntax": "invalid",
    "MessageSizeTooBig": "invalid",
}
STATUSES = {401: "access", 403: "removed", 404: "gone", 400: "invalid", 413: "invalid"}


class TeamsSender:
    """Over a channel, listening or not."""

    channel = "teams"

    def __init__(self, teams: TeamsChannel, lang: Literal["fr", "en"] = "fr") -> None:
        self.teams = teams
        self.lang = lang

    def send(self, address: Address, reply: Reply, *, key: str) -> str:
        """Sends the reply, in as many messages as it takes; returns the names of all of them,
        one a line. After a failure, those that Teams has acknowledged are not sent again."""
        place = self.place(address)
        sent: list[str] = []
        for number, message in enumerate(messages(reply, self.lang)):
            part = f"{key}#{number}"
            name = self.told(place, part)
            if name is None:
                name = self.done(self.teams.letters.one(place, message, self.lang, LONGEST))
                self.tell(place, part, name)
            sent.append(name)
        self.tell(place, key, "\n".join(sent))
        return "\n".join(sent)

    def told(self, place: Place, key: str) -> str | None:
        """Teams' name of a message sent under a key."""
        try:
            return self.teams.store.message(place.conversation, key)
        except StoreUnavailable as error:
            raise SendLater("store") from error

    def tell(self, place: Place, key: str, name: str) -> None:
        """Remembers it; the message is out, whatever becomes of the memory of it."""
        try:
            self.teams.store.sent(place.conversation, key, name, self.teams.clock())
        except StoreUnavailable as error:
            log.warning("teams: the name of a message was not kept: %s", error)

    def find(self, address: Address, key: str) -> str | None:
        """Teams can't be asked: the store tells what it acknowledged."""
        try:
            return self.teams.store.message(conversation_of(address), key)
        except StoreUnavailable as error:
            raise SendLater("store") from error

    def edit(self, address: Address, message: str, reply: Reply) -> None:
        """Puts the reply in the place of one sent earlier; where it takes fewer messages, the
        others go, where it takes more, they follow."""
        place = self.place(address)
        names = message.split("\n")
        made = messages(reply, self.lang)
        for name, one in zip(names, made, strict=False):
            self.done(self.update(place, name, one))
        for name in names[len(made) :]:
            self.done(self.delete(place, name))
        if made[len(names) :]:
            self.done(self.teams.letters.send(place, made[len(names) :], self.lang, LONGEST))

    def recall(self, address: Address, message: str) -> None:
        """Takes a reply back. What is gone already is taken back."""
        place = self.place(address)
        for name in message.split("\n"):
            try:
                self.done(self.delete(place, name))
            except SendNever as error:
                if error.reason != "gone":
                    raise

    def place(self, address: Address) -> Place:
        """Where to write; raises SendNever for a conversation the bot is not in."""
        conversation = conversation_of(address)
        try:
            row = self.teams.store.conversation(root(conversation))
        except StoreUnavailable as error:
            raise SendLater("store") from error
        if row is None:
            raise SendNever("gone", "unknown conversation")
        if row["removed"]:
            raise SendNever("removed")
        return Place(
            service=str(row["service_url"]),
            conversation=conversation,
            tenant=str(row["tenant"]),
            personal=row["kind"] == "personal",
            bot=f"28:{self.teams.options.app_id}" if self.teams.options.app_id else "",
        )

    async def update(self, place: Place, name: str, message: Message) -> None:
        """Puts a message in the place of another; never sends it anew."""
        await self.teams.connector.update(
            place.service, place.conversation, place.tenant, name, place.addressed(message.activity)
        )

    async def delete(self, place: Place, name: str) -> None:
        """Takes one message back."""
        await self.teams.connector.delete(place.service, place.conversation, place.tenant, name)

    def done(self, work: Coroutine[Any, Any, Any]) -> Any:
        """The outcome of `work`, errors in the outbox's terms."""
        try:
            return self.teams.run(work, TIMEOUT)
        except Throttled as error:
            raise SendLater(error.reason, error.seconds) from error
        except TimeoutError as error:
            raise SendLater("timeout") from error
        except NoAccess as error:
            raise SendNever("access", str(error)) from error
        except Refused as error:
            reason = REASONS.get(error.code) or STATUSES.get(error.status)
            if reason is None:
                raise SendLater(f"status {error.status}") from error
            raise SendNever(reason, error.code) from error


def conversation_of(address: Address) -> str:
    """Teams' own name of the conversation: the address without the tenant before it."""
    return address.conversation.partition(":")[2]
