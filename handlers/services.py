"""What every handler is given: the outside world, put together once by bot/bootstrap.py."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from handlers.access import Access
from handlers.ports import Clock, Knowledge, RecordStore, Sessions


@dataclass(frozen=True)
class Services:
    """Everything a handler may use. `new_id` gives an unguessable name each time."""

    knowledge: Knowledge
    records: RecordStore
    sessions: Sessions
    access: Access
    clock: Clock
    new_id: Callable[[], str]
    record_questions: bool = True
    top: int = 3  # how many citations an answer shows at most
