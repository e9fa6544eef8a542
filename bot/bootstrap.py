"""The one place where the parts are put together; nothing is built at import."""

from __future__ import annotations

import logging
import os
import uuid
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.config import Settings
from handlers.access import Access
from handlers.conversation import Address
from handlers.ports import Clock, Knowledge, StoreUnavailable
from handlers.router import Router
from handlers.services import Services
from knowledge.phrases import Problem

if TYPE_CHECKING:
    from bot.stores.events import EventStore
    from bot.stores.inbox import Inbox
    from bot.stores.questions import Storage
    from knowledge.embedding import Encoder
    from knowledge.engine import Engine


@dataclass(frozen=True)
class App:
    """The assistant, ready for a channel."""

    settings: Settings
    engine: Knowledge
    router: Router
    storage: Storage
    events: EventStore  # events of the platforms in hand or answered, for every channel
    inbox: Inbox  # notices of those whom no platform calls: the web page and the console


@dataclass
class MemorySessions:
    """Last questions kept in memory only: what `record_questions = false` asks for."""

    limit: int = 10_000
    kept: dict[Address, str] = field(default_factory=dict)

    def last_question(self, address: Address) -> str | None:
        """The last question understood in this conversation, or None."""
        return self.kept.get(address)

    def remember(self, address: Address, question: str, at: datetime) -> None:
        """Makes `question` the conversation's last one; the oldest conversation goes first."""
        self.kept.pop(address, None)
        self.kept[address] = question
        while len(self.kept) > self.limit:
            self.kept.pop(next(iter(self.kept)))


def prepare_process(settings: Settings) -> None:
    """What must be set before the heavy libraries load: no model hub is ever asked."""
    os.environ["HF_HUB_OFFLINE"] = "1"
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    # On the handler as well: some libraries raise their own loggers to debug.
    handler.setLevel(settings.log_level.upper())
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    for room in ("bot", "handlers", "knowledge", "indexer"):
        logging.getLogger(room).setLevel(settings.log_level.upper())


def build_encoder(settings: Settings) -> Encoder:
    """The encoder that the settings name; raises Problem when it can't be loaded."""
    from knowledge.embedding import load_encoder

    return load_encoder(settings.model, settings.query_prompt, settings.passage_prompt)


def build_engine(settings: Settings) -> Engine:
    """The engine over the settings' index; nothing is read before the first question."""
    from knowledge.engine import Engine

    return Engine(settings.index, load=lambda: build_encoder(settings), lexicon=settings.lexicon)


def build_access(settings: Settings) -> Access:
    """Who may do what; raises Problem when the file of people is wrong, or named and missing."""
    from bot.people import PeopleFile

    people = PeopleFile(settings.people)
    origin = settings.origins.get("people", "default")
    if people() is None and origin != "default":
        raise Problem("config.people_missing", path=settings.people, origin=origin)
    by_channel = {"console": settings.audience_console, "web": settings.audience_web}
    return Access(by_channel, people, settings.organisation_local)


def forget_old(app: App) -> None:
    """Applies the retention when a channel starts: it holds even where nobody asks any more."""
    with suppress(StoreUnavailable):
        app.storage.forget_old(datetime.now(UTC))


def build_app(
    settings: Settings,
    *,
    engine: Knowledge | None = None,
    storage: Storage | None = None,
    clock: Clock | None = None,
) -> App:
    """The assistant, put together. Tests enter here too, with fakes for what they replace."""
    from bot.delivery_limits import workspace
    from bot.mailroom import build_mailroom
    from bot.published import ChangeLog
    from bot.stores.dialogs import DialogStore
    from bot.stores.dossiers import Dossiers
    from bot.stores.events import EventStore
    from bot.stores.forwards import Forwards
    from bot.stores.inbox import Inbox
    from bot.stores.outbox import Outbox
    from bot.stores.questions import Storage
    from handlers.forward import broker_address
    from knowledge.dialog_file import load_dialogs

    outbox, changes = Outbox(settings.database, workspace), ChangeLog(settings.index)
    engine = engine or build_engine(settings)
    storage = storage or Storage(settings.database, retention_days=settings.retention_days)
    services = Services(
        knowledge=engine,
        records=storage,
        sessions=storage if settings.record_questions else MemorySessions(),
        runs=DialogStore(settings.database, retention_days=settings.retention_days),
        dossiers=Dossiers(settings.database),
        dialogs=load_dialogs(settings.dialogs),
        lexicon=getattr(engine, "lexicon", None) or (lambda: None),
        access=build_access(settings),
        clock=clock or (lambda: datetime.now(UTC)),
        new_id=lambda: uuid.uuid4().hex,
        record_questions=settings.record_questions,
        top=settings.top,
        post=outbox,
        forwards=Forwards(settings.database, retention_days=settings.retention_days),
        broker=broker_address(settings.broker_channel),
        broker_lang=settings.language,
        changes=changes,
        mail=build_mailroom(settings, outbox, changes),
    )
    return App(
        settings=settings,
        engine=engine,
        router=Router(services),
        storage=storage,
        events=EventStore(settings.database),
        inbox=Inbox(settings.database),
    )
