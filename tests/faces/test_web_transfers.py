"""Cases between teams on the pages: proposed, answered from the other team's tray, taken back."""

import re
from uuid import uuid4

import pytest

from casework.accounts.models import Role, RoleGrant
from casework.cases.actions.transferring import propose_transfer
from casework.cases.models import Case, Task, Transfer
from casework.clock import now
from casework.notices.telling import tell_events
from tests.cast import Cast
from tests.faces.test_web_cases import case as open_case
from tests.faces.test_web_cases import early
from tests.faces.web_pages import browser, errors, words
from tests.stored.test_transfers import ends

__all__ = ["early"]
WHY = "The family has moved south"


@pytest.fixture
def case(early: Cast) -> Case:
    """A case with an open action."""
    this = open_case(early)
    Task.objects.create(
        case=this, key="plan_action.row", template="plan_action", title="Ring the school",
        created_at=now(), changed_at=now(),
    )  # fmt: skip
    return this


def sent(**more: str) -> dict[str, str]:
    return {"command_id": str(uuid4()), **more}


def proposed(cast: Cast, case: Case) -> Transfer:
    return propose_transfer(case.pk, cast.south, why=WHY, tasks=ends(case), by=cast.max, at=now())


def test_a_case_is_proposed_and_the_page_says_where_it_stands(early: Cast, case: Case) -> None:
    client, task = browser(early.max), Task.objects.get()
    assert "Propose to another team" in words(client.get(f"/cases/{case.pk}/"))
    address = f"/cases/{case.pk}/transfer/"
    page = client.get(address).content.decode()
    assert "Ring the school" in page
    assert 'value="carry" checked' in page.replace("  ", " ")
    typed = sent(to_team=str(early.south.pk), **{f"end-{task.pk}": "carry", f"why-{task.pk}": ""})
    for wrong, link in (
        ({**typed, "why": WHY, "to_team": ""}, "id_to_team"),
        ({**typed, "why": WHY, "to_team": str(early.north.pk)}, "id_to_team"),
        ({**typed, "why": ""}, "id_why"),
        ({**typed, "why": WHY, f"end-{task.pk}": "close"}, f"id_why-{task.pk}"),
    ):
        response = client.post(address, wrong)
        assert [at for _says, at in errors(response)] == [link]
        assert wrong["why"] in response.content.decode()  # nothing typed is lost
    same = {**typed, "why": WHY}
    for _ in range(2):  # sent twice, proposed once
        assert client.post(address, same).status_code == 302
    row = Transfer.objects.get()
    page_words = words(client.get(f"/cases/{case.pk}/"))
    assert "Max Manager proposed this case to South" in page_words
    assert WHY in page_words
    assert "proposed the case to South" in page_words  # what happened last
    assert "Propose to another team" not in page_words
    assert client.get(address).headers["Location"] == f"/transfers/{row.pk}/"


def test_the_other_team_answers_from_its_tray(early: Cast, case: Case) -> None:
    row, client = proposed(early, case), browser(early.omar)
    assert "Proposed by others" in words(client.get("/"))
    tray = client.get(f"/teams/{early.south.pk}/?show=transfers")
    page = words(tray)
    assert case.reference in page
    assert WHY in page
    assert f'href="/transfers/{row.pk}/"' in tray.content.decode()
    assert f"/cases/{case.pk}/" not in tray.content.decode()
    assert client.get(f"/cases/{case.pk}/").status_code == 404
    address = f"/transfers/{row.pk}/"
    assert "It waits for the answer of South" in words(client.get(address))
    assert [at for _says, at in errors(client.post(address, sent()))] == ["id_answer"]
    wrong = client.post(address, sent(answer="refuse", worker="", why=" "))
    assert [at for _says, at in errors(wrong)] == ["id_why"]
    taken = sent(answer="accept", worker=str(early.olive.pk), why="")
    answered = client.post(address, taken)
    assert answered.headers["Location"] == f"/cases/{case.pk}/"
    case.refresh_from_db()
    assert (case.team, case.worker) == (early.south, early.olive)
    page = words(browser(early.olive).get(f"/cases/{case.pk}/"))
    assert "took the case over for South" in page
    assert "South took it over on" in page
    late = client.post(address, sent(answer="refuse", why="x"))
    assert late.status_code == 409
    assert "taken over by South already" in words(late)
    # Of the team that it came from, the manager still reads how it went, and no more.
    ours = words(browser(early.max).get(f"/teams/{early.north.pk}/?show=transfers"))
    assert case.reference in ours
    assert "Taken over" in ours
    assert "Not shown any more" in ours
    assert browser(early.max).get(f"/transfers/{row.pk}/").status_code == 200
    assert browser(early.max).get(f"/cases/{case.pk}/").status_code == 404
    assert browser(early.wanda).get(f"/transfers/{row.pk}/").status_code == 404


def test_a_refusal_is_read_by_who_proposed_it(early: Cast, case: Case) -> None:
    row = proposed(early, case)
    refused = browser(early.omar).post(
        f"/transfers/{row.pk}/", sent(answer="refuse", why="We have no room")
    )
    assert refused.headers["Location"] == f"/teams/{early.south.pk}/"
    assert browser(early.omar).get(f"/transfers/{row.pk}/").status_code == 404
    page = words(browser(early.wanda).get(f"/cases/{case.pk}/"))
    assert "South refused it on" in page
    assert "We have no room" in page
    assert "refused the case for South" in page


def test_a_proposal_is_taken_back_by_the_team_that_made_it(early: Cast, case: Case) -> None:
    row = proposed(early, case)
    back = f"/transfers/{row.pk}/withdraw/"
    assert "Take it back" in words(browser(early.max).get(f"/transfers/{row.pk}/"))
    for user, status in ((early.wanda, 403), (early.omar, 404), (early.olive, 404)):
        assert browser(user).post(back, sent()).status_code == status
        assert "Take it back" not in words(browser(user).get(f"/transfers/{row.pk}/"))
    same = sent(why="They stay")
    for _ in range(2):  # sent twice, taken back once
        assert browser(early.max).post(back, same).status_code == 302
    assert Transfer.objects.get().status == Transfer.WITHDRAWN
    assert browser(early.omar).get(f"/transfers/{row.pk}/").status_code == 404
    assert "withdrew the proposal to South" in words(browser(early.max).get(f"/cases/{case.pk}/"))


def test_workers_of_either_team_answer_nothing(early: Cast, case: Case) -> None:
    row = proposed(early, case)
    for user in (early.wanda, early.rita):
        page = browser(user).get(f"/transfers/{row.pk}/")
        assert "What does your team answer" not in words(page)
        response = browser(user).post(f"/transfers/{row.pk}/", sent(answer="accept"))
        assert response.status_code == 403
    tray = words(browser(early.olive).get(f"/teams/{early.south.pk}/?show=transfers"))
    assert case.reference not in tray
    assert "The managers of this team see here what is proposed to it" in tray
    assert Case.objects.get(pk=case.pk).team == early.north


def test_a_notice_leads_to_the_proposal(early: Cast, case: Case) -> None:
    row = proposed(early, case)
    tell_events(now())
    client = browser(early.omar)
    page = client.get("/notices/")
    assert f"{case.reference} is proposed to your team" in words(page)
    found = re.search(r'href="(/notices/[0-9a-f-]{36}/)"', page.content.decode())
    assert found
    assert client.get(found[1]).headers["Location"] == f"/transfers/{row.pk}/"


def test_who_manages_both_teams_sees_both_sides(early: Cast, case: Case) -> None:
    RoleGrant.objects.create(
        user=early.max, role=Role.MANAGER, team=early.south, granted_at=case.opened_at
    )
    row = proposed(early, case)
    page = words(browser(early.max).get(f"/transfers/{row.pk}/"))
    assert "What does your team answer" in page
    assert "Take it back" in page
