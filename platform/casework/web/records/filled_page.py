"""The address of one page of a record: opening it, saving it, and keeping it while it is typed."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from casework.refusals import Absent, Clash, NotNow, Refused
from casework.web import language
from casework.web.records import (
    clashing,
    copied,
    earlier,
    filling,
    finding,
    parking,
    touching,
    wizard,
)
from casework.web.records.opened import Opened, Screen, open_record, page_url
from casework.web.records.saving import change_rows, discard, keep_typed, read, receive
from casework.web.wording import clock_time

CONFLICT = 409
OTHER = "This page was opened by somebody else, who was signed in here before."


@login_not_required  # what is sent after the session ended is parked, not lost
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, record_id: UUID, page: str) -> HttpResponse:
    """Fill in one page. POST saves it and goes where the pressed button says."""
    if not request.user.is_authenticated:
        return parking.park(request)
    if getattr(request.user, "must_change_password", False):
        return redirect("account_change_password")
    opened = open_record(request, record_id)
    if request.method == "POST" and earlier.is_earlier(earlier.sent_by(request), opened):
        return _from_earlier(request, opened, page)
    if "parked" in request.GET:
        return parking.take_up(request, opened, page)
    screen = opened.screen(page)
    if screen is None:
        raise Absent
    if "record.save" not in opened.verbs:
        return _not_editable(request, opened, screen)
    return (
        _post(request, opened, screen)
        if request.method == "POST"
        else _get(request, opened, screen)
    )


def _get(request: HttpRequest, opened: Opened, screen: Screen) -> HttpResponse:
    if screen not in opened.visible_screens:
        return redirect(page_url(opened.record, opened.visible_screens[0]))
    return wizard.respond(receive(request, opened, screen))


def _post(request: HttpRequest, opened: Opened, screen: Screen) -> HttpResponse:
    here = page_url(opened.record, screen)
    if "_discard" in request.POST:
        discard(opened, screen)
        return redirect(here)
    filled = receive(request, opened, screen)
    if not filling.is_own(filled):
        read(filled)
        return clashing.too_late(filled, OTHER)
    if "_language" in request.POST:
        read(filled)
        if filling.differs(filled):
            keep_typed(filled)
        return language.choose(redirect(here), filled.last("_language"))
    if "_edit" in request.POST:
        clashing.edited(filled)
    if "_add" in request.POST or "_remove" in request.POST:
        read(filled)
        place = change_rows(filled)
        keep_typed(filled)
        return redirect(f"{here}?rows#{place}")
    if "_find" in request.POST:
        place = finding.look_up(filled)
        keep_typed(filled)
        return redirect(f"{here}?rows#{place}")
    try:
        response = wizard.respond(filled)
    except Clash as clash:
        keep_typed(filled)  # who leaves without deciding loses nothing either
        return clashing.ask(filled, clash)
    except Refused as refused:
        response = filling.page(filled, refused.problems)
    except NotNow as late:
        return clashing.too_late(filled, str(late))
    if "_refresh" in request.POST and len(filled.saved) == len(screen.pages):
        return copied.take(filled)
    if response.status_code == filling.UNPROCESSABLE:
        keep_typed(filled)
        touching.keep(opened, filled.posted)
        if filled.last("_save") in ("check", "marks") or filled.last("_save").startswith("go:"):
            return filling.onward(filled) or response
    return response


def _from_earlier(request: HttpRequest, opened: Opened, page: str) -> HttpResponse:
    """Keep what was typed on a page of an earlier version, and go on to the page as it is now."""
    screen = opened.screen(page)
    filled = earlier.read(request, opened, page, earlier.sent_by(request))
    if filled and (not filling.is_own(filled) or "record.save" not in opened.verbs):
        return clashing.too_late(filled, "" if filling.is_own(filled) else OTHER)
    if filled and "_discard" not in request.POST:
        earlier.keep(filled)
        messages.success(request, earlier.SAYS)
    if screen is None or "record.save" not in opened.verbs:
        return redirect("web:record", opened.record.pk)
    return redirect(page_url(opened.record, screen))


def _not_editable(request: HttpRequest, opened: Opened, screen: Screen) -> HttpResponse:
    """Nobody fills in a record that is submitted or signed: show it, with what was sent, if any."""
    if request.method != "POST":
        return redirect("web:record", opened.record.pk)
    filled = receive(request, opened, screen)
    read(filled)
    return clashing.too_late(filled, "")


@login_not_required  # the page's script must be told, not sent to the sign-in page
@never_cache
@require_POST
def autosave(request: HttpRequest, record_id: UUID, page: str) -> HttpResponse:
    """Keep what is typed; answer when it was kept, as people write it."""
    if not request.user.is_authenticated:
        return JsonResponse({"sign_in": reverse("account_login")}, status=401)
    opened = open_record(request, record_id)
    if earlier.is_earlier(earlier.sent_by(request), opened):
        return _autosave_from_earlier(request, opened, page)
    screen = opened.screen(page)
    if screen is None:
        raise Absent
    filled = receive(request, opened, screen)
    if not filling.is_own(filled):
        return JsonResponse({"says": OTHER}, status=CONFLICT)
    read(filled)
    try:
        at = keep_typed(filled)
        touching.keep(opened, filled.posted)
    except (Refused, NotNow) as refused:
        return JsonResponse({"says": str(refused)}, status=CONFLICT)
    return JsonResponse({"at": clock_time(at)})


def _autosave_from_earlier(request: HttpRequest, opened: Opened, page: str) -> HttpResponse:
    """Keep what is typed on a page of an earlier version, and say that the record has moved."""
    filled = earlier.read(request, opened, page, earlier.sent_by(request))
    if filled is None or not filling.is_own(filled):
        return JsonResponse({"says": OTHER}, status=CONFLICT)
    try:
        earlier.keep(filled)
    except NotNow as refused:
        return JsonResponse({"says": str(refused)}, status=CONFLICT)
    return JsonResponse({"says": earlier.SAYS}, status=CONFLICT)


@never_cache
@require_POST
def find(request: HttpRequest, record_id: UUID, page: str) -> HttpResponse:
    """Search a long list by what is typed on the page; nothing is kept. Raises Absent, NotNow."""
    opened = open_record(request, record_id)
    screen = opened.screen(page)
    if screen is None:
        raise Absent
    if "record.save" not in opened.verbs:
        raise NotNow("This record cannot be filled in now.")
    return finding.found_for(receive(request, opened, screen))
