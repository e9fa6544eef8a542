"""What handlers need from outside, as small Protocols: knowledge, stores, clock.

Implementations live elsewhere (knowledge/engine.py, bot/stores/); tests use handwritten fakes.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from handlers.conversation import Address, Reply
from knowledge.passages import Answer, Document, Frozen, Passage, Status

Clock = Callable[[], datetime]  # the present moment, with its time zone (UTC)


class StoreUnavailable(Exception):
    """A store can't be read or written now (full disk, locked, damaged); the answer goes on."""


class CitedPassage(Frozen):
    """Which text was shown as a source; the digest tells later whether it has changed since."""

    passage_id: str
    document: str  # Document.key
    digest: str
    rank: int  # from 1, in the order shown


class QuestionRecord(Frozen):
    """One question and how it ended. Says nothing of who asked, nor in which conversation."""

    id: str
    at: datetime
    channel: str
    lang: str
    question: str
    status: Status
    cited: tuple[CitedPassage, ...] = ()


class FeedbackRecord(Frozen):
    """« utile / pas utile » on a recorded question; the last word of the asker counts."""

    question_id: str
    at: datetime
    useful: bool
    reason: str = ""  # a code of handlers/feedback.py, empty when none was given
    comment: str = ""


class Knowledge(Protocol):
    """What handlers ask of the engine; raises knowledge.phrases.Problem when there is no index."""

    def answer(
        self,
        question: str,
        *,
        audience: str = "outsider",
        lang: str | None = None,
        top: int = 3,
        previous: str | None = None,
    ) -> Answer:
        """The cited answer; `previous` completes a follow-up such as « et pour ITQ? »."""

    def passage(self, passage_id: str, audience: str) -> tuple[Document, Passage] | None:
        """The passage with its document; None when unknown or not for this audience."""

    def document(self, key: str, audience: str) -> tuple[Document, tuple[Passage, ...]] | None:
        """A document with its passages in reading order; None as above."""

    def sections(self, section: str, audience: str) -> tuple[tuple[Document, Passage], ...]:
        """The passages under a section number of the guide and its FAQ now in force, in order."""

    def documents(self, audience: str) -> tuple[Document, ...]:
        """The documents, in every version, that an audience may read."""

    def warm(self) -> None:
        """Loads everything now, so that the first question does not wait."""


class RecordStore(Protocol):
    """Keeps questions and feedback. Every method may raise StoreUnavailable."""

    def save_question(self, record: QuestionRecord) -> None:
        """Stores a question with its cited passages."""

    def save_feedback(self, record: FeedbackRecord) -> bool:
        """Stores or replaces the feedback on a question; False when the question is unknown."""

    def question(self, record_id: str) -> QuestionRecord | None:
        """The stored question, or None."""

    def feedback(self, record_id: str) -> FeedbackRecord | None:
        """The feedback on a question, or None."""

    def forget_old(self, now: datetime) -> int:
        """Forgets what is past the retention; returns how many questions went."""


class Sessions(Protocol):
    """Remembers a conversation's last question, for follow-ups. May raise StoreUnavailable."""

    def last_question(self, address: Address) -> str | None:
        """The last question understood in this conversation, or None."""

    def remember(self, address: Address, question: str, at: datetime) -> None:
        """Makes `question` the conversation's last one."""


class Post(Protocol):
    """Takes messages that the assistant sends by itself; they leave later, each exactly once.

    The same `key` for the same address is sent once, whoever asks again. May raise
    StoreUnavailable; what was accepted survives a restart.
    """

    def post(self, address: Address, reply: Reply, *, key: str) -> None:
        """Queues `reply` for `address`."""
