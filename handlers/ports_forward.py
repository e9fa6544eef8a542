"""Questions sent to the broker: what is kept so that an adviser's reply finds its way back."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, Protocol

from handlers.conversation import Address
from knowledge.passages import Frozen


class Forwarded(Frozen):
    """One question sent to the broker, and where its reply goes."""

    id: str  # unguessable
    record: str  # QuestionRecord.id
    question: str
    address: Address
    lang: Literal["fr", "en"] = "fr"
    at: datetime  # UTC


class ForwardStore(Protocol):
    """Keeps forwarded questions. Every method may raise StoreUnavailable."""

    def forward(self, forwarded: Forwarded) -> Forwarded:
        """Keeps it; the one kept already where this question was sent from this conversation."""

    def forwarded(self, forwarded_id: str) -> Forwarded | None:
        """The forwarded question of that id, or None."""
