"""Tells what a revision changed to whom listens: subscriptions, holders of dossiers.

Called by `publish` and `watch` after a build, and by a running assistant when it takes up another
revision, whoever built it. Each revision is told once to each listener, oldest first.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from bot.stores.changes import RestingAnswers, ToldChanges
from handlers.moments import local_day
from handlers.notices import Notices
from handlers.ports import Clock, StoreUnavailable
from handlers.ports_changes import Published
from handlers.services import Services
from handlers.stale_notices import resting_on
from handlers.topics import told_by
from knowledge.change_set import ChangeSet
from knowledge.changelog import newest_first
from knowledge.index import current
from knowledge.phrases import say

if TYPE_CHECKING:
    from bot.bootstrap import App
    from bot.config import Settings

log = logging.getLogger(__name__)

PAGE = 500  # subscriptions read at once
MOST = 500  # revisions: what is older than that many builds is no news


class ChangeLog:
    """The change sets of an index folder."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def newest_first(self) -> Iterator[ChangeSet]:
        """The latest change sets, at most MOST, the one in force first."""
        return islice(newest_first(self.root, current(self.root)), MOST)


class PublishedChanges:
    """The revisions in force, told to each listener."""

    def __init__(
        self,
        root: Path,
        store: ToldChanges,
        listeners: Mapping[str, Published],
        clock: Clock,
    ) -> None:
        """`listeners` by a name that lasts: what was told is noted under it."""
        self.root, self.store, self.clock = root, store, clock
        self.listeners = dict(listeners)
        self._seen: str | None = None

    def poll(self) -> int:
        """Tells what has not been told yet; returns how many tellings. Costs one small file where
        nothing changed. A listener or a store that fails is asked again at the next call."""
        directory = current(self.root)
        if directory is None or directory.name == self._seen:
            return 0
        count, whole = 0, True
        for name, listener in self.listeners.items():
            try:
                count += self._tell(name, listener, directory)
            except StoreUnavailable as error:
                log.warning("changes not told to %s yet: %s", name, error)
                whole = False
        if whole:
            self._seen = directory.name
        return count

    def _tell(self, name: str, listener: Published, directory: Path) -> int:
        told = self.store.told(name)
        waiting: list[ChangeSet] = []
        for change_set in islice(newest_first(self.root, directory), MOST):
            # whoever never heard of anything has no use for what was news years ago
            if change_set.revision in told or (waiting and not told):
                break
            waiting.append(change_set)
        for change_set in reversed(waiting):
            if change_set.told:
                listener.on_published(change_set)
            self.store.mark(name, change_set.revision, self.clock())
        return len(waiting)


@dataclass(frozen=True)
class Publisher:
    """What `publish` and `watch` need after a build, and before: to how many it goes."""

    changes: PublishedChanges
    services: Services
    answers: RestingAnswers
    app: App

    def reach(self, change_set: ChangeSet, lang: str) -> str:
        """A sentence: how many subscriptions the changes may concern and in how many conversations,
        how many dossiers and recent answers, and how many of the answers on record."""
        subscriptions, conversations = self.subscriptions(change_set)
        return say(
            "publish.reach",
            lang,
            subscriptions=subscriptions,
            conversations=conversations,
            dossiers=self.dossiers(change_set),
            recent=self.recent(change_set),
            answers=len(self.answers.resting_on(change_set.rested_on())),
        )

    def dossiers(self, change_set: ChangeSet) -> int:
        """Dossiers with an outcome that rests on what changed."""
        mail = self.services.mail
        if mail is None or mail.holdings is None:
            return 0
        return sum(1 for _ in resting_on(change_set, self.services, mail.holdings))

    def recent(self, change_set: ChangeSet) -> int:
        """Conversations with an answer since yesterday that rests on what changed."""
        mail = self.services.mail
        if mail is None or mail.recent is None:
            return 0
        today = local_day(self.services.clock())
        return sum(1 for _ in mail.recent.resting_on(change_set.rested_on(), today))

    def subscriptions(self, change_set: ChangeSet) -> tuple[int, int]:
        """(subscriptions to something that changed, conversations that they are sent to); fewer
        hear of it where not all may read it."""
        mail = self.services.mail
        if mail is None or not change_set.told:
            return 0, 0
        new = {
            change.document.id: tuple(change.delta.fresh.values())
            for change in change_set.told
            if change.kind == "new" and change.delta
        }
        count, after = 0, ""
        conversations: set[tuple[str, str]] = set()
        while page := mail.subscriptions.page(after, PAGE):
            after = page[-1].id
            for subscription in page:
                if not subscription.paused and any(
                    told_by(subscription, change, new.get(change.document.id, ())) is not None
                    for change in change_set.told
                ):
                    count += 1
                    where = subscription.address
                    conversations.add((where.channel, where.conversation))
        return count, len(conversations)

    def close(self) -> None:
        """Releases the files."""
        self.changes.store.close()
        self.answers.close()
        self.app.storage.close()


def publisher(settings: Settings) -> Publisher:
    """The publisher over the settings' index and database; no model is loaded for it."""
    from bot.bootstrap import build_app

    app = build_app(settings)
    services = app.router.services
    store = ToldChanges(settings.database, settings.index)
    return Publisher(
        changes=PublishedChanges(settings.index, store, listeners(services), services.clock),
        services=services,
        answers=RestingAnswers(settings.database),
        app=app,
    )


def listeners(services: Services) -> dict[str, Published]:
    """Whoever is to hear of what a revision changed, by a name that lasts."""
    if services.mail is None or services.post is None:
        return {}
    return {"notices": Notices(services, services.mail, services.post)}
