"""The Slack channel: `SlackService` runs beside whatever else the program serves."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable
from contextlib import AsyncExitStack, suppress
from datetime import UTC, datetime

from aiohttp import web

from bot.bootstrap import App
from bot.channels.slack_api import Pace, SlackApi
from bot.channels.slack_app import Slack
from bot.channels.slack_desk import Desk, Door, Seen
from bot.channels.slack_door import Signatures, create_site
from bot.channels.slack_install import oauth_flow
from bot.channels.slack_options import SlackOptions, options_of
from bot.channels.slack_people import People
from bot.channels.slack_sender import SlackSender
from bot.channels.slack_socket import open_socket
from bot.channels.slack_workspaces import Workspaces, single_workspace
from bot.stores.slack import SlackStore
from handlers.ports import StoreUnavailable
from knowledge.phrases import Problem, say

log = logging.getLogger(__name__)

FORGETTING = 6 * 3600.0  # seconds between two clean-ups of the store
STARTING = 60.0  # seconds that Slack may take to let us in


class SlackService:
    """The channel in a thread of its own, with an event loop of its own."""

    def __init__(
        self,
        door: Door,
        options: SlackOptions,
        store: SlackStore,
        seen: Seen,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.door = door
        self.options = options.checked()
        self.store = store
        self.seen = seen
        self.clock = clock
        self.ready = threading.Event()
        self.problem: BaseException | None = None
        self.port: int | None = None  # where HTTP requests are taken, where they are
        self.team = ""  # of the one workspace, where there is one
        self.thread = threading.Thread(target=self.run, name="slack", daemon=True)
        self.loop: asyncio.AbstractEventLoop
        self.stopping: asyncio.Event
        self.sender: SlackSender
        self.desk: Desk

    def start(self) -> SlackService:
        """Returns once Slack is connected. Raises Problem when it refuses or can't be reached."""
        self.thread.start()
        if not self.ready.wait(STARTING):
            raise Problem("slack.unreachable", url=self.options.api_url, detail="timeout")
        if self.problem is not None:
            raise self.problem
        return self

    def told(self, lang: str) -> str:
        """How it is connected, in a sentence."""
        ways = ["slack.by_socket"] if self.options.socket_mode else []
        if self.options.signing_secret and self.port is not None:
            ways.append("slack.by_http")
        given = {"team": self.team or "OAuth", "host": self.options.host, "port": self.port}
        return "\n".join(say(words, lang, **given) for words in ways)

    def stop(self) -> None:
        """Ends the connection; answers under way have a few seconds to go out."""
        if self.thread.is_alive() and self.problem is None:
            self.loop.call_soon_threadsafe(self.stopping.set)
            self.thread.join(15)

    def run(self) -> None:
        """The thread."""
        try:
            asyncio.run(self.main())
        except Exception as error:
            self.problem = error
            if self.ready.is_set():
                log.error("slack channel ended: %s", type(error).__name__)
        finally:
            self.ready.set()

    async def main(self) -> None:
        """Puts the channel together, serves until stopped."""
        self.loop = asyncio.get_running_loop()
        self.stopping = asyncio.Event()
        async with AsyncExitStack() as stack:
            await self.opened(stack)
            self.ready.set()
            while not self.stopping.is_set():
                await self.forget_old()
                with suppress(TimeoutError):
                    await asyncio.wait_for(self.stopping.wait(), FORGETTING)

    async def forget_old(self) -> None:
        """Forgets what no button or thread needs any more."""
        try:
            await asyncio.to_thread(self.store.forget_old, self.clock())
        except StoreUnavailable as error:
            log.warning("slack store: %s", error)

    async def opened(self, stack: AsyncExitStack) -> None:
        """The channel, connected; `stack` closes what was opened."""
        api = SlackApi(self.options)
        stack.push_async_callback(api.close)
        single = await single_workspace(api, self.options)
        self.team = single.team if single else ""
        desk = Desk(
            options=self.options,
            door=self.door,
            store=self.store,
            seen=self.seen,
            api=api,
            people=People(api, self.options, time.monotonic),
            workspaces=Workspaces(self.options, self.store, single),
            clock=self.clock,
            pace=Pace(self.options.pace, time.monotonic),
        )
        self.desk = desk
        stack.callback(desk.close)
        stack.push_async_callback(desk.finish)
        slack = Slack(desk)
        self.sender = SlackSender(desk, slack.replies, self.loop)
        if self.options.socket_mode:
            socket = await open_socket(slack, api, self.options)
            stack.push_async_callback(socket.close)
        if self.options.oauth or not self.options.socket_mode:
            await self.listening(slack, stack)
        elif self.options.signing_secret:  # both ways are given: both are open
            try:
                await self.listening(slack, stack)
            except Problem as problem:
                log.warning("%s", problem)

    async def listening(self, slack: Slack, stack: AsyncExitStack) -> None:
        """Takes HTTP requests."""
        secret = self.options.signing_secret
        flow = oauth_flow(slack.desk) if self.options.oauth else None
        site = create_site(slack, Signatures(secret) if secret else None, flow)
        runner = web.AppRunner(site, access_log=None, shutdown_timeout=2.0)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        listener = web.TCPSite(runner, self.options.host, self.options.port)
        try:
            await listener.start()
        except OSError as error:
            detail = error.strerror or str(error)
            place = {"host": self.options.host, "port": self.options.port}
            raise Problem("slack.port_taken", detail=detail, **place) from error
        self.port = int(runner.addresses[0][1])


def start(app: App) -> SlackService:
    """The channel of an assistant, connected. Raises Problem."""
    options = options_of(app.settings)
    store = SlackStore(app.settings.database)
    return SlackService(app.router, options, store, app.events).start()
