"""Moments as people in Québec read them; stores keep UTC."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from knowledge.dialog_view import day_text

QUEBEC = ZoneInfo("America/Toronto")  # Québec's time, under the name that tz data gives it


def local_day(at: datetime) -> date:
    """The day it was in Québec."""
    return at.astimezone(QUEBEC).date()


def moment_text(at: datetime, lang: str) -> str:
    """« 3 mars 2027 à 14 h 05 », “3 March 2027 at 14:05”."""
    local = at.astimezone(QUEBEC)
    day = day_text(local.date(), lang)
    if lang == "en":
        return f"{day} at {local:%H:%M}"
    return f"{day} à {local.hour}\u00a0h\u00a0{local:%M}"
