"""Tables → trees of elements, readable on a phone."""

from __future__ import annotations

from bot.channels.web_html import El, el
from handlers.conversation import Table

SHORT = 12  # characters at most of a word that is not cut at its hyphens, such as a date
NUMBER = 3  # characters at most in the cells of a column of numbers


def is_wide(part: Table) -> bool:
    """Whether a phone has no room for the columns side by side: more than two, besides one of
    numbers in front."""
    numbered = all(len(row[0]) <= NUMBER for row in part.rows if row)
    return len(part.columns) > (3 if numbered else 2)


def table_tree(part: Table) -> El:
    """A captioned table; its first column names the rows.

    A phone stacks the cells of a wide one (style.css), each under its column's name, and browsers
    then forget that it is a table: hence the roles, said again. One that still is too wide scrolls
    sideways, by keyboard too: hence the place in the order of tabulation.
    """
    head = (el("th", name, scope="col", role="columnheader") for name in part.columns)
    return el(
        "div",
        el(
            "table",
            el("caption", part.title) if part.title else None,
            el("thead", el("tr", *head, role="row"), role="rowgroup"),
            el("tbody", *(row_tree(row, part.columns) for row in part.rows), role="rowgroup"),
            role="table",
        ),
        class_="table wide" if is_wide(part) else "table",
        role="group",
        aria_label=part.title or None,
        tabindex="0",
    )


def is_short(cell: str) -> bool:
    """Whether a cell is one short word or a date: « 2026-10-05 »."""
    return 0 < len(cell) <= SHORT and not any(map(str.isspace, cell))


def row_tree(row: tuple[str, ...], columns: tuple[str, ...]) -> El:
    """One row; a cell carries its column's name for the phone."""
    cells = (
        el("th", cell, scope="row", role="rowheader", class_="short" if is_short(cell) else None)
        if place == 0
        else el("td", cell, role="cell", data_label=columns[place] if place < len(columns) else "")
        for place, cell in enumerate(row)
    )
    return el("tr", *cells, role="row")
