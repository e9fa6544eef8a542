"""Whom an announcement is for: each person once, at the address where he was seen last."""

from __future__ import annotations

from collections.abc import Iterator

from handlers.conversation import Actor
from handlers.ports_announcements import Announcement, Recipient
from handlers.ports_dialogs import subject_of
from handlers.ports_mail import Known, Mailroom, Subscription
from handlers.services import Services
from handlers.topics import same_name, topic_text
from knowledge.phrases import say

STATES = ("draft", "submitted", "verified", "returned")
TOPICS = ("all", "kind", "supplier", "section", "word")


def who_is(actor: Actor) -> str:
    """A person's name over all channels where the people file knows him, else on his own."""
    if actor.person:
        return f"person:{actor.person}"
    return f"{actor.channel}:{actor.workspace}:{actor.id}"


def recipients(
    announcement: Announcement, services: Services, mail: Mailroom
) -> Iterator[Recipient]:
    """Whom it is for now, read as one goes on; a person known on several channels comes as often,
    each time with the same address."""
    if announcement.audience == "rooms":
        wanted = set(announcement.target.split("\n"))
        for known in mail.addresses.rooms():
            if str(known.id) in wanted and known.audience != "outsider":
                yield room(known)
        return
    if announcement.audience in ("topic", "topic_rooms"):
        yield from subscribers(announcement, services, mail)
        return
    holders = None
    if announcement.audience == "dossier":
        holders = mail.holdings.holders(announcement.target) if mail.holdings else frozenset()
    after = 0
    while page := mail.addresses.persons(after):
        after = page[-1].id
        for known in page:
            if found := person(known, services, mail):
                actor, recipient = found
                if announcement.audience == "organisation":
                    if actor.organisation != announcement.target:
                        continue
                elif holders is not None and not {subject_of(actor)} & holders:
                    continue
                yield recipient


def person(known: Known, services: Services, mail: Mailroom) -> tuple[Actor, Recipient] | None:
    """Somebody of the clientele or the broker, with the address to write to; None for others."""
    if known.actor is None:
        return None
    actor = services.access.settle(known.actor)
    if actor.audience == "outsider":
        return None
    address = known.address
    if actor.person:
        for other in mail.addresses.of_person(actor.person):  # latest first
            if other.actor and services.access.settle(other.actor).audience != "outsider":
                address = other.address
                break
    return actor, Recipient(who=who_is(actor), name=actor.name, address=address)


def subscribers(
    announcement: Announcement, services: Services, mail: Mailroom
) -> Iterator[Recipient]:
    """Where the subscriptions to a topic are sent: the persons, or the channels."""
    topic, _, value = announcement.target.partition(":")
    after = ""
    while page := mail.subscriptions.page(after):
        after = page[-1].id
        for subscription in page:
            if subscription.topic != topic or not is_value(subscription.value, value):
                continue
            known = mail.addresses.known(subscription.address)
            if known is None or (known.actor is None) != (announcement.audience == "topic_rooms"):
                continue
            if known.actor is None:
                if known.audience != "outsider":
                    yield room(known)
            elif found := person(known, services, mail):
                yield found[1]


def is_value(one: str, other: str) -> bool:
    """Whether two subscriptions follow the same thing, case and accents aside."""
    return one == other or same_name(one, other)


def room(known: Known) -> Recipient:
    """A channel."""
    name = f"{known.address.channel}:{known.address.conversation}"
    return Recipient(who=f"room:{name}", name=known.name or name, address=known.address)


def count(announcement: Announcement, services: Services, mail: Mailroom) -> int:
    """How many it is for now. Their names are kept in memory, nothing else of them."""
    return len({recipient.who for recipient in recipients(announcement, services, mail)})


def audience_text(announcement: Announcement, services: Services, lang: str) -> str:
    """« Toute la clientèle », « Ministère de … », « Abonnés : … »."""
    kind, target = announcement.audience, announcement.target
    if kind == "organisation":
        found = services.access.organisation(target)
        return found.name if found else target
    if kind == "dossier":
        return say(f"announce.audience.dossier.{target}", lang)
    if kind in ("topic", "topic_rooms"):
        topic, _, value = target.partition(":")
        shape = Subscription.model_construct(topic=topic, value=value)
        return say(f"announce.audience.{kind}", lang, topic=topic_text(shape, lang))
    if kind == "rooms":
        return say("announce.audience.rooms", lang, count=len(target.split("\n")))
    return say("announce.audience.everyone", lang)
