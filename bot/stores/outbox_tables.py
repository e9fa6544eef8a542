"""The outbox's tables and the values that go in and out of them.

A lane is one conversation: its messages leave in the order they came in, one at a time. Waiting,
leases and rates are reckoned on the monotonic clock, which no adjustment of the time can move;
dates are only shown.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlite_utils import Database, Migrations

from handlers.conversation import Address

# An urgent message (a test send, a reminder to one person) passes before thousands of others.
URGENT, NOTICE, BULK, CHANGE = 0, 1, 2, 3
PENDING = "('waiting', 'sending')"

migrations = Migrations("outbox")


@migrations()
def m001_outbox(db: Database) -> None:
    """Messages, their lanes, the platforms' pauses and what was sent lately."""
    db.table("outbox_bodies").create({"id": int, "digest": str, "body": str}, pk="id").create_index(
        ["digest"], unique=True
    )
    db.table("lanes").create(
        {
            "id": int,
            "channel": str,
            "conversation": str,
            "private": int,
            "scope": str,
            "head": int,
            "priority": int,
            "hold_until": float,
            "owner": str,
        },
        pk="id",
        not_null={"channel", "conversation", "scope"},
        defaults={"priority": BULK, "hold_until": 0.0, "owner": ""},
    ).create_index(["channel", "conversation"], unique=True)
    db.execute(
        "create index lanes_due on lanes (scope, priority, hold_until) where head is not null"
    )
    db.table("outbox").create(
        {
            "id": int,
            "lane": int,
            "key": str,
            "operation": str,
            "target": int,
            "kind": str,
            "data": str,
            "body": int,
            "batch": str,
            "priority": int,
            "state": str,
            "uncertain": int,
            "attempts": int,
            "waited": float,
            "sent_as": str,
            "reason": str,
            "detail": str,
            "created": str,
            "ended": str,
        },
        pk="id",
        not_null={"lane", "key", "operation", "kind", "state"},
        defaults={"uncertain": 0, "attempts": 0, "waited": 0.0, "reason": "", "detail": ""},
    ).create_index(["lane", "key"], unique=True)
    db.execute(f"create index outbox_pending on outbox (lane, id) where state in {PENDING}")
    db.table("outbox").create_index(["batch", "state"])
    db.table("scopes").create({"name": str, "hold_until": float, "failures": int}, pk="name")
    db.table("sends").create({"id": int, "meter": str, "at": float, "until": float}, pk="id")
    db.table("sends").create_index(["meter", "at"]).create_index(["until"])
    db.table("beat").create({"id": int, "monotonic": float}, pk="id")


@dataclass(frozen=True)
class Parcel:
    """A message to queue. `kind` names who composes it at the moment of sending, out of `data`;
    « post » is a message composed already."""

    address: Address
    key: str
    kind: str
    data: str = ""
    batch: str = ""  # what it belongs to: « announce:… »
    priority: int = BULK


@dataclass(frozen=True)
class Claim:
    """A message that this process alone may send, from `slot` on and before `lease_until`
    (both in seconds of the monotonic clock)."""

    id: int
    lane: int
    address: Address
    key: str
    operation: str  # send, edit, recall
    kind: str
    data: str
    body: int | None
    batch: str
    priority: int
    attempts: int
    waited: float
    uncertain: bool  # an earlier try may have reached the platform
    target_name: str  # for an edit or a recall: the platform's name of the message; or empty
    target_key: str
    slot: float
    lease_until: float
    owner: str
    counted: tuple[int, ...] = ()  # rows of `sends` by which its own conversation is metered


@dataclass(frozen=True)
class Outcome:
    """What became of a claim."""

    state: str  # sent, dead, skipped, waiting
    sent_as: str = ""
    reason: str = ""
    detail: str = ""
    wait: float = 0.0  # seconds until the next try, when waiting
    uncertain: bool = False
    scope_wait: float = 0.0  # seconds that the whole workspace is to be left alone
    arrived: float = 0.0  # about when the platform had it; 0: not known
    late: bool = False  # the platform said « not now »: counts towards leaving it alone
