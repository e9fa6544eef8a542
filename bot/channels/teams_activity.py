"""A Bot Framework activity as Teams sends it, and what it says to the assistant."""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator
from pydantic.alias_generators import to_camel

from bot.channels.teams_blocks import VERSION
from bot.channels.teams_connector import root
from bot.channels.teams_forms import FIELD
from handlers.conversation import Address

Json = dict[str, Any]
LONGEST = 20_000  # characters of a message looked at; the handlers refuse far fewer
ACTION = 400  # characters of an action at most
MENTION = re.compile(r"<at(?:\s[^<>]*)?>(.*?)</at>", re.IGNORECASE | re.DOTALL)

# Where a card or a file stands in a message, in the message's own HTML.
PLACE = re.compile(
    r'<span class="inline-compose-card".*?</span>\s*</span>|<attachment\b[^<>]*>(?:</attachment>)?',
    re.IGNORECASE | re.DOTALL,
)


class Part(BaseModel):
    """Teams adds fields at any time: unknown ones are left aside."""

    model_config = ConfigDict(alias_generator=to_camel, extra="ignore", frozen=True)


class Account(Part):
    """Somebody, or the bot."""

    id: str = ""
    name: str = ""
    aad_object_id: str = ""

    @field_validator("name", "aad_object_id", mode="before")
    @classmethod
    def text(cls, value: object) -> object:
        """Teams sends null for what it doesn't know."""
        return "" if value is None else value


class Conversation(Part):
    """Where it takes place; in a channel, `id` names the reply chain as well."""

    id: str = Field(min_length=1, max_length=2000)
    conversation_type: str | None = None
    tenant_id: str | None = None


class TeamsActivity(Part):
    """The fields that are read. A wrong type is an error: the activity is malformed."""

    type: str = Field(min_length=1, max_length=100)
    id: str = ""
    timestamp: str | None = None
    channel_id: str = ""
    service_url: str = Field(min_length=1, max_length=2000)
    sender: Account = Field(default_factory=Account, alias="from")
    recipient: Account = Field(default_factory=Account)
    conversation: Conversation
    text: str | None = None
    locale: str | None = None
    entities: list[Json] | None = None
    attachments: list[Json] | None = None
    value: Any = None
    name: str | None = None
    action: str | None = None
    reply_to_id: str | None = None
    channel_data: Json | None = None
    members_added: list[Account] | None = None
    members_removed: list[Account] | None = None

    @property
    def personal(self) -> bool:
        """Whether the person is alone with the bot. Unknown means not."""
        return self.conversation.conversation_type == "personal"

    @property
    def kind(self) -> str:
        """personal, groupChat, channel; empty where Teams doesn't say."""
        return self.conversation.conversation_type or ""

    @property
    def room(self) -> str:
        """The conversation without its reply chain."""
        return root(self.conversation.id)

    @property
    def tenant(self) -> str:
        """The tenant in which the conversation takes place, in lower case."""
        tenant = self.data("tenant").get("id") or self.conversation.tenant_id or ""
        return str(tenant).lower()

    @property
    def event(self) -> str:
        """A name for the event: the same one comes again when Teams repeats itself. An edited
        message keeps its id, so the time of the change goes with it."""
        change = self.timestamp or "" if self.type == "messageUpdate" else ""
        return f"{self.conversation.id} {self.id} {change}" if self.id else ""

    @property
    def event_type(self) -> str:
        """What Teams says that happened: teamRenamed, channelShared, editMessage …"""
        return str((self.channel_data or {}).get("eventType", ""))

    @property
    def user(self) -> str:
        """The person's id in the directory, else in Teams."""
        return self.sender.aad_object_id or self.sender.id

    def data(self, name: str) -> Json:
        """An object of channelData, empty where it is not there."""
        found = (self.channel_data or {}).get(name)
        return found if isinstance(found, dict) else {}

    def address(self) -> Address:
        """The conversation in the handlers' terms: « <tenant>:<conversation> »."""
        conversation = f"{self.tenant}:{self.conversation.id}"
        return Address(channel="teams", conversation=conversation, private=self.personal)

    def lang(self, default: Literal["fr", "en"]) -> Literal["fr", "en"]:
        """The language of the person's Teams, where it is one of ours."""
        told = (self.locale or self.client_locale)[:2].lower()
        return "fr" if told == "fr" else "en" if told == "en" else default

    @property
    def client_locale(self) -> str:
        """The language as the client tells it of itself: all there is in many invokes."""
        for entity in (self.entities or [])[:50]:
            if entity.get("type") == "clientInfo":
                return str(entity.get("locale") or "")
        return ""

    @property
    def encloses(self) -> bool:
        """Whether a file or a card comes with it, beside the message's own HTML."""
        return any(a.get("contentType") != "text/html" for a in self.attachments or [])

    def mentions_bot(self) -> bool:
        """Whether the bot is spoken to by name."""
        return any(mentioned(e) == self.recipient.id for e in self.entities or [])

    def said(self) -> str:
        """The text as the person wrote it: the bot's name taken out, the names of others kept,
        HTML entities as characters. Still data."""
        text = (self.text or "")[:LONGEST]
        if self.encloses:
            text = PLACE.sub(" ", text)
        for entity in (self.entities or [])[:50]:
            told = entity.get("text")
            if mentioned(entity) == self.recipient.id and isinstance(told, str) and told:
                text = text.replace(told, " ")
        return html.unescape(MENTION.sub(r"\1", text)).replace("\xa0", " ").strip()


def mentioned(entity: Json) -> str | None:
    """Whom an entity mentions; None where it is not a mention."""
    whom = entity.get("mentioned")
    if entity.get("type") != "mention" or not isinstance(whom, dict):
        return None
    return str(whom.get("id", "")) or None


class OldCard(Exception):
    """The card pressed was made by another version of the assistant, or is not ours."""


class Press(Part):
    """What a button sent: one of `action`, `say`; `form` where it stood in a form."""

    card: str = ""
    action: str = Field(default="", max_length=ACTION)
    say: str = Field(default="", max_length=4000)
    form: str = ""
    swap: str = ""  # the field whose value, where given, takes the action's place
    sends: bool = False  # the button that sends the form, not one beside it
    many: tuple[str, ...] = ()  # fields of several choices, which Teams separates by commas
    v: int = 0


def press_of(value: object) -> tuple[Press, dict[str, str]]:
    """The press and the fields sent with it; raises OldCard."""
    if not isinstance(value, dict) or not isinstance(value.get("catalogue"), dict):
        raise OldCard
    try:
        press = Press.model_validate(value["catalogue"])
    except ValueError as error:
        raise OldCard from error
    if press.v != VERSION or bool(press.action) == bool(press.say):
        raise OldCard
    values = {
        name.removeprefix(FIELD): typed(given)
        for name, given in list(value.items())[:200]
        if isinstance(name, str) and name.startswith(FIELD)
    }
    for name in press.many:
        if name in values:
            values[name] = values[name].replace(",", "\n")
    chosen = values.pop(press.swap, "") if press.swap else ""
    # Only a fuller form of the same action: « feedback:no:<record>:<reason> ».
    if chosen.startswith(press.action.rstrip(":")):
        press = press.model_copy(update={"action": chosen[:ACTION]})
    return press, values


def typed(given: object) -> str:
    """A field's value in the handlers' form: several choices one a line."""
    if isinstance(given, bool):
        return "yes" if given else ""
    return "" if given is None else str(given)[:LONGEST]


class Words(HTMLParser):
    """The text of a message in HTML."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []

    def handle_data(self, data: str) -> None:
        """Keeps what is read."""
        self.words.append(data)


def plain(markup: str) -> str:
    """The words of a message in HTML, its tags gone."""
    reader = Words()
    reader.feed(markup[:LONGEST])
    reader.close()
    return " ".join(" ".join(reader.words).split())
