"""A table → the card's own Table, or a list of rows where a phone could not show it."""

from __future__ import annotations

from bot.channels.teams_blocks import Json, clean, container, cut, line, run, unbroken
from handlers.conversation import Table

WIDE = 3  # columns that a phone shows side by side
CELL = 400  # characters of a cell
ROWS = 12  # rows of one Table element; the next ones follow under the headings said again
COLUMNS = 12
PHONE = 40  # characters that a phone shows in a line
AROUND = 3  # characters that a cell's margins take
LONGEST_WORD, LONGEST_CELL = 16, 90  # characters that count for a column's width
ROOM = 6500  # characters of all cells of a Table element


def table_blocks(part: Table) -> list[Json]:
    """The table's elements."""
    title = [line(run(cut(part.title, CELL), weight="Bolder"))] if part.title else []
    if not part.rows:
        return [*title, line(run("—"))]
    if len(part.columns) > WIDE:
        rows = [stacked(part.columns, row) for row in part.rows]
        return [container([*title, rows[0]]), *rows[1:]] if title else rows
    shares = widths(part.columns, part.rows)  # one for all: they look like one table
    made = []
    for start in range(0, len(part.rows), ROWS):
        made.append(side_by_side(part.columns, part.rows[start : start + ROWS], shares))
    # The title and what it names: no card ends between them.
    return [container([*title, made[0]]), *made[1:]] if title else made


def side_by_side(
    columns: tuple[str, ...], rows: tuple[tuple[str, ...], ...], shares: list[int]
) -> Json:
    """A Table element, its first row the headings."""
    # A dozen rows of three cells of 400 characters would outgrow a card: they share what there is.
    share = min(2 * CELL, ROOM // ((len(rows) + 1) * max(1, len(columns))))
    return {
        "type": "Table",
        "firstRowAsHeader": True,
        "gridStyle": "default",
        "columns": [{"width": share} for share in shares],
        "rows": [
            table_row(columns, share, bold=True),
            *(table_row(padded(row, len(columns)), share) for row in rows),
        ],
    }


def widths(columns: tuple[str, ...], rows: tuple[tuple[str, ...], ...]) -> list[int]:
    """How the width is shared: room for the longest word of each column, so that none is cut on
    a phone; what is left, by how much the cells hold."""
    table = [columns, *(padded(row, len(columns)) for row in rows)]
    needs, wants = [], []
    for cells in zip(*table, strict=True):
        word = max(len(word) for cell in cells for word in cell.split() or ("",))
        needs.append(min(word, LONGEST_WORD) + AROUND)
        held = sum(min(len(cell), LONGEST_CELL) for cell in cells) // len(cells)
        wants.append(max(1, held - word))
    left = max(0, PHONE - sum(needs))
    return [need + round(left * want / sum(wants)) for need, want in zip(needs, wants, strict=True)]


def table_row(cells: tuple[str, ...], longest: int, *, bold: bool = False) -> Json:
    """A row of cells."""
    look: Json = {"weight": "Bolder"} if bold else {}
    return {
        "type": "TableRow",
        "cells": [
            {
                "type": "TableCell",
                "items": [line(run(unbroken(cut(clean(cell), longest)) or "—", **look))],
            }
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
            items.append(line(lead, run(unbroken(cut(cell, CELL))), spacing="None"))
    return container(items, separator=True)


def padded(row: tuple[str, ...], width: int) -> tuple[str, ...]:
    """The row with as many cells as there are columns."""
    return (*row, *[""] * width)[:width]
