"""Running cases move to a newer version of their type: previewed, moved, told; nothing goes missing."""

import json
from datetime import timedelta
from io import StringIO
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import call_command

from casetypes.models import CaseTypeVersion
from casetypes.publish import publish_case_type
from casework.cases.actions.upgrading import upgrade_case
from casework.cases.models import Case, Clock, Task
from casework.cases.upgrading import newer_version, older_cases, preview
from casework.cases.work import clocks_of, standings
from casework.ledger.models import Event
from casework.refusals import NotAllowed, NotNow, Refused
from tests.casetypes import document
from tests.cast import AT, Cast, make_case, make_person, publish_case_types
from tests.stored.test_working import LATER, signed

pytestmark = pytest.mark.django_db


@pytest.fixture
def running(library: Cast) -> tuple[Cast, Case]:
    """A case of two siblings with a signed plan."""
    publish_case_types(document("child_in_need"))  # what ships has more clocks, and grows
    people = [make_person(library.wanda, given).pk for given in ("Noah", "Poppy")]
    case = make_case(library.wanda, library.north, *people)
    signed(case, library.wanda, library.max, "child_in_need_plan")
    return library, Case.objects.get(pk=case.pk)


def published(cast: Cast, **changed: Any) -> CaseTypeVersion:
    """Another version: the assessment takes 20 working days, and there is no first clock."""
    new = document("child_in_need")
    new["clocks"] = [one for one in new["clocks"] if one["key"] == "assessment"]
    new["clocks"][0]["limit"] = {"n": 20, "unit": "working_days"}
    new.update(changed)
    return publish_case_type(new, by=cast.ada, at=AT, reason="Sooner")


def test_a_case_is_previewed_and_moved_once(running: Any) -> None:
    cast, case = running
    version = published(cast, upgrade=[{"from": 2, "clocks": "recompute"}])
    assert newer_version(case) == version
    seen = preview(case, version.pk, cast.max, LATER)
    assert (seen.refused, seen.stages) == ("", ())
    assert seen.tasks == Task.objects.filter(case=case).count()
    told = [
        (one.title, one.person and one.person.given_names, one.now.status) for one in seen.clocks
    ]
    assert told == [
        ("Decide on the referral", None, "cancelled"),
        ("Complete the assessment", "Noah", "running"),
        ("Complete the assessment", "Poppy", "running"),
    ]
    command = uuid4()
    for _ in range(2):  # the same command twice
        upgrade_case(
            case.pk, to_version=version.pk, why="Agreed", by=cast.max, at=LATER, command_id=command
        )
    case.refresh_from_db()
    assert case.type_version == version
    assert newer_version(case) is None
    due = {row.due_on for row in Clock.objects.filter(case=case, key="assessment")}
    assert due == {one.now.worked.due for one in seen.clocks[1:] if one.now.worked}
    # A clock that is gone is read as it was.
    gone = next(one for one in clocks_of(case, LATER) if one.kind.key == "referral_decision")
    assert gone.now.standing == "cancelled"
    assert [one.stage.key for one in standings(case)] == ["referral", "referral"]
    told = Event.objects.filter(stream=case.pk, kind="case.upgraded")
    assert [json.loads(event.refs)["to"] for event in told] == [version.number]


def test_who_may_not_and_what_cannot(running: Any) -> None:
    cast, case = running
    version = published(cast)
    with pytest.raises(NotAllowed):
        upgrade_case(case.pk, to_version=version.pk, why="x", by=cast.wanda, at=LATER)
    with pytest.raises(Refused):
        upgrade_case(case.pk, to_version=version.pk, why=" ", by=cast.max, at=LATER)
    with pytest.raises(NotNow, match="clock"):
        upgrade_case(case.pk, to_version=version.pk, why="x", by=cast.max, at=LATER)
    with pytest.raises(Refused, match="already"):
        upgrade_case(case.pk, to_version=case.type_version_id, why="x", by=cast.max, at=LATER)
    assert preview(case, version.pk, cast.max, LATER).refused
    assert not Event.objects.filter(kind="case.upgraded").exists()


def test_only_cases_of_the_managers_teams(running: Any) -> None:
    cast, case = running
    assert list(older_cases(cast.max, LATER)) == []
    published(cast)
    assert list(older_cases(cast.max, LATER)) == [case]
    assert list(older_cases(cast.omar, LATER)) == []
    assert list(older_cases(cast.wanda, LATER)) == []


def test_who_publishes_is_told_what_stays_behind(running: Any, tmp_path: Any) -> None:
    _cast, _case = running
    new = document("child_in_need")
    new["clocks"][1]["limit"] = {"n": 20, "unit": "working_days"}
    path = tmp_path / "new.json"
    path.write_text(json.dumps(new), encoding="utf-8")
    out = StringIO()
    call_command("casetype", "check", str(path), stdout=out)
    assert "1 running case of version 2 cannot move to it: The limit of" in out.getvalue()


def test_clocks_that_keep_their_limit_are_not_touched(running: Any) -> None:
    cast, case = running
    version = published(cast, upgrade=[{"from": 2, "clocks": "keep"}])
    before = list(
        Clock.objects.filter(case=case, key="assessment").values_list("cycles", flat=True)
    )
    upgrade_case(case.pk, to_version=version.pk, why="x", by=cast.max, at=LATER)
    after = list(Clock.objects.filter(case=case, key="assessment").values_list("cycles", flat=True))
    assert before == after
    with pytest.raises(Refused):
        upgrade_case(
            case.pk, to_version=version.pk, why="x", by=cast.max, at=LATER + timedelta(hours=1)
        )
