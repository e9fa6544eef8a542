"""A date in words: « 3 mars 2027 », « le 1er avril 2027 », “March 3, 2027”, « dans 3 mois »."""

from __future__ import annotations

import re
from datetime import date, timedelta

from rapidfuzz.distance import OSA

from knowledge.analysis import fold
from knowledge.deadlines import add_months
from knowledge.dialog_values import Fault, fault
from knowledge.question import ENGLISH_MONTHS, MONTHS

RELATIVE = {
    "aujourd'hui": 0,
    "aujourdhui": 0,
    "today": 0,
    "demain": 1,
    "tomorrow": 1,
    "hier": -1,
    "yesterday": -1,
}
SHORT = {
    "janv": 1, "jan": 1, "fevr": 2, "fev": 2, "feb": 2, "avr": 4, "apr": 4, "juil": 7, "jul": 7,
    "jun": 6, "aug": 8, "sept": 9, "sep": 9, "oct": 10, "nov": 11, "dec": 12,
}  # fmt: skip

# « dans trois semaines » is left to be asked again: figures can't be misheard.
_AHEAD = re.compile(
    r"\b(?:dans|d'ici|in)\s+(\d{1,3})\s+(jours?|days?|semaines?|weeks?|mois|months?)\b"
)
_ISO = re.compile(r"\b(\d{4})[-/. ](\d{1,2})[-/. ](\d{1,2})\b")
_DAY_FIRST = re.compile(r"\b(\d{1,2})(?:er|st|nd|rd|th|e)?\s+(?:de\s+|of\s+)?([a-z]{3,10})\.?"
                        r"(?:,?\s+(?:de\s+)?(\d{4}))?\b")  # fmt: skip
_MONTH_FIRST = re.compile(r"\b([a-z]{3,10})\.?\s+(\d{1,2})(?:st|nd|rd|th)?(?:,?\s+(\d{4}))?\b")
_FIGURES = re.compile(r"\b(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})\b")


def read_date(text: str, today: date) -> date | Fault | None:
    """The date that the words hold; why it is none (an impossible day, a missing year, an order
    that can't be told); None where they hold no date."""
    plain = fold(text)
    for word, days in RELATIVE.items():
        if re.search(rf"(?<![a-z]){word}(?![a-z])", plain):
            return today + timedelta(days=days)
    ahead = _AHEAD.search(plain)
    if ahead:
        return after(today, int(ahead[1]), ahead[2][0])
    iso = _ISO.search(plain)
    if iso:
        return day_of(int(iso[1]), int(iso[2]), int(iso[3]))
    for pattern, day, month in ((_DAY_FIRST, 1, 2), (_MONTH_FIRST, 2, 1)):
        for found in pattern.finditer(plain):
            number = month_of(found[month])
            if number is not None:
                if not found[3]:
                    return fault("year")
                return day_of(int(found[3]), number, int(found[day]))
    figures = _FIGURES.search(plain)
    if figures:
        return in_figures(int(figures[1]), int(figures[2]), int(figures[3]))
    return None


def after(today: date, count: int, unit: str) -> date:
    """The day so many days (j, d), weeks (s, w) or months (m) from today."""
    if unit == "m":
        return add_months(today, count)
    return today + timedelta(days=count * (7 if unit in "sw" else 1))


def in_figures(first: int, second: int, year: int) -> date | Fault:
    """31/03/2027 can be read one way only; 03/04/2027 can't."""
    if first > 12 or first == second:
        return day_of(year, second, first)
    if second > 12:
        return day_of(year, first, second)
    return fault("order")


def day_of(year: int, month: int, day: int) -> date | Fault:
    """The day, or that it does not exist."""
    try:
        return date(year, month, day)
    except ValueError:
        return fault("date")


def month_of(word: str) -> int | None:
    """« mars », “March”, « fevirer » → the month's number; one slip allowed, two in a long name."""
    if word in SHORT:
        return SHORT[word]
    for names in (MONTHS, ENGLISH_MONTHS):
        if word in names:
            return names.index(word) + 1
    near = {
        i + 1
        for names in (MONTHS, ENGLISH_MONTHS)
        for i, name in enumerate(names)
        if len(name) >= 5
        and word[0] == name[0]
        and OSA.distance(word, name, score_cutoff=2) <= (1 if len(name) < 8 else 2)
    }
    return near.pop() if len(near) == 1 else None
