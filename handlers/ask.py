"""A question → an answer with citations, recorded; the readings or nearest headings as buttons."""

from __future__ import annotations

import logging

from handlers import recent_answers
from handlers.conversation import AnswerPart, Button, Buttons, Incoming, Part, Reply, Text
from handlers.feedback import feedback_part
from handlers.forward import forward_buttons
from handlers.ports import CitedPassage, QuestionRecord, StoreUnavailable
from handlers.questions import clean_question
from handlers.services import Services
from knowledge.passages import Answer
from knowledge.phrases import Problem, say

log = logging.getLogger(__name__)


def ask(incoming: Incoming, services: Services) -> Reply:
    """Answers a typed question. A store that fails costs the record, never the answer."""
    lang = incoming.actor.lang
    try:
        question = clean_question(incoming.text or "")
    except Problem as problem:
        return Reply(parts=(Text(text=problem.text(lang), tone="error"),))
    answer = services.knowledge.answer(
        question,
        audience=incoming.actor.audience,
        lang=lang,
        top=services.top,
        previous=last_question(incoming, services),
    )
    remember(incoming, answer, services)
    recent_answers.note(incoming, answer, services)
    name = record(incoming, answer, services)
    parts = answer_parts(answer, name, lang)
    if incoming.actor.audience == "outsider" and answer.status == "unanswered":
        # Not found among what he may read: he is told so, whether or not more is there.
        head, *rest = parts
        parts = (head, Text(text=say("ask.outsider", lang), tone="note"), *rest)
    if name and services.broker and incoming.actor.audience == "client":
        parts += (forward_buttons(name, answer.status, lang),)
    return Reply(parts=parts)


def answer_parts(answer: Answer, record_id: str, lang: str) -> tuple[Part, ...]:
    """The answer, then what to press next, then whom to ask, then « utile / pas utile »."""
    parts: list[Part] = [AnswerPart(answer=answer, record=record_id)]
    if answer.suggestions:
        lead = {"ambiguous": "ask.readings", "answered": "ask.next"}.get(
            answer.status, "ask.nearest"
        )
        buttons = tuple(Button(label=text, say=text) for text in answer.suggestions)
        parts.append(Buttons(text=say(lead, lang), buttons=buttons))
    if answer.contact:
        name, details = answer.contact.name, answer.contact.details
        parts.append(Text(text=say("ask.contact", lang, name=name, details=details), tone="note"))
    if record_id:
        parts.append(feedback_part(record_id, lang))
    return tuple(parts)


def last_question(incoming: Incoming, services: Services) -> str | None:
    """The conversation's last question, None where the store can't say."""
    try:
        return services.sessions.last_question(incoming.address)
    except StoreUnavailable as error:
        log.warning("conversation not read: %s", error)
        return None


def remember(incoming: Incoming, answer: Answer, services: Services) -> None:
    """Keeps the question as understood, so that follow-ups chain. One that led nowhere is no
    ground for the next: « et pour ITQ? » then still completes the last good question."""
    if answer.status not in ("answered", "ambiguous"):
        return
    try:
        services.sessions.remember(
            incoming.address, answer.asked or answer.question, services.clock()
        )
    except StoreUnavailable as error:
        log.warning("conversation not kept: %s", error)


def record(incoming: Incoming, answer: Answer, services: Services) -> str:
    """Stores the question; returns the record's name, empty where nothing was stored."""
    if not services.record_questions:
        return ""
    cited = tuple(
        CitedPassage(
            passage_id=citation.passage_id,
            document=citation.document,
            digest=citation.digest,
            rank=rank,
        )
        for rank, citation in enumerate(answer.citations, 1)
    )
    entry = QuestionRecord(
        id=services.new_id(),
        at=services.clock(),
        channel=incoming.actor.channel,
        lang=answer.lang,
        question=answer.question,
        status=answer.status,
        cited=cited,
    )
    try:
        services.records.save_question(entry)
    except StoreUnavailable as error:
        log.warning("question not recorded: %s", error)
        return ""
    return entry.id
