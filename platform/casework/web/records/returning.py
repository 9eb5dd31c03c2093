"""Sending a submitted record back to be changed: why, in general and beside its questions."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from casework.cases import access
from casework.cases.actions.returning import return_record
from casework.refusals import NotNow, Refused, Stale
from casework.web.doing import done, show
from casework.web.drawing import command_id
from casework.web.records import commenting
from casework.web.records.deciding import CONFLICT, UNPROCESSABLE, newest, page_and_form
from casework.web.records.decision_forms import CommentForm
from casework.web.records.opened import open_record
from casework.web.records.reading import submitted


@never_cache
@page_and_form
def return_(request: HttpRequest, record_id: UUID) -> HttpResponse:
    """Send the record back with comments. What was typed stays on the page whatever is refused."""
    opened = open_record(request, record_id)
    typed = commenting.sent(request.POST)
    form = CommentForm(request.POST or None, beside=bool(typed))
    wrong: dict[str, str] = {}
    status, says = 200, ""
    try:
        access.require(opened.user, "record.return", opened.record, opened.at)
        if request.method == "POST" and form.is_valid():
            done(
                lambda: return_record(
                    record_id,
                    comment=form.cleaned_data["comment"],
                    questions=typed,
                    seen_sha256=request.POST.get("sha256", ""),
                    by=opened.user,
                    at=opened.at,
                    command_id=command_id(request),
                )
            )
            messages.success(request, _("The record is returned."))
            return redirect("web:record", record_id)
    except Refused as refusal:
        wrong = {one.path[1]: one.message for one in refusal.problems if one.path[:1] == ("questions",) and one.path[1:]}  # fmt: skip
        others = [
            one for one in refusal.problems if one.path[1:2] == () or one.path[1] not in wrong
        ]
        if others:
            show(form, Refused(others))
    except (Stale, NotNow) as late:
        if request.method != "POST":
            raise
        status, says = CONFLICT, str(late)
    if form.errors or wrong:
        status = UNPROCESSABLE
    pages = submitted(opened, opened.record.revision)["pages"]
    notes = commenting.fields(pages, typed, wrong)
    context = {
        "opened": opened,
        "record": opened.record,
        "form": form,
        "says": says,
        "errors": [
            {"text": message, "href": f"#{commenting.ABOUT}{name}" if name in notes else ""}
            for name, message in wrong.items()
        ],
        # What the user was shown: the page they came from says it; else what stands now.
        "sha256": request.POST.get("sha256") or request.GET.get("seen") or newest(opened),
        "pages": pages,
        "notes": notes,
    }
    return render(request, "records/return.jinja", context, status=status)
