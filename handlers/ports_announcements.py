"""Announcements: what is kept of them, and the Protocol of their store."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Literal, Protocol

from handlers.conversation import Actor, Address
from knowledge.passages import Frozen

Phase = Literal["draft", "approval", "scheduled", "filling", "sent", "cancelled", "recalled"]
# topic: the persons who follow it; topic_rooms: the channels that do. Never both in one: a person
# may read a channel, and nothing tells the assistant who does.
AudienceKind = Literal["everyone", "organisation", "topic", "topic_rooms", "dossier", "rooms"]


class Correction(Frozen):
    """What is to take the place of an announcement that has left, once somebody approves it."""

    title: str
    text: str
    links: tuple[tuple[str, str], ...] = ()
    attachment: str = ""
    receipts: bool = False
    by: Actor


class Announcement(Frozen):
    """A message of the broker to many."""

    id: str
    author: Actor
    title: str
    text: str
    links: tuple[tuple[str, str], ...] = ()  # (label, https address)
    attachment: str = ""  # a file's name in the folder of attachments
    audience: AudienceKind = "everyone"
    target: str = ""  # Organisation.id, a topic « supplier:X », a dossier's state, channels' ids
    receipts: bool = False  # asks « J'ai lu »
    phase: Phase = "draft"
    at: datetime | None = None  # when it is to leave; None: as soon as it is sent
    approved_by: Actor | None = None
    created: datetime
    sent: datetime | None = None  # when it began to leave
    version: int = 1  # grows with each change of what readers see
    correction: Correction | None = None  # proposed, where a second person approves
    sent_version: int = 0  # the one that began to leave; 0: none has


class AnnouncementConflict(Exception):
    """Somebody else has changed it meanwhile."""


class Recipient(Frozen):
    """One person or channel that an announcement is for."""

    who: str  # « person:… », « slack:…:U… », « room:… »: the same for one person on all channels
    name: str
    address: Address


class Announcements(Protocol):
    """Keeps announcements, whom they are for, and who has read them. May raise StoreUnavailable."""

    def save(self, announcement: Announcement, expected: tuple[Phase, ...] = ()) -> None:
        """Stores or replaces one. With `expected`, raises AnnouncementConflict where it is in
        another phase by now."""

    def announcement(self, announcement_id: str) -> Announcement | None:
        """The one of that id, or None."""

    def latest(self, most: int = 20) -> list[Announcement]:
        """The latest, newest first."""

    def due(self, now: datetime) -> list[Announcement]:
        """Those whose time has come, and those whose list of recipients is not whole yet."""

    def add(self, announcement_id: str, recipients: Iterable[Recipient]) -> list[Recipient]:
        """Adds recipients, each `who` once; those that are on the list at this address, for the
        outbox."""

    def recipients(self, announcement_id: str) -> Iterator[Recipient]:
        """Whom it is for, read as one goes on."""

    def count(self, announcement_id: str) -> int:
        """How many it is for."""

    def read(self, announcement_id: str, who: str, name: str, at: datetime) -> bool:
        """Notes that somebody has read it; False where that was known."""

    def reads(self, announcement_id: str) -> dict[str, datetime]:
        """Who has read it, when."""
