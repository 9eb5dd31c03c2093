"""Persons on the pages: found by name, added once, changed by two without loss, addresses guarded."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest

from casework.cases.models import Case, Record
from casework.clock import now
from casework.ledger.models import Read
from casework.people.actions import add_person, change_person
from casework.people.models import Person
from tests.cast import Cast, make_case, make_record
from tests.faces.web_pages import browser, date_parts, errors, words
from tests.stored.small_form import publish_small

YESTERDAY = timedelta(days=1)
ADDRESS = {"line1": "7 Hidden Lane", "town": "Exampleton", "postcode": "AB12 3DE"}


@pytest.fixture
def early(cast: Cast) -> Cast:
    """The cast, in their roles since yesterday."""
    from casework.accounts.models import RoleGrant

    RoleGrant.objects.update(granted_at=now() - YESTERDAY)
    return cast


def person(cast: Cast, given: str, family: str, **more: Any) -> Person:
    return add_person(
        by=cast.wanda, at=now(), why="test", given_names=given, family_name=family, **more
    )


def edit_form(person: Person, **changes: str) -> dict[str, str]:
    """What the edit page sends when nothing but these is changed."""
    return {
        "given_names": person.given_names,
        "family_name": person.family_name,
        "known_as": person.known_as,
        "phone": person.phone,
        "sex": person.sex,
        "seen_version": str(person.version),
        "why": "Told by the school",
        "command_id": str(uuid4()),
        **changes,
    }


@pytest.mark.parametrize("typed", ["zoe obr", "OBrien", "obrien zo", "o’brien z", "Zoë"])
def test_a_person_is_found_by_words_in_any_order_without_accents(early: Cast, typed: str) -> None:
    person(early, "Zoë", "O’Brien")
    person(early, "Poppy", "Marsh")
    page = words(browser(early.wanda).get("/people/", {"q": typed}))
    assert "Zoë O’Brien" in page
    assert "Marsh" not in page


def test_less_than_two_letters_find_nobody_and_say_so(early: Cast) -> None:
    person(early, "Zoë", "O’Brien")
    page = words(browser(early.wanda).get("/people/?q=z"))
    assert "Type at least 2 letters" in page
    assert "O’Brien" not in page


def test_many_people_come_in_pages_that_lose_and_repeat_nobody(early: Cast) -> None:
    for number in range(60):
        person(early, f"Anna{number:02}", "Same")
    client, address, seen = browser(early.wanda), "/people/?q=same", []
    while address:
        body = client.get(address).content.decode()
        seen += [name for name in (f"Anna{n:02} Same" for n in range(60)) if f">{name}</a>" in body]
        following = body.split(
            'govuk-pagination__next"><a class="govuk-link govuk-pagination__link" href="'
        )
        address = (
            "/people/" + following[1].split('"')[0].replace("&amp;", "&")
            if len(following) > 1
            else ""
        )
    assert seen == [f"Anna{n:02} Same" for n in range(60)]


def test_a_forged_cursor_gives_the_first_page(early: Cast) -> None:
    person(early, "Zoë", "O’Brien")
    assert "Zoë" in words(browser(early.wanda).get("/people/?q=zoe&after=[1,2,3]:forged"))


def test_a_possible_duplicate_is_shown_before_anything_is_saved(early: Cast) -> None:
    person(early, "Zoë", "O’Brien", born_on=date(2016, 3, 4))
    client = browser(early.wanda)
    form = {"given_names": "Zoe", "family_name": "OBrien", **date_parts("born_on", 4, 3, 2016)}
    page = client.post("/people/add/", {**form, "command_id": str(uuid4())})
    assert "This person may be here already" in words(page)
    assert 'value="OBrien"' in page.content.decode()
    assert Person.objects.count() == 1
    client.post("/people/add/", {**form, "command_id": str(uuid4()), "another": "yes"})
    assert Person.objects.count() == 2


def hidden_from_olive(cast: Cast, **more: Any) -> Person:
    """Somebody in a case of the North team alone."""
    from casework.cases.actions.cases import open_case

    this = person(cast, "Zoë", "O’Brien", born_on=date(2016, 3, 4), **more)
    open_case(
        case_type="child_in_need", team=cast.north, subjects=[this.pk], by=cast.wanda, at=now()
    )
    return this


def test_of_a_duplicate_that_one_may_not_see_only_whom_to_ask_is_told(early: Cast) -> None:
    hidden = hidden_from_olive(early, phone="01632 960 001")
    form = {"given_names": "Zoe", "family_name": "OBrien", **date_parts("born_on", 4, 3, 2016)}
    client = browser(early.olive)
    page = client.post("/people/add/", {**form, "command_id": str(uuid4())})
    said = words(page)
    assert "Before you go on, ask North (Max Manager)." in said
    body = page.content.decode()
    for secret in ("Zoë", "O’Brien", str(hidden.pk), "960 001", "May be the same person"):
        assert secret not in body, secret
    assert Read.objects.filter(object_id=hidden.pk, actor=early.olive).count() == 1
    assert Person.objects.count() == 1
    sent = {**form, "another": "yes", "command_id": str(uuid4())}
    assert client.post("/people/add/", sent).status_code == 302


def test_a_name_alone_tells_nothing_of_whom_one_may_not_see(early: Cast) -> None:
    hidden_from_olive(early)
    form = {"given_names": "Zoë", "family_name": "O’Brien", "command_id": str(uuid4())}
    assert browser(early.olive).post("/people/add/", form).status_code == 302


def test_nobody_is_told_of_their_own_file(early: Cast) -> None:
    hidden = hidden_from_olive(early)
    change_person(
        hidden.pk, by=early.max, at=now(), why="She said so", seen_version=1, user_name="olive"
    )
    form = {"given_names": "Zoë", "family_name": "O’Brien", **date_parts("born_on", 4, 3, 2016)}
    sent = {**form, "command_id": str(uuid4())}
    assert browser(early.olive).post("/people/add/", sent).status_code == 302


def test_a_change_that_makes_two_alike_asks_first_and_keeps_what_was_typed(early: Cast) -> None:
    person(early, "Zoë", "O’Brien", born_on=date(2016, 3, 4))
    this = person(early, "Zara", "Marsh", born_on=date(2016, 3, 4))
    birthday = date_parts("born_on", 4, 3, 2016)
    mine = {**edit_form(this, given_names="Zoe", family_name="O Brien"), **birthday}
    client = browser(early.wanda)
    page = client.post(f"/people/{this.pk}/edit/", mine)
    assert "May be the same person" in words(page)
    assert 'value="O Brien"' in page.content.decode()
    this.refresh_from_db()
    assert this.version == 1
    again = {**mine, "another": "yes"}
    assert client.post(f"/people/{this.pk}/edit/", again).status_code == 302
    # What does not touch by what they are told apart asks nothing.
    this.refresh_from_db()
    quiet = {**edit_form(this, phone="01632 960 009"), **birthday}
    assert client.post(f"/people/{this.pk}/edit/", quiet).status_code == 302


def test_a_form_sent_twice_adds_one_person(early: Cast) -> None:
    client, command = browser(early.wanda), str(uuid4())
    form = {"given_names": "Noah", "family_name": "Marsh", "command_id": command, "another": "yes"}
    first, second = (client.post("/people/add/", form)["Location"] for _ in range(2))
    assert first == second
    assert Person.objects.count() == 1


def test_what_is_wrong_is_linked_to_its_field_and_what_was_typed_stays(early: Cast) -> None:
    response = browser(early.wanda).post(
        "/people/add/",
        {
            "given_names": "",
            "identifiers_nhs_number": "943 476 5910",
            "email": "not an address",
            **date_parts("born_on", 31, 2, 2016),
        },
    )
    wrong_date = "The date of birth must be a real date, such as 27 3 2026"
    assert errors(response) == [(wrong_date, "id_born_on-day")]
    assert 'value="31"' in response.content.decode()
    response = browser(early.wanda).post(
        "/people/add/",
        {"given_names": "", "identifiers_nhs_number": "943 476 5910", "email": "not an address"},
    )
    assert {link for _says, link in errors(response)} == {
        "id_given_names",
        "id_identifiers_nhs_number",
        "id_email",
    }


def test_two_who_change_different_details_both_keep_theirs(early: Cast) -> None:
    this = person(early, "Noah", "Marsh", phone="01632 960 001")
    mine = edit_form(this, known_as="Noe")
    change_person(this.pk, by=early.max, at=now(), why="x", seen_version=1, phone="01632 960 002")
    client = browser(early.wanda)
    page = client.post(f"/people/{this.pk}/edit/", mine)
    assert page.status_code == 409
    body = page.content.decode()
    assert "Somebody else changed these details while you did" in words(page)
    assert 'value="01632 960 002"' in body
    assert 'value="Noe"' in body
    assert 'name="seen_version" value="2"' in body
    again = {**mine, "phone": "01632 960 002", "seen_version": "2", "command_id": str(uuid4())}
    assert client.post(f"/people/{this.pk}/edit/", again).status_code == 302
    this.refresh_from_db()
    assert (this.phone, this.known_as, this.version) == ("01632 960 002", "Noe", 3)


def test_two_who_change_the_same_detail_see_both_texts(early: Cast) -> None:
    this = person(early, "Noah", "Marsh", phone="01632 960 001")
    change_person(this.pk, by=early.max, at=now(), why="x", seen_version=1, phone="01632 960 002")
    page = browser(early.wanda).post(
        f"/people/{this.pk}/edit/", edit_form(this, phone="01632 960 003")
    )
    said = words(page)
    assert "01632 960 001" in said
    assert "01632 960 002" in said
    assert 'value="01632 960 003"' in page.content.decode()
    this.refresh_from_db()
    assert this.phone == "01632 960 002"


def test_a_protected_address_is_shown_only_when_asked_for_and_that_is_noted(early: Cast) -> None:
    this = person(early, "Noah", "Marsh", address={**ADDRESS, "protected": True})
    client = browser(early.wanda)
    for page in ("", "edit/", "history/"):
        assert "Hidden Lane" not in client.get(f"/people/{this.pk}/{page}").content.decode(), page
    assert not Read.objects.filter(detail__contains="protected").exists()
    for page in ("", "edit/", "history/"):
        shown = client.get(f"/people/{this.pk}/{page}?address=show")
        assert "Hidden Lane" in shown.content.decode(), page
    assert Read.objects.filter(detail__contains="protected", actor=early.wanda).count() == 3


def test_changing_a_name_leaves_a_hidden_address_as_it_is(early: Cast) -> None:
    this = person(early, "Noah", "Marsh", address={**ADDRESS, "protected": True})
    response = browser(early.wanda).post(
        f"/people/{this.pk}/edit/", edit_form(this, known_as="Noe")
    )
    assert response.status_code == 302
    this.refresh_from_db()
    assert this.address == {**ADDRESS, "protected": True}
    assert this.known_as == "Noe"


def test_the_history_tells_who_changed_what_and_why(early: Cast) -> None:
    this = person(early, "Noah", "Marsh")
    browser(early.wanda).post(f"/people/{this.pk}/edit/", edit_form(this, known_as="Noe"))
    page = words(browser(early.max).get(f"/people/{this.pk}/history/"))
    assert "Wanda Worker" in page
    assert "Told by the school" in page
    assert "Known as Nothing Noe" in page


def test_who_is_said_to_be_a_user_keeps_their_file_from_them(cast: Cast) -> None:
    case = make_case(cast.wanda, cast.north)
    person_id = case.subjects.get().person_id
    record = start_small(cast, case)
    wilf, wanda = browser(cast.wilf), browser(cast.wanda)
    addresses = [f"/people/{person_id}/", f"/cases/{case.pk}/", f"/records/{record.pk}/"]
    assert {wilf.get(address).status_code for address in addresses} == {200}
    edit = f"/people/{person_id}/edit/"
    form = {"given_names": "Testina", "family_name": "Example", "why": "She told us"}
    assert "They will not see this file" in words(wanda.get(edit))

    refused = wanda.post(edit, {**form, "user_name": "nobody", "seen_version": 1})
    says = "There is no user with the name “nobody”"
    assert errors(refused) == [(says, "id_user_name")]
    saved = wanda.post(edit, {**form, "user_name": "wilf", "seen_version": 1})
    assert saved.status_code == 302

    assert "Wilf Worker (wilf), who does not see this file" in words(wanda.get(addresses[0]))
    history = words(wanda.get(f"/people/{person_id}/history/"))
    assert "User name, if this person has a log-in here" in history
    assert "Wilf Worker" in history
    assert [wilf.get(address).status_code for address in addresses] == [404, 404, 404]
    own = wanda.post(edit, {**form, "user_name": "wanda", "seen_version": 2})
    assert own["Location"] == "/people/"
    assert [wanda.get(address).status_code for address in addresses] == [404, 404, 404]
    assert [wilf.get(address).status_code for address in addresses] == [200, 200, 200]


def start_small(cast: Cast, case: Case) -> Record:
    """A record in the case, on a form of the tests' own."""
    publish_small(cast.ada)
    return make_record(case, cast.wanda, "small")
