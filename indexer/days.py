"""Moments as days in Québec, whose calendar the documents' dates are of. Pure."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

QUEBEC = ZoneInfo("America/Toronto")  # Québec's time, under the name that tz data gives it


def day_of(moment: str) -> date:
    """The day it was in Québec: an ISO moment; one without a zone, or a mere date, as it stands.

    >>> day_of("2026-11-25T02:30:00+00:00"), day_of("2026-11-25")
    (datetime.date(2026, 11, 24), datetime.date(2026, 11, 25))
    """
    at = datetime.fromisoformat(moment)
    return at.astimezone(QUEBEC).date() if at.tzinfo else at.date()
