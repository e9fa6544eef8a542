"""Messages to a conversation of Teams, sent, put in place of others, files offered."""

from __future__ import annotations

import logging
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

from bot.channels.teams_blocks import cut, lines
from bot.channels.teams_connector import Connector, Refused
from bot.channels.teams_messages import Message, card_activity
from handlers.conversation import File
from knowledge.phrases import say

log = logging.getLogger(__name__)

Json = dict[str, Any]
CONSENT = "application/vnd.microsoft.teams.card.file.consent"
FILE = "application/vnd.microsoft.teams.card.file.info"
GONE = frozenset({403, 404, 405, 410})  # the message to change is no longer there


@dataclass(frozen=True)
class Place:
    """Where to write: what Teams needs for it, and whether the person is alone there."""

    service: str
    conversation: str
    tenant: str
    personal: bool
    bot: str = ""  # the bot's id in Teams

    def addressed(self, activity: Json) -> Json:
        """The activity with its sender and its conversation."""
        made = activity | {"conversation": {"id": self.conversation}}
        return made | ({"from": {"id": self.bot}} if self.bot else {})


class Kept:
    """Files offered, until somebody consents: in memory alone, so many, so long."""

    def __init__(self, most: int = 50, seconds: float = 3600.0) -> None:
        self.most = most
        self.seconds = seconds
        self.files: OrderedDict[str, tuple[float, str, File]] = OrderedDict()

    def keep(self, name: str, conversation: str, file: File) -> None:
        """Keeps a file for a conversation under a name."""
        self.files[name] = (time.monotonic() + self.seconds, conversation, file)
        while len(self.files) > self.most:
            self.files.popitem(last=False)

    def take(self, name: str, conversation: str) -> File | None:
        """The file, once; None when it is gone, or was offered elsewhere."""
        until, whose, file = self.files.pop(name, (0.0, "", None))
        return file if whose == conversation and until > time.monotonic() else None


class Letters:
    """Sends the messages of a reply."""

    def __init__(self, connector: Connector, kept: Kept | None = None) -> None:
        self.connector = connector
        self.kept = kept or Kept()

    async def send(
        self, place: Place, made: list[Message], lang: str, longest: float = 60.0
    ) -> list[str]:
        """Sends them in order; returns Teams' names for them."""
        return [await self.one(place, message, lang, longest) for message in made]

    async def one(self, place: Place, message: Message, lang: str, longest: float = 60.0) -> str:
        """Sends one. A file is offered where Teams can take it: in personal chat."""
        activity = message.activity
        if message.file is not None and place.personal:
            activity = self.consent(place, message.file, lang)
        return await self.connector.send(
            place.service, place.conversation, place.tenant, place.addressed(activity), longest
        )

    async def replace(self, place: Place, target: str, message: Message, lang: str) -> str:
        """Puts a message where another stood; sends it anew where that one is gone."""
        if message.file is None and target:
            try:
                await self.connector.update(
                    place.service,
                    place.conversation,
                    place.tenant,
                    target,
                    place.addressed(message.activity),
                )
                return target
            except Refused as error:
                if error.status not in GONE:
                    raise
                log.info("message to change is gone: %s", error)
        return await self.one(place, message, lang)

    async def take_back(self, place: Place, name: str) -> None:
        """Deletes a message sent earlier."""
        await self.connector.delete(place.service, place.conversation, place.tenant, name)

    def consent(self, place: Place, file: File, lang: str) -> Json:
        """Asks whether the file may be put in the person's OneDrive."""
        from uuid import uuid4

        name = uuid4().hex
        self.kept.keep(name, place.conversation, file)
        told = {"file": name}
        return {
            "type": "message",
            "summary": cut(file.text or file.name, 150),
            "attachments": [
                {
                    "contentType": CONSENT,
                    "name": file.name,
                    "content": {
                        "description": cut(file.text, 300) or say("teams.file", lang),
                        "sizeInBytes": len(file.content),
                        "acceptContext": told,
                        "declineContext": told,
                    },
                }
            ],
        }

    async def accepted(self, place: Place, value: Json, card: str, lang: str) -> None:
        """What was decided about a file offered in the message `card`."""
        context = value.get("context")
        name = str(context.get("file", "")) if isinstance(context, dict) else ""
        file = self.kept.take(name, place.conversation)
        if file is None:
            await self.note(place, "teams.file_gone", lang, card)
            return
        if value.get("action") != "accept":
            await self.note(place, "teams.file_declined", lang, card, name=file.name)
            return
        info = value.get("uploadInfo")
        info = info if isinstance(info, dict) else {}
        await self.connector.upload(str(info.get("uploadUrl", "")), file.content, file.media_type)
        activity = {
            "type": "message",
            "summary": file.name,
            "attachments": [
                {
                    "contentType": FILE,
                    "contentUrl": str(info.get("contentUrl", "")),
                    "name": str(info.get("name") or file.name),
                    "content": {
                        "uniqueId": str(info.get("uniqueId", "")),
                        "fileType": file.name.rpartition(".")[2],
                    },
                }
            ],
        }
        await self.replace(place, card, Message(activity), lang)

    async def note(
        self, place: Place, key: str, lang: str, target: str = "", **values: object
    ) -> None:
        """A sentence of the channel's own, in the place of `target` where that is given."""
        text = say(key, lang, **values)
        await self.replace(place, target, Message(card_activity(lines(text), text, lang)), lang)

    async def typing(self, place: Place) -> None:
        """« … est en train d'écrire »."""
        activity = place.addressed({"type": "typing"})
        await self.connector.send(
            place.service, place.conversation, place.tenant, activity, longest=0.0
        )
