"""What the dialogs of a dossier say: answers, outcomes, prerequisites, obligations."""

from __future__ import annotations

from datetime import date

from handlers.dossier_actions import action
from handlers.ports_dialogs import Given, Run
from handlers.ports_dossiers import Dossier, Review
from handlers.services import Services
from knowledge import prerequisites, rules
from knowledge.deadlines import Obligation
from knowledge.dialog import Dialog, Facts
from knowledge.dialog_view import OutcomeView, view
from knowledge.passages import Frozen
from knowledge.prerequisites import Prerequisite
from knowledge.replay import Reached, replay
from knowledge.replay import State as Replayed

PREPARATION = "preparation"
AFTER = "apres-signature"


class Answered(Frozen):
    """One dialog of a dossier: the run touched last, and where it stands."""

    dialog: Dialog
    run: Run
    state: Replayed

    @property
    def facts(self) -> Facts:
        """The answers that count, by field."""
        return self.state.facts

    def outcome(self, today: date, lang: str) -> OutcomeView | None:
        """Where it led, in words; None while questions are left."""
        return view(self.state, today, lang) if isinstance(self.state, Reached) else None

    @property
    def last(self) -> Given | None:
        """The last entry of its journal."""
        return self.run.given[-1] if self.run.given else None


def answered(dossier: Dossier, services: Services) -> tuple[Answered, ...]:
    """The dossier's dialogs, the preparation first, then in the order of the dialogs' files."""
    latest: dict[str, Run] = {}
    for run in services.runs.runs_of(dossier.id):
        latest.setdefault(run.dialog, run)  # the one touched last comes first
    names = sorted(services.dialogs, key=lambda name: name != PREPARATION)
    return tuple(
        Answered(
            dialog=services.dialogs[name],
            run=latest[name],
            state=replay(services.dialogs[name], latest[name].answers),
        )
        for name in names
        if name in latest
    )


def one(found: tuple[Answered, ...], dialog: str) -> Answered | None:
    """The dossier's run of one dialog, or None."""
    return next((answers for answers in found if answers.dialog.id == dialog), None)


class Item(Frozen):
    """Where one prerequisite stands, and what the broker said of it."""

    name: Prerequisite
    state: prerequisites.State
    date: str = ""  # YYYY-MM-DD
    reference: str = ""
    note: str = ""
    review: Review | None = None
    outdated: bool = False  # answered anew since the broker's review


def items(dossier: Dossier, preparation: Answered | None) -> tuple[Item, ...]:
    """The six prerequisites in the guide's order; before any answer, to be confirmed."""
    facts = preparation.facts if preparation else {}
    return tuple(
        Item(
            name=name,
            state=state,
            date=facts.get(f"{name}_date", ""),
            reference=facts.get(f"{name}_ref", ""),
            note=facts.get(f"{name}_note", ""),
            review=dossier.reviews.get(name),
            outdated=is_outdated(name, dossier.reviews.get(name), preparation),
        )
        for name, state in prerequisites.states(facts).items()
    )


def is_outdated(name: str, review: Review | None, preparation: Answered | None) -> bool:
    """Whether the prerequisite's question was answered after the broker's review of it."""
    if review is None or preparation is None:
        return False
    return any(given.question == name and given.at > review.at for given in preparation.run.given)


def choice(preparation: Answered | None) -> tuple[str, str]:
    """(supplier, solution) as answered; empty where not."""
    facts = preparation.facts if preparation else {}
    return facts.get("fournisseur", ""), facts.get("solution", "")


def changed_since(dossier: Dossier, found: tuple[Answered, ...]) -> tuple[Answered, ...]:
    """The dialogs answered since the last submission; none where there was none."""
    if dossier.submission is None:
        return ()
    versions = dossier.submission.versions
    return tuple(a for a in found if a.run.version > versions.get(a.run.id, 0))


def obligations(found: tuple[Answered, ...]) -> tuple[Obligation, ...]:
    """What follows the signature, once the dialog about it says when that was."""
    after = one(found, AFTER)
    return rules.followed(after.facts) if after else ()


def continue_action(dialog: str, dossier: Dossier) -> str:
    """The action that goes on with a dialog in this dossier, or begins it."""
    return f"dialog:start:{dialog}:{dossier.id}"


def export_action(kind: str, dossier: Dossier) -> str:
    """The action whose reply is the dossier as a file: word, pdf, calendar, message."""
    return action(kind, dossier.id)
