"""What a channel may let through, and the dialog must not."""

from __future__ import annotations

import pytest

from knowledge.dialog import Field, Localised, Option, Question
from knowledge.dialog_values import checked

WORD = Localised(fr="x", en="x")


def judged(value, kind, **bounds):
    """The value as kept, or the fault's short name."""
    choices = tuple(Option(value=name, label=WORD) for name in bounds.pop("choices", ()))
    field = Field(name="f", kind=kind, label=WORD, choices=choices, **bounds)
    question = Question(
        id="q", title=WORD, cites=({"section": "1"},), fields=(field,), next=({"to": "x"},)
    )
    values, faults = checked(question, {"f": value, "other": "ignored"})
    assert set(values) | set(faults) <= {"f"} and not set(values) & set(faults)
    return values.get("f", "") if not faults else faults["f"].key.removeprefix("dialogs.fault.")


@pytest.mark.parametrize(
    ("kind", "value", "bounds", "kept"),
    [
        ("date", "2027-03-31", {}, "2027-03-31"),
        ("date", " 2027-03-31 ", {}, "2027-03-31"),
        ("date", "2027-02-29", {}, "date"),
        ("date", "20270331", {}, "date"),
        ("date", "2027-W05-1", {}, "date"),
        ("date", "demain", {}, "date"),
        ("date", "1999-01-01", {}, "range"),
        ("date", "3027-01-01", {}, "range"),
        ("date", "2026-01-01", {"least": "2026-06-01"}, "range"),
        ("date", "", {}, ""),
        ("number", "250 000,50", {}, "250000.50"),
        ("number", "1\u202f000", {}, "1000"),
        ("number", "-1", {"least": "0"}, "least"),
        ("number", "37", {"most": "36"}, "most"),
        ("number", "1.5", {"unit": "months"}, "whole"),
        ("number", "NaN", {}, "number"),
        ("number", "1e9", {}, "number"),
        ("number", "9" * 40, {}, "number"),
        ("number", "douze", {}, "number"),
        ("text", "  deux\n mots\x07 ", {}, "deux mots"),
        ("text", "\u202emal\u202c", {}, "mal"),
        ("text", "x" * 201, {}, "long"),
        ("text", "x" * 11, {"most": "10"}, "long"),
        ("long_text", "a\n\n  b \x00", {}, "a\n\nb"),
        ("long_text", "x" * 4001, {}, "long"),
        ("confirm", "yes", {}, "yes"),
        ("confirm", "on", {}, "confirm"),
        ("choice", "oui", {"choices": ("oui", "inconnu")}, "oui"),
        ("choice", "peut-etre", {"choices": ("oui", "inconnu")}, "choice"),
        ("choice", "", {"choices": ("oui", "inconnu"), "required": True}, "required"),
        ("choices", "oui\ninconnu\noui", {"choices": ("oui", "inconnu")}, "oui\ninconnu"),
        ("choices", "oui\nautre", {"choices": ("oui", "inconnu")}, "choice"),
    ],
)
def test_a_value(kind, value, bounds, kept):
    assert judged(value, kind, **bounds) == kept
