"""Which revisions' changes were told to whom listens, and which answers rest on passages."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from pathlib import Path

from sqlite_utils import Database, Migrations

from bot.stores import questions
from bot.stores.database import Store

MOST_AT_ONCE = 500  # values in one query

migrations = Migrations("catalogue_bot_changes")


@migrations()
def m001_told(db: Database) -> None:
    """One row a revision and listener that has heard of it."""
    db.table("changes_told").create(
        {"index_root": str, "revision": str, "listener": str, "at": str},
        pk=("index_root", "revision", "listener"),
        not_null={"at"},
    )


class ToldChanges(Store):
    """Marks of what was told, for an index."""

    migrations = migrations

    def __init__(self, path: Path, index: Path) -> None:
        super().__init__(path)
        self.index = str(index.resolve())

    def told(self, listener: str) -> frozenset[str]:
        """The revisions that a listener has heard of."""
        with self._open():
            rows = self._rows(
                "select revision from changes_told where index_root = ? and listener = ?",
                self.index,
                listener,
            )
        return frozenset(str(row["revision"]) for row in rows)

    def mark(self, listener: str, revision: str, at: datetime) -> None:
        """Notes that a listener has heard of a revision; once more changes nothing."""
        row = {
            "index_root": self.index,
            "revision": revision,
            "listener": listener,
            "at": at.isoformat(),
        }
        with self._writing() as db:
            db.table("changes_told").insert(row, ignore=True)


class RestingAnswers(Store):
    """The recorded answers by what they cited. Says nothing of who asked: no record does."""

    migrations = questions.migrations

    def resting_on(self, digests: Collection[str]) -> frozenset[str]:
        """Names of the recorded questions whose answer cited one of these passages."""
        wanted = sorted(digests)
        found: set[str] = set()
        with self._open():
            for start in range(0, len(wanted), MOST_AT_ONCE):
                some = wanted[start : start + MOST_AT_ONCE]
                marks = ", ".join("?" * len(some))
                rows = self._rows(
                    f"select distinct question_id from cited where digest in ({marks})", *some
                )
                found |= {str(row["question_id"]) for row in rows}
        return frozenset(found)
