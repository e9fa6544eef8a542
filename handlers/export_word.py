"""A report as a Word document (.docx): headings, tables whose headings repeat, page numbers."""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any

from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Inches, Pt, RGBColor

from handlers.conversation import Citations, Table, Text
from handlers.report import Block, Report, citation_source, column_widths
from knowledge.phrases import say

WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
FONT = "Arial"
INK = {  # of a text's tone; dark enough on white for everyone
    "note": RGBColor(0x44, 0x4F, 0x5A),
    "success": RGBColor(0x0B, 0x5D, 0x2E),
    "warning": RGBColor(0x8A, 0x3B, 0x00),
}
BLUE = RGBColor(0x09, 0x57, 0x97)
SHADE = "E6EEF6"  # behind the headings of a table
LEAST = 0.5  # inches: the narrowest column
WIDTH = 6.5  # inches between the margins of a letter page


def word(report: Report, made: datetime) -> bytes:
    """The .docx file; `made` goes into its properties."""
    document = Document()
    prepare(document, report, made)
    document.add_paragraph(report.title, style="Title")
    document.add_paragraph(report.subtitle, style="Subtitle")
    facts = Table(columns=(), rows=report.facts)
    add_table(document, facts, heading_column=True)
    for section in report.sections:
        document.add_heading(section.title, level=1)
        for block in section.blocks:
            add_block(document, block, report.lang)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def prepare(document: Any, report: Report, made: datetime) -> None:
    """Page, styles, language, properties, footer."""
    page = document.sections[0]
    page.page_width, page.page_height = Inches(8.5), Inches(11)
    page.left_margin = page.right_margin = Inches(1)
    page.top_margin, page.bottom_margin = Inches(0.9), Inches(0.9)
    properties = document.core_properties
    properties.title = f"{report.title} – {report.subtitle}"[:255]
    properties.author = properties.last_modified_by = report.author
    properties.language = report.locale
    properties.comments = ""
    properties.created = properties.modified = made.replace(tzinfo=None)
    styles = document.styles
    for name, size, color in (
        ("Normal", 10, None),
        ("Title", 22, BLUE),
        ("Subtitle", 13, None),
        ("Heading 1", 15, BLUE),
        ("Heading 2", 11.5, BLUE),
    ):
        style = styles[name]
        style.font.name, style.font.size = FONT, Pt(size)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for attribute in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
            fonts.set(qn(attribute), FONT)
        for attribute in ("w:asciiTheme", "w:hAnsiTheme", "w:cstheme", "w:eastAsiaTheme"):
            fonts.attrib.pop(qn(attribute), None)
        if color is not None:
            style.font.color.rgb = color
    styles["Subtitle"].font.italic = False
    styles["Normal"].paragraph_format.space_after = Pt(5)
    set_language(styles, report.locale)
    add_footer(page, report)


def set_language(styles: Any, locale: str) -> None:
    """The language in which Word checks and reads aloud every text of the document."""
    defaults = styles.element.find(qn("w:docDefaults"))
    properties = defaults.find(qn("w:rPrDefault")).find(qn("w:rPr"))
    language = properties.find(qn("w:lang"))
    if language is None:
        language = OxmlElement("w:lang")
        properties.append(language)
    language.set(qn("w:val"), locale)
    language.set(qn("w:eastAsia"), locale)


def add_footer(page: Any, report: Report) -> None:
    """What the document is, and « Page 1 de 3 » as fields that Word keeps right."""
    line = page.footer.paragraphs[0]
    line.add_run(report.footer)
    line = page.footer.add_paragraph()
    line.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    marks = say("report.pages", report.lang, page="\0PAGE\0", pages="\0NUMPAGES\0")
    for i, piece in enumerate(marks.split("\0")):
        if i % 2:
            field = OxmlElement("w:fldSimple")
            field.set(qn("w:instr"), piece)
            run = OxmlElement("w:r")
            look, size = OxmlElement("w:rPr"), OxmlElement("w:sz")
            size.set(qn("w:val"), "16")  # half points, as the line it stands in
            look.append(size)
            run.append(look)
            text = OxmlElement("w:t")
            text.text = "1"  # until Word counts
            run.append(text)
            field.append(run)
            line._p.append(field)
        else:
            line.add_run(piece)
    for paragraph in page.footer.paragraphs:
        for run in paragraph.runs:
            run.font.size = Pt(8)


def add_block(document: Any, block: Block, lang: str) -> None:
    """One part of a section."""
    if isinstance(block, Text):
        add_text(document, block)
    elif isinstance(block, Table):
        if block.title:
            document.add_heading(block.title, level=2)
        add_table(document, block)
    else:
        add_citations(document, block, lang)


def add_text(document: Any, block: Text) -> None:
    """A paragraph a line; a title is a heading, so that it is found in the outline."""
    if block.tone == "title":
        document.add_heading(block.text, level=2)
        return
    for line in block.text.split("\n"):
        run = document.add_paragraph().add_run(line)
        run.bold = block.tone in ("success", "warning")
        if block.tone in INK:
            run.font.color.rgb = INK[block.tone]


def add_table(document: Any, block: Table, *, heading_column: bool = False) -> None:
    """A grid over the page's width; its headings repeat on every page, no row is split."""
    columns = len(block.columns) or len(block.rows[0])
    table = document.add_table(rows=0, cols=columns, style="Table Grid")
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    widths = column_widths(block, WIDTH, LEAST, measured)
    if block.columns:
        row = add_row(table, block.columns, widths, bold=True, shade=True)
        mark = OxmlElement("w:tblHeader")
        mark.set(qn("w:val"), "true")
        row._tr.get_or_add_trPr().append(mark)
    for cells in block.rows:
        add_row(table, cells, widths, first_bold=heading_column)
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Inches(width)  # the grid, which some programs go by
    document.add_paragraph().paragraph_format.space_after = Pt(2)


def measured(line: str) -> float:
    """Inches that a line takes in a cell, about: Arial at 9 points, and the cell's margins."""
    return 0.072 * len(line) + 0.16


def add_row(
    table: Any,
    cells: tuple[str, ...],
    widths: list[float],
    *,
    bold: bool = False,
    shade: bool = False,
    first_bold: bool = False,
) -> Any:
    """One row of a table."""
    row = table.add_row()
    whole = OxmlElement("w:cantSplit")
    row._tr.get_or_add_trPr().append(whole)
    for i, (cell, text, width) in enumerate(zip(row.cells, cells, widths, strict=True)):
        cell.width = Inches(width)
        if shade or (first_bold and i == 0):
            shading = OxmlElement("w:shd")
            for name, value in (("val", "clear"), ("color", "auto"), ("fill", SHADE)):
                shading.set(qn(f"w:{name}"), value)
            cell._tc.get_or_add_tcPr().append(shading)
        for j, line in enumerate(text.split("\n")):
            paragraph = cell.paragraphs[0] if j == 0 else cell.add_paragraph()
            paragraph.paragraph_format.space_after = Pt(1)
            run = paragraph.add_run(line)
            run.font.size = Pt(9)
            run.bold = bold or (first_bold and i == 0)
    return row


def add_citations(document: Any, block: Citations, lang: str) -> None:
    """Numbered: where the passage stands, then the passage, set off from our own words."""
    document.add_heading(block.title, level=2)
    for number, citation in enumerate(block.citations, start=1):
        source = document.add_paragraph()
        source.paragraph_format.keep_with_next = True
        run = source.add_run(f"{number}. {citation_source(citation, lang)}")
        run.bold, run.font.size = True, Pt(9)
        for line in citation.text.split("\n"):
            quoted = document.add_paragraph(style="Quote")
            quoted.paragraph_format.left_indent = Inches(0.3)
            run = quoted.add_run(line)
            run.font.size, run.font.name, run.italic = Pt(9), FONT, False
