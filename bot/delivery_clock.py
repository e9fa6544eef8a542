"""The time as delivery sees it: monotonic seconds, and waiting that can be cut short."""

from __future__ import annotations

import threading
import time
from typing import Protocol


class Timer(Protocol):
    """Tests bring their own."""

    def monotonic(self) -> float:
        """Seconds that only go forward, the same for all processes of the machine."""

    def wait_until(self, moment: float) -> None:
        """Returns at that moment of `monotonic`, or when woken."""

    def wake(self) -> None:
        """Cuts the waiting short."""


class MachineTimer:
    """The machine's own."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def monotonic(self) -> float:
        """CLOCK_MONOTONIC: one for all processes, and from zero when the machine starts."""
        return time.monotonic()

    def wait_until(self, moment: float) -> None:
        """Sleeps."""
        self._event.wait(max(0.0, moment - time.monotonic()))
        self._event.clear()

    def wake(self) -> None:
        """Cuts the sleep short."""
        self._event.set()
