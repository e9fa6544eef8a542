"""A page set in columns → its regions in reading order. Pure functions on pdfplumber's words."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import Any

Word = dict[str, Any]

GUTTER = 8.0  # points of white that part two columns, at least
LEAST_LINES = 6  # lines a column has, at least
LEAST_WORDS = 4  # words its lines have, as a rule; cells of a table have fewer
FULL = 0.85  # of a column's width: a line that fills it
APART = 12.0  # points of white, at least, between a running header or footer and the text
DEEPEST = 2  # columns are parted into columns again this often: four on a page at most
_STEP = 3.0  # points between the places tried for a gutter


def regions(words: Sequence[Word], depth: int = 0) -> list[list[Word]]:
    """The words of each region, in reading order: what spans the page, the left column, the right
    one, what spans the page below. One region where the page has no columns."""
    if not words:
        return []
    found = _gutter(words) if depth < DEEPEST else None
    if found is None:
        return [list(words)]
    x, top, bottom = found
    above = [w for w in words if _middle(w) < top]
    below = [w for w in words if _middle(w) > bottom]
    inside = [w for w in words if top <= _middle(w) <= bottom]
    left = [w for w in inside if w["x1"] <= x]
    right = [w for w in inside if w["x1"] > x]
    parts = [
        regions(above, depth),
        regions(left, depth + 1),
        regions(right, depth + 1),
        regions(below, depth),
    ]
    return [region for part in parts for region in part]


def _middle(word: Word) -> float:
    return float(word["top"] + word["bottom"]) / 2


def _gutter(words: Sequence[Word]) -> tuple[float, float, float] | None:
    """(x, top, bottom) of the tallest gutter with running text on both sides, or None."""
    start, end = min(w["x0"] for w in words), max(w["x1"] for w in words)
    best: tuple[float, float, float] | None = None
    x = start + 0.25 * (end - start)
    while x < start + 0.75 * (end - start):
        band = _band(words, x)
        band = _trimmed(words, band) if band else None
        if band and (best is None or band[1] - band[0] > best[2] - best[1] + 1):
            inside = [w for w in words if band[0] <= _middle(w) <= band[1]]
            sides = [w for w in inside if w["x1"] <= x], [w for w in inside if w["x1"] > x]
            if all(map(_is_text, sides)):
                best = (x, *band)
        x += _STEP
    return best


def _band(words: Sequence[Word], x: float) -> tuple[float, float] | None:
    """(top, bottom) of the tallest part of the page where no word stands on the gutter at x."""
    across = [w for w in words if w["x0"] < x + GUTTER / 2 and w["x1"] > x - GUTTER / 2]
    edges = sorted((float(w["top"]), float(w["bottom"])) for w in across)
    first, last = min(w["top"] for w in words), max(w["bottom"] for w in words)
    best, upper = None, float(first)
    for top, bottom in [*edges, (float(last), float(last))]:
        if top > upper and (best is None or top - upper > best[1] - best[0]):
            best = (upper, top)
        upper = max(upper, bottom)
    return best


def _trimmed(words: Sequence[Word], band: tuple[float, float]) -> tuple[float, float]:
    """The band without a running header or footer: a row at its edge with much white before it."""
    top, bottom = band
    inside = sorted((w["top"], w["bottom"]) for w in words if top <= _middle(w) <= bottom)
    rows: list[list[float]] = []
    for upper, lower in inside:
        if rows and upper < rows[-1][1]:
            rows[-1][1] = max(rows[-1][1], lower)
        else:
            rows.append([upper, lower])
    for edge, other in ((0, 1), (-1, -2)):
        if len(rows) > 2:
            white = rows[edge][0] - rows[other][1] if edge else rows[other][0] - rows[edge][1]
            if white > APART:
                top, bottom = (top, rows[other][1]) if edge else (rows[other][0], bottom)
    return top, bottom


def _is_text(words: Sequence[Word]) -> bool:
    """True when the words run over full lines, as a column's do and a table's cells don't."""
    lines: dict[int, list[Word]] = {}
    for word in words:
        lines.setdefault(round(word["bottom"] / 2), []).append(word)
    if len(lines) < LEAST_LINES:
        return False
    width = max(w["x1"] for w in words) - min(w["x0"] for w in words)
    widths = [max(w["x1"] for w in ws) - min(w["x0"] for w in ws) for ws in lines.values()]
    full = sum(1 for w in widths if w >= FULL * width)
    return full >= 0.4 * len(lines) and median(map(len, lines.values())) >= LEAST_WORDS
