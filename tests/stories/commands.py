"""What people ask of a case, one command after another: mostly what is possible, now and then what is not."""

from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from casetypes import tasking
from casetypes.definition import Move
from casetypes.state import OPEN_RECORD
from casework.accounts.models import User
from casework.cases.actions.cases import add_subject, close_case, end_subject
from casework.cases.actions.clocks import hold_clock
from casework.cases.actions.records import abandon, start_record
from casework.cases.actions.signing import reopen, submit
from casework.cases.actions.working import change_task, move_subject, reopen_subject
from casework.cases.case_types import closing_reasons
from casework.cases.models import Task
from casework.cases.running.loading import type_of
from casework.clock import london_day
from tests.stories.on_clocks import OnClocks
from tests.stories.on_records import DRAFTS, OnRecords

data = st.data()


class Commands(OnRecords, OnClocks):
    """The rules of the machine. Which of them a story has, and how often, hypothesis draws."""

    @initialize(
        data=data,
        people=st.sampled_from((2, 1, 3)),
        days_ago=st.sampled_from((0, 1, 6)),
        gone=st.sampled_from((0, 0, 9, 18, 30, 45)),
    )
    def opened(self, data: Any, people: int, days_ago: int, gone: int) -> None:
        """A case is opened, and goes on so many steps in the usual way: alone few stories come far."""
        self.begin(data, people, days_ago)
        for _ in range(gone):
            if self.state.active:
                self.next_step(straight=True)

    def anybody(self) -> User:
        """Whoever has a log-in."""
        cast = self.cast
        found: User = self.pick((cast.wanda, cast.max, cast.olive, cast.rita, cast.ada))
        return found

    @precondition(lambda self: self.state.active)
    @rule(data=data)
    def go_on(self, data: Any) -> None:
        """The next step of the usual way."""
        self._data = data
        self.next_step()

    @precondition(lambda self: self.state.active)
    @rule(data=data)
    def go_on_again(self, data: Any) -> None:
        """The same: a story leaves some rules out, and few are to be without it."""
        self._data = data
        self.next_step()

    @precondition(lambda self: self.state.active)
    @rule(data=data)
    def go_on_once_more(self, data: Any) -> None:
        """The same."""
        self._data = data
        self.next_step()

    def next_step(self, *, straight: bool = False) -> None:
        """Sign what waits, submit what is written, write what is asked.

        straight: always the first of these that there is to do.
        """
        waiting, drafts = self.having("submitted"), self.having(*DRAFTS)
        if waiting and (straight or self.pick((True, True, False))):
            self.decide(self.pick(waiting), self.cast.max)
        elif drafts and (straight or self.pick((True, True, True, False))):
            done = self.ask(
                "record.submit", submit, self.pick(drafts).id, seen=None, by=self.worker()
            )
            if straight and not done:
                last = self.having(*DRAFTS)[0].id
                self.ask("record.abandon", abandon, last, why="Not so", by=self.worker())
        else:
            subject = self.pick(self.state.active)
            self.start(subject, self.pick(self.wanted(subject)))

    def wanted(self, subject: str) -> list[str]:
        """The forms that their stage still asks for of somebody, else all that it offers."""
        stage = type_of(self.case).stages[self.state.subjects[subject].stage]
        here = [one for one in self.state.records.values() if subject in one.subjects]
        begun = {one.form for one in here if one.status in OPEN_RECORD or one.answers is not None}
        bound = [form for form in stage.forms if type_of(self.case).use(form).bound]
        left = [form for form in stage.needed if form not in begun]
        return left or [*stage.forms, *bound, *bound]  # what decides for each child, more often

    @precondition(lambda self: self.state.active)
    @rule(data=data)
    def start_what_may_be(self, data: Any) -> None:
        """Any form of the stage of one of them."""
        self._data = data
        subject = self.pick(self.state.active)
        stage = type_of(self.case).stages[self.state.subjects[subject].stage]
        self.start(subject, self.pick(stage.forms))

    @precondition(lambda self: self.state.open_tasks())
    @rule(data=data)
    def change_an_action(self, data: Any) -> None:
        """Say that an open action is done, or will not be, or give it another owner, day or priority."""
        self._data = data
        task = self.pick(self.state.open_tasks())
        changes: list[dict[str, Any]] = [
            {"status": "done", "outcome": "Seen to"}, {"status": "done", "outcome": "Seen to"},
            {"status": "cancelled", "outcome": "Not wanted"},
            {"owner": self.pick((self.cast.wilf, self.cast.wanda))}, {"priority": "high"},
            {"due": london_day(self.at) + timedelta(days=self.pick((1, 8)))},
        ]  # fmt: skip
        self.change(task.id, by=self.worker(), **self.pick(changes))

    def change(self, key: str, **what: Any) -> None:
        """Change an action, by its key."""
        row = Task.objects.get(case=self.case, key=key)
        self.ask("task.change", change_task, row.pk, **what)

    @precondition(lambda self: self.state.active)
    @rule(data=data)
    def move_by_hand(self, data: Any) -> None:
        """One of the moves that lead out of where somebody is."""
        self._data = data
        subject = self.pick(self.state.active)
        here = self.state.subjects[subject].stage
        case_type = type_of(self.case)
        moves = [m for m in case_type.moves if m.on is None and here in m.leaves]
        if not self.pick((False, False, True)):  # or few stories would come far
            moves = [one for one in moves if not case_type.stages[one.to].end]
        if moves:
            self.by_hand(subject, self.pick(moves))

    def by_hand(self, subject: str, move: Move) -> None:
        """Make a move that is made by hand."""
        self.ask("case.move", move_subject, self.case.pk, self.person(subject).pk, move.key,
                 why="It is time", tasks=self.ends(subject), by=self.cast.max)  # fmt: skip

    def ends(self, *leaving: str) -> dict[str, dict[str, str]]:
        """What becomes of each open action as a part ends."""
        carry, close = {"end": "carry"}, {"end": "close", "why": "No longer wanted"}
        return {
            task.id: dict(self.pick((carry, close)))
            for task in tasking.left_open(self.state, leaving)
        }

    @rule(data=data, what=st.sampled_from(("join", "leave", "close", "return", "return")))
    def change_who_it_is_about(self, data: Any, what: str) -> None:
        """Somebody joins, leaves or is taken up again, or the case is closed."""
        self._data = data
        state = self.state
        absent = [one for one in self.people if str(one.pk) not in state.active]
        over = [self.person(one.id) for one in state.subjects.values() if one.closed]
        rarely = self.pick((False, False, True))
        if what == "join" and absent and state.open:
            self.ask(
                "subject.join", add_subject, self.case.pk, self.pick(absent).pk, by=self.worker()
            )
        elif what == "leave" and state.active and rarely:
            subject = self.pick(state.active)
            self.ask("subject.leave", end_subject, self.case.pk, self.person(subject).pk,
                     on=london_day(self.at), why="Moved away", tasks=self.ends(subject),
                     by=self.worker())  # fmt: skip
        elif what == "close" and state.open and not self.having(*OPEN_RECORD) and rarely:
            codes = [one.code for one in closing_reasons(self.case, london_day(self.at))]
            self.ask("case.close", close_case, self.case.pk, self.pick(codes),
                     tasks=self.ends(*state.active), by=self.cast.max)  # fmt: skip
        elif what == "return" and over:
            stages = [one.key for one in type_of(self.case).stages.values() if not one.end]
            self.ask("subject.reopen", reopen_subject, self.case.pk, self.pick(over).pk,
                     self.pick(stages), why="There is news", by=self.cast.max)  # fmt: skip

    @precondition(lambda self: not self.idle)
    @rule(days=st.sampled_from((2, 7, 20, 45, 100)))
    def time_passes(self, days: int) -> None:
        """Nobody does anything for a while."""
        self.at += timedelta(days=days)
        self.idle = True

    @precondition(lambda self: self.last is not None)
    @rule()
    def send_it_again(self) -> None:
        """The last command comes twice."""
        self.again()

    @rule(data=data)
    def whatever(self, data: Any) -> None:
        """Anything by anybody, on anything, as things stand or not."""
        self._data = data
        state, by = self.state, self.anybody()
        records, tasks = list(state.records.values()), list(state.tasks)
        kind = self.pick(
            ("sign", "submit", "reopen", "abandon", "start", "move", "task", "hold", "end")
        )
        if kind in ("sign", "submit", "reopen", "abandon") and records:
            record = self.pick(records)
            if kind == "sign":
                self.decide(record, by)
            elif kind == "submit":
                self.ask("record.submit", submit, record.id, seen=None, by=by)
            else:
                act: Any = reopen if kind == "reopen" else abandon
                self.ask(f"record.{kind}", act, record.id, why=self.pick(("", "So")), by=by)
        elif kind == "start":
            form = self.pick(list(type_of(self.case).forms))
            about = [one.pk for one in self.people if self.pick((True, False))]
            self.ask(
                "record.start", start_record, self.case.pk, form_key=form, subjects=about, by=by
            )
        elif kind == "move":
            move = self.pick(type_of(self.case).moves).key
            self.ask("case.move", move_subject, self.case.pk, self.pick(self.people).pk, move, why="So",
                     by=by)  # fmt: skip
        elif kind == "task" and tasks:
            what = {
                "status": self.pick(("done", "open", "cancelled")),
                "outcome": self.pick(("", "So")),
            }
            self.change(self.pick(tasks), by=by, **what)
        elif kind == "hold" and state.clocks:
            key, subject = self.pick(list(state.clocks))
            self.ask("clock.hold", hold_clock, self.clock_row(key, subject).pk,
                     self.pick(("pause", "resume", "cancel")), why=self.pick(("", "So")), by=by)  # fmt: skip
        elif kind == "end":
            self.ask("subject.leave", end_subject, self.case.pk, self.pick(self.people).pk,
                     on=london_day(self.at), why=self.pick(("", "So")), by=by)  # fmt: skip
