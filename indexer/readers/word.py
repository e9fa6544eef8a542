"""Word (.docx) → blocks: heading styles and their automatic numbers, lists, tables, footnotes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docx
from docx.oxml.ns import qn
from lxml import etree

from indexer.cleaning import (
    BULLETS,
    CONTENTS_TITLE,
    MARKS,
    SUPERSCRIPT,
    find_contents,
    link_text,
    strip_mark,
    tidy,
)
from indexer.headings import Headings
from indexer.readers.word_lists import Numbering
from indexer.structure import Block, Draft
from knowledge.phrases import Problem

_HEADING = re.compile(r"^(?:heading|titre) ?([1-9])$", re.I)
_TITLE = re.compile(r"^(title|titre)$", re.I)
_CONTENTS = re.compile(r"^(toc|tm|table des mati)", re.I)
_TYPED = re.compile(rf"^\s*([{re.escape(BULLETS)}]|\d{{1,2}}[.)])\s+(\S.*)$")
_NOTE = re.compile(rf"^([{MARKS}]+)\s*(\S.*)$")


def read(path: Path) -> Draft:
    """Reads a .docx file. Raises Problem when it is damaged."""
    try:
        document = docx.Document(str(path))
        scanner = WordScanner(document)
        scanner.scan()
    except Exception as error:
        # the library lets many kinds of errors through for a damaged file
        raise Problem("word_broken", file=path.name) from error
    title = tidy(document.core_properties.title or "")
    title = title if title.lower() not in ("", "word document", "document1") else ""
    cover = " – ".join(dict.fromkeys(scanner.cover))
    return Draft(title=cover or title, blocks=tuple(scanner.found), contents=scanner.contents)


class WordScanner:
    """One pass over the body's paragraphs and tables, content controls opened."""

    def __init__(self, document: Any) -> None:
        self.document = document
        self.numbering = Numbering(document)
        self.notes = footnotes(document)
        self.found: list[Block] = []
        self.cover: list[str] = []  # paragraphs in the style « Title »
        paragraphs = [p for kind, p in self._elements(document.element.body) if kind == "p"]
        lines = [self._text(p) for p in paragraphs]
        listed = [
            line if _CONTENTS.match(self._style(p)) or "\t" in line or "..." in line else "…"
            for p, line in zip(paragraphs, lines, strict=True)
        ]
        self.contents = find_contents(listed)[0]
        self.headings = Headings(self.contents)
        self.outline: list[int] = []  # counters of automatic heading numbers, by level
        self.page: int | None = None

    def scan(self) -> None:
        """Reads the body into `found`, then the footnotes."""
        for kind, element in self._elements(self.document.element.body):
            if kind == "tbl":
                self._table(element)
            else:
                self._paragraph(element)
        for number, text in self.notes.items():
            self.found.append(Block(kind="note", marker=number, text=text))

    def _elements(self, parent: Any) -> Iterator[tuple[str, Any]]:
        for child in parent:
            if child.tag == qn("w:p"):
                yield "p", child
            elif child.tag == qn("w:tbl"):
                yield "tbl", child
            elif child.tag == qn("w:sdt"):
                yield from self._elements(_content(child))
            elif child.tag in (qn("w:ins"), qn("w:customXml")):
                yield from self._elements(child)

    def _style(self, paragraph: Any) -> str:
        style = paragraph.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
        if style is None:
            return ""
        name = self.numbering.style_names.get(style.get(qn("w:val")), "")
        return name or str(style.get(qn("w:val")))

    def _text(self, paragraph: Any) -> str:
        """Visible text of a paragraph; tabs kept, deleted text and field codes left out."""
        return "".join(self._runs(paragraph))

    def _runs(self, element: Any) -> Iterator[str]:
        for child in element:
            if child.tag == qn("w:hyperlink"):
                label = "".join(self._runs(child))
                relation = self.document.part.rels.get(child.get(qn("r:id")) or "")
                target = relation.target_ref if relation is not None else ""
                yield link_text(label, target)
            elif child.tag == qn("w:r"):
                text = "".join(self._run(child))
                raised = child.find(f"{qn('w:rPr')}/{qn('w:vertAlign')}")
                if raised is not None and raised.get(qn("w:val")) == "superscript":
                    text = text.translate(SUPERSCRIPT) if text.strip().isdigit() else text
                yield text
            elif child.tag in (qn("w:ins"), qn("w:smartTag"), qn("w:fldSimple")):
                yield from self._runs(child)
            elif child.tag == qn("w:sdt"):
                yield from self._runs(_content(child))

    def _run(self, run: Any) -> Iterator[str]:
        for piece in run:
            if piece.tag == qn("w:t"):
                yield piece.text or ""
            elif piece.tag == qn("w:tab"):
                yield "\t"
            elif piece.tag in (qn("w:br"), qn("w:cr")):
                yield "\n" if piece.get(qn("w:type")) != "page" else ""
            elif piece.tag == qn("w:noBreakHyphen"):
                yield "-"
            elif piece.tag == qn("w:footnoteReference"):
                yield str(piece.get(qn("w:id"))).translate(SUPERSCRIPT)

    def _paragraph(self, paragraph: Any) -> None:
        raw, style = self._text(paragraph), self._style(paragraph)
        text = tidy(raw)
        if not text or _CONTENTS.match(style) or self._in_contents(raw, text):
            return
        heading, strong = _HEADING.match(style), self._bold(paragraph)
        numbers = self.numbering.of(paragraph)
        if _TITLE.match(style):
            self.cover.append(text)
        elif heading:
            self._heading(int(heading[1]), text, automatic=numbers is not None)
        elif numbers is not None or style.lower().startswith("list"):
            marker, level = numbers or self.numbering.by_style(style)
            text = strip_mark(text)
            self._add(Block(kind="item", level=level, marker=marker, text=text, strong=strong))
        elif note := _NOTE.match(text):
            self._add(Block(kind="note", marker=note[1], text=note[2]))
        elif strong and (numbered := self.headings.numbered(text, True)):
            level = numbered[0].count(".") + 2
            self._add(Block(kind="heading", level=level, number=numbered[0], text=numbered[1]))
        elif typed := _TYPED.match(text):
            marker = typed[1] if typed[1][0].isdigit() else "-"
            self._add(Block(kind="item", marker=marker, text=typed[2], strong=strong))
        else:
            self._add(Block(kind="paragraph", text=text, strong=strong))

    def _in_contents(self, raw: str, text: str) -> bool:
        """A line of the table of contents that no style marks, or the table's own title."""
        if CONTENTS_TITLE.fullmatch(text):
            return bool(self.contents.titles)
        return bool(re.search(r"(?:\.{4,}|…{2,})\s*\d{1,4}\s*$", raw))

    def _add(self, block: Block) -> None:
        self.found.append(block)
        if block.kind != "item":
            self.numbering.interrupt()

    def _heading(self, level: int, text: str, automatic: bool) -> None:
        number = None
        found = self.headings.numbered(text, True)
        if found:
            number, text = found
        elif automatic:
            self.outline = (self.outline + [0] * level)[:level]
            self.outline[-1] += 1
            number = ".".join(map(str, self.outline))
        self._add(Block(kind="heading", level=level, number=number, text=text))

    def _bold(self, paragraph: Any) -> bool:
        runs = [r for r in paragraph.iter(qn("w:r")) if "".join(self._run(r)).strip()]
        marks = [r.find(f"{qn('w:rPr')}/{qn('w:b')}") for r in runs]
        return bool(marks) and all(
            mark is not None and mark.get(qn("w:val")) not in ("0", "false") for mark in marks
        )

    def _table(self, table: Any) -> None:
        rows = [self._cells(row) for row in table.iter(qn("w:tr"))]
        rows = [row for row in rows if any(row)]
        if not rows or max(map(len, rows)) < 2:
            for row in rows:
                for line in "\n".join(row).split("\n"):
                    self._add(Block(kind="paragraph", text=line))
            return
        columns = [text.replace("\n", " ") for text in rows[0]]
        for row in rows[1:]:
            if row != rows[0]:
                self._add(Block(kind="row", cells=tuple(zip(columns, row, strict=False))))

    def _cells(self, row: Any) -> list[str]:
        texts: list[str] = []
        for cell in row.findall(qn("w:tc")):
            lines = []
            for _, paragraph in self._elements(cell):
                line = tidy(self._text(paragraph)) if paragraph.tag == qn("w:p") else ""
                if line:
                    listed = self.numbering.of(paragraph) is not None
                    listed = listed or self._style(paragraph).lower().startswith("list")
                    lines.append(f"- {strip_mark(line)}" if listed else line)
            span = cell.find(f"{qn('w:tcPr')}/{qn('w:gridSpan')}")
            count = int(span.get(qn("w:val"))) if span is not None else 1
            texts += ["\n".join(lines)] * min(count, 50)
        return texts


def _content(control: Any) -> Any:
    """What a content control holds."""
    inside = control.find(qn("w:sdtContent"))
    return () if inside is None else inside


def footnotes(document: Any) -> dict[str, str]:
    """Mark → text of the document's footnotes."""
    found: dict[str, str] = {}
    for relation in document.part.rels.values():
        if relation.reltype.endswith("/footnotes") and not relation.is_external:
            parser = etree.XMLParser(resolve_entities=False, no_network=True)
            root = etree.fromstring(relation.target_part.blob, parser)
            for note in root.findall(qn("w:footnote")):
                text = tidy(" ".join(piece.text or "" for piece in note.iter(qn("w:t"))))
                if text and note.get(qn("w:type")) in (None, "normal"):
                    found[str(note.get(qn("w:id"))).translate(SUPERSCRIPT)] = text
    return found
