"""Socket Mode: events by WebSocket, no public address needed."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from typing import Any

import aiohttp
from slack_bolt.adapter.socket_mode.async_internals import send_async_response
from slack_bolt.adapter.socket_mode.internals import build_headers
from slack_bolt.async_app import AsyncBoltRequest
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest

from bot.channels.sending import SendLater, SendNever
from bot.channels.slack_api import SlackApi, new_client
from bot.channels.slack_app import Slack
from bot.channels.slack_options import SlackOptions
from knowledge.phrases import Problem

log = logging.getLogger(__name__)

# The SDK logs whole messages and tracebacks of reconnections; we say the same in a line.
sdk = logging.getLogger("bot.channels.slack_sdk")
sdk.setLevel(logging.CRITICAL)


class Socket(SocketModeClient):
    """The SDK's client. It keeps trying a WebSocket address that has expired; ours asks for a
    new one each time, and notices a cut connection without waiting for its next ping. A notice
    of disconnection and the cut that follows it make one new connection: a second one, which
    nobody reads, would swallow events."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.connecting = asyncio.Lock()
        self.retired: aiohttp.ClientWebSocketResponse | None = None  # closed by ourselves

    async def connect(self) -> None:
        """Connects anew."""
        async with self.connecting:
            await self.dial()

    async def dial(self) -> None:
        """Connects, with a new address after each failure, until it works or is closed."""
        pause = min(self.ping_interval, 1.0)
        while not self.closed:
            try:
                url = self.wss_uri or await self.issue_new_wss_url()
                await self.attempt(url)
                return
            except Exception as error:
                if self.closed:
                    return
                self.wss_uri = None
                log.warning("slack socket not connected (%s), trying again", type(error).__name__)
                await asyncio.sleep(pause)
                pause = min(pause * 2, 30.0)

    async def attempt(self, url: str) -> None:
        """One try at an address."""
        self.retired = self.current_session
        if self.retired is not None:
            with suppress(Exception):
                await self.retired.close()
        if self.aiohttp_client_session.closed:
            self.aiohttp_client_session = aiohttp.ClientSession()
        async with asyncio.timeout(10):
            self.current_session = await self.aiohttp_client_session.ws_connect(
                url, autoping=True, heartbeat=self.ping_interval, proxy=self.proxy
            )
        self.stale = False
        for task in (self.current_session_monitor, self.message_receiver):
            if task is not None and task is not asyncio.current_task():
                task.cancel()
        self.current_session_monitor = None
        self.message_receiver = asyncio.ensure_future(self.receive(self.current_session))
        log.info("slack socket connected")

    async def receive(self, session: aiohttp.ClientWebSocketResponse) -> None:
        """Passes messages on; when the connection ends, makes a new one."""
        async for message in session:
            if message.type == aiohttp.WSMsgType.TEXT:
                await self.enqueue_message(message.data)
        async with self.connecting:
            if not self.closed and session is self.current_session is not self.retired:
                log.warning("slack socket cut, connecting again")
                self.wss_uri = None
                await self.dial()

    async def is_connected(self) -> bool:
        """Whether the present connection is open."""
        return self.current_session is not None and not self.current_session.closed


async def open_socket(slack: Slack, api: SlackApi, options: SlackOptions) -> Socket:
    """The connection, receiving. Raises Problem when Slack refuses the app token."""
    try:
        told = await api.guarded(api.client.apps_connections_open(app_token=options.app_token))
    except SendNever as error:
        raise Problem("slack.refused", name="slack_app_token", detail=error.detail) from error
    except SendLater as error:
        raise Problem("slack.unreachable", url=options.api_url, detail=error.reason) from error
    socket = Socket(
        app_token=options.app_token,
        logger=sdk,
        web_client=new_client(options, api.session),
        ping_interval=options.ping,
    )
    if options.local:
        socket.proxy = None
    socket.wss_uri = told.get("url")

    async def heard(client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        try:
            parsed = AsyncBoltRequest(
                mode="socket_mode", body=request.payload, headers=build_headers(request)
            )
        except Exception as error:
            log.warning("slack payload not read: %s", type(error).__name__)
            return
        response = await slack.dispatch(parsed)
        await send_async_response(client, request, response, 0.0)

    socket.socket_mode_request_listeners.append(heard)
    await socket.connect()
    return socket
