"""Tells what a revision changed to whom listens: subscriptions, holders of dossiers.

Called by `publish` and `watch` after a build, and by a running assistant when it takes up another
revision, whoever built it. Each revision is told once to each listener, oldest first.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path

from bot.stores.changes import ToldChanges
from handlers.ports import Clock, StoreUnavailable
from handlers.ports_changes import Published
from knowledge.change_set import ChangeSet
from knowledge.changelog import newest_first
from knowledge.index import current

log = logging.getLogger(__name__)

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
