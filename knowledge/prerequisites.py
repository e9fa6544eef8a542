"""The six prerequisites of the startup meeting (guide, 3.5): whom each binds, where each stands.

All from the answers of the dialog `preparation`; its rules, the dossier and the exports read it.
"""

from __future__ import annotations

from typing import Literal

from knowledge.dialog import UNKNOWN, Facts

Prerequisite = Literal["choix", "cei", "dirigeant", "soumission", "financiere", "conditions"]
State = Literal["fait", "a_faire", "a_confirmer", "sans_objet"]

# In the order of 3.5, which is the order of the dialog's questions but for the choice.
PREREQUISITES: tuple[Prerequisite, ...] = (
    "cei",
    "choix",
    "soumission",
    "conditions",
    "dirigeant",
    "financiere",
)
# What usually takes longest first; the choice before all, since the others depend on it. The guide
# sets no such delays: the outcome says so.
BY_LEAD_TIME: tuple[Prerequisite, ...] = (
    "choix",
    "cei",
    "dirigeant",
    "soumission",
    "financiere",
    "conditions",
)
# What each prerequisite may carry besides its state: field names end so.
DETAILS = ("date", "ref", "note")


def applies(name: Prerequisite, facts: Facts) -> bool | None:
    """Whether a prerequisite binds the organisation; None where the answers don't tell."""
    if name == "cei":
        return {"itq": True, "autre": False}.get(facts.get("organisme", UNKNOWN))
    if name == "dirigeant":
        rcti, lowest = facts.get("rcti", UNKNOWN), facts.get("plus_bas", UNKNOWN)
        if rcti == "non" or lowest == "oui":
            return False
        return True if (rcti, lowest) == ("oui", "non") else None
    return True


def state(name: Prerequisite, facts: Facts) -> State:
    """Where a prerequisite stands.

    « Ne s'applique pas » counts only where the guide agrees: what binds everybody, or may bind
    this organisation, is then to be confirmed with the broker.
    """
    if applies(name, facts) is False:
        return "sans_objet"
    given = facts.get(name, UNKNOWN)
    if given in (UNKNOWN, "sans_objet"):
        return "a_confirmer"
    if name == "choix" and not (facts.get("fournisseur") and facts.get("solution")):
        return "a_faire"  # the broker is told both names (3.5, step 1)
    return "fait" if given == "fait" else "a_faire"


def states(facts: Facts) -> dict[Prerequisite, State]:
    """All six, in the guide's order."""
    return {name: state(name, facts) for name in PREREQUISITES}


def missing(facts: Facts) -> tuple[Prerequisite, ...]:
    """What is still to do or to confirm, what takes longest first."""
    return tuple(name for name in BY_LEAD_TIME if state(name, facts) in ("a_faire", "a_confirmer"))
