"""The engine: what follows from a command. Pure: `decide(case_type, state, command) -> events`.

A command's own event comes first. What it brings about follows in one order: clocks that stop,
moves, clocks that start, tasks; and each of these may bring about more, done with before its next
neighbour. Moves that follow by themselves chain at most `MOST_MOVES` times. Nothing here reads the
time, a table or a setting.
"""

from collections.abc import Mapping
from typing import Any

from casetypes import asked, effects
from casetypes.commands import Command, Refusal
from casetypes.definition import CaseType
from casetypes.state import Event, State, evolve

__all__ = ["MOST_MOVES", "Command", "Endless", "Refusal", "decide"]

MOST_MOVES = 10


class Endless(Exception):
    """Moves follow each other without end; the check of a case type lets none such be published."""


def decide(
    case_type: CaseType, state: State, command: Command, facts: Mapping[str, Any]
) -> tuple[Event, ...] | Refusal:
    """Say what a command does to a case, or why it is refused.

    facts: what rules know besides the case: the day, calendars, lists. Raises KeyError for a kind
    of command that there is not, Endless.
    """
    first = asked.ASKED[command.kind](case_type, state, command, facts)
    if isinstance(first, Refusal):
        return first
    run = _Run(case_type, state, command, facts)
    for event in first:
        run.happen(event, 0)
    return tuple(run.events)


class _Run:
    """One command under way: the case as it stands by now, and what has happened so far."""

    def __init__(
        self, case_type: CaseType, state: State, command: Command, facts: Mapping[str, Any]
    ) -> None:
        self.case_type, self.state, self.command, self.facts = case_type, state, command, facts
        self.events: list[Event] = []

    def happen(self, event: Event, moves: int) -> None:
        """Let an event happen, and then all that it brings about."""
        moves += event.kind == "subject.moved"
        if moves > MOST_MOVES:
            raise Endless(f"More than {MOST_MOVES} moves follow from one another.")
        self.state = evolve(self.state, event)
        self.events.append(event)
        for phase in effects.PHASES:
            for follows in phase(self.case_type, self.state, event, self.command, self.facts):
                self.happen(follows, moves)
