"""Reply parts → lines of plain text for a terminal. Nothing from outside reaches it unfiltered."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from handlers.conversation import AnswerPart, Buttons, DocumentPart, Feedback, Part, Text
from handlers.questions import printable
from knowledge.passages import Answer, Citation, Passage
from knowledge.phrases import say

# Stand for bold until a line is written: all that comes from outside is cleaned of control
# characters at that same place, so that no text can smuggle terminal commands in.
ON, OFF = "\ue000", "\ue001"
NEIGHBOURS = 3  # passages shown before and after the opened one


class View:
    """How wide, in which language, and whether the terminal shows bold."""

    def __init__(self, lang: str = "fr", width: int = 88, *, bold: bool = False) -> None:
        self.lang = lang
        self.width = width
        self.bold = bold

    def part(self, part: Part) -> Iterator[str]:
        """The lines of one part. Buttons are lettered; the console knows the same letters."""
        match part:
            case Text():
                yield from self.wrapped(part.text)
            case Buttons():
                if part.text:
                    yield from self.wrapped(part.text)
                for letter, button in zip("abcdefghijklmnop", part.buttons, strict=False):
                    yield from self.wrapped(button.label, f"  {letter}) ")
            case AnswerPart():
                yield from self.answer(part.answer)
            case Feedback():
                yield say("console.feedback", self.lang)
            case DocumentPart():
                yield from self.document(part)

    def answer(self, answer: Answer) -> Iterator[str]:
        """The short answer, the note, then the numbered sources."""
        for line in filter(None, answer.short.split("\n")):
            yield from self.wrapped(strong(line))
        if answer.note:
            yield from self.wrapped(answer.note)
        if answer.citations:
            yield ""
        for number, citation in enumerate(answer.citations, 1):
            yield from self.wrapped(self.source(citation), f"  [{number}] ")

    def source(self, citation: Citation) -> str:
        """« Guide …, 3.4.4 Justification, p. 18 (2021-07-22) — reformulé d’après … »."""
        place = " ".join(filter(None, [citation.section, citation.heading]))
        parts = [citation.title, place]
        if citation.page is not None:
            parts.append(say("console.page", self.lang, page=citation.page))
        line = ", ".join(filter(None, parts))
        if citation.version:
            line += f" ({citation.version.isoformat()})"
        if citation.label:
            line += f" — {citation.label}"
        if citation.superseded:
            line += " — " + say("console.superseded", self.lang)
        return line

    def passage(self, number: int, citation: Citation) -> Iterator[str]:
        """A citation's passage unfolded, the answering words in bold."""
        yield from self.wrapped(self.source(citation), f"[{number}] ")
        yield from self.lines(marked(citation), "    ")
        if not citation.official:
            yield from self.wrapped(say("console.not_official", self.lang), "    ")

    def document(self, part: DocumentPart) -> Iterator[str]:
        """The document around the passage that was opened."""
        passages = part.passages
        here = next((i for i, p in enumerate(passages) if p.id == part.opened), 0)
        first, last = max(0, here - NEIGHBOURS), min(len(passages), here + NEIGHBOURS + 1)
        yield from self.wrapped(strong(part.document.title))
        values = {"first": first + 1, "last": last, "total": len(passages)}
        yield from self.wrapped(say("console.excerpt", self.lang, **values))
        yield from self.passages(passages[first:last], part.opened)

    def passages(self, passages: Sequence[Passage], opened: str) -> Iterator[str]:
        """Passages in reading order under their headings, the opened one pointed at."""
        path: tuple[str, ...] = ()
        for passage in passages:
            if passage.path != path:
                path = passage.path
                yield ""
                yield from self.wrapped(strong(" › ".join(path)))
            yield from self.lines(passage.text, "  ▶ " if passage.id == opened else "    ")

    def lines(self, text: str, indent: str) -> Iterator[str]:
        """Text of several lines, each wrapped; the indent's marker on the first only."""
        for line in text.split("\n"):
            yield from self.wrapped(line, indent)
            indent = " " * len(indent)

    def wrapped(self, text: str, indent: str = "") -> Iterator[str]:
        """The text cut at the width, following lines aligned under the first."""
        lines = textwrap.wrap(
            printable(text),
            self.width,
            initial_indent=indent,
            subsequent_indent=" " * len(indent),
            break_long_words=False,
            break_on_hyphens=False,
        )
        on, off = ("\x1b[1m", "\x1b[0m") if self.bold else ("", "")
        for line in lines or [indent.rstrip()]:
            yield line.replace(ON, on).replace(OFF, off)


def strong(text: str) -> str:
    """Bold where the terminal shows it."""
    return f"{ON}{text}{OFF}" if text else ""


def marked(citation: Citation) -> str:
    """The passage with the answering words in bold; bold ends with the line and starts anew."""
    pieces, at = [], 0
    for start, end in citation.marks:
        pieces.append(citation.text[at:start])
        pieces.append(strong(citation.text[start:end].replace("\n", f"{OFF}\n{ON}")))
        at = end
    return "".join(pieces) + citation.text[at:]
