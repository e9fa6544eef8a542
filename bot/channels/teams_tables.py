"""A table → the card's own Table, or a list of rows where a phone could not show it."""

from __future__ import annotations

from bot.channels.teams_blocks import Json, clean, container, cut, line, run
from handlers.conversation import Table

WIDE = 3  # columns that a phone shows side by side
CELL = 400  # characters of a cell
ROWS = 10  # rows of one Table element; the next ones follow under the headings said again
COLUMNS = 12
ROOM = 6500  # characters of all cells of a Table element


def table_blocks(part: Table) -> list[Json]:
    """The table's elements."""
    title = [line(run(cut(part.title, CELL), weight="Bolder"))] if part.title else []
    if not part.rows:
        return [*title, line(run("—"))]
    if len(part.columns) > WIDE:
        return [*title, *(stacked(part.columns, row) for row in part.rows)]
    made = []
    for start in range(0, len(part.rows), ROWS):
        made.append(side_by_side(part.columns, part.rows[start : start + ROWS]))
    return [*title, *made]


def side_by_side(columns: tuple[str, ...], rows: tuple[tuple[str, ...], ...]) -> Json:
    """A Table element, its first row the headings."""
    # Ten rows of three cells of 400 characters would outgrow a card: they share what there is.
    share = min(2 * CELL, ROOM // ((len(rows) + 1) * max(1, len(columns))))
    return {
        "type": "Table",
        "firstRowAsHeader": True,
        "gridStyle": "default",
        "columns": [{"width": width} for width in widths(columns, rows)],
        "rows": [
            table_row(columns, share, bold=True),
            *(table_row(padded(row, len(columns)), share) for row in rows),
        ],
    }


def widths(columns: tuple[str, ...], rows: tuple[tuple[str, ...], ...]) -> list[int]:
    """How the width is shared: by the longest cell, within bounds."""
    table = [columns, *(padded(row, len(columns)) for row in rows)]
    return [min(max(6, *map(len, cells)), 30) for cells in zip(*table, strict=True)]


def table_row(cells: tuple[str, ...], longest: int, *, bold: bool = False) -> Json:
    """A row of cells."""
    look: Json = {"weight": "Bolder"} if bold else {}
    return {
        "type": "TableRow",
        "cells": [
            {"type": "TableCell", "items": [line(run(cut(clean(cell), longest) or "—", **look))]}
            for cell in cells
        ],
    }


def stacked(columns: tuple[str, ...], row: tuple[str, ...]) -> Json:
    """A row as lines « colonne : valeur », the first cell as its heading."""
    cells = padded(row, len(columns))[:COLUMNS]
    items = [line(run(cut(cells[0], CELL) or "—", weight="Bolder"))]
    for name, cell in zip(columns[1:COLUMNS], cells[1:], strict=False):
        if cell.strip():
            lead = run(f"{cut(name, 80)}\u00a0: ", isSubtle=True)
            items.append(line(lead, run(cut(cell, CELL)), spacing="None"))
    return container(items, separator=True)


def padded(row: tuple[str, ...], width: int) -> tuple[str, ...]:
    """The row with as many cells as there are columns."""
    return (*row, *[""] * width)[:width]
