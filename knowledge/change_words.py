"""Changes in words: a plain sentence for each, the words before and after, and how many."""

from __future__ import annotations

import re
from collections import Counter
from typing import get_args

from knowledge.change_set import DocumentChange
from knowledge.difference import ChangeKind, PassageChange
from knowledge.edits import excerpt, new_text, old_text
from knowledge.passages import Document, Passage
from knowledge.phrases import say

LONGEST = 320  # characters of a text quoted in a sentence or a cell
_NUMBER = re.compile(r"^\d[\d.]*\s+")


def headline(change: DocumentChange, lang: str = "fr") -> str:
    """What became of a document, in a sentence."""
    kind: str = change.kind
    if kind == "withdrawn" and change.document.kind != "fiche":
        kind = "withdrawn_other"
    if kind == "version" and not change.passages:
        kind = "version_same"
    title = change.document.title
    if kind in ("version", "version_same", "reverted"):
        before, after = shown(change.before, lang), shown(change.after, lang)
        return say(f"changes.document.{kind}", lang, title=title, before=before, after=after)
    if kind.startswith("withdrawn"):
        return say(f"changes.document.{kind}", lang, title=title)
    version = change.document.version
    dated = say("changes.version", lang, version=version.isoformat()) if version else ""
    return say(f"changes.document.{kind}", lang, title=title, dated=dated)


def shown(document: Document | None, lang: str = "fr") -> str:
    """The version's date as people see it, 2026-09-08."""
    version = document.version if document else None
    return version.isoformat() if version else say("changes.undated", lang)


def counts(change: DocumentChange, lang: str = "fr") -> str:
    """« 7 passages reformulés, 1 ajout »; empty where no passage changed."""
    numbers = Counter(passage.kind for passage in change.passages)
    return ", ".join(
        say(
            f"changes.count.{kind}.{'one' if numbers[kind] == 1 else 'many'}",
            lang,
            count=numbers[kind],
        )
        for kind in get_args(ChangeKind)
        if numbers[kind]
    )


def sentence(change: PassageChange, lang: str = "fr") -> str:
    """A change of a passage in a sentence, its section named first."""
    where = place(change.place, lang)
    if change.kind == "moved":
        text = quoted(new_text(change.edits))
        assert change.before is not None
        if change.before.path == change.place.path:
            return say("changes.passage.moved_within", lang, place=where, text=text)
        source = _source(change.before, lang)
        return say("changes.passage.moved", lang, place=where, text=text, source=source)
    before, after = before_after(change)
    if change.kind in ("reworded", "retitled"):
        return say(f"changes.passage.{change.kind}", lang, place=where, before=before, after=after)
    return say(f"changes.passage.{change.kind}", lang, place=where, text=before or after)


def before_after(change: PassageChange, longest: int = LONGEST) -> tuple[str, str]:
    """The words before and after, with some around them; empty where there were none. Of a move:
    the sections."""
    if change.kind == "moved":
        text = quoted(new_text(change.edits), longest)
        return text, text
    if change.kind == "retitled":
        return old_text(change.edits), new_text(change.edits)
    before = excerpt(change.edits, "out") if change.kind != "added" else ""
    after = excerpt(change.edits, "in") if change.kind != "removed" else ""
    return quoted(before, longest), quoted(after, longest)


def place(passage: Passage, lang: str = "fr") -> str:
    """« Section 3.4, Clientèle admissible »."""
    return _place("changes.place.", passage, lang)


def _source(passage: Passage, lang: str) -> str:
    return _place("changes.place.source_", passage, lang)


def _place(prefix: str, passage: Passage, lang: str) -> str:
    heading = _NUMBER.sub("", passage.heading)
    if passage.section:
        return say(f"{prefix}numbered", lang, section=passage.section, heading=heading)
    return say(f"{prefix}named", lang, heading=heading)


def quoted(text: str, longest: int = LONGEST) -> str:
    """The text on one line, cut between words where it is long."""
    line = " ".join(text.split())
    if len(line) <= longest:
        return line
    return line[:longest].rsplit(" ", 1)[0].rstrip(" ,;:") + " …"
