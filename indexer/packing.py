"""Paragraphs, list items and rows → texts of at most so many words. Pure.

A text that begins inside a list repeats what leads the item in: the sentence before the list and
the items it is nested under. Paragraphs and items are cut between sentences only.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from indexer.structure import Block
from knowledge.passages import Frozen
from knowledge.views import sentences

LIMIT = 170  # words: about what an encoder of 256 tokens reads of French
_LABEL = re.compile(r"^[^.:?!]{2,70}\s?: \S")


class Part(Frozen):
    """One line that isn't cut further. `context`: the lines to repeat when a text opens with it."""

    line: str
    context: tuple[str, ...] = ()
    group: int = 0  # lines of one group belong together: a list and its lead-in
    depth: int = -1  # nesting of an item, -1 for a paragraph
    page: int | None = None


def words(text: str) -> int:
    """How many words, as spaces part them."""
    return len(text.split())


def pack(blocks: Sequence[Block], limit: int = LIMIT) -> list[tuple[str, int | None]]:
    """(text, page) of each passage made of these paragraphs and items, in order."""
    groups: dict[int, list[Part]] = {}
    for part in parts_of(blocks, limit):
        groups.setdefault(part.group, []).append(part)
    packed: list[list[Part]] = []
    current: list[Part] = []
    for group in groups.values():
        size = sum(words(part.line) for part in group)
        if current and _size(current) + size > limit:
            packed.append(current)
            current = []
        if _size(current) + size <= limit and (current or _size(group) <= limit):
            current = current + group
        else:
            *whole, current = _split(group, limit)
            packed += whole
    if current:
        packed.append(current)
    return [(_text(parts), parts[0].page) for parts in packed]


def parts_of(blocks: Sequence[Block], limit: int) -> list[Part]:
    """Lines with what leads them in; a paragraph or item over the limit is several lines."""
    parts: list[Part] = []
    lead: str = ""  # the sentence ending in « : » that leads the present list in
    above: list[str] = []  # the items the next item is nested under, by depth
    numbered: dict[int, tuple[str, int]] = {}  # last item number → its list's lead-in and depth
    group = 0
    for block in blocks:
        if block.kind == "item":
            depth, number = (
                block.level,
                int(block.marker[:-1]) if block.marker[:-1].isdigit() else 0,
            )
            if number > 1 and number - 1 in numbered:
                earlier, depth = numbered[number - 1]
                if earlier != lead:
                    group, lead = group + 1, earlier
            elif not parts or parts[-1].group != group:
                group += 1
            if number:
                numbered[number] = (lead, depth)
            del above[depth:]
            context = _kept([lead, *above], limit)
            line = "  " * depth + f"{block.marker} {block.text}"
            for piece in _pieces(line, limit - sum(map(words, context))):
                parts.append(
                    Part(line=piece, context=context, group=group, depth=depth, page=block.page)
                )
            above += [""] * (depth - len(above)) + [line]
            continue
        if not (lead and parts and parts[-1].group == group and _LABEL.match(block.text)):
            group += 1
            lead = ""
        above = []
        context = _kept([lead], limit)
        for piece in _pieces(block.text, limit - sum(map(words, context))):
            parts.append(Part(line=piece, context=context, group=group, page=block.page))
        if block.text.rstrip().endswith(":"):
            start, end = sentences(block.text)[-1]
            lead = block.text[start:end].strip()
    return parts


def row_texts(cells: Sequence[tuple[str, str]], limit: int = LIMIT) -> list[str]:
    """A table row, « colonne : valeur » a line; one over the limit repeats its first line."""
    lines = [f"{column} : {value}" if column else value for column, value in cells if value]
    if not lines or sum(map(words, lines)) <= limit:
        return ["\n".join(lines)] if lines else []
    first, *others = lines
    context = _kept([first], limit)
    budget = limit - sum(map(words, context))
    parts = [Part(line=piece, page=None) for piece in _pieces(first, limit)]
    for line in others:
        for piece in line.split("\n"):
            parts += [Part(line=p, context=context) for p in _pieces(piece, budget)]
    return [_text(group) for group in _split(parts, limit)]


def _kept(lines: Sequence[str], limit: int) -> tuple[str, ...]:
    """The lines to repeat: all, the nearest, or none, so that half the limit stays free."""
    some = tuple(line for line in lines if line)
    for choice in (some, some[-1:]):
        if sum(map(words, choice)) <= limit // 2:
            return choice
    return ()


def _pieces(line: str, budget: int) -> list[str]:
    """The line, or when it has more words than the budget, runs of whole sentences within it."""
    if words(line) <= budget:
        return [line]
    pieces: list[str] = []
    for start, end in sentences(line):
        sentence = line[start:end]
        if pieces and words(pieces[-1]) + words(sentence) <= budget:
            pieces[-1] += " " + sentence.strip()
        else:
            pieces.append(sentence if not pieces else sentence.strip())
    return pieces or [line]


def _opening(parts: Sequence[Part]) -> list[str]:
    """The lines a text repeats at its start: the context of its first line."""
    return list(parts[0].context) if parts else []


def _size(parts: Sequence[Part]) -> int:
    return sum(words(part.line) for part in parts) + sum(map(words, _opening(parts)))


def _split(group: Sequence[Part], limit: int) -> list[list[Part]]:
    """One group cut into about equal runs within the limit, rather between items than inside one.

    An item is only cut from those nested under it when all of them together exceed the limit.
    """
    total = sum(words(part.line) for part in group)
    target = total / max(1, math.ceil(total / limit))
    runs: list[list[Part]] = [[]]
    for branch in _branches(group, limit):
        size = _size(runs[-1])
        more = sum(words(part.line) for part in branch)
        if runs[-1] and (size + more > limit or size + more / 2 > target):
            last = runs[-1][-1]
            if len(runs[-1]) > 1 and branch[0].context[-1:] == (last.line,):
                runs[-1].pop()  # a parent item: repeated at the start of the next run
            runs.append([])
        runs[-1] += branch
    return runs


def _branches(group: Sequence[Part], limit: int) -> list[list[Part]]:
    """Lines grouped with those nested under them, cut further where a branch exceeds the limit."""
    items = [part.depth for part in group if part.depth >= 0]
    if not items:
        return [[part] for part in group]
    top = min(items)
    found: list[list[Part]] = []
    for part in group:
        if part.depth > top and found and found[-1][0].depth == top:
            found[-1].append(part)
        else:
            found.append([part])
    cut: list[list[Part]] = []
    for branch in found:
        if len(branch) > 1 and _size(branch) > limit:
            cut += [branch[:1], *_branches(branch[1:], limit)]
        else:
            cut.append(branch)
    return cut


def _text(parts: Sequence[Part]) -> str:
    return "\n".join([*_opening(parts), *(part.line for part in parts)])
