"""What was sent lately, and when the next message fits; for all processes on one file."""

from __future__ import annotations

from collections.abc import Sequence

from bot.stores.database import Store
from bot.stores.outbox_tables import migrations

# A clock that stands further back than this belongs to a machine started again.
RESTART = 5.0


class Rates(Store):
    """The part of the outbox that counts; times are monotonic seconds."""

    migrations = migrations

    def _beat(self, now: float) -> float:
        """Notes the monotonic time. Where it has gone back the machine has started again: every
        wait and lease of before is over, and nothing was sent lately."""
        assert self._db is not None
        before = self._rows("select monotonic from beat")
        if before and now < before[0]["monotonic"] - RESTART:
            self._db.execute("update lanes set hold_until = 0 where hold_until > 0")
            self._db.execute("delete from scopes")
            self._db.execute("delete from sends")
        self._db.execute("insert or replace into beat (id, monotonic) values (1, ?)", [now])
        self._db.execute(
            "delete from sends where id in (select id from sends where until < ? limit 500)", [now]
        )
        return now

    def _slot(self, meter: str, windows: Sequence[tuple[int, float]], now: float) -> float:
        """The earliest time at which one more fits: where the count-th latest was a window ago,
        no window can hold more than its count."""
        slot = now
        for count, seconds in windows:
            rows = self._rows(
                "select at from sends where meter = ? order by at desc limit 1 offset ?",
                meter,
                count - 1,
            )
            if rows:
                slot = max(slot, rows[0]["at"] + seconds)
        return slot

    def _count(
        self, meters: Sequence[tuple[str, Sequence[tuple[int, float]]]], at: float
    ) -> tuple[int, ...]:
        assert self._db is not None
        rows = []
        for name, windows in meters:
            until = at + max(seconds for _, seconds in windows)
            done = self._db.execute(
                "insert into sends (meter, at, until) values (?, ?, ?)", [name, at, until]
            )
            rows.append(int(done.lastrowid or 0))
        return tuple(rows)
