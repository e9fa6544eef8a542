"""A table's rows as lines of text: Slack's messages have no columns."""

from __future__ import annotations

from collections.abc import Sequence

from bot.channels.slack_text import SECTION, size
from handlers.conversation import Table


def table_texts(part: Table) -> tuple[str, list[str]]:
    """(what the columns are, where no line says it; the rows, as many to a text as fit)."""
    rows = [row_lines(part.columns, row) for row in part.rows]
    between = "\n\n" if any("\n" in lines for lines in rows) else "\n"
    names = [name for name in part.columns if size(name) > 2]  # « N° » goes without saying
    texts: list[str] = []
    for lines in rows:
        if texts and size(texts[-1] + between + lines) <= SECTION:
            texts[-1] += between + lines
        else:
            texts.append(lines)
    return " – ".join(names) if between == "\n" and rows else "", texts


def row_lines(columns: Sequence[str], row: Sequence[str]) -> str:
    """One row: « valeur : valeur » where there are two, else the first value with the others
    below it as « colonne : valeur »; a number that counts the rows stands before.

    >>> row_lines(("N°", "Sujet", "Réponse"), ("1", "Organisme", "ITQ"))
    '1. Organisme\xa0: ITQ'
    """
    cells = list(zip(columns, row, strict=False))
    number = ""
    if len(cells) > 2 and cells[0][1].isdecimal():
        number = f"{cells.pop(0)[1]}. "
    if len(cells) == 2 and all(value for _, value in cells):
        return f"{number}{cells[0][1]}\u00a0: {cells[1][1]}"
    head = cells[0][1] if cells else ""
    below = [f"{name}\u00a0: {value}" if name else value for name, value in cells[1:] if value]
    return "\n".join([number + head, *below])
