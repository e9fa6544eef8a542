"""What a channel offers to whoever sends by himself: one Sender a channel."""

from __future__ import annotations

from typing import Protocol

from handlers.conversation import Address, Reply


class SendLater(Exception):
    """The platform says « not now »: too many requests, or it is out of order.

    `seconds`: how long to wait as the platform told it; None where it didn't.
    """

    def __init__(self, reason: str, seconds: float | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.seconds = seconds


class SendNever(Exception):
    """The platform refuses for good: `reason` is a code of phrases (`sending.gone` and the like).

    gone: the channel or conversation no longer exists; removed: the assistant is no longer in it;
    blocked: the person has blocked it; access: its credentials are refused; invalid: the message.
    """

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason} {detail}".strip())
        self.reason = reason
        self.detail = detail


class Sender(Protocol):
    """Sends, changes and recalls messages on one channel. Blocking, with a timeout of its own;
    safe from several threads. Every method may raise SendLater or SendNever."""

    channel: str  # Address.channel

    def send(self, address: Address, reply: Reply, *, key: str) -> str:
        """Sends the message; returns the platform's name for it once it has acknowledged it.
        `key` travels with the message where the platform can carry it."""

    def find(self, address: Address, key: str) -> str | None:
        """The platform's name of a message sent earlier with `key`, None when there is none or
        the platform can't tell: asked after a crash, before sending again."""

    def edit(self, address: Address, message: str, reply: Reply) -> None:
        """Puts `reply` in the place of a message sent earlier."""

    def recall(self, address: Address, message: str) -> None:
        """Takes a message back."""
