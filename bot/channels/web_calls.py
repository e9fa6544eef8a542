"""Calls the synchronous router from the event loop: so many at a time, so long, no longer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from handlers.conversation import Incoming, Reply


class Busy(Exception):
    """Too many questions wait already."""


class TooSlow(Exception):
    """The answer took longer than a visitor is asked to wait."""


class Calls:
    """A bounded door to the router. A call that is given up keeps its place until it ends,
    for a thread can't be stopped: so there are never more than `in_flight` threads."""

    def __init__(
        self, reply: Callable[[Incoming], Reply], in_flight: int, waiting: int, timeout: float
    ) -> None:
        self.reply = reply
        self.limit = in_flight + waiting
        self.timeout = timeout
        self.present = 0
        self.slots = asyncio.Semaphore(in_flight)

    async def __call__(self, incoming: Incoming) -> Reply:
        """The reply; raises Busy at once, or TooSlow after `timeout` seconds."""
        if self.present >= self.limit:
            raise Busy
        self.present += 1
        try:
            async with asyncio.timeout(self.timeout):
                await self.slots.acquire()
                call = asyncio.ensure_future(asyncio.to_thread(self.reply, incoming))
                call.add_done_callback(self.ended)
                return await asyncio.shield(call)
        except TimeoutError as error:
            raise TooSlow from error
        finally:
            self.present -= 1

    def ended(self, call: asyncio.Future[Reply]) -> None:
        """Frees the place; looks at the error, which nobody may be waiting for any more."""
        self.slots.release()
        if not call.cancelled():
            call.exception()
