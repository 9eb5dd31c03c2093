"""Who sees and does what: the table of roles, the exceptions, and that every list asks."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from casework.accounts.models import Role, RoleGrant, User
from casework.cases import access, rights
from casework.cases.actions.cases import end_subject
from casework.cases.actions.records import save_page
from casework.cases.actions.sharing import end_access, grant_access
from casework.cases.standing import roles_in
from casework.cases.uploads import store
from casework.ledger.models import Event
from casework.people.actions import change_person
from casework.refusals import Absent, NotAllowed
from tests.cast import AT, make_case, make_person, make_record
from tests.stored.small_form import publish_small

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(hours=1)
WORK = {"case.move", "case.take", "task.change", "record.append", "clock.explain", "withdrawal.ask",
    "case.subjects", "record.start", "record.save", "record.submit", "record.abandon",
    "record.migrate", "record.mark", "record.reopen", "record.agree", "person.change", "person.add", "case.open",
}  # fmt: skip
MANAGE = {
    "case.receive",
    "case.transfer",
    "withdrawal.decide",
    "clock.hold",
    "case.upgrade",
    "case.reopen",
    "record.release_mark",
    "case.allocate",
    "case.close",
    "case.share",
    "record.sign",
    "record.return",
}


@pytest.fixture
def north(cast: Any) -> SimpleNamespace:
    """The cast, and a case of the North team with a draft and a file, by Wanda."""
    publish_small(cast.ada)
    case = make_case(cast.wanda, cast.north)
    record = make_record(case, cast.wanda, "small")
    file = store(record.id, "qfile", ContentFile(b"Hello", "a.txt"), by=cast.wanda, at=AT)
    person = case.subjects.get().person
    return SimpleNamespace(**vars(cast), case=case, record=record, file=file, person=person)


def sees(user: User, north: Any, at: Any = AT) -> set[str]:
    """What of the North team's case a user sees, by every door; lists and single doors agree."""
    listed = {
        "case": access.cases_for(user, at).filter(pk=north.case.pk).exists(),
        "record": access.records_for(user, at).filter(pk=north.record.pk).exists(),
        "upload": access.uploads_for(user, at).filter(pk=north.file.pk).exists(),
        "person": access.persons_for(user, at).filter(pk=north.person.pk).exists(),
    }
    for name, thing in (
        ("case", north.case),
        ("record", north.record),
        ("upload", north.file),
        ("person", north.person),
    ):
        try:
            assert getattr(access, name)(user, thing.pk, at) == thing
            opened = True
        except Absent:
            opened = False
        assert opened == listed[name]
    events = access.events_for(user, north.case, at)
    assert events.exists() == listed["case"]
    assert (
        not listed["case"] or events.count() == Event.objects.filter(stream=north.case.id).count()
    )
    return {name for name, seen in listed.items() if seen}


ALL = {"case", "record", "upload", "person"}


@pytest.mark.parametrize(
    ("username", "expected"),
    [
        ("wanda", ALL), ("wilf", ALL), ("max", ALL), ("rita", ALL),
        ("olive", set()), ("omar", set()), ("ada", set()), ("axel", set()),
    ],
)  # fmt: skip
def test_who_sees_a_case_by_default(north: Any, username: str, expected: set[str]) -> None:
    assert sees(getattr(north, username), north) == expected


@pytest.mark.parametrize(
    ("username", "expected"),
    [
        ("wanda", WORK), ("max", WORK | MANAGE), ("rita", set()),
        ("olive", set()), ("ada", set()), ("axel", set()),
    ],
)  # fmt: skip
def test_who_may_do_what(north: Any, username: str, expected: set[str]) -> None:
    """By verb, whatever state the thing is in: `states` of a right are tested apart."""
    user = getattr(north, username)
    try:
        roles = roles_in(user, north.case, AT)
    except Absent:
        roles = frozenset()
    assert {verb for verb in rights.VERBS if not rights.not_allowed(verb, roles)} == expected


def test_what_may_be_done_to_a_draft(north: Any) -> None:
    record = access.record(north.wanda, north.record.pk, AT)
    drafts = {"record.save", "record.submit", "record.abandon"}
    assert drafts <= access.verbs_on(north.wanda, record, AT)
    for verb in ("record.sign", "record.return", "record.reopen", "record.agree"):
        assert not access.may(north.max, verb, record, AT)
    assert access.verbs_on(north.olive, record, AT) == frozenset()


def test_an_allow_lets_somebody_in_with_the_role_they_hold_elsewhere(north: Any) -> None:
    for user in (north.olive, north.omar, north.ada):
        grant_access(north.case.id, user, "allow", why="Covers", by=north.max, at=AT)
        assert sees(user, north) == ALL
    assert access.may(north.olive, "record.save", north.record, AT)
    assert not access.may(north.olive, "case.close", north.case, AT)
    assert access.may(north.omar, "case.close", north.case, AT)
    assert not access.may(north.ada, "record.save", north.record, AT)
    end_access(north.case.id, north.olive, "allow", why="Back", by=north.max, at=LATER)
    assert sees(north.olive, north, LATER) == set()


@pytest.mark.parametrize("username", ["wanda", "max", "rita"])
def test_a_deny_beats_everything(north: Any, username: str) -> None:
    user = getattr(north, username)
    other = User.objects.create(username="mia")
    RoleGrant.objects.create(user=other, role=Role.MANAGER, team=north.north, granted_at=AT)
    grant_access(north.case.id, user, "allow", why="x", by=other, at=AT)
    grant_access(north.case.id, user, "deny", why="Knows them", by=other, at=AT)
    assert sees(user, north) == set()
    with pytest.raises(Absent):
        access.require(user, "record.save", north.record, AT)
    with pytest.raises(Absent):
        save_page(north.record.id, "visit", {}, seen_version=0, by=user, at=AT)


def test_nobody_sees_their_own_file_now_or_after_their_part_ended(north: Any) -> None:
    change_person(
        north.person.id, user_name="wanda", seen_version=1, by=north.max, at=AT, why="The same"
    )
    assert sees(north.wanda, north) == set()
    assert sees(north.wilf, north) == ALL
    end_subject(north.case.id, north.person.id, on=AT.date(), why="x", by=north.wilf, at=AT)
    assert sees(north.wanda, north) == set()
    with pytest.raises(Absent):
        make_case(north.wanda, north.north, north.person.id)


def test_a_leaver_sees_nothing(north: Any) -> None:
    north.wanda.is_active = False
    assert sees(north.wanda, north) == set()
    assert not access.may(north.wanda, "record.save", north.record, AT)


def test_a_superuser_sees_nothing_by_that(north: Any) -> None:
    north.ada.is_superuser = True
    assert sees(north.ada, north) == set()


def test_roles_count_from_when_they_are_granted_until_they_end(north: Any) -> None:
    grant = RoleGrant.objects.create(
        user=north.olive, role=Role.WORKER, team=north.north, granted_at=LATER
    )
    assert sees(north.olive, north) == set()
    assert sees(north.olive, north, LATER) == ALL
    grant.ended_at = LATER + timedelta(hours=1)
    grant.save()
    assert sees(north.olive, north, LATER) == ALL
    assert sees(north.olive, north, LATER + timedelta(hours=1)) == set()


def test_persons_in_no_case_are_seen_by_workers_and_managers_only(cast: Any) -> None:
    person = make_person(cast.wanda)
    seen = {
        name for name, user in vars(cast).items()
        if isinstance(user, User) and access.persons_for(user, AT).filter(pk=person.pk).exists()
    }  # fmt: skip
    assert seen == {"wanda", "wilf", "max", "olive", "omar"}


def test_a_person_in_two_cases_is_seen_through_either(north: Any) -> None:
    grant_access(north.case.id, north.olive, "allow", why="x", by=north.max, at=AT)
    make_case(north.olive, north.south, north.person.id, case_type="complaint")
    end_access(north.case.id, north.olive, "allow", why="x", by=north.max, at=LATER)
    assert sees(north.olive, north, LATER) == {"person"}


def test_a_reader_who_also_works_elsewhere_changes_nobody_they_only_read(north: Any) -> None:
    RoleGrant.objects.create(user=north.olive, role=Role.READ_ONLY, granted_at=AT)
    assert sees(north.olive, north) == ALL
    assert not access.may(north.olive, "person.change", north.person, AT)
    assert not access.may(north.olive, "record.save", north.record, AT)
    assert access.may(north.wanda, "person.change", north.person, AT)


def test_who_may_add_persons_and_open_cases(cast: Any) -> None:
    assert access.may(cast.wanda, "person.add", None, AT)
    assert access.may(cast.wanda, "case.open", cast.north, AT)
    assert access.may(cast.wanda, "case.open", None, AT)
    assert not access.may(cast.wanda, "case.open", cast.south, AT)
    for user in (cast.rita, cast.ada, cast.axel):
        assert not access.may(user, "person.add", None, AT)
        assert not access.may(user, "case.open", None, AT)


@pytest.mark.parametrize("unknown", ["no-uuid", "", "0", uuid4(), "\x00"])
def test_what_does_not_exist_is_absent_like_what_is_hidden(north: Any, unknown: Any) -> None:
    told = set()
    for door, pk in (
        (access.case, unknown),
        (access.record, unknown),
        (access.upload, unknown),
        (access.person, unknown),
        (access.case, north.case.pk),
    ):
        with pytest.raises(Absent) as absent:
            door(north.olive, pk, AT)
        told.add(str(absent.value))
    assert len(told) == 1


def test_a_refusal_says_who_may(north: Any) -> None:
    with pytest.raises(NotAllowed, match="Only managers of the case's team may close this case"):
        access.require(north.wanda, "case.close", north.case, AT)


def test_lists_cost_the_same_queries_for_one_row_and_for_many(north: Any) -> None:
    def queries() -> list[int]:
        counts = []
        for rows in (
            access.cases_for(north.wanda, AT).select_related("team", "worker"),
            access.records_for(north.wanda, AT).select_related("case", "form_version__form"),
            access.uploads_for(north.wanda, AT),
            access.persons_for(north.wanda, AT),
        ):
            with CaptureQueriesContext(connection) as captured:
                found = [str(row) for row in rows]
            assert found
            counts.append(len(captured))
        return counts

    one = queries()
    for _ in range(20):
        make_record(make_case(north.wanda, north.north), north.wanda, "small")
    assert queries() == one == [1, 1, 1, 1]


def test_lists_count_and_page_only_what_is_seen(north: Any) -> None:
    for _ in range(3):
        make_case(north.olive, north.south)
    assert access.cases_for(north.wanda, AT).count() == 1
    assert access.cases_for(north.olive, AT).count() == 3
    assert access.cases_for(north.rita, AT).count() == 4
    assert access.persons_for(north.rita, AT).count() == 4


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("draft", {"record.save", "record.submit", "record.abandon", "record.migrate"}),
        ("returned", {"record.save", "record.submit", "record.abandon", "record.migrate"}),
        ("submitted", {"record.sign", "record.return", "record.agree"}),
        ("signed", {"record.reopen", "record.agree"}),
        ("abandoned", set()),
    ],
)
def test_what_can_happen_to_a_record_in_each_state(status: str, expected: set[str]) -> None:
    verbs = {verb for verb, right in rights.VERBS.items() if right.states}
    assert {v for v in verbs if not rights.not_now(v, closed=False, status=status)} == expected
    assert all(rights.not_now(verb, closed=True, status=status) == rights.CLOSED for verb in verbs)
