"""Notes and visits in the pages: one press to begin, one page, one button to finish."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from casework.cases.actions.adding import set_touched
from casework.cases.actions.marking import mark_answer
from casework.cases.models import Record, RecordPage, Task
from casework.cases.work import place_of
from casework.clock import now
from tests.cast import make_case, make_person
from tests.faces.record_pages import inputs
from tests.faces.web_pages import browser, words
from tests.stored.test_working import signed

pytestmark = pytest.mark.django_db


def begun(cast: Any, form: str, **more: Any) -> tuple[Any, Record, str]:
    """A browser on the one page of a form that was begun with one press on the case's page."""
    noah, poppy = (make_person(cast.wanda, given) for given in ("Noah", "Poppy"))
    case = make_case(cast.wanda, cast.north, noah.pk, poppy.pk)
    client = browser(cast.wanda)
    shown = client.get(reverse("web:case", args=[case.pk]))
    assert "Write: Visit" in words(shown)
    assert "Write: Case note" in words(shown)
    sent = inputs(shown.content.decode())
    start = {
        "form": form,
        "subjects": sent["subjects"],
        "command_id": sent["command_id"][0],
        **more,
    }
    answer = client.post(reverse("web:record-start", args=[case.pk]), start)
    record = Record.objects.get()
    assert answer.status_code == 302
    return client, record, answer["Location"]


def typed(html: str, **answers: Any) -> dict[str, Any]:
    """What the page sends: its hidden inputs, and these answers."""
    sent = inputs(html)
    hidden = {name: values for name, values in sent.items() if name[:1] in "_wc"}
    when = now() - timedelta(hours=2)
    parts = {"day": when.day, "month": when.month, "year": when.year, "time": f"{when:%H:%M}"}
    return {
        **hidden,
        **{f"happened_at.{name}": str(value) for name, value in parts.items()},
        "_save": "finish",
        **answers,
    }


def test_a_note_is_begun_with_one_press_and_finished_on_its_page(library: Any) -> None:
    client, record, here = begun(library, "case_note")
    html = client.get(here).content.decode()
    assert ">Finish<" in html
    assert "Save and check" not in html
    # What is missing is told on the page itself, and what was typed is kept.
    answer = client.post(here, typed(html, type="phone"), follow=True)
    assert answer.redirect_chain[-1][0].endswith("?problems")
    assert "There is a problem" in words(answer)
    record.refresh_from_db()
    assert record.status == "draft"
    assert RecordPage.objects.get().answers
    html = client.get(here).content.decode()
    sent = typed(html, type="phone", text="She rang.", significant="no")
    answer = client.post(here, sent, follow=True)
    assert "Case note is finished" in words(answer)
    record.refresh_from_db()
    assert (record.status, record.covers.count()) == ("finished", 2)
    again = client.post(here, sent)  # the same page sent twice
    assert again.status_code in (302, 409)
    assert record.snapshots.count() == 1


def test_a_case_to_write_in_is_found_among_mine_or_by_a_name(library: Any) -> None:
    poppy = make_person(library.wanda, "Poppy")
    case = make_case(library.wanda, library.north, poppy.pk)
    client, page = browser(library.wanda), reverse("web:write")
    assert case.reference not in words(client.get(page))  # it is allocated to nobody
    for typed_name in ("pop", case.reference, str(case.number)):
        assert case.reference in words(client.get(page, {"q": typed_name}))
    assert "Write: Visit" in words(client.get(reverse("web:person", args=[poppy.pk])))
    for other in (library.olive, library.rita):
        assert "Write: Visit" not in words(browser(other).get(page, {"q": "pop"}))


def with_plan(cast: Any) -> tuple[Any, list[Task]]:
    """A case with a signed plan and its actions."""
    case = make_case(cast.wanda, cast.north, make_person(cast.wanda, "Noah").pk)
    signed(case, cast.wanda, cast.max, "child_in_need_plan")
    return case, list(Task.objects.filter(case=case).order_by("key"))


def test_from_the_action_to_the_note_and_back_and_what_shows_that_it_is_done(library: Any) -> None:
    case, (first, second, *_rest) = with_plan(library)
    client = browser(library.wanda)
    page = reverse("web:task", args=[first.pk])
    sent = inputs(client.get(page).content.decode())
    start = {"form": "case_note", "subjects": sent["subjects"], "touches": sent["touches"]}
    here = client.post(reverse("web:record-start", args=[case.pk]), start)["Location"]
    html = client.get(here).content.decode()
    assert inputs(html)["_touches"] == ["", str(first.pk)]
    note = Record.objects.get(form_version__form="case_note")
    answers = {"type": "phone", "text": "She rang.", "significant": "no"}
    ticked = {"_touches": ["", str(first.pk), str(second.pk)]}
    # What cannot be saved yet keeps its ticks too.
    client.post(here, typed(html, **{**ticked, "happened_at.day": "99"}))
    assert note.task_links.filter(ended_at=None).count() == 2
    html = client.get(here).content.decode()
    shown = client.post(here, typed(html, **answers, **ticked), follow=True)
    assert "Case note is finished" in words(shown)
    assert first.title in words(shown)
    assert second.title in words(client.get(reverse("web:record-print", args=[note.pk])))
    shown = client.get(page)
    assert "Touched by" in words(shown)
    assert reverse("web:record", args=[note.pk]) in shown.content.decode()
    done = {"status": "done", "outcome": "It is up.", "evidence": f"record:{note.pk}"}
    wrong = client.post(page, {**done, "status": "open"})
    assert "Only what is done has evidence" in words(wrong)
    shown = client.post(page, done, follow=True)
    assert "Evidence" in words(shown)
    assert "It is up." in words(shown)


def test_what_is_finished_and_what_is_added_is_shown_everywhere(library: Any) -> None:
    client, record, here = begun(library, "case_note")
    html = client.get(here).content.decode()
    client.post(here, typed(html, type="phone", text="She rang.", significant="no"))
    shown = client.get(reverse("web:record-revision", args=[record.pk, 1]))
    assert "Not signed" not in words(shown)
    assert "finished" in words(client.get(reverse("web:case", args=[record.case_id])))
    assert client.get(reverse("web:record-reopen", args=[record.pk])).status_code == 409
    page, add = (reverse(f"web:{n}", args=[record.pk]) for n in ("record", "record-append"))
    sent = inputs(client.get(page).content.decode())
    more = {"sha256": sent["sha256"][0], "command_id": sent["command_id"][0]}
    assert "Enter what you want to add" in words(client.post(add, {**more, "text": " "}))
    assert (
        client.post(add, {**more, "sha256": "0" * 64, "text": "It was Monday."}).status_code == 409
    )
    for _ in range(2):  # the same page sent twice
        assert client.post(add, {**more, "text": "It was <b>Monday</b>."}).status_code == 302
    assert record.snapshots.get().appendments.count() == 1
    for name, more_args in (
        ("record", ()),
        ("record-print", ()),
        ("record-history", ()),
        ("record-revision", (1,)),
    ):
        shown = client.get(reverse(f"web:{name}", args=[record.pk, *more_args])).content.decode()
        assert "It was &lt;b&gt;Monday&lt;/b&gt;." in shown, name
        assert "Finished" in shown, name
    assert "What do you want to add?" not in words(browser(library.rita).get(page))


def test_an_action_whose_title_is_withheld_is_not_offered_and_stays_touched(library: Any) -> None:
    case, (first, second, *_rest) = with_plan(library)
    plan = Record.objects.get(form_version__form="child_in_need_plan")
    place = place_of(first)
    assert place
    mark_answer(plan.pk, (*place[0], "what"), "legal", by=library.max, at=now())
    wilf = browser(library.wilf)
    here = wilf.post(
        reverse("web:record-start", args=[case.pk]),
        {"form": "case_note", "subjects": [str(case.subjects.get().person_id)]},
    )["Location"]
    note = Record.objects.get(form_version__form="case_note")
    set_touched(note.pk, [first.pk], by=library.max, at=now())
    html = wilf.get(here).content.decode()
    assert first.title not in html
    assert str(first.pk) not in html
    wilf.post(
        here, typed(html, type="phone", text="x", significant="no", _touches=["", str(second.pk)])
    )
    assert set(note.task_links.filter(ended_at=None).values_list("task", flat=True)) == {
        first.pk, second.pk,
    }  # fmt: skip
    shown = words(wilf.get(reverse("web:record", args=[note.pk])))
    assert "Withheld" in shown
    assert first.title not in shown
