"""Notices left for those whom no platform can call: the page and the console show them."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from pydantic import ValidationError
from sqlite_utils import Database, Migrations

from bot.stores.database import Store
from bot.stores.replies import dumped, loaded
from handlers.conversation import Address, Reply
from knowledge.passages import Frozen

MOST_KEPT = 200  # notices of one inbox; the oldest go first
RETENTION = timedelta(days=365)

migrations = Migrations("catalogue_bot.inbox")


@migrations()
def m001_notices(db: Database) -> None:
    """One row a notice, in the inbox it was left in."""
    db.table("notices").create(
        {
            "number": int,
            "id": str,
            "channel": str,
            "inbox": str,
            "key": str,
            "at": str,
            "edited": str,
            "read": int,
            "reply": str,
        },
        pk="number",
        not_null={"id", "channel", "inbox", "at", "read", "reply"},
        defaults={"read": 0},
    )
    db.table("notices").create_index(["id"], unique=True)
    db.table("notices").create_index(["channel", "inbox", "key"], unique=True)


class Notice(Frozen):
    """A message in an inbox."""

    id: str  # unguessable
    at: datetime  # UTC
    edited: datetime | None = None  # when its text was last changed
    read: bool
    reply: Reply


class Inbox(Store):
    """The notices of every inbox. Every method may raise StoreUnavailable.

    An inbox is an Address of handlers.inbox.inbox_of.
    """

    migrations = migrations

    def put(self, inbox: Address, reply: Reply, *, key: str, at: datetime) -> str:
        """Leaves a notice; its id. The same `key` in the same inbox is left once."""
        limit = (at - RETENTION).isoformat()
        where = (inbox.channel, inbox.conversation)
        with self._writing() as db:
            if known := self._rows(
                "select id from notices where channel = ? and inbox = ? and key = ?", *where, key
            ):
                return str(known[0]["id"])
            name = secrets.token_urlsafe(12)
            place = {"channel": where[0], "inbox": where[1], "key": key}
            row = {"id": name, "at": at.isoformat(), "read": 0, "reply": dumped(reply), **place}
            db.table("notices").insert(row)
            db.execute("delete from notices where at < ?", [limit])
            db.execute(
                "delete from notices where channel = ? and inbox = ? and number not in (select"
                " number from notices where channel = ? and inbox = ? order by number desc limit"
                " ?)",
                [*where, *where, MOST_KEPT],
            )
        return name

    def find(self, inbox: Address, key: str) -> str | None:
        """The id of the notice left with `key`, or None."""
        with self._open():
            rows = self._rows(
                "select id from notices where channel = ? and inbox = ? and key = ?",
                inbox.channel,
                inbox.conversation,
                key,
            )
        return str(rows[0]["id"]) if rows else None

    def edit(self, inbox: Address, name: str, reply: Reply, *, at: datetime) -> bool:
        """Puts `reply` in the notice's place, to be read again; False when it is gone."""
        with self._writing() as db:
            changed = db.execute(
                "update notices set reply = ?, edited = ?, read = 0"
                " where id = ? and channel = ? and inbox = ?",
                [dumped(reply), at.isoformat(), name, inbox.channel, inbox.conversation],
            )
        return changed.rowcount > 0

    def recall(self, inbox: Address, name: str) -> bool:
        """Takes a notice away; False when it was gone already."""
        with self._writing() as db:
            gone = db.execute(
                "delete from notices where id = ? and channel = ? and inbox = ?",
                [name, inbox.channel, inbox.conversation],
            )
        return gone.rowcount > 0

    def notices(self, inbox: Address) -> tuple[Notice, ...]:
        """The notices of an inbox, the newest first; MOST_KEPT at most. One written by another
        version of the assistant, which this one can't read, is left out."""
        with self._open():
            rows = self._rows(
                "select id, at, edited, read, reply from notices where channel = ? and inbox = ?"
                " order by number desc",
                inbox.channel,
                inbox.conversation,
            )
        made = []
        for row in rows:
            try:
                made.append(Notice(**row | {"reply": loaded(row["reply"])}))
            except ValidationError:
                continue
        return tuple(made)

    def counts(self, inbox: Address) -> tuple[int, int]:
        """(unread, all): how many notices there are."""
        with self._open():
            rows = self._rows(
                "select count(*) as n, coalesce(sum(read), 0) as seen from notices"
                " where channel = ? and inbox = ?",
                inbox.channel,
                inbox.conversation,
            )
        return int(rows[0]["n"] - rows[0]["seen"]), int(rows[0]["n"])

    def mark_read(self, inbox: Address, name: str | None = None) -> None:
        """Marks one notice as read, or all of them."""
        with self._writing() as db:
            db.execute(
                "update notices set read = 1 where channel = ? and inbox = ?"
                " and (? is null or id = ?)",
                [inbox.channel, inbox.conversation, name, name],
            )
