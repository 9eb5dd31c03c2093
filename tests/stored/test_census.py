"""What the children in need census forbids, each tried with a command and refused with a reason.

The rules are those of the domain brief that concern referrals, assessments and plans; the numbers
are the census's own. Most are declared in the case type, some in a form, two are the engine's.
"""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from casework.cases.actions.cases import add_subject, close_case, end_subject, open_case
from casework.cases.actions.records import save_page, start_record
from casework.cases.actions.signing import reopen, submit
from casework.cases.actions.working import move_subject, reopen_subject
from casework.cases.models import Case, Record, Snapshot
from casework.cases.unmasked import answers_on, documents_of, pages_of
from casework.refusals import NotNow, Refused
from formdefs.versions import form_of
from tests.cast import AT, Cast, make_case, make_person, sample_answers
from tests.written import sent, signed, write

pytestmark = pytest.mark.django_db
NOW = AT + timedelta(days=24)  # after every day in the sample answers
CFA, PLAN = "child_family_assessment", "child_in_need_plan"


@pytest.fixture
def cast(library: Cast) -> Cast:
    """The cast, with the library published."""
    return library


@pytest.fixture
def case(cast: Cast) -> Case:
    """A case about two children whose referral was accepted for assessment."""
    people = [make_person(cast.wanda, given).pk for given in ("Testina", "Tester")]
    opened = make_case(cast.wanda, cast.north, *people)
    signed(opened, "referral", by=cast.wanda, manager=cast.max, at=NOW)
    return opened


def child(case: Case, place: int = 0) -> Any:
    """The id of one of the children."""
    return case.subjects.order_by("id")[place].person_id


def refused(does: Callable[[], object]) -> str:
    """The sentence with which a command is refused."""
    with pytest.raises((NotNow, Refused)) as refusal:
        does()
    found = refusal.value
    return (
        " ".join(one.message for one in found.problems)
        if isinstance(found, Refused)
        else str(found)
    )


def start(case: Case, form: str, cast: Cast, *about: Any) -> Record:
    """Begin a record with nothing in it."""
    subjects = list(about) or [child(case)]
    return start_record(case.pk, form_key=form, subjects=subjects, by=cast.wanda, at=NOW)


def assessed(case: Case, cast: Cast, *about: Any, outcome: str = "cin_plan") -> Record:
    changed = {"outcome": outcome}
    if outcome in ("nfa", "family_help"):
        changed |= {"in_need": False, "family_help_lead": "Young carers' service"}
    return signed(
        case, CFA, *(about or [child(case)]), by=cast.wanda, manager=cast.max, at=NOW, **changed
    )


def planned(case: Case, cast: Cast, **changed: Any) -> Record:
    return signed(case, PLAN, child(case), by=cast.wanda, manager=cast.max, at=NOW, **changed)


def close(case: Case, cast: Cast, reason: str) -> Case:
    return close_case(case.pk, reason, why="Over", by=cast.max, at=NOW)


def test_8896_one_open_assessment_of_a_child(case: Case, cast: Cast) -> None:
    start(case, CFA, cast)
    assert "open already" in refused(lambda: start(case, CFA, cast))
    start(case, CFA, cast, child(case, 1))  # the sibling's is another


def test_4014_plans_of_a_child_do_not_overlap(case: Case, cast: Cast) -> None:
    assessed(case, cast)
    first = start(case, PLAN, cast)
    assert "being written already" in refused(lambda: start(case, PLAN, cast))
    Record.objects.filter(pk=first.pk).update(status="abandoned")
    planned(case, cast)
    assert "A plan is in force" in refused(lambda: start(case, PLAN, cast))


def test_4014_nor_do_their_days(case: Case, cast: Cast) -> None:
    assessed(case, cast)
    ended = {"step": "step_down_family_help", "step_reason": "Better", "support_after": "School"}
    planned(case, cast, **ended, end_date="2026-11-25", review_on=None, review_where=None)
    second = write(case, PLAN, child(case), by=cast.wanda, at=NOW, start_date="2026-11-20")
    assert "ended later than this one starts" in refused(lambda: sent(second, cast.wanda, NOW))


def test_4001_4016_4017_no_plan_beside_child_protection(case: Case, cast: Cast) -> None:
    assessed(case, cast, outcome="strategy")
    assert case.subjects.get(person_id=child(case)).stage == "stepped_up"
    assert "stepped up to child protection" in refused(lambda: start(case, PLAN, cast))


def test_4000_8831_8832_nothing_starts_on_a_referral_without_further_action(cast: Cast) -> None:
    case = make_case(cast.wanda, cast.north, make_person(cast.wanda).pk)
    nfa = {
        "decision": "nfa",
        "nfa": True,
        "immediate_danger": False,
        "danger": None,
        "action_taken": None,
    }
    signed(case, "referral", by=cast.wanda, manager=cast.max, at=NOW, **nfa)
    assert Case.objects.get(pk=case.pk).closed_at
    assert "closed" in refused(lambda: start(case, CFA, cast))  # 8565 as well
    reopen_subject(case.pk, child(case), stage="referral", why="Opened again", by=cast.max, at=NOW)
    for form in (CFA, PLAN):
        assert "no further action" in refused(lambda form=form: start(case, form, cast))


def test_8831_nor_is_a_referral_made_one_when_work_has_begun(case: Case, cast: Cast) -> None:
    start(case, CFA, cast)
    referral = Record.objects.get(case=case, form_version__form_id="referral")
    reopen(referral.pk, why="Wrong", by=cast.max, at=NOW)
    nfa = {
        "decision": "nfa",
        "nfa": True,
        "immediate_danger": False,
        "danger": None,
        "action_taken": None,
    }
    again = _changed(referral, cast, **nfa)
    assert "has an assessment or a plan" in refused(lambda: sent(again, cast.wanda, NOW))


def test_1103_no_assessment_begins_before_its_referral(case: Case, cast: Cast) -> None:
    start(case, CFA, cast)
    referral = Record.objects.get(case=case, form_version__form_id="referral")
    reopen(referral.pk, why="Wrong day", by=cast.max, at=NOW)
    again = _changed(referral, cast, received_at="2026-11-27T09:00:00+00:00")
    later = NOW + timedelta(days=3)
    assert "begun before this day" in refused(
        lambda: submit(again.pk, seen=None, by=cast.wanda, at=later)
    )


def test_a_plan_starts_with_or_after_its_referral(case: Case, cast: Cast) -> None:
    assessed(case, cast)
    plan = write(
        case,
        PLAN,
        child(case),
        by=cast.wanda,
        at=NOW,
        start_date="2026-01-05",
        consent_on="2026-01-05",
    )
    assert "before the referral" in refused(lambda: sent(plan, cast.wanda, NOW))


def test_8565_no_activity_after_closure(case: Case, cast: Cast) -> None:
    assessed(case, cast, outcome="nfa")
    assert "whom the case is about" in refused(lambda: start(case, CFA, cast))  # their part is over
    close(case, cast, "RC7")
    for form in ("referral", CFA, PLAN):
        assert "closed" in refused(lambda form=form: start(case, form, cast, child(case, 1)))


def test_8805_8810_closure_and_reason_come_together(case: Case, cast: Cast) -> None:
    assert "Choose why" in refused(lambda: close(case, cast, ""))
    assert "Choose why" in refused(lambda: close(case, cast, "RC99"))
    assert (case.closed_at, case.close_reason) == (None, "")
    closed = close(case, cast, "RC7")
    assert closed.closed_at
    assert closed.close_reason == "RC7"


def test_8867_no_closing_over_an_unfinished_assessment(case: Case, cast: Cast) -> None:
    start(case, CFA, cast)
    assert "unfinished record" in refused(lambda: close(case, cast, "RC7"))
    leave = {"on": date(2026, 11, 26), "why": "Moved", "by": cast.max, "at": NOW}
    assert "is unfinished" in refused(lambda: end_subject(case.pk, child(case), **leave))
    early = {"move": "close_early", "why": "Moved", "by": cast.max, "at": NOW}
    assert "is unfinished" in refused(lambda: move_subject(case.pk, child(case), **early))
    end_subject(case.pk, child(case, 1), **leave)  # the sibling has none


@pytest.mark.parametrize("reason", ["RC8", "RC9"])
def test_8825q_closed_after_assessment_needs_one(case: Case, cast: Cast, reason: str) -> None:
    assert "this child has none" in refused(lambda: close(case, cast, reason))


def test_2990_and_forbids_other_activity(case: Case, cast: Cast) -> None:
    for one in (child(case), child(case, 1)):
        assessed(case, cast, one)
    planned(case, cast)
    tasks = {"by": cast.max, "at": NOW}
    assert "has had a plan" in refused(lambda: close_case(case.pk, "RC8", why="Over", **tasks))


def test_8815_one_open_episode_for_a_child(case: Case, cast: Cast) -> None:
    again = {"case_type": "child_in_need", "team": cast.north, "by": cast.wanda, "at": NOW}
    assert "open case of this kind" in refused(lambda: open_case(subjects=[child(case)], **again))
    other = make_case(cast.wanda, cast.north, make_person(cast.wanda, "Cousin").pk)
    joins = {"by": cast.wanda, "at": NOW}
    assert "open case of this kind" in refused(lambda: add_subject(other.pk, child(case), **joins))
    close(case, cast, "RC7")
    add_subject(other.pk, child(case), **joins)
    back = {"stage": "assessment", "why": "Again", "by": cast.max, "at": NOW}
    assert "open case of this kind" in refused(lambda: reopen_subject(case.pk, child(case), **back))


WRONG: list[tuple[str, str, dict[str, Any], str]] = [
    ("8869: no factors stands alone", CFA, {"factors": ["21", "2B"]}, "factors"),
    ("8831: an assessment is further action", "referral", {"nfa": True}, "nfa"),
]


@pytest.mark.parametrize(
    ("form", "answers", "at"), [row[1:] for row in WRONG], ids=[row[0] for row in WRONG]
)
def test_what_the_form_itself_refuses(
    case: Case, cast: Cast, form: str, answers: dict[str, Any], at: str
) -> None:
    with pytest.raises(Refused) as refusal:
        sent(write(case, form, child(case), by=cast.wanda, at=NOW, **answers), cast.wanda, NOW)
    assert at in {problem.path[0] for problem in refusal.value.problems}


@pytest.mark.parametrize(
    ("rule", "row", "path"),
    [
        ("8750, 8525Q", {"unborn": True}, "expected_date"),
        ("8790", {"unborn": False, "disabilities": ["NONE", "HEAR"]}, "disabilities"),
        ("8525Q", {"unborn": False, "date_of_birth": None}, "date_of_birth"),
    ],
)
def test_what_the_referral_refuses_of_a_child(
    case: Case, cast: Cast, rule: str, row: dict[str, Any], path: str
) -> None:
    first = {**sample_answers("referral")["children"][0], **row}
    children = [{key: value for key, value in first.items() if value is not None}]
    with pytest.raises(Refused) as refusal:
        sent(
            write(case, "referral", child(case), by=cast.wanda, at=NOW, children=children),
            cast.wanda,
            NOW,
        )
    assert path in {problem.path[-1] for problem in refusal.value.problems}, rule


def test_8750_8525q_an_unborn_child_has_no_date_of_birth_and_no_other_sex(
    case: Case, cast: Cast
) -> None:
    """Both questions are hidden, so what was typed before is no part of what is signed."""
    first = {
        **sample_answers("referral")["children"][0],
        "unborn": True,
        "expected_date": "2027-03-01",
    }
    assert {"date_of_birth", "sex"} <= first.keys()
    record = write(case, "referral", child(case), by=cast.wanda, at=NOW, children=[first])
    sent(record, cast.wanda, NOW)
    snapshot = Snapshot.objects.filter(record=record).latest("attempt")
    answers = documents_of([snapshot])[snapshot.pk]["answers"]
    assert not {"date_of_birth", "sex"} & answers["children"][0].keys()


def _changed(record: Record, cast: Cast, **answers: Any) -> Record:
    """A reopened record with other answers."""
    loaded = form_of(record.form_version_id)
    for page in loaded.pages:
        mine = {key: answers[key] for key in page.answered if key in answers}
        if mine:
            stored = pages_of(record)[page.id]
            whole = {**answers_on(stored), **mine}
            kept = {key: value for key, value in whole.items() if value is not None}
            save_page(record.pk, page.id, kept, seen_version=stored.version, by=cast.wanda, at=NOW)
    record.refresh_from_db()
    return record
