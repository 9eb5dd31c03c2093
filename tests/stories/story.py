"""One story: a case on the tables, what is asked of it through the real actions, and its laws."""

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, ClassVar
from uuid import uuid4

from django.db import connection, transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine

from casetypes.state import State
from casework.accounts.models import User
from casework.cases.actions.cases import open_case
from casework.cases.running.loading import facts_now, state_of, type_of
from casework.cases.standing import roles_in
from casework.ledger.models import Event, StreamHead
from casework.refusals import Absent, Clash, Incomplete, NotAllowed, NotNow, Refused, Stale
from tests.cast import AT, Cast, make_person
from tests.stories import laws
from tests.stories.reached import Tally, Thing, seen_in

REFUSALS = (Absent, Clash, Incomplete, NotAllowed, NotNow, Refused, Stale)
BEGINS = AT + timedelta(days=29)  # after every day in the sample answers
EVERY = 8  # accepted commands between two comparisons of tables and events
_DECIDED = ("record.signed", "record.finished")


class Story(RuleBasedStateMachine):
    """The case and its bookkeeping. All of it is rolled back at the end."""

    cast: ClassVar[Cast]
    key: ClassVar[str]
    tally: ClassVar[Tally]
    favourite: ClassVar[str]  # the clock that the story sees to most
    aim: ClassVar[Thing]  # what it is to reach, if it can

    def __init__(self) -> None:
        super().__init__()
        self._transaction = transaction.atomic()
        self._transaction.__enter__()
        self.at = BEGINS
        self.case: Any = None
        self.state = State()
        self.people: list[Any] = []
        self.stands: dict[str, str] = {}  # where each person is, by the moves that were told
        self.things: set[Thing] = set()
        self.last: tuple[Callable[[], Any], Any] | None = None  # the last command, and its answer
        self.idle = False  # whether time passed, and nothing else did
        self._order: list[str] = []  # records and actions, as they came to be
        self._since = 0
        self._data: Any = None

    def teardown(self) -> None:
        """Everything is compared once more, unless the story has failed already; then it never was."""
        try:
            if sys.exc_info()[0] is None and self.case is not None:
                laws.of_tables(self.case)
                laws.of_everything()
                connection.check_constraints()
                self.tally.compared += 1
                self.tally.story(self.things)
        finally:
            transaction.set_rollback(True)
            self._transaction.__exit__(None, None, None)

    def begin(self, data: Any, people: int, days_ago: int) -> None:
        """Open the case about some persons, so many days ago."""
        self._data = data
        self.people = [
            make_person(self.cast.wanda, given) for given in ("Ann", "Ben", "Cat", "Dan")
        ]
        about = [one.pk for one in self.people[:people]]
        asked = {
            "case_type": self.key, "team": self.cast.north, "subjects": about, "by": self.cast.wanda,
            "occurred_at": self.at - timedelta(days=days_ago) if days_ago else None,
        }  # fmt: skip
        self.ask("case.open", open_case, **asked)
        assert self.case is not None

    def pick(self, options: Sequence[Any]) -> Any:
        """One of them, as the story goes."""
        return options[0] if len(options) == 1 else self._data.draw(st.sampled_from(list(options)))

    def worker(self) -> User:
        """Who writes."""
        found: User = self.pick((self.cast.wanda, self.cast.wanda, self.cast.wilf))
        return found

    def person(self, subject: str) -> Any:
        """The person of that id."""
        return next(one for one in self.people if str(one.pk) == subject)

    def ask(
        self, kind: str, action: Callable[..., Any], *which: Any, by: User, **data: Any
    ) -> bool:
        """Send a command; say whether it was accepted. What must hold is looked at either way."""
        self.at += timedelta(minutes=self.pick((1, 0, 20, 50, 1500)))
        head, before, at = self._head(), self.state, self.at
        roles = self._roles(by)
        command_id = uuid4()
        system = kind.startswith("clock.tell")

        def send() -> Any:
            return action(*which, at) if system else action(
                *which, by=by, at=at, command_id=command_id, **data
            )  # fmt: skip

        self.idle = False
        self.tally.asked[kind] += 1
        try:
            answer = send()
        except REFUSALS as error:
            refusal: Exception | None = error
        else:
            refusal = None
        if refusal:
            assert str(refusal).strip(), f"{kind} was refused without a word"
            assert self._head() == head, f"{kind} was refused, and wrote something"
            return False
        self.tally.accepted[kind] += 1
        if self.case is None:
            self.case = answer
        self.last = None if system else (send, answer)
        self._happened(head[0], before, roles)
        return True

    def again(self) -> None:
        """Send the last command once more under its id: the same answer, and nothing happens."""
        assert self.last is not None
        (send, answer), self.last = self.last, None
        head = self._head()
        assert _known(send()) == _known(answer), "the second answer is another"
        assert self._head() == head, "a command that was sent twice acted twice"
        self.tally.sent_again += 1

    def _roles(self, by: User) -> frozenset[str]:
        """The roles in which a user acts in the case; none where they do not see it."""
        try:
            return roles_in(by, self.case, self.at) if self.case else frozenset()
        except Absent:
            return frozenset()

    def _head(self) -> tuple[int, str]:
        found = StreamHead.objects.filter(stream=self.case.pk).first() if self.case else None
        return (found.seq, found.hash) if found else (0, "")

    def _happened(self, since: int, before: State, roles: frozenset[str]) -> None:
        """Look at what a command brought about."""
        self.case.refresh_from_db()
        case_type, facts = type_of(self.case), facts_now(self.at)
        events = Event.objects.filter(stream=self.case.pk, seq__gt=since).order_by("seq")
        told = laws.refs_in(list(events))
        self._order += [refs["record"] for event, refs in told if event.kind == "record.started"]
        self._order += [refs["task"] for event, refs in told if event.kind == "task.created"]
        self.state = self._in_order(state_of(self.case))
        cause: Mapping[str, Any] = {}
        for event, refs in told:
            if event.kind in _DECIDED:
                cause = {"kind": event.kind, "record": refs["record"]}
            if event.kind == "clock.explained":
                self.things.add(("clock", refs["clock"], "explained"))
            if event.kind in ("case.opened", "case.subject_added"):
                joined = refs["subjects"] if event.kind == "case.opened" else [refs["person"]]
                self.stands |= dict.fromkeys(joined, case_type.first.key)
            if event.kind == "subject.moved":
                (subject,) = refs["subjects"]
                laws.of_move(
                    case_type, refs, self.stands[subject], roles, before, self.state, cause, facts
                )
                self.stands[subject] = refs["to"]
                self.tally.move(refs.get("move", ""))
        stages = {one: part.stage for one, part in self.state.subjects.items()}
        assert stages == self.stands, f"{stages} in the tables, {self.stands} by the moves"
        laws.of_state(case_type, self.state, facts["calendars"])
        self.things |= set(seen_in(case_type, self.state))
        self._since += 1
        if self._since >= EVERY:
            self._since = 0
            laws.of_tables(self.case)
            self.tally.compared += 1

    def _in_order(self, state: State) -> State:
        """The same, with everything in the order in which it came to be, whatever ids it was given."""
        people = [str(one.pk) for one in self.people]
        return replace(
            state,
            subjects={one: state.subjects[one] for one in people if one in state.subjects},
            records={one: state.records[one] for one in self._order if one in state.records},
            tasks={one: state.tasks[one] for one in self._order if one in state.tasks},
            clocks={
                (key, one): state.clocks[key, one]
                for key in type_of(self.case).clocks
                for one in ("", *people)
                if (key, one) in state.clocks
            },
        )


def _known(answer: Any) -> Any:
    """What an answer is known by: a row by its key."""
    return getattr(answer, "pk", answer)
