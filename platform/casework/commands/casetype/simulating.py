"""`casetype simulate`: play a story of commands through the engine and say what follows.

A story is `{"commands": [{"kind", "data"?, "by"?, "roles"?, "at", "occurred"?}]}`, times in ISO 8601
with a zone. Nothing is stored, and no case is looked at.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from casetypes.commands import Command, Refusal
from casetypes.definition import CaseType
from casetypes.engine import decide
from casetypes.periods import london_day
from casetypes.state import Event, State, evolve
from formdefs.calendars import calendars
from formdefs.state import facts_for


class BadStory(ValueError):
    """The story cannot be read; the text says what to mend."""


def played(case_type: CaseType, story: Any) -> Iterator[str]:
    """Yield a line for each command and each thing that follows, and how the case stands at last."""
    if not isinstance(story, Mapping) or not isinstance(story.get("commands"), list):
        raise BadStory("A story is an object with a list of “commands”.")
    state = State()
    for number, raw in enumerate(story["commands"], 1):
        command = _command(number, raw)
        facts = facts_for(london_day(command.at), calendars(), {})
        try:
            decided = decide(case_type, state, command, facts)
        except KeyError as missing:
            raise BadStory(
                f"Command {number} ({command.kind}) lacks or misnames {missing}."
            ) from None
        yield f"{command.at:%Y-%m-%d %H:%M} {command.kind}"
        if isinstance(decided, Refusal):
            yield f"  refused ({decided.code}): {decided.says}"
            continue
        for event in decided:
            state = evolve(state, event)
            yield f"  {_told(event)}"
    for subject in state.subjects.values():
        outcome = f", {subject.outcome}" if subject.outcome else ""
        yield f"{subject.id}: {case_type.stages[subject.stage].title}{outcome}"


def _command(number: int, raw: Any) -> Command:
    try:
        at = datetime.fromisoformat(raw["at"])
        occurred = datetime.fromisoformat(raw["occurred"]) if "occurred" in raw else None
        roles = frozenset(raw.get("roles", ("worker", "manager")))
        command = Command(raw["kind"], raw.get("data", {}), raw.get("by", ""), roles, at, occurred)
    except (KeyError, TypeError, ValueError) as error:
        raise BadStory(f"Command {number} cannot be read: {error}.") from error
    if at.utcoffset() is None:
        raise BadStory(f"Command {number}: “at” has no zone. Write 2026-11-25T10:00:00+00:00.")
    return command


def _told(event: Event) -> str:
    whom = f" {', '.join(event.subjects)}" if event.subjects else ""
    data = event.data
    if event.kind == "clock.changed":
        cycle = data["cycles"][-1] if data["cycles"] else None
        due = f", due {cycle.due}" if cycle and cycle.due else ""
        return f"clock {data['clock']}{whom}: {cycle.status if cycle else 'not begun'}{due}"
    if event.kind == "subject.moved":
        return f"moved{whom}: {data['from']} → {data['to']} ({data['move'] or 'reopened'})"
    said = {name: value for name, value in event.said.items() if name not in ("answers", "rows")}
    named = {name: str(value) for name, value in data.items() if value not in (None, "")}
    return f"{event.kind}{whom} {json.dumps({**named, **said}, ensure_ascii=False)}"
