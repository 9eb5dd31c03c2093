"""Clocks as they are stored: happenings and cycles as JSON, and back. Pure."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from casetypes.clocks import Cycle, Happening
from casetypes.periods import Due, Period, Worked

Json = dict[str, Any]


def happenings_as_json(happenings: Iterable[Happening]) -> list[Json]:
    """What moved a clock."""
    return [_happening(one) for one in happenings]


def happenings_of(raw: Iterable[Mapping[str, Any]]) -> tuple[Happening, ...]:
    """The same, read back."""
    return tuple(map(_happening_of, raw))


def cycles_as_json(cycles: Iterable[Cycle]) -> list[Json]:
    """What follows: every cycle with its working."""
    return [
        {
            "number": one.number,
            "status": one.status,
            "begun": _happening(one.begun),
            "begins": one.begins.isoformat(),
            "limit": _period(one.limit),
            "pauses": [[since.isoformat(), until.isoformat()] for since, until in one.pauses],
            "paused_since": one.paused_since.isoformat() if one.paused_since else None,
            "worked": _worked(one.worked),
            "ended": _happening(one.ended) if one.ended else None,
            "done_in_time": one.done_in_time,
            "recorded_in_time": one.recorded_in_time,
        }
        for one in cycles
    ]


def cycles_of(raw: Iterable[Mapping[str, Any]]) -> tuple[Cycle, ...]:
    """The same, read back."""
    return tuple(
        Cycle(
            number=one["number"],
            status=one["status"],
            begun=_happening_of(one["begun"]),
            begins=datetime.fromisoformat(one["begins"]),
            limit=_period_of(one["limit"]),
            pauses=tuple(
                (datetime.fromisoformat(since), datetime.fromisoformat(until))
                for since, until in one["pauses"]
            ),
            paused_since=_instant(one["paused_since"]),
            worked=_worked_of(one["worked"]),
            ended=_happening_of(one["ended"]) if one["ended"] else None,
            done_in_time=one["done_in_time"],
            recorded_in_time=one["recorded_in_time"],
        )
        for one in raw
    )


def _happening(one: Happening) -> Json:
    return {
        "kind": one.kind,
        "occurred": one.occurred.isoformat(),
        "recorded": one.recorded.isoformat(),
        "source": one.source,
        "limit": _period(one.limit),
    }


def _happening_of(raw: Mapping[str, Any]) -> Happening:
    occurred, recorded = (datetime.fromisoformat(raw[part]) for part in ("occurred", "recorded"))
    return Happening(raw["kind"], occurred, recorded, raw["source"], _period_of(raw["limit"]))


def _period(period: Period | None) -> Json | None:
    return {"n": period.n, "unit": period.unit} if period else None


def _period_of(raw: Mapping[str, Any] | None) -> Period | None:
    return Period(raw["n"], raw["unit"]) if raw else None


def _worked(worked: Worked | None) -> Json | None:
    if worked is None:
        return None
    skipped = [[day.isoformat(), why] for day, why in worked.skipped]
    return {"due": worked.due.isoformat(), "skipped": skipped, "paused": worked.paused}


def _worked_of(raw: Mapping[str, Any] | None) -> Worked | None:
    if raw is None:
        return None
    skipped = tuple((date.fromisoformat(day), why) for day, why in raw["skipped"])
    return Worked(_due(raw["due"]), skipped, raw["paused"])


def _due(text: str) -> Due:
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
