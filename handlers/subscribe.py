"""Subscriptions: list, make, change, pause, end; « pourquoi est-ce que je reçois ceci ? »."""

from __future__ import annotations

import logging
import unicodedata
from collections.abc import Callable

from handlers.conversation import Button, Buttons, Incoming, Part, Reply, Text
from handlers.ports import StoreUnavailable
from handlers.ports_mail import Mailroom, Subscription
from handlers.schedule import due
from handlers.services import Services
from handlers.subscribe_forms import form_of, read_form
from handlers.subscribe_view import (
    LIST,
    MOST,
    acts,
    done,
    line,
    may_not_add,
    mine,
    owned,
    same,
    told,
    undo_action,
)
from handlers.subscribe_view import PREFIX as PREFIX
from handlers.subscribe_why import WHY as WHY
from handlers.subscribe_why import why as why
from handlers.topics import topic_text
from handlers.writable import writable
from knowledge.phrases import say

log = logging.getLogger(__name__)

NEW, SAVE = "subscribe:new", "subscribe:save"
WORDS = frozenset(
    (
        *("mes abonnements", "abonnements", "abonnement", "s abonner", "m abonner", "abonner"),
        *("my subscriptions", "subscriptions", "subscribe"),
    )
)


def is_asked(text: str) -> bool:
    """Whether the whole message is a call for one's subscriptions; case and accents aside."""
    folded = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(c if c.isalnum() else " " for c in folded if not unicodedata.combining(c))
    return " ".join(plain.split()) in WORDS


def subscribe(incoming: Incoming, services: Services) -> Reply:
    """Whatever is pressed or asked about subscriptions."""
    lang = incoming.actor.lang
    if services.mail is None:
        return told("subscribe.off", lang)
    if incoming.actor.audience == "outsider":
        return told("subscribe.outsider", lang)
    verb, _, subject = (incoming.pressed or LIST).removeprefix(PREFIX).partition(":")
    try:
        services.mail.addresses.seen(incoming.actor, incoming.address, services.clock())
        return VERBS.get(verb, show_list)(incoming, services, services.mail, subject)
    except StoreUnavailable as error:
        log.warning("subscriptions: %s", error)
        return told("subscribe.not_stored", lang)


def show_list(incoming: Incoming, services: Services, mail: Mailroom, subject: str = "") -> Reply:
    """The subscriptions of the person, or of the channel it is asked in, each with its buttons."""
    lang = incoming.actor.lang
    room = not incoming.address.private
    found = mine(incoming, mail)
    if not found:
        new = Button(label=say("subscribe.button.new", lang), action=NEW, style="primary")
        return Reply(parts=(Text(text=say("subscribe.list.empty", lang)), Buttons(buttons=(new,))))
    title = "subscribe.list.room" if room else "subscribe.list.title"
    parts: list[Part] = [Text(text=say(title, lang), tone="title")]
    for subscription in found[:MOST]:
        parts.append(
            Buttons(
                text=line(subscription, services, mail, room, lang),
                buttons=acts(subscription, lang),
            )
        )
    new = Button(label=say("subscribe.button.new_more", lang), action=NEW)
    return Reply(parts=(*parts, Buttons(buttons=(new,))))


def show_form(incoming: Incoming, services: Services, mail: Mailroom, subject: str) -> Reply:
    """The form of a new subscription, or of one to change."""
    lang = incoming.actor.lang
    if not subject:
        if refused := may_not_add(incoming, services, mail):
            return refused
        return Reply(parts=(form_of(None, not incoming.address.private, lang),))
    subscription = owned(incoming, services, mail, subject)
    if isinstance(subscription, Reply):
        return subscription
    return Reply(parts=(form_of(subscription, not subscription.address.private, lang),))


def save(incoming: Incoming, services: Services, mail: Mailroom, subject: str) -> Reply:
    """What was filled in; asked again with the reasons where it can't be used."""
    lang = incoming.actor.lang
    before: Subscription | None = None
    if subject:
        found = owned(incoming, services, mail, subject)
        if isinstance(found, Reply):
            return found
        before = found
    elif refused := may_not_add(incoming, services, mail):
        return refused
    where = before.address if before else writable(incoming, mail)
    read = read_form(incoming.values, services, incoming.actor.audience, lang, before, where)
    if isinstance(read, Reply):
        return read
    before = before or same(read, where, mail)
    base = before or Subscription(
        id=services.new_id()[:16],
        address=where,
        owner=incoming.actor,
        created=services.clock(),
    )
    made = base.model_copy(update={**read, "lang": lang})
    mail.subscriptions.save(made, lambda at: due(made, at))
    return done("saved", made, lang)


def change(verb: str) -> Callable[[Incoming, Services, Mailroom, str], Reply]:
    """Pause, resume, keep, or take over."""

    def handle(incoming: Incoming, services: Services, mail: Mailroom, subject: str) -> Reply:
        lang = incoming.actor.lang
        found = owned(incoming, services, mail, subject)
        if isinstance(found, Reply):
            return found
        updates: dict[str, dict[str, object]] = {
            "pause": {"paused": True},
            "resume": {"paused": False},
            "keep": {"ending": "", "ends": None},
            "adopt": {"owner": incoming.actor},
        }
        made = found.model_copy(update=updates[verb])
        mail.subscriptions.save(made, lambda at: due(made, at))
        said = {"pause": "paused", "resume": "resumed", "keep": "kept", "adopt": "adopted"}
        return done(said[verb], made, lang)

    return handle


def end(incoming: Incoming, services: Services, mail: Mailroom, subject: str) -> Reply:
    """Ends one at once; « Annuler » opens its form again, filled in."""
    lang = incoming.actor.lang
    found = owned(incoming, services, mail, subject)
    if isinstance(found, Reply):
        return found
    mail.subscriptions.end(found.id)
    text = say("subscribe.done.ended", lang, topic=topic_text(found, lang))
    again = Button(label=say("subscribe.button.undo", lang), action=undo_action(found))
    back = Button(label=say("notice.list", lang), action=LIST)
    return Reply(parts=(Text(text=text, tone="success"), Buttons(buttons=(again, back))))


def undo(incoming: Incoming, services: Services, mail: Mailroom, subject: str) -> Reply:
    """Makes the subscription again that was just ended."""
    topic, rest, value = (*subject.split(":", 2), "", "")[:3]
    every, hour, weekday, start, stop = (*rest.split(","), "", "", "", "", "")[:5]
    values = {"topic": value if topic == "kind" else topic, "value": value, "every": every}
    values |= {"hour": hour, "weekday": weekday, "quiet_from": start, "quiet_to": stop}
    return save(incoming.model_copy(update={"values": values}), services, mail, "")


VERBS: dict[str, Callable[[Incoming, Services, Mailroom, str], Reply]] = {
    "list": show_list,
    "new": show_form,
    "edit": show_form,
    "save": save,
    "pause": change("pause"),
    "resume": change("resume"),
    "keep": change("keep"),
    "adopt": change("adopt"),
    "end": end,
    "undo": undo,
}
