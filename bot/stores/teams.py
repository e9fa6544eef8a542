"""What Teams must be written to with: conversations, and messages sent under a key."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlite_utils import Database, Migrations

from bot.stores.database import Store

SENT_KEPT = timedelta(days=30)

migrations = Migrations("catalogue_bot_teams")


@migrations()
def m001_conversations(db: Database) -> None:
    """Conversations the bot is or was in; messages it sent by itself; answers to messages."""
    db.table("teams_conversations").create(
        {
            "id": str,
            "service_url": str,
            "tenant": str,
            "kind": str,
            "name": str,
            "team": str,
            "person": str,
            "outside": int,
            "removed": int,
            "at": str,
        },
        pk="id",
        not_null={"service_url", "tenant", "kind", "team", "person", "outside", "removed", "at"},
    ).create_index(["person"])
    db.table("teams_sent").create(
        {"conversation": str, "key": str, "message": str, "at": str},
        pk=("conversation", "key"),
        not_null={"message", "at"},
    ).create_index(["at"])


class TeamsStore(Store):
    """Conversation references. `kind`: personal, groupChat, channel, team. Ids are those of the
    conversation without its reply chain; `removed` tells that the bot is no longer in it, and
    `outside` that it is shared with another organisation."""

    migrations = migrations

    def keep(
        self,
        conversation: str,
        service_url: str,
        tenant: str,
        kind: str,
        at: datetime,
        *,
        person: str = "",
        team: str = "",
    ) -> None:
        """Stores where a conversation is written to; what else is known of it stays. `person`:
        whose personal chat it is; `team`: the team of a channel."""
        with self._writing() as db:
            db.execute(
                "insert into teams_conversations (id, service_url, tenant, kind, name, team,"
                " person, outside, removed, at) values (?, ?, ?, ?, '', ?, ?, 0, 0, ?)"
                " on conflict (id) do update set service_url = excluded.service_url,"
                " tenant = excluded.tenant, kind = excluded.kind, team = excluded.team,"
                " person = excluded.person, removed = 0, at = excluded.at",
                [conversation, service_url, tenant, kind, team, person, at.isoformat()],
            )

    def describe(self, conversation: str, **known: str | int) -> None:
        """Updates `name` and `outside` of a conversation; nothing for an unknown one."""
        with self._writing() as db:
            for field in sorted(known.keys() & {"name", "outside"}):
                db.execute(
                    f"update teams_conversations set {field} = ? where id = ?",
                    [known[field], conversation],
                )

    def leave(self, conversation: str, team: str = "") -> None:
        """Remembers that the bot is no longer there; with `team`, in none of its channels."""
        with self._writing() as db:
            db.execute(
                "update teams_conversations set removed = 1"
                " where id = ? or (team = ? and team <> '')",
                [conversation, team],
            )

    def conversation(self, conversation: str) -> dict[str, Any] | None:
        """The stored reference, or None."""
        with self._open():
            rows = self._rows("select * from teams_conversations where id = ?", conversation)
        return rows[0] if rows else None

    def personal(self, person: str) -> str | None:
        """The personal chat of somebody, or None."""
        with self._open():
            rows = self._rows(
                "select id from teams_conversations where person = ? and person <> ''"
                " and removed = 0 order by at desc limit 1",
                person,
            )
        return str(rows[0]["id"]) if rows else None

    def sent(self, conversation: str, key: str, message: str, at: datetime) -> None:
        """Remembers the message sent under a key; forgets those of more than a month ago."""
        row = {"conversation": conversation, "key": key, "message": message, "at": at.isoformat()}
        with self._writing() as db:
            db.table("teams_sent").insert(row, replace=True)
            db.execute("delete from teams_sent where at < ?", [(at - SENT_KEPT).isoformat()])

    def message(self, conversation: str, key: str) -> str | None:
        """The message sent under a key, or None."""
        with self._open():
            rows = self._rows(
                "select message from teams_sent where conversation = ? and key = ?",
                conversation,
                key,
            )
        return str(rows[0]["message"]) if rows else None
