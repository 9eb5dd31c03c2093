"""What is closed in the configuration, for everybody; and nothing that is open breaks."""

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from casework.accounts.models import User
from tests.faces.cms_pages import administrator, form_draft, list_draft, signed_in

pytestmark = pytest.mark.django_db

CLOSED = [
    "pages/",
    "pages/1/edit/",
    "users/",
    "users/1/",
    "users/new/",
    "groups/",
    "collections/",
    "snippets/",
    "reports/locked/",
    "api/main/pages/",
    "choose-page/",
    "bulk/accounts/user/delete/?id=1",
    "bulk/wagtailcore/page/delete/?id=1",
    "password_reset/",
    "failwhale/",
]


@pytest.mark.parametrize("address", CLOSED)
def test_it_is_closed_for_superusers_too(address):
    root = User.objects.create(username="root", is_superuser=True)
    assert signed_in(root).get(f"/configure/{address}").status_code == 404
    answer = Client().get(f"/configure/{address}")
    assert (answer.status_code, answer.url.split("?")[0]) == (302, "/accounts/login/")


def test_wagtails_own_log_in_takes_no_password():
    user = User.objects.create(username="ada", is_superuser=True)
    user.set_password("correct-horse-battery")
    user.save()
    client = Client()
    answer = client.post(
        "/configure/login/", {"username": "ada", "password": "correct-horse-battery"}, follow=True
    )
    assert answer.request["PATH_INFO"] == "/accounts/login/"
    assert "_auth_user_id" not in client.session


def test_nobody_changes_the_name_they_sign_with():
    ada = administrator("ada")
    client = signed_in(ada)
    assert client.get("/configure/account/").status_code == 200
    client.post(
        "/configure/account/", {"name_email-first_name": "Somebody", "name_email-last_name": "Else"}
    )
    ada.refresh_from_db()
    assert ada.first_name == "Ada"


def _routes(patterns, before):
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _routes(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern):
            yield route


def test_every_open_page_opens():
    ada = administrator("ada")
    pk = form_draft(ada).pk
    assert list_draft(ada).pk
    routes = [r for r in _routes(get_resolver().url_patterns, "/") if r.startswith("/configure/")]
    client = signed_in(ada)
    tried = 0
    for route in routes:
        address = route.replace("<int:pk>", str(pk)).replace("<str:pk>", str(pk))
        if any(c in address for c in "<(^$") or "logout" in address:
            continue
        tried += 1
        answer = client.get(address)
        assert answer.status_code in {200, 302, 404, 405}, address
    assert tried > 80


def test_the_menu_shows_forms_only():
    page = signed_in(administrator("ada")).get("/configure/").text
    menu = page[page.index("wagtail-sidebar-props") :]
    for shown in (
        "/configure/forms/",
        "/configure/code-lists/",
        "/configure/reports/site-history/",
    ):
        assert shown in menu
    for hidden in ("/configure/pages/", "/configure/users/", "/configure/reports/locked/"):
        assert hidden not in menu.split("ACTION")[0] or hidden == "/configure/pages/"


def test_no_page_has_an_inline_script_or_style():
    import re

    ada = administrator("ada")
    draft = form_draft(ada)
    client = signed_in(ada)
    for address in (
        "",
        "forms/",
        "forms/add/",
        f"forms/edit/{draft.pk}/",
        f"forms/{draft.pk}/publish/",
        f"forms/history/{draft.pk}/",
        f"forms/history/{draft.pk}/revisions/compare/earliest...latest/",
        "forms/import/",
        "code-lists/",
        "reports/site-history/",
        "workflows/list/",
        "account/",
    ):
        page = client.get(f"/configure/{address}").text
        for script in re.findall(r"<script\b([^>]*)>", page):
            assert "src=" in script or "application/json" in script, (address, script)
        assert not re.search(r"<[^>]+\son[a-z]+=", page), address
        assert not re.search(r"<[^>]+\sstyle=", page), address
