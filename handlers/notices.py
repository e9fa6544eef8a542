"""Notices: what a change set tells each subscription, composed at the moment of sending for what
its readers may read at that moment."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator
from datetime import timedelta

from handlers import recent_answers
from handlers.conversation import Address, Reply
from handlers.notice_words import Told, ending_words, notice_words
from handlers.ports import Post
from handlers.ports_mail import Mailroom, Subscription
from handlers.schedule import due
from handlers.services import Services
from handlers.stale_notices import addresses_of, resting_on
from handlers.topics import told_by
from knowledge.change_set import ChangeSet, DocumentChange
from knowledge.changes import for_audience
from knowledge.passages import Passage

DONE = "."
PAGE = 500  # subscriptions looked at in one transaction
LAST_DAYS = timedelta(days=7)  # between the word that a subscription is about to end, and its end
GONE = ("gone", "removed", "blocked", "access")  # why nothing can be sent to a conversation


class Notices:
    """Hears of change sets, fills the outbox, composes notices. Safe from several threads."""

    def __init__(self, services: Services, mail: Mailroom, post: Post) -> None:
        self.services = services
        self.mail = mail
        self.post = post
        self._sets: OrderedDict[str, ChangeSet | None] = OrderedDict()

    def on_published(self, change_set: ChangeSet) -> None:
        """Notes for each subscription what it will tell, once a revision however often it is
        called; resumes where it was cut off. Raises StoreUnavailable."""
        revision = change_set.revision
        reached = self.mail.subscriptions.told(revision) or ""
        if reached == DONE or not change_set.told:
            return
        now = self.services.clock()
        new = {c.document.id: self._passages(c) for c in change_set.told if c.kind == "new"}
        while subscriptions := self.mail.subscriptions.page(reached, PAGE):
            found = [
                (subscription, change.document.id, due(subscription, now))
                for subscription in subscriptions
                if not subscription.paused
                for change in change_set.told
                if told_by(subscription, change, new.get(change.document.id, ())) is not None
            ]
            reached = subscriptions[-1].id
            self.mail.subscriptions.queue(revision, found, now, reached)
        self._tell_holders(change_set)
        recent_answers.tell(change_set, self.services, self.mail)
        self.mail.subscriptions.queue(revision, [], now, DONE)

    def _tell_holders(self, change_set: ChangeSet) -> None:
        """A warning to whoever holds a dossier that rests on what changed."""
        if self.mail.holdings is None:
            return
        for held in resting_on(change_set, self.services, self.mail.holdings):
            for address in addresses_of(held, self.mail):
                key = f"stale:{held.id}:{change_set.revision}"
                self.mail.outbox.put_one(address, key=key, kind="stale", data=held.id)

    def gather(self) -> Iterator[tuple[str, Address]]:
        """Notices that are due, to be put in the outbox."""
        return self.mail.subscriptions.gather(self.services.clock(), self.services.new_id)

    def audience(self, address: Address) -> str:
        """Who reads in a conversation, as configuration and platform say now."""
        known = self.mail.addresses.known(address)
        if known is None:
            return "outsider"
        if known.actor is not None:
            return self.services.access.settle(known.actor).audience
        return known.audience

    def compose(self, notice: str) -> Reply | str:
        """The notice as it may be sent now; or why it is not sent: `ended` (nobody asks for it
        any more), `audience` (its readers may not read it), `unknown`."""
        found = self.mail.subscriptions.notice(notice)
        if found is None:
            return "unknown"
        address, items = found
        audience = self.audience(address)
        told: list[Told] = []
        asked = False
        for item in items:
            subscription = self.mail.subscriptions.subscription(item.subscription)
            if subscription is None or subscription.paused:
                continue
            asked = True
            for change in self.changes(item.revision, audience):
                if change.document.id == item.document:
                    texts = self._passages(change) if change.kind == "new" else ()
                    passages = told_by(subscription, change, texts)
                    if passages is not None:
                        told.append((subscription, change, passages))
        if not told:
            return "audience" if asked else "ended"
        departed = not address.private and self._departed(told[0][0])
        return notice_words(notice, told, departed)

    def undeliverable(self, notice: str, reason: str) -> None:
        """A notice could not be delivered for good: the subscriptions of that conversation end in
        LAST_DAYS unless somebody who is told now keeps them. Raises StoreUnavailable."""
        found = self.mail.subscriptions.notice(notice)
        if found is None or reason not in GONE:
            return
        address = found[0]
        for subscription in self.mail.subscriptions.of_address(address):
            if not subscription.ending:
                self.about_to_end(subscription, reason)

    def about_to_end(self, subscription: Subscription, reason: str) -> None:
        """Tells whoever made the subscription, or the broker, and sets its end."""
        ends = self.services.clock() + LAST_DAYS
        ending = subscription.model_copy(update={"ending": reason, "ends": ends})
        for where, lang in self._responsible(subscription):
            self.post.post(
                where, ending_words(ending, lang), key=f"ending:{ending.id}:{ends.isoformat()}"
            )
            break
        self.mail.subscriptions.save(ending, lambda at: due(ending, at))

    def end_due(self) -> int:
        """Ends the subscriptions whose time has come; how many."""
        over = self.mail.subscriptions.ended(self.services.clock())
        for subscription in over:
            self.mail.subscriptions.end(subscription.id)
        return len(over)

    def _responsible(self, subscription: Subscription) -> Iterator[tuple[Address, str]]:
        """Who can be told, the owner first: elsewhere than in the conversation that is lost."""
        owner = subscription.owner
        known = [*self.mail.addresses.of_person(owner.person)] if owner.person else []
        known += [k] if (k := self.mail.addresses.of_actor(owner)) else []
        after = 0
        for one in known:
            if one.address != subscription.address and self._settled(one.address) != "outsider":
                yield one.address, subscription.lang
        while page := self.mail.addresses.persons(after):
            after = page[-1].id
            for one in page:
                if one.address != subscription.address and self._settled(one.address) == "broker":
                    yield one.address, one.actor.lang if one.actor else "fr"

    def _settled(self, address: Address) -> str:
        return self.audience(address)

    def changes(self, revision: str, audience: str) -> tuple[DocumentChange, ...]:
        """What an audience may be told of a revision: what it could read then, and still can."""
        change_set = self._set(revision)
        if change_set is None:
            return ()
        kept = {d.key for d in self.services.knowledge.documents("broker")}
        open_now = {d.key for d in self.services.knowledge.documents(audience)}
        return tuple(
            change
            for change in for_audience(change_set, audience)
            if change.document.key not in kept or change.document.key in open_now
        )

    def _set(self, revision: str) -> ChangeSet | None:
        if revision not in self._sets:
            found = (s for s in self.mail.changes.newest_first() if s.revision == revision)
            self._sets[revision] = next(found, None)
            while len(self._sets) > 16:
                self._sets.popitem(last=False)
        return self._sets[revision]

    def _passages(self, change: DocumentChange) -> tuple[Passage, ...]:
        found = self.services.knowledge.document(change.document.key, "broker")
        return found[1] if found else ()

    def _departed(self, subscription: Subscription) -> bool:
        """Whether whoever subscribed a channel is no longer there."""
        known = self.mail.addresses.of_actor(subscription.owner)
        owner = known.actor if known and known.actor else subscription.owner
        return self.services.access.settle(owner).audience == "outsider"


def fill(notices: Notices, put: Callable[[str, Address], object], at_once: int = 200) -> int:
    """Puts what is due in the outbox with `put`, and notes it: how many. Cut off in between, the
    same are put again under the same key."""
    count = 0
    lot: list[str] = []
    for notice, address in notices.gather():
        put(notice, address)
        lot.append(notice)
        if len(lot) >= at_once:
            notices.mail.subscriptions.queued(lot)
            count, lot = count + len(lot), []
    notices.mail.subscriptions.queued(lot)
    return count + len(lot)
