"""Access administration: users and their roles, for access administrators and never for oneself.

Seeing these pages needs the role; every change asks again, in casework.accounts.administer.
"""

from typing import Any
from uuid import UUID

from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from casework import clock
from casework.accounts import administer
from casework.accounts.models import RoleGrant, Team, User
from casework.accounts.refusals import NotAccepted
from casework.accounts.roles import grants_at, grants_of
from casework.accounts.tokens import tokens_of
from casework.refusals import Absent
from casework.web.access_forms import NewUserForm, ReasonForm, RoleForm, UserForm, show_refused
from casework.web.paging import listed
from casework.web.rights import for_access_administrators
from casework.web.signed_in import signed_in


@require_safe
@for_access_administrators
def users(request: HttpRequest) -> HttpResponse:
    """Everybody with a log-in, by name, found by words."""
    typed = request.GET.get("q", "").strip()
    found = User.objects.all()
    for word in typed.split():
        found = found.filter(
            Q(first_name__icontains=word)
            | Q(last_name__icontains=word)
            | Q(username__icontains=word)
        )
    if request.GET.get("show") != "all":
        found = found.filter(is_active=True)
    page = listed(request, found, "last_name", "first_name", "id")
    held = RoleGrant.objects.filter(grants_at(clock.now()), user__in=page.rows).select_related(
        "team"
    )
    grants: dict[int, list[RoleGrant]] = {}
    for grant in held:
        grants.setdefault(grant.user_id, []).append(grant)
    context = {"page": page, "grants": grants, "q": typed, "all": request.GET.get("show") == "all"}
    return render(request, "access/users.jinja", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@for_access_administrators
def user_add(request: HttpRequest) -> HttpResponse:
    """Add a log-in; its first password is shown this once."""
    form = NewUserForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            user, plain = administer.add_user(
                by=signed_in(request), at=clock.now(), **form.cleaned_data
            )
        except NotAccepted as refusal:
            show_refused(form, refusal)
        else:
            return _password_page(request, user, plain, f"{user.name} can sign in")
    return render(request, "access/user_add.jinja", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@for_access_administrators
def user(request: HttpRequest, user_id: int) -> HttpResponse:
    """A user: names, roles, whether they can sign in, how many sessions and tokens. POST changes names."""
    person = _user(user_id)
    fields = ("first_name", "last_name", "email")
    form = UserForm(request.POST or None, initial={name: getattr(person, name) for name in fields})
    if request.method == "POST" and form.is_valid():
        try:
            administer.change_user(
                user_id, by=signed_in(request), at=clock.now(), **form.cleaned_data
            )
        except NotAccepted as refusal:
            show_refused(form, refusal)
        else:
            messages.success(request, "The name is changed.")
            return redirect("web:access-user", user_id=user_id)
    return _user_page(request, person, form=form)


@require_POST
@never_cache
@for_access_administrators
def user_password(request: HttpRequest, user_id: int) -> HttpResponse:
    """Give a user a new first password, shown this once; their sessions and tokens end."""
    person = _user(user_id)
    plain = administer.reset_password(user_id, by=signed_in(request), at=clock.now())
    return _password_page(request, person, plain, f"{person.name} has a new password")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@for_access_administrators
def user_deactivate(request: HttpRequest, user_id: int) -> HttpResponse:
    """Switch a log-in off (a leaver), or on again."""
    person = _user(user_id)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        action = administer.deactivate if person.is_active else administer.reactivate
        try:
            plain = action(
                user_id, by=signed_in(request), at=clock.now(), why=form.cleaned_data["why"]
            )
        except NotAccepted as refusal:
            show_refused(form, refusal)
        else:
            if isinstance(plain, str):
                return _password_page(request, person, plain, f"{person.name} can sign in again")
            messages.success(
                request, f"{person.name} is deactivated: no sessions, tokens or roles are left."
            )
            return redirect("web:access-user", user_id=user_id)
    return render(request, "access/user_deactivate.jinja", {"person": person, "form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@for_access_administrators
def role_grant(request: HttpRequest, user_id: int) -> HttpResponse:
    """Give a user a role."""
    person = _user(user_id)
    form = RoleForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        team: Team | None = form.cleaned_data["team"]
        try:
            administer.grant_role(
                user_id,
                form.cleaned_data["role"],
                team.pk if team else None,
                by=signed_in(request),
                at=clock.now(),
                why=form.cleaned_data["why"],
            )
        except NotAccepted as refusal:
            show_refused(form, refusal)
        else:
            messages.success(request, "The role is given, from now on.")
            return redirect("web:access-user", user_id=user_id)
    return render(request, "access/role_grant.jinja", {"person": person, "form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@for_access_administrators
def role_end(request: HttpRequest, grant_id: UUID) -> HttpResponse:
    """End a role."""
    grant = (
        RoleGrant.objects.select_related("user", "team").filter(pk=grant_id, ended_at=None).first()
    )
    if grant is None:
        raise Absent
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        administer.end_role(
            grant_id, by=signed_in(request), at=clock.now(), why=form.cleaned_data["why"]
        )
        messages.success(request, "The role is ended.")
        return redirect("web:access-user", user_id=grant.user_id)
    return render(request, "access/role_end.jinja", {"grant": grant, "form": form})


def _user(user_id: int) -> User:
    found = User.objects.filter(pk=user_id).first()
    if found is None:
        raise Absent
    return found


def _user_page(request: HttpRequest, person: User, **more: Any) -> HttpResponse:
    at = clock.now()
    context = {
        "person": person,
        "is_self": person.pk == signed_in(request).pk,
        "grants": grants_of(person, at),
        "tokens": tokens_of(person, at).count(),
        "sessions": len(UserSession.objects.purge_and_list(person)),
        **more,
    }
    return render(request, "access/user.jinja", context)


def _password_page(request: HttpRequest, person: User, plain: str, title: str) -> HttpResponse:
    return render(
        request, "access/password.jinja", {"person": person, "plain": plain, "page_title": title}
    )
