"""HTML → blocks: headings, paragraphs, lists, definition lists and tables; menus are left out."""

from __future__ import annotations

import re
import warnings
from pathlib import Path

from bs4 import BeautifulSoup, Comment, Tag, XMLParsedAsHTMLWarning
from bs4.element import NavigableString

from indexer.cleaning import MARKS, SUPERSCRIPT, link_text, strip_mark, tidy
from indexer.headings import parse
from indexer.structure import Block, Draft

_DROPPED = (
    "script style template noscript nav header footer aside form button iframe svg head".split()
)
_BLOCKS = frozenset(
    "address article blockquote body center dd details div dl dt fieldset figcaption figure h1 h2 "
    "h3 h4 h5 h6 hr li main ol p pre section summary table ul".split()
)
_NOTE = re.compile(rf"^([{MARKS}]+)\s*(\S.*)$")


def read(path: Path) -> Draft:
    """Reads an .html file; the encoding is the one it declares, or guessed."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", XMLParsedAsHTMLWarning)
        soup = BeautifulSoup(path.read_bytes(), "lxml")
    # « Title | name of the site »
    page_title = tidy(soup.title.get_text()).split(" | ")[0] if soup.title else ""
    for tag in soup.find_all(_DROPPED):
        if tag.name != "header" or tag.find("h1") is None:
            tag.decompose()
    for comment in soup.find_all(string=lambda text: isinstance(text, Comment)):
        comment.extract()
    scanner = HtmlScanner()
    main = soup.find("main")
    scanner.walk(main if isinstance(main, Tag) else soup.body or soup)
    scanner.flush()
    first = next((b.text for b in scanner.found if b.kind == "heading" and b.level == 1), "")
    return Draft(title=first or page_title, blocks=tuple(scanner.found))


class HtmlScanner:
    """Walks the tree; loose inline text gathers until the next block tag."""

    def __init__(self) -> None:
        self.found: list[Block] = []
        self.loose: list[str] = []
        self.bold = True
        self.depth = -1

    def flush(self) -> None:
        """Ends the paragraph made of loose text."""
        lines = [tidy(line) for line in "".join(self.loose).split("\n")]
        text, bold = " ".join(line for line in lines if line), self.bold
        self.loose, self.bold = [], True
        if text:
            self._paragraph(text, bold)

    def walk(self, tag: Tag | BeautifulSoup) -> None:
        """Reads everything inside the tag."""
        for child in tag.children:
            if isinstance(child, NavigableString):
                if child.strip():
                    self.bold = False
                self.loose.append(str(child).replace("\n", " "))
            elif isinstance(child, Tag):
                if child.name in _BLOCKS or child.find(_BLOCKS.__contains__) is not None:
                    self.flush()
                    self._block(child)
                    self.flush()
                else:
                    self.bold = self.bold and child.name in ("b", "strong")
                    self.loose.append(inline(child))

    def _block(self, tag: Tag) -> None:
        name = tag.name
        if re.fullmatch(r"h[1-6]", name):
            numbered = parse(text := tidy(inline(tag)))
            number, text = numbered or (None, text)
            if text:
                heading = Block(kind="heading", level=int(name[1]), number=number, text=text)
                self.found.append(heading)
        elif name in ("ul", "ol"):
            self._list(tag)
        elif name == "table":
            self._table(tag)
        elif name == "dl":
            self._definitions(tag)
        else:
            self.walk(tag)

    def _paragraph(self, text: str, bold: bool) -> None:
        note = _NOTE.match(text)
        if note:
            self.found.append(Block(kind="note", marker=note[1], text=note[2]))
        else:
            self.found.append(Block(kind="paragraph", text=text, strong=bold))

    def _list(self, tag: Tag) -> None:
        items = list(tag.find_all("li", recursive=False))
        links = [len(tidy(a.get_text())) for a in tag.find_all("a", href=re.compile("^#."))]
        if items and sum(links) >= 0.9 * len(tidy(tag.get_text())) > 0:
            return  # a table of contents: nothing but links into the page
        self.depth += 1
        start = str(tag.get("start") or 1)
        number = int(start) if start.isdigit() else 1
        for item in items:
            before = len(self.found)
            self.walk(item)
            self.flush()
            marker = f"{number}." if tag.name == "ol" else "-"
            if len(self.found) > before and self.found[before].kind == "paragraph":
                text = strip_mark(self.found[before].text)
                changes = {"kind": "item", "level": self.depth, "marker": marker, "text": text}
                self.found[before] = self.found[before].model_copy(update=changes)
            number += 1
        self.depth -= 1

    def _definitions(self, tag: Tag) -> None:
        term = ""
        for part in tag.find_all(["dt", "dd"]):
            text = tidy(inline(part))
            if part.name == "dt":
                term = text.rstrip(" :")
            elif text:
                self._paragraph(f"{term} : {text}" if term else text, False)
                term = ""

    def _table(self, tag: Tag) -> None:
        rows = [row for row in tag.find_all("tr") if row.find_parent("table") is tag]
        grid = [list(row.find_all(["td", "th"], recursive=False)) for row in rows]
        grid = [row for row in grid if row]
        if not grid or max(map(len, grid)) < 2:
            for row in grid:
                for cell in row:
                    self.walk(cell)
                    self.flush()
            return
        texts = spread(grid)
        columns = [text.replace("\n", " ") for text in texts[0]]
        for row_texts in texts[1:]:
            if any(row_texts):
                cells = tuple(zip(columns, row_texts, strict=False))
                self.found.append(Block(kind="row", cells=cells))


def spread(grid: list[list[Tag]]) -> list[list[str]]:
    """Texts of a table's cells, each repeated over the rows and columns that it spans."""
    texts: list[list[str]] = []
    held: dict[int, tuple[int, str]] = {}  # column → rows still to fill, text
    for row in grid:
        line: list[str] = []
        cells = list(row)
        while cells or len(line) in held:
            if len(line) in held:
                left, text = held.pop(len(line))
                if left > 1:
                    held[len(line)] = (left - 1, text)
                line.append(text)
                continue
            cell = cells.pop(0)
            text = cell_text(cell)
            for _ in range(_span(cell, "colspan")):
                if _span(cell, "rowspan") > 1:
                    held[len(line)] = (_span(cell, "rowspan") - 1, text)
                line.append(text)
        texts.append(line)
    return texts


def _span(cell: Tag, name: str) -> int:
    value = str(cell.get(name) or "1")
    return min(50, int(value)) if value.isdigit() and int(value) else 1


def cell_text(cell: Tag) -> str:
    """A cell's text, a line for each paragraph or item in it."""
    inner = HtmlScanner()
    inner.walk(cell)
    inner.flush()
    return "\n".join(f"- {b.text}" if b.kind == "item" else b.text for b in inner.found)


def inline(tag: Tag) -> str:
    """The text of a tag without block tags: superscript figures as marks, links with addresses."""
    if tag.name == "br":
        return "\n"
    if tag.name == "img":
        return str(tag.get("alt") or "")
    parts = [
        inline(child) if isinstance(child, Tag) else str(child).replace("\n", " ")
        for child in tag.children
    ]
    text = "".join(parts)
    if tag.name == "sup" and re.fullmatch(r"\s*[\[(]?\d{1,3}[\])]?\s*", text):
        return re.sub(r"\D", "", text).translate(SUPERSCRIPT)
    if tag.name == "a":
        return link_text(text, str(tag.get("href") or ""))
    return text
