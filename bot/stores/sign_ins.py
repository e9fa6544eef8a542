"""Who is signed in on the web page: random sessions, over restarts.

The file holds a digest of the session's name, so that nobody who reads it can sign in with it.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlite_utils import Database, Migrations

from bot.stores.database import Store
from knowledge.passages import Frozen

LIFE = timedelta(hours=12)  # since the sign-in, whatever happens meanwhile
MOST_SESSIONS = 20  # of one person; the oldest end first

migrations = Migrations("catalogue_bot.sign_ins")


@migrations()
def m001_sign_ins(db: Database) -> None:
    """One row a session."""
    db.table("sign_ins").create(
        {"session": str, "person": str, "token": str, "at": str},
        pk="session",
        not_null={"person", "token", "at"},
    ).create_index(["person"])


class SignIn(Frozen):
    """A session in force."""

    person: str  # Person.id
    token: str  # the digest of the token it was opened with: another token ends it


class SignIns(Store):
    """Sessions of persons on the web page. Every method may raise StoreUnavailable."""

    migrations = migrations

    def open(self, sign_in: SignIn, at: datetime) -> str:
        """Opens a session; its name, for a cookie."""
        name = secrets.token_urlsafe(32)
        row = {"session": digest(name), "at": at.isoformat(), **sign_in.model_dump()}
        with self._writing() as db:
            db.execute("delete from sign_ins where at < ?", [(at - LIFE).isoformat()])
            db.table("sign_ins").insert(row)
            db.execute(
                "delete from sign_ins where person = ? and session not in (select session"
                " from sign_ins where person = ? order by at desc limit ?)",
                [sign_in.person, sign_in.person, MOST_SESSIONS],
            )
        return name

    def signed_in(self, name: str, now: datetime) -> SignIn | None:
        """The session of that name if it is in force."""
        with self._open():
            rows = self._rows(
                "select person, token from sign_ins where session = ? and at >= ?",
                digest(name),
                (now - LIFE).isoformat(),
            )
        return SignIn(**rows[0]) if rows else None

    def close_session(self, name: str) -> None:
        """Ends a session."""
        with self._writing() as db:
            db.execute("delete from sign_ins where session = ?", [digest(name)])


def digest(name: str) -> str:
    """What is kept of a session's name."""
    return hashlib.sha256(name.encode(errors="replace")).hexdigest()
