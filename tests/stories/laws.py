"""What must hold of a case after every command, whatever was asked: by its events and by its tables."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from casetypes.binding import own_row
from casetypes.clocks import derive
from casetypes.definition import CaseType, Move
from casetypes.names import holds
from casetypes.periods import calendar_named
from casetypes.state import State
from casework.cases.checking.comparing import differences
from casework.cases.checking.live import live_findings
from casework.cases.models import Case
from casework.ledger.models import Event
from casework.ledger.verify import broken_places


def of_state(case_type: CaseType, state: State, calendars: Mapping[str, Any]) -> None:
    """Actions have one row and a source, clocks are what happened to them, an ended case has nobody."""
    rows = Counter((task.template, task.row) for task in state.tasks.values() if task.row)
    assert all(count == 1 for count in rows.values()), f"a row has several actions: {rows}"
    for task in state.tasks.values():
        of_record = case_type.tasks[task.template].on.event.startswith("record.")
        assert task.source in state.records if of_record else not task.source, task
    for clock in state.clocks.values():
        kind = case_type.clocks[clock.key]
        calendar = calendar_named(calendars, kind.calendar)
        assert clock.cycles == derive(clock.happenings, calendar, kind.series), clock
        stops = [c.ended.source for c in clock.cycles if c.status == "stopped" and c.ended]
        assert len(stops) == len(set(stops)), f"{clock.key} was stopped twice by one thing"
        assert [c.number for c in clock.cycles] == [*range(1, len(clock.cycles) + 1)]
        assert all(not c.open for c in clock.cycles[:-1]), f"{clock.key} runs twice at once"
        assert len(clock.told) == len(set(clock.told)), f"{clock.key} was told twice"
        if kind.statutory:
            assert not any(one.source.startswith("by hand") for one in clock.happenings)
    assert state.open or not state.active, "the case is closed, and somebody's part in it goes on"


def of_move(
    case_type: CaseType, refs: Mapping[str, Any], stood: str, roles: frozenset[str], before: State,
    after: State, cause: Mapping[str, Any], facts: Mapping[str, Any],
) -> None:  # fmt: skip
    """A person moved only as the definition says.

    stood: the stage that they were in; before, after: the case around the command; cause: the
    decision of a record that the command wrote, if it wrote one.
    """
    (subject,) = refs["subjects"]
    assert refs.get("from") == stood, f"{subject} was in {stood}, and moved out of {refs['from']}"
    if not refs.get("move"):
        assert before.subjects[subject].closed, "reopened, and the part was not over"
        assert not case_type.stages[refs["to"]].end
        return
    move = case_type.move(refs["move"])
    assert move is not None
    assert stood in move.leaves, f"{move.key} does not lead out of {stood}"
    assert refs["to"] == move.to
    assert bool(refs.get("end")) == case_type.stages[move.to].end
    if move.on is None:
        assert set(move.roles) & roles, f"{move.key} is not for {roles}"
    else:
        _caused(case_type, move, subject, after, cause, facts)


def _caused(
    case_type: CaseType, move: Move, subject: str, after: State, cause: Mapping[str, Any],
    facts: Mapping[str, Any],
) -> None:  # fmt: skip
    """What the move waits for has happened, and its rule holds of what was decided."""
    assert move.on
    assert cause.get("kind") == move.on.event, f"{move.key} followed {cause.get('kind')}"
    record = after.records[cause["record"]]
    assert record.form == move.on.of
    assert subject in record.subjects, f"{move.key} moved somebody whom the record does not cover"
    row = own_row(case_type.use(record.form), record.answers, subject)
    known = {record.form: record.answers, "row": row}
    assert holds(move.on.when, known, facts), f"{move.key} moved, and its rule does not hold"


def of_tables(case: Case) -> None:
    """The fold of the events equals the tables."""
    found = [*differences(Case.objects.get(pk=case.pk))]
    assert not found, found


def of_everything() -> None:
    """Every row is as its history and its events have it, and the ledger's chains hold."""
    found = [str(one) for one in (*live_findings(), *broken_places())]
    assert not found, found


def refs_in(events: Sequence[Event]) -> list[tuple[Event, dict[str, Any]]]:
    """The events with what they name."""
    return [(event, json.loads(event.refs)) for event in events]
