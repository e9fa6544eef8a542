"""Which sentences of one state of a document are which of another, whatever passages hold them.

Passages are packed anew when a paragraph grows: sentence by sentence, that is no change. The
matching is Heckel's: sentences that occur once on both sides are anchors, their neighbours follow,
repeated ones are told apart by where they stand.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from knowledge.analysis import words
from knowledge.passages import Passage
from knowledge.views import sentences

FEWEST_MOVED = 5  # words: fewer, found again under another heading, are a coincidence

_MARKER = re.compile(r"^\s*(?:[-–•]|\d{1,2}[.)]|[a-z]\))\s+")
_NUMBER = re.compile(r"^\d[\d.]*\s+")


@dataclass(frozen=True)
class Unit:
    """A sentence, a list item or a whole table row. `key` is what must agree for it to be the same:
    the numbers of items and the white space between words are left out."""

    passage: int  # place in the list of passages
    start: int  # offsets into the passage's text
    end: int
    key: str
    path: tuple[str, ...]  # headings above it, without the document's title and without numbers

    @property
    def length(self) -> int:
        """How many words."""
        return self.key.count(" ") + 1


def names(passage: Passage) -> tuple[str, ...]:
    """The headings above a passage, numbers and the document's title left out; so is the last one
    where it is the passage's own first words (a term defined, a contact)."""
    parts = passage.path[1:]
    if parts and passage.form in ("definition", "contact"):
        own = words(parts[-1])
        opening = set(words(passage.text[: 3 * len(parts[-1]) + 40]))
        parts = parts[:-1] if 2 * sum(w in opening for w in own) >= len(own) else parts
    return tuple(_NUMBER.sub("", part) for part in parts)


def units_of(passages: Sequence[Passage], leads: frozenset[str] = frozenset()) -> list[Unit]:
    """The units of the passages in order, without the sentences `leads` (see repeated_leads)."""
    found: list[Unit] = []
    for place, passage in enumerate(passages):
        path = names(passage)
        row = passage.form == "row"
        for a, b in ((0, len(passage.text)),) if row else sentences(passage.text):
            key = " ".join(_MARKER.sub("", passage.text[a:b]).split())
            if key and passage.text[a:b].strip() not in leads:
                found.append(Unit(place, a, b, key, path))
    return found


def repeated_leads(old: Sequence[Passage], new: Sequence[Passage]) -> frozenset[str]:
    """Sentences in both states that a list cut into several passages repeats at the start of each:
    what leads it in (« … : ») and the items above a nested one. How often is no news."""
    times = [Counter(_own(state)) for state in (old, new)]
    leading = {text for passage in (*old, *new) for text in _leading(passage)}
    return frozenset(
        text
        for text in leading
        if min(times[0][text], times[1][text]) and max(times[0][text], times[1][text]) > 1
    )


def _own(passages: Sequence[Passage]) -> Iterator[str]:
    for passage in passages:
        yield from {passage.text[a:b].strip() for a, b in sentences(passage.text)}


def _leading(passage: Passage) -> Iterator[str]:
    """What a passage starts with that leads in what follows."""
    for a, b in sentences(passage.text)[:-1] if passage.form != "row" else ():
        text = passage.text[a:b].strip()
        if not text.endswith(":") and not _MARKER.match(text):
            return
        yield text


def match(old: Sequence[Unit], new: Sequence[Unit]) -> list[int]:
    """For each new unit the old one that it is, or -1."""
    found = [-1] * len(new)
    taken = [False] * len(old)

    def pair(i: int, j: int) -> None:
        found[i], taken[j] = j, True

    times_old = Counter(unit.key for unit in old)
    times_new = Counter(unit.key for unit in new)
    where = {unit.key: j for j, unit in enumerate(old)}
    for i, unit in enumerate(new):
        if times_new[unit.key] == 1 and times_old[unit.key] == 1:
            pair(i, where[unit.key])
    for step, order in ((1, range(len(new))), (-1, range(len(new) - 1, -1, -1))):
        for i in order:
            j, near = found[i] + step, i + step
            if found[i] < 0 or not (0 <= near < len(new) and 0 <= j < len(old)):
                continue
            if found[near] < 0 and not taken[j] and new[near].key == old[j].key:
                pair(near, j)
    for with_path in (True, False):
        waiting: dict[object, list[int]] = defaultdict(list)
        for j in range(len(old) - 1, -1, -1):
            if not taken[j]:
                waiting[(old[j].key, old[j].path if with_path else ())].append(j)
        for i, unit in enumerate(new):
            same = waiting.get((unit.key, unit.path if with_path else ()))
            if found[i] < 0 and same:
                pair(i, same.pop())
    return found


def in_order(found: Sequence[int]) -> list[bool]:
    """Which matched units keep their order: the longest run of them that does."""
    tails: list[int] = []
    ends: list[int] = []  # place in `found` of each tail
    before = [-1] * len(found)
    for i, j in enumerate(found):
        if j < 0:
            continue
        at = bisect_left(tails, j)
        before[i] = ends[at - 1] if at else -1
        if at == len(tails):
            tails.append(j)
            ends.append(i)
        else:
            tails[at], ends[at] = j, i
    kept = [False] * len(found)
    place = ends[-1] if ends else -1
    while place >= 0:
        kept[place] = True
        place = before[place]
    return kept


def moved_runs(old: Sequence[Unit], new: Sequence[Unit], found: list[int]) -> list[list[int]]:
    """Runs of new units that stand elsewhere than before, each within one passage on both sides.

    Units too short to be called moved are given up in `found`: gone there, new here.
    """
    kept = in_order(found)
    runs: list[list[int]] = []
    for i, unit in enumerate(new):
        j = found[i]
        if j < 0 or kept[i]:
            continue
        last = runs[-1][-1] if runs else -2
        follows = last == i - 1 and found[last] == j - 1
        if follows and new[last].passage == unit.passage and old[j - 1].passage == old[j].passage:
            runs[-1].append(i)
        else:
            runs.append([i])
    lasting = []
    for run in runs:
        elsewhere = new[run[0]].path != old[found[run[0]]].path
        if elsewhere and sum(new[i].length for i in run) < FEWEST_MOVED:
            for i in run:
                found[i] = -1
        else:
            lasting.append(run)
    return lasting
