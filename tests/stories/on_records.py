"""What people ask of a case's records."""

from collections.abc import Mapping, Sequence
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from casetypes.state import RecordState
from casework.accounts.models import User
from casework.cases.actions.records import abandon, save_page, start_record
from casework.cases.actions.returning import return_record
from casework.cases.actions.signing import reopen, sign, submit
from casework.cases.actions.withdrawing import ask_withdrawal, decide_withdrawal
from casework.cases.models import Record, RecordPage, Snapshot, Withdrawal
from casework.cases.running.loading import type_of
from formdefs.versions import form_of, newest
from tests.stories.answers import answers_of, by_page
from tests.stories.story import Story

DRAFTS, DECIDED = ("draft", "returned"), ("signed", "finished")
data = st.data()


class OnRecords(Story):
    """The rules of the machine that concern records."""

    def having(self, *statuses: str) -> list[RecordState]:
        """The records of these statuses."""
        return [one for one in self.state.records.values() if one.status in statuses]

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
