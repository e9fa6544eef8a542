"""The words of one passage that answer: a sentence or two, list items, or a table row's cells."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from knowledge.analysis import fold, terms
from knowledge.calibration import EXCERPT
from knowledge.cues import gives, wants
from knowledge.embedding import Vectors
from knowledge.passages import Passage
from knowledge.views import sentences

MOST_WORDS = 64  # « about 60 »: a second sentence may just pass it
MOST_SENTENCES = 2
LEFT_OUT = "[…]"
_ITEM = re.compile(r"\s*(?:[-•–]|\d{1,2}[.)])\s")
# « Elle peut notamment », « Il sert les organismes »: of whom, the sentence before tells. « Il
# faut » and the like speak of nobody. Matched on folded text.
_BACK = re.compile(
    r"(?:ils?|elles?|celui-ci|celle-ci|ceux-ci|celles-ci|cela|(?:ce|cette|ces) derni(?:er|ere)s?"
    r"|tous deux|les deux)\b"
    r"(?! (?:ne )?(?:faut|faudra|s.agit|y a|n.y a|appartient|incombe|importe|arrive|convient|suffit"
    r"|revient|pourrait|existe|va de soi"
    r"|(?:est|n.est pas) (?:possible|impossible|obligatoire|recommande|conseille|important"
    r"|necessaire|essentiel|preferable|interdit|permis|a noter)))"
)
NEAR_NOTED = 0.35  # cosine: a noted question less like the one asked says nothing


@dataclass(frozen=True)
class Excerpt:
    """What is quoted: the text, at most about 60 words, and where it stands in the passage."""

    text: str
    marks: tuple[tuple[int, int], ...]


def unit_scores(
    question: str, stems: Sequence[str], units: Sequence[str], cosines: Vectors, noted: Vectors
) -> Vectors:
    """How well each unit answers, (units,): likeness, shared words, the kind of answer, and
    likeness to a question noted for that very unit."""
    wanted = set(stems)
    shared = [len(wanted & set(terms(unit))) / (len(wanted) or 1) for unit in units]
    cues = np.array([gives(unit) for unit in units], dtype=np.float32) @ wants(question)
    lead = [1.0 if place == 0 else 0.0 for place in range(len(units))]
    return np.asarray(
        EXCERPT["cosine"] * np.asarray(cosines)
        + EXCERPT["shared"] * np.asarray(shared)
        + EXCERPT["cue"] * cues
        + EXCERPT["lead"] * np.asarray(lead)
        + EXCERPT["noted"] * np.maximum(np.asarray(noted) - NEAR_NOTED, 0.0),
        dtype=np.float32,
    )


def _count(text: str) -> int:
    return len(text.split())


def choose(
    passage: Passage, question: str, stems: Sequence[str], cosines: Vectors, noted: Vectors
) -> Excerpt:
    """The answering words of a passage.

    `cosines`: likeness of the question to each of sentences(passage.text), in order; `noted`: to
    the questions noted for each of them.
    """
    text = passage.text
    spans = sentences(text)
    units = [text[a:b] for a, b in spans]
    if not units:
        return Excerpt(text, ((0, len(text)),))
    scores = unit_scores(question, stems, units, cosines, noted)
    items = [is_item(unit) for unit in units]
    chosen = _rows(units, scores) if passage.form == "row" else _prose(units, scores, items)
    if not chosen:
        chosen = [int(scores.argmax())]
    marks = _merge(text, [spans[i] for i in sorted(chosen)])
    return Excerpt(join(text, marks), marks)


def _prose(units: Sequence[str], scores: Vectors, items: Sequence[bool]) -> list[int]:
    """Best units within the word budget. An item brings the sentence that leads in to its list,
    a sentence that refers back the one before it; one that only leads in brings the items after
    it, for alone it answers nothing."""
    chosen: list[int] = []
    spent = 0
    sentences_taken = 0
    for place in np.argsort(-scores, kind="stable"):
        place = int(place)
        if place in chosen:
            continue
        group = [place]
        if items[place]:
            lead = next((i for i in range(place, -1, -1) if not items[i]), None)
            if lead is not None and lead not in chosen:
                group.insert(0, lead)
        before = group[0] - 1
        if _refers_back(units, items, group[0]) and before not in chosen:
            whole = [before, *group]
            # the best words are quoted in any case, if need be without what they refer to
            if chosen or sum(_count(units[i]) for i in whole) <= MOST_WORDS:
                group = whole
        cost = sum(_count(units[i]) for i in group)
        plain = sum(not items[i] for i in group)
        if chosen and (spent + cost > MOST_WORDS or sentences_taken + plain > MOST_SENTENCES):
            continue
        chosen += group
        spent += cost
        sentences_taken += plain
        if not items[place] and units[place].rstrip().endswith(":"):
            led = _items_of(place, items)
            for item in sorted(led, key=lambda i: (-scores[i], i)):
                if item not in chosen and spent + _count(units[item]) <= MOST_WORDS:
                    chosen.append(item)
                    spent += _count(units[item])
    return chosen


def _refers_back(units: Sequence[str], items: Sequence[bool], place: int) -> bool:
    """Whether a sentence begins with a pronoun that stands for something in the one before."""
    if place == 0 or items[place] or items[place - 1]:
        return False
    return bool(_BACK.match(fold(units[place][:80])))


def _items_of(lead: int, items: Sequence[bool]) -> list[int]:
    """The items that follow a lead-in, up to the next sentence."""
    found = []
    for place in range(lead + 1, len(items)):
        if not items[place]:
            break
        found.append(place)
    return found


def _rows(units: Sequence[str], scores: Vectors) -> list[int]:
    """The row's name and its best cells."""
    chosen = [0]
    spent = _count(units[0])
    for place in np.argsort(-scores[1:], kind="stable"):
        cost = _count(units[int(place) + 1])
        if len(chosen) == 1 or spent + cost <= MOST_WORDS:
            chosen.append(int(place) + 1)
            spent += cost
    return chosen


def _merge(text: str, spans: Sequence[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Neighbouring spans joined where only blanks part them."""
    merged: list[tuple[int, int]] = []
    for start, end in spans:
        if merged and not text[merged[-1][1] : start].strip():
            merged[-1] = (merged[-1][0], end)
        else:
            merged.append((start, end))
    return tuple(merged)


def join(text: str, marks: Sequence[tuple[int, int]]) -> str:
    """The marked words in order; « […] » where a sentence or a list's items are left out: who
    reads « six préalables » must see that not all of them follow."""
    out = ""
    for place, (start, end) in enumerate(marks):
        part = text[start:end].strip()
        if place == 0:
            out = part
            continue
        between = text[marks[place - 1][1] : start]
        if is_item(part):
            out += f"\n{LEFT_OUT}\n{part}" if left_out(between) else f"\n{part}"
        elif "\n" in between:
            out += "\n" + part
        else:
            out += f" {LEFT_OUT} {part}"
    last = out.rsplit("\n", 1)[-1]
    rest = text[marks[-1][1] :].lstrip() if marks else ""
    return f"{out}\n{LEFT_OUT}" if is_item(last) and is_item(rest) else out


def is_item(text: str) -> bool:
    """Whether the text begins with a list item."""
    return bool(_ITEM.match(text))


def left_out(between: str) -> bool:
    """Whether items of a list stand in the text between two that are quoted."""
    return any(is_item(line) for line in between.split("\n"))
