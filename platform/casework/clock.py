"""The clock, read by the faces only; everything below them takes `at` as an argument."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils import timezone

LONDON = ZoneInfo("Europe/London")


def now() -> datetime:
    """This instant, in UTC and aware."""
    return timezone.now()  # noqa: TID251 (the one place)


def london_day(at: datetime) -> date:
    """The civil date in London at this instant: the day that a due date or an age counts from."""
    return at.astimezone(LONDON).date()
