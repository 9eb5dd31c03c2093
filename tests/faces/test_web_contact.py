"""A contact comes in: people, case and first record on one page, without scripts, nothing typed lost."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from casework.cases.models import Case, Record
from casework.clock import LONDON, london_day, now
from casework.people.models import Person
from tests.cast import Cast
from tests.faces.record_pages import inputs
from tests.faces.test_web_cases import case as open_case
from tests.faces.test_web_cases import early, person
from tests.faces.web_pages import browser, date_parts, errors, words

__all__ = ["early"]


def day(name: str, on: Any) -> dict[str, str]:
    return date_parts(name, on.day, on.month, on.year)


@pytest.fixture
def sent(early: Cast) -> dict[str, Any]:
    """What the page sends when all but the persons is filled in."""
    return {
        "command_id": str(uuid4()), "first": "child_in_need:referral", "team": str(early.north.pk),
        **day("came_on", london_day(now())), "came_at": "", "why": "The school rang",
        "start": "yes",
    }  # fmt: skip


def test_a_new_person_a_case_and_the_first_draft_ready_to_fill(
    early: Cast, sent: dict[str, Any]
) -> None:
    client = browser(early.wanda)
    typed = {
        **sent,
        "given_names": "Zelda",
        "family_name": "Quill",
        **date_parts("born_on", 3, 4, 2017),
    }
    landed = {client.post("/contact/", typed).headers["Location"] for _ in range(2)}
    record = Record.objects.select_related("case", "form_version").get()  # sent twice, done once
    (address,) = landed
    assert address.startswith(f"/records/{record.pk}/pages/")
    assert (record.form_version.form_id, record.status, record.author) == (
        "referral", "draft", early.wanda,
    )  # fmt: skip
    assert record.case.team == early.north
    (subject,) = record.subjects.all()
    assert (subject.name, subject.born_on.isoformat()) == ("Zelda Quill", "2017-04-03")
    page = client.get(address)
    assert page.status_code == 200
    assert "Zelda Quill" in words(page)
    assert "The school rang" in words(client.get(f"/cases/{record.case.pk}/"))


def test_who_is_here_is_found_and_chosen_with_a_new_one_beside_and_nothing_typed_is_lost(
    early: Cast, sent: dict[str, Any]
) -> None:
    client, noah = browser(early.wanda), person(early)
    more = {
        **sent, "given_names": "Zelda", "family_name": "Quill", "phone": "01632 960001",
        "came_at": "9.05", **date_parts("came_on", 31, 2, 2026), **date_parts("born_on", 3, 4, 2017),
    }  # fmt: skip
    del more["start"]
    kept = {name: value for name, value in more.items() if name != "command_id"}
    found = client.post("/contact/", {**more, "q": "noah", "find": "yes"})
    assert "Noah Marsh" in words(found)
    assert not errors(found)  # nothing is judged before it is started
    here = inputs(found.content.decode())
    assert {name: here.get(name) for name in kept} == {n: [v] for n, v in kept.items()}
    added = client.post("/contact/", {**more, "add": str(noah.pk)})
    here = inputs(added.content.decode())
    assert here["person"] == [str(noah.pk)]
    assert {name: here.get(name) for name in kept} == {n: [v] for n, v in kept.items()}
    wrong = client.post("/contact/", {**more, "person": str(noah.pk), "start": "yes"})
    assert [at for _says, at in errors(wrong)] == ["id_came_on-day"]
    here = inputs(wrong.content.decode())
    assert here["person"] == [str(noah.pk)]
    assert {name: here.get(name) for name in kept} == {n: [v] for n, v in kept.items()}
    yesterday = london_day(now()) - timedelta(days=1)
    done = client.post(
        "/contact/", {**more, **day("came_on", yesterday), "person": str(noah.pk), "start": "yes"}
    )
    assert done.status_code == 302
    record = Record.objects.get()
    assert {one.name for one in record.subjects.all()} == {"Noah Marsh", "Zelda Quill"}
    assert record.case.opened_at == datetime(
        yesterday.year, yesterday.month, yesterday.day, 9, 5, tzinfo=LONDON
    )


def test_who_may_be_the_same_is_shown_and_chosen_in_place_of_the_new_one(
    early: Cast, sent: dict[str, Any]
) -> None:
    client = browser(early.wanda)
    there = person(early, "Zelda", "Quill")
    typed = {**sent, "given_names": "Zelda", "family_name": "Quill"}
    shown = client.post("/contact/", typed)
    assert "This person may be here already" in words(shown)
    assert (Case.objects.count(), Person.objects.count()) == (0, 1)
    again = {name: value for name, value in typed.items() if name != "start"}
    instead = inputs(client.post("/contact/", {**again, "instead": str(there.pk)}).content.decode())
    assert instead["person"] == [str(there.pk)]
    assert (instead["given_names"], instead["family_name"]) == ([""], [""])
    assert (instead["first"], instead["why"]) == ([sent["first"]], [sent["why"]])
    other = client.post("/contact/", {**typed, "another": "yes"})
    assert other.status_code == 302
    assert Person.objects.count() == 2


def test_what_is_wrong_is_said_at_its_field_and_nothing_is_written(
    early: Cast, sent: dict[str, Any]
) -> None:
    client, noah = browser(early.wanda), person(early)
    chosen = {**sent, "person": str(noah.pk)}
    for wrong, link in (
        (sent, "id_given_names"),  # nobody
        ({**sent, "phone": "01632 960001"}, "id_given_names"),  # somebody without a name
        ({**chosen, "first": ""}, "id_first"),
        ({**chosen, "first": "child_in_need:closure"}, "id_first"),
        ({**chosen, "team": str(early.south.pk)}, "id_team"),
        ({**chosen, "came_at": "noon"}, "id_came_at"),
        ({**chosen, **day("came_on", london_day(now()) + timedelta(days=1))}, "id_came_on-day"),
        (
            {**sent, "given_names": "Zelda", "identifiers_nhs_number": "123"},
            "id_identifiers_nhs_number",
        ),
    ):
        response = client.post("/contact/", wrong)
        assert [at for _says, at in errors(response)] == [link]
        assert sent["why"] in response.content.decode()
    assert (Case.objects.count(), Record.objects.count(), Person.objects.count()) == (0, 0, 1)


def test_who_has_an_open_case_of_that_kind_is_not_opened_twice_and_no_person_is_left_over(
    early: Cast, sent: dict[str, Any]
) -> None:
    noah = person(early)
    open_case(early, noah)
    again = {**sent, "person": str(noah.pk), "given_names": "Zelda", "family_name": "Quill"}
    response = browser(early.wanda).post("/contact/", again)
    assert response.status_code == 200
    assert "There is a problem" in words(response)
    assert Person.objects.count() == 1
    assert Case.objects.count() == 1


def test_a_complaint_arrives_the_same_way(early: Cast, sent: dict[str, Any]) -> None:
    page = words(browser(early.wanda).get("/contact/"))
    assert "What is written first, in which kind of case?" in page
    typed = {**sent, "first": "complaint:complaint", "given_names": "Cora", "family_name": "Plain"}
    assert browser(early.wanda).post("/contact/", typed).status_code == 302
    record = Record.objects.select_related("case", "form_version").get()
    assert (record.case.case_type, record.form_version.form_id) == ("complaint", "complaint")


def test_it_is_reached_from_the_tray_the_search_and_my_work(early: Cast) -> None:
    client = browser(early.wanda)
    tray = client.get(f"/teams/{early.north.pk}/").content.decode()
    assert f'href="/contact/?team={early.north.pk}"' in tray
    assert 'href="/contact/"' in client.get("/").content.decode()
    nobody = client.get("/people/?q=Zelda").content.decode()
    assert 'href="/contact/?given_names=Zelda"' in nobody
    assert inputs(client.get("/contact/?given_names=Zelda").content.decode())["given_names"] == [
        "Zelda"
    ]
    person(early)
    assert 'href="/contact/?q=Noah"' in client.get("/people/?q=Noah").content.decode()
    for user in (early.rita, early.ada):
        assert "/contact/" not in browser(user).get("/").content.decode()
        assert browser(user).get("/contact/").status_code == 403
