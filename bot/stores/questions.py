"""Questions, cited passages, feedback and follow-ups.

Nothing says who asked: a record has neither the person nor the conversation; a follow-up's
conversation is a random id and is forgotten after a day.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from sqlite_utils import Database, Migrations

from bot.stores.database import Store
from handlers.conversation import Address
from handlers.ports import CitedPassage, FeedbackRecord, QuestionRecord

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


class Storage(Store):
    """RecordStore and Sessions over one file."""

    migrations = migrations

    def __init__(self, path: Path, *, retention_days: int) -> None:
        super().__init__(path)
        self.retention = timedelta(days=retention_days)
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
        row = address.model_dump(exclude={"private"}) | {"question": question, "at": at.isoformat()}
        with self._writing() as db:
            db.table("sessions").insert(row, replace=True)
