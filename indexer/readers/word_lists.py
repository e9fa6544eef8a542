"""Which paragraphs of a Word file are list items, and the marker Word shows before each."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Any

from docx.oxml.ns import qn


class Numbering:
    """Numbering of one document; asked paragraph by paragraph in order, for it counts."""

    def __init__(self, document: Any) -> None:
        self.style_names: dict[str, str] = {}
        self.style_numbers: dict[str, Any] = {}
        for style in document.styles.element.findall(qn("w:style")):
            key, name = style.get(qn("w:styleId")), style.find(qn("w:name"))
            if name is not None:
                self.style_names[key] = name.get(qn("w:val"))
            numbers = style.find(f"{qn('w:pPr')}/{qn('w:numPr')}")
            if numbers is not None:
                self.style_numbers[key] = numbers
        self.formats = formats(document)
        self.counts: dict[tuple[str, int], int] = defaultdict(int)
        self.styled: dict[str, int] = defaultdict(int)

    def of(self, paragraph: Any) -> tuple[str, int] | None:
        """(marker, nesting from 0) of a paragraph that Word numbers or bullets; else None."""
        properties = paragraph.find(qn("w:pPr"))
        if properties is None:
            return None
        numbers, style = properties.find(qn("w:numPr")), properties.find(qn("w:pStyle"))
        key = style.get(qn("w:val")) if style is not None else ""
        nesting = re.search(r"(\d)$", self.style_names.get(key, ""))
        if numbers is None:
            numbers = self.style_numbers.get(key)
        if numbers is None:
            return None
        number = numbers.find(qn("w:numId"))
        depth = numbers.find(qn("w:ilvl"))
        if number is None or number.get(qn("w:val")) == "0":
            return None
        level = int(depth.get(qn("w:val"))) if depth is not None else 0
        listed = self.style_names.get(key, "").lower().startswith("list")
        if level == 0 and nesting and listed:
            level = int(nesting[1]) - 1
        return self._marker(str(number.get(qn("w:val"))), level), level

    def by_style(self, style: str) -> tuple[str, int]:
        """(marker, nesting) of a paragraph in a list style without numbering of its own."""
        nesting = re.search(r"(\d)$", style)
        level = int(nesting[1]) - 1 if nesting else 0
        if "number" not in style.lower() and "num" not in style.lower():
            return "-", level
        self.styled[style] += 1
        return f"{self.styled[style]}.", level

    def interrupt(self) -> None:
        """Something that is no item came: lists numbered by style alone begin anew."""
        self.styled.clear()

    def _marker(self, number: str, level: int) -> str:
        if self.formats.get((number, level), "bullet") in ("bullet", "none"):
            return "-"
        self.counts[number, level] += 1
        for key in [k for k in self.counts if k[0] == number and k[1] > level]:
            del self.counts[key]
        return f"{self.counts[number, level]}."


def formats(document: Any) -> dict[tuple[str, int], str]:
    """(numbering id, level) → Word's number format: « bullet », « decimal » …"""
    try:
        root = document.part.numbering_part.element
    except (KeyError, NotImplementedError):
        return {}
    abstract: dict[str, dict[int, str]] = {}
    for definition in root.findall(qn("w:abstractNum")):
        levels = {}
        for level in definition.findall(qn("w:lvl")):
            shape = level.find(qn("w:numFmt"))
            if shape is not None:
                levels[int(level.get(qn("w:ilvl")))] = str(shape.get(qn("w:val")))
        abstract[definition.get(qn("w:abstractNumId"))] = levels
    found: dict[tuple[str, int], str] = {}
    for number in root.findall(qn("w:num")):
        target = number.find(qn("w:abstractNumId"))
        if target is not None:
            for depth, shape in abstract.get(target.get(qn("w:val")), {}).items():
                found[str(number.get(qn("w:numId"))), depth] = shape
    return found
