"""Two organisations and the broker, over real stores; each person in a conversation of his own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bot.bootstrap import build_app
from bot.config import Settings
from handlers import dossier_notices
from handlers.access import Access
from handlers.conversation import Actor, Address, Form, Incoming, Reply
from handlers.people import Broker, Organisation, People, Places
from handlers.ports_dossiers import Dossier
from handlers.services import Services
from tests.assistant_fakes import NOW
from tests.dialogs.talk import Talk

PEOPLE = People(
    organisations=(
        Organisation(id="mess", name="Un ministère", workspaces=Places(slack=("T1",))),
        Organisation(id="ville", name="Une ville", workspaces=Places(slack=("T2",))),
    ),
    broker=Broker(workspaces=Places(slack=("T0",)), groups=Places(slack=("G0",))),
)
NAME = "Stockage du centre de Québec"


@dataclass
class Colleague(Talk):
    """A member of a workspace, in a private conversation of his own."""

    channel: str = "slack"
    workspace: str = "T1"
    groups: tuple[str, ...] = ()

    def _send(self, **what: Any) -> Talk:
        actor = Actor(
            id=self.person,
            channel=self.channel,
            name=self.person,
            workspace=self.workspace,
            groups=self.groups,
            standing="member",
            lang=self.lang,
        )
        self.reply = self.router.reply(Incoming(actor=actor, address=self.address, **what))
        return self

    @property
    def address(self) -> Address:
        """Where he reads."""
        place = f"{self.workspace}:D{self.person}:"
        return Address(channel=self.channel, conversation=place, private=self.private)


@dataclass
class Clock:
    """A minute later each time it is asked: nothing happens at the same moment."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        self.now += timedelta(minutes=1)
        return self.now


@dataclass
class World:
    """The assistant over one database file, and who talks to it."""

    path: Path
    knowledge: object
    clock: Callable[[], datetime] = field(default_factory=Clock)
    people: People = PEOPLE
    services: Services = field(init=False)

    def __post_init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """A new process over the same file: nothing is kept but what is stored."""
        app = build_app(Settings(database=self.path), engine=self.knowledge, clock=self.clock)
        access = Access({}, lambda: self.people)
        self.services = replace(app.router.services, access=access)

    def client(self, person: str = "Camille", **options: Any) -> Colleague:
        """Somebody of the ministry, or of another workspace."""
        return Colleague(self.services, person=person, **options)

    def adviser(self, person: str = "Dominique", **options: Any) -> Colleague:
        """Somebody of the broker."""
        return self.client(person, workspace="T0", groups=("G0",), **options)

    @property
    def dossier(self) -> Dossier:
        """The only dossier of the ministry."""
        (found,) = self.services.dossiers.of_organisation("mess")
        return found

    def letters(self, to: Colleague) -> list[Reply | str]:
        """What the outbox holds about dossiers for somebody, composed as it would leave now; a
        reason where it would not."""
        mail = self.services.mail
        assert mail is not None
        with mail.outbox._open():
            rows = mail.outbox._rows(
                "select data from outbox join lanes on lanes.id = lane"
                " where kind = 'dossier' and conversation = ? order by outbox.id",
                to.address.conversation,
            )
        compose = dossier_notices.compose
        return [compose(row["data"], to.address, self.services, mail) for row in rows]

    def opened(self, by: Colleague, name: str = NAME) -> str:
        """A new dossier; its id."""
        by.press("dossier:create", name=name)
        return self.services.dossiers.of_organisation("mess")[0].id

    def prepared(self, by: Colleague, **answers: str) -> str:
        """A new dossier with the preparation answered; its id."""
        dossier = self.opened(by)
        by.press(f"dialog:start:preparation:{dossier}")
        fill(by, **answers)
        return dossier

    def submitted(self, by: Colleague, note: str = "", **answers: str) -> str:
        """The same, submitted; its id."""
        dossier = self.prepared(by, **answers)
        by.press(f"dossier:submit:{dossier}").fill(note=note)
        return dossier


READY = {
    "organisme": "autre",
    "rcti": "oui",
    "choix": "fait",
    "choix_ref": "Note 12",
    "fournisseur": "Nuage Boréal inc.",
    "solution": "Stockage en bloc",
    "plus_bas": "non",
    "cei": "fait",
    "soumission": "fait",
    "soumission_date": "2026-11-02",
    "conditions": "fait",
    "dirigeant": "a_faire",
    "dirigeant_note": "Prévue en décembre",
    "financiere": "fait",
    "cible": "2027-02-01",
}


def fill(talk: Talk, confirmed: bool = True, **answers: str) -> None:
    """Answers the preparation to its end, where these answers don't say otherwise as READY does."""
    given = READY | answers
    for _ in range(20):
        if not any(isinstance(part, Form) for part in talk.reply.parts):
            break
        talk.fill(**{f.name: given[f.name] for f in talk.form.fields if f.name in given})
    else:
        raise AssertionError(f"never ends: {talk.form}")
    if confirmed:
        talk.button("Confirmer et voir le résultat")
