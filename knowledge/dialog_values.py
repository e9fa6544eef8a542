"""What was given to a question's fields: made plain, and checked. The only judge of a value."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation

from pydantic import Field as Default

from knowledge.dialog import Field, Question
from knowledge.passages import Frozen

TEXT, LONG_TEXT = 200, 4000  # characters, where the file sets no other bound
FIRST, LAST = date(2015, 1, 1), date(2100, 12, 31)  # years outside are slips of the finger
HIDDEN = ("Cc", "Cs", "Cf")  # controls, lone surrogates, direction overrides
DIGITS = 15  # of a number: more is a slip too


class Fault(Frozen):
    """Why a value isn't accepted: a phrase `dialogs.fault.…` and its {fields}."""

    key: str
    values: dict[str, str] = Default(default_factory=dict)


def checked(
    question: Question, given: Mapping[str, str]
) -> tuple[dict[str, str], dict[str, Fault]]:
    """(values made plain, faults by field). What was left blank is in neither; what the question
    doesn't ask is ignored."""
    values: dict[str, str] = {}
    faults: dict[str, Fault] = {}
    for field in question.fields:
        value = plain(field, given.get(field.name, ""))
        fault = fault_of(field, value)
        if fault is not None:
            faults[field.name] = fault
        elif value:
            values[field.name] = value
    return values, faults


def plain(field: Field, value: str) -> str:
    """The value without what can't be seen, on one line but for long texts and choices."""
    kept = "".join(c for c in value if c == "\n" or unicodedata.category(c) not in HIDDEN)
    lines = [" ".join(line.split()) for line in kept.splitlines()]
    if field.kind == "long_text":
        return "\n".join(lines).strip()
    if field.kind == "choices":
        return "\n".join(dict.fromkeys(line for line in lines if line))
    value = " ".join(line for line in lines if line)
    return value.replace(" ", "").replace(",", ".") if field.kind == "number" else value


def fault_of(field: Field, value: str) -> Fault | None:
    """Why a plain value isn't accepted, or None."""
    if not value:
        return fault("required") if field.required else None
    check = {
        "choice": choice_fault,
        "choices": choice_fault,
        "date": date_fault,
        "number": number_fault,
        "confirm": confirm_fault,
    }.get(field.kind, text_fault)
    return check(field, value)


def fault(key: str, **values: str) -> Fault:
    return Fault(key=f"dialogs.fault.{key}", values=values)


def choice_fault(field: Field, value: str) -> Fault | None:
    """Each chosen value is one of the choices."""
    chosen = value.split("\n") if field.kind == "choices" else [value]
    known = {choice.value for choice in field.choices}
    return None if set(chosen) <= known else fault("choice")


def date_fault(field: Field, value: str) -> Fault | None:
    """YYYY-MM-DD, a day that exists, within the bounds."""
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return fault("date")
    if value != day.isoformat():
        return fault("date")  # fromisoformat reads « 20270303 » too
    least = date.fromisoformat(field.least) if field.least else FIRST
    most = date.fromisoformat(field.most) if field.most else LAST
    if least <= day <= most:
        return None
    return fault("range", least=least.isoformat(), most=most.isoformat())


def number_fault(field: Field, value: str) -> Fault | None:
    """A decimal number within the bounds; whole where months are asked."""
    try:
        number = Decimal(value)
    except InvalidOperation:
        return fault("number")
    if not number.is_finite() or len(value) > DIGITS or "e" in value.lower():
        return fault("number")
    if field.unit == "months" and number != int(number):
        return fault("whole")
    if field.least and number < Decimal(field.least):
        return fault("least", least=field.least)
    if field.most and number > Decimal(field.most):
        return fault("most", most=field.most)
    return None


def confirm_fault(field: Field, value: str) -> Fault | None:
    """« yes », or nothing."""
    return None if value == "yes" else fault("confirm")


def text_fault(field: Field, value: str) -> Fault | None:
    """Not longer than the bound."""
    most = longest_text(field)
    return fault("long", most=str(most)) if len(value) > most else None


def longest_text(field: Field) -> int:
    """The bound on a text's length in characters."""
    if field.most:
        return int(field.most)
    return LONG_TEXT if field.kind == "long_text" else TEXT
