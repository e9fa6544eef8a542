"""PDF → blocks: running headers left out, headings by looks and numbers, tables mended."""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pdfplumber
from pdfminer.pdfdocument import PDFEncryptionError, PDFPasswordIncorrect

from indexer.cleaning import (
    BULLETS,
    MARKS,
    find_contents,
    fold,
    is_page_number,
    join_lines,
    pattern,
    repeated,
    vocabulary,
)
from indexer.headings import LONGEST, Headings
from indexer.readers.pdf_page import Grid, Line, elements
from indexer.structure import Block, Contents, Draft
from knowledge.phrases import Problem

EDGE = 3  # lines at the top and bottom of a page looked at for running headers and footers
_ITEM = re.compile(rf"^([{re.escape(BULLETS)}]|\d{{1,2}}[.)])\s+(\S.*)$")
_NOTE = re.compile(rf"^([{MARKS}]+)\s*(\S.*)$")
_END = re.compile(r"[.:;!?…»)]\s*$")
logging.getLogger("pdfminer").setLevel(logging.ERROR)


def read(path: Path) -> Draft:
    """Reads a .pdf file. Raises Problem when it is damaged, locked, or holds no text."""
    try:
        pages, grids = _extracted(path)
    except Problem:
        raise
    except Exception as error:
        # the library lets many kinds of errors through for a damaged file
        locked = _is_locked(error)
        raise Problem("pdf_locked" if locked else "pdf_broken", file=path.name) from error
    count = sum(len(line.text.split()) for page in pages for line in page)
    count += sum(len(" ".join(row).split()) for grid in grids for row in grid.rows)
    if count < max(3, 2 * len(pages)):
        raise Problem("pdf_scanned", file=path.name)
    pages = without_running(pages)
    lines = [line for page in pages for line in page]
    contents, start, end = find_contents([line.text for line in lines])
    left_out = {id(line) for line in lines[max(start, 0) : max(end, 0)]}
    lines = [line for line in lines if id(line) not in left_out]
    scanner = PdfScanner(contents, lines, grids)
    scanner.scan()
    return Draft(title=scanner.title, blocks=tuple(scanner.found), contents=contents)


def _extracted(path: Path) -> tuple[list[list[Line]], list[Grid]]:
    pages: list[list[Line]] = []
    grids: list[Grid] = []
    with pdfplumber.open(path) as document:
        for number, page in enumerate(document.pages, 1):
            lines, tables = elements(page, number)
            pages.append(lines)
            grids += tables
            page.close()
    return pages, grids


def _is_locked(error: BaseException | None) -> bool:
    """True when a password is what is missing; the library wraps the error that says so."""
    while error is not None:
        inner = [error, *error.args]
        if any(isinstance(e, PDFPasswordIncorrect | PDFEncryptionError) for e in inner):
            return True
        error = error.__cause__ or error.__context__
    return False


def without_running(pages: Sequence[Sequence[Line]]) -> list[list[Line]]:
    """The pages without running headers, footers and page numbers."""
    by_height = [sorted(page, key=lambda line: line.top) for page in pages]
    running = repeated([[line.text for line in page] for page in by_height], EDGE)
    running |= twice(by_height)
    kept: list[list[Line]] = []
    for page, sorted_page in zip(pages, by_height, strict=True):
        edges = {id(line) for line in [*sorted_page[:EDGE], *sorted_page[-EDGE:]]}
        kept.append(
            [
                line
                for line in page
                if id(line) not in edges
                or not (pattern(line.text) in running or is_page_number(line.text))
            ]
        )
    return kept


def twice(pages: Sequence[Sequence[Line]]) -> set[str]:
    """Running lines of a document of two pages: the same words at the same height, in letters
    no larger than the text's."""
    if len(pages) != 2:
        return set()
    sizes = Counter(line.size for page in pages for line in page)
    body = sizes.most_common(1)[0][0] if sizes else 0.0
    first, second = (
        {(pattern(line.text), round(line.top / 3)) for line in [*page[:EDGE], *page[-EDGE:]]}
        for page in ([line for line in page if line.size <= body] for page in pages)
    )
    return {text for text, _ in first & second if text}


class PdfScanner:
    """Lines and tables in reading order → blocks."""

    def __init__(self, contents: Contents, lines: Sequence[Line], grids: Sequence[Grid]) -> None:
        sizes: Counter[float] = Counter()
        for line in lines:
            sizes[line.size] += len(line.text)
        self.body = sizes.most_common(1)[0][0] if sizes else 10.0
        largest = max((line.size for line in lines), default=0.0)
        first = [line.size == largest for line in lines]
        # of a title alone, no heading further down has the size
        self.title_size = largest if all(first[: sum(first)]) else 0.0
        self.right = max((line.x1 for line in lines), default=500.0)
        self.words = vocabulary([line.text for line in lines])
        self.headings = Headings(contents)
        self.lines, self.grids = list(lines), list(grids)
        self.found: list[Block] = []
        self.title = ""
        self.indents: list[float] = []
        self.last: Line | None = None  # the line that the last block ends with
        self.columns: tuple[str, ...] = ()  # of the table that may go on
        self.levels: dict[float, int] = {}  # letter size of numbered headings → level

    def scan(self) -> None:
        """Reads everything into `found`."""
        self._cover()
        both: list[Line | Grid] = [*self.lines, *self.grids]
        order = sorted(both, key=lambda e: (e.page, e.part, e.top))
        for element in order:
            if isinstance(element, Grid):
                self._grid(element)
            else:
                self._line(element)

    def _cover(self) -> None:
        """A first page of a few words with large letters is the cover: it is the title."""
        first = [line for line in self.lines if line.page == 1]
        few = sum(len(line.text.split()) for line in first) < 60
        if not first or not few or all(line.page == 1 for line in self.lines):
            return
        large = [line for line in first if line.size > 1.12 * self.body]
        if large:
            self.title = " – ".join(dict.fromkeys(line.text for line in large))
            gone = {id(line) for line in large}
            self.lines = [line for line in self.lines if id(line) not in gone]

    def _line(self, line: Line) -> None:
        item, note = _ITEM.match(line.text), _NOTE.match(line.text)
        large = line.size > 1.12 * self.body
        strong = large or line.bold
        if self._continues(line, bool(item or note)):
            last = self.found[-1]
            joined = join_lines(last.text, line.text, self.words)
            self.found[-1] = last.model_copy(
                update={"text": joined, "strong": last.strong and line.bold}
            )
        elif numbered := self.headings.numbered(line.text, strong) if strong else None:
            level = numbered[0].count(".") + 2
            self.levels[line.size] = level
            number, text = numbered
            self._add(Block(kind="heading", level=level, number=number, text=text), line)
        elif large and not item and len(line.text.split()) <= LONGEST:
            level = 1 if self._is_title(line) else self.levels.get(line.size, 2)
            self._add(Block(kind="heading", level=level, text=line.text), line)
        elif note:
            self._add(Block(kind="note", marker=note[1], text=note[2]), line)
        elif item:
            self._item(item, line)
        else:
            self._add(Block(kind="paragraph", text=line.text, strong=line.bold), line)
        self.last = line

    def _is_title(self, line: Line) -> bool:
        """True for the document's first lines, in larger letters than any other: the title."""
        return not self.title and not self.found and line.size == self.title_size

    def _continues(self, line: Line, marked: bool) -> bool:
        """True when the line goes on with the paragraph, item, heading or note before it."""
        last = self.last
        if marked or not last or not self.found or self.found[-1].kind == "row":
            return False
        block = self.found[-1]
        right = last.right or self.right
        full = last.x1 > right - 0.22 * (right - min(last.x0, line.x0) if last.part else right)
        apart = (line.page, line.part) != (last.page, last.part)
        outside = block.kind == "item" and self.indents and line.x0 < self.indents[-1] - 2
        if outside or abs(line.size - last.size) > 0.6:
            return False
        if block.kind == "heading" or (block.kind == "paragraph" and block.strong):
            close = line.top - last.bottom < 0.7 * line.size
            return line.bold == last.bold and close and not apart and full
        if apart:
            return not _END.search(block.text) and (full or line.text[:1].islower())
        if line.top - last.bottom > 0.65 * line.size:
            return False
        if line.bold and not last.bold and not full:
            return False
        return full or line.text[:1].islower() or not _END.search(block.text)

    def _add(self, block: Block, line: Line) -> None:
        self.found.append(block.model_copy(update={"page": line.page}))
        self.columns = ()
        if block.kind != "item":
            self.indents = []

    def _item(self, item: re.Match[str], line: Line) -> None:
        while self.indents and line.x0 < self.indents[-1] - 4:
            self.indents.pop()
        if not self.indents or line.x0 > self.indents[-1] + 4:
            self.indents.append(line.x0)
        marker = item[1].replace(")", ".") if item[1][0].isdigit() else "-"
        level = len(self.indents) - 1
        block = Block(kind="item", level=level, marker=marker, text=item[2], strong=line.bold)
        self._add(block, line)

    def _grid(self, grid: Grid) -> None:
        """Rows of a table; one that goes on from the page before keeps its columns."""
        rows = list(grid.rows)
        if not rows:
            return
        same = len(self.columns) == len(rows[0]) and bool(self.columns)
        if same and [fold(c) for c in rows[0]] == [fold(c) for c in self.columns]:
            rows = rows[1:]
        elif not same:
            self.columns = tuple(cell.replace("\n", " ") for cell in rows.pop(0))
        for row in rows:
            last = self.found[-1] if self.found else None
            if not row[0] and last and last.kind == "row" and len(last.cells) == len(row):
                cells = tuple(
                    (column, f"{value} {more}".strip())
                    for (column, value), more in zip(last.cells, row, strict=True)
                )
                self.found[-1] = last.model_copy(update={"cells": cells})
                continue
            cells = tuple(zip(self.columns, row, strict=False))
            self.found.append(Block(kind="row", cells=cells, page=grid.page))
        self.indents, self.last = [], None
