"""Every address answers to each role as the table says; denied is byte-equal to absent."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from casework.accounts.models import Role, RoleGrant, Team, User
from casework.accounts.tokens import SCOPES, make_token
from casework.cases.actions.allocating import allocate
from casework.cases.actions.marking import mark_answer
from casework.cases.actions.sharing import grant_access
from casework.cases.actions.signing import sign, submit
from casework.cases.models import Allocation, Case, Clock, Record, Snapshot, Task, Transfer, Upload
from casework.notices.models import Notice
from casework.people.living import add_household
from casework.people.relating import relate
from formdefs.versions import form_of
from tests.cast import AT, Cast, make_case, make_person, make_record, sample_answers
from tests.faces.url_table import API, TABLE, WAGTAIL, WHO, Address

REFUSED = range(300, 600)
SENT = {"csrfmiddlewaretoken": "of a form in which nothing is filled in"}
# What was typed before the session ended or the role was lost is kept, and says so.
LATER = {
    ("nobody", "web:record-page"),
    ("rita", "web:record-page"),
}


@dataclass(frozen=True)
class World:
    """A case with a record in each state, and everything that an address can name."""

    users: Mapping[str, User]
    things: Mapping[str, Any]

    def browser(self, who: str) -> Client:
        """A browser in which somebody is signed in (or nobody)."""
        client = Client(raise_request_exception=True)
        if who != "nobody":
            client.force_login(self.users[who])
        return client


@pytest.fixture
def world(library: Cast, monkeypatch: pytest.MonkeyPatch) -> World:
    """The case that all is about, with wilf kept out and kim its subject; it is an hour after AT."""
    monkeypatch.setattr(timezone, "now", lambda: AT + timedelta(hours=1))
    kim = User.objects.create(username="kim", first_name="Kim", last_name="Own")
    RoleGrant.objects.create(user=kim, role=Role.WORKER, team=library.north, granted_at=AT)
    person = make_person(library.wanda)
    case = make_case(library.wanda, library.north, person.id)
    person.user = kim
    person.save()
    grant_access(case.pk, library.wilf, "deny", why="Knows the family", by=library.max, at=AT)
    mother = make_person(library.wanda, "Mara")
    allocate(case.pk, library.wanda, by=library.max, at=AT)
    draft = make_record(case, library.wanda)
    submitted, signed = (_submitted(case, library.wanda) for _ in range(2))
    mark_answer(submitted.pk, ("presenting_concern",), "police", by=library.wanda, at=AT)
    shown = Snapshot.objects.get(record=signed)
    sign(signed.pk, seen_sha256=shown.sha256, by=library.max, at=AT)
    token, _plain = make_token(
        by=library.wanda, at=AT, name="x", scopes=["cases:read"], expires_at=AT + timedelta(days=9)
    )
    things = {
        "case": case.pk,
        "person": person.pk,
        "draft": draft.pk,
        "submitted": submitted.pk,
        "signed": signed.pk,
        "page": form_of(draft.form_version_id).pages[0].key,
        "form": "referral",
        "case_type": "child_in_need",
        "version": draft.form_version_id,
        "list": next(iter(form_of(draft.form_version_id).lists)),
        "one": 1,
        "upload": _upload(draft, library.wanda).pk,
        "user": library.olive.pk,
        "grant": RoleGrant.objects.get(user=library.olive).pk,
        "team": Team.objects.get(name="South").pk,
        "token": token.pk,
        "place": "presenting_concern",
        "mark": "police",
        "task": _task(case).pk,
        "allocation": Allocation.objects.get(case=case).pk,
        "clock": Clock.objects.filter(case=case).latest("key").pk,
        "transfer": _transfer(case, library).pk,
        "role": "worker",
        "notice": _notice(case, library.wanda).pk,
        "secret": "guessed",
        "relation": relate(person.pk, mother.pk, "mother", by=library.wanda, at=AT).pk,
        "household": add_household("Example", [person.pk], by=library.wanda, at=AT).pk,
    }
    users = {who: getattr(library, who) for who in WHO if hasattr(library, who)} | {"kim": kim}
    return World(users, things)


def _task(case: Case) -> Task:
    return Task.objects.create(
        case=case,
        key="plan_action.row",
        template="plan_action",
        title="Ring the school",
        created_at=AT,
        changed_at=AT,
    )


def _transfer(case: Case, cast: Cast) -> Transfer:
    """A proposal to the South team, which refused it."""
    return Transfer.objects.create(
        case=case,
        from_team=cast.north,
        to_team=cast.south,
        status=Transfer.REFUSED,
        reason="They moved",
        proposed_by=cast.max,
        proposed_at=AT,
        answered_by=cast.omar,
        answered_at=AT,
    )


def _notice(case: Case, user: User) -> Notice:
    return Notice.objects.create(user=user, kind="clock.overdue", key="x", case=case, at=AT)


def _submitted(case: Case, by: User) -> Record:
    record = make_record(case, by, pages=_pages(case))
    submit(record.pk, seen=None, by=by, at=AT)
    return record


def _pages(case: Case) -> dict[str, dict[str, Any]]:
    from formdefs.versions import newest

    form, answers = form_of(newest("referral").pk), sample_answers("referral")
    return {
        page.id: {key: answers[key] for key in form.keys_of(page.id) & answers.keys()}
        for page in form.pages
    }


def _upload(record: Record, by: User) -> Upload:
    name = default_storage.save("0123456789abcdef", ContentFile(b"%PDF-1.4"))
    return Upload.objects.create(
        record=record,
        question="q000",
        name="letter.pdf",
        stored_name=name,
        content_type="application/pdf",
        size=8,
        sha256="0" * 64,
        uploaded_by=by,
        uploaded_at=AT,
    )


def addresses(
    patterns: list[URLPattern | URLResolver] | None = None, path: str = "", namespace: str = ""
) -> Iterator[tuple[str, str]]:
    """Every address of the project: its name with its namespace, and its path with its parameters."""
    for one in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(one, URLResolver):
            inner = f"{namespace}{one.namespace}:" if one.namespace else namespace
            yield from addresses(one.url_patterns, path + str(one.pattern), inner)
        else:
            yield namespace + (one.name or ""), path + str(one.pattern)


def test_every_address_is_in_the_table_and_nothing_else_is() -> None:
    ours = {name for name, path in addresses() if not path.startswith((WAGTAIL, API))}
    assert ours == set(TABLE)


def test_every_address_answers_everybody_as_the_table_says(world: World) -> None:
    wrong = []
    for who in WHO:
        client = world.browser(who)
        for name, address in TABLE.items():
            url = _url(name, address, world.things)
            expected = address.get[who]
            if address.only_post and expected < 400 and who != "nobody":
                expected = 405
            method = client.post if address.only_post and expected != 405 else client.get
            response = method(url)
            found = response.status_code
            if response.streaming:
                response.getvalue()  # read to its end, a file is closed
            if found != expected:
                wrong.append(f"{name} to {who}: {found} instead of {expected}")
    assert not wrong, "\n".join(wrong)


def test_what_may_not_be_opened_may_not_be_sent_either(world: World) -> None:
    wrong = []
    for who in WHO:
        client = world.browser(who)
        for name, address in TABLE.items():
            expected = address.get[who]
            if expected < 300 or name.startswith("account_"):
                continue
            if who != "nobody" and expected < 400:
                continue
            found = client.post(_url(name, address, world.things), SENT).status_code
            # 405: it takes no POST at all, which is told before anything is looked up.
            if found not in {expected, 405} and (who, name) not in LATER:
                wrong.append(f"POST {name} by {who}: {found} instead of {expected}")
    assert not wrong, "\n".join(wrong)


def test_an_empty_form_is_shown_again_and_changes_nothing(world: World) -> None:
    wrong = []
    for name, address in TABLE.items():
        if address.sent is None:
            continue
        who = next(one for one in ("max", "axel", "wanda") if address.get[one] < 400)
        found = world.browser(who).post(_url(name, address, world.things), SENT).status_code
        if found != address.sent:
            wrong.append(f"POST {name} by {who}: {found} instead of {address.sent}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("who", ["wilf", "kim", "olive", "omar", "ada", "axel"])
def test_denied_is_byte_equal_to_absent(world: World, who: str) -> None:
    client, unequal, compared = world.browser(who), [], 0
    client.get("/")  # the session is written once, at its first use
    for name, address in TABLE.items():
        named = [key for key, thing in address.ids.items() if isinstance(world.things[thing], UUID)]
        if not named or address.get[who] != 404:
            continue
        absent = {**world.things, **{address.ids[key]: uuid4() for key in named}}
        for method in ("get", "post"):
            if address.only_post and method == "get":
                continue
            send = getattr(client, method)
            denied = _bare(send(_url(name, address, world.things), SENT), world.things)
            missing = _bare(send(_url(name, address, absent), SENT), absent)
            compared += 1
            if denied != missing:
                unequal.append(f"{method} {name}")
    assert not unequal
    assert compared > 20


def test_an_absent_page_of_a_record_one_may_see_is_like_any_absent_page(world: World) -> None:
    client = world.browser("wanda")
    url = reverse("web:record-page", args=[world.things["draft"], "no_such_page"])
    client.get("/")  # the session is written once, at its first use
    assert _bare(client.get(url), {}) == _bare(client.get("/records/nothing/"), {})


def test_wagtail_is_closed_to_all_but_form_administrators(world: World) -> None:
    paths = [_filled(path) for _name, path in addresses() if path.startswith(WAGTAIL)]
    assert len(paths) > 150
    let_in = []
    for who in ("nobody", "max", "rita", "axel"):
        client = world.browser(who)
        for path in paths:
            response = client.get(f"/{path}")
            harmless = response.status_code == 200 and _is_harmless(path)
            if response.status_code not in REFUSED and not harmless:
                let_in.append(f"{who} {path}: {response.status_code}")
    assert not let_in, "\n".join(let_in)


def test_the_api_is_closed_without_a_token_whatever_the_browser_is_signed_in_as(
    world: World,
) -> None:
    open_ones = {"api:openapi-json", "api:openapi-yaml", "api:docs", "api:docs-try"}
    wrong = []
    for name, path in addresses():
        if not path.startswith(API):
            continue
        for who in ("nobody", "max"):
            found = world.browser(who).get(f"/{_filled(path)}").status_code
            expected = {200} if name in open_ones else {404} if name == "api:" else {401, 405}
            if found not in expected:
                wrong.append(f"{name} to {who}: {found}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("who", ["olive", "omar", "wilf", "kim", "ada", "axel"])
def test_the_api_tells_of_nothing_that_its_user_may_not_see(world: World, who: str) -> None:
    client, wrong, asked = _program(world.users[who]), [], 0
    for name, path in addresses():
        url = _api_url(path, world.things)
        if not path.startswith(API) or not url:
            continue
        asked += 1
        absent = _api_url(path, {**world.things, **dict.fromkeys(_IDS.values(), uuid4())})
        for send in (client.get, client.put, client.post):
            denied, missing = (send(one, content_type="application/json") for one in (url, absent))
            told_alike = denied.content.decode() == missing.content.decode().replace(absent, url)
            # What is sent is judged before anything is looked up: alike for both.
            refusals = {404, 405} if send == client.get else {404, 405, 415, 422, 428}
            if not (told_alike and denied.status_code == missing.status_code in refusals):
                wrong.append(f"{name}: {denied.status_code}, {missing.status_code}")
    assert not wrong, "\n".join(wrong)
    assert asked >= 15


_IDS = {
    "case_id": "case",
    "person_id": "person",
    "record_id": "draft",
    "upload_id": "upload",
    "task_id": "task",
    "transfer_id": "transfer",
}


def _program(user: User) -> Client:
    """A program that acts for a user, with every scope."""
    end = AT + timedelta(days=9)
    _token, plain = make_token(by=user, at=AT, name="x", scopes=SCOPES, expires_at=end)
    return Client(headers={"authorization": f"Bearer {plain}"})


def _api_url(path: str, things: Mapping[str, Any]) -> str:
    """The address about our things; "" where it names none of them."""
    names = [name for name in _IDS if f":{name}>" in path]
    for name in names:
        path = path.replace(f"<uuid:{name}>", str(things[_IDS[name]]))
    return f"/{_filled(path)}" if names else ""


def _url(name: str, address: Address, things: Mapping[str, Any]) -> str:
    return reverse(name, kwargs={key: things[thing] for key, thing in address.ids.items()})


def _bare(response: Any, things: Mapping[str, Any]) -> tuple[Any, ...]:
    """All that a response says, without the ids that were asked for and the form tokens."""
    body = response.content.decode()
    for value in things.values():
        body = body.replace(str(value), "ID") if isinstance(value, UUID) else body
    body = re.sub(r'(name="csrfmiddlewaretoken" value=")[^"]+', r"\1TOKEN", body)
    headers = {key: value for key, value in response.headers.items() if key != "Set-Cookie"}
    cookies = {name: {**cookie, "expires": ""} for name, cookie in response.cookies.items()}
    return response.status_code, sorted(headers.items()), body, cookies


def _filled(path: str) -> str:
    """A path whose parameters hold something of the right kind."""
    samples = {"int": "1", "uuid": str(UUID(int=7)), "slug": "some", "str": "some", "path": "some"}
    path = re.sub(r"<(?:(\w+):)?\w+>", lambda found: samples.get(found[1] or "str", "some"), path)
    path = re.sub(r"\(\?P<\w+>[^)]*\)", "1", path)
    return path.replace("^", "").replace("$", "").replace("\\", "").replace("?", "")


def _is_harmless(path: str) -> bool:
    """Pages of Wagtail that hold nothing of ours: its pictures and translated words."""
    return path.endswith(("sprite/", "jsi18n/")) or "/login/" in path
