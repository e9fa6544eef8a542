"""What the answers of the last day rest on, by the conversation to write to when it changes.

No question and no hour: the passages' digests, the day. Forgotten after a day, as the
conversation's last question is.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, timedelta
from typing import Literal

from sqlite_utils import Database, Migrations

from bot.stores.database import Store
from handlers.conversation import Address

LIFE = timedelta(days=1)
MOST = 500  # values in one query

migrations = Migrations("recent_answers")


@migrations()
def m001_recent(db: Database) -> None:
    """One row a conversation and passage cited there."""
    db.table("recent_answers").create(
        {"channel": str, "conversation": str, "digest": str, "day": str, "lang": str},
        pk=("channel", "conversation", "digest"),
        not_null={"day", "lang"},
    ).create_index(["digest"]).create_index(["day"])


class RecentAnswers(Store):
    """Implements handlers.ports_mail.Recent."""

    migrations = migrations

    def note(self, where: Address, digests: Collection[str], day: date, lang: str) -> None:
        """Notes what an answer of that day rests on; forgets what is older than the day before."""
        with self._writing() as db:
            self.forget_old(day)
            for digest in digests:
                db.execute(
                    "insert or replace into recent_answers (channel, conversation, digest, day,"
                    " lang) values (?, ?, ?, ?, ?)",
                    [where.channel, where.conversation, digest, day.isoformat(), lang],
                )

    def forget_old(self, day: date) -> None:
        """Forgets what is older than the day before."""
        with self._writing() as db:
            db.execute("delete from recent_answers where day < ?", [(day - LIFE).isoformat()])

    def resting_on(self, digests: Collection[str], day: date) -> Iterator[Address]:
        """The private conversations with an answer, of that day or the one before, that rests on
        one of these passages; each once."""
        wanted, told = sorted(digests), set()
        for start in range(0, len(wanted), MOST):
            some = wanted[start : start + MOST]
            marks = ", ".join("?" * len(some))
            with self._open():
                rows = self._rows(
                    "select distinct channel, conversation from recent_answers"
                    f" where day >= ? and digest in ({marks})",
                    (day - LIFE).isoformat(),
                    *some,
                )
            for row in rows:
                where = Address(channel=row["channel"], conversation=row["conversation"])
                if where not in told:
                    told.add(where)
                    yield where

    def digests(self, where: Address) -> tuple[frozenset[str], Literal["fr", "en"]]:
        """What the recent answers of a conversation rest on, and its language."""
        with self._open():
            rows = self._rows(
                "select digest, lang from recent_answers where channel = ? and conversation = ?"
                " order by day",
                where.channel,
                where.conversation,
            )
        lang: Literal["fr", "en"] = "en" if rows and rows[-1]["lang"] == "en" else "fr"
        return frozenset(row["digest"] for row in rows), lang
