"""Chains of signatures, returns with comments and what changed since, as people see them over HTTP."""

import html
import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from casework.accounts.marks import load_marks
from casework.accounts.models import MarkSight
from casework.cases.actions.marking import mark_answer
from casework.cases.actions.records import save_page
from casework.cases.actions.returning import return_record
from casework.cases.actions.signing import submit
from casework.cases.models import Record, SignOff, Snapshot, Status
from formdefs.shipped import marks as shipped_marks
from tests.cast import AT
from tests.chained import DEAR, make_chained
from tests.faces.web_pages import browser, errors, words

pytestmark = pytest.mark.django_db
COST = "needs.rowaaaaa.cost"


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("casework.clock.now", lambda: AT + timedelta(hours=9))


@pytest.fixture
def chained(cast: Any) -> Any:
    made = make_chained(cast)
    submit(made.id, seen=None, by=made.wanda, at=AT + timedelta(hours=1))
    return made


def at(name: str, it: Any, **more: Any) -> str:
    return reverse(f"web:{name}", kwargs={"record_id": it.id, **more})


def shown(it: Any) -> str:
    return Snapshot.objects.filter(record=it.id).latest("revision", "attempt").sha256


def signs(it: Any, client: Client, **sent: str) -> Any:
    return client.post(at("record-sign", it), {"sha256": shown(it), "comment": "", **sent})


def returned(it: Any, by: Any, hour: int = 3, **questions: str) -> None:
    beside = {name.replace("__", "."): said for name, said in questions.items()}
    return_record(
        it.id, comment="", questions=beside, seen_sha256=shown(it), by=by,
        at=AT + timedelta(hours=hour),
    )  # fmt: skip


def mended(it: Any, cost: int = 550) -> None:
    """Wanda changes what the bed costs, and submits it again."""
    needs = [{**DEAR[0], "cost": cost}, DEAR[1]]
    save_page(
        it.id, "plan", {"needs": needs}, seen_version=1, by=it.wanda, at=AT + timedelta(hours=4)
    )
    submit(it.id, seen=None, by=it.wanda, at=AT + timedelta(hours=5))


def test_each_signer_sees_only_what_waits_for_them(chained: Any) -> None:
    max_, mia = browser(chained.max), browser(chained.mia)
    for client in (max_, mia):
        page = client.get(reverse("web:to-sign"))
        assert "Small form Testina" in words(page)
        assert "a manager of the team, signature 1 of 2" in words(page)
        assert "Waiting for my signature" in words(client.get(reverse("web:home")))
    assert signs(chained, max_, comment="It is right.").status_code == 302
    page = words(max_.get(reverse("web:to-sign")))
    assert "You have signed Small form. It waits for: Head of service, signature 2 of 2." in page
    assert "Nothing waits for your signature here." in page
    assert "Head of service, signature 2 of 2" in words(mia.get(reverse("web:to-sign")))
    page = max_.get(at("record", chained))
    assert "Waits for Head of service, signature 2 of 2" in words(page)
    assert "another manager" in words(page)
    case = reverse("web:case", args=[chained.case.pk])
    assert "waiting for a signature: Head of service, signature 2 of 2" in words(max_.get(case))
    assert signs(chained, mia, comment="Pay it.").status_code == 302
    for name in ("record", "record-print", "record-history"):
        page = words(mia.get(at(name, chained)))
        assert "It is right." in page, name
        assert "Pay it." in page, name
    page = words(mia.get(at("record-history", chained)))
    for said in ("Signed as – a manager of the team", "Signed as – Head of service"):
        assert said in page
    page = words(mia.get(at("record", chained)))
    assert page.index("Max Manager") < page.index("Signed as Head of service Mia Manager")


def test_who_was_late_signs_nothing_else_and_loses_no_words(chained: Any) -> None:
    sent = {"step": "0", "comment": "It is <right>.", "sha256": shown(chained)}
    mia, max_ = browser(chained.mia), browser(chained.max)
    page = max_.get(at("record", chained)).content.decode()
    assert 'name="step" value="0"' in page
    signs(chained, mia, step="0")
    late = max_.post(at("record-sign", chained), sent)
    assert late.status_code == 409
    assert "Somebody has signed this record since you opened it" in words(late)
    assert "It is &lt;right&gt;.</textarea>" in late.content.decode()
    assert SignOff.objects.count() == 1
    signs(chained, max_, step="1")
    gone = max_.post(at("record-sign", chained), sent)
    assert gone.status_code == 409
    assert "What you typed was not sent It is <right>." in words(gone)


def test_one_press_too_many_signs_once(chained: Any) -> None:
    max_, sent = browser(chained.max), {"command_id": str(uuid4())}
    for _ in range(2):
        assert signs(chained, max_, **sent).status_code == 302
    assert SignOff.objects.count() == 1


def test_the_list_is_one_query_however_long_and_goes_on_by_cursor(
    chained: Any, django_assert_max_num_queries: Any
) -> None:
    from casework.cases.actions.records import start_record

    subjects = list(chained.case.subjects.values_list("person_id", flat=True))
    for _ in range(26):
        record = start_record(
            chained.case.pk, form_key="small", subjects=subjects, by=chained.wanda, at=AT,
            pages={"page1": {"seen": True}},
        )  # fmt: skip
        submit(record.pk, seen=None, by=chained.wanda, at=AT + timedelta(hours=2))
    client = browser(chained.max)
    with django_assert_max_num_queries(25):
        page = client.get(reverse("web:to-sign"))
    assert page.content.count(b"Small form</a>") == 25
    following = re.search(r'href="(\?after=[^"]+)" rel="next"', page.content.decode())
    assert following
    address = reverse("web:to-sign") + html.unescape(following[1])
    assert client.get(address).content.count(b"Small form</a>") == 2


def test_a_return_says_at_each_question_what_to_change(chained: Any) -> None:
    max_, wanda = browser(chained.max), browser(chained.wanda)
    page = max_.get(at("record-return", chained))
    for name in ("story", COST, "needs.rowaaaaa"):
        assert f'name="about.{name}"' in page.content.decode(), name
    sent = {"sha256": shown(chained), "comment": "", f"about.{COST}": "Is <600> right?",
            "about.story": "  ", "about.needs.rowbbbbb": "Which food?"}  # fmt: skip
    assert max_.post(at("record-return", chained), sent).status_code == 302
    assert Record.objects.get(pk=chained.id).status == Status.RETURNED
    page = wanda.get(at("record", chained))
    assert "Is <600> right?" in words(page)
    assert f"/pages/plan/#{COST}" in page.content.decode()
    filled = wanda.get(at("record-page", chained, page="plan")).content.decode()
    assert f'id="{COST}-comment"' in filled
    assert f'aria-describedby="{COST}-comment"' in filled
    assert filled.index("Is &lt;600&gt; right?") < filled.index(f'name="{COST}"')
    assert "Which food?" in filled
    assert "Is <600> right?" in words(wanda.get(at("record-check", chained)))
    mended(chained)
    assert "Is <600> right?" not in words(wanda.get(at("record", chained)))
    page = words(wanda.get(at("record-history", chained)))
    assert "Comment on “Cost”" in page
    assert "Is <600> right?" in page


def test_what_is_wrong_with_a_return_loses_nothing(chained: Any) -> None:
    max_ = browser(chained.max)
    nothing = max_.post(at("record-return", chained), {"sha256": shown(chained), "comment": " "})
    assert nothing.status_code == 422
    assert errors(nothing)[0][1] == "id_comment"
    sent = {"sha256": shown(chained), "comment": "See below", f"about.{COST}": "x" * 2001,
            "about.story": "Say more", "about.nowhere": "?"}  # fmt: skip
    wrong = max_.post(at("record-return", chained), sent)
    assert wrong.status_code == 422
    filled = wrong.content.decode()
    assert "See below</textarea>" in filled
    assert "x" * 2001 in filled
    assert "Say more</textarea>" in filled
    assert f"about.{COST}" in [one[1] for one in errors(wrong)]
    assert Record.objects.get(pk=chained.id).status == Status.SUBMITTED
    stale = max_.post(
        at("record-return", chained), {**sent, f"about.{COST}": "Why?", "sha256": "0" * 64}
    )
    assert stale.status_code == 409
    assert "Say more</textarea>" in stale.content.decode()
    returned(chained, chained.mia, story="Mine was first")
    late = max_.post(at("record-return", chained), {**sent, f"about.{COST}": "Why?"})
    assert late.status_code == 409
    assert "Say more</textarea>" in late.content.decode()


def test_who_decides_again_sees_what_changed_and_signs_the_whole(chained: Any) -> None:
    max_ = browser(chained.max)
    signs(chained, max_)
    returned(chained, chained.mia, needs__rowaaaaa__cost="Is it right?", story="Say more")
    mended(chained)
    for client in (max_, browser(chained.mia)):
        page = client.get(at("record", chained))
        said = words(page)
        assert "What changed since it was returned" in said
        assert "Is it right? 600 550" in said
        assert "What happened? Say more Not changed" in said
        assert "She was at home." not in said
        assert "You sign the whole record" in said
        assert f'value="{shown(chained)}"' in page.content.decode()
        whole = words(client.get(at("record", chained) + "?view=whole"))
        assert "She was at home." in whole
        assert "Your signature is bound to exactly what is shown above." in whole
    assert "She was at home." in words(browser(chained.wanda).get(at("record", chained)))
    signs(chained, max_)
    signs(chained, browser(chained.mia))
    assert Record.objects.get(pk=chained.id).status == Status.SIGNED
    assert SignOff.objects.filter(sha256=shown(chained)).count() == 2


def test_a_comment_on_a_marked_answer_is_withheld_like_the_answer(chained: Any) -> None:
    hour = AT + timedelta(hours=2)
    load_marks(shipped_marks(), at=AT)
    MarkSight.objects.filter(mark="police", role="worker").update(ended_at=AT)
    mark_answer(chained.id, ("story",), "police", by=chained.max, at=hour)
    returned(chained, chained.max, story="Was the ROZZER there?", needs__rowaaaaa__cost="Why?")
    pages = [at("record", chained), at("record-page", chained, page="visit"),
             at("record-history", chained), at("record-check", chained)]  # fmt: skip
    for address in pages:
        page = words(browser(chained.wanda).get(address))
        assert "ROZZER" not in page, address
    assert "Withheld" in words(browser(chained.wanda).get(pages[0]))
    assert "ROZZER" in words(browser(chained.max).get(pages[0]))
    assert "Why?" in words(browser(chained.wanda).get(pages[0]))
