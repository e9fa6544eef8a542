"""Who holds which dossier: read from the dossiers' own tables, for notices and announcements."""

from __future__ import annotations

from collections.abc import Iterator

from bot.stores import dossiers
from bot.stores.database import Store
from handlers.ports_mail import Held

PAGE = 200


class Holdings(Store):
    """Implements handlers.ports_mail.Holdings. A holder is who, of the clientele, did something
    to a dossier."""

    migrations = dossiers.migrations

    def holders(self, state: str) -> frozenset[str]:
        """Who holds a dossier in that state, as subject_of(actor) names them."""
        with self._open():
            rows = self._rows(
                "select distinct person from dossier_events join dossiers on id = dossier"
                " where state = ? and side = 'client'",
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
                                "select distinct person from dossier_events"
                                " where dossier = ? and side = 'client'",
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

    def held(self, dossier: str) -> Held | None:
        """One dossier, without its holders; None when it is gone."""
        with self._open():
            rows = self._rows("select id, name, organisation from dossiers where id = ?", dossier)
        return Held(**rows[0]) if rows else None
