"""A dialog's state in words: the summary of answers, the outcome with its tables and remarks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from knowledge import rules
from knowledge.dialog import Cite, Facts, Field, Listing, NextStep, Outcome, Tone
from knowledge.dialog_values import date_fault
from knowledge.passages import Frozen
from knowledge.phrases import say
from knowledge.question import ENGLISH_MONTHS
from knowledge.replay import Reached, Step
from knowledge.rule_kinds import Cell, Row, Said

MONTHS = (
    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split()
)


class Line(Frozen):
    """One answer in words."""

    question: str  # Question.id
    title: str  # the question's
    label: str  # the field's
    value: str  # as shown; a dash where it was left blank


class TableView(Frozen):
    """A table of an outcome, in words."""

    id: str
    title: str
    text: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class NoteView(Frozen):
    """A remark of an outcome, in words."""

    text: str
    tone: Tone


class OutcomeView(Frozen):
    """All that an outcome says, in one language, as of one day."""

    id: str
    status: str
    tone: Tone
    title: str
    text: str
    notes: tuple[NoteView, ...]
    tables: tuple[TableView, ...]
    cites: tuple[Cite, ...]
    steps: tuple[NextStep, ...]  # those that apply


def day_text(day: date, lang: str) -> str:
    """« 3 mars 2027 », « 1er avril 2027 », “3 March 2027”."""
    if lang == "en":
        return f"{day.day} {ENGLISH_MONTHS[day.month - 1].capitalize()} {day.year}"
    return f"{'1er' if day.day == 1 else day.day} {MONTHS[day.month - 1]} {day.year}"


def shown(field: Field, value: str, lang: str) -> str:
    """A value as people read it; a blank one gives an empty string."""
    if not value:
        return ""
    labels = {choice.value: choice.label.text(lang) for choice in field.choices}
    if field.kind in ("choice", "choices"):
        return ", ".join(labels.get(one, one) for one in value.split("\n"))
    if field.kind == "date" and not date_fault(field, value):
        return day_text(date.fromisoformat(value), lang)
    if field.kind == "confirm":
        return say("dialogs.yes", lang)
    if field.unit == "months":
        return say("dialogs.months", lang, count=value)
    return value


def summary(steps: Sequence[Step], lang: str) -> tuple[Line, ...]:
    """Every field of every answered question, in the order asked. Blank details are left out,
    a blank answer is a dash."""
    lines: list[Line] = []
    for step in steps:
        for field in step.question.fields:
            value = shown(field, step.values.get(field.name, ""), lang)
            if value or field is step.question.lead:
                lines.append(
                    Line(
                        question=step.question.id,
                        title=step.question.title.text(lang),
                        label=field.label.text(lang),
                        value=value or "–",
                    )
                )
    return tuple(lines)


def view(state: Reached, today: date, lang: str) -> OutcomeView:
    """The outcome in words, as of `today`."""
    outcome, facts = state.outcome, state.facts
    fields = {field.name: field for step in state.steps for field in step.question.fields}
    tables = (
        table(listing, facts, fields, today, lang)
        for listing in outcome.listings
        if holds(listing.when, facts)
    )
    return OutcomeView(
        id=outcome.id,
        status=outcome.status.text(lang),
        tone=outcome.tone,
        title=outcome.title.text(lang),
        text=outcome.text.text(lang),
        notes=notes(outcome, facts, today, lang),
        tables=tuple(found for found in tables if found.rows),
        cites=outcome.cites,
        steps=tuple(step for step in outcome.steps if holds(step.when, facts)),
    )


def holds(name: str, facts: Facts) -> bool:
    """Whether a named predicate holds; no name always does."""
    return not name or rules.PREDICATES[name].holds(facts)


def notes(outcome: Outcome, facts: Facts, today: date, lang: str) -> tuple[NoteView, ...]:
    """The remarks to be made, their dates in words."""
    found = []
    for note in outcome.notes:
        values = rules.NOTES[note.compute].values(facts, today)
        if values is None:
            continue
        words = {
            name: day_text(value, lang) if isinstance(value, date) else value
            for name, value in values.items()
        }
        found.append(NoteView(text=note.text.text(lang).format(**words), tone=note.tone))
    return tuple(found)


def table(
    listing: Listing, facts: Facts, fields: dict[str, Field], today: date, lang: str
) -> TableView:
    """A listing's rows, filled up to its columns; without the columns that stay empty."""
    items = {item.id: item for item in listing.items}
    if listing.compute:
        computed = list(rules.LISTINGS[listing.compute].rows(facts, today))
    else:
        computed = [Row(item.id) for item in listing.items]
    rows = []
    for row in computed:
        own = [cell.text(lang) for cell in items[row.item].cells] if row.item in items else []
        made = [cell_text(cell, facts, fields, lang) for cell in row.cells]
        wide = [*own, *made][: len(listing.columns)]
        rows.append((*wide, *[""] * (len(listing.columns) - len(wide))))
    # A column in which nothing stands says nothing.
    kept = [i for i in range(len(listing.columns)) if any(row[i] for row in rows)]
    return TableView(
        id=listing.id,
        title=listing.title.text(lang),
        text=listing.text.text(lang) if listing.text else "",
        columns=tuple(listing.columns[i].text(lang) for i in kept),
        rows=tuple(tuple(row[i] for i in kept) for row in rows),
    )


def cell_text(cell: Cell, facts: Facts, fields: dict[str, Field], lang: str) -> str:
    """A computed cell in words."""
    if isinstance(cell, date):
        return day_text(cell, lang)
    if isinstance(cell, Said):
        return say(cell.key, lang)
    field = fields.get(cell.field)
    return shown(field, facts.get(cell.field, ""), lang) if field else ""
