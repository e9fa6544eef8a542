"""« Pourquoi est-ce que je reçois ceci? », on each notice."""

from __future__ import annotations

import logging

from handlers.conversation import Buttons, Incoming, Part, Reply
from handlers.moments import local_day
from handlers.ports import StoreUnavailable
from handlers.services import Services
from handlers.subscribe_view import acts, is_owner, told
from handlers.topics import rhythm_text, topic_text
from handlers.writable import writable
from knowledge.dialog_view import day_text
from knowledge.phrases import say

log = logging.getLogger(__name__)

WHY = "notice:why:"  # then the notice's id


def why(incoming: Incoming, services: Services) -> Reply:
    """« Pourquoi est-ce que je reçois ceci ? »: which subscriptions a notice comes from."""
    lang = incoming.actor.lang
    mail = services.mail
    if mail is None:
        return told("subscribe.off", lang)
    try:
        notice = mail.subscriptions.notice((incoming.pressed or "").removeprefix(WHY))
        names = dict.fromkeys(item.subscription for item in notice[1]) if notice else {}
        found = [s for name in names if (s := mail.subscriptions.subscription(name))]
    except StoreUnavailable as error:
        log.warning("subscriptions: %s", error)
        return told("subscribe.not_stored", lang)
    here = writable(incoming, mail)
    parts: list[Part] = []
    for subscription in found:
        if subscription.address != here and not is_owner(incoming, subscription):
            continue
        who = "you" if subscription.address.private else "room"
        text = say(
            f"notice.because.{who}",
            lang,
            day=day_text(local_day(subscription.created), lang),
            topic=topic_text(subscription, lang),
            rhythm=rhythm_text(subscription, lang),
            **(
                {"name": subscription.owner.name or say("subscribe.somebody", lang)}
                if who == "room"
                else {}
            ),
        )
        parts.append(Buttons(text=text, buttons=acts(subscription, lang)))
    return Reply(parts=tuple(parts)) if parts else told("notice.because.over", lang, "note")
