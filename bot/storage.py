"""Questions, cited passages, feedback and follow-ups in SQLite, through sqlite-utils.

Nothing says who asked: a record has neither the person nor the conversation; a follow-up's
conversation is a random id and is forgotten after a day.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlite_utils import Database, Migrations

from handlers.conversation import Address
from handlers.ports import CitedPassage, FeedbackRecord, QuestionRecord, StoreUnavailable

BUSY_SECONDS = 5.0
SESSION_LIFE = timedelta(days=1)

migrations = Migrations("catalogue_bot")


@migrations()
def m001_questions(db: Database) -> None:
    """Questions, what they cited, what was thought of it, and the last one of a conversation."""
    db.table("questions").create(
        {"id": str, "at": str, "channel": str, "lang": str, "question": str, "status": str},
        pk="id",
        not_null={"at", "channel", "lang", "question", "status"},
    ).create_index(["at"])
    db.table("cited").create(
        {"question_id": str, "rank": int, "passage_id": str, "document": str, "digest": str},
        pk=("question_id", "rank"),
        foreign_keys=[("question_id", "questions", "id")],
    )
    db.table("feedback").create(
        {"question_id": str, "at": str, "useful": int, "reason": str, "comment": str},
        pk="question_id",
        foreign_keys=[("question_id", "questions", "id")],
    )
    db.table("sessions").create(
        {"channel": str, "conversation": str, "question": str, "at": str},
        pk=("channel", "conversation"),
    )


class Storage:
    """RecordStore and Sessions over one file. Opened at first use; safe from several threads.

    Whatever SQLite says (full disk, locked for longer than BUSY_SECONDS, damaged file) comes out
    as StoreUnavailable, and the next call tries again.
    """

    def __init__(self, path: Path, *, retention_days: int) -> None:
        self.path = path
        self.retention = timedelta(days=retention_days)
        self._lock = threading.RLock()
        self._db: Database | None = None
        self._purged: datetime | None = None

    def save_question(self, record: QuestionRecord) -> None:
        """Stores a question with its citations; once a day, forgets what is too old."""
        if self._purged is None or record.at - self._purged > timedelta(days=1):
            self.forget_old(record.at)
            self._purged = record.at
        row = record.model_dump(exclude={"cited"}) | {"at": record.at.isoformat()}
        cited = [{"question_id": record.id} | passage.model_dump() for passage in record.cited]
        with self._writing() as db:
            db.table("questions").insert(row)
            db.table("cited").insert_all(cited)

    def save_feedback(self, record: FeedbackRecord) -> bool:
        """Stores or replaces the feedback on a question; False when the question is unknown."""
        row = record.model_dump() | {"at": record.at.isoformat(), "useful": int(record.useful)}
        with self._writing() as db:
            if not self._rows("select 1 from questions where id = ?", record.question_id):
                return False
            db.table("feedback").insert(row, replace=True)
        return True

    def question(self, record_id: str) -> QuestionRecord | None:
        """The stored question with its citations in the order shown, or None."""
        with self._open():
            rows = self._rows("select * from questions where id = ?", record_id)
            cited = self._rows(
                "select passage_id, document, digest, rank from cited"
                " where question_id = ? order by rank",
                record_id,
            )
        if not rows:
            return None
        return QuestionRecord(**rows[0], cited=tuple(CitedPassage(**row) for row in cited))

    def feedback(self, record_id: str) -> FeedbackRecord | None:
        """The feedback on a question, or None."""
        with self._open():
            rows = self._rows("select * from feedback where question_id = ?", record_id)
        return FeedbackRecord(**rows[0]) if rows else None

    def forget_old(self, now: datetime) -> int:
        """Forgets what is past the retention, and conversations idle for a day; returns how many
        questions went."""
        limit, idle = (now - self.retention).isoformat(), (now - SESSION_LIFE).isoformat()
        with self._writing() as db:
            for table in ("cited", "feedback"):
                db.execute(
                    f"delete from {table} where question_id in"
                    " (select id from questions where at < ?)",
                    [limit],
                )
            gone = db.execute("delete from questions where at < ?", [limit]).rowcount
            db.execute("delete from sessions where at < ?", [idle])
        return int(gone)

    def last_question(self, address: Address) -> str | None:
        """The last question understood in this conversation, or None."""
        with self._open():
            rows = self._rows(
                "select question from sessions where channel = ? and conversation = ?",
                address.channel,
                address.conversation,
            )
        return str(rows[0]["question"]) if rows else None

    def remember(self, address: Address, question: str, at: datetime) -> None:
        """Makes `question` the conversation's last one."""
        row = address.model_dump() | {"question": question, "at": at.isoformat()}
        with self._writing() as db:
            db.table("sessions").insert(row, replace=True)

    def close(self) -> None:
        """Releases the file; the next call opens it again."""
        with self._lock:
            if self._db is not None:
                self._db.close()
                self._db = None

    def _rows(self, sql: str, *values: str) -> list[dict[str, Any]]:
        """Rows of a query inside an open block."""
        assert self._db is not None
        return list(self._db.query(sql, list(values)))

    @contextmanager
    def _open(self) -> Iterator[Database]:
        """The database, one thread at a time, SQLite's errors translated."""
        with self._lock:
            try:
                if self._db is None:
                    self._db = open_database(self.path)
                yield self._db
            except (sqlite3.Error, OSError) as error:
                # A handle on a damaged or vanished file is of no more use: open afresh next time.
                with suppress(sqlite3.Error):
                    self.close()
                raise StoreUnavailable(f"{self.path.name}: {error}") from error

    @contextmanager
    def _writing(self) -> Iterator[Database]:
        """The same in one transaction: all of it or nothing."""
        with self._open() as db, db.atomic():
            yield db


def open_database(path: Path) -> Database:
    """The file opened, in write-ahead mode so that readers never wait, with its tables current."""
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, check_same_thread=False)
    try:
        db = Database(connection)
        db.enable_wal()
        db.execute("pragma secure_delete = on")  # what is forgotten leaves the file, too
        migrations.apply(db)
    except BaseException:
        connection.close()
        raise
    return db
