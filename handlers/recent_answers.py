"""Tells whoever got an answer since yesterday that a passage it rests on has changed."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from handlers.conversation import Actor, Address, Button, Buttons, Incoming, Part, Reply, Text
from handlers.history_view import detail_action
from handlers.inbox import CHANNELS, PREFIX
from handlers.moments import local_day
from handlers.ports import StoreUnavailable
from handlers.ports_mail import Mailroom
from handlers.services import Services
from handlers.topics import told_by
from handlers.writable import writable
from knowledge.change_set import ChangeSet, DocumentChange
from knowledge.change_words import headline, sentence
from knowledge.difference import PassageChange
from knowledge.passages import Answer
from knowledge.phrases import say

log = logging.getLogger(__name__)

MOST = 4  # changed passages of one document that the message shows


def note(incoming: Incoming, answer: Answer, services: Services) -> None:
    """Keeps for a day what an answer rests on, beside the private conversation of whoever asked.
    Nothing is kept where questions are not, nor of who asked in a channel and is known nowhere
    else. A store that fails costs the warning, never the answer."""
    mail = services.mail
    if mail is None or mail.recent is None or not services.record_questions:
        return
    if answer.status != "answered" or incoming.actor.audience == "outsider":
        return
    try:
        where = writable(incoming, mail)
        if not incoming.address.private:
            known = mail.addresses.of_actor(incoming.actor)
            if known is None:
                return
            where = known.address
        digests = {citation.digest for citation in answer.citations}
        mail.recent.note(where, digests, local_day(services.clock()), answer.lang)
    except StoreUnavailable as error:
        log.warning("recent answer not noted: %s", error)


def tell(change_set: ChangeSet, services: Services, mail: Mailroom) -> None:
    """Queues a warning for each conversation with a recent answer that rests on what changed.
    Raises StoreUnavailable; asked again, nothing is queued twice."""
    if mail.recent is None:
        return
    today = local_day(services.clock())
    for where in mail.recent.resting_on(change_set.rested_on(), today):
        key = f"answer:{change_set.revision}"
        mail.outbox.put_one(where, key=key, kind="answer", data=change_set.revision)


def reader(address: Address, services: Services, mail: Mailroom) -> Actor:
    """Who reads there, as configuration says now; of a visitor of the page or the terminal,
    nothing is known but that."""
    known = mail.addresses.known(address)
    if known is not None and known.actor is not None:
        return services.access.settle(known.actor)
    name = address.conversation.removeprefix(PREFIX) if address.channel in CHANNELS else ""
    return services.access.settle(Actor(id=name, channel=address.channel))


def compose(
    address: Address, changes: Iterable[DocumentChange], services: Services, mail: Mailroom
) -> Reply | str:
    """The warning as it may be sent now, of the changes that its reader may hear of; or why it is
    not sent. What a subscription of his tells at once is not told twice."""
    if mail.recent is None:
        return "ended"
    cited, lang = mail.recent.digests(address)
    subscriptions = [
        s for s in mail.subscriptions.of_address(address) if not s.paused and s.every == "now"
    ]
    found, twice = [], False
    for change in changes:
        passages = resting(change, cited)
        if not passages and not cited & frozenset(change.went):
            continue
        if any(told_by(subscription, change) is not None for subscription in subscriptions):
            twice = True
        else:
            found.append((change, passages))
    if not found:
        return "twice" if twice else "ended"
    parts: list[Part] = [Text(text=say("notice.answer", lang), tone="warning")]
    buttons = []
    for change, passages in found:
        lines = [headline(change, lang), *(f"- {sentence(p, lang)}" for p in passages[:MOST])]
        parts.append(Text(text="\n".join(lines)))
        if action := detail_action(change.document.id, None, 0):
            label = say("notice.answer.detail", lang, title=change.document.title)
            buttons.append(Button(label=label, action=action))
    parts.append(Text(text=say("notice.answer.why", lang), tone="note"))
    return Reply(parts=(*parts, Buttons(buttons=tuple(buttons))) if buttons else tuple(parts))


def resting(change: DocumentChange, cited: frozenset[str]) -> tuple[PassageChange, ...]:
    """The changes of passages that were cited and no longer say what they said."""
    gone = change.rested_on() & cited
    return tuple(c for c in change.passages if c.before and c.before.digest in gone)
