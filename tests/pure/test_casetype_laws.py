"""Laws of the engine: whatever is asked of a case in whatever order, these hold."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casetypes.clocks import derive
from casetypes.commands import Refusal
from casetypes.definition import CaseType, load
from casetypes.periods import calendar_named
from casetypes.shipped import documents
from casetypes.state import State, fold
from tests.casetypes import calendars, document, known
from tests.pure.casework_at_hand import Case

EW = calendar_named(calendars(), "ew")
SHIPPED = [one["key"] for one in documents()]
SUBJECTS = ("ann", "ben", "cal")
ROWS = ("action01", "action02", "action03")


class Choices:
    """Draws one command after another that has a chance, and now and then one that has none."""

    def __init__(self, case: Case, draw: Any) -> None:
        self.case, self.draw, self.asked, self.accepted = case, draw, 0, 0
        self.number = 0

    def pick(self, options: Any) -> Any:
        return self.draw(st.sampled_from(sorted(options, key=str)))

    def step(self) -> None:
        state = self.case.state
        if not state.subjects:
            self.ask("case.open", subjects=list(SUBJECTS[:2]))
            return
        self.case.at += timedelta(days=self.pick(range(9)))
        kind = self.pick(_COMMANDS)
        getattr(self, f"_{kind.replace('.', '_')}")(state)

    def ask(self, kind: str, **data: Any) -> None:
        self.asked += 1
        answer = self.case.ask(kind, **data)
        self.accepted += not isinstance(answer, Refusal)

    def answers(self, form: str) -> dict[str, Any]:
        """Answers to what the case type's rules read, and rows where tasks come from."""
        found: dict[str, Any] = {}
        definition = known().forms[form]
        for path, values in self.case.read.get(form, {}).items():  # type: ignore[attr-defined]
            found[path] = self.pick(values)
        for template in self.case.case_type.tasks.values():
            if template.rows and template.on.of == form:
                chosen = self.draw(st.lists(st.sampled_from(ROWS), unique=True))
                rows: Any = [
                    {"_id": row, template.rows["title"]: f"Do {row} {self.number}"}
                    for row in chosen
                ]
                for key in reversed(template.rows["repeat"][1:]):
                    rows = [{"_id": f"outer{self.number}x", key: rows}]
                found[template.rows["repeat"][0]] = rows
        use = self.case.case_type.forms[form]
        if use.judges:
            codes = [*use.judges["done"], *use.judges.get("cancelled", ()), "progressing"]
            found[use.judges["repeat"]] = [
                {"_id": task.row, use.judges["status"]: self.pick(codes)}
                for task in self.case.state.open_tasks(use.judges["task"])
            ]
        assert definition
        return found

    def _start(self, state: State) -> None:
        form = self.pick(self.case.case_type.forms)
        some = self.draw(st.lists(st.sampled_from(sorted(state.subjects)), min_size=1, unique=True))
        if self.case.case_type.forms[form].per == "subject":
            some = some[:1]
        self.number += 1
        self.ask("record.start", record=f"record{self.number}", form=form, subjects=some)

    def _record(self, state: State, kind: str, *statuses: str, **data: Any) -> None:
        fit = [one for one in state.records.values() if one.status in statuses]
        some = fit or list(state.records.values())
        if some:
            record = self.pick({one.id for one in some})
            answers = self.answers(state.records[record].form)
            self.ask(kind, record=record, answers=answers, **data)

    def _submit(self, state: State) -> None:
        self._record(state, "record.submit", "draft", "returned")

    def _sign(self, state: State) -> None:
        self._record(state, "record.sign", "submitted", by=self.pick(["max", "mia", "wanda"]))

    def _return(self, state: State) -> None:
        self._record(state, "record.return", "submitted", why="Mend it")

    def _reopen(self, state: State) -> None:
        self._record(state, "record.reopen", "signed", "finished", why="It was wrong")

    def _abandon(self, state: State) -> None:
        self._record(state, "record.abandon", "draft", why="Not needed")

    def _move(self, state: State) -> None:
        by_hand = [move.key for move in self.case.case_type.moves if move.roles]
        if not by_hand:
            return
        subject = self.pick(state.active or state.subjects)
        told = {task.id: self.pick(_ENDS) for task in state.open_tasks(subject=subject)}
        move = self.pick(by_hand)
        self.ask(
            "move",
            subject=subject,
            move=move,
            why="It is time",
            tasks={k: dict(v) for k, v in told.items()},
        )

    def _task(self, state: State) -> None:
        if state.tasks:
            some = {task.id for task in state.open_tasks()} or set(state.tasks)
            status = self.pick(["done", "cancelled", "open"])
            self.ask("task.change", task=self.pick(some), status=status, outcome="Seen to")

    def _join(self, state: State) -> None:
        self.ask("subject.join", subject=self.pick(SUBJECTS))

    def _hold(self, state: State) -> None:
        if state.clocks:
            clock, subject = self.pick(state.clocks)
            what = self.pick(["pause", "resume"])
            self.ask("clock.hold", clock=clock, subject=subject, what=what, why="Asked them")

    def _tick(self, state: State) -> None:
        self.ask("tick")

    def _again(self, state: State) -> None:
        closed = [one.id for one in state.subjects.values() if one.closed]
        if closed:
            stages = [s.key for s in self.case.case_type.stages.values() if not s.end]
            self.ask(
                "subject.reopen", subject=self.pick(closed), stage=self.pick(stages), why="News"
            )


_COMMANDS = (
    *("start",) * 4, *("submit",) * 5, *("sign",) * 6, "return", "reopen", "abandon",
    *("move",) * 2, *("task",) * 2, "join", "hold", "tick", "again",
)  # fmt: skip
_ENDS = [(("end", "carry"),), (("end", "close"), ("why", "No longer wanted"))]


def read_by_rules(case_type: CaseType) -> dict[str, dict[str, list[Any]]]:
    """The form-level choice and yes-no questions that rules read, with what may be answered."""
    from casetypes import tries
    from casetypes.checks_forms import ruled
    from formdefs import rules

    found: dict[str, dict[str, list[Any]]] = {}
    reading = tries.Reading(case_type.document, known().forms, known().lists)
    for _row, _at, rule, _of in ruled(case_type.document):
        for path in rules.references(rule):
            form, _, key = path.partition(".")
            asked = tries.question(path, reading)
            values = tries.values(path, [rule], reading)
            if values and asked and asked[0].raw["type"] in ("choice", "yes_no"):
                found.setdefault(form, {})[key] = values
    return found


def hold(case: Case) -> None:
    """Every law, of a case as it stands."""
    state, case_type = case.state, case.case_type
    assert fold(case.events) == state
    rows = Counter((task.template, task.row) for task in state.tasks.values() if task.row)
    assert all(count == 1 for count in rows.values())
    for task in state.tasks.values():
        assert not task.source or task.source in state.records
    for clock in state.clocks.values():
        kind = case_type.clocks[clock.key]
        assert clock.cycles == derive(clock.happenings, EW, kind.series)
        stops = [c.ended.source for c in clock.cycles if c.status == "stopped" and c.ended]
        assert len(stops) == len(set(stops))
        if kind.statutory:
            assert not any(one.source.startswith("by hand") for one in clock.happenings)
    assert state.open or not state.active


def moves_are_declared(case: Case) -> None:
    by_key = {move.key: move for move in case.case_type.moves}
    for event in case.events:
        if event.kind == "subject.moved" and event.data["move"]:
            move = by_key[event.data["move"]]
            assert event.data["from"] in move.leaves
            assert event.data["to"] == move.to


@pytest.mark.parametrize("key", SHIPPED)
@given(st.data())
@settings(max_examples=40, deadline=None)
def test_whatever_is_asked_these_hold(key: str, data: Any) -> None:
    case = Case(load(document(key)))
    case.read = read_by_rules(case.case_type)  # type: ignore[attr-defined]
    choices = Choices(case, data.draw)
    for _ in range(data.draw(st.integers(1, 30))):
        choices.step()
        hold(case)
    moves_are_declared(case)
