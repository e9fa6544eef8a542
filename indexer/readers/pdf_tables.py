"""Tables without ruled lines, told by the columns that their words stand in. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from indexer.cleaning import BULLETS

Word = dict[str, Any]
Cell = list[Word]

GAP = 1.5  # times the letters' size: white between two cells of a row, at least
GAP_BOLD = 0.7  # the same in a header set in bold: narrow columns leave less
LITTLE = 0.45  # the same before a word that stands where a column of the table starts
EXACT = 1.5  # points
NEAR = 4.0  # points: edges this near are one column's
LEAST_ROWS = 3  # rows of a table, its header included
_MARKER = re.compile(rf"^([{re.escape(BULLETS)}]|\W|\(cid:\d+\)|\(?\w{{1,3}}[.)])$")


class Found:
    """A table: its rows, each with the words of every column, and the words that it took."""

    def __init__(self, starts: Sequence[float], ends: Sequence[float]) -> None:
        self.starts, self.ends = list(starts), list(ends)
        self.rows: list[list[Cell]] = []

    def place(self, cells: Sequence[Cell]) -> list[Cell] | None:
        """The cells by column, or None when they stand in other columns than the table's."""
        row: list[Cell] = [[] for _ in self.starts]
        for cell in cells:
            x0, x1 = cell[0]["x0"], cell[-1]["x1"]
            column = next(
                (
                    i
                    for i, (start, end) in enumerate(zip(self.starts, self.ends, strict=True))
                    if abs(x0 - start) <= NEAR or abs(x1 - end) <= NEAR
                ),
                None,
            )
            if column is None or row[column]:
                return None
            after = self.starts[column + 1] if column + 1 < len(self.starts) else None
            if after is not None and x1 > after:
                return None
            row[column] = cell
        return row


def tables(rows: Sequence[Sequence[Word]]) -> list[list[list[Cell]]]:
    """The tables among a region's rows of words, from top to bottom; each row by columns."""
    found: list[list[list[Cell]]] = []
    i = 0
    while i < len(rows):
        table = _from(rows, i)
        if table:
            found.append(_merged(table.rows))
            i += len(table.rows)
        else:
            i += 1
    return found


def cells_of(
    row: Sequence[Word], starts: Sequence[float] = (), ends: Sequence[float] = (), gap: float = GAP
) -> list[Cell]:
    """The words of one row, parted where there is much white between them; where a known column
    starts or ends (points), a little white is enough. `gap`: much, in times the letters' size."""
    cells: list[Cell] = []
    for word in row:
        white = word["x0"] - cells[-1][-1]["x1"] if cells else 0.0
        known = any(abs(word["x0"] - start) <= EXACT for start in starts) or any(
            cells and abs(cells[-1][-1]["x1"] - end) <= EXACT for end in ends
        )
        size = max(word["size"], cells[-1][-1]["size"]) if cells else 0.0
        if cells and white < (LITTLE if known else gap) * size:
            cells[-1].append(word)
        else:
            cells.append([word])
    return cells


def _from(rows: Sequence[Sequence[Word]], first: int) -> Found | None:
    """The table whose header is this row, or None."""
    bold = all(is_bold(word) for word in rows[first])
    header = cells_of(rows[first], gap=GAP_BOLD if bold else GAP)
    if len(header) < 2 or any(_MARKER.match(_text(cell)) for cell in header[:1]):
        return None
    table = Found([c[0]["x0"] for c in header], [c[-1]["x1"] for c in header])
    table.rows.append([list(cell) for cell in header])
    size = max(w["size"] for w in rows[first])
    for row in rows[first + 1 :]:
        above = max(w["bottom"] for cell in table.rows[-1] for w in cell)
        if min(w["top"] for w in row) - above > 2 * size:
            break
        placed = table.place(cells_of(row, table.starts, table.ends))
        if placed is None or (
            placed[0] and len([c for c in placed if c]) < 2 and _ends(row, table)
        ):
            break
        if placed[0] and _MARKER.match(_text(placed[0])):
            return None
        table.rows.append(placed)
    while table.rows and len([c for c in table.rows[-1] if c]) < 2 and table.rows[-1][0]:
        table.rows.pop()  # a line of text below, that begins where the table does
    several = [row for row in table.rows if len([c for c in row if c]) > 1]
    return table if len(several) >= LEAST_ROWS else None


def _ends(row: Sequence[Word], table: Found) -> bool:
    """True when a row with a first cell alone is text below the table: it runs into the second."""
    return bool(row[-1]["x1"] > table.starts[1] - 2)


def _merged(rows: list[list[Cell]]) -> list[list[Cell]]:
    """Rows with the lines of one row joined: those without a first cell, and those set as close
    as lines of a text where others are further apart."""
    heights = [_height(row) for row in rows]
    gaps = [lower[0] - upper[1] for upper, lower in pairwise(heights)]
    close, far = min(gaps), max(gaps)
    varied = far - close > 2.0
    merged = [rows[0]]
    for gap, row in zip(gaps, rows[1:], strict=True):
        alone = bool(row[0]) and not any(row[1:])
        if not row[0] or (gap < close + 0.4 * (far - close) if varied else alone):
            merged[-1] = [[*a, *b] for a, b in zip(merged[-1], row, strict=True)]
        else:
            merged.append(row)
    return merged


def _height(row: Sequence[Cell]) -> tuple[float, float]:
    """(top, bottom) of a row's letters, raised figures aside."""
    words = [word for cell in row for word in cell]
    largest = max(w["size"] for w in words)
    words = [w for w in words if w["size"] > 0.85 * largest]
    return min(w["top"] for w in words), max(w["bottom"] for w in words)


def is_bold(word: Word) -> bool:
    """True when a word's letters are bold, told by the name of their font."""
    return bool(re.search(r"bold|black|heavy|semib", str(word["fontname"]), re.I))


def _text(cell: Cell) -> str:
    return " ".join(str(word["text"]) for word in cell)
