"""What the Slack channel remembers: which threads it is in, what it answered where, installations.

No text of a question stays here for longer than a day (a form or a question kept for a button);
the rest are Slack's own names of channels and messages.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from sqlite_utils import Database, Migrations

from bot.stores.database import Store

KEPT_LIFE = timedelta(days=1)  # forms and questions behind a button
STATE_LIFE = timedelta(minutes=10)  # between « installer » and Slack's answer
THREAD_LIFE = timedelta(days=90)
MOST_KEPT = 20_000  # rows of forms and questions; beyond, the oldest go

migrations = Migrations("catalogue_bot_slack")


@migrations()
def m001_slack(db: Database) -> None:
    """Threads, answers, what a button stands for, messages sent, installations, OAuth states."""
    db.table("slack_threads").create(
        {"place": str, "thread": str, "kind": str, "at": str}, pk=("place", "thread")
    )
    db.table("slack_answers").create(
        {"place": str, "question": str, "messages": str, "at": str}, pk=("place", "question")
    )
    db.table("slack_kept").create({"id": str, "body": str, "at": str}, pk="id")
    db.table("slack_sent").create(
        {"place": str, "message": str, "key": str, "at": str}, pk=("place", "message")
    )
    db.table("slack_installations").create({"team": str, "body": str, "at": str}, pk="team")
    db.table("slack_states").create({"state": str, "at": str}, pk="state")
    for name in ("slack_threads", "slack_answers", "slack_kept", "slack_sent"):
        db.table(name).create_index(["at"])


class SlackStore(Store):
    """A place is « team:channel »; a message or thread is Slack's `ts`. Every method may raise
    StoreUnavailable."""

    migrations = migrations

    def join(self, place: str, thread: str, at: datetime, kind: str = "thread") -> None:
        """The assistant is in this thread: it answers there without a mention."""
        row = {"place": place, "thread": thread, "kind": kind, "at": at.isoformat()}
        with self._writing() as db:
            db.table("slack_threads").insert(row, replace=True)

    def thread(self, place: str, thread: str) -> str:
        """« thread », « pane » (of the assistant pane), or nothing where it is not."""
        with self._open():
            rows = self._rows(
                "select kind from slack_threads where place = ? and thread = ?", place, thread
            )
        return str(rows[0]["kind"]) if rows else ""

    def answered(self, place: str, question: str, messages: list[str], at: datetime) -> None:
        """A message of a user was answered by these messages, in order."""
        row = {"place": place, "question": question, "messages": " ".join(messages)}
        with self._writing() as db:
            db.table("slack_answers").insert(row | {"at": at.isoformat()}, replace=True)

    def answers(self, place: str, question: str) -> list[str]:
        """The messages that answered a message of a user; none where there was no answer."""
        with self._open():
            rows = self._rows(
                "select messages from slack_answers where place = ? and question = ?",
                place,
                question,
            )
        return str(rows[0]["messages"]).split() if rows else []

    def keep(self, name: str, body: dict[str, Any], at: datetime) -> None:
        """Keeps what a button stands for, for a day."""
        row = {"id": name, "body": json.dumps(body, ensure_ascii=False), "at": at.isoformat()}
        with self._writing() as db:
            db.table("slack_kept").insert(row, replace=True)

    def kept(self, name: str) -> dict[str, Any] | None:
        """What was kept under this name, or None."""
        with self._open():
            rows = self._rows("select body from slack_kept where id = ?", name)
        return json.loads(rows[0]["body"]) if rows else None

    def sent(self, place: str, message: str, key: str, at: datetime) -> None:
        """A message that the assistant sent by itself, under its key."""
        row = {"place": place, "message": message, "key": key, "at": at.isoformat()}
        with self._writing() as db:
            db.table("slack_sent").insert(row, replace=True)

    def key_of(self, place: str, message: str) -> str:
        """The key of a message sent, empty for any other."""
        with self._open():
            rows = self._rows(
                "select key from slack_sent where place = ? and message = ?", place, message
            )
        return str(rows[0]["key"]) if rows else ""

    def install(self, team: str, body: dict[str, Any], at: datetime) -> None:
        """Keeps a workspace's installation, in place of an earlier one."""
        row = {"team": team, "body": json.dumps(body), "at": at.isoformat()}
        with self._writing() as db:
            db.table("slack_installations").insert(row, replace=True)

    def installation(self, team: str) -> dict[str, Any] | None:
        """A workspace's installation, or None."""
        with self._open():
            rows = self._rows("select body from slack_installations where team = ?", team)
        return json.loads(rows[0]["body"]) if rows else None

    def uninstall(self, team: str) -> None:
        """Forgets a workspace's installation."""
        with self._writing() as db:
            db.execute("delete from slack_installations where team = ?", [team])

    def open_state(self, state: str, at: datetime) -> None:
        """An installation begins under this unguessable name."""
        with self._writing() as db:
            db.table("slack_states").insert({"state": state, "at": at.isoformat()}, replace=True)

    def use_state(self, state: str, now: datetime) -> bool:
        """Whether the installation began here and lately; true once."""
        limit = (now - STATE_LIFE).isoformat()
        with self._writing() as db:
            db.execute("delete from slack_states where at < ?", [limit])
            return bool(db.execute("delete from slack_states where state = ?", [state]).rowcount)

    def forget_old(self, now: datetime) -> None:
        """Forgets what no button or thread needs any more."""
        with self._writing() as db:
            for name, life in (
                ("slack_threads", THREAD_LIFE),
                ("slack_answers", THREAD_LIFE),
                ("slack_sent", THREAD_LIFE),
                ("slack_kept", KEPT_LIFE),
            ):
                db.execute(f"delete from {name} where at < ?", [(now - life).isoformat()])
            db.execute(
                "delete from slack_kept where id not in"
                " (select id from slack_kept order by at desc limit ?)",
                [MOST_KEPT],
            )
