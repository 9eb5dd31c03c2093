"""What is added to a record that is finished."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from casework.cases import access
from casework.cases.actions.adding import add_to
from casework.refusals import Refused, Stale
from casework.web.doing import done, show
from casework.web.drawing import command_id
from casework.web.records.decision_forms import AppendForm
from casework.web.records.opened import open_record
from casework.web.records.reading import shown

CONFLICT, UNPROCESSABLE = 409, 422


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, record_id: UUID) -> HttpResponse:
    """Add to a finished record. GET shows the record, whose page has the form."""
    opened = open_record(request, record_id)
    access.require(opened.user, "record.append", opened.record, opened.at)
    if request.method != "POST":
        return redirect("web:record", record_id)
    form, command = AppendForm(request.POST), command_id(request)
    if not form.is_valid():
        return shown(request, opened, append_form=form, status=UNPROCESSABLE)
    try:
        done(
            lambda: add_to(
                record_id,
                text=form.cleaned_data["text"],
                seen_sha256=request.POST.get("sha256", ""),
                by=opened.user,
                at=opened.at,
                command_id=command,
            )
        )
    except Refused as refusal:
        show(form, refusal)
        return shown(request, opened, append_form=form, status=UNPROCESSABLE)
    except Stale as stale:
        return shown(request, opened, says=str(stale), append_form=form, status=CONFLICT)
    messages.success(request, _("What you wrote is added."))
    return redirect("web:record", record_id)
