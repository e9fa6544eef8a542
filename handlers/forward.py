"""« Transmettre au Courtier »: a question goes to the broker's advisers with its context, and an
adviser's reply goes back to whoever asked, on the channel he asked from."""

from __future__ import annotations

import logging

from handlers.conversation import Address, Button, Buttons, Incoming, Reply, Text
from handlers.ports import StoreUnavailable
from handlers.ports_forward import Forwarded
from handlers.questions import printable
from handlers.services import Services
from knowledge.passages import Status
from knowledge.phrases import say

log = logging.getLogger(__name__)

PREFIX = "forward:"
REPLY = "forward:reply:"
KEY = "forward:"  # the key of the message to the broker: KEY + Forwarded.id
LONGEST = 4000  # characters of an adviser's reply


def forward_action(record: str) -> str:
    """The action that sends a recorded question to the broker."""
    return PREFIX + record


def reply_action(forwarded: str) -> str:
    """What a channel sends for an adviser's reply; `values["text"]` is the reply."""
    return REPLY + forwarded


def forward_buttons(record: str, status: Status, lang: str) -> Buttons:
    """The button beneath an answer; it stands out where the documents don't answer."""
    answered = status in ("answered", "ambiguous")
    button = Button(
        label=say("forward.button", lang),
        action=forward_action(record),
        style="" if answered else "primary",
    )
    return Buttons(text="" if answered else say("forward.lead", lang), buttons=(button,))


def forward(incoming: Incoming, services: Services) -> Reply:
    """Sends a recorded question to the broker's channel, once however often it is pressed."""
    lang = incoming.actor.lang
    broker = services.broker
    if broker is None or services.post is None or services.forwards is None:
        return told("forward.off", lang)
    if incoming.actor.audience == "outsider":
        return told("forward.outsider", lang)
    record = (incoming.pressed or "").removeprefix(PREFIX)
    try:
        question = services.records.question(record)
        if question is None:
            return told("forward.unknown", lang)
        kept = Forwarded(
            id=services.new_id(),
            record=record,
            question=question.question,
            address=incoming.address,
            lang=lang,
            at=services.clock(),
        )
        known = services.forwards.forward(kept)
        message = to_broker(incoming, services, question.question, question.status, record)
        services.post.post(broker, message, key=KEY + known.id)
    except StoreUnavailable as error:
        log.warning("question not forwarded: %s", error)
        return told("forward.not_stored", lang)
    return told("forward.sent", lang, tone="success")


def to_broker(
    incoming: Incoming, services: Services, question: str, status: Status, record: str
) -> Reply:
    """What the advisers read: who asks from where, the question, what the assistant found."""
    lang = services.broker_lang
    actor = incoming.actor
    organisation = services.access.organisation(actor.organisation)
    kept = services.records.question(record)
    cited = [cited.passage_id for cited in kept.cited] if kept else []
    found = [services.knowledge.passage(passage_id, "broker") for passage_id in cited]
    sources = [
        "- " + ", ".join(filter(None, [doc.title, passage.section, passage.heading]))
        for doc, passage in filter(None, found)
    ]
    parts = [
        Text(text=say("forward.title", lang), tone="title"),
        Text(
            text=say(
                "forward.from",
                lang,
                name=actor.name or say("forward.someone", lang),
                organisation=organisation.name if organisation else say("forward.nowhere", lang),
                channel=say(f"forward.channel.{actor.channel}", lang),
            ),
            tone="note",
        ),
        Text(text=question),
        Text(text=say(f"forward.status.{status}", lang), tone="note"),
    ]
    if sources:
        parts.append(Text(text="\n".join([say("forward.sources", lang), *sources]), tone="note"))
    parts.append(Text(text=say("forward.how", lang), tone="note"))
    return Reply(parts=tuple(parts))


def reply_to_asker(incoming: Incoming, services: Services) -> Reply:
    """An adviser's reply in the broker's channel goes back to whoever asked."""
    lang = incoming.actor.lang
    if services.post is None or services.forwards is None:
        return told("forward.off", lang)
    if incoming.actor.audience != "broker":
        return told("forward.not_adviser", lang)
    text = printable(incoming.values.get("text", "")).strip()
    if not text:
        return told("forward.empty", lang)
    if len(text) > LONGEST:
        return told("forward.long", lang, length=len(text), longest=LONGEST)
    try:
        kept = services.forwards.forwarded((incoming.pressed or "").removeprefix(REPLY))
        if kept is None:
            return told("forward.gone", lang)
        key = f"{KEY}{kept.id}:{incoming.event or services.new_id()}"
        services.post.post(kept.address, to_asker(kept, incoming.actor.name, text), key=key)
    except StoreUnavailable as error:
        log.warning("adviser's reply not sent: %s", error)
        return told("forward.not_stored", lang)
    return told("forward.returned", lang, tone="note")


def to_asker(kept: Forwarded, adviser: str, text: str) -> Reply:
    """What the asker reads: his question, and the reply in the adviser's own words."""
    lang = kept.lang
    return Reply(
        parts=(
            Text(text=say("forward.reply", lang), tone="title"),
            Text(text=say("forward.asked", lang, question=kept.question), tone="note"),
            Text(text=text),
            Text(
                text=say("forward.by", lang, name=adviser or say("forward.adviser", lang)),
                tone="note",
            ),
        )
    )


def told(key: str, lang: str, tone: str = "error", **values: object) -> Reply:
    """A reply of one sentence."""
    return Reply(parts=(Text.model_validate({"text": say(key, lang, **values), "tone": tone}),))


def broker_address(setting: str) -> Address | None:
    """The address of the broker's channel from its setting, « slack:T…:C… »; None for nothing."""
    name, _, conversation = setting.strip().partition(":")
    if not conversation:
        return None
    if name == "slack":
        conversation += ":"  # no thread: a message of its own
    return Address(channel=name, conversation=conversation, private=False)
