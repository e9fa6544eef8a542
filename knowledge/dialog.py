"""What a guided dialog is: questions, choices, where each answer leads, outcomes. All frozen.

The dialogs themselves are knowledge/dialogs/*.yaml, read and checked by dialog_file.py. They hold
wording and routing only; what needs judgement is a function of rules.py, which they name.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field as Constraint
from pydantic import StringConstraints

from knowledge.passages import Frozen

UNKNOWN = "inconnu"  # the value of « Je ne sais pas », present on every choice

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,39}$")]
Wording = Annotated[str, StringConstraints(min_length=1, max_length=4000, strip_whitespace=True)]

FieldKind = Literal["choice", "choices", "date", "number", "text", "long_text", "confirm"]
Tone = Literal["success", "warning", "error", "note"]

# What was answered so far, by field name, as FormField tells; what was left blank is not there.
Facts = Mapping[str, str]


class Localised(Frozen):
    """One sentence in both languages."""

    fr: Wording
    en: Wording

    def text(self, lang: str) -> str:
        """The sentence in `lang`, French for any unknown language."""
        return self.en if lang == "en" else self.fr


class Cite(Frozen):
    """A section of the guide or of its FAQ; `about` are words that choose the passage in it."""

    section: Annotated[str, StringConstraints(pattern=r"^\d+(\.\d+)*$")]
    about: str = ""


class Option(Frozen):
    """One of the choices of a field."""

    value: Name
    label: Localised
    hint: Localised | None = None
    says: tuple[str, ...] = ()  # how people say it, in either language
    to: str = ""  # where it leads; empty: where the question's `next` says


class Field(Frozen):
    """One thing to fill in. Only a choice may be required: all else may be left blank, which
    is how one says « je ne sais pas » there."""

    name: Name  # unique in the dialog: rules know the answer by it
    kind: FieldKind
    label: Localised
    help: Localised | None = None
    choices: tuple[Option, ...] = ()
    required: bool = False
    least: str = ""  # of a date (YYYY-MM-DD) or a number
    most: str = ""  # of a date or a number, or of a text's length in characters
    unit: Literal["", "months"] = ""  # « 3 ans » is understood where months are asked


class Transition(Frozen):
    """Where a question leads; the first whose predicate holds, the last without any."""

    to: Name
    when: str = ""


class Question(Frozen):
    """What is asked at once: one or more fields. Left out where `when` does not hold."""

    id: Name
    title: Localised
    text: Localised | None = None
    cites: Annotated[tuple[Cite, ...], Constraint(min_length=1)]
    when: str = ""
    fields: Annotated[tuple[Field, ...], Constraint(min_length=1, max_length=12)]
    next: Annotated[tuple[Transition, ...], Constraint(min_length=1)]

    @property
    def lead(self) -> Field:
        """The field that typed words answer."""
        return self.fields[0]

    def field(self, name: str) -> Field | None:
        """The field of that name, or None."""
        return next((field for field in self.fields if field.name == name), None)


class Item(Frozen):
    """One row of a listing: its own cells, in the order of the columns."""

    id: Name
    cells: tuple[Localised, ...]


class Listing(Frozen):
    """A table of an outcome: all items in order, or what `compute` makes of them.

    `compute` names a function of rules.py that picks and orders items and adds cells to their
    own, or makes whole rows of its own.
    """

    id: Name
    title: Localised
    text: Localised | None = None
    when: str = ""
    columns: Annotated[tuple[Localised, ...], Constraint(min_length=1, max_length=8)]
    compute: str = ""
    items: tuple[Item, ...] = ()


class Note(Frozen):
    """A remark that depends on the answers and on the day; `compute` gives its {fields}."""

    compute: str
    tone: Tone = "note"
    text: Localised


class NextStep(Frozen):
    """What to do next; `dialog` starts another dialog."""

    text: Localised
    dialog: str = ""
    when: str = ""


class Outcome(Frozen):
    """Where a dialog ends."""

    id: Name
    status: Localised  # « admissible », « pas prêt »: a label
    tone: Tone
    title: Localised
    text: Localised
    cites: Annotated[tuple[Cite, ...], Constraint(min_length=1)]
    notes: tuple[Note, ...] = ()
    listings: tuple[Listing, ...] = ()
    steps: tuple[NextStep, ...] = ()


class Dialog(Frozen):
    """A guided dialog. `subject` tells whether it is run for a dossier or may stand alone."""

    id: Name
    title: Localised
    text: Localised  # what it is for, how long it takes
    commands: Annotated[tuple[str, ...], Constraint(min_length=1)]  # typed words that start it
    subject: Literal["person", "dossier"]
    audience: Literal["public", "client", "broker"] = "client"  # who may run it
    order: Annotated[int, Constraint(ge=0, le=1000)] = 100  # among the dialogs offered
    start: Name
    questions: Annotated[tuple[Question, ...], Constraint(min_length=1, max_length=60)]
    outcomes: Annotated[tuple[Outcome, ...], Constraint(min_length=1, max_length=30)]

    def question(self, name: str) -> Question | None:
        """The question of that id, or None."""
        return next((question for question in self.questions if question.id == name), None)

    def outcome(self, name: str) -> Outcome | None:
        """The outcome of that id, or None."""
        return next((outcome for outcome in self.outcomes if outcome.id == name), None)

    def targets(self, question: Question) -> tuple[str, ...]:
        """Every place a question can lead to, whatever is answered."""
        choices = [option.to for field in question.fields for option in field.choices]
        found = [to for to in choices if to] + [move.to for move in question.next]
        return tuple(dict.fromkeys(found))
