"""Reply parts → lines of plain text for a terminal. Nothing from outside reaches it unfiltered."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from typing import assert_never

from bot.channels.console_table import table_lines
from handlers.conversation import (
    AnswerPart,
    Buttons,
    Citations,
    DocumentPart,
    Feedback,
    File,
    Form,
    FormField,
    Links,
    Part,
    Progress,
    Table,
    Text,
)
from handlers.questions import printable
from knowledge.passages import Answer, Citation, Passage, label_of
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

    def part(self, part: Part, buttons: int = 0, cited: int = 0) -> Iterator[str]:
        """The lines of one part. Buttons are lettered and sources numbered, going on after the
        `buttons` and `cited` of the parts before; the console knows the same ones."""
        match part:
            case Text():
                yield from self.text(part)
            case Links():
                for link in part.links:
                    named = f"{link.label}\u00a0: {link.url}"
                    yield from self.wrapped(link.url if link.label == link.url else named, "  - ")
            case Buttons():
                if part.text:
                    yield from self.wrapped(part.text)
                for place, button in enumerate(part.buttons, buttons):
                    yield from self.wrapped(button.label, f"  {letters(place)}) ")
            case AnswerPart():
                yield from self.answer(part.answer, cited)
            case Feedback():
                yield say("console.feedback_cited" if cited else "console.feedback", self.lang)
            case DocumentPart():
                yield from self.document(part)
            case Form():
                yield from self.opening(part)
            case Progress():
                yield from self.progress(part)
            case Table():
                yield from table_lines(self, part)
            case Citations():
                yield from self.wrapped(strong(part.title))
                yield from self.sources(part.citations, cited)
            case File():
                yield from self.lines(part.text or part.name, "")
            case _:
                assert_never(part)

    def text(self, part: Text) -> Iterator[str]:
        """A text with the sign of its tone; every line of it."""
        for number, line in enumerate(part.text.split("\n")):
            sign = {"success": "✓ ", "warning": "! "}.get(part.tone, "") if number == 0 else ""
            yield from self.wrapped(strong(line) if part.tone == "title" else line, sign)

    def progress(self, part: Progress) -> Iterator[str]:
        """« Question 2 sur 5  ■■□□□ », the bar for a few steps only."""
        total = max(part.total, 1)
        squares = "■" * part.done + "□" * (total - part.done) if total <= 20 else ""
        yield from self.wrapped(f"{part.label}  {squares}".rstrip())

    def opening(self, form: Form) -> Iterator[str]:
        """What stands above the fields of a form."""
        if form.progress:
            yield from self.progress(form.progress)
        yield from self.wrapped(strong(form.title))
        if form.text:
            yield from self.lines(form.text, "")

    def field(self, field: FormField, value: str) -> Iterator[str]:
        """One field of a form: what is asked, how to answer, what is there already."""
        if field.error:
            yield from self.wrapped(field.error, "! ")
        optional = "" if field.required else f" {say('console.form.optional', self.lang)}"
        yield from self.wrapped(strong(field.label) + optional)
        if field.help:
            yield from self.lines(field.help, "  ")
        for number, choice in enumerate(field.choices, 1):
            hint = f" – {choice.hint}" if choice.hint else ""
            yield from self.wrapped(choice.label + hint, f"  {number}) ")
        bounds = [
            f"{say(f'console.form.{side}', self.lang)} {limit}"
            for side, limit in (("least", field.least), ("most", field.most))
            if limit
        ]
        if field.kind in ("date", "number") and bounds:
            yield from self.wrapped(" ".join(bounds), "  ")
        yield from self.wrapped(say(f"console.form.how.{field.kind}", self.lang), "  ")
        if value:
            labels = {choice.value: choice.label for choice in field.choices}
            shown = ", ".join(labels.get(one, one) for one in value.split("\n"))
            if field.kind == "confirm":
                shown = say("console.form.yes", self.lang)
            yield from self.wrapped(say("console.form.kept", self.lang, value=shown), "  ")

    def answer(self, answer: Answer, cited: int = 0) -> Iterator[str]:
        """The short answer, the note, then the numbered sources."""
        for line in filter(None, answer.short.split("\n")):
            yield from self.wrapped(strong(line))
        if answer.note:
            yield from self.wrapped(answer.note)
        if answer.citations:
            yield ""
        yield from self.sources(answer.citations, cited)

    def sources(self, citations: Sequence[Citation], cited: int) -> Iterator[str]:
        """The sources, numbered after the `cited` ones before."""
        for number, citation in enumerate(citations, cited + 1):
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
        if label := label_of(citation, self.lang):
            line += f" — {label}"
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

    def heading(self, text: str) -> Iterator[str]:
        """A line in bold."""
        yield from self.wrapped(strong(text))

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


def letters(place: int) -> str:
    """« a » for 0, « z » for 25, « aa » for 26."""
    more, last = divmod(place, 26)
    return (letters(more - 1) if more else "") + chr(ord("a") + last)


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
