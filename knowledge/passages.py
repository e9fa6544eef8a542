"""The vocabulary of the knowledge room: documents, passages, citations, hits. All frozen."""

from __future__ import annotations

import hashlib
import re
from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Audience = Literal["public", "client", "broker"]
Kind = Literal["guide", "faq", "fiche", "autre"]
PassageForm = Literal["text", "list", "row", "definition", "faq", "contact"]

# What an actor with a given audience may read: his own level and those below it.
READABLE: dict[str, frozenset[str]] = {
    "outsider": frozenset({"public"}),
    "public": frozenset({"public"}),
    "client": frozenset({"public", "client"}),
    "broker": frozenset({"public", "client", "broker"}),
}


def digest(text: str) -> str:
    """Sha-256 of the text in hexadecimal, first 16 digits: enough to tell passages apart."""
    return hashlib.sha256(text.encode("utf8")).hexdigest()[:16]


def section_key(section: str | None) -> tuple[int, ...]:
    """Sort key of a section number: « 3.4.10 » → (3, 4, 10); no number sorts last."""
    return tuple(int(n) for n in re.findall(r"\d+", section or "")) or (10**6,)


class Frozen(BaseModel):
    """Base of every value here: immutable, and a misspelt field is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def key_of(identity: str, version: date | None) -> str:
    """« id@2021-07-22 », « id@- » without a date."""
    return f"{identity}@{version.isoformat() if version else '-'}"


class Document(Frozen):
    """One dated state of a document. `id` is the same for all its versions."""

    id: str
    kind: Kind
    title: str
    supplier: str | None = None
    version: date | None = None
    audience: Audience = "client"
    official: bool = True
    label: str | None = None  # « reformulé d’après … », « exemple fictif »
    label_en: str | None = None  # the same for a reader of English
    lang: str = "fr"
    source: str  # path relative to the SOURCE given, with forward slashes
    digest: str  # sha-256 of the source's bytes, hexadecimal

    @property
    def key(self) -> str:
        """Identity of this dated state: « id@2021-07-22 », « id@- » without a date."""
        return key_of(self.id, self.version)


class Passage(Frozen):
    """A part of a document small enough to quote whole.

    `text` is what is shown: plain text, one paragraph a line; a list item starts with « - »
    (« - » after two spaces when nested) or « 1. »; a table row has one « colonne : valeur » a line.
    """

    document: str  # Document.key
    position: int  # from 0, in reading order
    section: str | None = None  # the number alone: « 3.4.4 »
    heading: str = ""  # the nearest heading, without its number
    path: tuple[str, ...] = ()  # headings from the top, numbers included
    page: int | None = None
    form: PassageForm = "text"
    text: str
    questions: tuple[str, ...] = ()  # indexed, never shown
    # for each of `questions`, which of sentences(text) answers it, -1 where no single one does
    answering: tuple[int, ...] = ()

    @property
    def digest(self) -> str:
        """Digest of what a reader sees and of where it stands; questions and position left out."""
        return digest("\n".join([self.document, self.section or "", *self.path, self.text]))

    @property
    def id(self) -> str:
        """Stable within a revision: « guide…@2021-07-22#12 »."""
        return f"{self.document}#{self.position}"


class Hit(Frozen):
    """A passage found for a question. Scores: larger is better; `score` is the fused one."""

    passage: Passage
    document: Document
    score: float
    lexical: float = 0.0
    dense: float = 0.0
    whole: float = 0.0  # how far its document stands out by its words, in standard deviations
    superseded: bool = False  # a later version of the same document is in the revision


class Citation(Frozen):
    """What is shown as the source of an answer. `marks`: (start, end) offsets into `text`."""

    passage_id: str
    digest: str
    document: str
    title: str
    kind: Kind
    version: date | None = None
    section: str | None = None
    heading: str = ""
    page: int | None = None
    source: str
    official: bool
    label: str | None = None
    label_en: str | None = None
    text: str
    marks: tuple[tuple[int, int], ...] = ()
    score: float
    superseded: bool = False

    @property
    def document_key(self) -> str:
        """The key of the cited document in its version (Document.key)."""
        return key_of(self.document, self.version)


def citation_of(
    document: Document,
    passage: Passage,
    *,
    marks: tuple[tuple[int, int], ...] = (),
    score: float = 1.0,
    superseded: bool = False,
) -> Citation:
    """A passage of a document, whole, as a citation; `document` in it is Document.key."""
    return Citation(
        passage_id=passage.id,
        digest=passage.digest,
        document=document.key,
        title=document.title,
        kind=document.kind,
        version=document.version,
        section=passage.section,
        heading=passage.heading,
        page=passage.page,
        source=document.source,
        official=document.official,
        label=document.label,
        label_en=document.label_en,
        text=passage.text,
        marks=marks,
        score=score,
        superseded=superseded,
    )


def label_of(told: Document | Citation, lang: str) -> str:
    """The document's own label in the reader's language where it has one; may be empty."""
    return (told.label_en if lang == "en" else None) or told.label or ""


Status = Literal["answered", "ambiguous", "unanswered", "refused"]


class Contact(Frozen):
    """Whom to ask when the documents don't say; taken from the guide's contact table."""

    name: str
    details: str
    passage_id: str


class Answer(Frozen):
    """The outcome of one question; `short` quotes the citations and never says anything else."""

    question: str
    asked: str = ""  # the question as understood (a follow-up completed with the previous one)
    lang: str = "fr"
    status: Status
    short: str = ""
    note: str = ""  # a sentence from phrases: why nothing was found, that a version is superseded …
    citations: tuple[Citation, ...] = ()
    suggestions: tuple[str, ...] = ()  # questions or headings that can be asked next
    contact: Contact | None = None
    confidence: float = Field(default=0.0)
