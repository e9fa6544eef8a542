"""A document to be sent, before it is a Word or a PDF file: the same parts as on the screen."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from handlers.conversation import Citations, Table, Text
from knowledge.dialog_view import day_text
from knowledge.passages import Citation, Frozen, label_of
from knowledge.phrases import say

Block = Text | Table | Citations


class Section(Frozen):
    """A heading and what stands under it."""

    title: str
    blocks: tuple[Block, ...]


class Report(Frozen):
    """A whole document. `facts`: (label, value) rows of its first page."""

    title: str
    subtitle: str
    facts: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]
    footer: str  # on every page, beside the page's number
    author: str  # the document's properties
    lang: str  # fr, en

    @property
    def locale(self) -> str:
        """The language of the document's text, as files name it."""
        return "en-CA" if self.lang == "en" else "fr-CA"


def citation_source(citation: Citation, lang: str) -> str:
    """Title, section, page, edition; the label where the words are not the official ones."""
    pieces = [citation.title]
    if citation.section:
        pieces.append(f"{citation.section} {citation.heading}".strip())
    elif citation.heading:
        pieces.append(citation.heading)
    if citation.page is not None:
        pieces.append(say("report.page", lang, page=citation.page))
    if citation.version is not None:
        pieces.append(say("report.edition", lang, date=day_text(citation.version, lang)))
    if not citation.official:
        pieces.append(label_of(citation, lang) or say("report.not_official", lang))
    return " · ".join(pieces)


def file_stem(name: str, organisation: str) -> str:
    """A file's name without its ending: « Dossier_Ministere-de-l-Exemple_Stockage »."""
    return "_".join(("Dossier", plain(organisation, 40) or "organisation", plain(name, 40) or "1"))


def plain(text: str, longest: int) -> str:
    """Unaccented letters, digits and hyphens: safe on every system."""
    folded = unicodedata.normalize("NFKD", text)
    kept = "".join(char for char in folded if not unicodedata.combining(char))
    return re.sub(r"[^A-Za-z0-9]+", "-", kept).strip("-")[:longest].strip("-")


def column_widths(
    block: Table, total: float, least: float, measure: Callable[[str], float]
) -> list[float]:
    """Widths of a table's columns that add up to `total`; `measure` gives a line's own width,
    padding included. No column is narrower than its longest word where that is possible; short
    columns stay on one line; what is left goes where lines are longest."""
    rows = [*([block.columns] if block.columns else []), *block.rows]
    columns = [[row[i] for row in rows] for i in range(len(rows[0]))]
    words = [max((measure(w) for c in cells for w in c.split()), default=0.0) for cells in columns]
    lines = [max(measure(line) for c in cells for line in c.split("\n")) for cells in columns]
    least_of = [max(min(word, total / 2), least) for word in words]
    short = total / len(columns) / 2 + least
    wide = [max(low, min(line, short)) for low, line in zip(least_of, lines, strict=True)]
    if sum(wide) > total:  # the short columns break then
        wide = least_of
    if sum(wide) > total:  # so do words
        return [total * one / sum(wide) for one in wide]
    wanted = [max(line - one, 0.0) + 1.0 for line, one in zip(lines, wide, strict=True)]
    left = total - sum(wide)
    return [one + left * want / sum(wanted) for one, want in zip(wide, wanted, strict=True)]
