"""Small things about reply parts: progress, long texts in pieces, a reply in a line."""

from __future__ import annotations

from typing import assert_never

from bot.channels.teams_blocks import Json, clean, cut, line, run
from handlers.conversation import (
    AnswerPart,
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

LABEL = 300  # characters of a title at most


def progress_blocks(part: Progress) -> list[Json]:
    """« Étape 2 de 5 » over a bar, once there is something to show on it."""
    made = [line(run(cut(part.label, LABEL), isSubtle=True, size="Small"))]
    done = min(max(part.done, 0), part.total)
    shares = [(done, "accent"), (part.total - done, "emphasis")]
    columns = [
        {"type": "Column", "width": share, "style": style, "spacing": "None", "items": []}
        for share, style in shares
        if share > 0
    ]
    if done:
        made.append({"type": "ColumnSet", "columns": columns, "spacing": "Small"})
    return made


def pieces(text: str, longest: int) -> list[str]:
    """The text in pieces that end at a sentence where they can; nothing is lost."""
    made = []
    while len(text) > longest:
        head = cut(text, longest).removesuffix(" …") or text[:longest]
        made.append(head)
        text = text[len(head) :].lstrip()
    return [*made, text] if text.strip() else made


def first_words(part: Part) -> str:
    """What a part says in a line: for notifications, screen readers and old clients."""
    match part:
        case Text():
            return part.text
        case Buttons():
            return part.text
        case Links():
            return ""
        case AnswerPart():
            return part.answer.short or part.answer.note
        case DocumentPart():
            return part.document.title
        case Form() | Table() | Citations():
            return part.title
        case Progress():
            return part.label
        case File():
            return part.text or part.name
        case Feedback():
            return ""
    assert_never(part)


def summary(parts: tuple[Part, ...], longest: int = 200) -> str:
    """The first words of a reply."""
    told = (clean(first_words(part)) for part in parts)
    return cut(" ".join(" ".join(filter(None, told)).split()), longest)
