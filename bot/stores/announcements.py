"""Announcements, whom they are for, and who has read them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from sqlite_utils import Database, Migrations

from bot.stores.database import Store
from handlers.conversation import Address
from handlers.ports_announcements import Announcement, AnnouncementConflict, Phase, Recipient

PAGE = 500

migrations = Migrations("announcements")


@migrations()
def m001_announcements(db: Database) -> None:
    """An announcement as JSON beside what it is looked up by; recipients; readers."""
    db.table("announcements").create(
        {"id": str, "phase": str, "at": float, "created": str, "body": str},
        pk="id",
        not_null={"phase", "created", "body"},
    ).create_index(["phase"])
    db.table("announced").create(
        {
            "announcement": str,
            "who": str,
            "name": str,
            "channel": str,
            "conversation": str,
            "private": int,
        },
        pk=("announcement", "who"),
    )
    db.table("announcement_reads").create(
        {"announcement": str, "who": str, "name": str, "at": str}, pk=("announcement", "who")
    )


class AnnouncementStore(Store):
    """Implements handlers.ports_announcements.Announcements."""

    migrations = migrations

    def save(self, announcement: Announcement, expected: tuple[Phase, ...] = ()) -> None:
        """Stores or replaces one; with `expected`, only from one of these phases."""
        row = {
            "id": announcement.id,
            "phase": announcement.phase,
            "at": announcement.at.timestamp() if announcement.at else 0.0,
            "created": announcement.created.isoformat(),
            "body": announcement.model_dump_json(),
        }
        with self._writing() as db:
            if expected:
                rows = self._rows("select phase from announcements where id = ?", announcement.id)
                if not rows or rows[0]["phase"] not in expected:
                    raise AnnouncementConflict(announcement.id)
            db.table("announcements").insert(row, replace=True)

    def announcement(self, announcement_id: str) -> Announcement | None:
        """The one of that id, or None."""
        return next(iter(self._all("id = ?", announcement_id)), None)

    def latest(self, most: int = 20) -> list[Announcement]:
        """The latest, newest first."""
        return self._all("1 = 1 order by created desc limit ?", most)

    def due(self, now: datetime) -> list[Announcement]:
        """Those whose time has come, and those whose list of recipients is not whole yet."""
        return self._all(
            "phase = 'filling' or (phase = 'scheduled' and at <= ?) order by created",
            now.timestamp(),
        )

    def add(self, announcement_id: str, recipients: Iterable[Recipient]) -> list[Recipient]:
        """Adds recipients, each `who` once."""
        mine = []
        with self._writing() as db:
            for recipient in recipients:
                where = recipient.address
                db.execute(
                    "insert or ignore into announced"
                    " (announcement, who, name, channel, conversation, private)"
                    " values (?, ?, ?, ?, ?, ?)",
                    [
                        *(announcement_id, recipient.who, recipient.name),
                        *(where.channel, where.conversation, int(where.private)),
                    ],
                )
                row = self._rows(
                    "select channel, conversation from announced"
                    " where announcement = ? and who = ?",
                    announcement_id,
                    recipient.who,
                )[0]
                if (row["channel"], row["conversation"]) == (where.channel, where.conversation):
                    mine.append(recipient)
        return mine

    def recipients(self, announcement_id: str) -> Iterator[Recipient]:
        """Whom it is for, a page at a time."""
        after = ""
        while True:
            with self._open():
                rows = self._rows(
                    "select * from announced where announcement = ? and who > ?"
                    " order by who limit ?",
                    announcement_id,
                    after,
                    PAGE,
                )
            for row in rows:
                yield Recipient(
                    who=row["who"],
                    name=row["name"],
                    address=Address(
                        channel=row["channel"],
                        conversation=row["conversation"],
                        private=bool(row["private"]),
                    ),
                )
            if not rows:
                return
            after = rows[-1]["who"]

    def count(self, announcement_id: str) -> int:
        """How many it is for."""
        with self._open():
            return int(
                self._rows(
                    "select count(*) as n from announced where announcement = ?", announcement_id
                )[0]["n"]
            )

    def read(self, announcement_id: str, who: str, name: str, at: datetime) -> bool:
        """Notes that somebody has read it; False where that was known."""
        with self._writing() as db:
            done = db.execute(
                "insert or ignore into announcement_reads (announcement, who, name, at)"
                " values (?, ?, ?, ?)",
                [announcement_id, who, name, at.isoformat()],
            )
        return bool(done.rowcount)

    def reads(self, announcement_id: str) -> dict[str, datetime]:
        """Who has read it, when."""
        with self._open():
            rows = self._rows(
                "select who, at from announcement_reads where announcement = ?", announcement_id
            )
        return {row["who"]: datetime.fromisoformat(row["at"]) for row in rows}

    def _all(self, where: str, *values: object) -> list[Announcement]:
        with self._open():
            rows = self._rows(f"select body from announcements where {where}", *values)
        return [Announcement.model_validate_json(row["body"]) for row in rows]
