"""A user's notices, how they want to be told, and their calendar feed."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from casework import clock
from casework.notices import feeds, inbox
from casework.notices.mailing import link
from casework.notices.models import Wish
from casework.notices.words import says
from casework.refusals import Refused
from casework.web.doing import show
from casework.web.paging import listed
from casework.web.signed_in import signed_in


class WishForm(forms.Form):
    """Whether notices come by e-mail."""

    mail = forms.ChoiceField(
        label="Notices by e-mail",
        choices=Wish.MAIL,
        widget=forms.RadioSelect,
        help_text="E-mails say which case it is about and link to it. They never name anybody.",
    )


@never_cache
@require_safe
def notices(request: HttpRequest) -> HttpResponse:
    """All notices, newest first."""
    user, at = signed_in(request), clock.now()
    rows = inbox.notices_for(user, at)
    page = listed(request, rows, "-at", "-id", size=50)
    context = {
        "page": page,
        "told": [(one, says(one)) for one in page.rows],
        "unread": rows.filter(read_at=None).count(),
    }
    return render(request, "notices/notices.jinja", context)


@never_cache
@require_safe
def notice(request: HttpRequest, notice_id: UUID) -> HttpResponse:
    """On to what a notice is about; it is read now."""
    found = inbox.opened(notice_id, by=signed_in(request), at=clock.now())
    if found.transfer_id:
        return redirect("web:transfer", transfer_id=found.transfer_id)
    if found.task_id:
        return redirect("web:task", task_id=found.task_id)
    if found.record_id:
        return redirect("web:record", record_id=found.record_id)
    return redirect("web:case", case_id=found.case_id)


@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """Note that all are read."""
    inbox.read_all(by=signed_in(request), at=clock.now())
    return redirect("web:notices")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def wishes(request: HttpRequest) -> HttpResponse:
    """Whether notices come by e-mail, and the calendar feed."""
    user, at = signed_in(request), clock.now()
    form = WishForm(request.POST or None, initial={"mail": inbox.wish_of(user).mail})
    if request.method == "POST" and form.is_valid():
        try:
            inbox.change_wish(form.cleaned_data["mail"], by=user)
        except Refused as refusal:
            show(form, refusal)
        else:
            messages.success(request, _("It is changed how you are told."))
            return redirect("web:notice-wishes")
    context = {"form": form, "feed": feeds.running_feed(user, at)}
    return render(request, "notices/wishes.jinja", context)


@never_cache
@require_POST
def feed_make(request: HttpRequest) -> HttpResponse:
    """Make a feed and show its address this once."""
    secret = feeds.make_feed(by=signed_in(request), at=clock.now())
    return render(request, "notices/feed.jinja", {"address": link(f"/calendar/{secret}.ics")})


@require_POST
def feed_end(request: HttpRequest) -> HttpResponse:
    """End the feed at once."""
    feeds.end_feeds(by=signed_in(request), at=clock.now())
    messages.success(request, _("The calendar feed is ended."))
    return redirect("web:notice-wishes")


@never_cache
@login_not_required
@require_safe
def calendar(request: HttpRequest, secret: str) -> HttpResponse:
    """The feed, for who knows its address."""
    found = feeds.calendar_of(secret, clock.now())
    return HttpResponse(found, content_type="text/calendar; charset=utf-8")
