"""The passages of one version told by those of another, exactly and without repeating them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import Field

from knowledge.passages import Frozen, Passage


class Delta(Frozen):
    """How to make a document's passages from those of another version, exactly."""

    base: str | None  # Document.key in the state before; None: from nothing
    kept: tuple[tuple[int, int, int], ...] = ()  # (first in the new, first in the old, how many)
    # by place in the new: the fields that differ, the passages that are not in the base
    patches: dict[int, dict[str, Any]] = Field(default_factory=dict)
    fresh: dict[int, Passage] = Field(default_factory=dict)


def delta(key: str | None, base: Sequence[Passage], passages: Sequence[Passage]) -> Delta:
    """The delta from the passages of `key` (None: from nothing) to these."""
    where: dict[str, list[int]] = {}
    for place in range(len(base) - 1, -1, -1):
        where.setdefault(base[place].text, []).append(place)
    kept: list[tuple[int, int, int]] = []
    patches: dict[int, dict[str, Any]] = {}
    fresh: dict[int, Passage] = {}
    for place, passage in enumerate(passages):
        same = where.get(passage.text)
        if not same:
            fresh[place] = passage
            continue
        source = same.pop()
        last = kept[-1] if kept else (-1, -1, 0)
        if (last[0] + last[2], last[1] + last[2]) == (place, source):
            kept[-1] = (last[0], last[1], last[2] + 1)
        else:
            kept.append((place, source, 1))
        expected = _carried(base[source], passage.document, place)
        if expected != passage:
            patches[place] = {
                name: value for name, value in passage if getattr(expected, name) != value
            }
    return Delta(base=key, kept=tuple(kept), patches=patches, fresh=fresh)


def _carried(passage: Passage, document: str, place: int) -> Passage:
    """The passage as it stands in another version when nothing else changes."""
    return passage.model_copy(update={"document": document, "position": place})


def made(delta: Delta, key: str, base: Sequence[Passage]) -> tuple[Passage, ...]:
    """The passages of the document `key`, from those of the base. Raises IndexError for another
    base than the delta was made from."""
    found = dict(delta.fresh)
    for first, source, count in delta.kept:
        for step in range(count):
            found[first + step] = _carried(base[source + step], key, first + step)
    for place, fields in delta.patches.items():
        # validated: a change set read from a file has lists where passages have tuples
        found[place] = Passage.model_validate({**found[place].model_dump(), **fields})
    return tuple(found[place] for place in sorted(found))
