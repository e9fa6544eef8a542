"""When a notice is due: digests at an hour in Québec, quiet hours. Pure: moments in, moments out.

When the clocks go forward, an hour that doesn't exist is the first moment after the gap; when they
go back, an hour that comes twice is its first coming. So a digest leaves once a day, whatever the
day.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from handlers.moments import QUEBEC
from handlers.ports_mail import Subscription


def moment(day: date, hour: int, minute: int = 0) -> datetime:
    """The moment, in UTC, at which clocks in Québec show that hour of that day."""
    local = datetime.combine(day, time(hour, minute), tzinfo=QUEBEC)  # fold=0: the first coming
    return local.astimezone(UTC)


def due(subscription: Subscription, happened: datetime) -> datetime:
    """When something that happened then is to be told."""
    at = happened.astimezone(UTC)
    if subscription.every != "now":
        at = next_digest(subscription, at)
    return after_quiet(subscription, at)


def next_digest(subscription: Subscription, after: datetime) -> datetime:
    """The first digest after that moment."""
    day = after.astimezone(QUEBEC).date()
    for ahead in range(9):
        candidate = day + timedelta(days=ahead)
        if subscription.every == "week" and candidate.weekday() != subscription.weekday:
            continue
        at = moment(candidate, subscription.hour)
        if at > after:
            return at
    raise AssertionError("a week has each weekday")


def after_quiet(subscription: Subscription, at: datetime) -> datetime:
    """The moment itself, or the end of the quiet hours that it falls in."""
    start, end = subscription.quiet_from, subscription.quiet_to
    if start is None or end is None or start == end:
        return at
    local = at.astimezone(QUEBEC)
    inside = start <= local.hour < end if start < end else not end <= local.hour < start
    if not inside:
        return at
    day = local.date()
    if start > end and local.hour >= start:
        day += timedelta(days=1)
    return max(at, moment(day, end))
