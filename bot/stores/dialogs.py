"""Runs of dialogs with their journals, and what each conversation is about.

The journal only grows: what was answered, by whom and when stays, whatever is answered later.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlite_utils import Database, Migrations

from bot.stores.database import Store
from handlers.conversation import Address
from handlers.ports_dialogs import Conflict, Finished, Focus, Given, Run

SHOWN = 50  # runs of one subject
CHECKED = 10_000  # finished runs looked at when documents change

migrations = Migrations("dialogs")


@migrations()
def m001_dialogs(db: Database) -> None:
    """Runs, their journals, and the run that a conversation is about."""
    db.table("runs").create(
        {
            "id": str,
            "dialog": str,
            "subject": str,
            "organisation": str,
            "started": str,
            "touched": str,
            "finished": str,
        },
        pk="id",
        not_null={"dialog", "subject", "started", "touched"},
    ).create_index(["subject", "touched"])
    db.table("given").create(
        {
            "run": str,
            "number": int,
            "question": str,
            "answered": str,  # JSON: field → value; null: withdrawn
            "by": str,
            "person": str,
            "at": str,
        },
        pk=("run", "number"),
        foreign_keys=[("run", "runs", "id")],
        not_null={"question", "by", "person", "at"},
    )
    db.table("focus").create(
        {"channel": str, "conversation": str, "run": str, "question": str, "at": str},
        pk=("channel", "conversation"),
    )


class DialogStore(Store):
    """RunStore over one file. Runs in a dossier stay with it; those that are their author's alone
    are forgotten once untouched for the retention."""

    migrations = migrations

    def __init__(self, path: Path, *, retention_days: int = 90) -> None:
        super().__init__(path)
        self.retention = timedelta(days=retention_days)

    def start(self, run: Run) -> None:
        """Stores a new run with an empty journal; forgets what is too old."""
        self.forget_old(run.started)
        started = run.started.isoformat()
        row = run.model_dump(include={"id", "dialog", "subject", "organisation"})
        with self._writing() as db:
            db.table("runs").insert(row | {"started": started, "touched": started})

    def run(self, run_id: str) -> Run | None:
        """The run with its whole journal, or None."""
        with self._open():
            return self._run(run_id)

    def runs_of(self, subject: str) -> tuple[Run, ...]:
        """The runs of a dossier or of a person, the one touched last first; SHOWN at most."""
        with self._open():
            rows = self._rows(
                "select id from runs where subject = ? order by touched desc, rowid desc limit ?",
                subject,
                SHOWN,
            )
            return self._all(rows)

    def give(
        self,
        run_id: str,
        question: str,
        values: dict[str, str] | None,
        *,
        version: int,
        by: str,
        person: str,
        at: datetime,
    ) -> Run:
        """Adds to the journal; the run as it is then. Raises Conflict, KeyError."""
        with self._writing() as db:
            run = self._run(run_id)
            if run is None:
                raise KeyError(run_id)
            if run.version != version:
                raise Conflict(run, run.given[version:])
            entry = {
                "run": run_id,
                "number": version + 1,
                "question": question,
                "answered": None if values is None else json.dumps(values, ensure_ascii=False),
                "by": by,
                "person": person,
                "at": at.isoformat(),
            }
            db.table("given").insert(entry)
            db.execute("update runs set touched = ? where id = ?", [at.isoformat(), run_id])
            return run.model_copy(update={"given": (*run.given, given_of(entry))})

    def finish(self, run_id: str, finished: Finished) -> None:
        """Notes the outcome reached, in place of the one noted before."""
        with self._writing() as db:
            db.execute(
                "update runs set finished = ? where id = ?", [finished.model_dump_json(), run_id]
            )

    def attach(self, run_id: str, subject: str, organisation: str | None) -> None:
        """Puts a run into a dossier."""
        with self._writing() as db:
            db.execute(
                "update runs set subject = ?, organisation = ? where id = ?",
                [subject, organisation, run_id],
            )

    def drop(self, run_id: str) -> None:
        """Forgets a run with its journal, and every focus on it."""
        with self._writing() as db:
            db.execute("delete from focus where run = ?", [run_id])
            db.execute("delete from given where run = ?", [run_id])
            db.execute("delete from runs where id = ?", [run_id])

    def forget_old(self, now: datetime) -> int:
        """Forgets the runs outside dossiers untouched for the retention; how many went."""
        old = "select id from runs where subject like 'person:%' and touched < ?"
        limit = (now - self.retention).isoformat()
        with self._writing() as db:
            for table in ("focus", "given"):
                db.execute(f"delete from {table} where run in ({old})", [limit])
            db.execute("delete from focus where at < ?", [limit])
            gone = db.execute(f"delete from runs where id in ({old})", [limit]).rowcount
        return int(gone)

    def finished(self) -> tuple[Run, ...]:
        """All runs with an outcome, the latest first; CHECKED at most."""
        with self._open():
            rows = self._rows(
                "select id from runs where finished is not null order by touched desc limit ?",
                CHECKED,
            )
            return self._all(rows)

    def current(self, address: Address) -> Focus | None:
        """What the conversation is about, or None. Asked at every typed message: makes no file
        for somebody who never began a dialog."""
        if not self.path.exists():
            return None
        with self._open():
            rows = self._rows(
                "select run, question, at from focus where channel = ? and conversation = ?",
                address.channel,
                address.conversation,
            )
        return Focus.model_validate(rows[0]) if rows else None

    def set_current(self, address: Address, focus: Focus | None) -> None:
        """Makes it so; None: about no run."""
        where = address.model_dump(exclude={"private"})
        with self._writing() as db:
            if focus is None:
                db.execute(
                    "delete from focus where channel = ? and conversation = ?",
                    list(where.values()),
                )
            else:
                row = where | focus.model_dump() | {"at": focus.at.isoformat()}
                db.table("focus").insert(row, replace=True)

    def _all(self, rows: list[dict[str, Any]]) -> tuple[Run, ...]:
        runs = (self._run(row["id"]) for row in rows)
        return tuple(run for run in runs if run is not None)

    def _run(self, run_id: str) -> Run | None:
        """A run inside an open block."""
        rows = self._rows("select * from runs where id = ?", run_id)
        if not rows:
            return None
        entries = self._rows("select * from given where run = ? order by number", run_id)
        finished = rows[0]["finished"]
        return Run(
            id=run_id,
            dialog=rows[0]["dialog"],
            subject=rows[0]["subject"],
            organisation=rows[0]["organisation"],
            started=rows[0]["started"],
            given=tuple(given_of(entry) for entry in entries),
            finished=Finished.model_validate_json(finished) if finished else None,
        )


def given_of(row: dict[str, Any]) -> Given:
    """A journal's entry from its row."""
    values = row["answered"]
    return Given(
        number=row["number"],
        question=row["question"],
        values=None if values is None else json.loads(values),
        by=row["by"],
        person=row["person"],
        at=row["at"],
    )
