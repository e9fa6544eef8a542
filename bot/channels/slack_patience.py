"""Sending again while Slack says « later », in the channel's turn."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from bot.channels.sending import SendLater, SendNever
from bot.channels.slack_api import Pace
from bot.channels.slack_options import SlackOptions

log = logging.getLogger(__name__)

Json = dict[str, Any]


class GivenUp(SendNever):
    """Slack put it off too often, or for too long."""

    def __init__(self, reason: str) -> None:
        super().__init__("invalid", f"given up: {reason}")


async def patiently(
    pace: Pace,
    options: SlackOptions,
    channel: str,
    send: Callable[[], Awaitable[Json]],
    again: Callable[[], Awaitable[Json | None]] | None = None,
) -> Json:
    """What `send` returned, tried until Slack takes it or refuses for good. After a call whose
    answer was lost, `again` looks whether it did its work all the same. Raises SendNever."""
    pause, lost = options.backoff, False
    for left in range(options.tries - 1, -1, -1):
        async with pace.turn(channel):
            try:
                if lost and again is not None and (done := await again()):
                    return done
                return await send()
            except SendLater as error:
                wait = pause if error.seconds is None else error.seconds
                lost = lost or error.seconds is None
                if not left or wait > options.longest_wait:
                    raise GivenUp(error.reason) from error
                log.info("slack says later (%s), waiting %.1f s", error.reason, wait)
                pace.hold(channel, wait)
                pause *= 2
    raise SendNever("invalid", "never tried")
