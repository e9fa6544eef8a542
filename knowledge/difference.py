"""Two states of one document → the passages added, removed, reworded, moved or under a new heading.

What counts is what a reader would notice: sentences cut into other passages, other page numbers
and sections renumbered because one was added before them are no change.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from knowledge.edits import Edit, word_edits
from knowledge.pairing import paired, runs_of
from knowledge.passages import Frozen, Passage
from knowledge.units import Unit, match, moved_runs, names, repeated_leads, units_of

ChangeKind = Literal["added", "removed", "reworded", "moved", "retitled"]

Key = tuple[int, int]  # (old passage, new passage), -1 for none


class PassageChange(Frozen):
    """One change. `before` and `after` are the passages it was found in: both for a rewording, a
    move or a new heading, else one. `edits` tell the words; of a new heading, the heading's."""

    kind: ChangeKind
    before: Passage | None = None
    after: Passage | None = None
    edits: tuple[Edit, ...] = ()

    @property
    def place(self) -> Passage:
        """The passage by which the change is found: the new one where there is one."""
        passage = self.after or self.before
        assert passage is not None
        return passage


@dataclass(frozen=True)
class Sides:
    """The unit numbers of one reworded passage that are in one state alone."""

    gone: set[int] = field(default_factory=set)
    fresh: set[int] = field(default_factory=set)


def difference(old: Sequence[Passage], new: Sequence[Passage]) -> tuple[PassageChange, ...]:
    """The changes in reading order of the new state; what was removed stands where it was."""
    if len(old) == len(new) and all(
        p.text == q.text and names(p) == names(q) for p, q in zip(old, new, strict=True)
    ):
        return ()
    return _Comparison(old, new).changes()


class _Comparison:
    """What two states have in common, and from that their changes."""

    def __init__(self, old: Sequence[Passage], new: Sequence[Passage]) -> None:
        self.old, self.new = old, new
        leads = repeated_leads(old, new)
        self.a, self.b = units_of(old, leads), units_of(new, leads)
        self.found = match(self.a, self.b)
        self.moves = moved_runs(self.a, self.b, self.found)
        moved = {i for run in self.moves for i in run}
        self.kept = [(j, i) for i, j in enumerate(self.found) if j >= 0 and i not in moved]
        self.shared: dict[Key, list[tuple[int, int]]] = {}
        for j, i in self.kept:
            key = (self.a[j].passage, self.b[i].passage)
            self.shared.setdefault(key, []).append((j, i))

    def changes(self) -> tuple[PassageChange, ...]:
        """All of them, sorted by where a reader of the new state meets them."""
        placed = [*self._moved(), *self._headings(), *self._words()]
        return tuple(change for _, change in sorted(placed, key=lambda item: item[0]))

    def _moved(self) -> Iterator[tuple[float, PassageChange]]:
        for run in self.moves:
            yield self._move(run)

    def _move(self, run: Sequence[int]) -> tuple[float, PassageChange]:
        before = self.old[self.a[self.found[run[0]]].passage]
        place = self.b[run[0]].passage
        text = _span(self.new, self.b, run)
        edits = (Edit(op="same", text=text),)
        return place, PassageChange(kind="moved", before=before, after=self.new[place], edits=edits)

    def _headings(self) -> Iterator[tuple[float, PassageChange]]:
        """New headings over text that kept its order; where the heading stood before or the old
        one still stands, the text has moved from one to the other."""
        paths = {u.path for u in self.a}, {u.path for u in self.b}
        told: set[tuple[tuple[str, ...], tuple[str, ...]]] = set()
        runs: dict[Key, list[int]] = {}
        for j, i in self.kept:
            was, now = self.a[j].path, self.b[i].path
            if was == now:
                continue
            if was in paths[1] or now in paths[0]:
                runs.setdefault((self.a[j].passage, self.b[i].passage), []).append(i)
                continue
            level = next((n for n, (x, y) in enumerate(zip(was, now, strict=False)) if x != y), 0)
            one = len(was) == len(now) and was[level + 1 :] == now[level + 1 :]
            pair = (was[: level + 1], now[: level + 1]) if one else (was, now)
            if pair in told:
                continue
            told.add(pair)
            texts = (was[level], now[level]) if one else (" – ".join(was), " – ".join(now))
            place = self.b[i].passage
            yield (
                place,
                PassageChange(
                    kind="retitled",
                    before=self.old[self.a[j].passage],
                    after=self.new[place],
                    edits=word_edits(*texts),
                ),
            )
        for run in runs.values():
            yield self._move(run)

    def _words(self) -> Iterator[tuple[float, PassageChange]]:
        """Passages added, removed and reworded."""
        kept_old, kept_new = dict(self.kept), {i: j for j, i in self.kept}
        present = {j for j in self.found if j >= 0}
        there = [j in present for j in range(len(self.a))]
        gone = list(runs_of(self.a, there, lambda j: j, kept_old))
        fresh = list(runs_of(self.b, [j >= 0 for j in self.found], kept_new.__getitem__, kept_new))
        pairs = paired(gone, fresh)
        into, origin = self._main(0), self._main(1)
        sides: dict[Key, Sides] = {}
        for number, run in enumerate(fresh):
            source = gone[pairs[number]].passage if number in pairs else origin.get(run.passage, -1)
            sides.setdefault((source, run.passage), Sides()).fresh.update(run.units)
            if number in pairs:
                sides[source, run.passage].gone.update(gone[pairs[number]].units)
        matched = set(pairs.values())
        for number, run in enumerate(gone):
            if number not in matched:
                key = (run.passage, into.get(run.passage, -1))
                sides.setdefault(key, Sides()).gone.update(run.units)
        reached = into | {was: now for was, now in sides if was >= 0 and now >= 0}
        for key, side in sides.items():
            yield self._reworded(key, side, reached)

    def _main(self, side: Literal[0, 1]) -> dict[int, int]:
        """For each passage of the old (0) or new (1) state, the one of the other state that has
        most of its kept words."""
        shared: dict[int, Counter[int]] = {}
        for key, kept in self.shared.items():
            size = sum(self.a[j].length for j, _ in kept)
            shared.setdefault(key[side], Counter())[key[1 - side]] = size
        return {passage: counts.most_common(1)[0][0] for passage, counts in shared.items()}

    def _reworded(
        self, key: Key, side: Sides, reached: dict[int, int]
    ) -> tuple[float, PassageChange]:
        was, now = key
        both = self.shared.get(key, ())
        before = _span(self.old, self.a, sorted({j for j, _ in both} | side.gone))
        after = _span(self.new, self.b, sorted({i for _, i in both} | side.fresh))
        if was < 0:
            return now, PassageChange(
                kind="added", after=self.new[now], edits=(Edit(op="in", text=after),)
            )
        if now < 0:
            above = next((reached[p] for p in range(was, -1, -1) if p in reached), -1)
            return above + 0.5, PassageChange(
                kind="removed", before=self.old[was], edits=(Edit(op="out", text=before),)
            )
        return now, PassageChange(
            kind="reworded",
            before=self.old[was],
            after=self.new[now],
            edits=word_edits(before, after),
        )


def _span(passages: Sequence[Passage], units: Sequence[Unit], numbers: Sequence[int]) -> str:
    """The text of these units of one passage, with what stands between neighbours."""
    found = ""
    for place, number in enumerate(numbers):
        unit = units[number]
        apart = not place or numbers[place - 1] != number - 1
        start = unit.start if apart else units[number - 1].end
        found += "\n" if place and apart else ""
        found += passages[unit.passage].text[start : unit.end]
    return found
