"""Which text that went is which text that came, reworded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass

from knowledge.analysis import STOP, words
from knowledge.units import Unit

ALIKE_ANYWHERE = 0.6  # share of words in common from which a text counts as another one reworded
ALIKE_IN_SECTION = 0.35
ALIKE_IN_PLACE = 0.2  # between the same neighbours
MOST_WITH_WORD = 100  # gone texts that share a word: more, and the word tells nothing


@dataclass(frozen=True)
class Run:
    """Units of one passage, one after the other, that are in one state of the document alone."""

    passage: int
    units: range
    path: tuple[str, ...]
    words: frozenset[str]  # that tell what it is about
    gap: int  # old number of the unit kept before it: the same on both sides, the same place


def runs_of(
    units: Sequence[Unit], present: Sequence[bool], old: Callable[[int], int], kept: Container[int]
) -> Iterator[Run]:
    """The runs of units that are not `present` in the other state; `old` gives the old number of
    a kept unit."""
    gap, start = -1, 0
    while start < len(units):
        if present[start]:
            gap = old(start) if start in kept else gap
            start += 1
            continue
        unit, end = units[start], start + 1
        while end < len(units) and not present[end] and units[end].passage == unit.passage:
            end += 1
        found = range(start, end)
        yield Run(
            passage=unit.passage,
            units=found,
            path=unit.path,
            words=_telling(units[start:end]),
            gap=gap,
        )
        start = end


def _telling(units: Sequence[Unit]) -> frozenset[str]:
    """The words that say what a text is about; all of them where it has no other."""
    found = frozenset(word for unit in units for word in words(unit.key))
    return found - STOP or found


def paired(gone: Sequence[Run], fresh: Sequence[Run]) -> dict[int, int]:
    """Number of a fresh run → number of the gone one that it rewords; each at most once."""
    having: dict[str, list[int]] = {}
    for number, run in enumerate(gone):
        for word in run.words:
            having.setdefault(word, []).append(number)
    scored: list[tuple[float, int, int]] = []
    for number, run in enumerate(fresh):
        shared: Counter[int] = Counter()
        for word in run.words:
            holders = having.get(word, ())
            if len(holders) <= MOST_WITH_WORD:
                shared.update(holders)
        for other, count in shared.items():
            score = _likeness(gone[other], run, count)
            if score:
                scored.append((score, number, other))
    scored.sort(key=lambda row: (-row[0], abs(row[1] - row[2]), row[1]))
    found: dict[int, int] = {}
    taken: set[int] = set()
    for _, number, other in scored:
        if number not in found and other not in taken:
            found[number] = other
            taken.add(other)
    return found


def _likeness(old: Run, new: Run, shared: int) -> float:
    """Share of words in common, and more for the same place; 0 when it isn't the same text."""
    alike = 2 * shared / (len(old.words) + len(new.words))
    if old.gap == new.gap:
        return alike + 0.3 if alike >= ALIKE_IN_PLACE else 0.0
    if old.path == new.path:
        return alike + 0.1 if alike >= ALIKE_IN_SECTION else 0.0
    return alike if alike >= ALIKE_ANYWHERE else 0.0
