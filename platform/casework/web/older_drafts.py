"""Drafts on older versions of their forms, for the managers of their teams: move one, or all."""

from datetime import datetime
from typing import Any

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from casework import clock
from casework.accounts.models import Role, User
from casework.cases.actions.migrating import migrate_draft
from casework.cases.models import Record
from casework.cases.moving import older_drafts, totals
from casework.refusals import Absent, NotAllowed, Refused, Stale
from casework.web import batches
from casework.web.paging import listed
from casework.web.rights import roles_of
from casework.web.rows import record_rows
from casework.web.signed_in import signed_in
from formdefs.models import FormVersion

ONLY_MANAGERS = "Only managers move drafts of their teams to newer versions together."


@never_cache
@require_safe
def forms(request: HttpRequest) -> HttpResponse:
    """The forms of which there are such drafts, with how many."""
    user, at = manager(request)
    drafts: Any = older_drafts(user, at)  # with `newest`, which types do not know
    rows = drafts.values("form_version__form", "newest")
    rows = rows.annotate(drafts=Count("pk")).order_by("form_version__form")
    titles = {
        (version.form_id, version.number): version.title
        for version in FormVersion.objects.filter(form__in=[r["form_version__form"] for r in rows])
        .only("form_id", "number", "title")
    }  # fmt: skip
    found = [
        {
            "key": row["form_version__form"],
            "title": titles[row["form_version__form"], row["newest"]],
            "newest": row["newest"],
            "drafts": row["drafts"],
        }
        for row in rows
    ]
    return render(request, "older_drafts/forms.jinja", {"forms": found})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def form(request: HttpRequest, form_key: str) -> HttpResponse:
    """The drafts of one form with what a move would do to each; POST moves the next batch."""
    user, at = manager(request)
    newest = (
        FormVersion.objects.filter(form=form_key)
        .only("id", "form_id", "number", "title")
        .order_by("-number")
        .first()
    )
    if newest is None:
        raise Absent
    drafts = older_drafts(user, at).filter(form_version__form=form_key)
    if request.method == "POST":
        return _batch(request, user, at, newest, drafts)
    page = listed(request, record_rows(drafts), "started_at", "id")
    context = {
        "newest": newest,
        "page": page,
        "total": drafts.count(),
        "totals": totals(page.rows, newest.pk),
    }
    return render(request, "older_drafts/form.jinja", context)


def _batch(
    request: HttpRequest, user: User, at: datetime, newest: FormVersion, drafts: Any
) -> HttpResponse:
    progress = batches.read(request.POST.get("progress", "")) or batches.Progress(drafts.count())
    rows = drafts.select_related("case")
    batches.go_on(progress, rows, lambda record: _moved(record, newest, user, at))
    failed = {str(one.pk): one for one in _records(progress, user, at)}
    context = {
        "newest": newest,
        "progress": progress,
        "failed": [(failed[pk], why) for pk, why in progress.failed if pk in failed],
    }
    return render(request, "older_drafts/progress.jinja", context)


def _moved(record: Record, to: FormVersion, user: User, at: datetime) -> str:
    """Move one record; return why it cannot be moved, "" if it was."""
    try:
        migrate_draft(record.pk, to_version=to.pk, by=user, at=at)
    except Refused as refusal:
        found = {problem.code for problem in refusal.problems}
        return "" if "not_newer" in found else str(refusal)  # somebody else has just moved it
    except (NotAllowed, Stale, Absent) as refusal:
        return str(refusal)
    return ""


def _records(progress: batches.Progress, user: User, at: datetime) -> Any:
    ids = progress.failed_ids
    return record_rows(older_drafts(user, at).filter(pk__in=ids)) if ids else ()


def manager(request: HttpRequest) -> tuple[User, datetime]:
    """Who asks, if they manage a team, and when. Raises NotAllowed."""
    if Role.MANAGER not in roles_of(request):
        raise NotAllowed(ONLY_MANAGERS)
    return signed_in(request), clock.now()
