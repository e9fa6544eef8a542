"""The functions that dialogs may name: predicates, computed tables, computed remarks. Pure.

A dialog's file can name these and nothing else. Each says which fields it reads, so that a dialog
that doesn't ask them is refused when it is loaded.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from knowledge import deadlines, prerequisites
from knowledge.dialog import UNKNOWN, Facts
from knowledge.rule_kinds import Computed, Predicate, Remark, Row, Said, Shown, day
from knowledge.rules_after import (
    AFTER,
    dated_rows,
    every_rule_rows,
    holidays_counted,
    kept_rows,
    undated_rows,
)
from knowledge.rules_after import followed as followed  # the dossier's calendar asks for it here


def equals(field: str, *values: str) -> Predicate:
    """Holds where the field's answer is one of the values."""
    return Predicate((field,), lambda facts: facts.get(field, UNKNOWN) in values)


# -- Eligibility (2.4, FAQ 5.1 and 5.2)


def eligibility_points(facts: Facts) -> list[str]:
    """What of the eligibility is not settled: `<field>_<answer>`."""
    open_answers = {
        "organisation": ("autre", UNKNOWN),
        "objet": (UNKNOWN,),
        "habilitation": (UNKNOWN,),
    }
    given = {field: facts.get(field, UNKNOWN) for field in open_answers}
    return [f"{field}_{given[field]}" for field in given if given[field] in open_answers[field]]


# -- Preparation (3.4, 3.5)

PREPARATION = (
    "organisme",
    "rcti",
    "plus_bas",
    "fournisseur",
    "solution",
    *prerequisites.PREREQUISITES,
)


def to_do(facts: Facts) -> bool:
    return "a_faire" in prerequisites.states(facts).values()


def to_confirm(facts: Facts) -> bool:
    return "a_confirmer" in prerequisites.states(facts).values()


def missing_rows(facts: Facts, today: date) -> Iterable[Row]:
    for name in prerequisites.missing(facts):
        yield Row(name, (Said(f"dialogs.state.{prerequisites.state(name, facts)}"),))


def prerequisite_rows(facts: Facts, today: date) -> Iterable[Row]:
    for name, state in prerequisites.states(facts).items():
        details = tuple(Shown(f"{name}_{detail}") for detail in prerequisites.DETAILS)
        yield Row(name, (Said(f"dialogs.state.{state}"), *details))


def target(facts: Facts, today: date) -> dict[str, date] | None:
    """asked, earliest, wanted, ask_by; None where no target date was given."""
    wanted = day(facts, "cible")
    if wanted is None:
        return None
    asked = max(day(facts, "contact") or today, today)
    return {
        "asked": asked,
        "earliest": deadlines.earliest_contract(asked),
        "wanted": wanted,
        "ask_by": deadlines.ask_by(wanted),
    }


def target_tight(facts: Facts, today: date) -> Mapping[str, date | str] | None:
    dates = target(facts, today)
    return dates if dates and dates["wanted"] < dates["earliest"] else None


def target_possible(facts: Facts, today: date) -> Mapping[str, date | str] | None:
    dates = target(facts, today)
    return dates if dates and dates["wanted"] >= dates["earliest"] else None


def target_unknown(facts: Facts, today: date) -> Mapping[str, date | str] | None:
    if target(facts, today):
        return None
    asked = max(day(facts, "contact") or today, today)
    return {"asked": asked, "earliest": deadlines.earliest_contract(asked)}


# -- Needs (3.1)

NEEDS = (
    "impacts donnees risques lien_public exigences duree consommation budget mode echeancier"
    " environnement contrats prestataire"
).split()


def open_needs(facts: Facts) -> list[str]:
    """The points of 3.1 still to analyse, in the guide's order."""
    return [name for name in NEEDS if facts.get(name, UNKNOWN) in (UNKNOWN, "a_faire")]


def needs_rows(facts: Facts, today: date) -> Iterable[Row]:
    return [Row(name, (Shown(name), Shown(f"{name}_note"))) for name in NEEDS]


PREDICATES: dict[str, Predicate] = {
    "lacks_capacity": equals("habilitation", "non"),
    "eligibility_open": Predicate(
        ("organisation", "objet", "habilitation"), lambda facts: bool(eligibility_points(facts))
    ),
    "may_be_itq": equals("organisme", "itq", UNKNOWN),
    "may_be_under_rcti": equals("rcti", "oui", UNKNOWN),
    "supplier_chosen": equals("choix", "fait"),
    "head_may_decide": Predicate(
        ("rcti", "plus_bas"), lambda facts: prerequisites.applies("dirigeant", facts) is not False
    ),
    "head_decides": Predicate(
        ("rcti", "plus_bas"), lambda facts: prerequisites.applies("dirigeant", facts) is True
    ),
    "head_undecided": Predicate(
        ("rcti", "plus_bas"), lambda facts: prerequisites.applies("dirigeant", facts) is None
    ),
    "not_under_rcti": equals("rcti", "non"),
    "lowest_price": equals("plus_bas", "oui"),
    "head_has_decided": equals("dirigeant", "fait"),
    "prerequisites_to_do": Predicate(PREPARATION, to_do),
    "prerequisites_to_confirm": Predicate(PREPARATION, to_confirm),
    "needs_open": Predicate(tuple(NEEDS), lambda facts: bool(open_needs(facts))),
    "signature_unknown": Predicate(
        ("signature", "duree"), lambda facts: not (facts.get("signature") and facts.get("duree"))
    ),
}

LISTINGS: dict[str, Computed] = {
    "eligibility_points": Computed(
        ("organisation", "objet", "habilitation"),
        lambda facts, today: [Row(name) for name in eligibility_points(facts)],
    ),
    "missing_prerequisites": Computed(PREPARATION, missing_rows),
    "prerequisites": Computed(PREPARATION, prerequisite_rows),
    "open_needs": Computed(
        tuple(NEEDS), lambda facts, today: [Row(name) for name in open_needs(facts)]
    ),
    "needs": Computed(tuple(NEEDS), needs_rows),
    "dated_obligations": Computed(AFTER, dated_rows),
    "undated_obligations": Computed(AFTER, undated_rows),
    "retention": Computed(AFTER, kept_rows),
    "every_obligation": Computed(("rcti",), every_rule_rows),
}

NOTES: dict[str, Remark] = {
    "target_tight": Remark(
        ("cible", "contact"), ("asked", "earliest", "wanted", "ask_by"), target_tight
    ),
    "target_possible": Remark(
        ("cible", "contact"), ("asked", "earliest", "wanted", "ask_by"), target_possible
    ),
    "target_unknown": Remark(("cible", "contact"), ("asked", "earliest"), target_unknown),
    "holidays_counted": Remark(("signature",), ("holidays", "due"), holidays_counted),
    "rcti_unknown": Remark(
        ("rcti",), (), lambda facts, today: {} if facts.get("rcti", UNKNOWN) == UNKNOWN else None
    ),
    "financing_open": Remark(
        ("financiere",), (), lambda facts, today: {} if facts.get("financiere") != "fait" else None
    ),
    "no_public_link": Remark(
        ("lien_public",), (), lambda facts, today: {} if facts.get("lien_public") == "non" else None
    ),
}
