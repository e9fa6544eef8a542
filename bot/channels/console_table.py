"""Tables for a terminal: in columns where they fit, else row after row."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from handlers.conversation import Table
from handlers.questions import printable

if TYPE_CHECKING:
    from bot.channels.console_view import View

GAP = "  "


def table_lines(view: View, part: Table) -> Iterator[str]:
    """The table's title and rows, within the view's width."""
    if part.title:
        yield from view.heading(part.title)
    rows = [tuple(" ".join(printable(cell).split()) for cell in row) for row in part.rows]
    widths = [
        max(len(cells[place]) for cells in (part.columns, *rows) if place < len(cells))
        for place in range(len(part.columns))
    ]
    if sum(widths) + len(GAP) * (len(widths) - 1) <= view.width:
        yield aligned(part.columns, widths)
        yield GAP.join("─" * width for width in widths)
        yield from (aligned(row, widths) for row in rows)
        return
    for row in rows:
        yield from view.heading(row[0] if row else "")
        for name, cell in list(zip(part.columns, row, strict=False))[1:]:
            if cell:
                yield from view.wrapped(f"{name}\u00a0: {cell}", GAP)


def aligned(cells: tuple[str, ...], widths: list[int]) -> str:
    """One line of a table in columns."""
    return GAP.join(cell.ljust(width) for cell, width in zip(cells, widths, strict=False)).rstrip()
