"""Every way through a dialog, generated from its file; pruned where answers don't bear on it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, product
from math import prod

from knowledge.dialog import Dialog, Field, Question
from knowledge.replay import Asks, Reached, replay

EXHAUSTIVE = 2_000  # combinations; beyond, every pair of answers is tried against plain others

Chosen = dict[str, str]  # field → value


def values_of(field: Field) -> tuple[str, ...]:
    """The answers worth trying."""
    if field.kind in ("choice", "choices"):
        return tuple(choice.value for choice in field.choices)
    if field.kind == "date":
        return ("", "2026-12-18")
    if field.kind == "number":
        return ("", "12")
    return ("", "Exemple")


def telling(dialog: Dialog) -> list[Field]:
    """The fields that the way may depend on: each question's first, and other dates or choices
    of questions without details."""
    found = []
    for question in dialog.questions:
        others = question.fields if len(question.fields) < 3 else question.fields[:1]
        found += [f for f in others if f.kind not in ("text", "long_text") or f in others[:1]]
    return found


def combinations_of(dialog: Dialog) -> Iterator[Chosen]:
    """Answers to all telling fields."""
    fields = telling(dialog)
    choices = [values_of(field) for field in fields]
    names = [field.name for field in fields]
    if prod(map(len, choices)) <= EXHAUSTIVE:
        for values in product(*choices):
            yield dict(zip(names, values, strict=True))
        return
    for base in (0, -1):
        plain = {name: values[base] for name, values in zip(names, choices, strict=True)}
        for (one, first), (other, second) in combinations(zip(names, choices, strict=True), 2):
            for a, b in product(first, second):
                yield plain | {one: a, other: b}


def filled(question: Question, chosen: Chosen) -> Chosen:
    """Values for all fields of a question: the chosen ones, plain ones elsewhere."""
    return {
        field.name: chosen.get(field.name, values_of(field)[-1 if field.kind == "text" else 0])
        for field in question.fields
    }


def walk(dialog: Dialog, chosen: Chosen) -> Reached:
    """Answers question after question until the end."""
    answers: dict[str, Chosen] = {}
    for _ in range(len(dialog.questions) + 1):
        state = replay(dialog, answers)
        if isinstance(state, Reached):
            return state
        assert type(state) is Asks
        answers[state.question.id] = filled(state.question, chosen)
    raise AssertionError("no end")
