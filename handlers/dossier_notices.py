"""Who is told what became of a dossier: the broker when it is submitted, the people of its
organisation when the broker has judged it. Words and readers are settled as the message leaves."""

from __future__ import annotations

import logging

from handlers.conversation import Address, Reply
from handlers.dossier_message import broker_notice, client_notice
from handlers.ports import StoreUnavailable
from handlers.ports_dossiers import Dossier, Event
from handlers.ports_mail import Mailroom
from handlers.services import Services

log = logging.getLogger(__name__)

KIND = "dossier"  # of the outbox's messages
ADVISERS = 20  # told of a submission where the broker has no channel of its own


def tell_broker(dossier: Dossier, services: Services) -> bool:
    """Tells the broker's channel, or where none is set the advisers known in private, that a
    dossier was submitted; whether anybody is. The queue holds the dossier in any case."""
    mail = services.mail
    if mail is None:
        return False
    where = [services.broker] if services.broker else advisers(services, mail)
    return queue(dossier, dossier.events[-1:], where, mail)


def advisers(services: Services, mail: Mailroom) -> list[Address]:
    """Private conversations of the broker's advisers, as configuration says now."""
    found: list[Address] = []
    after = 0
    try:
        while len(found) < ADVISERS and (page := mail.addresses.persons(after)):
            after = page[-1].id
            found += [
                known.address
                for known in page
                if known.actor and services.access.settle(known.actor).audience == "broker"
            ]
    except StoreUnavailable as error:
        log.warning("advisers not found: %s", error)
    return found[:ADVISERS]


def tell_client(dossier: Dossier, events: tuple[Event, ...], services: Services) -> bool:
    """Tells everybody of the organisation who worked on a dossier, each in the private
    conversation where he was seen last; whether anybody is. The dossier shows it in any case."""
    mail = services.mail
    if mail is None:
        return False
    where: list[Address] = []
    try:
        for subject in people(dossier, services):
            known = mail.addresses.of_subject(subject)
            where += [one.address for one in known[:1]]
    except StoreUnavailable as error:
        log.warning("people of a dossier not found: %s", error)
    return queue(dossier, events, where, mail)


def people(dossier: Dossier, services: Services) -> tuple[str, ...]:
    """Who of the clientele did something to a dossier or answered in it: subject_of(actor)."""
    did = [event.person for event in dossier.events if event.side == "client"]
    answered = [given.person for run in services.runs.runs_of(dossier.id) for given in run.given]
    return tuple(dict.fromkeys((*did, *answered)))


def queue(
    dossier: Dossier, events: tuple[Event, ...], where: list[Address], mail: Mailroom
) -> bool:
    """Puts word of these events in the outbox, once for each conversation."""
    data = f"{dossier.id}:{events[0].number}:{events[-1].number}"
    try:
        for address in dict.fromkeys(where):
            mail.outbox.put_one(address, key=f"{KIND}:{data}", kind=KIND, data=data)
    except StoreUnavailable as error:
        log.warning("word of a dossier not queued: %s", error)
        return False
    return bool(where)


def compose(data: str, address: Address, services: Services, mail: Mailroom) -> Reply | str:
    """The message as it may be sent now; or why it is not: `unknown`, `audience`, `ended`."""
    name, first, last = data.split(":")
    dossier = services.dossiers.dossier(name)
    if dossier is None:
        return "unknown"
    events = dossier.events[int(first) - 1 : int(last)]
    known = mail.addresses.known(address)
    actor = services.access.settle(known.actor) if known and known.actor else None
    if events[0].kind == "submitted":
        if dossier.state == "draft":
            return "ended"
        if services.broker and services.broker.conversation == address.conversation:
            return broker_notice(dossier, services, services.broker_lang)
        if actor is None or actor.audience != "broker":
            return "audience"
        return broker_notice(dossier, services, actor.lang)
    if actor is None or actor.audience == "outsider" or actor.organisation != dossier.organisation:
        return "audience"
    return client_notice(dossier, events, actor.lang)
