"""What people do to clocks: say why one is late, hold one that is not statutory, work out all anew."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from casetypes.asked_clocks import HELD, held_from
from casework.accounts.models import User
from casework.cases import access
from casework.cases.actions.doors import done_before, locked_case
from casework.cases.late import offered
from casework.cases.models import Case, Clock, ClockReason
from casework.cases.running.asking import asked, follow
from casework.cases.running.loading import state_of, type_of
from casework.clock import london_day
from casework.ledger.append import append
from casework.refusals import Absent, refused


@transaction.atomic
def explain_clock(
    clock_id: UUID,
    run: int,
    *,
    code: str = "",
    words: str,
    by: User,
    at: datetime,
    command_id: UUID | None = None,
) -> Clock:
    """Say why a run of a clock (by its number) is late: by a code of the clock's list, and in words.

    It may be said again: the later reason stands, and both are kept. Raises Absent, NotAllowed, NotNow,
    Refused.
    """
    clock, case, roles = _locked(clock_id, by, at)
    named = {"clock": clock.key, "subject": str(clock.subject_id or ""), "cycle": run}
    if done_before(command_id, "clock.explained", by, case=case.pk, clock=clock.key, cycle=run):
        return clock
    access.check(by, "clock.explain", case, roles)
    entries = offered(type_of(case).clocks.get(clock.key), london_day(at))
    said = {"code": code, "words": words, "offered": tuple(one.code for one in entries)}
    (event,) = asked(case, "clock.explain", {**named, **said}, by=by, roles=roles, at=at)
    label = next((one.label for one in entries if one.code == code), "")
    written = append(
        case.pk,
        event.kind,
        by=by,
        at=at,
        subject=clock.subject_id,
        refs={"case": str(case.pk), "subjects": list(event.subjects), **event.data},
        content={**event.said, "reason": label},
        command_id=command_id,
    )
    begun = event.data["begun"]
    ClockReason.objects.create(
        clock=clock,
        begun=begun,
        code=code,
        content=written.content,  # type: ignore[misc]
        said_by=by,
        said_at=at,
    )
    return clock


@transaction.atomic
def hold_clock(
    clock_id: UUID,
    what: str,
    *,
    why: str,
    by: User,
    at: datetime,
    on: date | None = None,
    command_id: UUID | None = None,
) -> Clock:
    """Pause a clock, set it going again or cancel it ("pause", "resume", "cancel"), since a day or now.

    Never a statutory one. Raises Absent, NotAllowed, NotNow, Refused.
    """
    clock, case, roles = _locked(clock_id, by, at)
    if done_before(command_id, "clock.changed", by, case=case.pk, clock=clock.key):
        return clock
    access.check(by, "clock.hold", case, roles)
    if what not in HELD:
        raise refused("what", "unknown_code", "Choose whether it is paused, resumed or cancelled")
    if on is not None and on > london_day(at):
        raise refused("on", "future", "The day must be today or in the past")
    subject = str(clock.subject_id or "")
    occurred = held_from(state_of(case).clocks[clock.key, subject], on, at) if on else None
    named = {"clock": clock.key, "subject": subject, "what": what, "why": why.strip()}
    events = asked(case, "clock.hold", named, by=by, roles=roles, at=at, occurred=occurred)
    follow(case, events, by=by, at=at, own="clock.changed", command_id=command_id)
    clock.refresh_from_db()
    return clock


def recompute_clocks(at: datetime, *, dry_run: bool = False) -> list[str]:
    """Work out all running clocks anew, with the holidays that are known now; say which changed.

    Each case in a transaction of its own. dry_run: write nothing.
    """
    cases = Clock.objects.filter(status__in=("running", "paused")).values_list("case_id", flat=True)
    return [says for one in sorted(set(cases)) for says in _recomputed(one, at, dry_run)]


@transaction.atomic
def _recomputed(case_id: UUID, at: datetime, dry_run: bool) -> list[str]:
    case = Case.objects.select_for_update().get(pk=case_id)
    events = asked(case, "clock.recompute", {}, by=None, roles=(), at=at)
    if not dry_run:
        follow(case, events, by=None, at=at)
    return [f"{case.reference}: {event.data['clock']}" for event in events]


def _locked(clock_id: UUID, by: User, at: datetime) -> tuple[Clock, Case, frozenset[str]]:
    """The clock with its case, whose row is locked, and the user's roles in it. Raises Absent."""
    found = Clock.objects.filter(pk=clock_id).first()
    if found is None:
        raise Absent
    case, roles = locked_case(found.case_id, by, at)
    return Clock.objects.get(pk=clock_id), case, roles
