"""Who composes which message at the moment of sending; audiences are checked again there."""

from __future__ import annotations

from bot.delivery_try import Maker
from bot.stores.outbox import POST, Outbox, composed
from bot.stores.outbox_tables import Claim
from handlers import dossier_notices, recent_answers, stale_notices
from handlers.announce_text import message
from handlers.announce_view import sent_view
from handlers.conversation import Reply
from handlers.notices import Notices
from handlers.ports_mail import Mailroom
from handlers.services import Services

NOTICE, ANNOUNCE = "notice", "announce"


def makers(notices: Notices, services: Services, mail: Mailroom, box: Outbox) -> dict[str, Maker]:
    """By Parcel.kind."""

    def notice(claim: Claim) -> Reply | str:
        return notices.compose(claim.data)

    def announce(claim: Claim) -> Reply | str:
        found = mail.announcements.announcement(claim.data)
        if found is None:
            return "unknown"
        if found.phase not in ("filling", "sent"):
            return "cancelled"
        if notices.audience(claim.address) == "outsider":
            return "audience"
        known = mail.addresses.known(claim.address)
        actor = services.access.settle(known.actor) if known and known.actor else None
        if found.audience == "organisation" and actor and actor.organisation != found.target:
            return "audience"
        lang = actor.lang if actor else "fr"
        return message(found, mail.attachments, lang, file=claim.operation == "send")

    def stale(claim: Claim) -> Reply | str:
        return stale_notices.compose(claim.data, claim.address, services, mail)

    def dossier(claim: Claim) -> Reply | str:
        return dossier_notices.compose(claim.data, claim.address, services, mail)

    def answer(claim: Claim) -> Reply | str:
        reader = recent_answers.reader(claim.address, services, mail)
        changes = notices.changes(claim.data, reader.audience)
        return recent_answers.compose(claim.address, changes, services, mail)

    def progress(claim: Claim) -> Reply | str:
        found = mail.announcements.announcement(claim.data)
        if found is None:
            return "unknown"
        if notices.audience(claim.address) != "broker":
            return "audience"
        return sent_view(found, mail, found.author.lang)

    return {
        "progress": progress,
        "stale": stale,
        dossier_notices.KIND: dossier,
        "answer": answer,
        POST: composed(box),
        NOTICE: notice,
        ANNOUNCE: announce,
    }
