"""Subscriptions, and what each has still to tell."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any

from sqlite_utils import Database, Migrations

from bot.stores.database import Store
from handlers.conversation import Actor, Address
from handlers.ports_mail import NoticeItem, Subscription

DONE = "."  # `reached` of a revision that everybody has been told of
LOT = 200  # conversations gathered in one go

migrations = Migrations("subscriptions")


@migrations()
def m001_subscriptions(db: Database) -> None:
    """A subscription as JSON beside what it is looked up by; items due; notices made of them."""
    db.table("subscriptions").create(
        {
            "id": str,
            "channel": str,
            "conversation": str,
            "owner": str,
            "person": str,
            "ends": str,
            "body": str,
        },
        pk="id",
        not_null={"channel", "conversation", "owner", "body"},
    ).create_index(["channel", "conversation"]).create_index(["owner"]).create_index(["person"])
    db.table("notice_items").create(
        {
            "channel": str,
            "conversation": str,
            "revision": str,
            "document": str,
            "private": int,
            "subscription": str,
            "happened": str,
            "due": float,
            "notice": str,
        },
        pk=("channel", "conversation", "revision", "document"),
    ).create_index(["subscription"]).create_index(["notice"])
    db.execute(
        "create index notice_items_due on notice_items (due, channel, conversation)"
        " where notice = ''"
    )
    db.table("subscription_notices").create(
        {
            "id": str,
            "channel": str,
            "conversation": str,
            "private": int,
            "made": str,
            "queued": int,
        },
        pk="id",
    )
    db.execute("create index notices_unqueued on subscription_notices (id) where queued = 0")
    db.table("revisions_told").create({"revision": str, "reached": str}, pk="revision")


class SubscriptionStore(Store):
    """Implements handlers.ports_mail.Subscriptions."""

    migrations = migrations

    def save(self, subscription: Subscription, due: Callable[[datetime], datetime]) -> None:
        """Stores or replaces one, and when what it waits to tell is due."""
        row = {
            "id": subscription.id,
            "channel": subscription.address.channel,
            "conversation": subscription.address.conversation,
            "owner": owner_name(subscription.owner),
            "person": subscription.owner.person or "",
            "ends": subscription.ends.isoformat() if subscription.ends else "",
            "body": subscription.model_dump_json(),
        }
        with self._writing() as db:
            db.table("subscriptions").insert(row, replace=True)
            if subscription.paused:
                self._drop(db, subscription.id)
            for item in self._rows(
                "select rowid, happened from notice_items where subscription = ? and notice = ''",
                subscription.id,
            ):
                at = due(datetime.fromisoformat(item["happened"])).timestamp()
                db.execute("update notice_items set due = ? where rowid = ?", [at, item["rowid"]])

    def subscription(self, subscription_id: str) -> Subscription | None:
        """The one of that id, or None."""
        return next(iter(self._all("id = ?", subscription_id)), None)

    def end(self, subscription_id: str) -> None:
        """Forgets one, with what it had still to tell."""
        with self._writing() as db:
            db.execute("delete from subscriptions where id = ?", [subscription_id])
            self._drop(db, subscription_id)

    def of_owner(self, actor: Actor) -> tuple[Subscription, ...]:
        """Those an actor made; oldest first, 100 at most."""
        return tuple(
            self._all(
                "owner = ? or (person <> '' and person = ?) order by rowid limit 100",
                owner_name(actor),
                actor.person or "",
            )
        )

    def of_address(self, address: Address) -> tuple[Subscription, ...]:
        """Those sent to a conversation; oldest first, 100 at most."""
        return tuple(
            self._all(
                "channel = ? and conversation = ? order by rowid limit 100",
                address.channel,
                address.conversation,
            )
        )

    def page(self, after: str = "", most: int = 500) -> list[Subscription]:
        """All, in the order of their ids."""
        return self._all("id > ? order by id limit ?", after, most)

    def told(self, revision: str) -> str | None:
        """How far the telling of a revision has come."""
        with self._open():
            rows = self._rows("select reached from revisions_told where revision = ?", revision)
        return str(rows[0]["reached"]) if rows else None

    def queue(
        self,
        revision: str,
        items: Iterable[tuple[Subscription, str, datetime]],
        at: datetime,
        reached: str,
    ) -> None:
        """Each document once a conversation: the subscription that tells it first."""
        with self._writing() as db:
            for subscription, document, due in items:
                where = subscription.address
                db.execute(
                    "insert into notice_items (channel, conversation, revision, document, private,"
                    " subscription, happened, due, notice) values (?, ?, ?, ?, ?, ?, ?, ?, '')"
                    " on conflict do update set due = excluded.due,"
                    " subscription = excluded.subscription"
                    " where notice = '' and excluded.due < due",
                    [
                        *(where.channel, where.conversation, revision, document),
                        *(int(where.private), subscription.id, at.isoformat(), due.timestamp()),
                    ],
                )
            db.table("revisions_told").insert(
                {"revision": revision, "reached": reached}, replace=True
            )

    def gather(self, now: datetime, new_id: Callable[[], str]) -> Iterator[tuple[str, Address]]:
        """First those made earlier and not noted as queued, then what is due."""
        with self._open():
            left = self._rows("select * from subscription_notices where queued = 0 limit 2000")
        yield from ((row["id"], address_of(row)) for row in left)
        while True:
            with self._writing() as db:
                rows = self._rows(
                    "select distinct channel, conversation, private from notice_items"
                    " where notice = '' and due <= ? limit ?",
                    now.timestamp(),
                    LOT,
                )
                made = [(new_id(), address_of(row)) for row in rows]
                for notice, where in made:
                    name = [where.channel, where.conversation]
                    db.execute(
                        "insert into subscription_notices"
                        " (id, channel, conversation, private, made, queued)"
                        " values (?, ?, ?, ?, ?, 0)",
                        [notice, *name, int(where.private), now.isoformat()],
                    )
                    db.execute(
                        "update notice_items set notice = ? where channel = ? and conversation = ?"
                        " and notice = '' and due <= ?",
                        [notice, *name, now.timestamp()],
                    )
            yield from made
            if not rows:
                return

    def queued(self, notices: Iterable[str]) -> None:
        """Notes that notices are in the outbox."""
        with self._writing() as db:
            for notice in notices:
                db.execute("update subscription_notices set queued = 1 where id = ?", [notice])

    def notice(self, notice: str) -> tuple[Address, tuple[NoticeItem, ...]] | None:
        """What a notice tells, in the order in which it happened."""
        with self._open():
            found = self._rows("select * from subscription_notices where id = ?", notice)
            items = self._rows(
                "select subscription, revision, document from notice_items where notice = ?"
                " order by happened, document",
                notice,
            )
        if not found:
            return None
        return address_of(found[0]), tuple(NoticeItem(**item) for item in items)

    def ended(self, now: datetime) -> list[Subscription]:
        """Those whose time to end has come."""
        return self._all("ends <> '' and ends <= ? limit 500", now.isoformat())

    def forget_old(self, before: datetime) -> None:
        """Forgets notices of before that moment: « pourquoi » no longer has an answer there."""
        with self._writing() as db:
            db.execute(
                "delete from subscription_notices where made < ? and queued = 1",
                [before.isoformat()],
            )
            db.execute(
                "delete from notice_items where notice <> ''"
                " and notice not in (select id from subscription_notices)"
            )

    def _drop(self, db: Database, subscription_id: str) -> None:
        db.execute(
            "delete from notice_items where subscription = ? and notice = ''", [subscription_id]
        )

    def _all(self, where: str, *values: object) -> list[Subscription]:
        with self._open():
            rows = self._rows(f"select body from subscriptions where {where}", *values)
        return [Subscription.model_validate_json(row["body"]) for row in rows]


def owner_name(actor: Actor) -> str:
    """An actor's name across workspaces of one channel."""
    return f"{actor.channel}:{actor.workspace}:{actor.id}"


def address_of(row: dict[str, Any]) -> Address:
    """The address in a row."""
    return Address(
        channel=row["channel"], conversation=row["conversation"], private=bool(row["private"])
    )
