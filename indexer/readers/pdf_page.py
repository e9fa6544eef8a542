"""One PDF page → its lines of text and its tables, from top to bottom."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

from indexer.cleaning import BULLETS, SUPERSCRIPT, join_lines, tidy
from indexer.readers.pdf_columns import regions
from indexer.readers.pdf_tables import is_bold, tables
from knowledge.passages import Frozen

Box = tuple[float, float, float, float]  # x0, top, x1, bottom in points


class Line(Frozen):
    """One line of text; positions in points from the page's upper left corner."""

    text: str
    x0: float
    x1: float
    top: float
    bottom: float
    size: float  # of its largest letters, points
    bold: bool  # every word
    page: int  # from 1
    part: int = 0  # of the page, in reading order: above the columns, the left one, the right one
    right: float = 0.0  # where full lines of its part end


class Grid(Frozen):
    """One table: rows of cells' texts, a text with several lines where it has bullets."""

    rows: tuple[tuple[str, ...], ...]
    top: float
    page: int
    part: int = 0


def elements(page: Any, number: int) -> tuple[list[Line], list[Grid]]:
    """The lines outside tables and the tables of two columns or more, of a pdfplumber page."""
    words = page.extract_words(extra_attrs=["size", "fontname"], x_tolerance=1.5, y_tolerance=2)
    ruled: list[dict[str, Any]] = []
    for table in page.find_tables():
        if max((len(row.cells) for row in table.rows), default=0) < 2:
            continue
        inside, words = _parted(words, table.bbox)
        rows = [[_parted(inside, box)[0] if box else [] for box in row.cells] for row in table.rows]
        x0, top, x1, bottom = table.bbox
        # stands among the words, so that it is read in its place of the page
        ruled.append({"x0": x0, "x1": x1, "top": top, "bottom": bottom, "rows": rows})
    lines: list[Line] = []
    grids: list[Grid] = []
    for part, region in enumerate(regions([*words, *ruled])):
        place = {"page": number, "part": part}
        grids += [_grid(w["rows"], place) for w in region if "rows" in w]
        rows_of_words = rows_of([w for w in region if "rows" not in w])
        for unruled in tables(rows_of_words):
            grids.append(_grid(unruled, place))
            taken = {id(word) for row in unruled for cell in row for word in cell}
            rows_of_words = [[w for w in row if id(w) not in taken] for row in rows_of_words]
        right = max((w["x1"] for w in region), default=0.0)
        lines += [
            line.model_copy(update={"part": part, "right": right})
            for row in rows_of_words
            if row and (line := _line(row, number)).text
        ]
    return lines, grids


def _grid(rows: Sequence[Sequence[Sequence[dict[str, Any]]]], place: dict[str, int]) -> Grid:
    top = min((w["top"] for row in rows for cell in row for w in cell), default=0.0)
    texts = [tuple(_cell(cell, place["page"]) for cell in row) for row in rows]
    return Grid(rows=tuple(row for row in texts if any(row)), top=top, **place)


def rows_of(words: Sequence[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Words on about the same height, from left to right, from top to bottom."""
    rows: list[list[dict[str, Any]]] = []
    for word in sorted(words, key=lambda w: (w["top"], w["x0"])):
        middle = (word["top"] + word["bottom"]) / 2
        for row in reversed(rows[-3:]):
            if min(w["top"] for w in row) - 1 <= middle <= max(w["bottom"] for w in row) + 1:
                row.append(word)
                break
        else:
            rows.append([word])
    return [sorted(row, key=lambda w: w["x0"]) for row in rows]


def lines_of(words: Sequence[dict[str, Any]], page: int) -> list[Line]:
    """Words on about the same height, as lines from top to bottom."""
    return [line for row in rows_of(words) if (line := _line(row, page)).text]


def _line(row: Sequence[dict[str, Any]], page: int) -> Line:
    size = max(w["size"] for w in row)
    text = ""
    for i, word in enumerate(row):
        piece = str(word["text"])
        gap = word["x0"] - row[i - 1]["x1"] if i else 0.0
        if word["size"] < 0.85 * size and piece.isdigit():
            text += piece.translate(SUPERSCRIPT)
            continue
        text += (" " if i and gap > 0.12 * size else "") + piece
    bold = all(map(is_bold, row))
    text = re.sub(r"^\(cid:\d+\)\s*", "• ", text)  # a bullet from a font that doesn't name it
    return Line(
        text=tidy(text),
        x0=row[0]["x0"],
        x1=row[-1]["x1"],
        top=min(w["top"] for w in row),
        bottom=max(w["bottom"] for w in row),
        size=round(size, 1),
        bold=bold,
        page=page,
    )


def _parted(words: Sequence[dict[str, Any]], box: Box) -> tuple[list[Any], list[Any]]:
    """(words whose middle is in the box, the others)."""
    inside: list[Any] = []
    outside: list[Any] = []
    for word in words:
        x, y = (word["x0"] + word["x1"]) / 2, (word["top"] + word["bottom"]) / 2
        within = box[0] <= x <= box[2] and box[1] <= y <= box[3]
        (inside if within else outside).append(word)
    return inside, outside


def _cell(words: Sequence[dict[str, Any]], page: int) -> str:
    text: list[str] = []
    for line in lines_of(words, page):
        bullet = re.match(rf"^[{re.escape(BULLETS)}]\s+(.*)$", line.text)
        if bullet or not text:
            text.append(f"- {bullet[1]}" if bullet else line.text)
        else:
            text[-1] = join_lines(text[-1], line.text, Counter())
    return "\n".join(text)
