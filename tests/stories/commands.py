"""What people ask of a case, one command after another: mostly what is possible, now and then what is not."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from casetypes import tasking
from casetypes.clocks import is_late
from casetypes.definition import Move
from casetypes.state import OPEN_RECORD, RecordState
from casework.accounts.models import User
from casework.cases.actions.cases import add_subject, close_case, end_subject
from casework.cases.actions.clocks import explain_clock, hold_clock, recompute_clocks
from casework.cases.actions.records import abandon, save_page, start_record
from casework.cases.actions.returning import return_record
from casework.cases.actions.signing import reopen, sign, submit
from casework.cases.actions.withdrawing import ask_withdrawal, decide_withdrawal
from casework.cases.actions.working import change_task, move_subject, reopen_subject, tell_overdue
from casework.cases.case_types import closing_reasons
from casework.cases.late import offered
from casework.cases.models import Clock, Record, RecordPage, Snapshot, Task, Withdrawal
from casework.cases.running.loading import type_of
from casework.clock import london_day
from formdefs.versions import form_of, newest
from tests.stories.answers import answers_of, by_page
from tests.stories.story import Story

DRAFTS, DECIDED = ("draft", "returned"), ("signed", "finished")
data = st.data()


class Commands(Story):
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

    def having(self, *statuses: str) -> list[RecordState]:
        """The records of these statuses."""
        return [one for one in self.state.records.values() if one.status in statuses]

    def worker(self) -> User:
        """Who writes."""
        found: User = self.pick((self.cast.wanda, self.cast.wanda, self.cast.wilf))
        return found

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

    def start(self, subject: str, form: str, told: Mapping[str, Any] | None = None) -> bool:
        """Start a record about somebody, and perhaps about others in the same stage."""
        stage = self.state.subjects[subject].stage
        others = [
            o for o in self.state.active if o != subject and self.state.subjects[o].stage == stage
        ]
        alone = type_of(self.case).use(form).per == "subject"
        about = [subject, *([] if alone else [o for o in others if self.pick((True, True, False))])]
        answers = self.answers(form, about, f"r{len(self.state.records):04d}", told or {})
        pages = by_page(form_of(newest(form).pk), answers)
        named = {
            "form_key": form,
            "subjects": [self.person(one).pk for one in about],
            "pages": pages,
        }
        return self.ask("record.start", start_record, self.case.pk, by=self.worker(), **named)

    def answers(
        self, form: str, about: Sequence[str], tag: str, told: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Whole answers of a form about these, of which some are told."""
        people = [self.person(one) for one in about]
        return answers_of(
            type_of(self.case), form, people, self.state, self.pick, tag, self.at, told
        )

    @precondition(lambda self: self.having(*DRAFTS))
    @rule(data=data)
    def fill_a_page(self, data: Any) -> None:
        """Save a page of a draft with other answers than before."""
        self._data = data
        record = self.pick(self.having(*DRAFTS))
        place = list(self.state.records).index(record.id)
        form = form_of(Record.objects.get(pk=record.id).form_version_id)
        pages = by_page(form, self.answers(record.form, record.subjects, f"r{place:04d}", {}))
        use = type_of(self.case).use(record.form)
        key = use.judges["repeat"] if use.judges and self.pick((True, False)) else ""
        page = next((p.id for p in form.pages if key in p.answered), "") or self.pick(list(pages))
        row = RecordPage.objects.filter(record=record.id, page=page).first()
        seen = row.version if row else 0
        self.ask(
            "record.save", save_page, Record(pk=record.id).pk, page, pages[page], seen_version=seen,
            by=self.worker(),
        )  # fmt: skip

    @precondition(lambda self: self.having(*DRAFTS))
    @rule(data=data)
    def submit_a_draft(self, data: Any) -> None:
        """Submit a record, which finishes it where nobody signs its form."""
        self._data = data
        record = self.pick(self.having(*DRAFTS))
        self.ask("record.submit", submit, record.id, seen=None, by=self.worker())

    @precondition(lambda self: self.having("submitted"))
    @rule(data=data)
    def sign_what_waits(self, data: Any) -> None:
        """A manager signs."""
        self._data = data
        self.decide(self.pick(self.having("submitted")), self.cast.max)

    def decide(self, record: RecordState, by: User) -> None:
        """Sign the newest submission of a record."""
        self.ask("record.sign", sign, record.id, seen_sha256=self.shown(record), by=by)

    def shown(self, record: RecordState) -> str:
        """The digest of its newest submission."""
        found = Snapshot.objects.filter(record=record.id).order_by("revision", "attempt").last()
        return found.sha256 if found else "0" * 64

    @precondition(lambda self: self.having("submitted", "signed", *DRAFTS))
    @rule(data=data, what=st.sampled_from(("return", "reopen", "reopen", "abandon", "withdraw")))
    def turn_a_record_back(self, data: Any, what: str) -> None:
        """Return, reopen, abandon or withdraw a record."""
        self._data = data
        fit = {
            "return": ("submitted",),
            "reopen": ("signed",),
            "abandon": DRAFTS,
            "withdraw": DECIDED,
        }
        found = self.having(*fit[what])
        if not found:
            return
        record = self.pick(found)
        if what == "return":
            sha = self.shown(record)
            self.ask("record.return", return_record, record.id, comment="Mend it", seen_sha256=sha,
                     by=self.cast.max)  # fmt: skip
        elif what == "reopen":
            self.ask("record.reopen", reopen, record.id, why="It was wrong", by=self.worker())
        elif what == "abandon":
            self.ask("record.abandon", abandon, record.id, why="Not needed", by=self.worker())
        elif self.pick((True, False, False)):
            self.withdraw(record)

    def withdraw(self, record: RecordState) -> None:
        """One asks, another approves or refuses."""
        asked = {"why": "About somebody else", "by": self.cast.wanda}
        if self.ask("withdrawal.ask", ask_withdrawal, record.id, "wrong_person", **asked):
            found = Withdrawal.objects.filter(record=record.id).latest("asked_at")
            self.ask("withdrawal.decide", decide_withdrawal, found.pk, approve=self.pick((True, False)),
                     why="So it is", by=self.cast.max)  # fmt: skip

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

    @precondition(lambda self: self.state.clocks)
    @rule(data=data)
    def see_to_the_clocks(self, data: Any) -> None:
        """Tell what is overdue, or work all out anew."""
        self._data = data
        kind, act = self.pick((("clock.tell", tell_overdue), ("clock.tell anew", recompute_clocks)))
        self.ask(kind, act, by=self.cast.wanda)

    @precondition(lambda self: self.late())
    @rule(data=data)
    def say_why_it_is_late(self, data: Any) -> None:
        """By the list where the clock has one, and in words."""
        self._data = data
        self.explain()

    def explain(self) -> None:
        """Say why a run is late, of the favourite clock if it is."""
        late = self.late()
        favourites = [one for one in late if one[0].key == self.favourite]
        clock, cycle = self.pick(favourites or late)
        kind = type_of(self.case).clocks[clock.key]
        codes = [one.code for one in offered(kind, london_day(self.at))]
        row, code = self.clock_row(clock.key, clock.subject), self.pick(codes) if codes else ""
        self.ask("clock.explain", explain_clock, row.pk, cycle.number, code=code,
                 words="They were away", by=self.worker())  # fmt: skip

    def late(self) -> list[Any]:
        """The runs that are or were late, with their clocks."""
        clocks = self.state.clocks.values()
        return [(one, run) for one in clocks for run in one.cycles if is_late(run, self.at)]

    @precondition(lambda self: self.state.clocks)
    @rule(data=data)
    def hold_a_clock(self, data: Any) -> None:
        """Pause, resume or cancel a clock that may be held, now or since yesterday."""
        self._data = data
        self.hold()

    def hold(self, only: str = "") -> None:
        """Pause, resume or cancel a clock that may be held; `only` so where that can be."""
        kinds = type_of(self.case).clocks
        fit: list[tuple[Any, Sequence[str]]] = [
            (clock, ("resume", "cancel") if clock.cycles[-1].paused_since else ("pause", "pause", "cancel"))
            for clock in self.state.clocks.values()
            if not kinds[clock.key].statutory and clock.cycles and clock.cycles[-1].open
        ]  # fmt: skip
        favourites = [one for one in fit if one[0].key == self.favourite]
        if fit:
            clock, what = self.pick(
                favourites if favourites and self.pick((True, True, False)) else fit
            )
            row = self.clock_row(clock.key, clock.subject)
            on = (
                london_day(self.at) - timedelta(days=1) if self.pick((False, False, True)) else None
            )
            self.ask("clock.hold", hold_clock, row.pk, only if only in what else self.pick(what), why="We wait", on=on,
                     by=self.cast.max)  # fmt: skip

    def clock_row(self, key: str, subject: str) -> Clock:
        """The row of a clock."""
        return Clock.objects.get(case=self.case, key=key, subject=subject or None)

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
