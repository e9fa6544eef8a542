"""Changes as parts of a reply: a table of documents, or before and after with citations."""

from __future__ import annotations

from datetime import date
from typing import Literal

from handlers.conversation import Button, Buttons, Citations, Part, Table, Text
from knowledge.change_words import before_after, counts, headline, place
from knowledge.difference import PassageChange
from knowledge.edits import marks, new_text, old_text
from knowledge.history import Event
from knowledge.passages import Citation, Document, Passage, citation_of, label_of
from knowledge.phrases import say

ROWS = 10  # changes in a table
CITED = 4  # passages cited on each side
CELL = 200  # characters
MOST_ACTION = 200  # characters of an action


def overview(found: list[Event], since: date | None, lang: str) -> tuple[Part, ...]:
    """A row a document, and a button each to its details."""
    if not found:
        return ()
    columns = ("day", "change", "count")
    rows = tuple(
        (e.day.isoformat(), headline(e.change, lang), counts(e.change, lang)) for e in found
    )
    table = Table(columns=tuple(say(f"history.column.{c}", lang) for c in columns), rows=rows)
    buttons = tuple(
        Button(label=document.supplier or document.title, action=action)
        for document in {e.change.document.id: e.change.document for e in found}.values()
        if (action := detail_action(document.id, since, 0))
    )
    return (
        (table, Buttons(text=say("history.details", lang), buttons=buttons))
        if buttons
        else (table,)
    )


def detail_action(name: str, since: date | None, first: int) -> str:
    """The action that shows a document's changes; empty for a name too long for one."""
    action = f"history:document:{name}:{since.isoformat() if since else '-'}:{first}"
    return action if len(action) <= MOST_ACTION else ""


def detail(
    event: Event, since: date | None, first: int, lang: str, held: frozenset[str]
) -> tuple[Part, ...]:
    """What became of a document: a sentence, the passages before and after from the row `first`
    on, citations. `held`: digests of the passages that can be opened."""
    change = event.change
    parts: list[Part] = [Text(text=headline(change, lang), tone="title")]
    if summary := counts(change, lang):
        parts.append(Text(text=summary))
    if change.document.label:
        text = say("history.label", lang, label=label_of(change.document, lang))
        parts.append(Text(text=text, tone="note"))
    some = change.passages[first : first + ROWS]
    if some:
        columns = ("section", "change", "before", "after")
        parts.append(
            Table(
                columns=tuple(say(f"history.column.{name}", lang) for name in columns),
                rows=tuple(row(passage, lang) for passage in some),
            )
        )
    left = len(change.passages) - first - len(some)
    action = detail_action(change.document.id, since, first + ROWS)
    if left > 0 and action:
        number = "one" if left == 1 else "many"
        button = Button(label=say(f"history.more.{number}", lang, count=left), action=action)
        parts.append(Buttons(buttons=(button,)))
    for side, key in (("after", "history.in_force"), ("before", "history.replaced")):
        found = citations(some, change.before, change.after, side == "before", held)
        if found:
            parts.append(Citations(title=say(key, lang), citations=found))
    return tuple(parts)


def row(change: PassageChange, lang: str) -> tuple[str, ...]:
    """Section, what happened, the words before and after; of a move, where from and where to."""
    kind = say(f"history.kind.{change.kind}", lang)
    before, after = before_after(change, CELL)
    if change.kind == "moved" and change.before and change.after:
        before = f"{place(change.before, lang)} : {before}"
        after = f"{place(change.after, lang)} : {after}"
    return place(change.place, lang), kind, before, after


def citations(
    changes: tuple[PassageChange, ...],
    before: Document | None,
    after: Document | None,
    old: bool,
    held: frozenset[str],
) -> tuple[Citation, ...]:
    """The passages of one side of the changes, what changed in them marked; the first few."""
    document = before if old else after
    found: dict[str, Citation] = {}
    for change in changes:
        passage = change.before if old else change.after
        if document is None or passage is None or passage.digest not in held:
            continue
        if change.kind != "moved" or not old:  # the text of a move is shown once
            found.setdefault(passage.id, citation(document, passage, change, old))
    return tuple(found.values())[:CITED]


def citation(document: Document, passage: Passage, change: PassageChange, old: bool) -> Citation:
    """A passage as a source, the words that went or came marked in it."""
    side: Literal["out", "in"] = "out" if old else "in"
    text = old_text(change.edits) if old else new_text(change.edits)
    start = passage.text.find(text) if change.kind in ("reworded", "added", "removed") else -1
    spans = (
        tuple((a + start, b + start) for a, b in marks(change.edits, side)) if start >= 0 else ()
    )
    return citation_of(document, passage, marks=spans, superseded=old)
