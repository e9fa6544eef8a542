"""A report as a PDF: an embedded font, tables whose headings repeat, page numbers, bookmarks."""

from __future__ import annotations

import io
import unicodedata
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import reportlab
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import letter
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import inch
from reportlab.pdfbase.pdfmetrics import registerFont, registerFontFamily, stringWidth
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import CondPageBreak, Paragraph, SimpleDocTemplate, Spacer
from reportlab.platypus import Table as Grid

from handlers.conversation import Citations, Table, Text
from handlers.report import Block, Report, citation_source, column_widths
from knowledge.phrases import say

PDF_TYPE = "application/pdf"
FONT, BOLD = "CatalogueVera", "CatalogueVera-Bold"
MARGIN = 0.9 * inch
WIDTH = letter[0] - 2 * MARGIN
BLUE, GREY, SHADE = HexColor("#095797"), HexColor("#8893A2"), HexColor("#E6EEF6")
INK = {"note": "#444F5A", "success": "#0B5D2E", "warning": "#8A3B00"}  # of a text's tone
LIKE = {"\u202f": "\u00a0", "\u2011": "-", "→": "»", "✓": "x"}  # signs that the font lacks
CELL = 4  # points around a cell's text
LEAST = 36.0  # points: the narrowest column
ROOM = 1.4 * inch  # left on a page below a heading, or it goes on the next one
TALLEST = 1500  # characters in one cell: a row must fit on a page


def pdf(report: Report, made: datetime) -> bytes:
    """The PDF file; `made` goes into its properties."""
    load_fonts()
    out = io.BytesIO()
    document = SimpleDocTemplate(
        out,
        pagesize=letter,
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        topMargin=MARGIN,
        bottomMargin=MARGIN,
        title=f"{report.title} – {report.subtitle}",
        author=report.author,
        creator=report.author,
        lang=report.locale,
    )
    story: list[Any] = [
        paragraph(report.title, "title"),
        paragraph(report.subtitle, "subtitle"),
        grid(Table(columns=(), rows=report.facts), heading_column=True),
        Spacer(1, 8),
    ]
    for section in report.sections:
        story += heading(section.title, 0)
        for block in section.blocks:
            story += flowables(block, report.lang)
    document.build(story, canvasmaker=numbered(report, made))
    return out.getvalue()


@cache
def load_fonts() -> None:
    """Registers the fonts that come with reportlab: Bitstream Vera, embedded as it is used."""
    folder = Path(reportlab.__file__).parent / "fonts"
    for name, file in ((FONT, "Vera.ttf"), (BOLD, "VeraBd.ttf")):
        registerFont(TTFont(name, folder / file))
    registerFontFamily(FONT, normal=FONT, bold=BOLD, italic=FONT, boldItalic=BOLD)


@cache
def drawable() -> frozenset[int]:
    """The characters that the font can draw."""
    load_fonts()
    from reportlab.pdfbase.pdfmetrics import getFont

    return frozenset(getFont(FONT).face.charToGlyph)


def drawn(text: str) -> str:
    """The text as the font can draw it: a like sign, the letter without its mark, or a box."""
    known = drawable()
    out = []
    for char in unicodedata.normalize("NFC", text):
        if char == "\n" or ord(char) in known:
            out.append(char)
            continue
        bare = LIKE.get(char) or unicodedata.normalize("NFKD", char)[:1]
        out.append(bare if bare and ord(bare) in known else "\u25a1")
    return "".join(out)


STYLES = {
    "title": (BOLD, 20, 25, BLUE),
    "subtitle": (FONT, 11.5, 16, None),
    "heading0": (BOLD, 13.5, 18, BLUE),
    "heading1": (BOLD, 10.5, 14, BLUE),
    "normal": (FONT, 9, 12.5, None),
    "cell": (FONT, 8, 10.5, None),
    "head": (BOLD, 8, 10.5, None),
    "source": (BOLD, 8, 11, None),
    "quote": (FONT, 8, 11, None),
}


@cache
def style(name: str, color: str = "") -> ParagraphStyle:
    """A paragraph's style; `color` instead of its own."""
    font, size, leading, ink = STYLES[name]
    made = ParagraphStyle(name, fontName=font, fontSize=size, leading=leading, spaceAfter=4)
    if ink is not None or color:
        made.textColor = HexColor(color) if color else ink
    if name.startswith("heading"):
        made.spaceBefore = 14 if name == "heading0" else 8
    if name in ("cell", "head"):
        made.spaceAfter = 0
    if name == "source":
        made.keepWithNext, made.spaceBefore, made.spaceAfter = 1, 4, 1
    if name == "quote":
        made.leftIndent, made.borderPadding = 14, 0
    made.splitLongWords = 1
    return made


def paragraph(text: str, name: str, color: str = "", *, bold: bool = False) -> Paragraph:
    """Text as a paragraph: never markup, whatever stands in it."""
    words = "<br/>".join(escape(line) for line in drawn(text).split("\n"))
    return Paragraph(f"<b>{words}</b>" if bold else words, style(name, color))


class Heading(Paragraph):  # type: ignore[misc]  # reportlab has no types
    """A heading that is also a bookmark of the file."""

    def __init__(self, text: str, level: int) -> None:
        super().__init__(escape(drawn(text)), style(f"heading{level}"))
        self.words, self.level = text, level

    def draw(self) -> None:
        """Draws it and notes where it is."""
        key = f"h{id(self)}"
        self.canv.bookmarkPage(key)
        self.canv.addOutlineEntry(self.words, key, self.level)
        super().draw()


def heading(text: str, level: int) -> list[Any]:
    """A heading with room for what follows it."""
    return [CondPageBreak(ROOM), Heading(text, level)]


def flowables(block: Block, lang: str) -> list[Any]:
    """What one part of a section is made of."""
    if isinstance(block, Text):
        if block.tone == "title":
            return heading(block.text, 1)
        bold = block.tone in ("success", "warning")
        return [paragraph(block.text, "normal", INK.get(block.tone, ""), bold=bold)]
    if isinstance(block, Table):
        title = heading(block.title, 1) if block.title else []
        return [*title, grid(block), Spacer(1, 6)]
    return [*heading(block.title, 1), *quotes(block, lang)]


def quotes(block: Citations, lang: str) -> list[Any]:
    """Numbered: where the passage stands, then the passage, set in from our own words."""
    found: list[Any] = []
    for number, citation in enumerate(block.citations, start=1):
        found.append(paragraph(f"{number}. {citation_source(citation, lang)}", "source"))
        found.append(paragraph(citation.text, "quote"))
    return found


def grid(block: Table, *, heading_column: bool = False) -> Grid:
    """A table over the page's width; its headings repeat on every page."""
    rows: list[list[Paragraph]] = []
    if block.columns:
        rows.append([paragraph(text, "head") for text in block.columns])
    for row in split_rows(block.rows):
        rows.append(
            [
                paragraph(text, "head" if heading_column and i == 0 else "cell")
                for i, text in enumerate(row)
            ]
        )
    look: list[Any] = [
        ("GRID", (0, 0), (-1, -1), 0.5, GREY),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LEFTPADDING", (0, 0), (-1, -1), CELL),
        ("RIGHTPADDING", (0, 0), (-1, -1), CELL),
        ("TOPPADDING", (0, 0), (-1, -1), 3),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 4),
    ]
    if block.columns:
        look.append(("BACKGROUND", (0, 0), (-1, 0), SHADE))
    if heading_column:
        look.append(("BACKGROUND", (0, 0), (0, -1), SHADE))
    return Grid(
        rows,
        colWidths=column_widths(block, WIDTH, LEAST, measured),
        repeatRows=1 if block.columns else 0,
        style=look,
    )


def split_rows(rows: tuple[tuple[str, ...], ...]) -> list[tuple[str, ...]]:
    """Rows none of which is taller than a page: what is too long goes on in the next row."""
    found: list[tuple[str, ...]] = []
    for row in rows:
        while any(len(cell) > TALLEST for cell in row):
            found.append(tuple(cell[:TALLEST] for cell in row))
            row = tuple(cell[TALLEST:] for cell in row)
        found.append(row)
    return found


def measured(line: str) -> float:
    """Points that a line takes in a cell, the bold of a heading allowed for."""
    return float(stringWidth(drawn(line), BOLD, STYLES["cell"][1])) + 2 * CELL + 1


def numbered(report: Report, made: datetime) -> type[Canvas]:
    """A canvas that writes the footer with the count of pages, known only at the end."""

    class Numbered(Canvas):  # type: ignore[misc]  # reportlab has no types
        def __init__(self, *args: Any, **options: Any) -> None:
            super().__init__(*args, **options)
            self.pages: list[dict[str, Any]] = []
            self._doc.info.invariant = False

        def showPage(self) -> None:
            self.pages.append(dict(self.__dict__))
            self._startPage()

        def save(self) -> None:
            for number, page in enumerate(self.pages, start=1):
                self.__dict__.update(page)
                self.setFont(FONT, 7.5)
                self.setFillColor(HexColor("#444F5A"))
                self.drawString(MARGIN, 0.5 * inch, drawn(report.footer)[:95])
                words = say("report.pages", report.lang, page=number, pages=len(self.pages))
                self.drawRightString(letter[0] - MARGIN, 0.5 * inch, words)
                super().showPage()
            super().save()

    return Numbered
