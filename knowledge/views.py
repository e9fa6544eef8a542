"""The several texts by which one passage can be found; each gets its own vector.

A question may resemble the heading, one sentence, or a question noted beside the passage;
a single vector of the whole blurs them all. In trials this paid more than further training.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise
from typing import Literal

from knowledge.passages import Document, Frozen, Passage, digest

ViewKind = Literal["heading", "question", "whole", "sentence", "pair", "offtopic"]
KINDS: tuple[ViewKind, ...] = ("heading", "question", "whole", "sentence", "pair")
OFFTOPIC: ViewKind = "offtopic"  # of no passage: passage -1

# single capitals count (« M. Tremblay »), the last letter of any word does not
_ABBREVIATION = re.compile(
    r"(?:\b(?:[Aa]rt|[Rr]éf|[Rr]ef|[Nn]o|p|ex|etc|[Cc]f|[Vv]ol|[Cc]h|Mme|Dr|[Tt]él|[Tt]el|Ste?|vs)"
    r"|\b[A-Z])\.$"
)
_BREAK = re.compile(r"(?<=[.!?…])[»)\]]*[ \u00a0]+(?=[«(\[]?[ \u00a0]*[A-ZÀ-ÖØ-Ý0-9])")


class View(Frozen):
    """One text that stands for a passage; `passage` is its place in the revision's list."""

    passage: int
    kind: ViewKind
    text: str

    @property
    def digest(self) -> str:
        """Digest of the text: equal texts share one vector, across builds too."""
        return digest(self.text)


@lru_cache(maxsize=16_384)
def sentences(text: str) -> tuple[tuple[int, int], ...]:
    """(start, end) of each sentence, list item or table cell line of a passage, in order.

    Never across a line; « art. 48 » or « 3.4 » is no end.
    """
    spans: list[tuple[int, int]] = []
    for line in re.finditer(r"[^\n]+", text):
        start = line.start()
        for cut in _BREAK.finditer(line.group()):
            end = line.start() + cut.start()
            if _ABBREVIATION.search(text[start:end]) or end - start < 15:
                continue
            spans.append((start, end))
            start = line.start() + cut.end()
        spans.append((start, line.end()))
    return tuple((a, b) for a, b in spans if text[a:b].strip())


def heading_text(passage: Passage) -> str:
    """The headings that lead to the passage, numbers left out: « Clientèle admissible »."""
    names = [re.sub(r"^[\d.]+\s*", "", part) for part in passage.path[1:]] or [passage.heading]
    return " – ".join(name for name in names[-2:] if name)


def subject(passage: Passage, document: Document) -> str:
    """What the passage's document is about: its supplier, or its title, or both.

    Not for a numbered section of a guide or of its questions and answers: their titles tell
    nothing apart.
    """
    supplier = document.supplier or ""
    if supplier:
        return supplier if supplier in document.title else f"{supplier} – {document.title}"
    numbered = passage.section is not None and document.kind != "autre"
    return "" if numbered else document.title


def views_of(number: int, passage: Passage, document: Document) -> list[View]:
    """The views of one passage, at least the whole; `number` is its place in the revision."""
    heading = passage.heading or heading_text(passage)
    about = subject(passage, document)
    front = f"{about} : " if about and about != heading else ""
    found: list[tuple[ViewKind, str]] = []
    if heading:
        found.append(("heading", front + heading))
    found += [("question", question) for question in passage.questions]
    whole = f"{front}{heading} : {passage.text}" if heading else front + passage.text
    found.append(("whole", whole))
    if passage.form == "row":
        lines = [line for line in passage.text.split("\n") if line]
        found += [("sentence", f"{heading} : {lines[0]} ; {line}") for line in lines[1:]]
    else:
        parts = [passage.text[a:b] for a, b in sentences(passage.text)]
        found += [("sentence", front + part) for part in parts if len(parts) > 1]
        found += [
            ("pair", f"{front}{first} {second}")
            for first, second in pairwise(parts)
            if len(parts) > 2
        ]
    return [View(passage=number, kind=kind, text=text) for kind, text in found]
