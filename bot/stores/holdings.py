"""Who holds which dossier: read from the tables of dossiers and dialogs, for notices and
announcements."""

from __future__ import annotations

from collections.abc import Iterator

from bot.stores import dossiers
from bot.stores.database import Store
from handlers.ports_mail import Held

PAGE = 200
# Whoever did something to a dossier (its history), or answered a dialog in it (its runs).
ACTED = "select dossier, person from dossier_events where side = 'client'"
ANSWERED = "select subject as dossier, person from runs join given on given.run = runs.id"


class Holdings(Store):
    """Implements handlers.ports_mail.Holdings. A holder is who, of the clientele, did something
    to a dossier or answered a dialog in it."""

    migrations = dossiers.migrations

    def holders(self, state: str) -> frozenset[str]:
        """Who holds a dossier in that state, as subject_of(actor) names them."""
        with self._open():
            rows = self._rows(
                f"select distinct person from dossiers join ({self._held()}) on dossier = id"
                " where state = ?",
                state,
            )
        return frozenset(str(row["person"]) for row in rows)

    def dossiers(self) -> Iterator[Held]:
        """Every dossier, a page at a time."""
        after = ""
        while True:
            with self._open():
                rows = self._rows(
                    "select id, name, organisation from dossiers where id > ? order by id limit ?",
                    after,
                    PAGE,
                )
                found = [
                    Held(
                        id=row["id"],
                        name=row["name"],
                        organisation=row["organisation"],
                        holders=tuple(
                            str(event["person"])
                            for event in self._rows(
                                f"select distinct person from ({self._held()}) where dossier = ?",
                                row["id"],
                            )
                        ),
                    )
                    for row in rows
                ]
            yield from found
            if not rows:
                return
            after = str(rows[-1]["id"])

    def _held(self) -> str:
        """The query of (dossier, person); inside an open block. Dialogs have tables of their own,
        which may not be there yet."""
        there = self._rows("select 1 from sqlite_master where name = 'given' and type = 'table'")
        return f"{ACTED} union {ANSWERED}" if there else ACTED

    def held(self, dossier: str) -> Held | None:
        """One dossier, without its holders; None when it is gone."""
        with self._open():
            rows = self._rows("select id, name, organisation from dossiers where id = ?", dossier)
        return Held(**rows[0]) if rows else None
