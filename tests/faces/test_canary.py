"""A canary in every marked answer meets no reader without the right, at any address, and meets one with it.

The record of each form that ships, and of one with every type of question: marked by the form, by
workers on answers, and on whole rows; as a draft, submitted, signed and reopened.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from casework.accounts.models import MarkSight, RoleGrant
from casework.accounts.tokens import SCOPES, make_token
from casework.cases.actions.marking import mark_answer
from casework.cases.actions.records import save_page, start_record
from casework.cases.actions.signing import reopen, sign, submit
from casework.cases.incoming import described
from casework.cases.marks import marks_of
from casework.cases.models import Record, Snapshot
from casework.cases.reading import Reading
from casework.cases.unmasked import answers_of
from casework.cases.uploads import store
from formdefs.form import Form, Path, Repeat
from formdefs.places import rows
from formdefs.publish import publish, publish_list
from formdefs.versions import form_of, newest
from tests.canaries import CANARY, filled, holding, marked
from tests.casetypes import document
from tests.cast import (
    AT,
    Cast,
    library_form,
    make_case,
    make_person,
    publish_case_types,
    sample_answers,
)
from tests.faces.record_pages import inputs
from tests.faces.test_every_url import _filled, addresses
from tests.faces.url_table import API, TABLE
from tests.pageform import COLOURS, definition

pytestmark = pytest.mark.django_db
NOW = AT + timedelta(days=60)  # the samples tell of days until then
FORMS = ("referral", "child_family_assessment", "child_in_need_plan", "everything")


@dataclass(frozen=True)
class Marked:
    """Records of one form, alike, in several states; every canary that is marked, by its place."""

    cast: Cast
    form: Form
    case: Any
    person: Any
    records: Mapping[str, Record]
    canaries: Mapping[Path, str]
    upload: UUID | None

    def browser(self, who: Any) -> Client:
        client = Client()
        client.force_login(who)
        return client

    def program(self, who: Any) -> Client:
        end = NOW + timedelta(days=9)
        _token, plain = make_token(by=who, at=AT, name="x", scopes=SCOPES, expires_at=end)
        return Client(headers={"authorization": f"Bearer {plain}"})


@pytest.fixture(params=FORMS)
def world(request: Any, library: Cast, monkeypatch: pytest.MonkeyPatch) -> Marked:
    monkeypatch.setattr(timezone, "now", lambda: NOW + timedelta(hours=1))
    cast, key = library, request.param
    if key == "everything":
        publish_list(COLOURS, by=cast.ada, at=AT, reason="test")
    source = definition() if key == "everything" else library_form(key)
    publish(marked(source, "police"), by=cast.ada, at=AT, reason="canaries")
    MarkSight.objects.filter(mark="police", role="worker").update(ended_at=NOW)
    form = form_of(newest(key).pk)
    person = make_person(cast.max)
    publish_case_types(document("child_in_need"))  # which asks for no order of records
    case = make_case(cast.max, cast.north, person.id)
    answers = filled(form, _everything() if key == "everything" else sample_answers(key))
    records = {}
    upload: UUID | None = None
    for state in ("draft", "submitted", "signed", "reopened"):
        record = start_record(case.pk, form_key=key, subjects=[person.id], by=cast.max, at=NOW)
        whole = answers
        if key == "everything":
            kept = store(record.pk, _id_of(form, "file_q"), _pdf(), by=cast.max, at=NOW)
            upload = upload or kept.pk
            whole = {**answers, "file_q": [described(kept)]}
        for page in form.pages:
            mine = {k: whole[k] for k in page.answered if k in whole}
            if mine:
                save_page(record.pk, page.id, mine, seen_version=0, by=cast.max, at=NOW)
        records[state] = record
    places = holding(form, answers) | ({("file_q",): f"{CANARY}-letter"} if upload else {})
    chosen = _to_mark(form, answers, places)
    for state, record in records.items():
        for path in chosen:
            mark_answer(record.pk, path, "police", by=cast.max, at=NOW)
        if state != "draft":
            submit(record.pk, seen=None, by=cast.wanda, at=NOW)
        if state in ("signed", "reopened"):
            shown = Snapshot.objects.get(record=record).sha256
            record.refresh_from_db()
            sign(record.pk, seen_sha256=shown, by=_signer(cast), at=NOW)
        if state == "reopened":
            reopen(record.pk, why="More to say", by=cast.wanda, at=NOW)
    canaries = {p: text for p, text in places.items() if "police" in marks_of(records["draft"], p)}
    assert len(canaries) >= 3
    return Marked(cast, form, case, person, records, canaries, upload)


def test_no_address_shows_a_canary_to_who_may_not_see_it(world: Marked) -> None:
    blind = (world.cast.wanda, world.cast.rita)
    for who in blind:
        browser, program = world.browser(who), world.program(who)
        looked = [_look(browser, url) for url in _web_urls(world)]
        looked += [_look(program, url) for url in _api_urls(world)]
        assert len(looked) > 60
        met = [url for url, body in looked if any(one in body for one in world.canaries.values())]
        assert not met, f"{who.username}: {met}"


def test_who_may_see_it_meets_every_canary(world: Marked) -> None:
    sees, program = world.browser(world.cast.max), world.program(world.cast.max)
    record = world.records["draft"]
    for url in (
        reverse("web:record", args=[record.pk]),
        reverse("web:record-history", args=[record.pk]),
        f"/{API}records/{record.pk}",
    ):
        _url, body = _look(program if API in url else sees, url)
        missing = [path for path, text in world.canaries.items() if text not in body]
        shown = [path for path in world.canaries if path not in missing]
        hidden = {one for one in missing if not _shows(world, one)}
        assert set(missing) <= hidden or "history" in url, (url, missing)
        assert shown


def test_nothing_that_a_blind_worker_sends_brings_a_canary_back(world: Marked) -> None:
    client, record, met = world.browser(world.cast.wanda), world.records["draft"], []
    for page in world.form.pages:
        url = reverse("web:record-page", args=[record.pk, page.key])
        shown = client.get(url)
        if shown.status_code != 200:
            continue
        sent = inputs(shown.content.decode())
        for button in ("stay", "continue", "check", "marks"):
            met += _met(world, client.post(url, {**sent, "_save": button}, follow=True), url)
        # As if it had been opened long ago, and answered wrongly: a clash, or problems.
        older = {**sent, f"_version.{page.id}": "0", "_save": "stay"}
        wrong = {name: (["§§§"] if name.endswith((".day", ".line1", "_on")) else values)
                 for name, values in older.items()}  # fmt: skip
        met += _met(world, client.post(url, wrong), url)
        typed = client.post(reverse("web:record-autosave", args=[record.pk, page.key]), wrong)
        met += _met(world, typed, url)
        met += _met(world, client.get(url), url)
    for name in ("check", "sign", "return", "abandon", "reopen", "agree"):
        for one in world.records.values():
            sent = client.post(reverse(f"web:record-{name}", args=[one.pk]), {"why": ""})
            met += _met(world, sent, name)
    program = world.program(world.cast.wanda)
    for page in world.form.pages:
        api = f"/{API}records/{record.pk}/pages/{page.key}"
        read = program.get(api)
        for match, body in (
            (read["ETag"], {"answers": read.json()["answers"]}),
            ('"0"', {"answers": {}}),
            ('"1"', {"answers": dict.fromkeys(page.answered, "§")}),
        ):
            answer = program.put(
                api, json.dumps(body), content_type="application/json", headers={"If-Match": match}
            )
            met += _met(world, answer, api)
    assert not met, met


def test_after_all_that_every_marked_answer_is_as_it_was(world: Marked) -> None:
    record = world.records["draft"]
    before = holding(world.form, answers_of(record))
    test_nothing_that_a_blind_worker_sends_brings_a_canary_back(world)
    after = holding(world.form, answers_of(record))
    lost = [path for path in world.canaries if path in before and path not in after]
    assert not lost


def _web_urls(world: Marked) -> Iterator[str]:
    places = [".".join(path) for path in [*world.canaries][:4]]
    for record in world.records.values():
        things = {
            "record_id": record.pk, "case_id": world.case.pk, "person_id": world.person.pk,
            "revision": 1, "upload_id": world.upload or UUID(int=1),
        }  # fmt: skip
        for name, address in TABLE.items():
            if not name.startswith("web:") or "user_id" in address.ids or "token_id" in address.ids:
                continue
            if name in ("web:access-role-end", "web:access-team", "web:access-mark-sight"):
                continue
            parameters = [key for key in address.ids if key not in things]
            if not parameters:
                yield reverse(name, kwargs={key: things[key] for key in address.ids})
            elif parameters == ["page"]:
                for page in world.form.pages:
                    yield reverse(name, kwargs={"record_id": record.pk, "page": page.key})
            elif "place" in parameters:
                for place in places:
                    more = {"mark": "police"} if "mark" in parameters else {}
                    yield reverse(name, kwargs={"record_id": record.pk, "place": place, **more})
        history = reverse("web:record-history", args=[record.pk])
        for path in world.canaries:
            yield f"{history}?question={'.'.join(path)}"
        for page in world.form.pages:
            yield f"{reverse('web:record-page', args=[record.pk, page.key])}?problems"
        yield f"{reverse('web:record-print', args=[record.pk])}?set-aside"


def _api_urls(world: Marked) -> Iterator[str]:
    for record in world.records.values():
        things = {
            "record_id": record.pk, "case_id": world.case.pk, "person_id": world.person.pk,
            "upload_id": world.upload or UUID(int=1),
        }  # fmt: skip
        for name, path in addresses():
            if not path.startswith(API) or name == "api:":
                continue
            url = path
            for key, thing in things.items():
                url = url.replace(f"<uuid:{key}>", str(thing))
            pages = [page.key for page in world.form.pages] if "<slug:page>" in url else [""]
            for page in pages:
                yield f"/{_filled(url.replace('<slug:page>', page))}"
        for path in world.canaries:
            yield f"/{API}records/{record.pk}/history?path={'.'.join(path)}"


def _look(client: Client, url: str) -> tuple[str, str]:
    response = client.get(url)
    body = response.getvalue() if response.streaming else response.content
    # JSON and data in pages write letters in other ways; a canary has none that they would.
    return url, body.decode(errors="replace") + str(dict(response.headers))


def _met(world: Marked, response: Any, where: str) -> list[str]:
    body = response.content.decode() + str(dict(response.headers))
    return [f"{where}: {one}" for one in world.canaries.values() if one in body]


def _to_mark(form: Form, answers: Mapping[str, Any], places: Mapping[Path, str]) -> list[Path]:
    """The first row of every repeat, nested ones too, and every other answer that no row holds."""
    found: list[Path] = []

    def repeats(answered: Any, values: Mapping[str, Any], above: Path) -> None:
        for key, node in answered.items():
            if not isinstance(node, Repeat) or not values.get(key):
                continue
            for number, (row_id, row) in enumerate(rows(values[key])):
                path = (*above, key, row_id)
                if number == 0 and (above or len(values[key]) > 1):
                    found.append(path)
                else:
                    repeats(node.answered, row, path)

    repeats(form.answered, answers, ())
    single = [path for path in places if len(path) == 1 and path[0] != form.occurred]
    free = [path for path in single if not form.marks[form.at(path).id]]
    return [*found, *free[::2]]


def _shows(world: Marked, path: Path) -> bool:
    """Whether a question of the draft shows, so that who reads it meets it."""
    reading = Reading(world.records["draft"], frozenset({"manager"}), world.cast.max, NOW)
    return reading.state.visible(path)


def _signer(cast: Cast) -> Any:
    """Another manager of the team, who wrote nothing and sees the mark."""
    RoleGrant.objects.get_or_create(
        user=cast.omar, role="manager", team=cast.north, defaults={"granted_at": AT}
    )
    return cast.omar


def _everything() -> dict[str, Any]:
    texts = {"text_q": "x", "long_text_q": "x", "address_q": {"line1": "x"}}
    people = {"person_q": {"id": None, "name": "x"}, "people_q": [{"id": None, "name": "x"}]}
    inner = {"_id": "innerrow1", "cell_text": "x"}
    row = {"card_text": "x", "card_long_text": "x", "card_address": {"line1": "x"}}
    return {
        **texts,
        **people,
        "needs": [{"_id": f"outerrow{n}", **row, "actions": [inner | {"_id": f"inner{n}row"}]}
                  for n in range(3)],
    }  # fmt: skip


def _id_of(form: Form, key: str) -> str:
    return form.answered[key].id


def _pdf() -> ContentFile[bytes]:
    return ContentFile(b"%PDF-1.7\n" + b"x" * 20, name=f"{CANARY}-letter.pdf")
