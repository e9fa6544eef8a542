"""The text of a passage → paragraphs, lists and rows, with the answering words marked."""

from __future__ import annotations

import re
from datetime import date

from bot.channels.web_html import El, el
from knowledge.phrases import say

Marks = tuple[tuple[int, int], ...]
ITEM = re.compile(r"( *)(?:[-•–] |(\d{1,3})[.)] )")
FOOTNOTE = re.compile("[¹²³⁴⁵⁶⁷⁸⁹]")
PAIR = re.compile(r"([^:\n]{1,60}?)[ \u00a0\u202f]: (?=\S)")


def blocks(text: str, marks: Marks = (), *, row: bool = False) -> tuple[El, ...]:
    """What `Passage.text` describes, as elements: paragraphs, lists (nested ones too), rows.

    `row` tells that « colonne : valeur » lines are a table row; otherwise it takes two of them,
    and nothing else, to be read as one.
    """
    lines = [(m.start(), m.group()) for m in re.finditer(r"[^\n]+", text) if m.group().strip()]
    cells = [(start, line) for start, line in lines if not FOOTNOTE.match(line)]
    if len(cells) > (0 if row else 1) and all(is_pair(line) for _, line in cells):
        notes = (entry for entry in lines if FOOTNOTE.match(entry[1]))
        told = (el("p", *inline(line, start, marks), class_="footnote") for start, line in notes)
        return (pairs(cells, marks), *told)
    made: list[El] = []
    run: list[tuple[int, str]] = []
    for start, line in lines:
        if ITEM.match(line):
            run.append((start, line))
            continue
        if run:
            made.append(items(run, marks))
            run = []
        made.append(el("p", *inline(line.strip(), start + indent(line), marks)))
    if run:
        made.append(items(run, marks))
    return tuple(made)


def is_pair(line: str) -> bool:
    """Whether a line is « colonne : valeur »; a list item that holds a colon is not."""
    return bool(PAIR.match(line)) and not ITEM.match(line)


def pairs(lines: list[tuple[int, str]], marks: Marks) -> El:
    """« colonne : valeur » lines as a description list."""
    made: list[El] = []
    for start, line in lines:
        match = PAIR.match(line)
        assert match is not None
        name = match.group(1)
        made.append(el("dt", *inline(name.strip(), start + indent(name), marks)))
        made.append(el("dd", *inline(line[match.end() :], start + match.end(), marks)))
    return el("dl", *made)


def items(lines: list[tuple[int, str]], marks: Marks) -> El:
    """Consecutive list items as one list; items indented deeper belong to the item before."""
    made: list[El] = []
    numbered = False
    base = min(indent(line) for _, line in lines)
    position = 0
    while position < len(lines):
        start, line = lines[position]
        match = ITEM.match(line)
        assert match is not None
        numbered = numbered or match.group(2) is not None
        nested = []
        position += 1
        while position < len(lines) and indent(lines[position][1]) > base:
            nested.append(lines[position])
            position += 1
        value = match.group(2) if match.group(2) else None
        content = inline(line[match.end() :].rstrip(), start + match.end(), marks)
        inner = items(nested, marks) if nested else None
        made.append(el("li", *content, inner, value=value))
    return el("ol" if numbered else "ul", *made)


def indent(line: str) -> int:
    """How many spaces open the line."""
    return len(line) - len(line.lstrip())


def inline(text: str, start: int, marks: Marks) -> tuple[str | El, ...]:
    """The text, standing at offset `start` of its passage, with `<mark>` where marks cover it."""
    made: list[str | El] = []
    at = 0
    for first, last in sorted(marks):
        begin, end = max(first - start, at), min(last - start, len(text))
        if begin >= end:
            continue
        if begin > at:
            made.append(text[at:begin])
        made.append(el("mark", text[begin:end]))
        at = end
    if at < len(text):
        made.append(text[at:])
    return tuple(made)


def day(when: date, lang: str) -> str:
    """« 22 juillet 2021 », « 1er juillet 2021 »; "July 22, 2021" in English."""
    month = say("web.months", lang).split()[when.month - 1]
    if lang == "en":
        return f"{month} {when.day}, {when.year}"
    return f"{'1er' if when.day == 1 else when.day} {month} {when.year}"
