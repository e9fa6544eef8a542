"""Reply → the messages it takes, each within Slack's limits, with its text for notifications."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile, zip_longest
from typing import Any

from bot.channels.slack_forms import Keep, message_blocks
from bot.channels.slack_parts import Parts, context
from bot.channels.slack_text import FALLBACK, Json, cut, escaped, one_line, prefix, size
from handlers.conversation import File, Form, Part, Reply
from knowledge.phrases import say

BLOCKS = 50  # of a message
WHOLE = 12_000  # characters of a message's blocks; Slack takes about 13,000
PAGES = 10  # messages of one reply
READ = ("context", "rich_text")  # blocks whose elements are words
SPOKEN = 500  # characters of a message's text


@dataclass(frozen=True)
class Page:
    """One message."""

    blocks: list[Json]
    text: str

    def arguments(self) -> Json:
        """The arguments of chat.postMessage and its kin: nothing is read as markup."""
        return {
            "blocks": self.blocks,
            "text": prefix(escaped(self.text), FALLBACK),
            "mrkdwn": False,
            "parse": "none",
            "link_names": False,
            "unfurl_links": False,
            "unfurl_media": False,
        }


def pages_of(reply: Reply, lang: str, keep: Keep, offset: int = 0) -> list[Page]:
    """The messages of a reply, in order; its files are not among them."""
    made = blocks_of(reply, lang, keep, offset)
    spoken = spoken_text(made) or say("slack.modal", lang)
    pages = list(packed(made))
    if len(pages) > PAGES:
        pages = [*pages[: PAGES - 1], [context(say("slack.too_long", lang))]]
    return [
        Page(blocks=page, text=spoken if i == 0 else spoken_text(page) or spoken)
        for i, page in enumerate(pages)
    ]


def blocks_of(reply: Reply, lang: str, keep: Keep, offset: int = 0) -> list[Json]:
    """All blocks of a reply, however many."""

    def form(part: Form) -> list[Json]:
        return message_blocks(part, lang, keep)

    parts = Parts(lang, form, offset)
    return [block for part in reply.parts for block in parts.blocks(part)]


def files_of(reply: Reply) -> list[File]:
    """The files of a reply."""
    return [part for part in reply.parts if isinstance(part, File)]


def form_of(reply: Reply) -> Form | None:
    """The first form of a reply."""
    return next((part for part in reply.parts if isinstance(part, Form)), None)


def without(reply: Reply, part: Part) -> Reply:
    """The reply less one part."""
    return Reply(parts=tuple(other for other in reply.parts if other is not part))


def packed(blocks: list[Json]) -> Iterator[list[Json]]:
    """The blocks in as few messages as hold them."""
    page: list[Json] = []
    room = WHOLE
    for block in blocks:
        weight = sum(size(text) for text in texts(block))
        if page and (len(page) == BLOCKS or weight > room):
            yield page
            page, room = [], WHOLE
        page.append(block)
        room -= weight
    if page:
        yield page


def texts(value: Any) -> Iterator[str]:
    """Every text that a block shows."""
    if isinstance(value, dict):
        if value.get("type") in ("plain_text", "mrkdwn", "text", "link"):
            yield str(value.get("text", ""))
        else:
            for inner in value.values():
                yield from texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner)


def spoken_text(blocks: list[Json]) -> str:
    """What a notification or a screen reader says of a message: what stands before its sources,
    without the words that lead to buttons; cut at a sentence."""
    own = list(takewhile(lambda block: block["type"] != "divider", blocks)) or blocks
    said = []
    nothing: Json = {}
    for block, following in zip_longest(own, own[1:], fillvalue=nothing):
        words = " ".join(texts(block.get("text")))
        if not (words.rstrip().endswith(":") and following.get("type") == "actions"):
            said.append(words)
    line = one_line(" ".join(said) or " ".join(texts(own)))
    return line[: cut(line, SPOKEN)].rstrip()


def read_out(blocks: list[Json]) -> str:
    """All the words of a message, without its buttons."""
    shown = [b.get("text") or (b["type"] in READ and b["elements"]) for b in blocks]
    return "\n".join(text for part in shown for text in texts(part))
