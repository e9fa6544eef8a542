"""A small office: an assistant with its mailroom, people who speak to it, platforms that count."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from bot.delivery_makers import makers
from bot.delivery_rounds import Rounds
from bot.stores.addresses import AddressStore
from bot.stores.announcements import AnnouncementStore
from bot.stores.holdings import Holdings
from bot.stores.outbox import Outbox
from bot.stores.recent import RecentAnswers
from bot.stores.subscriptions import SubscriptionStore
from handlers.access import Access
from handlers.conversation import Actor, Address, Button, Buttons, Form, Incoming, Reply
from handlers.notices import Notices
from handlers.people import Organisation, People, Person, Places
from handlers.ports_mail import Mailroom
from handlers.router import Router
from knowledge.change_set import ChangeSet
from knowledge.passages import READABLE, Answer, Document, Passage
from tests.assistant_fakes import NOW, citation, services
from tests.delivery.stand_ins import FakeTimer, Platform, delivery, outbox

ORGANISATIONS = tuple(
    Organisation(
        id=f"o{n}", name=f"Ministère {n}", workspaces=Places(slack=(f"T{n}",), teams=(f"t{n}",))
    )
    for n in range(3)
)


@dataclass
class Library:
    """The documents in force; a question is answered by the passages that hold its text."""

    held: dict[str, tuple[Document, tuple[Passage, ...]]] = field(default_factory=dict)

    def answer(self, question: str, *, audience: str, **options: object) -> Answer:
        cited = [
            citation(p, d)
            for d, passages in self.held.values()
            for p in passages
            if question in p.text and d.audience in READABLE[audience]
        ]
        return Answer(
            question=question,
            lang="fr",
            status="answered" if cited else "unanswered",
            short=cited[0].text if cited else "",
            citations=tuple(cited[:3]),
            confidence=0.9,
        )

    def documents(self, audience: str) -> tuple[Document, ...]:
        return tuple(d for d, _ in self.held.values() if d.audience in READABLE[audience])

    def document(self, key: str, audience: str) -> tuple[Document, tuple[Passage, ...]] | None:
        found = self.held.get(key)
        return found if found and found[0].audience in READABLE[audience] else None


@dataclass
class Log:
    """Change sets."""

    sets: list[ChangeSet] = field(default_factory=list)

    def newest_first(self) -> Iterator[ChangeSet]:
        yield from reversed(self.sets)


class Office:
    """`say`, `press`: what somebody does; `tick`: time passes and everything due is done."""

    def __init__(self, folder: Path, **options: object) -> None:
        self.now = NOW
        self.people = People(
            organisations=ORGANISATIONS,
            persons=(
                Person(id="anne", name="Anne", organisation="o1",
                       accounts=Places(slack=("U1",), teams=("a1",))),
                Person(id="boss", name="Bruno", organisation="o0", role="broker",
                       accounts=Places(slack=("UB",))),
                Person(id="chef", name="Chantal", organisation="o0", role="broker",
                       accounts=Places(slack=("UC",))),
            ),
        )  # fmt: skip
        self.library, self.log = Library(), Log()
        self.box: Outbox = outbox(folder)
        self.addresses = AddressStore(self.box.path)
        self.subscriptions = SubscriptionStore(self.box.path)
        self.announcements = AnnouncementStore(self.box.path)
        self.holdings = Holdings(self.box.path)
        self.recent = RecentAnswers(self.box.path)
        (folder / "annonces").mkdir(exist_ok=True)
        self.mail = Mailroom(
            addresses=self.addresses,
            subscriptions=self.subscriptions,
            announcements=self.announcements,
            outbox=self.box,
            changes=self.log,
            attachments=folder / "annonces",
            holdings=self.holdings,
            recent=self.recent,
            **options,  # type: ignore[arg-type]
        )
        self.services = replace(
            services(self.library),  # type: ignore[arg-type]
            access=Access({"web": "client", "console": "client"}, lambda: self.people),
            clock=lambda: self.now,
            post=self.box,
            mail=self.mail,
        )
        self.router = Router(self.services)
        self.notices = Notices(self.services, self.mail, self.box)
        self.rounds = Rounds(self.services, self.mail, self.box, self.notices)
        self.platforms = {name: Platform(name) for name in ("slack", "teams", "web")}
        self.timer = FakeTimer()

    def close(self) -> None:
        for store in (
            self.box,
            self.addresses,
            self.subscriptions,
            self.announcements,
            self.holdings,
            self.recent,
        ):
            store.close()

    def say(
        self, who: Actor, text: str = "", where: Address | None = None, **more: object
    ) -> Reply:
        where = where or private(who)
        given = {"text": text} if text else {}
        return self.router.reply(Incoming(actor=who, address=where, **given, **more))

    def press(self, who: Actor, action: str, where: Address | None = None, **values: str) -> Reply:
        return self.say(who, "", where, pressed=action, values=values)

    def publish(self, change_set: ChangeSet) -> None:
        self.log.sets.append(change_set)
        self.notices.on_published(change_set)

    def tick(self, **delta: float) -> None:
        self.now += timedelta(**delta)
        self.rounds.once()
        delivery(
            self.box,
            *self.platforms.values(),
            timer=self.timer,
            makers=makers(self.notices, self.services, self.mail, self.box),
            on_dead=self.rounds.undeliverable,
        ).drain()

    def until(self, moment: datetime) -> None:
        """Goes on in steps of an hour."""
        while self.now < moment:
            self.tick(seconds=min(3600.0, (moment - self.now).total_seconds()))

    def received(self, channel: str = "slack") -> list[tuple[str, str]]:
        """(conversation, text) of all that a platform has got."""
        return [(a.conversation, text_of(r)) for a, r in self.messages(channel)]

    def messages(self, channel: str = "slack") -> list[tuple[Address, Reply]]:
        """What a platform has got, but for the word to an author of how far the sending is."""
        received = self.platforms[channel].received
        return [(a, r) for a, key, r in received if not key.startswith("progress:")]


def member(user: str, team: str = "T1", channel: str = "slack", **more: object) -> Actor:
    values = {"name": f"Nom {user}", "workspace": team, "standing": "member"} | more
    return Actor(id=user, channel=channel, **values)


def private(who: Actor) -> Address:
    return Address(channel=who.channel, conversation=f"{who.workspace}:{who.id}:")


def room(name: str, team: str = "T1", channel: str = "slack") -> Address:
    return Address(channel=channel, conversation=f"{team}:{name}:", private=False)


def text_of(reply: Reply) -> str:
    texts = [getattr(part, "text", "") for part in reply.parts]
    return "\n".join(text for text in texts if text).replace("\u00a0", " ")


def buttons_of(reply: Reply) -> list[Button]:
    return [b for part in reply.parts if isinstance(part, Buttons) for b in part.buttons]


def action_of(reply: Reply, start: str) -> str:
    return next(b.action for b in buttons_of(reply) if b.action.startswith(start))


def form_in(reply: Reply) -> Form:
    return next(part for part in reply.parts if isinstance(part, Form))
