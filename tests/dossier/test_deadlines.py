"""Business days, months and obligations: year ends, Easter, summer holidays, leap years."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge import deadlines
from knowledge.deadlines import (
    Obligation,
    add_months,
    ask_by,
    business_days_after,
    contract_end,
    earliest_contract,
    holidays_between,
    is_business_day,
    obligations,
)

DAYS = st.dates(date(2021, 1, 1), date(2060, 12, 31))


def day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("signed", "due"),
    [
        ("2026-11-24", "2026-12-01"),  # an ordinary week, a Tuesday
        ("2026-11-27", "2026-12-04"),  # from a Friday
        ("2026-11-28", "2026-12-04"),  # signed on a Saturday: Monday is the first
        ("2026-12-22", "2026-12-30"),  # Christmas on a Friday
        ("2026-12-29", "2027-01-06"),  # over the year's end: 1 January on a Friday
        ("2027-12-23", "2027-12-31"),  # Christmas on a Saturday, observed on Monday the 27th
        ("2022-12-30", "2023-01-09"),  # 1 January on a Sunday, observed on the 2nd
        ("2026-04-02", "2026-04-10"),  # over Good Friday 2026
        ("2027-03-25", "2027-04-02"),  # over Good Friday 2027, in March
        ("2026-06-23", "2026-07-02"),  # over 24 June and 1 July, both on a Wednesday
        ("2029-06-22", "2029-07-03"),  # 24 June and 1 July on Sundays: the 25th and the 2nd
        ("2029-06-29", "2029-07-09"),  # 1 July on a Sunday: the 2nd is off
        ("2028-06-23", "2028-06-30"),  # 24 June on a Saturday: not moved
        ("2028-06-30", "2028-07-07"),  # 1 July on a Saturday: not moved
        ("2026-05-15", "2026-05-25"),  # over the Patriots' Day
        ("2026-09-04", "2026-09-14"),  # over Labour Day
        ("2026-10-09", "2026-10-19"),  # over Thanksgiving
        ("2026-09-29", "2026-10-06"),  # 30 September is no holiday in Québec
        ("2026-11-10", "2026-11-17"),  # nor is 11 November
        ("2028-02-25", "2028-03-03"),  # through 29 February
    ],
)
def test_five_business_days(signed, due):
    assert business_days_after(day(signed), 5) == day(due)


def test_no_day_is_the_day_itself_and_less_is_refused():
    assert business_days_after(day("2026-12-25"), 0) == day("2026-12-25")
    with pytest.raises(ValueError, match="negative"):
        business_days_after(day("2026-12-25"), -1)


@given(DAYS, st.integers(1, 40))
def test_business_days_counted_back_give_the_number_asked(start, n):
    end = business_days_after(start, n)
    assert is_business_day(end)
    counted = sum(is_business_day(start + timedelta(i)) for i in range(1, (end - start).days + 1))
    assert counted == n
    weekdays = sum((start + timedelta(i)).weekday() < 5 for i in range(1, (end - start).days + 1))
    assert weekdays - n == len(holidays_between(start + timedelta(1), end))


def test_the_holidays_passed_over_are_named_in_both_languages():
    between = day("2026-06-23"), day("2026-07-02")
    assert [name for _, name in holidays_between(*between)] == [
        "Fête nationale du Québec",
        "Fête du Canada",
    ]
    assert holidays_between(*between, "en")[1] == (day("2026-07-01"), "Canada Day")
    assert [d for d, _ in holidays_between(day("2026-12-20"), day("2027-01-05"))] == [
        day("2026-12-25"),
        day("2027-01-01"),
    ]


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ("2026-11-30", 3, "2027-02-28"),
        ("2027-11-30", 3, "2028-02-29"),
        ("2028-02-29", 12, "2029-02-28"),
        ("2028-02-29", 48, "2032-02-29"),
        ("2026-12-31", 1, "2027-01-31"),
        ("2026-03-31", -1, "2026-02-28"),
        ("2026-01-15", -1, "2025-12-15"),
        ("2026-01-31", 0, "2026-01-31"),
    ],
)
def test_months(start, months, end):
    assert add_months(day(start), months) == day(end)


@given(DAYS, st.integers(-120, 120))
def test_months_move_the_month_by_as_many(start, months):
    moved = add_months(start, months)
    assert (moved.year * 12 + moved.month) - (start.year * 12 + start.month) == months
    assert moved.day == start.day or (moved + timedelta(1)).day == 1


def test_thirty_days_from_asking_to_a_contract_and_back():
    assert earliest_contract(day("2026-12-15")) == day("2027-01-14")
    assert earliest_contract(day("2028-02-01")) == day("2028-03-02")
    assert ask_by(day("2027-01-14")) == day("2026-12-15")


def test_a_contract_ends_on_the_eve_and_lasts_three_years_at_most():
    assert contract_end(day("2027-01-01"), 36) == day("2029-12-31")
    assert contract_end(day("2028-02-29"), 12) == day("2029-02-27")
    for months in (0, -1, 37):
        with pytest.raises(ValueError, match="1 to 36"):
            contract_end(day("2027-01-01"), months)


def by_key(found: tuple[Obligation, ...]) -> dict[str, Obligation]:
    assert len({o.key for o in found}) == len(found)
    return {o.key: o for o in found}


def test_obligations_of_a_body_under_the_rcti():
    found = by_key(obligations(day("2026-12-22"), 36, rcti=True, starts_on=day("2027-01-01")))
    dates = {key: o.due.isoformat() for key, o in found.items() if o.due}
    kept = [f"keep_{row.key}" for row in deadlines.KEPT]
    assert dates == {
        "send_contract": "2026-12-30",
        "plan_exit": "2028-12-31",
        "finish_exit": "2029-12-31",
        "evaluate": "2029-12-31",
        "keep_choice": "2029-12-31",
        **{key: "2036-12-31" for key in kept if key != "keep_choice"},
    }
    assert {key for key, o in found.items() if o.due is None} == {
        "publish_seao",
        "pay_fees",
        "send_amendment",
        "send_termination",
        "tell_dispute",
        "yearly_feedback",
        "send_evaluation",
    }
    assert [key for key, o in found.items() if o.proposed] == ["plan_exit"]
    assert len(kept) == 10


def test_other_bodies_neither_publish_nor_evaluate_nor_justify():
    signed = day("2026-12-22")
    every = by_key(obligations(signed, 36, rcti=True))
    fewer = by_key(obligations(signed, 36, rcti=False))
    assert set(every) - set(fewer) == {
        "publish_seao",
        "evaluate",
        "send_evaluation",
        "keep_justification",
        "keep_evaluation",
    }
    assert all(every[key] == fewer[key] for key in fewer)


def test_the_evaluation_is_sent_five_business_days_after_the_head_signed_it():
    found = obligations(day("2026-12-01"), 12, rcti=True, evaluation_signed_on=day("2027-12-23"))
    assert by_key(found)["send_evaluation"].due == day("2027-12-31")


@given(DAYS, st.integers(1, 36), st.booleans())
def test_dated_obligations_come_first_in_order_and_within_the_contract(signed, months, rcti):
    found = obligations(signed, months, rcti=rcti)
    due = [o.due for o in found if o.due]
    assert due == sorted(due)
    assert all(o.due is None for o in found[len(due) :])
    end = contract_end(signed, months)
    keys = by_key(found)
    plan = keys["plan_exit"].due
    assert plan is not None and signed <= plan <= end
    assert all(o.due and o.due >= end for o in found if o.kind == "keep")


def test_every_obligation_has_its_words_and_a_section_of_the_guide():
    for obligation in obligations(day("2026-12-22"), 36, rcti=True):
        for lang in ("fr", "en"):
            assert obligation.title(lang) and obligation.rule(lang).endswith(".")
        assert obligation.section.startswith("4.")
