"""A reply → the messages that say it: cards of 28 KB at most, forms alone, files apart."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass

from bot.channels.teams_blocks import Json, cut, line, lines, run, size
from bot.channels.teams_forms import form_blocks
from bot.channels.teams_parts import Parts
from bot.channels.teams_words import summary
from handlers.conversation import (
    AnswerPart,
    Citations,
    DocumentPart,
    Feedback,
    File,
    Form,
    Part,
    Reply,
)
from knowledge.phrases import say

LIMIT = 28 * 1024  # bytes of a message as JSON in UTF-16
ENVELOPE = 4_500  # of them, at most, around a card's elements
MOST = 6  # messages of a reply
CARD = "application/vnd.microsoft.card.adaptive"


@dataclass(frozen=True)
class Message:
    """One message to send. `form` is the key of the form in it; `file` what is to be handed
    over in it, the activity then being what stands where Teams can't."""

    activity: Json
    form: str = ""
    file: File | None = None


def new_id() -> str:
    """A name for one rendering of a card."""
    return uuid.uuid4().hex


READING = (AnswerPart, Citations, DocumentPart, File)  # what is kept: nothing takes its place


def messages(
    reply: Reply, lang: str, *, asked: str = "", step: str = "", name: Callable[[], str] = new_id
) -> list[Message]:
    """The messages of a reply, MOST at most. `asked`: the question, where nobody typed it.
    `step`: the key of the form that was answered: where its dialog goes on without a form, with
    answers to confirm say, what is shown gives way in its turn."""
    made: list[Message] = []
    waiting: list[Part] = []
    if any(isinstance(part, (*READING, Form)) for part in reply.parts):
        step = ""

    def flush() -> None:
        if waiting:
            told = asked if not made else ""
            made.extend(flowing(tuple(waiting), lang, name(), told, step))
            waiting.clear()

    for part in reply.parts:
        if isinstance(part, Form):
            whole = with_form(tuple(waiting), part, lang, name())
            if whole is None:
                flush()
                whole = form_message((), part, lang, name())
            waiting.clear()
            made.append(whole)
        elif isinstance(part, File):
            flush()
            text = say("teams.file_elsewhere", lang, name=part.name)
            blocks = [*lines(cut(part.text, 1000)), *lines(text, isSubtle=True)]
            made.append(Message(card_activity(blocks, part.name, lang), file=part))
        else:
            waiting.append(part)
    flush()
    if len(made) > MOST:
        told = card_activity(lines(say("teams.too_long", lang)), say("teams.too_long", lang), lang)
        made[MOST - 1 :] = [Message(told)]
    return made


def with_form(before: tuple[Part, ...], form: Form, lang: str, card: str) -> Message | None:
    """A form under what is said before it, on one card, so that they change together; None where
    they don't fit, or where what is before has fields of its own."""
    if any(isinstance(part, Feedback) for part in before):
        return None
    made = form_message(before, form, lang, card)
    blocks = made.activity["attachments"][0]["content"]["body"]
    return made if size(blocks) <= LIMIT - ENVELOPE else None


def form_message(before: tuple[Part, ...], form: Form, lang: str, card: str) -> Message:
    """The same, whatever its size."""
    maker = Parts(lang, card, form=form.key[:200])
    blocks = [block for part in before for block in maker.blocks(part)]
    blocks += form_blocks(form, lang, card)
    return Message(card_activity(blocks, summary((*before, form)), lang), form.key)


def flowing(
    parts: tuple[Part, ...], lang: str, card: str, asked: str = "", step: str = ""
) -> list[Message]:
    """Parts one after the other, in as many cards as they need; more than one are no step."""
    maker = Parts(lang, card, form=step[:200])
    blocks = [block for part in parts for block in maker.blocks(part)]
    if asked:
        blocks.insert(0, line(run(f"«\u00a0{cut(asked, 300)}\u00a0»", isSubtle=True, italic=True)))
    told, cards = summary(parts), chunks(blocks)
    if step and len(cards) > 1:
        return flowing(parts, lang, card, asked)
    return [Message(card_activity(chunk, told, lang)) for chunk in cards]


def chunks(blocks: list[Json]) -> list[list[Json]]:
    """The elements in groups that fit in a card each."""
    made: list[list[Json]] = []
    room = 0
    for block in blocks:
        needs = size(block) + 2
        if not made or needs > room:
            made.append([])
            room = LIMIT - ENVELOPE
        made[-1].append(block)
        room -= needs
    return made


def card_of(blocks: list[Json], told: str, lang: str) -> Json:
    """An Adaptive Card; `told` is what a client says that can't show it."""
    return {
        "type": "AdaptiveCard",
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "version": "1.5",
        "lang": lang,
        "fallbackText": told or say("teams.name", lang),
        "speak": told,
        "body": blocks,
    }


def card_activity(blocks: list[Json], told: str, lang: str) -> Json:
    """A message with one card."""
    return {
        "type": "message",
        "summary": cut(told, 150) or say("teams.name", lang),
        "attachments": [{"contentType": CARD, "content": card_of(blocks, told, lang)}],
    }
