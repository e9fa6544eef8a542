"""What handlers need of the documents' history; knowledge/changelog.py keeps it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from knowledge.change_set import ChangeSet


class ChangeLog(Protocol):
    """The change sets of the index, kept for ever."""

    def newest_first(self) -> Iterable[ChangeSet]:
        """Every change set, the one of the revision in force first; read as one goes on."""


class Published(Protocol):
    """Hears of a change set that came in force: once a revision as a rule, again where a crash
    came between hearing and noting it. Whoever listens gives its messages keys of their own."""

    def on_published(self, change_set: ChangeSet) -> None:
        """Queues what is to be told. May raise StoreUnavailable: it is then asked again."""
