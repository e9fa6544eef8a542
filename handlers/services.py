"""What every handler is given: the outside world, put together once by bot/bootstrap.py."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from handlers.access import Access
from handlers.conversation import Address
from handlers.ports import Clock, Knowledge, Post, RecordStore, Sessions
from handlers.ports_changes import ChangeLog
from handlers.ports_dialogs import RunStore
from handlers.ports_dossiers import DossierStore
from handlers.ports_forward import ForwardStore
from handlers.ports_mail import Mailroom
from knowledge.dialog import Dialog
from knowledge.lexicon import Lexicon


@dataclass(frozen=True)
class Services:
    """Everything a handler may use. `new_id` gives an unguessable name each time."""

    knowledge: Knowledge
    records: RecordStore
    sessions: Sessions
    runs: RunStore
    dossiers: DossierStore
    dialogs: Mapping[str, Dialog]  # by id, in the order in which they are offered
    access: Access
    clock: Clock
    new_id: Callable[[], str]
    lexicon: Callable[[], Lexicon | None] = lambda: None  # for typed answers in dialogs
    record_questions: bool = True
    top: int = 3  # how many citations an answer shows at most
    post: Post | None = None  # what the assistant sends by itself; None: it doesn't
    forwards: ForwardStore | None = None
    broker: Address | None = None  # where questions are sent on to; None: nowhere
    broker_lang: str = "fr"
    mail: Mailroom | None = None  # subscriptions and announcements; None: they aren't offered
    changes: ChangeLog | None = None  # without it, only what the index holds is compared
