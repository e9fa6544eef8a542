"""« … »: shows in Teams that the bot is at it."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from bot.channels.teams_connector import NoAccess, Refused, Throttled
from bot.channels.teams_outbox import Letters, Place

TYPING, AGAIN, MOST = 0.4, 4.0, 12  # seconds before « … » and between, how often at most


class Writing:
    """Shows « … » while its block runs, if that takes long enough to be seen."""

    def __init__(self, letters: Letters | None, place: Place) -> None:
        self.letters = letters
        self.place = place
        self.task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> None:
        if self.letters is not None:
            self.task = asyncio.create_task(self.show(self.letters))

    async def show(self, letters: Letters) -> None:
        """Says it now and again; whatever Teams thinks of it."""
        await asyncio.sleep(TYPING)
        for _ in range(MOST):
            with suppress(Refused, Throttled, NoAccess):
                await letters.typing(self.place)
            await asyncio.sleep(AGAIN)

    async def __aexit__(self, *_: object) -> None:
        if self.task is not None:
            self.task.cancel()
