"""What comes after a run of a clock, if everything is done on the day that it is due. Pure."""

from dataclasses import replace
from datetime import datetime, time

from casetypes.clocks import Cycle, Happening, Series, derive
from casetypes.periods import LONDON, Due
from formdefs.dates import Calendar


def following(cycle: Cycle, series: Series, calendar: Calendar, most: int = 2) -> tuple[Due, ...]:
    """When the next runs would be due, at most so many. None follow a run that is not open, is paused
    or has no limit, nor where the next limit is only chosen when this run is stopped (`again`).
    """
    if not series.limits or cycle.due is None or not cycle.open:
        return ()
    found: list[Due] = []
    for _ in range(most):
        done = cycle.due if isinstance(cycle.due, datetime) else _noon(cycle.due)
        if cycle.begins >= done:  # an instant of no time: it would never get on
            break
        begun = replace(cycle.begun, kind="start", occurred=cycle.begins, limit=cycle.limit)
        # The limits of later runs stand at the place of the run that ends.
        rest = replace(series, limits=series.limits[min(cycle.number, len(series.limits)) - 1 :])
        stop = Happening("stop", done, done, "forecast")
        _first, then = derive((begun, stop), calendar, rest)
        if then.due is None:
            break
        found.append(then.due)
        cycle = replace(then, number=cycle.number + 1)
    return tuple(found)


def _noon(day: Due) -> datetime:
    return datetime.combine(day, time(12), LONDON)
