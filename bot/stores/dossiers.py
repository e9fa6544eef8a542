"""Dossiers with their history, the broker's reviews and the last submission."""

from __future__ import annotations

import json
from typing import Any

from sqlite_utils import Database, Migrations

from bot.stores.database import Store
from handlers.ports_dossiers import (
    Change,
    Dossier,
    DossierConflict,
    Event,
    Review,
    State,
    Submission,
)

LISTED = 100  # of one organisation
QUEUED = 200  # of all

migrations = Migrations("dossiers")


@migrations()
def m001_dossiers(db: Database) -> None:
    """Dossiers, what happened to them, and what the broker said of each prerequisite."""
    db.table("dossiers").create(
        {
            "id": str,
            "organisation": str,
            "name": str,
            "state": str,
            "touched": str,
            "submission": str,
        },
        pk="id",
        not_null={"organisation", "name", "state", "touched"},
    ).create_index(["organisation", "touched"])
    db.table("dossiers").create_index(["state", "touched"])
    db.table("dossier_events").create(
        {
            "dossier": str,
            "number": int,
            "kind": str,
            "side": str,
            "at": str,
            "by": str,
            "person": str,
            "item": str,
            "text": str,
        },
        pk=("dossier", "number"),
        foreign_keys=[("dossier", "dossiers", "id")],
    )
    db.table("dossier_reviews").create(
        {"dossier": str, "item": str, "verdict": str, "comment": str, "at": str, "by": str},
        pk=("dossier", "item"),
        foreign_keys=[("dossier", "dossiers", "id")],
    )


class Dossiers(Store):
    """DossierStore over one file."""

    migrations = migrations

    def create(self, dossier: Dossier) -> None:
        """Stores a new dossier with its first event."""
        with self._writing() as db:
            db.table("dossiers").insert(
                dossier.model_dump(include={"id", "organisation", "name", "state"})
                | {"touched": dossier.touched.isoformat(), "submission": None}
            )
            for event in dossier.events:
                insert_event(db, dossier.id, event)

    def dossier(self, dossier_id: str) -> Dossier | None:
        """The dossier with its whole history, or None."""
        with self._open():
            return self._found(dossier_id)

    def of_organisation(self, organisation: str) -> tuple[Dossier, ...]:
        """The dossiers of an organisation, the one touched last first."""
        with self._open():
            rows = self._rows(
                "select id from dossiers where organisation = ? order by touched desc, id limit ?",
                organisation,
                LISTED,
            )
            return self._all(rows)

    def in_states(self, states: tuple[State, ...]) -> tuple[Dossier, ...]:
        """The dossiers in these states, the one touched longest ago first."""
        marks = ", ".join("?" * len(states))
        with self._open():
            rows = self._rows(
                f"select id from dossiers where state in ({marks}) order by touched, id limit ?",
                *states,
                QUEUED,
            )
            return self._all(rows)

    def change(self, dossier_id: str, change: Change) -> Dossier:
        """Applies a change made against the version before it."""
        with self._writing() as db:
            now = self._found(dossier_id)
            if now is None:
                raise KeyError(dossier_id)
            if now.version != change.seen:
                raise DossierConflict(now, now.events[max(0, change.seen) :])
            changed: dict[str, Any] = {"touched": change.events[-1].at.isoformat()}
            changed |= change.model_dump(include={"name", "state"}, exclude_none=True)
            if change.submission is not None:
                changed["submission"] = change.submission.model_dump_json()
            db.table("dossiers").update(dossier_id, changed)
            for event in change.events:
                insert_event(db, dossier_id, event)
            for review in change.reviews:
                row = review.model_dump(mode="json") | {"dossier": dossier_id}
                db.table("dossier_reviews").insert(row, replace=True)
            found = self._found(dossier_id)
        assert found is not None
        return found

    def _all(self, rows: list[dict[str, Any]]) -> tuple[Dossier, ...]:
        """The dossiers of these ids, in their order."""
        found = (self._found(row["id"]) for row in rows)
        return tuple(dossier for dossier in found if dossier is not None)

    def _found(self, dossier_id: str) -> Dossier | None:
        """One dossier, inside an open block."""
        rows = self._rows("select * from dossiers where id = ?", dossier_id)
        if not rows:
            return None
        row = rows[0]
        events = self._rows(
            "select * from dossier_events where dossier = ? order by number", dossier_id
        )
        reviews = self._rows(
            "select * from dossier_reviews where dossier = ? order by item", dossier_id
        )
        return Dossier(
            id=row["id"],
            organisation=row["organisation"],
            name=row["name"],
            state=row["state"],
            events=tuple(Event(**without_id(event)) for event in events),
            reviews={review["item"]: Review(**without_id(review)) for review in reviews},
            submission=Submission(**json.loads(row["submission"])) if row["submission"] else None,
        )


def insert_event(db: Database, dossier_id: str, event: Event) -> None:
    """Adds a line to a dossier's history."""
    db.table("dossier_events").insert(event.model_dump(mode="json") | {"dossier": dossier_id})


def without_id(row: dict[str, Any]) -> dict[str, Any]:
    """A row of a dossier's tables without the dossier."""
    return {name: value for name, value in row.items() if name != "dossier"}
