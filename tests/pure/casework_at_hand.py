"""A case in a test's hand: commands go in, and it stands as the engine says. Pure."""

from datetime import UTC, datetime, timedelta
from typing import Any

from casetypes.commands import Command, Refusal
from casetypes.definition import CaseType
from casetypes.engine import decide
from casetypes.state import Event, State, evolve
from tests.casetypes import calendars

FACTS = {"today": "2026-11-25", "calendars": calendars(), "lists": {}}
BOTH = frozenset({"worker", "manager"})
START = datetime(2026, 9, 1, 9, tzinfo=UTC)


class Case:
    """One case; time goes on by an hour with every command unless told."""

    def __init__(self, case_type: CaseType) -> None:
        self.case_type, self.state, self.at = case_type, State(), START
        self.events: list[Event] = []

    def ask(
        self,
        kind: str,
        *,
        by: str = "wanda",
        roles: frozenset[str] = BOTH,
        occurred: datetime | None = None,
        **data: Any,
    ) -> tuple[Event, ...] | Refusal:
        """Send a command; what it brings about happens, unless it is refused."""
        self.at += timedelta(hours=1)
        command = Command(kind, data, by, roles, self.at, occurred)
        decided = decide(self.case_type, self.state, command, FACTS)
        if not isinstance(decided, Refusal):
            for event in decided:
                self.state = evolve(self.state, event)
            self.events += decided
        return decided

    def do(self, kind: str, **data: Any) -> tuple[Event, ...]:
        """Send a command that must not be refused."""
        decided = self.ask(kind, **data)
        assert not isinstance(decided, Refusal), decided
        return decided

    def refused(self, kind: str, **data: Any) -> Refusal:
        """Send a command that must be."""
        decided = self.ask(kind, **data)
        assert isinstance(decided, Refusal), decided
        return decided

    def signed(
        self, record: str, form: str, subjects: list[str], answers: dict[str, Any], **more: Any
    ) -> tuple[Event, ...]:
        """A record from its start to its signature by another."""
        self.do("record.start", record=record, form=form, subjects=subjects)
        self.do("record.submit", record=record, answers=answers)
        return self.do("record.sign", record=record, answers=answers, by="max", **more)

    def stage(self, subject: str) -> str:
        """Where a subject is."""
        return self.state.subjects[subject].stage
