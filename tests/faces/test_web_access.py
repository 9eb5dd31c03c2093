"""Access administration: by an access administrator, never for oneself, leavers out at once."""

from datetime import timedelta

import pytest
from django.test import Client

from casework.accounts.models import Role, RoleGrant, Team, Token, User
from casework.accounts.tokens import make_token
from casework.clock import now
from tests.cast import Cast
from tests.faces.web_pages import browser, date_parts, errors, words

PASSWORD = "three-random-words-here"


@pytest.fixture
def early(cast: Cast) -> Cast:
    """The cast, in their roles since yesterday."""
    RoleGrant.objects.update(granted_at=now() - timedelta(days=1))
    return cast


def test_a_user_is_added_and_the_password_is_shown_this_once(early: Cast) -> None:
    client = browser(early.axel)
    form = {"username": "nina", "first_name": "Nina", "last_name": "New"}
    page = client.post("/access/users/add/", form)
    nina = User.objects.get(username="nina")
    plain = page.content.decode().split("<code>")[1].split("</code>")[0]
    assert nina.check_password(plain)
    assert plain not in client.get(f"/access/users/{nina.pk}/").content.decode()
    assert "no-store" in page["Cache-Control"]


def test_a_name_that_is_taken_is_refused_at_its_field(early: Cast) -> None:
    form = {"username": "wanda", "first_name": "Other", "last_name": "Wanda"}
    response = browser(early.axel).post("/access/users/add/", form)
    assert [link for _says, link in errors(response)] == ["id_username"]
    assert 'value="Other"' in response.content.decode()


def test_a_role_is_given_in_a_team_and_ended_with_reasons(early: Cast) -> None:
    client, rita = browser(early.axel), early.rita
    address = f"/access/users/{rita.pk}/roles/add/"
    lacking = client.post(address, {"role": Role.WORKER, "team": "", "why": ""})
    assert {link for _says, link in errors(lacking)} == {"id_team", "id_why"}
    client.post(address, {"role": Role.WORKER, "team": str(early.north.pk), "why": "Moved"})
    grant = RoleGrant.objects.get(user=rita, role=Role.WORKER, ended_at=None)
    assert "Worker" in words(client.get(f"/access/users/{rita.pk}/"))
    client.post(f"/access/roles/{grant.pk}/end/", {"why": "Moved back"})
    grant.refresh_from_db()
    assert grant.ended_at is not None


@pytest.mark.parametrize("what", ["password", "deactivate", "roles/add"])
def test_nobody_changes_their_own_access(early: Cast, what: str) -> None:
    form = {"why": "I want to", "role": Role.READ_ONLY}
    response = browser(early.axel).post(f"/access/users/{early.axel.pk}/{what}/", form)
    assert response.status_code == 403
    assert "Nobody changes their own access. Ask another access administrator." in words(response)


def test_the_page_of_oneself_offers_no_change(early: Cast) -> None:
    page = browser(early.axel).get(f"/access/users/{early.axel.pk}/")
    assert "This is you." in words(page)
    assert "Deactivate" not in words(page)


def test_a_leaver_loses_sessions_tokens_and_roles_at_once(early: Cast) -> None:
    leaver = browser(early.wanda)
    assert leaver.get("/").status_code == 200
    make_token(
        by=early.wanda,
        at=now(),
        name="x",
        scopes=["cases:read"],
        expires_at=now() + timedelta(days=9),
    )
    client = browser(early.axel)
    assert "1 token" in words(client.get(f"/access/users/{early.wanda.pk}/"))
    client.post(f"/access/users/{early.wanda.pk}/deactivate/", {"why": "Left"})
    assert leaver.get("/").status_code == 302
    assert not Token.objects.filter(ended_at=None).exists()
    page = words(client.get(f"/access/users/{early.wanda.pk}/"))
    assert "Deactivated" in page
    assert "No roles" in page
    back = client.post(f"/access/users/{early.wanda.pk}/deactivate/", {"why": "Came back"})
    assert "can sign in again" in words(back)


def test_everybody_else_is_told_who_may(early: Cast) -> None:
    for user in (early.wanda, early.max, early.rita, early.ada):
        response = browser(user).get("/access/users/")
        assert response.status_code == 403
        assert "Only an access administrator can see and change who has access." in words(response)


def test_teams_are_added_renamed_and_taken_out_of_use(early: Cast) -> None:
    client = browser(early.axel)
    taken = client.post("/access/teams/add/", {"name": "North"})
    assert [link for _says, link in errors(taken)] == ["id_name"]
    client.post("/access/teams/add/", {"name": "West"})
    west = Team.objects.get(name="West")
    client.post(f"/access/teams/{west.pk}/", {"name": "Far west", "active": "no"})
    west.refresh_from_db()
    assert (west.name, west.active) == ("Far west", False)


def test_users_are_found_by_words_and_leavers_on_request(early: Cast) -> None:
    User.objects.filter(pk=early.wilf.pk).update(is_active=False)
    client = browser(early.axel)
    assert "Wanda Worker" in words(client.get("/access/users/?q=work+wan"))
    assert "Wilf" not in words(client.get("/access/users/"))
    assert "Wilf" in words(client.get("/access/users/?show=all"))


def test_a_token_is_made_after_the_password_again_and_shown_once(early: Cast) -> None:
    client = _after_the_password_again(early)
    end = (now() + timedelta(days=30)).date()
    form = {
        "name": "Reports",
        "scopes": ["cases:read"],
        **date_parts("ends_on", end.day, end.month, end.year),
    }
    page = client.post("/account/tokens/add/", form)
    plain = page.content.decode().split("<code>ct_")[1].split("</code>")[0]
    token = Token.objects.get()
    listed = client.get("/account/")
    assert "Reports" in words(listed)
    assert plain not in listed.content.decode()
    client.post(f"/account/tokens/{token.pk}/end/")
    token.refresh_from_db()
    assert token.ended_at is not None


def test_a_token_for_more_than_a_year_is_refused_at_its_field(early: Cast) -> None:
    form = {"name": "x", "scopes": ["cases:read"], **date_parts("ends_on", 1, 1, 2099)}
    response = _after_the_password_again(early).post("/account/tokens/add/", form)
    assert [link for _says, link in errors(response)] == ["id_ends_on-day"]


def test_a_token_is_not_made_without_the_password_again(early: Cast) -> None:
    response = browser(early.wanda).post("/account/tokens/add/", {"name": "x"})
    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/")
    assert not Token.objects.exists()


def _after_the_password_again(cast: Cast) -> Client:
    """Wanda's browser, on the way to make a token."""
    cast.wanda.set_password(PASSWORD)
    cast.wanda.save()
    client = browser(cast.wanda)
    asked = client.get("/account/tokens/add/")["Location"]
    assert asked.startswith("/accounts/reauthenticate/")
    wrong = client.post(asked, {"password": "wrong"})
    assert [link for _says, link in errors(wrong)] == ["id_password"]
    again = client.post(asked, {"password": PASSWORD, "next": "/account/tokens/add/"})
    assert again["Location"] == "/account/tokens/add/"
    return client
