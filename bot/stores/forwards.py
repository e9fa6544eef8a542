"""Questions sent to the broker, until their retention ends: with the asker's conversation, so
that the reply goes back there."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from sqlite_utils import Database, Migrations

from bot.stores.database import Store
from handlers.ports_forward import Forwarded

migrations = Migrations("catalogue_bot_forwards")


@migrations()
def m001_forwards(db: Database) -> None:
    """One row a question and conversation."""
    db.table("forwards").create(
        {"id": str, "record": str, "place": str, "body": str, "at": str},
        pk="id",
        not_null={"record", "place", "body", "at"},
    ).create_index(["record", "place"], unique=True).create_index(["at"])


class Forwards(Store):
    """Implements handlers.ports_forward.ForwardStore."""

    migrations = migrations

    def __init__(self, path: Path, *, retention_days: int) -> None:
        super().__init__(path)
        self.retention = timedelta(days=retention_days)

    def forward(self, forwarded: Forwarded) -> Forwarded:
        """Keeps a forwarded question, once for each conversation; forgets the old ones."""
        place = f"{forwarded.address.channel} {forwarded.address.conversation}"
        limit = (forwarded.at - self.retention).isoformat()
        row = {
            "id": forwarded.id,
            "record": forwarded.record,
            "place": place,
            "body": forwarded.model_dump_json(),
            "at": forwarded.at.isoformat(),
        }
        with self._writing() as db:
            db.execute("delete from forwards where at < ?", [limit])
            known = self._rows(
                "select body from forwards where record = ? and place = ?", forwarded.record, place
            )
            if known:
                return Forwarded.model_validate_json(known[0]["body"])
            db.table("forwards").insert(row)
        return forwarded

    def forwarded(self, forwarded_id: str) -> Forwarded | None:
        """The forwarded question of that id, or None."""
        with self._open():
            rows = self._rows("select body from forwards where id = ?", forwarded_id)
        return Forwarded.model_validate_json(rows[0]["body"]) if rows else None
