"""Runs of dialogs: what is kept of a dialog being answered, and the Protocol of its store.

A run holds what was answered, never where it stands: knowledge/replay.py works that out from the
answers, so that going back, changing an answer and resuming elsewhere need nothing more.
"""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from handlers.conversation import Actor, Address
from knowledge.passages import Citation, Frozen


def subject_of(actor: Actor) -> str:
    """The subject of a run that belongs to nobody but its author.

    The same on every channel where the file of people knows the author.
    """
    return f"person:{actor.person or f'{actor.channel}:{actor.id}'}"


class Given(Frozen):
    """One entry of a run's journal: a question answered, answered anew, or withdrawn."""

    number: int  # from 1, without gap: the run's version once it was added
    question: str  # Question.id of the dialog
    values: dict[str, str] | None  # field name → value as FormField tells; None: withdrawn
    by: str  # the author's name as shown to colleagues; data
    person: str  # subject_of(author): the same author however named
    at: datetime  # UTC


class Ground(Frozen):
    """A passage that an outcome rests on, as it read on the day."""

    section: str  # « 3.4.4 »
    about: str  # the words that choose the passage within its section
    citation: Citation


class Finished(Frozen):
    """The outcome reached last, with what it rests on."""

    outcome: str  # Outcome.id of the dialog
    version: int  # the run's version when it was reached
    at: datetime
    grounds: tuple[Ground, ...]


class Run(Frozen):
    """One dialog being answered, or answered."""

    id: str  # unguessable
    dialog: str  # Dialog.id
    subject: str  # a dossier's id, or subject_of(author)
    organisation: str | None = None  # Organisation.id; None where the author has none
    started: datetime
    given: tuple[Given, ...] = ()  # everything, in order: the journal
    finished: Finished | None = None

    @property
    def version(self) -> int:
        """How many entries the journal has; an answer is given against one version."""
        return len(self.given)

    @property
    def answers(self) -> dict[str, dict[str, str]]:
        """The answers in force: question → field → value. What was withdrawn is left out."""
        last = {given.question: given.values for given in self.given}
        return {question: values for question, values in last.items() if values is not None}

    def last(self, question: str) -> Given | None:
        """The last entry about a question that holds values, even if withdrawn since."""
        return next(
            (g for g in reversed(self.given) if g.question == question and g.values is not None),
            None,
        )


class Conflict(Exception):
    """An answer was given against an older version of the run; nothing was written."""

    def __init__(self, run: Run, since: tuple[Given, ...]) -> None:
        super().__init__(run.id)
        self.run = run  # as it is now
        self.since = since  # what was added meanwhile, in order


class Focus(Frozen):
    """What a conversation is about: typed words answer this run's question."""

    run: str
    question: str = ""  # the earlier question shown for correction; empty: the next one
    at: datetime


class RunStore(Protocol):
    """Keeps runs. Every method may raise StoreUnavailable; each is one transaction."""

    def start(self, run: Run) -> None:
        """Stores a new run with an empty journal."""

    def run(self, run_id: str) -> Run | None:
        """The run with its whole journal, or None."""

    def runs_of(self, subject: str) -> tuple[Run, ...]:
        """The runs of a dossier or of a person, the one touched last first; 50 at most."""

    def give(
        self,
        run_id: str,
        question: str,
        values: dict[str, str] | None,
        *,
        version: int,
        by: str,
        person: str,
        at: datetime,
    ) -> Run:
        """Adds to the journal; the run as it is then.

        Raises Conflict when the journal has grown past `version`, KeyError for an unknown run.
        """

    def finish(self, run_id: str, finished: Finished) -> None:
        """Notes the outcome reached, in place of the one noted before."""

    def attach(self, run_id: str, subject: str, organisation: str | None) -> None:
        """Puts a run into a dossier (« Conserver dans un dossier »)."""

    def drop(self, run_id: str) -> None:
        """Forgets a run with its journal, and every focus on it."""

    def finished(self) -> tuple[Run, ...]:
        """All runs with an outcome (10,000 at most, the latest first), for « à revérifier »."""

    def current(self, address: Address) -> Focus | None:
        """What the conversation is about, or None."""

    def set_current(self, address: Address, focus: Focus | None) -> None:
        """Makes it so; None: about no run."""
