"""Cases on the pages: opened, found in lists, changed, told; every refusal says who may."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from casework.accounts.models import RoleGrant
from casework.cases.actions.allocating import allocate
from casework.cases.actions.cases import open_case
from casework.cases.actions.records import save_page, start_record
from casework.cases.models import Case, CaseAccess, RecordPage
from casework.clock import now
from casework.people.actions import add_person
from casework.people.models import Person
from formdefs.versions import form_of
from tests.cast import Cast
from tests.faces.web_pages import browser, date_parts, errors, words


@pytest.fixture
def early(library: Cast) -> Cast:
    """The cast, in their roles since yesterday, with the library published."""
    RoleGrant.objects.update(granted_at=now() - timedelta(days=1))
    return library


def person(cast: Cast, given: str = "Noah", family: str = "Marsh") -> Person:
    return add_person(by=cast.wanda, at=now(), why="x", given_names=given, family_name=family)


def case(cast: Cast, *people: Person) -> Case:
    ids = [one.pk for one in people or (person(cast),)]
    return open_case(
        case_type="child_in_need", team=cast.north, subjects=ids, by=cast.wanda, at=now()
    )


def sent(**more: str) -> dict[str, str]:
    return {"why": "As agreed", "command_id": str(uuid4()), **more}


def test_a_case_is_opened_on_one_page_without_scripts_and_nothing_typed_is_lost(
    early: Cast,
) -> None:
    noah, poppy = person(early), person(early, "Poppy")
    client = browser(early.wanda)
    typed = {"why": "Two calls from the school", "team": str(early.north.pk)}
    found = client.post("/cases/open/", {**typed, "q": "mar", "find": "yes"})
    assert f'name="add" value="{noah.pk}"' in found.content.decode()
    assert "Two calls from the school" in found.content.decode()
    chosen = client.post("/cases/open/", {**typed, "person": str(noah.pk), "add": str(poppy.pk)})
    assert chosen.content.decode().count('type="hidden" name="person"') == 2
    one_off = client.post(
        "/cases/open/", {**typed, "person": [str(noah.pk), str(poppy.pk)], "remove": str(noah.pk)}
    )
    assert f'type="hidden" name="person" value="{noah.pk}"' not in one_off.content.decode()
    opened = client.post(
        "/cases/open/",
        {
            **typed,
            "case_type": "child_in_need",
            "person": [str(noah.pk), str(poppy.pk)],
            "open": "yes",
            "command_id": str(uuid4()),
        },
    )
    page = words(client.get(opened["Location"]))
    assert "Noah Marsh, Poppy Marsh" in page
    assert "Two calls from the school" in page


def test_opening_the_same_form_twice_opens_one_case(early: Cast) -> None:
    client = browser(early.wanda)
    form = {
        **sent(case_type="child_in_need", team=str(early.north.pk), open="yes"),
        "person": str(person(early).pk),
    }
    assert (
        client.post("/cases/open/", form)["Location"]
        == client.post("/cases/open/", form)["Location"]
    )
    assert Case.objects.count() == 1


def test_a_case_without_persons_is_refused_above_the_form(early: Cast) -> None:
    form = sent(case_type="child_in_need", team=str(early.north.pk), open="yes")
    page = words(browser(early.wanda).post("/cases/open/", form))
    assert "Choose who the case is about" in page


def test_my_cases_come_first_and_those_of_other_teams_not_at_all(early: Cast) -> None:
    mine = case(early)
    others = case(early, person(early, "Poppy"))
    allocate(mine.pk, early.wanda, by=early.max, at=now())
    page = words(browser(early.wanda).get("/"))
    assert page.index("Allocated to me") < page.rindex(mine.reference)
    assert others.reference not in page
    tray = words(browser(early.wanda).get(f"/teams/{early.north.pk}/"))
    assert others.reference in tray
    assert mine.reference not in tray
    assert mine.reference not in words(browser(early.olive).get("/"))


def test_the_list_is_filtered_and_paged_and_costs_the_same_whatever_its_length(early: Cast) -> None:
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            client.get("/cases/")
        return len(captured)

    client = browser(early.wanda)
    case(early)
    client.get("/cases/")
    few = queries()
    for _ in range(29):
        case(early)
    assert queries() == few
    first = client.get("/cases/?state=open&whose=nobody")
    assert first.content.decode().count('scope="row"') == 25
    assert "Next page" in words(first)
    assert "There are no such cases." in words(client.get("/cases/?whose=mine"))
    assert "There are no such cases." in words(client.get("/cases/?state=closed"))


def test_a_manager_allocates_with_a_reason_and_the_case_tells(early: Cast) -> None:
    this = case(early)
    client = browser(early.max)
    form = sent(worker=str(early.wilf.pk))
    assert client.post(f"/cases/{this.pk}/allocate/", form).status_code == 302
    page = words(client.get(f"/cases/{this.pk}/"))
    assert "Max Manager allocated the case to Wilf Worker" in page
    assert "As agreed" in page


@pytest.mark.parametrize("what", ["allocate", "close", "access"])
def test_a_worker_is_told_who_may(early: Cast, what: str) -> None:
    response = browser(early.wanda).get(f"/cases/{case(early).pk}/{what}/")
    assert response.status_code == 403
    assert "Only managers of the case's team may" in words(response)


def test_a_case_with_a_draft_is_not_closed_and_says_what_to_do(early: Cast) -> None:
    this, client = case(early), browser(early.max)
    subjects = [part.person_id for part in this.subjects.all()]
    start_record(this.pk, form_key="referral", subjects=subjects, by=early.wanda, at=now())
    body = client.get(f"/cases/{this.pk}/close/").content.decode()
    reason = body.split('name="reason_code" type="radio" value="')[1].split('"')[0]
    page = words(client.post(f"/cases/{this.pk}/close/", sent(reason_code=reason)))
    assert "This case has 1 unfinished record. Sign or abandon every record" in page
    assert Case.objects.get().closed_at is None


def test_a_closed_case_says_why_and_offers_nothing(early: Cast) -> None:
    this, client = case(early), browser(early.max)
    body = client.get(f"/cases/{this.pk}/close/").content.decode()
    reason = body.split('name="reason_code" type="radio" value="')[1].split('"')[0]
    assert client.post(f"/cases/{this.pk}/close/", sent(reason_code=reason)).status_code == 302
    page = client.get(f"/cases/{this.pk}/")
    assert "Closed on" in words(page)
    assert "Start a record" not in words(page)
    refused = client.get(f"/cases/{this.pk}/allocate/")
    assert refused.status_code == 409
    assert "This case is closed: nothing more is written in it." in words(refused)


def test_a_subject_joins_and_leaves_with_a_reason(early: Cast) -> None:
    this, poppy, client = case(early), person(early, "Poppy"), browser(early.wanda)
    added = client.post(f"/cases/{this.pk}/subjects/add/?q=poppy", sent(person=str(poppy.pk)))
    assert added.status_code == 302
    assert "Wanda Worker added Poppy Marsh to the case" in words(client.get(f"/cases/{this.pk}/"))
    today = now().date()
    end = f"/cases/{this.pk}/subjects/{poppy.pk}/end/"
    early_day = client.post(end, sent(**date_parts("on", 1, 1, 2020)))
    assert [link for _says, link in errors(early_day)] == ["id_on-day"]
    client.post(end, sent(**date_parts("on", today.day, today.month, today.year)))
    assert "ended the part of Poppy Marsh" in words(client.get(f"/cases/{this.pk}/"))


def test_who_is_kept_out_sees_nothing_until_that_is_ended(early: Cast) -> None:
    this, manager = case(early), browser(early.max)
    address = f"/cases/{this.pk}/access/"
    manager.post(address, sent(user=str(early.wilf.pk), effect="deny"))
    wilf = browser(early.wilf)
    assert wilf.get(f"/cases/{this.pk}/").status_code == 404
    assert "Max Manager kept Wilf Worker out of the case" in words(
        manager.get(f"/cases/{this.pk}/")
    )
    exception = CaseAccess.objects.get()
    assert "Kept out" in words(manager.get(address))
    manager.post(address, {"end": str(exception.pk), "command_id": str(uuid4())})
    assert wilf.get(f"/cases/{this.pk}/").status_code == 200


def test_what_waits_for_a_signature_is_on_the_managers_first_page(early: Cast) -> None:
    from casework.cases.actions.signing import submit
    from formdefs.versions import form_of, newest
    from tests.cast import sample_answers

    form, answers = form_of(newest("referral").pk), sample_answers("referral")
    pages: dict[str, Any] = {
        page.id: {key: answers[key] for key in form.keys_of(page.id) & answers.keys()}
        for page in form.pages
    }
    this = case(early)
    subjects = [part.person_id for part in this.subjects.all()]
    record = start_record(
        this.pk, form_key="referral", subjects=subjects, by=early.wanda, at=now(), pages=pages
    )
    assert "I am writing it" in words(browser(early.wanda).get("/"))
    submit(record.pk, seen=None, by=early.wanda, at=now())
    assert "To sign, written by Wanda Worker" in words(browser(early.max).get("/"))
    assert "To sign, written" not in words(browser(early.wanda).get("/"))
    assert "written by Wanda Worker" in words(browser(early.max).get("/?kind=to_sign"))


def test_what_one_person_does_again_and_again_is_told_once(early: Cast) -> None:
    this = case(early)
    about = [one.person_id for one in this.subjects.all()]
    record = start_record(this.pk, form_key="referral", subjects=about, by=early.wanda, at=now())
    page = form_of(record.form_version_id).pages[0]
    for number in range(3):
        written = {"received_at": f"2026-11-0{number + 1}T09:00:00Z"}
        seen = RecordPage.objects.filter(record=record, page=page.id).first()
        version = seen.version if seen else 0
        save_page(record.pk, page.id, written, seen_version=version, by=early.wanda, at=now())
    shown = words(browser(early.wanda).get(f"/cases/{this.pk}/"))
    assert "saved pages of “Referral”, 3 times" in shown
    assert "saved a page of" not in shown
    whole = words(browser(early.wanda).get(f"/cases/{this.pk}/history/"))
    assert whole.count("saved a page of “Referral”") == 3
