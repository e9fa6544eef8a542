"""How often Teams lets a bot write: by conversation and by tenant, counted before it complains."""

from __future__ import annotations

import random
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field

# (seconds, operations) in one conversation, as Microsoft publishes them.
CONVERSATION = ((1.0, 7), (2.0, 8), (30.0, 60), (3600.0, 1800))
TENANT = ((1.0, 29),)  # « below 30 a second »
KEPT = 5_000  # conversations remembered; the one longest silent is forgotten first


@dataclass
class Window:
    """When the latest operations were, newest last; `limits` as above."""

    limits: tuple[tuple[float, int], ...]
    times: deque[float] = field(default_factory=deque)

    def wait(self, now: float) -> float:
        """Seconds until one more fits in all limits."""
        longest = 0.0
        for seconds, most in self.limits:
            if len(self.times) >= most:
                longest = max(longest, self.times[-most] + seconds - now)
        return longest

    def take(self, at: float) -> None:
        """Counts one operation, done at `at`: it may lie in the future, booked."""
        self.times.append(at)
        while len(self.times) > max(most for _, most in self.limits):
            self.times.popleft()


class Rates:
    """Books a place for every operation. Not thread-safe: the connector's loop alone uses it."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self.conversations: OrderedDict[str, Window] = OrderedDict()
        self.tenants: OrderedDict[str, Window] = OrderedDict()

    def book(self, conversation: str, tenant: str, longest: float) -> float:
        """Books the next place and returns the seconds to wait for it; books nothing where
        that is over `longest`, but returns them all the same."""
        windows = (
            window(self.conversations, conversation, CONVERSATION),
            window(self.tenants, tenant, TENANT),
        )
        now = self.clock()
        wait = max(0.0, *(each.wait(now) for each in windows))
        if wait <= longest:
            for each in windows:
                each.take(now + wait)
        return wait


def window(
    kept: OrderedDict[str, Window], name: str, limits: tuple[tuple[float, int], ...]
) -> Window:
    """The window of that name, the oldest one forgotten when there are too many."""
    found = kept.setdefault(name, Window(limits))
    kept.move_to_end(name)
    if len(kept) > KEPT:
        kept.popitem(last=False)
    return found


def backoff(attempt: int, told: float | None, draw: Callable[[], float] = random.random) -> float:
    """Seconds before try number `attempt` + 1 (from 1): what Teams told, else 1, 2, 4 … with full
    jitter, so that those turned away together don't come back together."""
    if told is not None:
        return told + draw()
    return float(min(2 ** (attempt - 1), 30)) * (0.5 + draw())
