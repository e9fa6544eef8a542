"""What every handler is given: the outside world, put together once by bot/bootstrap.py."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from handlers.access import Access
from handlers.ports import Clock, Knowledge, RecordStore, Sessions
from handlers.ports_dialogs import RunStore
from knowledge.dialog import Dialog


@dataclass(frozen=True)
class Services:
    """Everything a handler may use. `new_id` gives an unguessable name each time."""

    knowledge: Knowledge
    records: RecordStore
    sessions: Sessions
    runs: RunStore
    dialogs: Mapping[str, Dialog]  # by id, in the order in which they are offered
    access: Access
    clock: Clock
    new_id: Callable[[], str]
    record_questions: bool = True
    top: int = 3  # how many citations an answer shows at most
