"""Users, teams and roles: who may change them, what follows at once, and what is written of it."""

from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.auth import get_user
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.test import Client

from casework import clock
from casework.accounts import administer, passwords, roles, tokens
from casework.accounts.models import Role, RoleGrant, Team, Token, User
from casework.accounts.refusals import NotAccepted, NotAllowed
from casework.ledger.append import content_of
from casework.ledger.models import Event

AT = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
LATER = AT + timedelta(days=1)


@pytest.fixture
def axel(db: None) -> User:
    """An access administrator."""
    user = User.objects.create(username="axel", first_name="Axel", last_name="Access")
    RoleGrant.objects.create(user=user, role=Role.ACCESS_ADMINISTRATOR, granted_at=AT)
    return user


@pytest.fixture
def wanda(db: None) -> User:
    return User.objects.create(username="wanda", first_name="Wanda", last_name="Worker")


@pytest.fixture
def north(db: None) -> Team:
    return Team.objects.create(name="North")


def kinds(stream: object) -> list[str]:
    return list(Event.objects.filter(stream=stream).order_by("seq").values_list("kind", flat=True))


def test_a_user_is_added_with_a_temporary_password(axel):
    user, plain = administer.add_user(
        by=axel,
        at=AT,
        username=" new ",
        first_name="New",
        last_name="Person",
        email="n@example.org",
    )
    assert user.username == "new"
    assert user.check_password(plain)
    assert user.must_change_password
    event = Event.objects.get(stream=user.uid)
    assert (event.kind, event.actor) == ("user.added", axel)
    assert content_of(event)["last_name"] == "Person"
    assert "Person" not in event.refs


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"username": "axel"}, "username"),
        ({"username": ""}, "username"),
        ({"username": "a b"}, "username"),
        ({"last_name": " "}, "last_name"),
        ({"email": "nowhere"}, "email"),
    ],
)
def test_a_user_that_cannot_be_is_refused_by_field(axel, fields, problem):
    given = {"username": "new", "first_name": "New", "last_name": "Person", "email": ""}
    with pytest.raises(NotAccepted) as caught:
        administer.add_user(by=axel, at=AT, **{**given, **fields})
    assert list(caught.value.problems) == [problem]
    assert not Event.objects.exists()


def test_a_role_is_granted_in_a_team_and_ended(axel, wanda, north):
    grant = administer.grant_role(wanda.pk, "worker", north.id, by=axel, at=AT, why="joins")
    assert roles.roles_of(wanda, AT) == {("worker", north.id)}
    assert list(roles.teams_of(wanda, AT)) == [north]
    assert list(roles.members_of(north, AT, Role.WORKER)) == [wanda]
    administer.end_role(grant.id, by=axel, at=LATER, why="moves")
    assert roles.roles_of(wanda, LATER) == set()
    assert roles.roles_of(wanda, LATER - timedelta(seconds=1)) == {("worker", north.id)}
    assert not roles.members_of(north, LATER).exists()
    assert kinds(wanda.uid) == ["role.granted", "role.ended"]


@pytest.mark.parametrize(
    ("role", "in_team", "why", "problem"),
    [
        ("worker", False, "x", "team"),
        ("read_only", True, "x", "team"),
        ("god", False, "x", "role"),
        ("worker", True, "  ", "why"),
    ],
)
def test_a_role_that_cannot_be_is_refused(axel, wanda, north, role, in_team, why, problem):
    with pytest.raises(NotAccepted) as caught:
        administer.grant_role(
            wanda.pk, role, north.id if in_team else None, by=axel, at=AT, why=why
        )
    assert list(caught.value.problems) == [problem]


def test_a_role_is_held_once(axel, wanda, north):
    for role, team in (("worker", north.id), ("read_only", None)):
        administer.grant_role(wanda.pk, role, team, by=axel, at=AT, why="x")
        with pytest.raises(NotAccepted):
            administer.grant_role(wanda.pk, role, team, by=axel, at=AT, why="x")
        with pytest.raises(IntegrityError), transaction.atomic():
            RoleGrant.objects.create(user=wanda, role=role, team_id=team, granted_at=AT)


def test_a_closed_team_takes_nobody(axel, wanda, north):
    administer.change_team(north.id, by=axel, at=AT, name="North", active=False)
    with pytest.raises(NotAccepted):
        administer.grant_role(wanda.pk, "worker", north.id, by=axel, at=AT, why="x")


def test_a_form_administrator_is_in_the_group_that_wagtail_knows(axel, wanda):
    grant = administer.grant_role(wanda.pk, "administrator", None, by=axel, at=AT, why="x")
    assert wanda.groups.get().name == roles.ADMINISTRATORS_GROUP
    administer.end_role(grant.id, by=axel, at=AT, why="x")
    assert not wanda.groups.exists()


def _actions(user: User, team: Team, grant: RoleGrant):
    """Every action, ready to be called with `by`."""
    return [
        lambda by: administer.add_user(by=by, at=AT, username="n", first_name="N", last_name="N"),
        lambda by: administer.add_team("East", by=by, at=AT),
        lambda by: administer.change_team(team.id, by=by, at=AT, name="South", active=True),
        *_actions_on(user, grant),
    ]


def _actions_on(user: User, grant: RoleGrant):
    """The actions on a user."""
    return [
        lambda by: administer.change_user(
            user.pk, by=by, at=AT, first_name="A", last_name="B", email=""
        ),
        lambda by: administer.reset_password(user.pk, by=by, at=AT),
        lambda by: administer.deactivate(user.pk, by=by, at=AT, why="x"),
        lambda by: administer.reactivate(user.pk, by=by, at=AT, why="x"),
        lambda by: administer.grant_role(user.pk, "read_only", None, by=by, at=AT, why="x"),
        lambda by: administer.end_role(grant.id, by=by, at=AT, why="x"),
    ]


def test_nobody_but_an_access_administrator_may_do_any_of_it(axel, wanda, north):
    max_ = User.objects.create(username="max")
    grant = RoleGrant.objects.create(user=wanda, role="worker", team=north, granted_at=AT)
    RoleGrant.objects.create(user=max_, role="manager", team=north, granted_at=AT)
    RoleGrant.objects.create(user=max_, role="administrator", granted_at=AT)
    RoleGrant.objects.create(
        user=max_, role="access_administrator", granted_at=AT - timedelta(9), ended_at=AT
    )
    User.objects.filter(pk=max_.pk).update(is_superuser=True)
    max_.refresh_from_db()
    for action in _actions(wanda, north, grant):
        with pytest.raises(NotAllowed):
            action(max_)
    assert not Event.objects.exists()


def test_nobody_does_any_of_it_to_themselves(axel):
    own = RoleGrant.objects.get(user=axel)
    for action in _actions_on(axel, own):
        with pytest.raises(NotAllowed):
            action(axel)
    assert not Event.objects.exists()
    with pytest.raises(IntegrityError), transaction.atomic():
        RoleGrant.objects.create(user=axel, role="read_only", granted_by=axel, granted_at=AT)


def test_a_leaver_loses_roles_tokens_and_sessions_at_once(axel, wanda, north):
    administer.grant_role(wanda.pk, "worker", north.id, by=axel, at=AT, why="joins")
    _, plain = tokens.make_token(
        by=wanda, at=AT, name="script", scopes=["cases:read"], expires_at=AT + timedelta(30)
    )
    listed, unlisted = Client(), Client()
    for browser in (listed, unlisted):
        browser.force_login(wanda)
        assert _signed_in(browser) == wanda
    key = listed.session.session_key
    UserSession.objects.create(user=wanda, session_key=key, ip="127.0.0.1", user_agent="x")

    administer.deactivate(wanda.pk, by=axel, at=LATER, why="retired")

    wanda.refresh_from_db()
    assert not wanda.is_active
    assert roles.roles_of(wanda, LATER) == set()
    assert tokens.find_token(plain, LATER) is None
    assert not Session.objects.filter(session_key=key).exists()
    assert kinds(wanda.uid)[-3:] == ["role.ended", "token.ended", "user.deactivated"]
    with pytest.raises(NotAccepted):
        administer.deactivate(wanda.pk, by=axel, at=LATER, why="again")

    temporary = administer.reactivate(wanda.pk, by=axel, at=LATER, why="back")
    wanda.refresh_from_db()
    assert wanda.check_password(temporary)
    assert roles.roles_of(wanda, LATER) == set()
    assert tokens.find_token(plain, LATER) is None
    # The session that allauth does not list is void by the changed password.
    assert not _signed_in(listed).is_authenticated
    assert not _signed_in(unlisted).is_authenticated


def _signed_in(browser: Client) -> User | AnonymousUser:
    """Whom the next request of this browser would come from."""
    request = HttpRequest()
    request.session = browser.session
    return get_user(request)


def test_a_leaver_with_an_open_grant_holds_no_role(wanda, north):
    RoleGrant.objects.create(user=wanda, role="worker", team=north, granted_at=AT)
    wanda.is_active = False
    assert roles.roles_of(wanda, AT) == set()
    assert not roles.teams_of(wanda, AT).exists()
    assert not roles.holds(wanda, AT, Role.WORKER)


def test_a_new_temporary_password_ends_what_the_old_one_began(axel, wanda):
    _, plain = tokens.make_token(
        by=wanda, at=AT, name="script", scopes=["cases:read"], expires_at=AT + timedelta(30)
    )
    temporary = administer.reset_password(wanda.pk, by=axel, at=AT)
    wanda.refresh_from_db()
    assert wanda.check_password(temporary)
    assert wanda.must_change_password
    assert tokens.find_token(plain, AT) is None
    passwords.note_own_password(wanda, at=AT)
    wanda.refresh_from_db()
    assert not wanda.must_change_password


def test_a_team_is_added_renamed_and_closed(axel):
    team = administer.add_team(" East ", by=axel, at=AT)
    administer.change_team(team.id, by=axel, at=AT, name="Far East", active=False)
    team.refresh_from_db()
    assert (team.name, team.active) == ("Far East", False)
    assert kinds(team.id) == ["team.added", "team.changed"]
    for name in ("Far East", "  "):
        with pytest.raises(NotAccepted):
            administer.add_team(name, by=axel, at=AT)


@pytest.mark.django_db
def test_the_command_makes_the_first_access_administrator():
    out = StringIO()
    call_command("access_administrator", "first", name="Fay Olive First", stdout=out)
    user = User.objects.get(username="first")
    assert (user.first_name, user.last_name) == ("Fay Olive", "First")
    assert roles.is_access_administrator(user, datetime.now(UTC))
    assert user.check_password(out.getvalue().split()[-1])
    assert user.must_change_password
    again = StringIO()
    call_command("access_administrator", "first", stdout=again)
    assert "password" not in again.getvalue()
    assert kinds(user.uid) == ["user.added", "role.granted"]


@pytest.mark.django_db
def test_the_command_takes_a_password_from_standard_input_and_checks_it(monkeypatch):
    monkeypatch.setattr("sys.stdin", StringIO("correct-horse-battery-staple\n"))
    call_command(
        "access_administrator", "first", name="Fay First", password_stdin=True, stdout=StringIO()
    )
    assert User.objects.get().check_password("correct-horse-battery-staple")
    assert not User.objects.get().must_change_password
    monkeypatch.setattr("sys.stdin", StringIO("short\n"))
    with pytest.raises(CommandError, match="too short"):
        call_command("access_administrator", "second", name="Sue Second", password_stdin=True)
    with pytest.raises(CommandError, match="first name"):
        call_command("access_administrator", "third")


def test_a_token_is_shown_once_and_found_by_two_statements(wanda, django_assert_num_queries):
    token, plain = tokens.make_token(
        by=wanda, at=AT, name=" sync ", scopes=["cases:read", "cases:read"], expires_at=LATER
    )
    assert token.name == "sync"
    assert token.scopes == ["cases:read"]
    assert plain not in str(Token.objects.values().get())
    with django_assert_num_queries(2):
        found = tokens.find_token(plain, AT)
        assert found.user.username == "wanda"
    assert tokens.find_token(plain, LATER) is None
    assert tokens.find_token("ct_guess", AT) is None
    assert list(tokens.tokens_of(wanda, AT)) == [token]
    tokens.end_token(token.id, by=wanda, at=AT)
    assert tokens.find_token(plain, AT) is None
    assert kinds(wanda.uid) == ["token.made", "token.ended"]


def test_a_token_is_ended_by_its_owner_only(wanda, axel):
    token, _ = tokens.make_token(
        by=wanda, at=AT, name="sync", scopes=["cases:read"], expires_at=LATER
    )
    with pytest.raises(Token.DoesNotExist):
        tokens.end_token(token.id, by=axel, at=AT)


@pytest.mark.parametrize(
    "change",
    [
        {"name": " "},
        {"scopes": []},
        {"scopes": ["everything"]},
        {"expires_at": AT},
        {"expires_at": AT + timedelta(days=366)},
    ],
)
def test_a_token_that_cannot_be_is_refused(wanda, change):
    asked = {"name": "sync", "scopes": ["cases:read"], "expires_at": LATER}
    with pytest.raises(tokens.BadToken):
        tokens.make_token(by=wanda, at=AT, **{**asked, **change})


def test_a_token_is_made_by_command_and_the_event_says_so(wanda):
    out = StringIO()
    call_command("api_token", "wanda", name="sync", scopes="cases:read, events:read", stdout=out)
    found = tokens.find_token(out.getvalue().strip(), clock.now())
    assert (found.user, found.scopes) == (wanda, ["cases:read", "events:read"])
    assert Event.objects.get(kind="token.made").actor is None


@pytest.mark.parametrize(
    "arguments",
    [
        {"username": "nobody"},
        {"scopes": "everything"},
        {"scopes": ""},
        {"days": 366},
        {"days": 0},
        {"name": " "},
    ],
)
def test_a_token_that_cannot_be_is_refused_by_the_command(wanda, arguments):
    asked = {"username": "wanda", "name": "sync", **arguments}
    with pytest.raises(CommandError):
        call_command("api_token", asked.pop("username"), **asked)
    User.objects.update(is_active=False)
    with pytest.raises(CommandError, match="deactivated"):
        call_command("api_token", "wanda", name="sync")
