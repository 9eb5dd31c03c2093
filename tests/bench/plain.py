"""The same page as plain Django would have it: a Form, its own rendering, row, history and event."""

import hashlib
import json
import uuid
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template import engines
from django.urls import URLPattern, URLResolver, include, path
from django.views.decorators.csrf import csrf_exempt

from casework.cases.access import records_for
from casework.cases.models import RecordPage
from casework.ledger.models import Content, Event, StreamHead
from formdefs.versions import form_of
from tests.cast import AT

TEMPLATE = engines["django"].from_string(
    "<!doctype html><html lang=en><title>{{ title }}</title><form method=post>"
    "{% csrf_token %}{{ form.as_div }}<button>Save</button></form></html>"
)


def _field(question: Any, lists: Any) -> forms.Field:
    label, kind = question.label, question.type
    if kind == "long_text":
        return forms.CharField(
            label=label, widget=forms.Textarea, required=False, help_text=question.hint
        )
    if kind == "choice":
        choices = [(entry.code, entry.label) for entry in lists[question.list].entries]
        return forms.ChoiceField(
            label=label, choices=choices, widget=forms.RadioSelect, required=False
        )
    if kind == "yes_no":
        choices = [("true", "Yes"), ("false", "No")]
        return forms.ChoiceField(
            label=label, choices=choices, widget=forms.RadioSelect, required=False
        )
    if kind == "date":
        return forms.DateField(label=label, widget=forms.SelectDateWidget, required=False)
    if kind == "integer":
        return forms.IntegerField(label=label, required=False)
    return forms.CharField(label=label, max_length=255, required=False)


def _form_class(form: Any, page: Any) -> type[forms.Form]:
    fields = {key: _field(node, form.lists) for key, node in page.answered.items()}
    return type("PlainForm", (forms.Form,), fields)


@csrf_exempt
@login_required
def plain_page(request: HttpRequest, record_id: uuid.UUID) -> HttpResponse:
    """Show the record's first page, or save it."""
    record = records_for(request.user, AT).select_related("case").get(pk=record_id)  # type: ignore[arg-type]
    form = form_of(record.form_version_id)
    page = form.pages[0]
    row = RecordPage.objects.filter(record=record, page=page.id).first()
    if request.method == "POST":
        bound = _form_class(form, page)(request.POST)
        if bound.is_valid():
            _save(record, row, bound.cleaned_data, request.user)
            return HttpResponseRedirect(request.path)
    bound = _form_class(form, page)(initial=json.loads(row.answers) if row else {})
    return HttpResponse(TEMPLATE.render({"form": bound, "title": page.title}, request))


def _save(record: Any, row: RecordPage | None, cleaned: dict[str, Any], user: Any) -> None:
    text = json.dumps({k: str(v) for k, v in cleaned.items() if v}, sort_keys=True)
    with transaction.atomic():
        row = row or RecordPage(record=record, page="p1aa", version=0, saved_by=user, saved_at=AT)
        row.version, row.answers, row.saved_by = row.version + 1, text, user
        row._history_user, row._history_date, row._change_reason = user, AT, "bench"
        row.save()
        content = Content.objects.create(salt="0" * 64, body=text)
        head, _ = StreamHead.objects.select_for_update().get_or_create(stream=record.case_id)
        head.seq += 1
        event = Event(
            stream=record.case_id, seq=head.seq, kind="record.page_saved", actor=user, occurred_at=AT,
            recorded_at=AT, refs="{}", content=content.id, prev_hash=head.hash,
            digest=hashlib.sha256(text.encode()).hexdigest(),
        )  # fmt: skip
        event.hash = hashlib.sha256(f"{event.prev_hash}{event.digest}".encode()).hexdigest()
        event.save()
        head.hash = event.hash
        head.save()


urlpatterns: list[URLPattern | URLResolver] = [
    path("plain/<uuid:record_id>/", plain_page),
    path("", include("casework.urls")),
]
