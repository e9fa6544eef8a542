"""A document to be sent, before it is a Word or a PDF file: the same parts as on the screen."""

from __future__ import annotations

import re
import unicodedata

from handlers.conversation import Citations, Table, Text
from knowledge.dialog_view import day_text
from knowledge.passages import Citation, Frozen
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
        pieces.append(citation.label or say("report.not_official", lang))
    return " · ".join(pieces)


def file_stem(name: str, organisation: str) -> str:
    """A file's name without its ending: « Dossier_Ministere-de-l-Exemple_Stockage »."""
    return "_".join(("Dossier", plain(organisation, 40) or "organisation", plain(name, 40) or "1"))


def plain(text: str, longest: int) -> str:
    """Unaccented letters, digits and hyphens: safe on every system."""
    folded = unicodedata.normalize("NFKD", text)
    kept = "".join(char for char in folded if not unicodedata.combining(char))
    return re.sub(r"[^A-Za-z0-9]+", "-", kept).strip("-")[:longest].strip("-")
