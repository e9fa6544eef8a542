"""A number in words: « 250 000 $ », « 1,5 », « trois ans » where months are asked."""

from __future__ import annotations

import re

from knowledge.analysis import fold
from knowledge.dialog import Field

_MONTHS = re.compile(r"(\d{1,4}|[a-z]+)\s*(ans?|annees?|years?|mois|months?)\b")
_COUNTS = (
    "un deux trois quatre cinq six sept huit neuf dix onze douze".split(),
    "one two three four five six seven eight nine ten eleven twelve".split(),
)
_TENS = frozenset("dix vingt trente et ten twenty thirty and".split())  # « dix-huit »


def read_number(text: str, field: Field) -> str | None:
    """The one number in the words: « 250 000 $ », « 1,5 », « trois ans » where months are asked."""
    plain = fold(text).replace("\u00a0", " ").replace("\u202f", " ")
    if field.unit == "months":
        found = _MONTHS.search(plain)
        if found:
            count = _count(found.group(1))
            before = plain[: found.start()].replace("-", " ").split()
            if count is None or (before and before[-1] in _TENS):
                return None
            return str(count * 12 if found.group(2)[0] in "ay" else count)
        bare = _count(plain.strip(" ."))
        return str(bare) if bare is not None else None
    numbers = re.findall(r"\d+(?:[ ]\d{3})*(?:[.,]\d+)?", plain)
    if len(numbers) != 1:
        return None
    return str(numbers[0]).replace(" ", "").replace(",", ".")


def _count(word: str) -> int | None:
    """« 36 », « trois », “three” → the number."""
    if word.isdigit():
        return int(word)
    for words in _COUNTS:
        if word in words:
            return words.index(word) + 1
    return 1 if word == "une" else None
