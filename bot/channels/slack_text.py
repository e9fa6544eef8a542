"""Text for Slack: measured as Slack measures it, cut at a sentence, never read as markup.

Everything from a user or a document goes into `plain_text` objects, which Slack shows as they
are. The one field that Slack reads as markup, a message's `text`, is escaped.
"""

from __future__ import annotations

import re
from typing import Any

from handlers.questions import printable

Json = dict[str, Any]

SECTION = 3000  # characters of a text object in a section
HEADER = 150
BUTTON = 75
OPTION = 75  # an option's label and its description
CONTEXT = 2000
TITLE = 24  # a modal's title and its buttons
FALLBACK = 3000  # of a message's `text`: read aloud and shown in notifications

# A number with its period (« 2. ») opens a line of a list; it ends no sentence.
SENTENCE = re.compile(r"(?<!\s\d)(?<!\s\d\d)[.!?…][»”\")\]]*(?=\s)|\n")
BLANKS = re.compile(r"[^\S\u00a0\u202f]+")
MENTION = re.compile(r"<([@#!])([^<>|]*)(?:\|([^<>]*))?>")
LINK = re.compile(r"<((?:https?|mailto|tel):[^<>|]*)(?:\|([^<>]*))?>")
ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))


def size(text: str) -> int:
    """Length as Slack's clients count it: UTF-16 units, so that an emoji counts for two."""
    return len(text) + sum(ord(char) > 0xFFFF for char in text)


def prefix(text: str, limit: int) -> str:
    """As many characters from the start as fit into `limit`."""
    if size(text) <= limit:
        return text
    kept, room = [], limit
    for char in text[:limit]:
        room -= size(char)
        if room < 0:
            break
        kept.append(char)
    return "".join(kept)


def cut(text: str, limit: int) -> int:
    """Where to cut so that text[:cut] fits: after a sentence, else after a word, else anywhere.

    A sentence that would leave less than a third is not worth it. len(text) when all fits.
    """
    if size(text) <= limit:
        return len(text)
    head = prefix(text, limit)
    ends = [match.end() for match in SENTENCE.finditer(text, 0, len(head) + 1)]
    best = max((end for end in ends if end <= len(head)), default=0)
    if best > len(head) // 3:
        return best
    blank = max(head.rfind(" "), head.rfind("\n"))
    return blank if blank > len(head) // 3 else max(1, len(head))


def one_line(text: str) -> str:
    """The text on one line; no-break spaces stay, for French wants them.

    >>> one_line(" a\\n b\u00a0: ")
    'a b\xa0:'
    """
    return BLANKS.sub(" ", printable(text)).strip()


def shortened(text: str, limit: int) -> str:
    """The text on one line, with « … » where its end had to go."""
    line = one_line(text)
    if size(line) <= limit:
        return line
    head = prefix(line, limit - 1)
    return (head.rpartition(" ")[0] or head).rstrip(" ,;:.") + "…"


def pieces(text: str, limit: int = SECTION) -> list[str]:
    """The whole text in pieces that fit, cut at sentences; nothing for nothing."""
    made = []
    rest = printable(text).strip()
    while rest:
        at = cut(rest, limit)
        if piece := rest[:at].rstrip():
            made.append(piece)
        rest = rest[at:].lstrip()
    return made


def plain(text: str, limit: int = SECTION) -> Json:
    """A text object that Slack shows as it is. A blank stands for nothing: Slack wants one."""
    kept = prefix(printable(text).strip(), limit)
    return {"type": "plain_text", "text": kept or "\u00a0", "emoji": False}


def label(text: str, limit: int) -> Json:
    """A text object of one line that fits."""
    return plain(shortened(text, limit), limit)


def escaped(text: str) -> str:
    """The text so that Slack's markup reads it as text."""
    for entity, char in reversed(ENTITIES):
        text = text.replace(char, entity)
    return text


def typed(text: str, bot: str = "") -> str:
    """What a person typed, from Slack's encoding: mentions and links as the words he saw, the
    mention of the bot itself left out."""
    text = re.sub(rf"<@{re.escape(bot)}(?:\|[^<>]*)?>", " ", text) if bot else text
    text = LINK.sub(lambda m: m[2] or m[1].removeprefix("mailto:").removeprefix("tel:"), text)
    text = MENTION.sub(lambda m: ("#" if m[1] == "#" else "@") + (m[3] or m[2]).lstrip("@#"), text)
    for entity, char in ENTITIES:
        text = text.replace(entity, char)
    return text.strip()
