"""Dated obligations as a calendar file (.ics) that any calendar program takes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import groupby

from icalendar import Alarm, Calendar, Event

from knowledge.deadlines import Obligation
from knowledge.phrases import say

CALENDAR_TYPE = "text/calendar"
# Days before the last day on which the calendar reminds: less where the whole delay is short.
REMIND = {"send": 2}
REMIND_ELSE = 14


def calendar(
    dated: Sequence[Obligation], contract: str, name: str, made: datetime, lang: str
) -> bytes:
    """One event a day for each obligation; documents to keep until one day are one event.

    `contract`: an identifier, so that the same obligation taken anew replaces the event it made
    before; `name`: how people call the contract; `made`: UTC.
    """
    book = Calendar()
    book.add("prodid", "-//Catalogue//Assistant//FR")
    book.add("version", "2.0")
    book.add("method", "PUBLISH")
    book.add("x-wr-calname", say("calendar.name", lang, name=name))
    for obligation in dated:
        if obligation.kind != "keep" and obligation.due is not None:
            book.add_component(event((obligation,), obligation.due, contract, name, made, lang))
    kept = sorted((o for o in dated if o.kind == "keep" and o.due), key=lambda o: o.due or date.max)
    for due, together in groupby(kept, key=lambda o: o.due):
        if due is not None:
            book.add_component(event(tuple(together), due, contract, name, made, lang))
    return bytes(book.to_ical())


def event(
    together: tuple[Obligation, ...],
    due: date,
    contract: str,
    name: str,
    made: datetime,
    lang: str,
) -> Event:
    """A whole day, its words, a reminder before it."""
    first = together[0]
    one = len(together) == 1
    what = first.title(lang) if one else say("calendar.keep", lang)
    summary = say("calendar.summary", lang, what=what, name=name)
    lines = [
        say(
            "calendar.section",
            lang,
            rule=o.rule(lang) if one else o.title(lang),
            section=o.section,
        )
        for o in together
    ]
    made_of = Event()
    made_of.add("uid", f"{first.key}.{contract}@catalogue")
    made_of.add("dtstamp", made)
    made_of.add("dtstart", due)
    made_of.add("dtend", due + timedelta(days=1))
    made_of.add("summary", summary)
    made_of.add("description", "\n".join(lines))
    made_of.add("transp", "TRANSPARENT")  # a day to remember, not one that is taken
    reminder = Alarm()
    reminder.add("action", "DISPLAY")
    reminder.add("description", summary)
    reminder.add("trigger", -timedelta(days=REMIND.get(first.kind, REMIND_ELSE)))
    made_of.add_component(reminder)
    return made_of
