"""Rules of the dialog « après la signature »: obligations as rows (guide, 4.1 to 4.13)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from knowledge import deadlines
from knowledge.dialog import Facts
from knowledge.rule_kinds import Cell, Row, Said, day


def followed(facts: Facts) -> tuple[deadlines.Obligation, ...]:
    """What follows the signature; none where its date or the contract's duration is unknown.

    Whoever doesn't know whether the RCTI binds the organisation is shown its obligations too.
    """
    signed = day(facts, "signature")
    if signed is None or not facts.get("duree"):
        return ()
    return deadlines.obligations(
        signed,
        int(facts["duree"]),
        rcti=facts.get("rcti") != "non",
        starts_on=day(facts, "debut"),
    )


AFTER = ("signature", "debut", "duree", "rcti")


def titled(obligation: deadlines.Obligation) -> tuple[Cell, ...]:
    return (
        Said(f"deadline.{obligation.key}.title"),
        Said(f"deadline.{obligation.key}.rule"),
    )


def dated_rows(facts: Facts, today: date) -> Iterable[Row]:
    for obligation in followed(facts):
        if obligation.due and obligation.kind != "keep":
            yield Row(cells=(obligation.due, *titled(obligation)))


def undated_rows(facts: Facts, today: date) -> Iterable[Row]:
    for obligation in followed(facts):
        if obligation.due is None:
            yield Row(cells=titled(obligation))


def kept_rows(facts: Facts, today: date) -> Iterable[Row]:
    for obligation in followed(facts):
        if obligation.due and obligation.kind == "keep":
            yield Row(cells=(*titled(obligation), obligation.due))


def every_rule_rows(facts: Facts, today: date) -> Iterable[Row]:
    """The same rules where no date can be counted: any contract gives their words."""
    shape = deadlines.obligations(today, deadlines.LONGEST, rcti=facts.get("rcti") != "non")
    return [Row(cells=titled(obligation)) for obligation in shape]


def holidays_counted(facts: Facts, today: date) -> Mapping[str, date | str] | None:
    """How many holidays the five business days passed over, where there was any."""
    signed = day(facts, "signature")
    if signed is None:
        return None
    due = deadlines.business_days_after(signed, deadlines.COPY_DAYS)
    passed = deadlines.holidays_between(signed, due)
    names = ", ".join(name for when, name in passed if when > signed)
    return {"holidays": names, "due": due} if names else None
