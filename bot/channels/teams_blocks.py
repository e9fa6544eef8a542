"""Elements of Adaptive Cards 1.5. Whatever comes from outside goes in as text runs, which no
client reads as Markdown, or made harmless where the platform has no other way."""

from __future__ import annotations

import json
import re
from typing import Any

from handlers.conversation import Link
from handlers.questions import printable

Json = dict[str, Any]
VERSION = 1  # of the data our buttons carry: raised when older cards can't be understood any more
# What Markdown would make of a text, and what stops it without being seen, whether or not the
# client reads Markdown: a backslash would be seen where it doesn't.
JOINER, HAIR = "\u2060", "\u200a"  # nothing at all; a hair's breadth of space
DEFUSED = (
    (re.compile(r"^(?=\s*(?:[-+*#>]|\d+[.)]))", re.MULTILINE), JOINER),  # lists, headings, quotes
    (re.compile(r"(?<=\])(?=[(\[:])|(?<=<)|(?<=~)(?=~)"), JOINER),  # links, struck text
    (re.compile(r"(?<=\*)(?=\S)|(?<=\S)(?=\*)|(?<=(?<!\w)_)(?=\S)|(?<=\S)(?=_(?!\w))"), HAIR),
)
SENTENCE = re.compile(r"[.!?…](?=\s)|\n")
ITEM = re.compile(r"( *)- ")
DATE = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")
ROW, BUTTON = 43, 4  # characters that a phone shows in a row of buttons; what each takes besides
MARKS = 20  # places of a passage that stand out, at most


def size(value: object) -> int:
    """Bytes of a value as JSON in UTF-16, which is how Teams measures."""
    return len(packed(value).encode("utf-16-le", "surrogatepass"))


def packed(value: object) -> str:
    """The JSON that is sent."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def clean(text: str) -> str:
    """The text without control characters, lone surrogates, and the cards' own {{DATE(…)}}."""
    plain = printable(text).encode("utf8", "replace").decode("utf8")
    return plain.replace("{{", "{\u2060{")


def defused(text: str) -> str:
    """The text for the few places that some clients read as Markdown, looking the same to all:
    titles, and those of choices."""
    made = clean(text).replace("`", "\u02cb").replace("\\", "\\" + JOINER)
    for pattern, stop in DEFUSED:
        made = pattern.sub(stop, made)
    return made


def unbroken(text: str) -> str:
    """The text with dates that stay on one line: 2021-07-22 would end at a hyphen."""
    return DATE.sub(lambda date: date[0].replace("-", f"{JOINER}-{JOINER}"), text)


def cut(text: str, longest: int) -> str:
    """The text's beginning, `longest` UTF-16 units of JSON at most, ended at a sentence where one
    ends in its second half, else at a word; « … » tells that there is more."""
    if len(text) <= longest and units(text) <= longest:
        return text
    room, end = longest - 2, 0
    for end, char in enumerate(text[:longest]):  # noqa: B007 (where it stopped is what counts)
        room -= units(char)
        if room < 0:
            break
    head = text[:end]
    ends = [match.end() for match in SENTENCE.finditer(head)]
    if ends and ends[-1] > end // 2:
        return head[: ends[-1]].rstrip() + " …"
    return (head[: head.rfind(" ")] if " " in head[end // 2 :] else head).rstrip() + " …"


def units(text: str) -> int:
    """How much room a text takes in the JSON that is sent, in units of two bytes."""
    twice = sum(1 for char in text if char in '"\\\n\t' or ord(char) > 0xFFFF)
    return len(text) + twice


def run(text: str, **look: object) -> Json:
    """A piece of text."""
    return {"type": "TextRun", "text": clean(text), **look}


def line(*runs: Json, **place: object) -> Json:
    """A paragraph of pieces."""
    return {"type": "RichTextBlock", "inlines": list(runs), **place}


def lines(
    text: str,
    marks: tuple[tuple[int, int], ...] = (),
    most: int = 10_000,
    spacing: str = "Small",
    **look: object,
) -> list[Json]:
    """A text as paragraphs, `most` at most, « - » as bullets; what `marks` cover stands out."""
    rows = text.split("\n", most - 1)
    rows[-1] = rows[-1].replace("\n", " ")  # as long as before: the marks keep their place
    made: list[Json] = []
    start = 0
    for raw in rows:
        if raw.strip():
            item = ITEM.match(raw)
            skip = item.end() if item else len(raw) - len(raw.lstrip())
            lead = [run("\u2003" * (len(item[1]) // 2) + "•\u00a0", **look)] if item else []
            runs = marked(raw[skip:], start + skip, marks, look)
            made.append(line(*lead, *runs, **({"spacing": spacing} if made else {})))
        start += len(raw) + 1
    return made


def marked(
    text: str, start: int, marks: tuple[tuple[int, int], ...], look: dict[str, object]
) -> list[Json]:
    """The pieces of a line that stands at offset `start`."""
    made, at = [], 0
    for first, last in sorted(marks)[:MARKS]:
        begin, end = max(first - start, at), min(last - start, len(text))
        if begin < end:
            if begin > at:
                made.append(run(text[at:begin], **look))
            made.append(run(text[begin:end], **{**look, "weight": "Bolder", "highlight": True}))
            at = end
    if at < len(text) or not made:
        made.append(run(text[at:], **look))
    return made


def heading(text: str) -> Json:
    """A heading of our own wording (phrases): screen readers find it."""
    return {
        "type": "TextBlock",
        "text": defused(text),
        "style": "heading",
        "weight": "Bolder",
        "wrap": True,
        "spacing": "Medium",
    }


def container(items: list[Json], **more: object) -> Json:
    """Elements that belong together."""
    return {"type": "Container", "items": items, **more}


def actions(made: list[Json], **more: object) -> Json:
    """A row of buttons."""
    return {"type": "ActionSet", "actions": made, **more}


def opened(link: Link) -> Json:
    """A button that opens an address."""
    return {"type": "Action.OpenUrl", "title": cut(clean(link.label), 200), "url": link.url}


def button_rows(made: list[Json]) -> list[Json]:
    """The buttons in rows that a phone shows whole, in their order: not every client wraps them."""
    rows: list[list[Json]] = []
    room = 0
    for button in made:
        needs = len(button["title"]) + BUTTON
        if not rows or needs > room:
            rows.append([])
            room = ROW
        rows[-1].append(button)
        room -= needs
    return [actions(row, **({"spacing": "Small"} if n else {})) for n, row in enumerate(rows)]


def submit(title: str, data: Json, *, inputs: bool = False, style: str = "") -> Json:
    """A button that sends `data`, and with `inputs` what is filled in on the card."""
    made: Json = {
        "type": "Action.Submit",
        "title": cut(clean(title), 200),
        "data": {"catalogue": {"v": VERSION, **data}},
        "associatedInputs": "auto" if inputs else "none",
    }
    if style:
        made["style"] = {"primary": "positive", "danger": "destructive"}[style]
    return made


def toggle(title: str, *targets: str) -> Json:
    """A button that shows and hides elements, without asking the assistant."""
    return {"type": "Action.ToggleVisibility", "title": title, "targetElements": list(targets)}
