"""The Teams channel: `TeamsChannel` puts it together and serves it from a thread of its own.

Everything of botbuilder is imported here and in teams_auth.py, and only when Teams is configured.
"""

from __future__ import annotations

import asyncio
import logging
import sys
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any, Protocol, TypeVar

from aiohttp import web

from bot.channels.teams_auth import Gate, Tokens
from bot.channels.teams_connector import Connector
from bot.channels.teams_desk import Desk
from bot.channels.teams_options import TeamsOptions, options_of
from bot.channels.teams_outbox import Letters
from bot.channels.teams_people import People
from bot.channels.teams_rooms import Rooms
from bot.channels.teams_site import PATH, Site
from bot.channels.teams_turns import Turns
from bot.config import Settings
from bot.stores.events import EventStore
from bot.stores.teams import TeamsStore
from handlers.conversation import Incoming, Reply
from handlers.ports import Clock
from knowledge.phrases import Problem, say

log = logging.getLogger(__name__)

Got = TypeVar("Got")
THREADS = 12  # for handlers, the stores and tokens
FAREWELL = 15.0  # seconds for what is under way when the program ends


class Replies(Protocol):
    """What answers: handlers.router.Router, or a test's stand-in."""

    def reply(self, incoming: Incoming) -> Reply:
        """The reply to anything; synchronous."""


class Assistant(Protocol):
    """What the channel needs of bot.bootstrap.App."""

    @property
    def settings(self) -> Settings:
        """The settings in force."""

    @property
    def router(self) -> Replies:
        """The door to the handlers."""

    @property
    def events(self) -> EventStore:
        """Events in hand or answered."""


def now() -> datetime:
    """The present moment."""
    return datetime.now(UTC)


class TeamsChannel:
    """One bot. `start` listens, `stop` ends; `run` awaits something in its loop meanwhile.

    Without `start`, `run` still works, for whoever only sends.
    """

    def __init__(
        self,
        app: Assistant,
        options: TeamsOptions | None = None,
        *,
        gate: Callable[[TeamsOptions], Gate] = Gate,
        connector: Connector | None = None,
        clock: Clock = now,
    ) -> None:
        """Raises Problem when the options are incomplete or open to strangers."""
        self.options = (options or options_of(app.settings)).checked()
        self.clock = clock
        self.store = TeamsStore(app.settings.database)
        tokens = Tokens(self.options)
        self.connector = connector or Connector(tokens.token, anonymous=self.options.anonymous)
        self.letters = Letters(self.connector)
        self.rooms = Rooms(self.store, clock)
        people = People(self.connector, self.options.tenants, self.rooms.personal_room)
        desk = Desk(app.router.reply, self.options, self.letters, people, self.rooms)
        self.turns = Turns(desk, app.events, clock)
        self.gate = gate
        self.loop = asyncio.new_event_loop()
        self.loop.set_default_executor(ThreadPoolExecutor(THREADS, thread_name_prefix="teams"))
        self.thread: threading.Thread | None = None
        self.runner: web.AppRunner | None = None
        self.turn = threading.Lock()

    def start(self) -> str:
        """Listens; returns the address of the endpoint. Raises Problem when the port is taken."""
        return self.run(self.listen(), 30.0)

    def run(self, work: Coroutine[Any, Any, Got], seconds: float) -> Got:
        """Awaits `work` in the channel's loop, from any other thread. Raises TimeoutError."""
        with self.turn:
            if self.thread is None:
                self.thread = threading.Thread(
                    target=self.loop.run_forever, name="teams", daemon=True
                )
                self.thread.start()
        future = asyncio.run_coroutine_threadsafe(work, self.loop)
        try:
            return future.result(seconds)
        except TimeoutError:
            future.cancel()
            raise

    async def listen(self) -> str:
        """Opens the endpoint."""
        options = self.options
        site = Site(options, self.gate(options), self.connector, self.turns).application()
        # No access log: it would tell who asks.
        self.runner = web.AppRunner(site, access_log=None, shutdown_timeout=2.0)
        await self.runner.setup()
        try:
            await web.TCPSite(self.runner, options.host, options.port).start()
        except OSError as error:
            await self.runner.cleanup()
            detail = error.strerror or str(error)
            raise Problem(
                "teams.port_taken", host=options.host, port=options.port, detail=detail
            ) from error
        if options.anonymous:
            print(say("teams.anonymous", options.lang), file=sys.stderr, flush=True)
        port = self.runner.addresses[0][1]
        host = f"[{options.host}]" if ":" in options.host else options.host
        return f"http://{host}:{port}{PATH}"

    def stop(self) -> None:
        """Stops listening, finishes what is under way, closes what is open."""
        if self.thread is not None:
            self.run(self.farewell(), FAREWELL + 5.0)
            self.loop.call_soon_threadsafe(self.loop.stop)
            self.thread.join(5.0)
            self.thread = None
        if not self.loop.is_closed() and not self.loop.is_running():
            self.loop.close()
        self.store.close()

    async def farewell(self) -> None:
        """The same, in the loop."""
        if self.runner is not None:
            await self.runner.cleanup()
        await self.turns.finish(FAREWELL)
        await self.connector.close()
        await self.loop.shutdown_default_executor()
