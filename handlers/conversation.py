"""The vocabulary between channels and handlers: who said what where, and what is replied."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from knowledge.passages import Answer, Document, Frozen, Passage


class Actor(Frozen):
    """Who speaks. `audience` is decided by access.py; unknown means outsider."""

    id: str  # opaque to handlers; unique within the channel
    channel: str  # web, console, later slack, teams
    organisation: str | None = None
    audience: Literal["outsider", "client", "broker"] = "outsider"
    lang: Literal["fr", "en"] = "fr"


class Address(Frozen):
    """Where the conversation takes place: one thread of messages."""

    channel: str
    conversation: str


class Incoming(Frozen):
    """A platform event in neutral form: exactly one of text, pressed is set."""

    actor: Actor
    address: Address
    text: str | None = None
    pressed: str | None = None  # the `action` of a Button
    values: dict[str, str] = Field(
        default_factory=dict
    )  # what was submitted with a press: field name → value
    event: str = ""  # the platform's id of the event: the same one seen twice is answered once


class Text(Frozen):
    """Plain text; shown as text, never as markup."""

    text: str
    tone: Literal["normal", "note", "error"] = "normal"


class Button(Frozen):
    """Something to press; `action` comes back as Incoming.pressed, `say` as Incoming.text."""

    label: str
    action: str = ""
    say: str = ""


class Buttons(Frozen):
    """A row of buttons with an optional lead-in."""

    text: str = ""
    buttons: tuple[Button, ...]


class AnswerPart(Frozen):
    """An answer with its citations; `record` names the stored record, for feedback.

    A channel shows the short answer, the note and the citations; the answer's suggestions and
    contact come as parts of their own (Buttons, Text), so that no channel decides about them.
    """

    answer: Answer
    record: str = ""


class Feedback(Frozen):
    """Asks « utile / pas utile », with a reason when it was not.

    « Utile » is pressed with the action `handlers.feedback.feedback_action(record, "yes")`,
    « pas utile » with `"no"`; a reason's own action then replaces the bare « no ».
    """

    record: str
    reasons: tuple[Button, ...] = ()


class DocumentPart(Frozen):
    """A document shown whole, opened at one passage."""

    document: Document
    passages: tuple[Passage, ...]
    opened: str  # Passage.id
    superseded: bool = False  # a later version of the document is there too


Part = Text | Buttons | AnswerPart | Feedback | DocumentPart


class Reply(Frozen):
    """What the assistant says back, part after part."""

    parts: tuple[Part, ...]
