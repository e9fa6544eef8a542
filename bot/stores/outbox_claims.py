"""Claiming messages with a lease, within the rates; and what became of each."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from bot.stores.outbox_rates import Rates
from bot.stores.outbox_tables import BULK, PENDING, Claim, Outcome
from handlers.conversation import Address

# After so many refusals in a row from one workspace, a single message probes it.
PROBE_AFTER = 3

MetersOf = Callable[[Address, str], Sequence[tuple[str, Sequence[tuple[int, float]]]]]

DUE = """
    select l.id as lane, l.channel, l.conversation, l.private, o.id, o.key, o.operation, o.kind,
        o.data, o.body, o.batch, o.priority, o.attempts, o.waited,
        o.uncertain or o.state = 'sending' as uncertain,
        t.sent_as as target_name, t.key as target_key
    from lanes l join outbox o on o.id = l.head left join outbox t on t.id = o.target
    where l.scope = ? and l.head is not null and l.hold_until <= ?
    order by l.priority, l.hold_until limit ?
"""
SCOPES = """
    with recursive scope (name) as (
        select min(scope) from lanes where head is not null
        union all
        select (select min(scope) from lanes where head is not null and scope > name)
        from scope where name is not null
    )
    select scope.name, coalesce(hold_until, 0) as hold_until, coalesce(failures, 0) as failures
    from scope left join scopes on scopes.name = scope.name where scope.name is not null
"""
NEXT = f"""
    update lanes set hold_until = ?, owner = '',
        head = (select min(id) from outbox where lane = lanes.id and state in {PENDING}),
        priority = coalesce(
            (select min(priority) from outbox where lane = lanes.id and state in {PENDING}), {BULK})
    where id = ?
"""


class Claims(Rates):
    """The part of the outbox that delivery processes share; times are monotonic seconds."""

    def claim(
        self,
        owner: str,
        clock: Callable[[], float],
        meters: MetersOf,
        channels: Collection[str],
        *,
        most: int = 64,
        lease: float = 120.0,
        horizon: float = 1.0,
    ) -> tuple[list[Claim], float]:
        """Up to `most` messages for these channels that may leave within `horizon` seconds, at
        most one of a conversation, each with its time; and when to ask again at the latest
        (infinite where nothing waits). Raises StoreUnavailable."""
        taken: list[Claim] = []
        wake = math.inf
        with self._writing():
            now = self._beat(clock())
            for scope in self._rows(SCOPES):
                if str(scope["name"]).partition(":")[0] not in channels:
                    continue
                if scope["hold_until"] > now:
                    wake = min(wake, scope["hold_until"])
                    continue
                probing = scope["failures"] >= PROBE_AFTER
                wanted = min(most - len(taken), 1 if probing else most)
                due = self._rows(DUE, scope["name"], now, wanted)
                if probing and due:
                    self._pause(scope["name"], now + lease)
                elif len(due) == wanted:
                    wake = now  # there may be more
                for row in due:
                    asked = meters(address_of(row), row["operation"])
                    slots = [self._slot(name, windows, now) for name, windows in asked]
                    slot = max([now, *slots])
                    if slot > now + horizon:
                        if slots[0] > now + horizon:  # the whole workspace is at its rate
                            wake = slots[0] - horizon
                            break
                        self._hold(row["lane"], slot - horizon, "")
                        continue
                    counted = self._count(asked, slot)
                    claim = self._take(row, owner, slot, now + lease)
                    taken.append(replace(claim, counted=counted[1:]))
                wake = min(wake, self._next_hold(scope["name"], now))
        return taken, wake

    def finish(self, claim: Claim, outcome: Outcome, now: float) -> bool:
        """Writes what became of a claim; False when another process has taken the message over
        and this one has nothing to add. Raises StoreUnavailable."""
        ended = "" if outcome.state == "waiting" else datetime.now(UTC).isoformat()
        with self._writing() as db:
            lane = self._rows("select owner, head from lanes where id = ?", claim.lane)
            ours = bool(lane) and (lane[0]["owner"], lane[0]["head"]) == (claim.owner, claim.id)
            if not ours and outcome.state != "sent":
                return False
            db.execute(
                "update outbox set state = ?, sent_as = ?, reason = ?, detail = ?, uncertain = ?,"
                " attempts = ?, waited = waited + ?, ended = ? where id = ?"
                f" and state in {PENDING}",
                [
                    outcome.state,
                    outcome.sent_as,
                    outcome.reason,
                    outcome.detail[:500],
                    int(outcome.uncertain),
                    claim.attempts + 1,
                    outcome.wait,
                    ended,
                    claim.id,
                ],
            )
            if claim.operation == "recall" and outcome.state == "sent":
                db.execute(
                    "update outbox set state = 'recalled' where state = 'sent' and id ="
                    " (select target from outbox where id = ?)",
                    [claim.id],
                )
            # One at a time in a conversation: its window begins when the message was there.
            if outcome.arrived:
                for number in claim.counted:
                    db.execute(
                        "update sends set at = max(at, ?) where id = ?", [outcome.arrived, number]
                    )
            hold = now + outcome.wait if outcome.state == "waiting" else 0.0
            db.execute(NEXT, [hold, claim.lane])
            self._judge(claim, outcome, now)
        return True

    def release(self, claim: Claim) -> None:
        """Gives back a claim that was not tried. Raises StoreUnavailable."""
        with self._writing() as db:
            found = self._rows("select owner from lanes where id = ?", claim.lane)
            if found and found[0]["owner"] == claim.owner:
                db.execute(
                    "update outbox set state = 'waiting', uncertain = ? where id = ?"
                    " and state = 'sending'",
                    [int(claim.uncertain), claim.id],
                )
                self._hold(claim.lane, 0.0, "")

    def _judge(self, claim: Claim, outcome: Outcome, now: float) -> None:
        """Leaves a workspace alone that keeps refusing; forgets it at the first success."""
        assert self._db is not None
        scope = self._rows("select scope from lanes where id = ?", claim.lane)[0]["scope"]
        if outcome.late:
            self._db.execute(
                "insert into scopes (name, hold_until, failures) values (?, ?, 1)"
                " on conflict (name) do update set failures = failures + 1,"
                " hold_until = max(hold_until, case when failures + 1 >= ? then ? else 0 end)",
                [scope, 0.0, PROBE_AFTER, now + outcome.scope_wait],
            )
        elif outcome.state in ("sent", "dead"):  # the platform answers
            self._db.execute("delete from scopes where name = ?", [scope])
        elif outcome.state == "skipped":  # it was not asked: the next one probes
            self._pause(scope, 0.0)

    def failures(self, claim: Claim) -> int:
        """How many times in a row the claim's workspace has said « not now »."""
        with self._open():
            rows = self._rows(
                "select failures from scopes join lanes on name = scope where lanes.id = ?",
                claim.lane,
            )
        return int(rows[0]["failures"]) if rows else 0

    def _take(self, row: dict[str, Any], owner: str, slot: float, lease: float) -> Claim:
        assert self._db is not None
        self._db.execute("update outbox set state = 'sending' where id = ?", [row["id"]])
        self._hold(row["lane"], lease, owner)
        fields = {k: v for k, v in row.items() if k not in ("channel", "conversation", "private")}
        return Claim(
            **fields
            | {
                "uncertain": bool(row["uncertain"]),
                "target_name": row["target_name"] or "",
                "target_key": row["target_key"] or "",
            },
            address=address_of(row),
            slot=slot,
            lease_until=lease,
            owner=owner,
        )

    def _pause(self, scope: str, until: float) -> None:
        assert self._db is not None
        self._db.execute("update scopes set hold_until = ? where name = ?", [until, scope])

    def _hold(self, lane: int, until: float, owner: str) -> None:
        assert self._db is not None
        self._db.execute(
            "update lanes set hold_until = ?, owner = ? where id = ?", [until, owner, lane]
        )

    def _next_hold(self, scope: str, now: float) -> float:
        """When the next conversation of a workspace that is held now comes free."""
        found = [
            row["at"]
            for priority in range(4)  # the index is by priority first
            for row in self._rows(
                "select min(hold_until) as at from lanes where scope = ? and priority = ?"
                " and head is not null and hold_until > ?",
                scope,
                priority,
                now,
            )
            if row["at"] is not None
        ]
        return min(found, default=math.inf)


def address_of(row: dict[str, Any]) -> Address:
    """The address of a lane's row."""
    return Address(
        channel=row["channel"], conversation=row["conversation"], private=bool(row["private"])
    )


def chunks(items: Iterator[Any], size: int) -> Iterator[list[Any]]:
    """The items in lists of `size`, read as they are wanted."""
    while chunk := [item for _, item in zip(range(size), items, strict=False)]:
        yield chunk
