"""Dossiers: what is kept of a purchase, and the Protocol of its store.

A dossier holds no answers: those are the runs of dialogs whose subject is its id. It holds who did
what to it and when, its state, and what the broker said of each prerequisite.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, Protocol

from pydantic import Field

from knowledge.passages import Frozen

State = Literal["draft", "submitted", "verified", "returned"]
Side = Literal["client", "broker"]
Verdict = Literal["verified", "returned"]
EventKind = Literal[
    "created",
    "renamed",
    "kept",  # a run begun outside was put in
    "submitted",
    "withdrawn",
    "item_verified",
    "item_returned",
    "verified",
    "returned",
]

STATES: tuple[State, ...] = ("draft", "submitted", "verified", "returned")
# What moves a dossier, who may do it, from which states it starts, where it ends.
MOVES: dict[EventKind, tuple[Side, tuple[State, ...], State]] = {
    "submitted": ("client", ("draft", "returned", "verified"), "submitted"),
    "withdrawn": ("client", ("submitted",), "draft"),
    "verified": ("broker", ("submitted",), "verified"),
    "returned": ("broker", ("submitted", "verified"), "returned"),
}


class Event(Frozen):
    """One line of a dossier's history."""

    number: int  # from 1, without gap: the dossier's version once it was added
    kind: EventKind
    side: Side
    at: datetime  # UTC
    by: str  # the author's name as shown to colleagues; data
    person: str  # subject_of(author): the same author however named
    item: str = ""  # the prerequisite judged
    text: str = ""  # the comment, the new name, the dialog kept; data


class Review(Frozen):
    """What the broker said last of one prerequisite."""

    item: str
    verdict: Verdict
    comment: str = ""
    at: datetime
    by: str


class Submission(Frozen):
    """The last submission, and what the runs were then."""

    at: datetime
    by: str
    versions: dict[str, int]  # Run.id → Run.version


class Dossier(Frozen):
    """One purchase of one organisation."""

    id: str  # unguessable
    organisation: str  # Organisation.id
    name: str
    state: State = "draft"
    events: tuple[Event, ...] = ()  # everything, in order
    reviews: dict[str, Review] = Field(default_factory=dict)  # by prerequisite
    submission: Submission | None = None

    @property
    def version(self) -> int:
        """How many events there are; a change is made against one version."""
        return len(self.events)

    @property
    def touched(self) -> datetime:
        """When it last changed."""
        return self.events[-1].at


class Change(Frozen):
    """One change, all of it or nothing. Its events follow upon the version that its author saw."""

    events: Annotated[tuple[Event, ...], Field(min_length=1)]
    name: str | None = None
    state: State | None = None
    reviews: tuple[Review, ...] = ()
    submission: Submission | None = None

    @property
    def seen(self) -> int:
        """The version that the change was made against."""
        return self.events[0].number - 1


class DossierConflict(Exception):
    """A change was made against an older version; nothing was written."""

    def __init__(self, dossier: Dossier, since: tuple[Event, ...]) -> None:
        super().__init__(dossier.id)
        self.dossier = dossier  # as it is now
        self.since = since  # what was added meanwhile, in order


class DossierStore(Protocol):
    """Keeps dossiers. Every method may raise StoreUnavailable; each is one transaction."""

    def create(self, dossier: Dossier) -> None:
        """Stores a new dossier with its first event."""

    def dossier(self, dossier_id: str) -> Dossier | None:
        """The dossier with its whole history, or None."""

    def of_organisation(self, organisation: str) -> tuple[Dossier, ...]:
        """The dossiers of an organisation, the one touched last first; 100 at most."""

    def in_states(self, states: tuple[State, ...]) -> tuple[Dossier, ...]:
        """The dossiers of every organisation in these states, the one touched longest ago
        first; 200 at most."""

    def change(self, dossier_id: str, change: Change) -> Dossier:
        """Applies a change; the dossier as it is then.

        Raises DossierConflict when the dossier has moved past `change.seen`, KeyError for an
        unknown dossier.
        """
