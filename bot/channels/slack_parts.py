"""Reply parts → Block Kit blocks, each within Slack's limits whatever comes in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from bot.channels.slack_press import Press, element, press_of
from bot.channels.slack_tables import table_texts
from bot.channels.slack_text import (
    BUTTON,
    CONTEXT,
    HEADER,
    SECTION,
    Json,
    cut,
    label,
    one_line,
    pieces,
    plain,
    shortened,
    size,
)
from handlers.conversation import (
    AnswerPart,
    Button,
    Buttons,
    Citations,
    DocumentPart,
    Feedback,
    File,
    Form,
    Links,
    Part,
    Progress,
    Table,
    Text,
)
from handlers.document import document_action
from handlers.feedback import feedback_action
from handlers.questions import printable
from knowledge.passages import Answer, Citation, label_of
from knowledge.phrases import say

ROW = 5  # buttons in a row
QUOTE = 600  # characters shown of a cited passage
READ = 6000  # characters shown of a document at once
SIGNS = {"error": "⚠️ ", "warning": "⚠️ ", "success": "✅ "}

FormBlocks = Callable[[Form], list[Json]]


class Parts:
    """Blocks of parts in one language. `form` shows a form: in a message, or in a modal."""

    def __init__(self, lang: str, form: FormBlocks, offset: int = 0) -> None:
        self.lang = lang
        self.form = form
        self.offset = offset  # where to go on reading in the passage that a document opens at

    def blocks(self, part: Part) -> list[Json]:
        """The blocks of one part."""
        match part:
            case Text():
                return list(text_blocks(part))
            case Links():
                return [links_block(part)]
            case Buttons():
                return list(buttons_blocks(part, self.lang))
            case AnswerPart():
                return list(self.answer(part.answer))
            case Feedback():
                return [self.feedback(part)]
            case DocumentPart():
                return list(self.document(part))
            case Form():
                return self.form(part)
            case Progress():
                return [progress_block(part)]
            case Table():
                return list(table_blocks(part))
            case Citations():
                title = [context(part.title)] if part.title else []
                return title + list(self.citations(part.citations))
            case File():
                return [context(part.text)] if part.text else []

    def answer(self, answer: Answer) -> Iterator[Json]:
        """The short answer, the note, then the numbered sources."""
        yield from sections(answer.short)
        if answer.note:
            yield from sections(answer.note) if not answer.short else [context(answer.note)]
        yield from self.citations(answer.citations)

    def citations(self, citations: Sequence[Citation]) -> Iterator[Json]:
        """Each source with its passage, and the button that opens the document there."""
        for number, citation in enumerate(citations, 1):
            yield {"type": "divider"}
            yield context(f"[{number}] {source_line(citation, self.lang)}")
            text, at = quoted(citation)
            words = "slack.more" if at < len(citation.text) else "slack.document"
            press = Press(action=document_action(citation.passage_id), offset=at)
            if words == "slack.document":
                press = Press(action=press.action)
            yield section(text) | {"accessory": element(say(words, self.lang), press)}

    def feedback(self, part: Feedback) -> Json:
        """« Utile », « pas utile »; a reason is asked for after the second."""
        yes = Press(action=feedback_action(part.record, "yes"))
        no = Press(action=feedback_action(part.record, "no"), own="why", kept=part.record)
        return {
            "type": "actions",
            "elements": [
                element(say("slack.useful", self.lang), yes, 0),
                element(say("slack.useless", self.lang), no, 1),
            ],
        }

    def document(self, part: DocumentPart) -> Iterator[Json]:
        """The document from the opened passage on, as far as a message reaches; the rest and
        what stands before are behind buttons."""
        yield header(part.document.title)
        told = [label_of(part.document, self.lang)]
        if part.document.version:
            told.insert(0, part.document.version.isoformat())
        if part.superseded:
            told.append(say("slack.superseded", self.lang))
        if words := " — ".join(filter(None, told)):
            yield context(words)
        here = next((i for i, p in enumerate(part.passages) if p.id == part.opened), 0)
        room, at = READ, min(self.offset, len(part.passages[here].text)) if part.passages else 0
        path: tuple[str, ...] = ()
        onward: Press | None = None
        for passage in part.passages[here:]:
            if onward or room < SECTION // 4:
                onward = onward or Press(action=document_action(passage.id))
                break
            if passage.path != path:
                path = passage.path
                yield context(" › ".join(path))
            text = passage.text[at:]
            end = cut(text, min(SECTION, room))
            for piece in pieces(text[:end]):
                yield section(piece)
            room -= size(text[:end])
            if end < len(text):
                onward = Press(action=document_action(passage.id), offset=at + end)
            at = 0
        buttons = [(say("slack.more", self.lang), onward)] if onward else []
        if here:
            before = Press(action=document_action(part.passages[here - 1].id))
            buttons.append((say("slack.before", self.lang), before))
        if buttons:
            elements = [element(words, press, i) for i, (words, press) in enumerate(buttons)]
            yield {"type": "actions", "elements": elements}


def section(text: str) -> Json:
    """A paragraph."""
    return {"type": "section", "text": plain(text, SECTION)}


def sections(text: str) -> list[Json]:
    """The whole text, in as many sections as it takes."""
    return [section(piece) for piece in pieces(text)]


def context(text: str) -> Json:
    """Small print, on as many lines as it has."""
    return {"type": "context", "elements": [plain(text, CONTEXT)]}


def header(text: str) -> Json:
    """A title."""
    return {"type": "header", "text": label(text, HEADER)}


def text_blocks(part: Text) -> Iterator[Json]:
    """A text in its tone."""
    if part.tone == "title" and size(part.text) <= HEADER:
        yield header(part.text)
    elif part.tone == "note" and size(part.text) <= CONTEXT:
        yield context(part.text)
    else:
        yield from sections(SIGNS.get(part.tone, "") + part.text)


def links_block(part: Links) -> Json:
    """Links, one a line: in rich text nothing but the element itself is a link."""
    runs: list[Json] = []
    for link in part.links:
        if runs:
            runs.append({"type": "text", "text": "\n"})
        runs.append({"type": "link", "url": link.url, "text": one_line(link.label) or link.url})
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": runs}]}


def buttons_blocks(part: Buttons, lang: str) -> Iterator[Json]:
    """The lead-in, the buttons in rows; one whose words don't fit has them beside it."""
    yield from sections(part.text)
    yield from button_rows(part.buttons, lang)


def button_rows(buttons: Sequence[Button], lang: str, form: str = "") -> Iterator[Json]:
    """The buttons of handlers as blocks."""
    yield from press_rows([(b.label, press_of(b, form), b.style) for b in buttons], lang)


def press_rows(buttons: Sequence[tuple[str, Press, str]], lang: str) -> Iterator[Json]:
    """Buttons as (words, press, style): rows of short ones, a line for each long one."""
    row: list[Json] = []
    for words, press, style in buttons:
        if size(words) > BUTTON:
            if row:
                yield {"type": "actions", "elements": row}
                row = []
            choose = element(say("slack.choose", lang), press, style=style)
            yield section(words) | {"accessory": choose}
            continue
        row.append(element(words, press, len(row), style))
        if len(row) == ROW:
            yield {"type": "actions", "elements": row}
            row = []
    if row:
        yield {"type": "actions", "elements": row}


def progress_block(part: Progress) -> Json:
    """« ●●○○ Étape 2 de 4 »."""
    total = min(max(part.total, 1), 20)
    done = round(total * min(max(part.done, 0), part.total) / max(part.total, 1))
    return context("●" * done + "○" * (total - done) + "  " + part.label)


def table_blocks(part: Table) -> Iterator[Json]:
    """The table's title, what its columns are where no line says, its rows."""
    if part.title:
        yield section(part.title)
    names, texts = table_texts(part)
    if names:
        yield context(names)
    for text in texts:
        yield from sections(text)


def source_line(citation: Citation, lang: str) -> str:
    """« Guide …, 3.4.4 Justification, p. 18 (2021-07-22) — reformulé d’après … »."""
    place = " ".join(filter(None, [citation.section, citation.heading]))
    page = say("slack.page", lang, page=citation.page) if citation.page is not None else ""
    line = ", ".join(filter(None, [shortened(citation.title, 300), shortened(place, 300), page]))
    if citation.version:
        line += f" ({citation.version.isoformat()})"
    for more in (
        label_of(citation, lang),
        say("slack.superseded", lang) if citation.superseded else "",
        "" if citation.official else say("slack.not_official", lang),
    ):
        line += f" — {more}" if more else ""
    return line


def quoted(citation: Citation) -> tuple[str, int]:
    """(what is shown of the passage, where to go on reading). It begins with the passage, or
    with the line that answers where that stands too far down."""
    text = citation.text
    first = min((start for start, _ in citation.marks), default=0)
    begin = text.rfind("\n", 0, first) + 1 if first > QUOTE // 2 else 0
    end = begin + cut(text[begin:], QUOTE)
    shown = printable(text[begin:end]).strip()
    return ("[…] " if begin else "") + shown + (" […]" if end < len(text) else ""), end
