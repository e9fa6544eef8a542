"""The vocabulary between channels and handlers: who said what where, and what is replied."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from knowledge.passages import Answer, Citation, Document, Frozen, Passage


class Actor(Frozen):
    """Who speaks. The channel says what it established of him; access.py settles the rest.

    Unknown means outsider: a channel that can't tell leaves `standing` as it is.
    """

    id: str  # opaque to handlers; unique within the channel
    channel: str  # web, console, slack, teams
    name: str = ""  # as colleagues know him; data, shown as text
    workspace: str = ""  # Slack team or Teams tenant he belongs to; empty elsewhere
    groups: tuple[str, ...] = ()  # the platform's groups he is in (Slack user groups)
    standing: Literal["unknown", "guest", "member"] = "unknown"
    lang: Literal["fr", "en"] = "fr"
    # Settled by access.py, whatever the channel claimed:
    organisation: str | None = None  # Organisation.id
    person: str | None = None  # Person.id: the same on every channel, where the file knows him
    audience: Literal["outsider", "client", "broker"] = "outsider"


class Address(Frozen):
    """Where the conversation takes place: one thread of messages.

    `conversation` is the channel's own name for it, enough for the channel to write there later.
    """

    channel: str
    conversation: str
    private: bool = True  # False where others than the actor read along


class Incoming(Frozen):
    """A platform event in neutral form: exactly one of text, pressed is set."""

    actor: Actor
    address: Address
    text: str | None = None
    pressed: str | None = None  # the `action` of a Button
    values: dict[str, str] = Field(
        default_factory=dict
    )  # what was submitted with a press: field name → value, as FormField tells
    event: str = ""  # the platform's id of the event: the same one seen twice is answered once


class Text(Frozen):
    """Plain text; shown as text, never as markup."""

    text: str
    tone: Literal["normal", "note", "error", "title", "success", "warning"] = "normal"


class Link(Frozen):
    """An https address outside of the assistant; `label` is plain text."""

    label: str
    url: str


class Links(Frozen):
    """Addresses to go to, one under the other. Only a handler that has checked them gives any:
    what users and documents hold stays text."""

    links: tuple[Link, ...]


class Button(Frozen):
    """Something to press; `action` comes back as Incoming.pressed, `say` as Incoming.text."""

    label: str
    action: str = ""
    say: str = ""
    style: Literal["", "primary", "danger"] = ""
    file: bool = False  # the reply to `action` is a File: a browser may offer it as a download


class Buttons(Frozen):
    """A row of buttons with an optional lead-in."""

    text: str = ""
    buttons: tuple[Button, ...]


class Choice(Frozen):
    """One of the choices of a field."""

    value: str  # an identifier: ASCII letters, digits, `-`, `_`
    label: str
    hint: str = ""


class FormField(Frozen):
    """One thing to fill in; what was given comes back as `Incoming.values[name]`:

    - choice: the chosen value; choices: the chosen values, one a line;
    - date: YYYY-MM-DD; number: decimal digits, a point, a sign;
    - text, long_text: as typed; confirm: "yes", or nothing.

    A channel may let anything through: the handler checks, and asks again with `error` set and
    what was typed in `value`.
    """

    name: str  # an identifier, unique in the form
    kind: Literal["choice", "choices", "date", "number", "text", "long_text", "confirm"]
    label: str
    help: str = ""
    choices: tuple[Choice, ...] = ()
    value: str = ""  # what is filled in already, in the form given above
    required: bool = True
    least: str = ""  # of a date or a number; empty: no bound
    most: str = ""  # of a date, a number, or a text's length in characters
    error: str = ""  # a sentence: why what was given is not accepted


class Progress(Frozen):
    """How far one is: step `done` of `total`; `label` says it in words."""

    done: int
    total: int
    label: str


class Form(Frozen):
    """Fields to fill in and send. `submit` carries the values of all fields with its action;
    the other buttons (back, leave) send their action alone.

    `key` names the form over its life: a channel that can change its messages shows a form
    where the earlier one of that key stood, rather than once more.
    """

    key: str
    title: str
    text: str = ""
    fields: tuple[FormField, ...]
    submit: Button
    others: tuple[Button, ...] = ()
    progress: Progress | None = None


class Table(Frozen):
    """Rows under column headings; every cell is plain text."""

    title: str = ""
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class Citations(Frozen):
    """The passages that something rests on, shown like those of an answer."""

    title: str
    citations: tuple[Citation, ...]


class File(Frozen):
    """A file to keep. The channel hands it over in its own way: download, upload, save."""

    name: str  # with its ending; safe as a file name
    media_type: str
    content: bytes = Field(repr=False)
    text: str = ""  # what it is, in a sentence


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


Part = (
    Text
    | Links
    | Buttons
    | AnswerPart
    | Feedback
    | DocumentPart
    | Form
    | Progress
    | Table
    | Citations
    | File
)


class Reply(Frozen):
    """What the assistant says back, part after part."""

    parts: tuple[Part, ...]
