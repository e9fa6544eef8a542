"""Which events of the platforms were taken in hand, so that one seen twice is answered once.

An event is claimed, handled, and done. One that was claimed and never done (the process died, the
answer failed) may be claimed again after a lease. Events are known by a digest: nothing in the
file tells which conversation they came from.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from pathlib import Path

from sqlite_utils import Database, Migrations

from bot.stores.database import Store

LEASE = timedelta(minutes=2)  # longer than any answer takes
RETENTION = timedelta(days=3)  # longer than any platform tries again
MOST_EVENTS = 200_000  # the oldest go first
REPLY_LIFE = timedelta(days=1)  # what was answered is kept no longer than that

migrations = Migrations("catalogue_bot.events")


@migrations()
def m001_events(db: Database) -> None:
    """One row an event: since when it is in hand, when it was done, what was answered."""
    db.table("events").create(
        {"name": str, "claimed": str, "done": str, "reply": str}, pk="name", not_null={"claimed"}
    ).create_index(["claimed"])


class EventStore(Store):
    """Claims of events, over restarts and between processes. Every method may raise
    StoreUnavailable."""

    migrations = migrations

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._purged: datetime | None = None

    def claim(self, channel: str, event_id: str, at: datetime) -> bool:
        """Takes the event in hand; False where it is done already, or in other hands for less
        than LEASE. Whoever got True calls `done` once it is answered, or `release`.

        `at`: now, UTC. `event_id`: the platform's, with what makes it unique on the channel.
        """
        name = name_of(channel, event_id)
        if self._purged is None or at - self._purged > timedelta(hours=1):
            self.forget_old(at)
            self._purged = at
        with self._writing() as db:
            rows = self._rows("select claimed, done from events where name = ?", name)
            if rows and (rows[0]["done"] or rows[0]["claimed"] > (at - LEASE).isoformat()):
                return False
            row = {"name": name, "claimed": at.isoformat(), "done": None, "reply": None}
            db.table("events").insert(row, replace=True)
        return True

    def done(self, channel: str, event_id: str, at: datetime, reply: str = "") -> None:
        """The event is answered: it is never claimed again. `reply`: what to keep of the answer,
        for a channel that has to give it again."""
        with self._writing() as db:
            db.execute(
                "update events set done = ?, reply = ? where name = ?",
                [at.isoformat(), reply or None, name_of(channel, event_id)],
            )

    def release(self, channel: str, event_id: str) -> None:
        """The event was not answered after all: the next one to see it may claim it at once."""
        with self._writing() as db:
            db.execute(
                "delete from events where name = ? and done is null",
                [name_of(channel, event_id)],
            )

    def reply(self, channel: str, event_id: str) -> str | None:
        """What was kept of the answer: empty for none, None while it isn't done."""
        with self._open():
            rows = self._rows(
                "select done, reply from events where name = ?", name_of(channel, event_id)
            )
        return (rows[0]["reply"] or "") if rows and rows[0]["done"] else None

    def forget_old(self, now: datetime) -> int:
        """Forgets events past the retention or too many, and replies past theirs; returns how
        many events went."""
        with self._writing() as db:
            gone = db.execute(
                "delete from events where claimed < ?", [(now - RETENTION).isoformat()]
            ).rowcount
            gone += db.execute(
                "delete from events where name in"
                " (select name from events order by claimed desc limit -1 offset ?)",
                [MOST_EVENTS],
            ).rowcount
            db.execute(
                "update events set reply = null where done < ?", [(now - REPLY_LIFE).isoformat()]
            )
        return int(gone)


def name_of(channel: str, event_id: str) -> str:
    """The digest that stands for an event."""
    return hashlib.sha256(f"{channel}\0{event_id}".encode(errors="surrogatepass")).hexdigest()
