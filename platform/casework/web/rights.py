"""Which roles the person of this request holds now, read once; and pages for one role only."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse

from casework import clock
from casework.accounts import roles
from casework.accounts.models import Role, User
from casework.accounts.refusals import NotAllowed

Extra = ParamSpec("Extra")
View = Callable[Concatenate[HttpRequest, Extra], HttpResponse]


def roles_of(request: HttpRequest) -> frozenset[str]:
    """The roles that the signed-in user holds at this moment, in any team; none for anybody else."""
    held: frozenset[str] | None = getattr(request, "casework_roles", None)
    if held is None:
        user = getattr(request, "user", None)
        pairs = roles.roles_of(user, clock.now()) if isinstance(user, User) else set()
        held = frozenset(role for role, _ in pairs)
        request.casework_roles = held  # type: ignore[attr-defined]
    return held


def for_access_administrators(view: View[Extra]) -> View[Extra]:
    """Refuse a view to everybody else, with a sentence that says who may."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: Extra.args, **kwargs: Extra.kwargs) -> HttpResponse:
        if Role.ACCESS_ADMINISTRATOR not in roles_of(request):
            raise NotAllowed("Only an access administrator can see and change who has access.")
        return view(request, *args, **kwargs)

    return guarded
