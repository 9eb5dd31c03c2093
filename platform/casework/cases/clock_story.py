"""How a clock came about: every working of it that the ledger holds, the newest first."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from casetypes.clock_changes import CycleChange, changes, moved_by
from casetypes.clocks import Cycle, Happening
from casework.cases.models import Clock
from casework.cases.running.clockwork import cycles_of, happenings_of
from casework.ledger.append import contents_of
from casework.ledger.models import Event


@dataclass(frozen=True)
class Computation:
    """One working. who: "" where nobody acted but the system; by: what happened, told anew or for the
    first time (nothing where only a limit or the holidays changed); changed: against the one before.
    """

    recorded: datetime
    who: str
    why: str
    by: tuple[Happening, ...]
    cycles: tuple[Cycle, ...]
    changed: tuple[CycleChange, ...]


def story_of(clock: Clock) -> list[Computation]:
    """Every working of a clock, the newest first; two queries."""
    kept = Event.objects.filter(stream=clock.case_id, kind="clock.changed")
    events = [one for one in kept.select_related("actor").order_by("seq") if _of(clock, one)]
    said = contents_of(events)
    return list(_told(events, {one.pk: said.get(one.content) for one in events}))[::-1]  # type: ignore[arg-type]


def believed(story: list[Computation], at: datetime) -> Computation | None:
    """The working that stood at an instant; None before there was one."""
    return next((one for one in story if one.recorded <= at), None)


def _of(clock: Clock, event: Event) -> bool:
    refs = json.loads(event.refs)
    return (refs["clock"], refs.get("subject", "")) == (clock.key, str(clock.subject_id or ""))


def _told(events: list[Event], said: Mapping[int, Any]) -> Iterator[Computation]:
    happenings: tuple[Happening, ...] = ()
    cycles: tuple[Cycle, ...] = ()
    for event in events:
        content = said[event.pk]
        if content is None:  # withdrawn: nothing is told of it
            continue
        now, worked = happenings_of(content["happenings"]), cycles_of(content["cycles"])
        yield Computation(
            recorded=event.recorded_at,
            who=event.actor.name if event.actor else "",
            why=content.get("why", ""),
            by=moved_by(happenings, now),
            cycles=worked,
            changed=changes(cycles, worked),
        )
        happenings, cycles = now, worked
