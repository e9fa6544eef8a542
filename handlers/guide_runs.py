"""A run at hand: who may open it, where it stands, what was answered."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from handlers.conversation import Actor, Address, Incoming, Reply, Text
from handlers.dossier_access import own
from handlers.moments import local_day
from handlers.people import Organisation
from handlers.ports import StoreUnavailable
from handlers.ports_dialogs import Run, subject_of
from handlers.services import Services
from knowledge.dialog import Dialog
from knowledge.passages import READABLE
from knowledge.phrases import Problem, say
from knowledge.replay import Asks, State, replay

log = logging.getLogger(__name__)

PREFIX = "dialog:"
DOSSIERS = 20  # those touched last, looked at for dialogs left open


@dataclass(frozen=True)
class Stand:
    """A run, its dialog, and where the answers lead."""

    run: Run
    dialog: Dialog
    state: State
    known: Mapping[str, str]  # what the file of people says of the organisation, by field

    @property
    def in_dossier(self) -> bool:
        """Whether the run belongs to a dossier rather than to its author alone."""
        return not self.run.subject.startswith("person:")

    @property
    def confirmed(self) -> bool:
        """Whether the outcome of these very answers was confirmed."""
        finished = self.run.finished
        return (
            not isinstance(self.state, Asks)
            and finished is not None
            and finished.version == self.run.version
        )


def action(verb: str, *arguments: object) -> str:
    """The action of a button: « dialog:verb:argument ». Identifiers only."""
    return PREFIX + ":".join((verb, *(str(argument) for argument in arguments)))


def spot(incoming: Incoming) -> Address:
    """Where typed words are about a run: the conversation; among several people, one's own part
    of it, so that nobody's answers go into another's dialog."""
    place = incoming.address
    if place.private:
        return place
    own_part = f"{place.conversation} {subject_of(incoming.actor)}"
    return place.model_copy(update={"conversation": own_part})


def stand_of(run: Run, services: Services) -> Stand:
    """Where a run stands. Raises Problem when its dialog is no longer there."""
    dialog = services.dialogs.get(run.dialog)
    if dialog is None:
        raise Problem("dialogs.gone")
    known = known_of(services.access.organisation(run.organisation))
    return Stand(run=run, dialog=dialog, state=replay(dialog, run.answers), known=known)


def known_of(organisation: Organisation | None) -> dict[str, str]:
    """Answers to propose, filled in but still the person's to give. What the file doesn't say is
    not taken for a no."""
    known: dict[str, str] = {}
    if organisation is not None and organisation.pccti:
        known |= {"organisation": "decret", "organisme": "autre"}
    if organisation is not None and organisation.itq:
        known |= {"organisation": "itq", "organisme": "itq"}
    if organisation is not None and organisation.rcti:
        known |= {"rcti": "oui"}
    return known


def opened(run_id: str, incoming: Incoming, services: Services) -> Stand:
    """A run that the actor may answer.

    Raises Problem: `dialogs.unknown` whether there is none or it is somebody else's; those of
    dossier_access for a run of a dossier.
    """
    run = services.runs.run(run_id)
    if run is None:
        raise Problem("dialogs.unknown")
    stand = stand_of(run, services)
    check_audience(stand.dialog, incoming.actor)
    if not stand.in_dossier:
        if run.subject != subject_of(incoming.actor):
            raise Problem("dialogs.unknown")
    else:
        own(run.subject, incoming, services)
    return stand


def not_stored(error: StoreUnavailable, incoming: Incoming) -> Reply:
    """The store can't be read or written now; what was typed is still on the screen."""
    log.warning("dialog not kept: %s", error)
    return Reply(parts=(Text(text=say("dialogs.not_stored", incoming.actor.lang), tone="error"),))


def check_audience(dialog: Dialog, actor: Actor) -> None:
    """Raises Problem `dialogs.outsider` where the dialog is not for this actor."""
    if dialog.audience not in READABLE.get(actor.audience, READABLE["outsider"]):
        raise Problem("dialogs.outsider")


def today(services: Services) -> date:
    """The day in Québec."""
    return local_day(services.clock())


def open_runs(incoming: Incoming, services: Services) -> tuple[Stand, ...]:
    """What the actor can go on with: his own runs, then those of his organisation's dossiers,
    that were not brought to a confirmed outcome; the latest first."""
    actor = incoming.actor
    subjects = [subject_of(actor)]
    if actor.organisation is not None and incoming.address.private:
        found = services.dossiers.of_organisation(actor.organisation)
        subjects += [dossier.id for dossier in found[:DOSSIERS]]
    stands = (
        stand_of(run, services)
        for subject in subjects
        for run in services.runs.runs_of(subject)
        if run.dialog in services.dialogs
    )
    return tuple(stand for stand in stands if not stand.confirmed)
