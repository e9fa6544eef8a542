"""Two texts, word by word: what stayed, what went, what came."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from typing import Literal

from knowledge.passages import Frozen

LONGEST = 6_000  # pieces of a text that are compared; what comes after is one piece
LEAST_SAME = 0.3  # of both texts: with less in common, a reader sees one text in place of another

_PIECE = re.compile(r"\s+|\w+(?:['’.,-]\w+)*|[^\w\s]")
_SOLID = re.compile(r"\w{4,}|\d")


class Edit(Frozen):
    """A stretch of text: in both (`same`), in the old one alone (`out`), in the new one (`in`)."""

    op: Literal["same", "out", "in"]
    text: str


def word_edits(old: str, new: str) -> tuple[Edit, ...]:
    """Edits in reading order; `same` with `out` gives the old text again, with `in` the new one."""
    a, b = pieces(old), pieces(new)
    rows: list[tuple[str, str, str]] = []  # (same, out, in)
    for op, a1, a2, b1, b2 in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        left, right = "".join(a[a1:a2]), "".join(b[b1:b2])
        rows.append((left, "", "") if op == "equal" else ("", left, right))
    joined: list[tuple[str, str, str]] = []
    for place, (same, out, into) in enumerate(rows):
        inside = 0 < place < len(rows) - 1
        if same and inside and not _SOLID.search(same):
            same, out, into = "", same, same  # « de » between two changes only chops them up
        if not same and joined and not joined[-1][0]:
            joined[-1] = ("", joined[-1][1] + out, joined[-1][2] + into)
        else:
            joined.append((same, out, into))
    if 2 * sum(len(same) for same, _, _ in joined) < LEAST_SAME * (len(old) + len(new)):
        joined = [("", old, new)]
    found: list[Edit] = []
    for same, out, into in joined:
        found += [Edit(op="same", text=same)] if same else []
        found += [Edit(op="out", text=out)] if out else []
        found += [Edit(op="in", text=into)] if into else []
    return tuple(found)


def pieces(text: str) -> list[str]:
    """Words, spaces and signs in order; joined, they are the text."""
    found = _PIECE.findall(text)
    return found if len(found) <= LONGEST else [*found[:LONGEST], "".join(found[LONGEST:])]


def old_text(edits: Iterable[Edit]) -> str:
    """The text before."""
    return "".join(edit.text for edit in edits if edit.op != "in")


def new_text(edits: Iterable[Edit]) -> str:
    """The text after."""
    return "".join(edit.text for edit in edits if edit.op != "out")


def marks(edits: Sequence[Edit], side: Literal["out", "in"]) -> tuple[tuple[int, int], ...]:
    """(start, end) of what went in the old text, or of what came in the new one."""
    found, place = [], 0
    for edit in edits:
        if edit.op not in ("same", side):
            continue
        core = edit.text.strip()
        if edit.op == side and core:
            start = place + edit.text.index(core)
            found.append((start, start + len(core)))
        place += len(edit.text)
    return tuple(found)


def excerpt(edits: Sequence[Edit], side: Literal["out", "in"], around: int = 6) -> str:
    """One side of the edits with `around` words beside each change, « … » for what is left out."""
    shown: list[str] = []
    for place, edit in enumerate(edits):
        if edit.op == side:
            shown.append(edit.text)
        elif edit.op == "same":
            first, last = place == 0, place == len(edits) - 1
            words = re.findall(r"\s*\S+\s*", edit.text)
            room = around if first or last else 2 * around
            if len(words) <= room:
                shown.append(edit.text)
            elif first:
                shown.append("… " + "".join(words[-around:]))
            elif last:
                shown.append("".join(words[:around]).rstrip() + " …")
            else:
                shown.append("".join(words[:around]).rstrip() + " … " + "".join(words[-around:]))
    return " ".join("".join(shown).strip().replace("\n", " / ").split())
