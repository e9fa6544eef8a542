"""Reply → trees of elements: what the page shows of every part a handler can give."""

from __future__ import annotations

from collections.abc import Callable
from typing import assert_never
from urllib.parse import urlsplit

from bot.channels.web_citations import citations_tree, document_path
from bot.channels.web_forms import button_tree, event_field, form_tree, progress_tree
from bot.channels.web_html import El, el
from bot.channels.web_tables import table_tree
from bot.channels.web_text import blocks
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
    Reply,
    Table,
    Text,
)
from handlers.feedback import COMMENT, feedback_action
from knowledge.passages import Answer
from knowledge.phrases import say

FilePath = Callable[[File], str]  # where a file can be fetched for a while: a path of this site
LARGE = 180  # characters of a short answer shown in large type; a longer one reads better smaller


def reply_json(reply: Reply, lang: str, file_path: FilePath) -> list[dict[str, object]]:
    """The parts for the page's script: `kind`, the answer's `status`, a form's `key`, the tree."""
    made: list[dict[str, object]] = []
    for part in reply.parts:
        entry: dict[str, object] = {"kind": type(part).__name__.removesuffix("Part").lower()}
        if isinstance(part, AnswerPart):
            entry["status"] = part.answer.status
        if isinstance(part, Form):
            entry["key"] = part.key
        made.append(entry | {"tree": part_tree(part, lang, file_path).json()})
    return made


def part_tree(part: Part, lang: str, file_path: FilePath) -> El:
    """One part of a reply as a tree."""
    if isinstance(part, Text):
        return text_tree(part)
    if isinstance(part, Links):
        return links_tree(part)
    if isinstance(part, Buttons):
        return buttons_tree(part)
    if isinstance(part, AnswerPart):
        return answer_tree(part.answer, lang)
    if isinstance(part, Feedback):
        return feedback_tree(part, lang)
    if isinstance(part, DocumentPart):
        link = document_path(part.opened)
        return el("p", el("a", part.document.title, href=link), class_="text")
    if isinstance(part, Form):
        return form_tree(part, lang)
    if isinstance(part, Progress):
        return progress_tree(part)
    if isinstance(part, Table):
        return table_tree(part)
    if isinstance(part, Citations):
        return citations_tree(part.citations, lang, part.title)
    if isinstance(part, File):
        return file_tree(part, lang, file_path(part))
    assert_never(part)


def text_tree(part: Text) -> El:
    """A text in its tone; a title is a heading."""
    if part.tone == "title":
        return el("div", el("h3", part.text), class_="text title")
    return el("div", *blocks(part.text), class_=f"text {part.tone}")


def links_tree(part: Links) -> El:
    """Addresses elsewhere, the host shown beside a label that doesn't tell it."""
    rows = []
    for link in part.links:
        host = urlsplit(link.url).hostname or ""
        told = () if host in link.label else (" ", el("span", f"({host})", class_="host"))
        rows.append(el("li", el("a", link.label, href=link.url), *told))
    return el("div", el("ul", *rows), class_="text")


def file_tree(part: File, lang: str, path: str) -> El:
    """What the file is, and the link that fetches it."""
    size = max(1, round(len(part.content) / 1000))
    words = say("web.file.fetch", lang, name=part.name, size=size)
    told = blocks(part.text) if part.text else ()
    link = el("a", words, href=path, download=part.name, class_="button file")
    return el("div", *told, el("p", link), class_="text")


def buttons_tree(part: Buttons) -> El:
    """Buttons that send what they say, or their action, with or without script."""
    lead = el("p", part.text, class_="lead") if part.text else None
    row = el("div", *map(button_tree, part.buttons), class_="row")
    return el("form", event_field(), lead, row, method="post", action="/", class_="suggestions")


def answer_tree(answer: Answer, lang: str) -> El:
    """Status, short answer, note, citations."""
    size = "short lengthy" if len(answer.short) > LARGE else "short"
    short = el("div", *blocks(answer.short), class_=size, lang="fr") if answer.short else None
    note = el("div", *blocks(answer.note), class_="note", lang=answer.lang) if answer.note else None
    return el(
        "section",
        el("p", say(f"web.status.{answer.status}", lang), class_="status"),
        short,
        note,
        citations_tree(answer.citations, lang) if answer.citations else None,
        class_=f"answer {answer.status}",
    )


def feedback_tree(part: Feedback, lang: str) -> El:
    """« Utile », or « pas utile » which unfolds the reasons; works without script."""
    bare = feedback_action(part.record, "no")
    reasons = [(reason.label, reason.action) for reason in part.reasons]
    radios = [
        el("label", el("input", type="radio", name="pressed", value=action), el("span", label))
        for label, action in (*reasons, (say("web.no_reason", lang), bare))
    ]
    comment = el("input", type="text", name="comment", maxlength=COMMENT, autocomplete="off")
    why = el(
        "form",
        el("fieldset", el("legend", say("web.why", lang)), *radios),
        el("label", el("span", say("web.comment", lang)), comment, class_="comment"),
        # The first value sent counts: this one stands when no reason is chosen.
        el("button", say("web.send_feedback", lang), type="submit", name="pressed", value=bare),
        method="post",
        action="/",
    )
    yes = feedback_action(part.record, "yes")
    useful = el("button", say("web.yes", lang), type="submit", name="pressed", value=yes)
    return el(
        "div",
        el("p", say("web.useful", lang), class_="lead"),
        el("form", useful, method="post", action="/"),
        el("details", el("summary", say("web.no", lang)), why),
        class_="feedback",
        role="group",
        aria_label=say("web.useful", lang),
    )
