"""One SQLite file through sqlite-utils: what every store of bot/ stands on.

A store is a subclass with its own migrations; several stores, threads and processes share a file.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, ClassVar

from sqlite_utils import Database, Migrations

from handlers.ports import StoreUnavailable

BUSY_SECONDS = 5.0


class Store:
    """Tables in one file. Opened at first use; safe from several threads.

    Whatever SQLite says (full disk, locked for longer than BUSY_SECONDS, damaged file) comes out
    as StoreUnavailable, and the next call tries again.
    """

    migrations: ClassVar[Migrations]

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.RLock()
        self._db: Database | None = None

    def close(self) -> None:
        """Releases the file; the next call opens it again."""
        with self._lock:
            if self._db is not None:
                self._db.close()
                self._db = None

    def _rows(self, sql: str, *values: object) -> list[dict[str, Any]]:
        """Rows of a query inside an open block."""
        assert self._db is not None
        return list(self._db.query(sql, list(values)))

    @contextmanager
    def _open(self) -> Iterator[Database]:
        """The database, one thread at a time, SQLite's errors translated."""
        with self._lock:
            try:
                if self._db is None:
                    self._db = open_database(self.path, self.migrations)
                yield self._db
            except (sqlite3.Error, OSError) as error:
                # A handle on a damaged or vanished file is of no more use: open afresh next time.
                with suppress(sqlite3.Error):
                    self.close()
                raise StoreUnavailable(f"{self.path.name}: {error}") from error

    @contextmanager
    def _writing(self) -> Iterator[Database]:
        """The same in one transaction: all of it or nothing. The file's write lock is taken at
        the start, so that what was read there still holds when it is written upon."""
        with self._open() as db, immediate(db):
            yield db


@contextmanager
def immediate(db: Database) -> Iterator[None]:
    """A transaction that waits for the write lock first (BUSY_SECONDS at most). A deferred one
    that reads and then writes fails at once where another process has written in between.
    Inside an open transaction it is a part of that one."""
    if db.conn.in_transaction:
        with db.atomic():
            yield
        return
    db.conn.execute("begin immediate")
    try:
        yield
        db.conn.execute("commit")
    except BaseException:
        db.conn.rollback()
        raise


def open_database(path: Path, migrations: Migrations) -> Database:
    """The file opened, in write-ahead mode so that readers never wait, with its tables current.
    Several processes may open a new file at once: one of them makes the tables."""
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, check_same_thread=False)
    try:
        db = Database(connection)
        write_ahead(db)
        db.execute("pragma secure_delete = on")  # what is forgotten leaves the file, too
        if migrations.pending(db):
            with immediate(db):
                migrations.apply(db)
    except BaseException:
        connection.close()
        raise
    return db


def write_ahead(db: Database) -> None:
    """Turns write-ahead mode on. While another process does the same, SQLite answers « locked »
    without waiting: so it is asked again, for as long as any other lock is waited for."""
    end = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            db.enable_wal()
            return
        except sqlite3.OperationalError:
            if time.monotonic() > end:
                raise
            time.sleep(0.01)
