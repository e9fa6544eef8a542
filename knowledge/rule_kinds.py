"""The kinds of functions that dialogs may name, and what computed tables are made of."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from knowledge.dialog import Facts


@dataclass(frozen=True)
class Said:
    """A cell that is a phrase."""

    key: str


@dataclass(frozen=True)
class Shown:
    """A cell that shows what was answered to a field; empty where nothing was."""

    field: str


Cell = date | Said | Shown


@dataclass(frozen=True)
class Row:
    """A row of a computed table: the cells of an item of the file, then these."""

    item: str = ""  # Item.id; empty: the row is these cells alone
    cells: tuple[Cell, ...] = ()


@dataclass(frozen=True)
class Rule:
    """A named function, and the fields that it reads."""

    reads: tuple[str, ...]


@dataclass(frozen=True)
class Predicate(Rule):
    """True or false of the answers so far; a field not asked yet reads as unknown."""

    holds: Callable[[Facts], bool]


@dataclass(frozen=True)
class Computed(Rule):
    """Rows from the answers and the day."""

    rows: Callable[[Facts, date], Iterable[Row]]


@dataclass(frozen=True)
class Remark(Rule):
    """The {fields} of a remark; None where the remark is not to be made."""

    gives: tuple[str, ...]
    values: Callable[[Facts, date], Mapping[str, date | str] | None]


def day(facts: Facts, field: str) -> date | None:
    """A date given, or None."""
    return date.fromisoformat(facts[field]) if facts.get(field) else None
