"""The outbox: messages that the assistant sends by itself, each to one conversation, each once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from bot.stores.outbox_claims import Claims, address_of, chunks
from bot.stores.outbox_tables import BULK, CHANGE, NOTICE, PENDING, URGENT, Claim, Parcel
from bot.stores.replies import dumped, loaded
from handlers.conversation import Address, Reply

CHUNK = 500  # rows a transaction: the file is never locked for long
POST = "post"  # Parcel.kind of a message composed already

INSERT = """
    insert or ignore into outbox
        (lane, key, operation, target, kind, data, body, batch, priority, state, created)
    values (?, ?, ?, ?, ?, ?, ?, ?, ?, 'waiting', ?)
"""
JOIN = """
    update lanes set head = coalesce(head, ?),
        priority = case when head is null then ? else min(priority, ?) end
    where id = ?
"""


class Outbox(Claims):
    """Implements handlers.ports.Post. `workspace` tells whose limits an address falls under."""

    def __init__(self, path: Path, workspace: Callable[[Address], str]) -> None:
        super().__init__(path)
        self.workspace = workspace

    def post(self, address: Address, reply: Reply, *, key: str) -> None:
        """Queues a message composed already. Raises StoreUnavailable."""
        text = dumped(reply)
        name = hashlib.sha256(text.encode("utf8")).hexdigest()
        with self._writing() as db:
            db.execute(
                "insert or ignore into outbox_bodies (digest, body) values (?, ?)", [name, text]
            )
            body = self._rows("select id from outbox_bodies where digest = ?", name)[0]["id"]
            self._put(db, Parcel(address, key, POST, priority=URGENT), body)

    def put(self, parcels: Iterable[Parcel]) -> int:
        """Queues messages to be composed when they leave; how many were not there already. Read as
        they come, never all in memory. Raises StoreUnavailable; then asking again is safe."""
        count = 0
        for chunk in chunks(iter(parcels), CHUNK):
            with self._writing() as db:
                count += sum(self._put(db, parcel, None) for parcel in chunk)
        return count

    def put_one(self, address: Address, *, key: str, kind: str, data: str, batch: str = "") -> bool:
        """Queues a message to be composed when it leaves; False when it was there already."""
        return bool(self.put([Parcel(address, key, kind, data, batch or kind, NOTICE)]))

    def body(self, number: int) -> Reply:
        """A message composed already."""
        with self._open():
            rows = self._rows("select body from outbox_bodies where id = ?", number)
        return loaded(rows[0]["body"])

    def edit(self, batch: str, stamp: str) -> int:
        """Has every message of a batch that was sent composed anew and put in its place; those
        that wait are composed when they leave anyhow. The same `stamp` counts once."""
        return self._change(batch, "edit", stamp)

    def recall(self, batch: str) -> int:
        """Takes back every message of a batch: those that wait never leave."""
        count = 0
        while True:
            with self._writing() as db:
                rows = self._rows(
                    "select id, lane from outbox where batch = ? and state = 'waiting'"
                    " and operation = 'send' and uncertain = 0 limit ?",
                    batch,
                    CHUNK,
                )
                for row in rows:
                    db.execute(
                        "update outbox set state = 'recalled', ended = ? where id = ?",
                        [datetime.now(UTC).isoformat(), row["id"]],
                    )
                    self._rehead(db, row["lane"])
            count += len(rows)
            if not rows:
                return count + self._change(batch, "recall", "")

    def retry(self, batch: str | None = None, ids: Iterable[int] = ()) -> int:
        """Puts dead letters back in the queue: a batch's, those named, or all; how many."""
        where = "1 = 1"
        values: list[object] = []
        if batch is not None:
            where, values = "batch = ?", [batch]
        elif named := [int(i) for i in ids]:
            where, values = f"id in ({','.join('?' * len(named))})", [*named]
        count = 0
        while True:
            with self._writing() as db:
                rows = self._rows(
                    f"select id, lane from outbox where state = 'dead' and {where} limit ?",
                    *values,
                    CHUNK,
                )
                for row in rows:
                    db.execute(
                        "update outbox set state = 'waiting', attempts = 0, waited = 0,"
                        " reason = '', detail = '', ended = '' where id = ?",
                        [row["id"]],
                    )
                    self._rehead(db, row["lane"])
            count += len(rows)
            if not rows:
                return count

    def counts(self, batch: str | None = None) -> dict[str, int]:
        """How many messages are in each state: waiting, sending, sent, dead, skipped, recalled."""
        with self._open():
            rows = self._rows(
                "select state, count(*) as n from outbox where (? is null or batch = ?)"
                " and (? is null or operation = 'send') group by state",
                batch,
                batch,
                batch,
            )
        return {row["state"]: row["n"] for row in rows}

    def messages(
        self, *, state: str = "", batch: str | None = None, after: int = 0, most: int = 100
    ) -> list[dict[str, Any]]:
        """Messages in the order they came in, from the one after `after` on: id, channel,
        conversation, key, operation, kind, batch, state, attempts, reason, detail, created, ended.
        """
        with self._open():
            return self._rows(
                "select o.id, channel, conversation, key, operation, kind, batch, state, attempts,"
                " reason, detail, created, ended from outbox o join lanes l on l.id = o.lane"
                " where o.id > ? and (? = '' or state = ?) and (? is null or batch = ?)"
                " order by o.id limit ?",
                after,
                state,
                state,
                batch,
                batch,
                most,
            )

    def outcomes(self, batch: str) -> Iterator[tuple[Address, str, str, str]]:
        """For each message of a batch: where, its state, the reason, when it ended."""
        after = 0
        while True:
            with self._open():
                rows = self._rows(
                    "select o.id, channel, conversation, private, state, reason, ended"
                    " from outbox o join lanes l on l.id = o.lane"
                    " where batch = ? and operation = 'send' and o.id > ? order by o.id limit ?",
                    batch,
                    after,
                    CHUNK,
                )
            for row in rows:
                yield address_of(row), row["state"], row["reason"], row["ended"] or ""
            if not rows:
                return
            after = rows[-1]["id"]

    def forget_old(self, before: datetime) -> int:
        """Forgets messages ended before that moment; how many. Their keys are free again."""
        with self._writing() as db:
            gone = db.execute(
                f"delete from outbox where ended <> '' and ended < ? and state not in {PENDING}",
                [before.isoformat()],
            ).rowcount
            db.execute(
                "delete from outbox_bodies where id not in"
                " (select body from outbox where body is not null)"
            )
            db.execute("delete from lanes where id not in (select lane from outbox)")
        return int(gone)

    def _put(self, db: Database, parcel: Parcel, body: int | None) -> bool:
        lane = self._lane(db, parcel.address)
        done = db.execute(
            INSERT,
            [
                *(lane, parcel.key, "send", None, parcel.kind, parcel.data, body, parcel.batch),
                *(parcel.priority, datetime.now(UTC).isoformat()),
            ],
        )
        if done.rowcount:
            db.execute(JOIN, [done.lastrowid, parcel.priority, parcel.priority, lane])
        return bool(done.rowcount)

    def _lane(self, db: Database, address: Address) -> int:
        found = self._rows(
            "select id from lanes where channel = ? and conversation = ?",
            address.channel,
            address.conversation,
        )
        if found:
            return int(found[0]["id"])
        made = db.execute(
            "insert into lanes (channel, conversation, private, scope) values (?, ?, ?, ?)",
            [address.channel, address.conversation, int(address.private), self.workspace(address)],
        )
        return int(made.lastrowid or 0)

    def _change(self, batch: str, operation: str, stamp: str) -> int:
        """One more message of the same conversation for every one sent, or being sent."""
        count, after = 0, 0
        while True:
            with self._writing() as db:
                rows = self._rows(
                    "select id, lane, key, kind, data, body from outbox where batch = ? and id > ?"
                    " and operation = 'send' and (state in ('sent', 'sending') or uncertain = 1)"
                    " order by id limit ?",
                    batch,
                    after,
                    CHUNK,
                )
                for row in rows:
                    done = db.execute(
                        INSERT,
                        [
                            *(
                                row["lane"],
                                f"{row['key']}~{operation}{stamp}",
                                operation,
                                row["id"],
                            ),
                            *(row["kind"], row["data"], row["body"], batch),
                            *(CHANGE, datetime.now(UTC).isoformat()),
                        ],
                    )
                    if done.rowcount:
                        db.execute(JOIN, [done.lastrowid, CHANGE, CHANGE, row["lane"]])
                        count += 1
            if not rows:
                return count
            after = rows[-1]["id"]

    def _rehead(self, db: Database, lane: int) -> None:
        """Finds a lane's first message anew, without touching a lease."""
        db.execute(
            f"""update lanes set
                head = (select min(id) from outbox where lane = lanes.id and state in {PENDING}),
                priority = coalesce((select min(priority) from outbox
                    where lane = lanes.id and state in {PENDING}), {BULK})
            where id = ?""",
            [lane],
        )


def composed(outbox: Outbox) -> Callable[[Claim], Reply]:
    """The maker of messages that were composed when they were queued."""

    def make(claim: Claim) -> Reply:
        assert claim.body is not None
        return outbox.body(claim.body)

    return make
