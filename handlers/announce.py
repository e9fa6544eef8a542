"""Announcements of the broker: draft, preview, send, follow, correct, take back."""

from __future__ import annotations

import logging
import unicodedata
from collections.abc import Callable

from handlers import announce_correct
from handlers.announce_audience import who_is
from handlers.announce_desk import LIST, Desk
from handlers.announce_draft import (
    aim,
    audience,
    edit,
    new,
    save,
    save_new,
    show,
    show_as,
    show_list,
)
from handlers.announce_send import (
    approve,
    as_csv,
    cancel,
    recall,
    refuse,
    report,
    retry,
    schedule,
    send,
    test,
    when,
)
from handlers.announce_text import READ
from handlers.conversation import Incoming, Reply, Text
from handlers.ports import StoreUnavailable
from handlers.ports_announcements import Announcement, AnnouncementConflict
from handlers.services import Services
from knowledge.phrases import say

log = logging.getLogger(__name__)


PREFIX = "announce:"
WORDS = frozenset(("annonce", "annonces", "mes annonces", "announcement", "announcements"))


def is_asked(text: str) -> bool:
    """Whether the whole message is a call for announcements."""
    folded = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(c if c.isalnum() else " " for c in folded if not unicodedata.combining(c))
    return " ".join(plain.split()) in WORDS


def announce(incoming: Incoming, services: Services) -> Reply:
    """Whatever is pressed or asked about announcements; but for « J'ai lu », the broker's alone,
    and in private: a draft is nobody else's."""
    lang = incoming.actor.lang
    if services.mail is None or services.post is None:
        return Reply(parts=(Text(text=say("announce.off", lang), tone="error"),))
    pressed = incoming.pressed or LIST
    verb, _, rest = pressed.removeprefix(PREFIX).partition(":")
    subject, _, more = rest.partition(":")
    try:
        if pressed.startswith(READ):
            return read(Desk(incoming, services, services.mail, lang, subject))
        # In a channel an adviser is answered as a client: ask anew who he is.
        if services.access.settle(incoming.actor).audience != "broker":
            return Reply(parts=(Text(text=say("announce.broker_only", lang), tone="error"),))
        if not incoming.address.private:
            return Reply(parts=(Text(text=say("announce.private", lang), tone="error"),))
        services.mail.addresses.seen(incoming.actor, incoming.address, services.clock())
        desk = Desk(incoming, services, services.mail, lang, subject)
        if verb in ("list", "new") or (verb == "save" and not subject):
            return {"list": show_list, "new": new}.get(verb, save_new)(desk)
        found = services.mail.announcements.announcement(subject)
        if found is None or verb not in VERBS:
            return desk.told("announce.unknown")
        return VERBS[verb](desk, found, more)
    except AnnouncementConflict:
        return Reply(parts=(Text(text=say("announce.conflict", lang), tone="error"),))
    except StoreUnavailable as error:
        log.warning("announcements: %s", error)
        return Reply(parts=(Text(text=say("announce.not_stored", lang), tone="error"),))


def read(desk: Desk) -> Reply:
    """« J'ai lu », of anybody who may have got it."""
    found = desk.mail.announcements.announcement(desk.subject)
    if found is None or desk.incoming.actor.audience == "outsider":
        return Reply(parts=(Text(text=say("announce.unknown", desk.lang), tone="error"),))
    actor = desk.incoming.actor
    desk.mail.announcements.read(found.id, who_is(actor), actor.name, desk.services.clock())
    return Reply(parts=(Text(text=say("announce.thanks", desk.lang), tone="note"),))


VERBS: dict[str, Callable[[Desk, Announcement, str], Reply]] = {
    "show": show,
    "edit": edit,
    "save": save,
    "audience": audience,
    "aim": aim,
    "as": show_as,
    "test": test,
    "send": send,
    "when": when,
    "schedule": schedule,
    "approve": approve,
    "refuse": refuse,
    "cancel": cancel,
    "recall": recall,
    "correct": announce_correct.approve,
    "keep": announce_correct.refuse,
    "retry": retry,
    "report": report,
    "csv": as_csv,
}
