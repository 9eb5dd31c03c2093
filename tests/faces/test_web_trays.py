"""Allocating on the pages: in two clicks by a manager, taken by a worker, ended with a reason."""

from datetime import timedelta
from uuid import uuid4

import pytest

from casework.accounts.models import RoleGrant
from casework.cases.actions.cases import open_case
from casework.cases.models import Allocation, Case
from casework.clock import now
from casework.people.actions import add_person
from tests.cast import Cast
from tests.faces.web_pages import browser, errors, words


@pytest.fixture
def early(cast: Cast) -> Cast:
    """The cast, in their roles since yesterday."""
    RoleGrant.objects.update(granted_at=now() - timedelta(days=1))
    return cast


@pytest.fixture
def case(early: Cast) -> Case:
    noah = add_person(by=early.wanda, at=now(), why="x", given_names="Noah", family_name="Marsh")
    return open_case(
        case_type="child_in_need", team=early.north, subjects=[noah.pk], by=early.wanda, at=now()
    )


def sent(**more: str) -> dict[str, str]:
    return {"command_id": str(uuid4()), **more}


def test_allocating_is_one_button_with_a_reason_chosen_already(early: Cast, case: Case) -> None:
    client, address = browser(early.max), f"/cases/{case.pk}/allocate/"
    body = client.get(address).content.decode()
    assert f'name="worker" value="{early.wilf.pk}"' in body
    chosen = body.split('name="reason"')[1].split(">")[0]
    assert 'value="Has room for it"' in chosen
    assert "checked" in chosen
    shown = {"role": "allocated_worker", "reason": "Has room for it", "why": ""}
    client.post(address, sent(**shown, worker=str(early.wilf.pk)))
    row = Allocation.objects.get()
    assert (row.user, row.lead, row.reason) == (early.wilf, True, "Has room for it")
    page = words(client.get(f"/cases/{case.pk}/"))
    assert "Wilf Worker , allocated worker" in page
    assert "by Max Manager: Has room for it" in page


def test_what_is_wrong_is_said_at_its_field(early: Cast, case: Case) -> None:
    client, address = browser(early.max), f"/cases/{case.pk}/allocate/"
    for wrong, link in (
        ({"reason": "Has room for it"}, "id_worker"),
        ({"worker": str(early.olive.pk), "reason": "Has room for it"}, "id_worker"),
        ({"worker": str(early.wilf.pk)}, "id_reason"),
        ({"worker": str(early.wilf.pk), "why": "x", "role": "lord"}, "id_role"),
    ):
        assert [at for _says, at in errors(client.post(address, sent(**wrong)))] == [link]
    assert not Allocation.objects.exists()


def test_a_worker_takes_a_case_once_and_a_second_is_told_who_has_it(
    early: Cast, case: Case
) -> None:
    page = browser(early.wanda).get(f"/cases/{case.pk}/")
    assert "Take this case" in words(page)
    assert "It is in the tray of North" in words(page)
    assert browser(early.wanda).post(f"/cases/{case.pk}/take/", sent()).status_code == 302
    late = browser(early.wilf).post(f"/cases/{case.pk}/take/", sent())
    assert late.status_code == 409
    assert "Wanda Worker has this case already" in words(late)
    assert "Take this case" not in words(browser(early.wilf).get(f"/cases/{case.pk}/"))


def test_an_allocation_ends_with_a_reason_and_can_still_be_read(early: Cast, case: Case) -> None:
    browser(early.wanda).post(f"/cases/{case.pk}/take/", sent())
    row, client = Allocation.objects.get(), browser(early.max)
    address = f"/cases/{case.pk}/allocations/{row.pk}/end/"
    assert [at for _says, at in errors(client.post(address, sent()))] == ["id_why"]
    client.post(address, sent(why="On leave"))
    page = words(client.get(f"/cases/{case.pk}/"))
    assert "Who worked with it before (1)" in page
    assert "Ended: On leave" in page
    assert "ended the allocation of the case to Wanda Worker" in page
