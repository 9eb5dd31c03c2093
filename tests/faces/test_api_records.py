"""A record's life through the API: started, filled, merged, submitted, signed, read; and what is refused."""

import hashlib
import io
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from casework import clock
from casework.cases.actions.sharing import grant_access
from casework.cases.models import Record, RecordPage
from casework.ledger.models import Event, Read
from casework.ledger.verify import broken_places
from formdefs.publish import publish, publish_list
from tests.cast import AT, make_case, make_cast, make_person
from tests.faces.api_client import Api, problem
from tests.forms import a_form, a_list, question

VISIT = {
    "formdef": 1, "key": "test_visit", "title": "Visit", "kind": "visit", "language": "en", "occurred": "seen_on",
    "agreement": [{"id": "ag01", "capacity": "parent", "label": "A parent"}],
    "pages": [
        {"id": "pone", "key": "first", "title": "The visit", "items": [
            {"id": "q001", "kind": "question", "key": "seen_on", "type": "date", "label": "Date of the visit", "required": True, "not_after": "today"},
            {"id": "q002", "kind": "question", "key": "what", "type": "long_text", "label": "What happened", "required": True, "max_length": 50},
            {"id": "q003", "kind": "question", "key": "where", "type": "text", "label": "Where"},
            {"id": "q004", "kind": "question", "key": "papers", "type": "file", "label": "Papers"},
        ]},
        {"id": "ptwo", "key": "second", "title": "Next", "items": [
            {"id": "r001", "kind": "repeat", "key": "steps", "label": "Steps", "items": [
                {"id": "q005", "kind": "question", "key": "step", "type": "text", "label": "Step", "required": True},
            ]},
        ]},
    ],
}  # fmt: skip
TODAY = AT.date().isoformat()
SEEN_ON = (AT - timedelta(days=4)).date().isoformat()
FIRST = {"seen_on": SEEN_ON, "what": "We talked"}


@pytest.fixture(autouse=True)
def _an_hour_after_the_cast_came(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: AT + timedelta(hours=1))


@pytest.fixture
def visit(cast):
    """The cast, with one small form published."""
    publish(VISIT, by=cast.ada, at=AT, reason="test")
    return cast


@pytest.fixture
def case(visit):
    return make_case(visit.wanda, visit.north)


def _started(api: Api, case, **pages):
    subjects = [str(part.person_id) for part in case.subjects.all()]
    body = {
        "case": str(case.id),
        "form": "test_visit",
        "subjects": subjects,
        **({"pages": pages} if pages else {}),
    }
    response = api.post("/records", body)
    assert response.status_code == 201, response.content
    return response.json()


def _submitted(api: Api, case):
    record = _started(api, case, first=FIRST)
    response = api.post(f"/records/{record['id']}/submit")
    assert response.status_code == 200, response.content
    return record["id"], response.json()


def test_a_record_goes_from_start_to_signature(visit, case):
    wanda, max_ = Api(visit.wanda), Api(visit.max)
    record = _started(wanda, case)
    assert (record["status"], record["form"]["number"], record["author"]["name"]) == (
        "draft",
        1,
        "Wanda Worker",
    )
    address = f"/records/{record['id']}"

    page = wanda.get(f"{address}/pages/first")
    assert (page["ETag"], page.json()["version"], page.json()["answers"]) == ('"0"', 0, {})
    saved = wanda.put(f"{address}/pages/first", {"answers": {"what": "We"}}, If_Match=page["ETag"])
    assert (saved.status_code, saved["ETag"], saved.json()["merged"]) == (200, '"1"', False)
    incomplete = problem(wanda.post(f"{address}/submit"), 422, "incomplete")
    assert [(p["question"], p["path"], p["code"]) for p in incomplete["problems"]] == [
        ("q001", "seen_on", "required")
    ]
    saved = wanda.put(f"{address}/pages/pone", {"answers": FIRST}, If_Match=saved["ETag"])
    rows = {"answers": {"steps": [{"step": "Call"}]}}
    assert wanda.put(f"{address}/pages/second", rows, If_Match='"0"').json()["answers"]["steps"][0][
        "_id"
    ]

    submission = wanda.post(f"{address}/submit", {"seen": {"pone": 2, "ptwo": 1}}).json()
    assert submission["signed_by"] is None
    problem(
        wanda.post(f"{address}/sign", {"seen_sha256": submission["sha256"]}), 403, "not_allowed"
    )
    problem(max_.post(f"{address}/sign", {"seen_sha256": "0" * 64}), 409, "stale")
    said = {
        "capacity": "parent",
        "name": "Ann",
        "decision": "agrees",
        "on": TODAY,
        "comments": "ok",
        "seen_sha256": submission["sha256"],
    }
    agreed = wanda.post(f"{address}/agreements", said)
    assert agreed.status_code == 201
    assert [a["decision"] for a in agreed.json()["agreements"]] == ["agrees"]
    decided = {"seen_sha256": submission["sha256"], "comment": "Agreed: see them in June."}
    signed = max_.post(f"{address}/sign", decided).json()
    assert signed["signed_by"]["name"] == "Max Manager"
    assert signed["comment"] == "Agreed: see them in June."

    whole = max_.get(address).json()
    assert (whole["status"], whole["occurred_on"]) == ("signed", SEEN_ON)
    assert whole["answers"]["what"] == "We talked"
    assert whole["submission"] == signed
    assert [(p["page"], p["key"], p["version"]) for p in whole["pages"]] == [
        ("pone", "first", 2),
        ("ptwo", "second", 1),
    ]
    assert max_.get(f"{address}/revisions/1").json()["document"]["answers"] == whole["answers"]
    problem(max_.get(f"{address}/revisions/2"), 404, "absent")
    problem(wanda.put(f"{address}/pages/first", {"answers": FIRST}, If_Match='"2"'), 409, "not_now")
    assert list(broken_places()) == []


def test_a_record_is_returned_mended_and_reopened(visit, case):
    wanda, max_ = Api(visit.wanda), Api(visit.max)
    record, submission = _submitted(wanda, case)
    problem(
        max_.post(f"/records/{record}/return", {"seen_sha256": submission["sha256"]}),
        422,
        "refused",
    )
    sent_back = max_.post(
        f"/records/{record}/return", {"seen_sha256": submission["sha256"], "comment": "Say more"}
    )
    assert sent_back.json()["status"] == "returned"
    again = wanda.post(f"/records/{record}/submit").json()
    assert again["attempt"] == 2
    assert max_.post(f"/records/{record}/sign", {"seen_sha256": again["sha256"]}).status_code == 200
    reopened = wanda.post(f"/records/{record}/reopen", {"why": "A mistake"}).json()
    assert (reopened["status"], reopened["revision"]) == ("draft", 2)
    assert wanda.get(f"/records/{record}/revisions/1").json()["signed_by"]["name"] == "Max Manager"
    back = wanda.post(f"/records/{record}/abandon", {"why": "None after all"}).json()
    assert back["status"] == "signed"
    events = wanda.get(f"/cases/{case.id}/events").json()["items"]
    kinds = [event["kind"] for event in events if event["kind"].startswith(("case.", "record."))]
    assert kinds == [
        "case.opened", "record.started", "record.submitted", "record.returned", "record.submitted",
        "record.signed", "record.reopened", "record.abandoned",
    ]  # fmt: skip


def test_a_draft_is_abandoned(visit, case):
    wanda = Api(visit.wanda)
    record = _started(wanda, case)["id"]
    problem(wanda.post(f"/records/{record}/abandon", {"why": " "}), 422, "refused")
    assert (
        wanda.post(f"/records/{record}/abandon", {"why": "Wrong child"}).json()["status"]
        == "abandoned"
    )


def test_two_programs_merge_or_are_asked(visit, case):
    wanda, wilf = Api(visit.wanda), Api(visit.wilf)
    address = f"/records/{_started(wanda, case)['id']}/pages/first"
    wanda.put(address, {"answers": {"what": "base"}}, If_Match='"0"')
    wanda.put(address, {"answers": {"what": "base", "where": "home"}}, If_Match='"1"')
    merged = wilf.put(address, {"answers": {"what": "wilf's"}}, If_Match='"1"')
    assert (merged.json()["merged"], merged["ETag"]) == (True, '"3"')
    assert merged.json()["answers"] == {"what": "wilf's", "where": "home"}

    clash = problem(
        wanda.put(address, {"answers": {"what": "wanda's"}}, If_Match='"2"'), 412, "clash"
    )
    (conflict,) = clash["conflicts"]
    assert (conflict["path"], conflict["base"], conflict["theirs"], conflict["mine"]) == (
        "what",
        "base",
        "wilf's",
        "wanda's",
    )
    assert conflict["who"] == "Wilf Worker"
    assert clash["version"] == 3
    assert wanda.get(address).json()["answers"]["what"] == "wilf's"
    decided = {
        "answers": {"what": "wanda's", "where": "home"},
        "resolutions": {"what": "mine"},
        "decided_on": 3,
    }
    saved = wanda.put(address, decided, If_Match='"2"')
    assert saved.status_code == 200, saved.content
    assert saved.json()["answers"] == {"what": "wanda's", "where": "home"}


def test_a_save_says_which_version_it_saw(visit, case):
    wanda = Api(visit.wanda)
    address = f"/records/{_started(wanda, case)['id']}/pages/first"
    body = {"answers": {"what": "x"}}
    problem(wanda.put(address, body), 428, "precondition")
    for odd in "*", '"a"', '"-1"', '"1", "2"', "9" * 30, "":
        problem(wanda.put(address, body, If_Match=odd), 400, "precondition")
    problem(wanda.put(address, body, If_Match='"7"'), 422, "refused")


def test_answers_that_cannot_be_kept_are_told_as_on_the_pages(visit, case):
    wanda = Api(visit.wanda)
    address = f"/records/{_started(wanda, case)['id']}/pages/first"
    for answers, expected in (
        ({"what": "x" * 51}, ("q002", "what", "max_length")),
        ({"what": 5}, ("q002", "what", "type")),
        ({"seen_on": "yesterday"}, ("q001", "seen_on", "type")),
        ({"status": "signed"}, ("", "status", "unknown_question")),
        ({"__proto__": {}, "what": "x", "_id": "x"}, None),
        ({"steps": [{"step": "x"}]}, ("r001", "steps", "unknown_question")),
    ):
        document = problem(wanda.put(address, {"answers": answers}, If_Match='"0"'), 422, "refused")
        first = document["problems"][0]
        if expected:
            assert (first["question"], first["path"], first["code"]) == expected, document
        assert first["message"]
    assert wanda.get(address).json()["version"] == 0


@pytest.mark.parametrize(
    ("change", "path", "code"),
    [
        ({"case": "x"}, "case", "type"),
        ({"case": 1}, "case", "type"),
        ({"case": None}, "case", "required"),
        ({"subjects": "x"}, "subjects", "type"),
        ({"subjects": [None]}, "subjects", "type"),
        ({"subjects": []}, "subjects", "required"),
        ({"form": "nothing"}, "form_key", "unknown_code"),
        ({"pages": []}, "pages", "type"),
        ({"pages": {"first": []}}, "pages", "type"),
        ({"status": "signed"}, "status", "unknown_field"),
        ({"author": "x"}, "author", "unknown_field"),
    ],
)  # fmt: skip
def test_a_record_that_cannot_be_started_is_refused_by_field(visit, case, change, path, code):
    subjects = [str(part.person_id) for part in case.subjects.all()]
    body = {"case": str(case.id), "form": "test_visit", "subjects": subjects, **change}
    document = problem(Api(visit.wanda).post("/records", body), 422, "refused")
    assert [(p["path"], p["code"]) for p in document["problems"]] == [(path, code)]
    assert not Record.objects.exists()


def test_a_command_sent_twice_acts_once(visit, case):
    wanda = Api(visit.wanda)
    subjects = [str(part.person_id) for part in case.subjects.all()]
    body = {
        "case": str(case.id),
        "form": "test_visit",
        "subjects": subjects,
        "pages": {"first": FIRST},
    }
    first, second = (wanda.post("/records", body, Idempotency_Key="abc") for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.content == second.content
    assert Record.objects.count() == 1
    other = {**body, "pages": {}}
    problem(wanda.post("/records", other, Idempotency_Key="abc"), 422, "idempotency_key")
    assert wanda.post("/records", other, Idempotency_Key="abd").status_code == 201
    assert Api(visit.wilf).post("/records", body, Idempotency_Key="abc").status_code == 201
    assert Record.objects.count() == 3
    address = f"/records/{first.json()['id']}"
    one, two = (wanda.post(f"{address}/submit", {}, Idempotency_Key="abc") for _ in range(2))
    assert one.json() == two.json()
    assert Event.objects.filter(kind="record.submitted").count() == 1
    problem(wanda.post("/records", body, Idempotency_Key=""), 400, "idempotency_key")
    problem(wanda.post("/records", body, Idempotency_Key="x" * 256), 400, "idempotency_key")


def test_a_page_saved_twice_with_one_key_is_saved_once(visit, case):
    wanda = Api(visit.wanda)
    address = f"/records/{_started(wanda, case)['id']}/pages/first"
    one, two = (
        wanda.put(address, {"answers": {"what": "x"}}, If_Match='"0"', Idempotency_Key="k")
        for _ in range(2)
    )
    assert (one.json()["version"], two.json()["version"]) == (1, 1)
    assert RecordPage.history.count() == 1


@pytest.mark.django_db(transaction=True)
def test_one_command_sent_by_many_at_once_acts_once(monkeypatch):
    cast = make_cast()
    publish(VISIT, by=cast.ada, at=AT, reason="test")
    case = make_case(cast.wanda, cast.north)
    wanda = Api(cast.wanda)
    subjects = [str(part.person_id) for part in case.subjects.all()]
    body = {"case": str(case.id), "form": "test_visit", "subjects": subjects}

    def send(_number: int) -> tuple[int, bytes]:
        try:
            response = wanda.post("/records", body, Idempotency_Key="together")
            return response.status_code, response.content
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as threads:
        answers = set(threads.map(send, range(6)))
    assert len(answers) == 1
    assert next(iter(answers))[0] == 201
    assert Record.objects.count() == 1


def test_a_file_is_sent_named_in_an_answer_and_downloaded(visit, case):
    wanda = Api(visit.wanda)
    record = _started(wanda, case)["id"]
    text = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"

    def send(question: str, content: bytes, **headers: str):
        file = io.BytesIO(content)
        file.name = "../let\u202eter.pdf"
        return wanda.client.post(
            f"/api/v1/records/{record}/files", {"question": question, "file": file},
            headers={**wanda.headers, **headers},
        )  # fmt: skip

    response = send("q004", text)
    assert response.status_code == 201, response.content
    stored = response.json()
    assert (stored["type"], stored["size"], stored["sha256"]) == (
        "application/pdf",
        len(text),
        hashlib.sha256(text).hexdigest(),
    )
    assert "/" not in stored["name"]
    one, two = (send("q004", text, **{"Idempotency-Key": "f"}) for _ in range(2))
    assert one.json() == two.json()
    problem(send("q001", text), 404, "absent")
    problem(send("q004", b"MZ\x90\x00 program"), 422, "refused")
    problem(send("q004", b""), 422, "refused")
    bare = wanda.client.post(
        f"/api/v1/records/{record}/files", {"question": "q004"}, headers=wanda.headers
    )
    problem(bare, 422, "refused")
    broken = wanda.client.post(
        f"/api/v1/records/{record}/files",
        b"x",
        content_type="multipart/form-data",
        headers=wanda.headers,
    )
    problem(broken, 400, "multipart")
    problem(wanda.post(f"/records/{record}/files"), 415, "media_type")

    answers = {"papers": [{"id": stored["id"], "name": "forged", "size": 1}]}
    saved = wanda.put(f"/records/{record}/pages/first", {"answers": answers}, If_Match='"0"')
    assert saved.json()["answers"]["papers"] == [stored]
    download = wanda.get(f"/files/{stored['id']}")
    assert b"".join(download.streaming_content) == text
    assert download["Content-Disposition"].startswith("attachment")
    assert download["X-Content-Type-Options"] == "nosniff"
    assert Read.objects.get().kind == "upload"
    problem(Api(visit.olive).get(f"/files/{stored['id']}"), 404, "absent")
    assert Read.objects.count() == 1


def test_a_record_is_not_sent_again_while_it_stays_as_it_was(visit, case):
    wanda = Api(visit.wanda)
    address = f"/records/{_started(wanda, case)['id']}"
    first = wanda.get(address)
    again = wanda.get(address, If_None_Match=first["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    wanda.put(f"{address}/pages/first", {"answers": FIRST}, If_Match='"0"')
    assert wanda.get(address, If_None_Match=first["ETag"]).status_code == 200
    problem(Api(visit.olive).get(address, If_None_Match=first["ETag"]), 404, "absent")


def test_history_tells_who_changed_what(visit, case):
    wanda = Api(visit.wanda)
    address = f"/records/{_started(wanda, case, first={'what': 'one'})['id']}"
    wanda.put(
        f"{address}/pages/first", {"answers": {"what": "two", "where": "home"}}, If_Match='"1"'
    )
    changes = wanda.get(f"{address}/history?path=what").json()["items"]
    assert [(c["before"], c["after"], c["who"]) for c in changes] == [
        (None, "one", "Wanda Worker"),
        ("one", "two", "Wanda Worker"),
    ]
    assert {c["path"] for c in wanda.get(f"{address}/history").json()["items"]} >= {
        "what",
        "where",
        "status",
    }
    assert wanda.get(f"{address}/history?path=nothing").json()["items"] == []


def test_lists_are_paged_by_cursor_and_hold_no_answers(visit, case):
    wanda = Api(visit.wanda)
    started = [_started(wanda, case, first=FIRST)["id"] for _ in range(5)]
    seen, address, pages = [], "/records?limit=2", 0
    while address:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            document = wanda.get(address).json()
        assert not any("recordpage" in query["sql"] for query in queries)
        assert not any("count(" in query["sql"].lower() for query in queries)
        seen += [item["id"] for item in document["items"]]
        assert all("answers" not in item for item in document["items"])
        address = (document["next"] or "").removeprefix("/api/v1")
        pages += 1
    assert pages == 3
    assert sorted(seen) == sorted(started)
    assert (
        len(wanda.get(f"/records?case={case.id}&status=draft&form=test_visit").json()["items"]) == 5
    )
    assert wanda.get("/records?status=signed").json() == {"items": [], "next": None}
    assert wanda.get(f"/records?case={uuid4()}").json()["items"] == []


def test_a_list_costs_the_same_queries_however_long_it_is(visit, case):
    wanda = Api(visit.wanda)
    counts = []
    for _ in range(2):
        for _ in range(3):
            _started(wanda, case)
        with CaptureQueriesContext(connection) as queries:
            wanda.get("/records")
        counts.append(len(queries))
    assert counts[0] == counts[1] == 4  # the token, its user, the records, whom they cover


def _reads(case, record, person, upload):
    return [
        f"/cases/{case}", f"/cases/{case}/events", f"/persons/{person}", f"/records/{record}",
        f"/records/{record}/pages/first", f"/records/{record}/history", f"/records/{record}/revisions/1",
        f"/files/{upload}",
    ]  # fmt: skip


def _writes(case, record, person):
    return [
        ("POST", f"/cases/{case}/subjects", {"person": str(person)}),
        ("POST", f"/cases/{case}/subjects/{person}/end", {"on": TODAY, "why": "x"}),
        ("POST", f"/cases/{case}/close", {"reason_code": "RC1"}),
        ("PATCH", f"/persons/{person}", {"known_as": "X"}),
        ("POST", "/records", {"case": str(case), "form": "test_visit", "subjects": [str(person)]}),
        ("PUT", f"/records/{record}/pages/first", {"answers": {}}),
        ("POST", f"/records/{record}/submit", {}),
        ("POST", f"/records/{record}/sign", {"seen_sha256": "0" * 64}),
        ("POST", f"/records/{record}/return", {"seen_sha256": "0" * 64, "comment": "x"}),
        ("POST", f"/records/{record}/abandon", {"why": "x"}),
        ("POST", f"/records/{record}/reopen", {"why": "x"}),
        ("POST", f"/records/{record}/agreements", {"capacity": "parent", "name": "A", "decision": "agrees", "on": TODAY, "seen_sha256": "0" * 64}),
    ]  # fmt: skip


def test_what_one_may_not_see_is_told_like_what_is_not_there(visit, case):
    record, _ = _submitted(Api(visit.wanda), case)
    person = case.subjects.get().person_id
    other = make_case(visit.wanda, visit.north)
    grant_access(other.id, visit.wilf, "deny", why="x", by=visit.max, at=AT)
    denied_record = _submitted(Api(visit.wanda), other)[0]
    for user, (a_case, a_record, a_person) in (
        (visit.olive, (case.id, record, person)),
        (visit.wilf, (other.id, denied_record, other.subjects.get().person_id)),
        (visit.ada, (case.id, record, person)),
        (visit.axel, (case.id, record, person)),
    ):
        api = Api(user)
        nothing = (uuid4(), uuid4(), uuid4())
        reads = zip(
            _reads(a_case, a_record, a_person, uuid4()), _reads(*nothing, uuid4()), strict=True
        )
        for there, nowhere in reads:
            refused, absent = api.get(there), api.get(nowhere)
            problem(refused, 404, "absent")
            assert refused.content == absent.content
            assert dict(refused.headers) == dict(absent.headers)
        for (method, there, body), (_, nowhere, unknown) in zip(
            _writes(a_case, a_record, a_person), _writes(*nothing), strict=True
        ):
            refused = api.send(method, there, body, If_Match='"0"')
            absent = api.send(method, nowhere, unknown, If_Match='"0"')
            assert refused.content == absent.content, (method, there)
            assert refused.status_code == absent.status_code == 404, refused.content
        for address in (
            "/cases",
            "/records",
            "/persons",
            f"/cases?person={a_person}",
            f"/records?case={a_case}",
        ):
            assert str(a_record) not in api.get(address).content.decode()
            assert str(a_person) not in api.get(address).content.decode()


def test_a_reader_reads_and_writes_nothing(visit, case):
    record, _ = _submitted(Api(visit.wanda), case)
    person = case.subjects.get().person_id
    rita = Api(visit.rita)
    for address in _reads(case.id, record, person, uuid4())[:-1]:
        assert rita.get(address).status_code == 200, address
    for method, address, body in _writes(case.id, record, person):
        problem(rita.send(method, address, body, If_Match='"1"'), 403, "not_allowed")


@pytest.mark.parametrize("seed", range(8))
def test_odd_bodies_are_never_a_fault_of_ours(visit, case, seed):
    """Values of every type in every field of every command."""
    record, _ = _submitted(Api(visit.wanda), case)
    person = case.subjects.get().person_id
    odd = [
        None,
        True,
        -1,
        2**53 - 1,
        1.5,
        "",
        "\U0010ffff",
        "x" * 70_000,
        [],
        [[]],
        {},
        {"a": {"b": []}},
        ["a", 1],
        "2026-02-30",
        "0001-01-01",
        "9999-12-31T23:59:59+14:00",
    ]
    for number, (method, address, body) in enumerate(
        [
            *_writes(case.id, record, person),
            ("POST", "/persons", {"given_names": "A", "born_on": "2020-01-01", "identifiers": {}, "address": {}, "email": ""}),
            ("POST", "/cases", {"case_type": "child_in_need", "team": str(visit.north.id), "subjects": [str(person)], "occurred_at": AT.isoformat()}),
        ]
    ):  # fmt: skip
        names = sorted(body) or ["seen"]
        name, value = names[(seed + number) % len(names)], odd[(seed * 7 + number) % len(odd)]
        response = Api(visit.max).send(method, address, {**body, name: value}, If_Match='"0"')
        assert response.status_code < 500, (address, name, value, response.content)
        if response.status_code >= 400:
            json.loads(response.content)


def test_a_new_person_and_case_through_the_api(visit):
    wanda = Api(visit.wanda)
    made = wanda.post(
        "/persons",
        {
            "given_names": "Zoë",
            "family_name": "O’Brien",
            "born_on": "2020-02-29",
            "why": "referred",
        },
    )
    assert (made.status_code, made["ETag"]) == (201, '"1"')
    person = made.json()
    assert made["Location"] == f"/api/v1/persons/{person['id']}"
    assert [p["id"] for p in wanda.get("/persons?name=obrien%20zo").json()["items"]] == [
        person["id"]
    ]
    address = f"/persons/{person['id']}"
    problem(wanda.patch(address, {"known_as": "Zo"}), 428, "precondition")
    changed = wanda.patch(address, {"known_as": "Zo", "born_on": None}, If_Match='"1"')
    assert (changed.json()["known_as"], changed.json()["born_on"], changed["ETag"]) == (
        "Zo",
        None,
        '"2"',
    )
    problem(wanda.patch(address, {"known_as": "Zed"}, If_Match='"1"'), 412, "stale")
    problem(wanda.patch(address, {"user_name": "nobody"}, If_Match='"2"'), 422, "refused")
    future = problem(
        wanda.patch(address, {"born_on": "2030-01-01"}, If_Match='"2"'), 422, "refused"
    )
    assert [(p["path"], p["code"]) for p in future["problems"]] == [("born_on", "not_after")]
    assert wanda.get(address).json()["version"] == 2
    linked = wanda.patch(address, {"user_name": "wilf"}, If_Match='"2"')
    assert linked.json()["user_name"] == "wilf"
    problem(Api(visit.wilf).get(address), 404, "absent")

    team = wanda.get("/me").json()["roles"][0]["team"]["id"]
    body = {"case_type": "child_in_need", "team": team, "subjects": [person["id"]]}
    opened = wanda.post("/cases", body, Idempotency_Key="one")
    assert opened.status_code == 201
    assert wanda.post("/cases", body, Idempotency_Key="one").json() == opened.json()
    case = opened.json()
    assert case["reference"].startswith("CT")
    assert [s["person"] for s in case["subjects"]] == [person["id"]]
    second = make_person(visit.wanda, "Second")
    grown = wanda.post(f"/cases/{case['id']}/subjects", {"person": str(second.id)}).json()
    assert len(grown["subjects"]) == 2
    ended = wanda.post(
        f"/cases/{case['id']}/subjects/{second.id}/end", {"on": TODAY, "why": "moved"}
    )
    assert [s["to_on"] for s in ended.json()["subjects"] if s["person"] == str(second.id)] == [
        TODAY
    ]
    assert [
        c["id"]
        for c in wanda.get(f"/cases?person={person['id']}&open=yes&team={team}").json()["items"]
    ] == [case["id"]]
    assert wanda.get("/cases?open=no").json()["items"] == []
    problem(wanda.post("/cases", {**body, "team": str(uuid4())}), 422, "refused")
    problem(wanda.post("/cases", {**body, "team": str(visit.south.id)}), 403, "not_allowed")
    problem(wanda.post(f"/cases/{case['id']}/close", {"reason_code": "RC1"}), 403, "not_allowed")


def test_persons_are_listed_by_name_page_by_page(visit):
    for name in "Cole", "Adams", "Baker", "Adams":
        make_person(visit.wanda, "Pat", name)
    wanda, found, address = Api(visit.wanda), [], "/persons?limit=1"
    while address:
        document = wanda.get(address).json()
        found += [item["name"] for item in document["items"]]
        address = (document["next"] or "").removeprefix("/api/v1")
    assert found == ["Pat Adams", "Pat Adams", "Pat Baker", "Pat Cole"]


def test_code_lists_and_their_versions(visit):
    api = Api(visit.rita)
    publish_list(a_list("A", "B"), by=visit.ada, at=AT, reason="First")
    asked = a_form(question("choice", list="l"), lists={"l": {"list": "a.list"}})
    publish(asked, by=visit.ada, at=AT, reason="First")
    second = a_list("A", "B", "C")
    second["entries"][1]["valid_to"] = "2026-11-30"
    publish_list(second, by=visit.ada, at=AT, reason="C is new, B ends")
    (listed,) = api.get("/code-lists").json()["items"]
    assert (listed["key"], listed["number"]) == ("a.list", 2)
    one = api.get("/code-lists/a.list").json()
    assert [version["number"] for version in one["versions"]] == [2, 1]
    assert one["used_by"] == [{"form": "a_form", "number": 1, "list_number": 1}]
    for version, document in zip(one["versions"], (second, a_list("A", "B")), strict=True):
        read = api.get(version["url"].removeprefix("/api/v1"))
        assert read.json() == document
        assert hashlib.sha256(read.content).hexdigest() == version["sha256"]
        assert read["ETag"] == f'"{version["sha256"]}"'
        assert read["Cache-Control"] == "public, max-age=31536000, immutable"
        again = api.get(version["url"].removeprefix("/api/v1"), If_None_Match=read["ETag"])
        assert (again.status_code, again.content) == (304, b"")
    for nowhere in ("/code-lists/no.list", "/code-lists/a.list/versions/3", "/code-lists/a/b"):
        problem(api.get(nowhere), 404, "absent")


def test_forms_and_their_documents(visit):
    api = Api(visit.rita)
    (form,) = api.get("/forms").json()["items"]
    assert (form["key"], form["number"], form["withdrawn"]) == ("test_visit", 1, False)
    publish({**VISIT, "title": "Home visit"}, by=visit.ada, at=AT, reason="reworded")
    assert [v["title"] for v in api.get("/forms/test_visit").json()["versions"]] == [
        "Home visit",
        "Visit",
    ]
    assert [f["number"] for f in api.get("/forms").json()["items"]] == [2]
    one, two = (api.get(f"/forms/test_visit/versions/{n}").json() for n in (1, 2))
    assert one["documents"]["schema"]["sha256"] == two["documents"]["schema"]["sha256"]
    assert one["documents"]["texts"]["sha256"] != two["documents"]["texts"]["sha256"]
    for told in one["documents"].values():
        document = api.get(told["url"].removeprefix("/api/v1"))
        assert hashlib.sha256(document.content).hexdigest() == told["sha256"]
        assert document["ETag"] == f'"{told["sha256"]}"'
        assert document["Cache-Control"] == "public, max-age=31536000, immutable"
        again = api.get(told["url"].removeprefix("/api/v1"), If_None_Match=document["ETag"])
        assert (again.status_code, again.content) == (304, b"")
    for nowhere in ("/forms/nothing", "/forms/test_visit/versions/3", "/forms/test_visit/versions/1/nothing",
                    "/forms/nothing/versions/1/schema", f"/forms/test_visit/versions/{10**30}"):  # fmt: skip
        problem(api.get(nowhere), 404, "absent")


def test_hidden_answers_are_set_aside_by_their_paths(visit):
    asked = [dict(page) for page in VISIT["pages"]]
    asked[0]["items"] = [
        *asked[0]["items"],
        {"id": "q009", "kind": "question", "key": "why", "type": "text", "label": "Why there?",
         "visible": {"==": [{"var": "where"}, "School"]}},
    ]  # fmt: skip
    publish({**VISIT, "pages": asked}, by=visit.ada, at=AT, reason="test")
    api = Api(visit.wanda)
    record = _started(api, make_case(visit.wanda, visit.north), first={**FIRST, "why": "Quiet"})
    address = f"/records/{record['id']}"
    assert api.get(address).json()["set_aside"] == []
    refused = problem(api.post(f"{address}/submit", {"set_aside": ["where"]}), 422, "refused")
    assert [(p["path"], p["code"]) for p in refused["problems"]] == [
        ("set_aside.where", "unknown_path")
    ]
    problem(api.post(f"{address}/submit", {"set_aside": "why"}), 422, "refused")
    submission = api.post(f"{address}/submit", {"set_aside": ["why"]}).json()
    kept = {
        "question": "q009",
        "path": "why",
        "label": "Why there?",
        "where": "The visit",
        "value": "Quiet",
    }
    read = api.get(address).json()
    assert (read["answers"], read["set_aside"]) == (FIRST, [kept])
    revision = api.get(f"{address}/revisions/{submission['revision']}").json()
    assert revision["document"]["set_aside"] == [kept]
