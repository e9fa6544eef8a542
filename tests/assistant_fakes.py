"""Handwritten fakes of what the handlers need from outside, and a small world of documents."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count

from handlers.access import Access
from handlers.conversation import Actor, Address, Incoming
from handlers.ports import FeedbackRecord, QuestionRecord, StoreUnavailable
from handlers.router import Router
from handlers.services import Services
from knowledge.dialog_file import load_dialogs
from knowledge.passages import READABLE, Answer, Citation, Contact, Document, Passage
from knowledge.phrases import Problem
from tests.dialog_fakes import MemoryDossiers, MemoryRuns

DIALOGS = load_dialogs()  # the shipped ones, read once
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def document(version: str, audience: str = "client") -> Document:
    return Document(
        id="fiche-exemple",
        kind="fiche",
        title="Fiche Exemple",
        version=date.fromisoformat(version),
        audience=audience,
        official=False,
        label="exemple fictif",
        source=f"fiches/Fiche_Exemple_{version}.md",
        digest="0" * 64,
    )


def passages(doc: Document, size: int = 12) -> tuple[Passage, ...]:
    return tuple(
        Passage(
            document=doc.key,
            position=i,
            section=str(i + 1),
            heading=f"Titre {i + 1}",
            path=("Fiche", f"{i + 1}. Titre {i + 1}"),
            page=i + 3,
            text=f"Texte du passage {i + 1}.",
        )
        for i in range(size)
    )


def citation(passage: Passage, doc: Document, **changes: object) -> Citation:
    values = {
        "passage_id": passage.id,
        "digest": passage.digest,
        "document": doc.key,
        "title": doc.title,
        "kind": doc.kind,
        "version": doc.version,
        "section": passage.section,
        "heading": passage.heading,
        "page": passage.page,
        "source": doc.source,
        "official": doc.official,
        "label": doc.label,
        "text": passage.text,
        "marks": ((0, 5),),
        "score": 0.75,
    }
    return Citation(**(values | changes))


@dataclass
class FakeKnowledge:
    """Answers by the first word of the question; remembers what it was asked."""

    documents_held: tuple[Document, ...] = (document("2026-03-16"), document("2026-09-08"))
    asked: list[tuple[str, dict[str, object]]] = field(default_factory=list)

    def answer(self, question: str, **options: object) -> Answer:
        self.asked.append((question, options))
        lang = str(options.get("lang") or "fr")
        words = question.split()
        if words[0] == "boum":
            raise ValueError(f"secret question: {question}")
        if words[0] == "vide":
            raise Problem("index_missing", root="nowhere")
        if words[0] == "inconnu":
            return Answer(
                question=question,
                lang=lang,
                status="unanswered",
                note="Rien trouvé.",
                suggestions=("Titre voisin",),
                contact=Contact(name="Courtier", details="courtier@exemple.ca", passage_id="x#1"),
            )
        doc = self.documents_held[-1]
        found = passages(doc)[:2]
        ambiguous = words[0] == "ambigu"
        return Answer(
            question=question,
            asked=f"{options.get('previous')} {question}" if words[0] == "et" else question,
            lang=lang,
            status="ambiguous" if ambiguous else "answered",
            short="" if ambiguous else "Texte du passage 1.",
            suggestions=("Lecture A", "Lecture B") if ambiguous else (),
            citations=() if ambiguous else tuple(citation(p, doc) for p in found),
            confidence=0.9,
        )

    def documents(self, audience: str) -> tuple[Document, ...]:
        return tuple(d for d in self.documents_held if d.audience in READABLE[audience])

    def document(self, key: str, audience: str):
        doc = next((d for d in self.documents(audience) if d.key == key), None)
        return (doc, passages(doc)) if doc else None

    def passage(self, passage_id: str, audience: str):
        found = self.document(passage_id.rpartition("#")[0], audience)
        if found is None:
            return None
        return next(((found[0], p) for p in found[1] if p.id == passage_id), None)

    def sections(self, section: str, audience: str):
        found = ((d, p) for d in self.documents(audience) for p in passages(d))
        return tuple((d, p) for d, p in found if p.section == section)

    def warm(self) -> None:
        pass


@dataclass
class MemoryStore:
    """RecordStore and Sessions in memory; `broken` makes it fail as a full disk does."""

    retention: timedelta = timedelta(days=90)
    broken: bool = False
    questions: dict[str, QuestionRecord] = field(default_factory=dict)
    opinions: dict[str, FeedbackRecord] = field(default_factory=dict)
    sessions: dict[Address, tuple[str, datetime]] = field(default_factory=dict)

    def check(self) -> None:
        if self.broken:
            raise StoreUnavailable("database or disk is full")

    def save_question(self, record: QuestionRecord) -> None:
        self.check()
        self.questions[record.id] = record

    def save_feedback(self, record: FeedbackRecord) -> bool:
        self.check()
        if record.question_id not in self.questions:
            return False
        self.opinions[record.question_id] = record
        return True

    def question(self, record_id: str) -> QuestionRecord | None:
        self.check()
        return self.questions.get(record_id)

    def feedback(self, record_id: str) -> FeedbackRecord | None:
        self.check()
        return self.opinions.get(record_id)

    def forget_old(self, now: datetime) -> int:
        self.check()
        old = [r.id for r in self.questions.values() if r.at < now - self.retention]
        for name in old:
            del self.questions[name]
            self.opinions.pop(name, None)
        idle = now - timedelta(days=1)
        self.sessions = {a: kept for a, kept in self.sessions.items() if kept[1] >= idle}
        return len(old)

    def last_question(self, address: Address) -> str | None:
        self.check()
        return self.sessions.get(address, (None,))[0]

    def remember(self, address: Address, question: str, at: datetime) -> None:
        self.check()
        self.sessions[address] = (question, at)


def services(
    knowledge: FakeKnowledge | None = None,
    store: MemoryStore | None = None,
    *,
    record_questions: bool = True,
    audience: str = "client",
) -> Services:
    numbers = count(1)
    store = store or MemoryStore()
    return Services(
        knowledge=knowledge or FakeKnowledge(),
        records=store,
        sessions=store,
        runs=MemoryRuns(),
        dossiers=MemoryDossiers(),
        dialogs=DIALOGS,
        access=Access({"console": audience, "web": audience}),
        clock=lambda: NOW,
        new_id=lambda: f"id{next(numbers):06d}",
        record_questions=record_questions,
    )


def router(*args: object, **options: object) -> Router:
    return Router(services(*args, **options))


def incoming(text: str | None = None, pressed: str | None = None, **options: object) -> Incoming:
    channel = str(options.pop("channel", "console"))
    lang = options.pop("lang", "fr")
    return Incoming(
        actor=Actor(id="someone", channel=channel, lang=lang),
        address=Address(channel=channel, conversation=str(options.pop("conversation", "c1"))),
        text=text,
        pressed=pressed,
        **options,
    )
