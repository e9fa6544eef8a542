"""Dates that the guide sets: pure arithmetic, no clock.

What the guide gives without a date (« sur demande », « dès que la résiliation est effective ») is
told as a rule; no date is made up for it. The one proposed date says that it is proposed.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal

import holidays

from knowledge.passages import Frozen
from knowledge.phrases import say

STARTUP_DAYS = 30  # from asking for the startup meeting to a signed contract, at least (3.5)
COPY_DAYS = 5  # business days to send a signed document to the broker (4.13)
LONGEST = 36  # months of a specific contract, renewals included (4.5)
KEPT_YEARS = 7  # after the contract's end (4.13)
EXIT_MONTHS = 12  # before the end: proposed for planning the exit; the guide sets no date (4.12)

Kind = Literal["send", "publish", "pay", "feedback", "plan", "finish", "evaluate", "keep"]


class Obligation(Frozen):
    """Something to do after the signature; its words are phrases `deadline.<key>.…`."""

    key: str  # stable: the same obligation of the same contract keeps it
    kind: Kind
    section: str  # of the guide: « 4.13 »
    due: date | None = None  # the last day; None where only the rule `deadline.<key>.rule` says
    proposed: bool = False  # the date is the assistant's proposal, not the guide's

    def title(self, lang: str = "fr") -> str:
        """What to do, in a few words."""
        return say(f"deadline.{self.key}.title", lang)

    def rule(self, lang: str = "fr") -> str:
        """When and how, in a sentence or two."""
        return say(f"deadline.{self.key}.rule", lang)


class KeptDocument(Frozen):
    """A row of the table of 4.13."""

    key: str
    years: int = KEPT_YEARS  # kept after the contract's end; 0: during the contract
    rcti: bool = False  # for bodies under the RCTI alone


KEPT: tuple[KeptDocument, ...] = (
    KeptDocument(key="choice", years=0),
    KeptDocument(key="justification", rcti=True),
    KeptDocument(key="contract"),
    KeptDocument(key="orders"),
    KeptDocument(key="amendment"),
    KeptDocument(key="evaluation", rcti=True),
    KeptDocument(key="termination"),
    KeptDocument(key="invoices"),
    KeptDocument(key="correspondence"),
    KeptDocument(key="dispute"),
)


@lru_cache(maxsize=64)
def public_holidays(year: int, lang: str = "fr") -> dict[date, str]:
    """Québec's public holidays of a year by date, those moved off a weekend included.

    Easter Monday and the public service's own days off (24, 26 and 31 December, 2 January) are
    not among them: a deadline counted without them is never later than one counted with them.
    """
    found = holidays.country_holidays(
        "CA", subdiv="QC", years=year, language="en_CA" if lang == "en" else "fr"
    )
    return dict(sorted(found.items()))


def is_business_day(day: date) -> bool:
    """Monday to Friday, and no public holiday of Québec."""
    return day.weekday() < 5 and day not in public_holidays(day.year)


def business_days_after(day: date, n: int) -> date:
    """The n-th business day after `day`, which itself doesn't count; `day` when n is 0."""
    if n < 0:
        raise ValueError("n must not be negative")
    while n:
        day += timedelta(days=1)
        n -= is_business_day(day)
    return day


def holidays_between(first: date, last: date, lang: str = "fr") -> tuple[tuple[date, str], ...]:
    """Public holidays from `first` to `last` that fall on a weekday, with their names: those
    that a count of business days passed over."""
    return tuple(
        (day, name)
        for year in range(first.year, last.year + 1)
        for day, name in public_holidays(year, lang).items()
        if first <= day <= last and day.weekday() < 5
    )


def add_months(day: date, months: int) -> date:
    """The same day of the month `months` later; the month's last day where it has no such day.

    >>> add_months(date(2027, 11, 30), 3), add_months(date(2028, 2, 29), -12)
    (datetime.date(2028, 2, 29), datetime.date(2027, 2, 28))
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def earliest_contract(asked_on: date) -> date:
    """The earliest day to expect a contract signed by the supplier when the broker is asked for
    the startup meeting on `asked_on`: the minimal 30 days of 3.5, counted in calendar days."""
    return asked_on + timedelta(days=STARTUP_DAYS)


def ask_by(wanted_on: date) -> date:
    """The last day to ask the broker for the startup meeting so that a contract signed on
    `wanted_on` stays possible."""
    return wanted_on - timedelta(days=STARTUP_DAYS)


def contract_end(starts_on: date, months: int) -> date:
    """The last day of a contract: the eve of the day `months` later. ValueError outside 1 to 36."""
    if not 1 <= months <= LONGEST:
        raise ValueError(f"a specific contract lasts 1 to {LONGEST} months")
    return add_months(starts_on, months) - timedelta(days=1)


def obligations(
    signed_on: date,
    months: int,
    *,
    rcti: bool,
    starts_on: date | None = None,
    evaluation_signed_on: date | None = None,
) -> tuple[Obligation, ...]:
    """What follows a signature (sections 4.1 to 4.13), dated ones first, in order.

    signed_on: by the last party; starts_on: the contract's first day, the signature's when not
    given; months: 1 to 36, renewals included (ValueError otherwise); rcti: the organisation is
    a ministry or body under the RCTI; evaluation_signed_on: by the head of organisation.
    """
    end = contract_end(starts_on or signed_on, months)
    found = [*during(signed_on, end, months), *keeping(end, rcti=rcti)]
    if rcti:
        found += under_rcti(end, evaluation_signed_on)
    return tuple(sorted(found, key=lambda o: (o.due is None, o.due or date.max)))


def during(signed_on: date, end: date, months: int) -> Iterator[Obligation]:
    """What every organisation does, from the signature to the contract's last day."""
    copy_by = business_days_after(signed_on, COPY_DAYS)
    # A short contract leaves no twelve months: half of it then.
    plan_on = add_months(end, -min(EXIT_MONTHS, max(1, months // 2)))
    yield Obligation(key="send_contract", kind="send", section="4.13", due=copy_by)
    yield Obligation(
        key="plan_exit", kind="plan", section="4.12", due=max(plan_on, signed_on), proposed=True
    )
    yield Obligation(key="finish_exit", kind="finish", section="4.12", due=end)
    yield Obligation(key="pay_fees", kind="pay", section="4.4")
    yield Obligation(key="send_amendment", kind="send", section="4.13")
    yield Obligation(key="send_termination", kind="send", section="4.13")
    yield Obligation(key="tell_dispute", kind="send", section="4.13")
    yield Obligation(key="yearly_feedback", kind="feedback", section="4.10")


def under_rcti(end: date, evaluation_signed_on: date | None) -> Iterator[Obligation]:
    """What bodies under the RCTI do besides."""
    send_by = None
    if evaluation_signed_on is not None:
        send_by = business_days_after(evaluation_signed_on, COPY_DAYS)
    yield Obligation(key="publish_seao", kind="publish", section="4.1")
    yield Obligation(key="evaluate", kind="evaluate", section="4.11", due=end)
    yield Obligation(key="send_evaluation", kind="send", section="4.13", due=send_by)


def keeping(end: date, *, rcti: bool) -> Iterator[Obligation]:
    """Until when each document of 4.13 is kept."""
    for row in KEPT:
        if rcti or not row.rcti:
            until = add_months(end, 12 * row.years)
            yield Obligation(key=f"keep_{row.key}", kind="keep", section="4.13", due=until)
