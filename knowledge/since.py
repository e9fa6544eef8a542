"""« depuis mars », « since 3 September », « cette semaine » → the day that is meant. Pure."""

from __future__ import annotations

import re
from datetime import date, timedelta

from knowledge.passages import Frozen
from knowledge.question import ENGLISH_MONTHS, MONTHS

_SHORT = {  # as people abbreviate them, without the point
    "janv": 1, "fev": 2, "fevr": 2, "avr": 4, "juill": 7, "sept": 9, "oct": 10, "nov": 11,
    "dec": 12, "jan": 1, "feb": 2, "mar": 3, "apr": 4, "jun": 6, "jul": 7, "aug": 8, "sep": 9,
}  # fmt: skip
_MONTH = {
    **_SHORT,
    **{name: number for number, name in enumerate(MONTHS, 1)},
    **{name: number for number, name in enumerate(ENGLISH_MONTHS, 1)},
}
_DAYS = {
    name: number
    for names in (
        "lundi mardi mercredi jeudi vendredi samedi dimanche",
        "monday tuesday wednesday thursday friday saturday sunday",
    )
    for number, name in enumerate(names.split())
}
_NUMBERS = {
    **{w: n for n, w in enumerate("un deux trois quatre cinq six sept huit neuf dix".split(), 1)},
    **{w: n for n, w in enumerate("one two three four five six seven eight nine".split(), 1)},
    "une": 1, "quinze": 15, "a": 1,
}  # fmt: skip
_UNITS = {
    "jour": 1, "day": 1, "semaine": 7, "week": 7, "mois": 30, "month": 30, "an": 365,
    "annee": 365, "year": 365,
}  # fmt: skip

_LEAD = r"(?:depuis|a partir|apres|since|after|starting)(?: (?:de|du|le|la|l|les|the|d|from|on))*"
_NAMES = "|".join(sorted(_MONTH, key=len, reverse=True))
_COUNT = rf"(?P<count>\d{{1,3}}|{'|'.join(_NUMBERS)})"
_UNIT = rf"(?P<unit>{'|'.join(sorted(_UNITS, key=len, reverse=True))})s?"
_PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\b{_LEAD} (?P<iso>\d{{4}}[-/.]\d{{1,2}}[-/.]\d{{1,2}})\b",
        rf"\b{_LEAD} (?:\w+ )?(?P<day>\d{{1,2}})(?:er|st|nd|rd|th)? (?:of )?(?P<month>{_NAMES})"
        r"(?: (?P<year>\d{4}))?\b",
        rf"\b{_LEAD} (?P<month>{_NAMES}) (?P<day>\d{{1,2}})(?:st|nd|rd|th)?"
        r"(?: (?P<year>\d{4}))?\b",
        rf"\b{_LEAD} (?:(?:debut|mois|beginning|start)(?: de| d| of)? )?(?P<month>{_NAMES})"
        r"(?: (?P<year>\d{4}))?\b",
        rf"\b{_LEAD} (?P<year>(?:19|20)\d\d)\b",
        rf"\b{_LEAD} (?P<weekday>{'|'.join(_DAYS)})(?: (?:dernier|passe))?\b",
        rf"\b{_LEAD} (?P<yesterday>hier|yesterday)\b",
        rf"\b{_LEAD} (?P<today>aujourd hui|ce matin|today|this morning)\b",
        rf"\b(?:{_LEAD} )?(?:(?P<this>cette|ce|this) (?P<span>semaine|mois|annee|week|month|year))"
        r"(?: ci|-ci)?\b",
        rf"\b(?:{_LEAD} )?(?P<span>semaine|mois|annee|an) (?P<last>dernier|derniere|passee?)\b",
        rf"\b(?:{_LEAD} )?(?:the )?(?P<last>last|past) (?P<span>week|month|year)\b",
        rf"\b(?:{_LEAD} |il y a |in the |over the |les |ces |the )?"
        rf"(?:last |past |derniers |dernieres )?{_COUNT} "
        rf"(?:derniers |dernieres |last )?{_UNIT}(?: ago)?\b",
    )
)


class Since(Frozen):
    """The first day asked about, and the text without the words that told it."""

    day: date
    rest: str


def since(plain: str, today: date) -> Since | None:
    """The day named in folded words (knowledge.analysis.words joined by spaces), or None.

    A month or a day without a year is the latest one that isn't in the future.
    """
    for pattern in _PATTERNS:
        match = pattern.search(plain)
        day = _day(match.groupdict(), today) if match else None
        if match and day:
            rest = f"{plain[: match.start()]} {plain[match.end() :]}"
            return Since(day=day, rest=" ".join(rest.split()))
    return None


def _day(found: dict[str, str | None], today: date) -> date | None:
    get = found.get
    if iso := get("iso"):
        year, month, day = (int(part) for part in re.split(r"[-/.]", iso))
        return _date(year, month, day)
    if name := get("month"):
        return _in_year(_MONTH[name], int(get("day") or 1), get("year"), today)
    if year_only := get("year"):
        return date(int(year_only), 1, 1)
    if name := get("weekday"):
        back = (today.weekday() - _DAYS[name]) % 7 or 7
        return today - timedelta(days=back)
    if get("yesterday") or get("today"):
        return today - timedelta(days=1 if get("yesterday") else 0)
    if span := get("span"):
        start = _start(span, today)
        return _start(span, start - timedelta(days=1)) if get("last") else start
    count = get("count") or ""
    number = int(count) if count.isdigit() else _NUMBERS[count]
    return today - timedelta(days=number * _UNITS[get("unit") or "jour"])


def _start(span: str, day: date) -> date:
    """The first day of the week, month or year that `day` is in."""
    if span in ("semaine", "week"):
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if span in ("mois", "month") else day.replace(month=1, day=1)


def _in_year(month: int, day: int, year: str | None, today: date) -> date | None:
    if year:
        return _date(int(year), month, day)
    this = _date(today.year, month, day)
    return this if this is None or this <= today else _date(today.year - 1, month, day)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
