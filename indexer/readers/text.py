"""Plain text → blocks, also when it was extracted: contents, page breaks, HTML remains."""

from __future__ import annotations

import re
from pathlib import Path

from indexer.cleaning import (
    BULLETS,
    MARKS,
    find_contents,
    is_page_number,
    join_lines,
    lines_of_cell,
    pattern,
    repeated,
    strip_mark,
    tidy,
    unmark,
    vocabulary,
)
from indexer.headings import LONGEST, Headings
from indexer.readers.front import split_front
from indexer.structure import Block, Contents, Draft

_ITEM = re.compile(rf"^(\s*)([{re.escape(BULLETS)}]|\d{{1,2}}[.)]|[a-z]\))\s+(\S.*)$")
_NOTE = re.compile(rf"^\s*([{MARKS}]+|\[\^?\d+\]:?)\s*(\S.*)$")
_HASH = re.compile(r"^(#{1,6})\s+(\S.*?)\s*#*$")


def decode(data: bytes) -> str:
    """Bytes of a text file → text: UTF-8 or UTF-16 with its mark, else Windows-1252."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def read(path: Path) -> Draft:
    """Reads a .txt file. Raises Problem for broken front matter."""
    front, text = split_front(decode(path.read_bytes()), path.name)
    pages = [page.split("\n") for page in text.replace("\r\n", "\n").split("\f")]
    running = repeated(pages) if len(pages) > 2 else set()
    lines: list[str] = []
    starts: dict[int, int] = {}
    for number, page in enumerate(pages, 1):
        starts[len(lines)] = number
        for line in page:
            if len(pages) > 1 and (pattern(line) in running or is_page_number(line)):
                continue
            lines.append(line)
    contents, start, end = find_contents(lines)
    if start >= 0:
        lines[start:end] = [""] * (end - start)
    title, lines = take_cover(lines, start)
    blocks = TextScanner(contents, lines, starts if len(pages) > 1 else {}).blocks()
    return Draft(title=title, blocks=tuple(blocks), contents=contents, front=front)


def take_cover(lines: list[str], at: int) -> tuple[str, list[str]]:
    """The title: the few short lines before the table of contents (at index `at`)."""
    cover = [tidy(unmark(line)) for line in lines[: max(at, 0)] if line.strip()]
    if not cover or len(cover) > 8 or any(len(line.split()) > LONGEST for line in cover):
        return "", lines
    return " – ".join(dict.fromkeys(cover)), [""] * at + lines[at:]


class TextScanner:
    """One pass over the lines; `pages` gives the page that begins at a line's index."""

    def __init__(self, contents: Contents, lines: list[str], pages: dict[int, int]) -> None:
        self.lines = [line.rstrip(" \u00a0\r") for line in lines]
        self.headings = Headings(contents)
        self.words = vocabulary(self.lines)
        self.pages = pages
        self.page: int | None = None
        self.found: list[Block] = []
        self.indents: list[int] = []
        self.open = False  # the last block goes on until a blank line

    def blocks(self) -> list[Block]:
        """All blocks in order."""
        i = 0
        while i < len(self.lines):
            self.page = self.pages.get(i, self.page)
            line = self.lines[i]
            if not line.strip(" \u00a0\t"):
                self.open = False
                i += 1
                continue
            table = self._table(i)
            if table:
                i = table
                continue
            self._line(line, i)
            i += 1
        return self.found

    def _add(self, block: Block, stays_open: bool = True) -> None:
        self.found.append(block.model_copy(update={"page": self.page}))
        self.open = stays_open
        if block.kind != "item":
            self.indents = []

    def _line(self, line: str, i: int) -> None:
        text = tidy(unmark(line))
        if not text:
            return
        after = self.lines[i + 1].strip() if i + 1 < len(self.lines) else ""
        if re.fullmatch(r"(=|-){3,}", line.strip()):
            return
        hashed = _HASH.match(line)
        strong = bool(re.fullmatch(r"\*\*.+\*\*", line.strip()))
        numbered = None if self.open and self.found[-1:] else self.headings.numbered(text, strong)
        if hashed:
            inner = tidy(unmark(hashed[2]))
            found = self.headings.numbered(inner, True)
            number, inner = found or (None, inner)
            self._add(Block(kind="heading", level=len(hashed[1]), number=number, text=inner), False)
        elif numbered:
            level = numbered[0].count(".") + 2
            self._add(
                Block(kind="heading", level=level, number=numbered[0], text=numbered[1]), False
            )
        elif not self.open and (self.headings.titled(text) or self._shouted(text, after)):
            self._add(Block(kind="heading", level=2, text=text), False)
        elif not self.open and (level := self._standing_alone(text, i)):
            self._add(Block(kind="heading", level=level, text=text), False)
        elif re.fullmatch(r"={3,}|-{3,}", after) and not self.open:
            self._add(Block(kind="heading", level=1 if after[0] == "=" else 2, text=text), False)
        elif note := _NOTE.match(text):
            mark = re.sub(r"\D", "", note[1]) if note[1][0] == "[" else note[1]
            self._add(Block(kind="note", marker=mark, text=note[2]))
        elif item := _ITEM.match(line):
            self._item(item)
        elif self.open and self.found and self.found[-1].kind in ("paragraph", "item", "note"):
            last = self.found[-1]
            joined = join_lines(last.text, text, self.words)
            self.found[-1] = last.model_copy(update={"text": joined, "strong": False})
        else:
            self._add(Block(kind="paragraph", text=text, strong=strong))

    def _shouted(self, text: str, after: str) -> bool:
        """A short line in capitals standing alone is a heading when there are no numbers."""
        letters = re.sub(r"[\W\d_]", "", text)
        return len(letters) > 3 and letters.isupper() and not after and len(text.split()) <= 12

    def _standing_alone(self, text: str, i: int) -> int:
        """Level of the heading that a short line above a longer text is, 1 for the first line of
        all, the title; 0 where it is none. A table of contents tells headings better."""
        first, last = text[0], text[-1]
        titled = first.isupper() and last not in ".;:,!…»)" and len(text.split()) <= 12
        if not titled or self.headings.contents.titles or _ITEM.match(text):
            return 0
        rest = self.lines[i + 1 :]
        blank = bool(rest) and not rest[0].strip()
        following = next((line.strip() for line in rest[:4] if line.strip()), "")
        if not self.found:
            longer = len(following) > 1.5 * len(text) and following[:1].isupper()
            return 1 if following and (blank or longer) else 0
        longer = len(following) > max(60, len(text)) or bool(_ITEM.match(following))
        return 2 if blank and longer else 0

    def _item(self, item: re.Match[str]) -> None:
        indent = len(item[1].expandtabs(4))
        while self.indents and indent < self.indents[-1]:
            self.indents.pop()
        last = self.found[-1] if self.found else None
        if self.indents and indent > self.indents[-1] and last and last.text.endswith(";"):
            self.indents[-1] = indent  # after « ; » comes the next item, not one under it
        if not self.indents or indent > self.indents[-1]:
            self.indents.append(indent)
        raw = item[3].strip()
        strong = bool(re.fullmatch(r"\*\*.+\*\*", raw))
        marker = item[2] if item[2][0].isalnum() else "-"
        text = strip_mark(tidy(unmark(raw)))
        level = len(self.indents) - 1
        self._add(Block(kind="item", level=level, marker=marker, text=text, strong=strong))

    def _table(self, i: int) -> int:
        """Reads the table that starts at line i; the index after it, 0 when there is none."""
        split = _cells_by_pipe if self.lines[i].lstrip().startswith("|") else _cells_by_tab
        rows: list[list[str]] = []
        end = i
        while end < len(self.lines) and len(cells := split(self.lines[end])) > 1:
            if not all(re.fullmatch(r":?-+:?", cell.strip()) for cell in cells):
                rows.append([lines_of_cell(cell) for cell in cells])
            end += 1
        if len(rows) < 2 or len({len(row) for row in rows}) > 1:
            return 0
        columns = [cell.replace("\n", " ") for cell in rows[0]]
        for row in rows[1:]:
            self._add(Block(kind="row", cells=tuple(zip(columns, row, strict=True))), False)
        return end


def _cells_by_tab(line: str) -> list[str]:
    cells = line.strip(" ").split("\t")
    return cells if len(cells) > 1 and cells[0].strip() else []


def _cells_by_pipe(line: str) -> list[str]:
    line = line.strip()
    return re.split(r"(?<!\\)\|", line.strip("|")) if line.startswith("|") else []
