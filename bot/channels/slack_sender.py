"""What the assistant sends by itself in Slack: the Sender that the outbox drains into."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from bot.channels.sending import SendLater, SendNever
from bot.channels.slack_desk import Desk, Spot, spot_of
from bot.channels.slack_pages import Page
from bot.channels.slack_replies import METADATA, Replies
from bot.channels.slack_workspaces import Workspace
from handlers.conversation import Address, Reply
from handlers.forward import KEY

T = TypeVar("T")


class SlackSender:
    """Implements bot.channels.sending.Sender from any thread: the calls are made in the event
    loop of the channel, each once; patience and rates are the outbox's."""

    channel = "slack"

    def __init__(self, desk: Desk, replies: Replies, loop: asyncio.AbstractEventLoop) -> None:
        self.desk = desk
        self.replies = replies
        self.loop = loop

    def send(self, address: Address, reply: Reply, *, key: str) -> str:
        """Sends a message; its ts, and the first one's where it takes several."""
        return self.wait(self._send(address, reply, key))

    def find(self, address: Address, key: str) -> str | None:
        """The ts of the message sent with this key, None where there is none or Slack can't say."""
        return self.wait(self._find(address, key))

    def edit(self, address: Address, message: str, reply: Reply) -> None:
        """Puts `reply` in the place of a message."""
        self.wait(self._edit(address, message, reply))

    def recall(self, address: Address, message: str) -> None:
        """Takes a message back."""
        self.wait(self._recall(address, message))

    def wait(self, work: Coroutine[Any, Any, T]) -> T:
        """What the loop came back with. Raises SendLater when the channel is stopped."""
        if self.loop.is_closed() or not self.loop.is_running():
            work.close()
            raise SendLater("stopped")
        limit = self.desk.options.timeout * 4
        try:
            return asyncio.run_coroutine_threadsafe(work, self.loop).result(limit)
        except TimeoutError as error:
            raise SendLater("timeout") from error

    async def _place(self, address: Address) -> tuple[Workspace, Spot]:
        """Where an address is. Raises SendNever where the assistant is not installed."""
        spot = spot_of(address)
        home = await self.desk.workspaces.get(spot.team)
        if home is None or home.team != spot.team:
            raise SendNever("access", "not_installed")
        if spot.channel[:1] in ("U", "W"):
            told = await self.desk.api.call("conversations.open", home.token, users=spot.channel)
            channel = str((told.get("channel") or {}).get("id") or spot.channel)
            spot = Spot(spot.team, channel, spot.thread, spot.channel)
        return home, spot

    def _pages(self, reply: Reply) -> list[Page]:
        """The reply's messages, in the language that its own phrases are in already."""
        return self.desk.thought(reply, self.desk.options.lang).pages

    async def _send(self, address: Address, reply: Reply, key: str) -> str:
        home, spot = await self._place(address)
        if not key.startswith(KEY):
            return await self._sent(home, spot, reply, key)
        async with self.desk.locks.held(f"forwarding {spot.place}"):
            message = await self._sent(home, spot, reply, key)
            # An adviser's reply in this thread finds its way back by this note.
            await self.noted(spot, message, key)
        return message

    async def _sent(self, home: Workspace, spot: Spot, reply: Reply, key: str) -> str:
        names = []
        pages = await asyncio.to_thread(self._pages, reply)
        for number, page in enumerate(pages):
            sent = await self.desk.api.call(
                "chat.postMessage",
                home.token,
                channel=spot.channel,
                thread_ts=spot.thread or None,
                metadata={
                    "event_type": METADATA,
                    "event_payload": {"key": key if number == 0 else f"{key}~{number}"},
                },
                **page.arguments(),
            )
            names.append(str(sent.get("ts") or ""))
        return names[0] if names else ""

    async def noted(self, spot: Spot, message: str, key: str) -> None:
        """Keeps the key of a message for those who answer it. Raises StoreUnavailable: the outbox
        then comes back and finds the message sent."""
        await asyncio.to_thread(self.desk.store.sent, spot.place, message, key, self.desk.clock())

    async def _find(self, address: Address, key: str) -> str | None:
        home, spot = await self._place(address)
        found = await self.replies.find(home, spot, key)
        if found and key.startswith(KEY):
            await self.noted(spot, found, key)
        return found

    async def _edit(self, address: Address, message: str, reply: Reply) -> None:
        home, spot = await self._place(address)
        pages = await asyncio.to_thread(self._pages, reply)
        given = {k: v for k, v in pages[0].arguments().items() if k in ("blocks", "text")}
        await self.desk.api.call(
            "chat.update", home.token, channel=spot.channel, ts=message, **given
        )

    async def _recall(self, address: Address, message: str) -> None:
        home, spot = await self._place(address)
        try:
            await self.desk.api.call("chat.delete", home.token, channel=spot.channel, ts=message)
        except SendNever as error:
            if error.detail != "message_not_found":  # gone already: that was the wish
                raise
