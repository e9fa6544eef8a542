"""What a driver does, and how it tells what was shown."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol


@dataclass
class Shown:
    """What came back, as a person sees it."""

    text: str
    buttons: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    filling: bool = False  # a form is waiting to be filled in


class Driver(Protocol):
    """One person on one channel, in one conversation."""

    name: str

    def say(self, text: str) -> Shown:
        """Types a message."""

    def press(self, label: str) -> Shown:
        """Presses the button of this label among those last shown."""

    def fill(self, values: dict[str, str]) -> Shown:
        """Fills in the form last shown, fields not named left as they are, and sends it."""

    def judge(self, verdict: str, reason: str = "") -> Shown:
        """Says « utile » or « pas utile » of the last answer, with a reason's label."""

    def read(self) -> Shown:
        """Opens the first passage cited in its document."""

    def close(self) -> None:
        """Leaves."""
