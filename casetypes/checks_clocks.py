"""Judge the clocks of a case type, and its other periods: limits, calendars, pauses. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

from casetypes.periods import Period
from casetypes.rows import Row, block, found_at
from formdefs.shapes import DefinitionProblem

Found = Iterator[DefinitionProblem]
_DAYS = {"hours": 1 / 24, "days": 1, "working_days": 1.4, "weeks": 7, "months": 30, "years": 365}


def problems(document: Mapping[str, Any], calendars: frozenset[str]) -> Found:
    """Yield what is wrong with the clocks, and with how long cases are kept."""
    yield from _kept(document)
    for row in block(document, "clocks"):
        yield from _limits(row)
        if row.raw.get("statutory") and "basis" not in row.raw:
            says = "It is statutory, and does not say by what law."
            yield found_at(row, "", "no_basis", says, "Say in “basis” where it comes from.")
        yield from _halting(row)
        if row.raw.get("calendar", "ew") not in calendars:
            says = f"There is no calendar “{row.raw.get('calendar')}”."
            yield found_at(row, "/calendar", "unknown", says, "Name one that there is.")
        stops, starts = row.raw["stop"], row.raw["start"]
        for place, stop in enumerate(stops):
            if stop in starts:
                says = "The same event starts it and stops it."
                yield found_at(row, f"/stop/{place}", "stops_at_once", says, "Name another event.")
        if row.raw["per"] == "case" and any("row" in str(t.get("when", "")) for t in stops):
            says = "It stops by a subject's own row, but it is one clock for the case."
            yield found_at(row, "/per", "per", says, "Make it a clock per subject.")
        if "again" in row.raw and "then" in row.raw:
            says = "It runs again by its own limits and by “then”: only one of them can hold."
            yield found_at(row, "/again", "needless", says, "Take one of them off.")
        if row.raw.get("from") == "due" and not {"then", "again"} & row.raw.keys():
            says = "It says what the next run counts from, but there is no next run."
            fix = "Add “then” or “again”, or take “from” off."
            yield found_at(row, "/from", "needless", says, fix)


def _kept(document: Mapping[str, Any]) -> Found:
    """Yield a retention that keeps nothing."""
    keep = document.get("retention", {}).get("keep", {})
    if keep.get("n") == 0:
        says = "Cases would be kept for no time at all."
        row = Row("/retention", "", document["retention"])
        yield found_at(row, "/keep/n", "period", says, "Write how long they are kept.")


def _limits(row: Row) -> Found:
    raw = row.raw
    if "limit" not in raw and "limits" not in raw:
        says = "It has no limit, so nothing is ever due."
        yield found_at(row, "", "no_limit", says, "Add “limit”.")
    if raw.get("limits") and "limit" not in raw and "when" in raw["limits"][-1]:
        says = "It may be that none of its limits holds, and then nothing is due."
        yield found_at(row, "/limits", "no_limit", says, "Add “limit” for every other case.")
    named = [("/limit", raw["limit"])] if "limit" in raw else []
    named += [(f"/limits/{n}/limit", one["limit"]) for n, one in enumerate(raw.get("limits", ()))]
    named += [(f"/then/{n}", one) for n, one in enumerate(raw.get("then", ()))]
    for at, period in named:
        if period["n"] == 0 and period["unit"] != "working_days" and period["unit"] != "days":
            says = "A limit of nothing is over before it begins."
            yield found_at(row, f"{at}/n", "period", says, "Write 1 or more.")
    for n, one in enumerate(raw.get("limits", ())):
        if "when" not in one and (n < len(raw["limits"]) - 1 or "limit" in raw):
            says = "It has no rule, so no limit after it is ever come to."
            yield found_at(row, f"/limits/{n}", "needless", says, "Put it last, or give it a rule.")
    for n, one in enumerate(raw.get("then", ())):
        if one["n"] == 0:
            says = "A run of nothing would follow itself without end."
            yield found_at(row, f"/then/{n}/n", "period", says, "Write 1 or more.")
    longest = max((_length(period) for _at, period in named), default=0)
    for place, period in enumerate(raw.get("warn", ())):
        if period["n"] == 0 or (longest and _length(period) >= longest):
            says = f"It warns {Period(period['n'], period['unit'])} before, which is no warning."
            fix = "Warn later than the start and earlier than the end."
            yield found_at(row, f"/warn/{place}", "period", says, fix)


def _halting(row: Row) -> Found:
    raw = row.raw
    if raw.get("statutory"):
        for part in ("pause", "resume"):
            if part in raw:
                says = "It is statutory, and such a clock is never paused."
                fix = "Take the pause off, or “statutory”."
                yield found_at(row, f"/{part}", "statutory", says, fix)
    elif ("pause" in raw) != ("resume" in raw):
        has, lacks = ("pause", "resume") if "pause" in raw else ("resume", "pause")
        says = f"It has “{has}” without “{lacks}”."
        yield found_at(row, f"/{has}", "pause", says, f"Add “{lacks}”.")


def _length(period: Mapping[str, Any]) -> float:
    return float(period["n"] * _DAYS[period["unit"]])
