"""Where a dialog stands, from its answers alone: no cursor is kept anywhere.

Going back is withdrawing an answer; changing an earlier one keeps the later ones that are still
asked. What is no longer asked is left aside, and counts again if its question comes back.
"""

from __future__ import annotations

from collections.abc import Mapping

from knowledge import rules
from knowledge.dialog import Dialog, Facts, Outcome, Question
from knowledge.dialog_values import Fault, checked
from knowledge.passages import Frozen

Answers = Mapping[str, Mapping[str, str]]  # question → field → value


class Step(Frozen):
    """One question answered."""

    question: Question
    values: dict[str, str]


class Asks(Frozen):
    """The next question."""

    question: Question
    steps: tuple[Step, ...]  # what was answered, in the order asked
    facts: dict[str, str]
    left: int  # questions still to come at most, this one counted


class Invalid(Asks):
    """The same, where an answer is there but does not fit, for instance since the dialog's file
    changed: it is asked anew."""

    values: dict[str, str]
    faults: dict[str, Fault]  # field → why


class Reached(Frozen):
    """The end."""

    outcome: Outcome
    steps: tuple[Step, ...]
    facts: dict[str, str]


State = Asks | Invalid | Reached


def replay(dialog: Dialog, answers: Answers) -> State:
    """The state that these answers lead to, in whatever order they were given."""
    steps: list[Step] = []
    facts: dict[str, str] = {}
    name = dialog.start
    # A dialog has no loop (dialog_checks.py): each question is met once at most.
    while (outcome := dialog.outcome(name)) is None:
        question = dialog.question(name)
        assert question is not None, "dialog_checks lets no such dialog through"
        if not is_asked(question, facts):
            name = follow(question, facts, skipped=True)
            continue
        given = answers.get(question.id)
        values, faults = checked(question, given) if given is not None else ({}, {})
        if given is None or faults:
            asks = {
                "question": question,
                "steps": tuple(steps),
                "facts": facts,
                "left": longest(dialog, question.id),
            }
            if given is None:
                return Asks.model_validate(asks)
            return Invalid.model_validate({**asks, "values": dict(given), "faults": faults})
        steps.append(Step(question=question, values=values))
        facts |= values
        name = follow(question, facts)
    return Reached(outcome=outcome, steps=tuple(steps), facts=facts)


def is_asked(question: Question, facts: Facts) -> bool:
    """Whether the question is put, after these answers."""
    return not question.when or rules.PREDICATES[question.when].holds(facts)


def follow(question: Question, facts: Facts, *, skipped: bool = False) -> str:
    """Where a question leads: its choice's own way, else the first open one."""
    chosen = "" if skipped else facts.get(question.lead.name, "")
    for choice in question.lead.choices:
        if choice.value == chosen and choice.to:
            return choice.to
    for move in question.next:
        if not move.when or rules.PREDICATES[move.when].holds(facts):
            return move.to
    raise AssertionError("dialog_checks lets no such dialog through")


def longest(dialog: Dialog, name: str) -> int:
    """The questions from `name` on, by the longest way."""
    known: dict[str, int] = {}

    def from_(name: str) -> int:
        question = dialog.question(name)
        if question is not None and name not in known:
            known[name] = 1 + max(from_(to) for to in dialog.targets(question))
        return known.get(name, 0)

    return from_(name)


def place(state: State, question: str) -> int:
    """How many questions come before this one; all of them for the next one."""
    names = [step.question.id for step in state.steps]
    return names.index(question) if question in names else len(names)


def asked(state: State, question: str) -> Question | None:
    """The question where these answers lead to it: answered already, or next. None otherwise."""
    for step in state.steps:
        if step.question.id == question:
            return step.question
    return state.question if isinstance(state, Asks) and state.question.id == question else None
