"""What must hold of a dialog beyond its shape: nothing missing, no dead end, no loop, all cited."""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation

from pydantic import Field as Default

from knowledge import rules
from knowledge.dialog import UNKNOWN, Dialog, Field, Listing, Note
from knowledge.passages import Frozen
from knowledge.phrases import LANGS
from knowledge.rule_kinds import Rule

Where = tuple[str | int, ...]
_HEADING = re.compile(r"^#{1,6}\s+(\d+(?:\.\d+)*)\.?\s", re.M)


class Trouble(Frozen):
    """One thing wrong: where in the file, and the phrase that tells it."""

    where: Where
    key: str
    values: dict[str, str] = Default(default_factory=dict)


def sections_in(texts: Iterable[str]) -> frozenset[str]:
    """The section numbers of Markdown documents: « ### 3.5. Étape 5 » → « 3.5 »."""
    return frozenset(number for text in texts for number in _HEADING.findall(text))


def trouble(where: Where, key: str, **values: str) -> Trouble:
    return Trouble(where=where, key=f"dialogs.file.{key}", values=values)


def troubles(dialog: Dialog, sections: frozenset[str]) -> tuple[Trouble, ...]:
    """All that is wrong with a well-formed dialog; `sections` are those that may be cited."""
    found: list[Trouble] = []
    for check in (twice, fields, targets, named):
        found += check(dialog)
    found += uncited(dialog, sections)
    # Only where every target is there can the ways be followed.
    return tuple(found or ways(dialog))


def twice(dialog: Dialog) -> Iterator[Trouble]:
    """Ids used more than once."""
    named: list[tuple[Where, str]] = [
        (("questions", i, "id"), q.id) for i, q in enumerate(dialog.questions)
    ]
    named += [(("outcomes", i, "id"), o.id) for i, o in enumerate(dialog.outcomes)]
    yield from _repeated(named)
    yield from _repeated([((*where, "name"), field.name) for where, field in every_field(dialog)])
    for where, field in every_field(dialog):
        yield from _repeated(
            [((*where, "choices", i, "value"), c.value) for i, c in enumerate(field.choices)]
        )
    for where, listing in every_listing(dialog):
        yield from _repeated(
            [((*where, "items", i, "id"), item.id) for i, item in enumerate(listing.items)]
        )


def _repeated(named: list[tuple[Where, str]]) -> Iterator[Trouble]:
    counts = Counter(name for _, name in named)
    seen: set[str] = set()
    for where, name in named:
        if name in seen and counts[name] > 1:
            yield trouble(where, "twice", name=name)
        seen.add(name)


def every_field(dialog: Dialog) -> Iterator[tuple[Where, Field]]:
    for i, question in enumerate(dialog.questions):
        for j, field in enumerate(question.fields):
            yield ("questions", i, "fields", j), field


def every_listing(dialog: Dialog) -> Iterator[tuple[Where, Listing]]:
    for i, outcome in enumerate(dialog.outcomes):
        for j, listing in enumerate(outcome.listings):
            yield ("outcomes", i, "listings", j), listing


def fields(dialog: Dialog) -> Iterator[Trouble]:
    """Choices without « je ne sais pas », bounds that are none, what can't be required."""
    for where, field in every_field(dialog):
        chosen = field.kind in ("choice", "choices")
        values = [choice.value for choice in field.choices]
        if chosen and (UNKNOWN not in values or len(values) < 2):
            yield trouble(where, "no_unknown", name=field.name, value=UNKNOWN)
        if field.choices and not chosen:
            yield trouble((*where, "choices"), "not_a_choice", name=field.name)
        if field.required and not chosen:
            yield trouble((*where, "required"), "required", name=field.name)
        for i, choice in enumerate(field.choices):
            if choice.to and (field.kind != "choice" or where[-1] != 0):
                yield trouble((*where, "choices", i, "to"), "not_leading", name=field.name)
        for name, bound in (("least", field.least), ("most", field.most)):
            if bound and not is_bound(field, bound):
                yield trouble((*where, name), "bound", name=field.name, value=bound)


def is_bound(field: Field, bound: str) -> bool:
    """Whether a bound can be one of such a field."""
    try:
        if field.kind == "date":
            date.fromisoformat(bound)
        elif field.kind in ("number", "text", "long_text"):
            return Decimal(bound).is_finite()
        else:
            return False
    except (ValueError, InvalidOperation):
        return False
    return True


def targets(dialog: Dialog) -> Iterator[Trouble]:
    """Ways to nowhere: a name that isn't there, a last way that may not be open."""
    there = {q.id for q in dialog.questions} | {o.id for o in dialog.outcomes}
    if dialog.question(dialog.start) is None:
        yield trouble(("start",), "target", name=dialog.start)
    for i, question in enumerate(dialog.questions):
        for j, move in enumerate(question.next):
            where: Where = ("questions", i, "next", j)
            if move.to not in there:
                yield trouble((*where, "to"), "target", name=move.to)
            if not move.when and j < len(question.next) - 1:
                yield trouble(where, "never", name=question.next[j + 1].to)
        if question.next[-1].when:
            yield trouble(("questions", i, "next"), "dead_end", name=question.id)
        for j, choice in enumerate(question.lead.choices):
            if choice.to and choice.to not in there:
                lead: Where = ("questions", i, "fields", 0, "choices", j, "to")
                yield trouble(lead, "target", name=choice.to)


def named(dialog: Dialog) -> Iterator[Trouble]:
    """Functions of rules.py that are not there, or that read what this dialog doesn't ask."""
    for i, question in enumerate(dialog.questions):
        where: Where = ("questions", i)
        yield from _rule((*where, "when"), question.when, rules.PREDICATES, dialog)
        for j, move in enumerate(question.next):
            yield from _rule((*where, "next", j, "when"), move.when, rules.PREDICATES, dialog)
    for i, outcome in enumerate(dialog.outcomes):
        where = ("outcomes", i)
        for j, step in enumerate(outcome.steps):
            yield from _rule((*where, "steps", j, "when"), step.when, rules.PREDICATES, dialog)
        for j, note in enumerate(outcome.notes):
            yield from _note((*where, "notes", j), note, dialog)
    for where, listing in every_listing(dialog):
        yield from _rule((*where, "when"), listing.when, rules.PREDICATES, dialog)
        yield from _rule((*where, "compute"), listing.compute, rules.LISTINGS, dialog)
        for i, item in enumerate(listing.items):
            if len(item.cells) > len(listing.columns) or (
                not listing.compute and len(item.cells) != len(listing.columns)
            ):
                yield trouble((*where, "items", i, "cells"), "cells", name=item.id)
        if not listing.items and not listing.compute:
            yield trouble(where, "empty", name=listing.id)


def _rule(where: Where, name: str, known: Mapping[str, Rule], dialog: Dialog) -> Iterator[Trouble]:
    if not name:
        return
    if name not in known:
        yield trouble(where, "predicate", name=name)
        return
    asked = {field.name for _, field in every_field(dialog)}
    for missing in sorted(set(known[name].reads) - asked):
        yield trouble(where, "unasked", name=name, field=missing)


def _note(where: Where, note: Note, dialog: Dialog) -> Iterator[Trouble]:
    yield from _rule((*where, "compute"), note.compute, rules.NOTES, dialog)
    if note.compute not in rules.NOTES:
        return
    given = set(rules.NOTES[note.compute].gives)
    for lang in LANGS:
        text = note.text.text(lang)
        try:
            names = [name for _, name, _, _ in string.Formatter().parse(text) if name is not None]
        except ValueError:  # a brace that is never closed
            names = ["{"]
        for name in set(names) - given:
            yield trouble((*where, "text", lang), "field", name=name)


def uncited(dialog: Dialog, sections: frozenset[str]) -> Iterator[Trouble]:
    """Citations of sections that the documents don't have."""
    holders: list[tuple[str, Iterable[object]]] = [
        ("questions", dialog.questions),
        ("outcomes", dialog.outcomes),
    ]
    for kind, held in holders:
        for i, holder in enumerate(held):
            for j, cite in enumerate(getattr(holder, "cites", ())):
                if cite.section not in sections:
                    where = (kind, i, "cites", j, "section")
                    yield trouble(where, "section", name=cite.section)


def ways(dialog: Dialog) -> Iterator[Trouble]:
    """Loops, and what nothing leads to."""
    place = {question.id: i for i, question in enumerate(dialog.questions)}
    state: dict[str, str] = {}
    loops: list[str] = []

    def follow(name: str) -> None:
        state[name] = "open"
        question = dialog.question(name)
        for to in dialog.targets(question) if question else ():
            if state.get(to) == "open":
                loops.append(to)
            elif to not in state:
                follow(to)
        state[name] = "done"

    follow(dialog.start)
    for name in dict.fromkeys(loops):
        yield trouble(("questions", place[name]), "loop", name=name)
    for i, question in enumerate(dialog.questions):
        if question.id not in state:
            yield trouble(("questions", i, "id"), "unreached", name=question.id)
    for i, outcome in enumerate(dialog.outcomes):
        if outcome.id not in state:
            yield trouble(("outcomes", i, "id"), "unreached", name=outcome.id)
