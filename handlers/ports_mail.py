"""What handlers need for messages that the assistant sends by itself: who can be reached,
subscriptions, the outbox. The stores are in bot/stores/; each method may raise StoreUnavailable."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

from handlers.conversation import Actor, Address, Reply
from handlers.ports_changes import ChangeLog
from knowledge.passages import Frozen

if TYPE_CHECKING:
    from handlers.ports_announcements import Announcements

TopicKind = Literal["all", "kind", "supplier", "section", "word"]
Every = Literal["now", "day", "week"]


class Known(Frozen):
    """A conversation that the assistant can write to."""

    id: int
    address: Address
    actor: Actor | None  # whose private conversation it is, as last seen; None: a channel
    audience: str = "outsider"  # of a channel: the least of who reads there, as last established
    name: str = ""
    seen: datetime  # the day, at midnight UTC


class Addresses(Protocol):
    """Every person and channel that has spoken to the assistant."""

    def seen(self, actor: Actor, address: Address, at: datetime) -> None:
        """Notes where an actor, settled by access.py, has just spoken."""

    def home(self, address: Address) -> Address:
        """The conversation itself, without the thread that a message stood in."""

    def known(self, address: Address) -> Known | None:
        """What is known of a conversation, or None."""

    def of_actor(self, actor: Actor) -> Known | None:
        """An actor's private conversation on his channel, or None."""

    def of_person(self, person: str) -> tuple[Known, ...]:
        """Everywhere a person of the people file can be reached in private, latest first."""

    def of_subject(self, subject: str) -> tuple[Known, ...]:
        """Where somebody named by subject_of(actor) can be reached in private, latest first."""

    def persons(self, after: int = 0, most: int = 500) -> list[Known]:
        """Private conversations in the order of their ids, a page at a time."""

    def rooms(self, most: int = 500) -> list[Known]:
        """Channels, the one spoken in last first."""


class Subscription(Frozen):
    """Who hears of what, when. `owner` is who made it, or took it over."""

    id: str
    address: Address
    owner: Actor
    lang: Literal["fr", "en"] = "fr"
    topic: TopicKind = "all"
    value: str = ""  # a document kind, a supplier, a section's number, a word
    every: Every = "now"
    hour: int = 8  # of a digest, in Québec
    weekday: int = 0  # of a weekly digest, Monday is 0
    quiet_from: int | None = None  # hours in Québec between which nothing is sent
    quiet_to: int | None = None
    paused: bool = False
    created: datetime
    ending: str = ""  # why it is about to end: a code of sending.<reason>
    ends: datetime | None = None  # when it does, where it is about to


class NoticeItem(Frozen):
    """One document of one change set that a subscription waits to tell."""

    subscription: str
    revision: str
    document: str  # Document.id


class Subscriptions(Protocol):
    """Keeps subscriptions and what they have still to tell."""

    def save(self, subscription: Subscription, due: Callable[[datetime], datetime]) -> None:
        """Stores or replaces one; what it waits to tell is due by `due`, of when it happened."""

    def subscription(self, subscription_id: str) -> Subscription | None:
        """The one of that id, or None."""

    def end(self, subscription_id: str) -> None:
        """Forgets one, with what it had still to tell."""

    def of_owner(self, actor: Actor) -> tuple[Subscription, ...]:
        """Those an actor made, on any channel where the people file knows him; oldest first."""

    def of_address(self, address: Address) -> tuple[Subscription, ...]:
        """Those that are sent to a conversation; oldest first."""

    def page(self, after: str = "", most: int = 500) -> list[Subscription]:
        """All, in the order of their ids, a page at a time."""

    def told(self, revision: str) -> str | None:
        """How far the telling of a revision has come: the last id; None: not begun; « . »: done."""

    def queue(
        self,
        revision: str,
        items: Iterable[tuple[Subscription, str, datetime]],
        at: datetime,
        reached: str,
    ) -> None:
        """Adds (subscription, Document.id, when due), each document once a conversation, and notes
        how far the telling has come; in one transaction."""

    def gather(self, now: datetime, new_id: Callable[[], str]) -> Iterator[tuple[str, Address]]:
        """Makes a notice of what is due in each conversation; also gives again those of which it
        was not noted that they were queued: (notice, where)."""

    def queued(self, notices: Iterable[str]) -> None:
        """Notes that notices are in the outbox."""

    def notice(self, notice: str) -> tuple[Address, tuple[NoticeItem, ...]] | None:
        """What a notice tells, or None when it is no longer known."""

    def forget_old(self, before: datetime) -> None:
        """Forgets notices of before that moment."""

    def ended(self, now: datetime) -> list[Subscription]:
        """Those whose time to end has come."""


class Recent(Protocol):
    """What the answers of the last day rest on, by private conversation."""

    def note(self, where: Address, digests: Collection[str], day: date, lang: str) -> None:
        """Notes what an answer of that day, in Québec, rests on: Passage.digest of each."""

    def resting_on(self, digests: Collection[str], day: date) -> Iterator[Address]:
        """The conversations with an answer, of that day or the one before, that rests on one of
        these passages; each once."""

    def forget_old(self, day: date) -> None:
        """Forgets what is older than the day before."""

    def digests(self, where: Address) -> tuple[frozenset[str], Literal["fr", "en"]]:
        """What the recent answers of a conversation rest on, and its language."""


class Held(Frozen):
    """A dossier and who holds it, as subject_of(actor) names them."""

    id: str
    name: str
    organisation: str
    holders: tuple[str, ...] = ()


class Holdings(Protocol):
    """Who holds which dossier."""

    def holders(self, state: str) -> frozenset[str]:
        """Who holds a dossier in that state."""

    def dossiers(self) -> Iterator[Held]:
        """Every dossier, read as one goes on."""

    def held(self, dossier: str) -> Held | None:
        """One dossier, or None."""


class OutboxCounts(Protocol):
    """What handlers may do with a batch of the outbox."""

    def edit(self, batch: str, stamp: str) -> int:
        """Has every message of a batch composed anew and put in its place; how many."""

    def recall(self, batch: str) -> int:
        """Takes every message of a batch back; how many."""

    def put_one(self, address: Address, *, key: str, kind: str, data: str, batch: str = "") -> bool:
        """Queues a message to be composed when it leaves; False when it was there already."""

    def retry(self, batch: str | None = None) -> int:
        """Sends again what failed for good; how many."""

    def counts(self, batch: str | None = None) -> dict[str, int]:
        """How many are waiting, sending, sent, dead, skipped, recalled."""

    def outcomes(self, batch: str) -> Iterator[tuple[Address, str, str, str]]:
        """For each message of a batch: where, its state, the reason, when it ended."""


@dataclass(frozen=True)
class Mailroom:
    """Everything that subscriptions and announcements need, put together by bot/bootstrap.py."""

    addresses: Addresses
    subscriptions: Subscriptions
    announcements: Announcements
    outbox: OutboxCounts
    changes: ChangeLog
    attachments: Path  # a folder: files that an announcement may carry
    holdings: Holdings | None = None
    recent: Recent | None = None
    # Channel → a message as that platform will show it, in lines of text.
    previews: Mapping[str, Callable[[Reply], str]] = field(default_factory=dict)
    approval: bool = False  # whether a second person approves announcements
    room_subscribers: Literal["client", "broker"] = "client"  # who may subscribe a channel
