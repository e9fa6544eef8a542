"""Known addresses: every person and every channel that has spoken to the assistant.

No text is kept: who (as the platform names him), where, in which standing, on which day last. The
day and no more: with the hour one could tell who asked a recorded question.
"""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlite_utils import Database, Migrations

from bot.stores.database import Store
from handlers.conversation import Actor, Address
from handlers.inbox import CHANNELS, inbox_of
from handlers.ports_mail import Known

CLOSED = timedelta(days=30)  # how long a channel counts as strangers' after one spoke there
REMEMBERED = 10_000  # persons whose last writing is remembered
RANK = {"outsider": 0, "client": 1, "broker": 2}

migrations = Migrations("addresses")


@migrations()
def m001_addresses(db: Database) -> None:
    """One row a private conversation (`actor` is set) or a channel (`actor` is empty)."""
    db.table("addresses").create(
        {
            "id": int,
            "channel": str,
            "conversation": str,
            "actor": str,
            "workspace": str,
            "name": str,
            "groups": str,
            "standing": str,
            "lang": str,
            "person": str,
            "organisation": str,
            "audience": str,
            "seen": str,
            "outsider": str,
        },
        pk="id",
        not_null={"channel", "conversation", "actor", "seen"},
    ).create_index(["channel", "conversation"], unique=True)
    db.table("addresses").create_index(["person"]).create_index(["channel", "actor"])


UPSERT = """
    insert into addresses (channel, conversation, actor, workspace, name, groups, standing, lang,
        person, organisation, audience, seen, outsider)
    values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    on conflict (channel, conversation) do update set actor = excluded.actor,
        workspace = excluded.workspace, name = excluded.name, groups = excluded.groups,
        standing = excluded.standing, lang = excluded.lang, person = excluded.person,
        organisation = excluded.organisation, audience = excluded.audience, seen = excluded.seen,
        outsider = max(coalesce(outsider, ''), excluded.outsider)
"""


class AddressStore(Store):
    """Implements handlers.ports_mail.Addresses."""

    migrations = migrations

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._written: OrderedDict[tuple[str, str], tuple[object, datetime]] = OrderedDict()
        self._guard = threading.Lock()

    def seen(self, actor: Actor, address: Address, at: datetime) -> None:
        """Notes where somebody spoke; a person's earlier private conversation on a channel gives
        way to the new one. Of a channel, no person is noted."""
        at = at.replace(hour=0, minute=0, second=0, microsecond=0)
        where = inbox_of(actor) if address.channel in CHANNELS else self.home(address)
        state: object = (actor.model_dump_json(), where.private)
        name = (where.channel, where.conversation)
        with self._guard:
            before = self._written.get(name)
        if before == (state, at):
            return
        if where.private:
            who = [actor.id, actor.workspace, actor.name, json.dumps(actor.groups), actor.standing]
            rest = [actor.lang, actor.person or "", actor.organisation or ""]
        else:
            who, rest = ["", actor.workspace, "", "[]", "unknown"], [actor.lang, "", ""]
        audience = actor.audience
        if not where.private and RANK[audience] > RANK["client"]:
            audience = "client"  # an adviser in a channel doesn't make its readers advisers
        outsider = at.isoformat() if not where.private and audience == "outsider" else ""
        with self._writing() as db:
            if where.private:
                db.execute(
                    "delete from addresses where channel = ? and actor = ? and workspace = ?"
                    " and conversation <> ?",
                    [where.channel, actor.id, actor.workspace, where.conversation],
                )
            db.execute(UPSERT, [*name, *who, *rest, audience, at.isoformat(), outsider])
        with self._guard:
            self._written[name] = (state, at)
            while len(self._written) > REMEMBERED:
                self._written.popitem(last=False)

    def home(self, address: Address) -> Address:
        """On Slack and Teams a conversation's name may end with the thread: without it."""
        name = address.conversation
        if address.channel == "slack":
            team, place = (*name.split(":"), "", "")[:2]
            name = f"{team}:{place}:"
        elif address.channel == "teams":
            name = name.partition(";")[0]
        return address.model_copy(update={"conversation": name})

    def known(self, address: Address) -> Known | None:
        """What is known of a conversation, or None."""
        where = self.home(address)
        return self._first("channel = ? and conversation = ?", where.channel, where.conversation)

    def of_actor(self, actor: Actor) -> Known | None:
        """An actor's private conversation on his channel, or None."""
        return self._first(
            "channel = ? and actor = ? and workspace = ?", actor.channel, actor.id, actor.workspace
        )

    def of_person(self, person: str) -> tuple[Known, ...]:
        """Where a person can be reached in private, latest first."""
        return tuple(
            self._all("person = ? and actor <> '' order by seen desc, id desc limit 20", person)
        )

    def of_subject(self, subject: str) -> tuple[Known, ...]:
        """Where somebody can be reached in private, latest first; « person:<Person.id> », or
        « person:<channel>:<Actor.id> » of somebody the file does not name."""
        name = subject.removeprefix("person:")
        found = self.of_person(name)
        channel, _, actor = name.partition(":")
        if not found and actor:
            where = "channel = ? and actor = ? order by seen desc, id desc limit 20"
            found = tuple(self._all(where, channel, actor))
        return found

    def persons(self, after: int = 0, most: int = 500) -> list[Known]:
        """Private conversations in the order of their ids, a page at a time."""
        return self._all("id > ? and actor <> '' order by id limit ?", after, most)

    def rooms(self, most: int = 500) -> list[Known]:
        """Channels, the one spoken in last first."""
        return self._all("actor = '' order by seen desc limit ?", most)

    def _first(self, where: str, *values: object) -> Known | None:
        return next(iter(self._all(f"{where} limit 1", *values)), None)

    def _all(self, where: str, *values: object) -> list[Known]:
        with self._open():
            return [
                known(row) for row in self._rows(f"select * from addresses where {where}", *values)
            ]


def known(row: dict[str, Any]) -> Known:
    """A row as handlers know it."""
    private = bool(row["actor"])
    actor = Actor(
        id=row["actor"],
        channel=row["channel"],
        name=row["name"],
        workspace=row["workspace"],
        groups=tuple(json.loads(row["groups"])),
        standing=row["standing"],
        lang=row["lang"],
        person=row["person"] or None,
        organisation=row["organisation"] or None,
        audience=row["audience"],
    )
    seen, audience = datetime.fromisoformat(row["seen"]), row["audience"]
    strangers = "" if private else row["outsider"]
    if strangers and seen - datetime.fromisoformat(strangers) < CLOSED:
        audience = "outsider"
    return Known(
        id=row["id"],
        address=Address(channel=row["channel"], conversation=row["conversation"], private=private),
        actor=actor if private else None,
        audience=audience,
        name=row["name"],
        seen=seen,
    )
