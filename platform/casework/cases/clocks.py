"""The clocks of a case as they read: how each run stands, when it is due, and why it is late."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q

from casetypes.asked_clocks import run_of
from casetypes.clocks import Cycle, is_late, late_entry, standing
from casetypes.definition import ClockType
from casetypes.forecast import following
from casetypes.models import CaseTypeVersion
from casetypes.periods import Due, calendar_named, london_day
from casetypes.versions import case_type_of
from casework.accounts.models import User
from casework.cases import access
from casework.cases.late import Explained, reasons_of
from casework.cases.models import Case, Clock
from casework.cases.running.clockwork import cycles_of
from casework.cases.running.loading import type_of
from casework.people.models import Person
from formdefs.calendars import calendars
from formdefs.dates import working_days

NOBODY: Mapping[tuple[UUID, str], Sequence[Explained]] = {}  # nobody said why


@dataclass(frozen=True)
class CycleSeen:
    """One run of a clock. left: units until it is due, negative for those since; None where it is
    not running; unit: "working_days", "days" or "hours".
    """

    cycle: Cycle
    standing: str
    left: int | None
    unit: str
    recorded_late: bool
    following: tuple[Due, ...] = ()  # when the next runs would be due
    late: bool = False  # done, given up or still running after it was due
    reasons: tuple[Explained, ...] = ()  # why, as people said it; the last one stands


@dataclass(frozen=True)
class ClockSeen:
    """A clock of a case, or of one person of it (`person`); its runs, the last one last."""

    id: UUID
    kind: ClockType
    person: Person | None
    cycles: tuple[CycleSeen, ...]
    case: Case | None = None  # where it is read outside of its case

    @property
    def now(self) -> CycleSeen:
        """The run that counts."""
        return self.cycles[-1]


def clocks_of(case: Case, at: datetime) -> list[ClockSeen]:
    """The clocks of a case: those that run first, by the day they are due. Two queries, one more for
    the words of reasons, and one more where its version has left some clocks out.
    """
    kinds = type_of(case).clocks
    rows = list(Clock.objects.filter(case=case).select_related("subject"))
    if gone := {row.key for row in rows} - kinds.keys():
        kinds = {**kinds, **_earlier_kinds(case, gone)}
    said = reasons_of(row.pk for row in rows) if rows else {}
    seen = [clock_seen(row, kinds.get(row.key), at, said) for row in rows]
    return sorted((one for one in seen if one), key=_place)


def clock_seen(
    row: Clock,
    kind: ClockType | None,
    at: datetime,
    said: Mapping[tuple[UUID, str], Sequence[Explained]] = NOBODY,
) -> ClockSeen | None:
    """A clock, read with its subject; None where its case type knows it no more, or it never ran.

    said: why its runs are late, by clock and run.
    """
    cycles = cycles_of(json.loads(row.cycles))
    if kind is None or not cycles:
        return None
    runs = tuple(_cycle(kind, one, at, said.get((row.pk, run_of(one)), ())) for one in cycles)
    return ClockSeen(row.pk, kind, row.subject, runs)


def kind_of(row: Clock) -> ClockType | None:
    """What a clock is, read with its case, as the case's version or else an earlier one says."""
    known = type_of(row.case).clocks.get(row.key)
    return known or _earlier_kinds(row.case, {row.key}).get(row.key)


def due_for(person: Person, user: User, at: datetime, most: int = 20) -> list[ClockSeen]:
    """What runs for a person in the cases that the user sees, their own and the cases' clocks, the
    first due first; two queries, and those for reasons.
    """
    rows = Clock.objects.filter(
        Q(subject=person)
        | Q(subject=None, case__subjects__person=person, case__subjects__to_on=None),
        case__in=access.cases_for(user, at),
        status="running",
        due_on__isnull=False,
    )
    seen = []
    for row in rows.select_related("subject", "case").distinct().order_by("due_on", "id")[:most]:
        kind, cycles = type_of(row.case).clocks.get(row.key), cycles_of(json.loads(row.cycles))
        if kind is not None and cycles:
            seen.append(
                ClockSeen(row.pk, kind, row.subject, cycles_at(kind, cycles[-1:], at), row.case)
            )
    return seen


def _earlier_kinds(case: Case, keys: set[str]) -> Mapping[str, ClockType]:
    """The clocks that the case's version no longer has, as the last one that had them says."""
    versions = CaseTypeVersion.objects.filter(case_type=case.case_type).order_by("number")
    found: dict[str, ClockType] = {}
    for version in versions.values_list("pk", flat=True):
        clocks = case_type_of(version).clocks
        found |= {key: clocks[key] for key in keys & clocks.keys()}
    return found


def _cycle(
    kind: ClockType, cycle: Cycle, at: datetime, said: Sequence[Explained] = ()
) -> CycleSeen:
    calendar = calendar_named(calendars(), kind.calendar)
    how = standing(cycle, at, kind.warn, calendar)
    left, unit = None, "days"
    if cycle.open and cycle.due is not None:
        if isinstance(cycle.due, datetime):
            left, unit = int((cycle.due - at).total_seconds() // 3600), "hours"
        elif cycle.limit and cycle.limit.unit == "working_days":
            left, unit = working_days(london_day(at), cycle.due, calendar), "working_days"
        else:
            left = (cycle.due - london_day(at)).days
    moved = [one for one in (cycle.begun, cycle.ended) if one is not None]
    allowed = kind.late_entry
    late = allowed is not None and any(late_entry(one, allowed, calendar) for one in moved)
    return CycleSeen(
        cycle=cycle,
        standing=how,
        left=left,
        unit=unit,
        recorded_late=late,
        following=following(cycle, kind.series, calendar),
        late=is_late(cycle, at),
        reasons=tuple(said),
    )


def cycles_at(kind: ClockType, cycles: Iterable[Cycle], at: datetime) -> tuple[CycleSeen, ...]:
    """Runs as they read, or read once, at an instant."""
    return tuple(_cycle(kind, cycle, at) for cycle in cycles)


def _place(clock: ClockSeen) -> tuple[bool, date, str, str]:
    due = clock.now.cycle.due
    day = london_day(due) if isinstance(due, datetime) else due or date.max
    return not clock.now.cycle.open, day, clock.kind.title, str(clock.person or "")
