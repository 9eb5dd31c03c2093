"""Whom an answer may name by id: persons whom the saver sees, and workers who are here now."""

from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from casework.cases.actions.records import save_page
from casework.cases.actions.sharing import grant_access
from casework.cases.unmasked import answers_of
from casework.people.models import Person
from casework.refusals import Refused
from formdefs.publish import publish
from tests.cast import AT, make_case, make_person, make_record
from tests.faces.api_client import Api, problem
from tests.stored.small_form import FORM, without

pytestmark = pytest.mark.django_db


def ask(key: str, kind: str) -> dict[str, Any]:
    """A question whose id is made of its key."""
    return {"id": f"q{key}1", "kind": "question", "key": key, "type": kind, "label": key.title()}


ROWS = {
    "id": "rrow1",
    "kind": "repeat",
    "key": "rows",
    "label": "Rows",
    "items": [ask("who", "person")],
}
PAGES = [
    {"id": "page1", "key": "first", "title": "First",
     "items": [ask("mother", "person"), ask("family", "people"), ask("visitor", "worker"), ROWS]},
    {"id": "page2", "key": "second", "title": "Second", "items": [ask("story", "text")]},
]  # fmt: skip


@pytest.fixture
def draft(cast: Any) -> SimpleNamespace:
    """The cast, a draft by Wanda of a form that asks for people, and a child only the South sees."""
    publish({**without(FORM, "occurred"), "pages": PAGES}, by=cast.ada, at=AT, reason="For a test")
    hidden = make_person(cast.olive, "Hidden")
    make_case(cast.olive, cast.south, hidden.id)
    case = make_case(cast.wanda, cast.north)
    child = case.subjects.get().person
    record = make_record(case, cast.wanda, "small")
    return SimpleNamespace(
        **vars(cast), case=case, child=child, hidden=hidden, record=record, id=record.id
    )


def called(person: Person) -> dict[str, str]:
    """The answer that names a person."""
    return {"id": str(person.pk), "name": person.name}


def save(draft: Any, answers: Any, seen: int = 0, page: str = "first", **more: Any) -> Any:
    """What is kept of a page that Wanda sends."""
    sent = {"seen_version": seen, "by": draft.wanda, "at": AT} | more
    return save_page(draft.id, page, answers, **sent).answers


def refused(draft: Any, answers: Any, *args: Any, **more: Any) -> list[tuple[str, str]]:
    """The path and message of each problem of a refusal with the code `unknown_code`."""
    with pytest.raises(Refused) as refusal:
        save(draft, answers, *args, **more)
    assert {found.code for found in refusal.value.problems} == {"unknown_code"}
    return [(".".join(found.path), found.message) for found in refusal.value.problems]


def test_those_whom_the_saver_sees_and_those_without_an_id_are_taken(draft: Any) -> None:
    answers = {
        "mother": {"name": "Mara"},
        "family": [called(draft.child), {"name": "Gran"}],
        "visitor": {"id": str(draft.omar.uid), "name": "Omar Manager"},
        "rows": [{"_id": "aaaaaaaa", "who": called(draft.child)}],
    }
    assert save(draft, answers) == answers


def test_somebody_whom_the_saver_may_not_see_is_refused_as_if_there_were_nobody(
    draft: Any,
) -> None:
    unseen = "choose a person you can see, or type the name"
    for one in (called(draft.hidden), {"id": str(uuid4()), "name": "Hidden Example"}):
        sent = {
            "mother": one,
            "family": [called(draft.child), one],
            "rows": [{"_id": "aaaaaaaa", "who": one}],
        }
        assert refused(draft, sent) == [
            ("mother", f"“Mother”: {unseen}"),
            ("family", f"“Family”: {unseen}"),
            ("rows.aaaaaaaa.who", f"“Who”: {unseen}"),
        ]
    assert answers_of(draft.record) == {}


def test_whoever_stands_in_the_answer_may_stay_but_not_move_to_another(draft: Any) -> None:
    grant_access(draft.case.id, draft.olive, "allow", why="Both", by=draft.max, at=AT)
    hers = {"family": [called(draft.hidden)]}
    save(draft, hers, by=draft.olive)
    kept = {**hers, "mother": {"name": "Mara"}}
    assert save(draft, kept, 1) == kept
    assert refused(draft, {**hers, "mother": called(draft.hidden)}, 2)[0][0] == "mother"
    save(draft, {"mother": {"name": "Mara"}}, 2)
    assert save(draft, {**kept, "rows": [{"_id": "aaaaaaaa"}]}, 2) == {
        "mother": {"name": "Mara"},
        "rows": [{"_id": "aaaaaaaa"}],
    }
    assert refused(draft, kept, 4)[0][0] == "family"


def test_a_worker_is_somebody_who_works_here_now(draft: Any) -> None:
    wilf = {"visitor": {"id": str(draft.wilf.uid), "name": "Wilf Worker"}}
    save(draft, wilf)
    draft.wilf.is_active = False
    draft.wilf.save()
    rows = [{"_id": "aaaaaaaa"}]
    assert save(draft, {**wilf, "rows": rows}, 1)["visitor"] == wilf["visitor"]
    save(draft, {"rows": rows}, 2)
    says = "“Visitor”: choose somebody who works here now"
    assert refused(draft, wilf, 3) == [("visitor", says)]
    assert refused(draft, {"visitor": {"id": str(uuid4()), "name": "Nobody"}}, 3) == [
        ("visitor", says)
    ]
    assert refused(draft, {"visitor": called(draft.child)}, 3) == [("visitor", says)]


def test_a_record_does_not_start_with_them_nor_does_the_api_take_them(draft: Any) -> None:
    sent = {"mother": called(draft.hidden)}
    with pytest.raises(Refused):
        make_record(draft.case, draft.wanda, "small", pages={"first": sent})
    answer = Api(draft.wanda).put(
        f"/records/{draft.id}/pages/first", {"answers": sent}, If_Match='"0"'
    )
    found = problem(answer, 422, "refused")["problems"]
    assert [(one["path"], one["code"]) for one in found] == [("mother", "unknown_code")]


def test_only_those_newly_named_cost_a_query(draft: Any) -> None:
    family = [called(draft.child), called(make_person(draft.wanda, "Ben"))]
    rows = [{"_id": "aaaaaaaa", "who": called(draft.child)}]
    counts = []
    for seen, page, answers in (
        (0, "second", {"story": "x"}),
        (0, "first", {"mother": {"name": "Mara"}}),
        (1, "first", {"family": family, "rows": rows}),
        (2, "first", {"family": family[:1], "rows": rows}),
    ):
        with CaptureQueriesContext(connection) as queries:
            save(draft, answers, seen, page)
        counts.append(len(queries))
    assert [count - counts[0] for count in counts] == [0, 0, 1, 0]
