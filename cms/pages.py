"""Our own pages about a draft, inside the Wagtail admin: publish, withdraw, import, export, check."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.text import capfirst
from django.views import View
from wagtail.admin.views.generic import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.base import BaseObjectMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.models import TaskState, WorkflowState

from casework.accounts.models import User
from casework.clock import LONDON, now
from cms import diff
from cms.checks import check
from cms.differences import from_published, impact
from cms.drafts import NotImported, import_text, latest
from cms.forms import ImportForm, PublishForm, WithdrawForm
from cms.jsontext import Finding, pretty, read
from cms.kinds import CODE_LIST, FORM, FRAGMENT
from cms.models import Draft, FormDraft, PublishRefused
from cms.publishing import (
    Version,
    publish_draft,
    published_text,
    schedule_draft,
    versions,
    withdraw_draft,
)
from formdefs import prefill, prefill_check, translations
from formdefs.exporting import jsonforms
from formdefs.models import Form
from formdefs.publish import NotPublishable
from formdefs.versions import form_of, uses_of_list


class AdminPage(PermissionCheckedMixin, WagtailAdminTemplateMixin, View):
    """A page with Wagtail's furniture, whose trail starts at the list of drafts."""

    model: Any = None
    index_url_name = ""
    edit_url_name = ""

    def get_breadcrumbs_items(self) -> list[dict[str, str]]:
        plural = capfirst(self.model._meta.verbose_name_plural)
        items = [
            *self.breadcrumbs_items,
            {"url": reverse(self.index_url_name), "label": plural},
        ]
        if draft := getattr(self, "draft", None):
            items.append(
                {"url": reverse(self.edit_url_name, args=[draft.pk]), "label": draft.title}
            )
        sublabel = str(self.get_page_subtitle())
        return [*items, {"url": "", "label": self.page_title, "sublabel": sublabel}]


class DraftPage(BaseObjectMixin, AdminPage):
    """A page about one draft, as it was last saved."""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.draft: Draft = latest(self.object)

    def get_page_subtitle(self) -> str:
        return self.draft.title


class PublishPage(DraftPage):
    """Shows what publishing a draft would change, asks why, and publishes it or puts it down for later."""

    permission_required = "publish"
    page_title = "Check and publish"
    template_name = "cms/publish.html"
    uses_url_name = ""  # of fragments only

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the checks, the changes and the form."""
        return self._page(PublishForm(initial={"seen": self.draft.latest_revision_id}))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Publish or schedule the draft; show the page again with what is in the way."""
        form = PublishForm(request.POST)
        if not form.is_valid() or self._lock_message() or self._findings():
            return self._page(form)
        given, at = form.cleaned_data, now()
        said = {"reason": given["reason"], "seen": given["seen"]}
        try:
            if given["when"] == "later":
                go_live_at = given["go_live_at"]
                schedule_draft(
                    self.draft, by=user_of(request), at=at, go_live_at=go_live_at, **said
                )
                done = f"is to be published on {go_live_at.astimezone(LONDON):%d %B %Y at %H:%M}"
            else:
                version = publish_draft(self.draft, by=user_of(request), at=at, **said)
                done = f"is published as version {version.number}"
        except PublishRefused as refusal:
            messages.error(request, str(refusal))
            return self._page(form)
        except NotPublishable as refusal:
            reading = read(self.draft.definition)
            return self._page(
                form,
                [
                    Finding(reading.line(problem.at), 1, problem.at, problem.says, problem.fix)
                    for problem in refusal.problems
                ],
            )
        messages.success(request, f"“{self.draft.title}” {done}.")
        return redirect(self.edit_url_name, self.draft.pk)

    def _page(self, form: PublishForm, refused: list[Finding] | None = None) -> HttpResponse:
        published = versions(self.draft)
        before = published_text(published[0]) if published else ""
        old, new = read(before).value, read(self.draft.definition).value
        changes = diff.entry_changes if self.draft.kind == CODE_LIST else diff.node_changes
        findings = refused or self._findings()
        context = self.get_context_data(
            draft=self.draft,
            form=form,
            findings=findings,
            locked=self._lock_message(),
            newest=published[0] if published else None,
            changes=changes(old, new) if published else [],
            **(self._difference(published[0]) if published and self.draft.kind == FORM else {}),
            lines=diff.lines(pretty(diff.arranged(old, new)), self.draft.definition)
            if published
            else [],
            approval=_approval(self.draft),
            uses=uses_of_list(str(self.draft.key)) if self.draft.kind == CODE_LIST else None,
            uses_url=reverse(self.uses_url_name, args=[self.draft.pk])
            if self.uses_url_name
            else "",
            edit_url=reverse(self.edit_url_name, args=[self.draft.pk]),
            translated=_translated(self.draft, new) if not findings else [],
            unpublished=_unpublished(self.draft, new) if not findings else [],
        )
        return self.render_to_response(context, status=422 if form.is_bound else 200)

    def _difference(self, newest: Any) -> dict[str, Any]:
        url_name = self.model.snippet_viewset.get_url_name("differences")
        return {
            "difference": from_published(self.draft, newest),
            "impact": impact(str(self.draft.key)),
            "differences_url": reverse(url_name, args=[self.draft.pk]),
        }

    def _findings(self) -> list[Finding]:
        published = self.draft.key if self.draft.first_published_at else None
        return check(self.draft.kind, self.draft.definition, published)

    def _lock_message(self) -> str:
        lock = self.draft.get_lock()
        return (
            str(lock.get_message(self.request.user))
            if lock and lock.for_user(self.request.user)
            else ""
        )


class WithdrawPage(DraftPage):
    """Asks why a form is withdrawn, and withdraws it; a published code list stays."""

    permission_required = "publish"
    page_title = "Withdraw"
    template_name = "cms/withdraw.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Ask for the reason, or say why the draft cannot be withdrawn."""
        if why_not := self._why_not():
            messages.error(request, why_not)
            return redirect(self.edit_url_name, self.draft.pk)
        return self.render_to_response(self.get_context_data(draft=self.draft, form=WithdrawForm()))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Withdraw the form."""
        form = WithdrawForm(request.POST)
        if self._why_not():
            return self.get(request, *args, **kwargs)
        if not form.is_valid():
            context = self.get_context_data(draft=self.draft, form=form)
            return self.render_to_response(context, status=422)
        withdraw_draft(
            self.draft, by=user_of(request), at=now(), reason=form.cleaned_data["reason"]
        )
        messages.success(
            request,
            f"“{self.draft.title}” is withdrawn: no new records are started on it. "
            "Its records and versions stay.",
        )
        return redirect(self.index_url_name)

    def _why_not(self) -> str:
        if not isinstance(self.draft, FormDraft):
            return _STAYS[self.draft.kind]
        return "" if self.object.live else f"“{self.draft.title}” is not published."


class ImportPage(AdminPage):
    """Makes a draft of a JSON file, or the next revision of the draft with its key."""

    permission_required = "add"
    page_title = "Import from a file"
    template_name = "cms/import.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Ask for the file."""
        return self.render_to_response(self.get_context_data(form=ImportForm()))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Import the file and open its draft; show what is wrong with a file that cannot be read."""
        if not self.user_has_permission("change"):
            raise PermissionDenied
        form = ImportForm(request.POST, request.FILES)
        findings: list[Finding] = []
        if form.is_valid():
            try:
                draft = import_text(self.model, form.cleaned_data["file"], by=user_of(request))
            except NotImported as refusal:
                findings = refusal.findings
            else:
                messages.success(
                    request,
                    f"“{draft.title}” is imported as a draft. What it said before is in its history.",
                )
                return redirect(self.edit_url_name, draft.pk)
        context = self.get_context_data(form=form, findings=findings or None)
        return self.render_to_response(context, status=422)


class ExportFile(DraftPage):
    """The draft as a file, word for word; with ?version=N, what was published under that number.

    With ?to=jsonforms, the newest version of a form as JSONForms has it, and what that leaves out.
    """

    any_permission_required = ["view", "change", "publish"]  # noqa: RUF012 (Wagtail's own attribute)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Send the file."""
        name, text = self.draft.key or f"draft-{self.draft.pk}", self.draft.definition
        if request.GET.get("to") == "jsonforms":
            name, text = self._for_jsonforms()
        elif wanted := request.GET.get("version"):
            version = self._version(wanted)
            name, text = f"{name}@{version.number}", diff.tidy(published_text(version))
        response = HttpResponse(text, content_type="application/json; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="{name}.json"'
        return response

    def _for_jsonforms(self) -> tuple[str, str]:
        published = versions(self.draft) if isinstance(self.draft, FormDraft) else []
        if not published:
            raise PermissionDenied
        exported = jsonforms.export(form_of(published[0].pk))
        document = {
            "schema": exported.schema,
            "uischema": exported.uischema,
            "report": [vars(line) for line in exported.report],
        }
        return f"{self.draft.key}@{published[0].number}.jsonforms", pretty(document)

    def _version(self, wanted: str) -> Version:
        for version in versions(self.draft):
            if str(version.number) == wanted:
                return version
        raise PermissionDenied


class CheckText(PermissionCheckedMixin, View):
    """What is wrong with a text that is being typed: `{"findings": [{line, column, at, says, fix}]}`."""

    model: Any = None
    any_permission_required = ["add", "change"]  # noqa: RUF012 (Wagtail's own attribute)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> JsonResponse:
        """Check the posted `text`, published before under `key` (or empty)."""
        text = request.POST.get("text", "").replace("\r\n", "\n")
        findings = check(self.model.kind, text, request.POST.get("key") or None)
        return JsonResponse({"findings": [vars(finding) for finding in findings]})


_STAYS = {
    FRAGMENT: "A published fragment cannot be withdrawn: forms include it. "
    "Take it out of the forms, or publish it anew.",
    CODE_LIST: "A published code list cannot be withdrawn: forms were published with it. "
    "Give its entries a last day (valid_to) and publish it again.",
}


def _unpublished(draft: Draft, definition: Any) -> list[str]:
    """Which forms a form is prefilled from that nobody has published yet."""
    if not isinstance(draft, FormDraft) or not isinstance(definition, dict):
        return []
    named = prefill.forms_named(definition)
    there = Form.objects.filter(key__in=named, withdrawn_at=None).values_list("key", flat=True)
    return prefill_check.unpublished(definition, set(there))


def _translated(draft: Draft, definition: Any) -> list[translations.Completeness]:
    """How far a form is translated, for each language that it has texts in."""
    if not isinstance(draft, FormDraft):
        return []
    known = translations.languages(definition)
    return [translations.completeness(definition, language) for language in known]


def _approval(draft: Draft) -> TaskState | None:
    """Return the approval of exactly what the draft says now, if a second person gave one."""
    approved = (
        TaskState.objects.for_instance(draft)
        .filter(
            status=TaskState.STATUS_APPROVED,
            workflow_state__status=WorkflowState.STATUS_APPROVED,
        )
        .select_related("revision", "finished_by")
        .order_by("-finished_at")
        .first()
    )
    same = approved and approved.revision.content.get("definition") == draft.definition
    return approved if same else None


def user_of(request: HttpRequest) -> User:
    """Who asks; these pages are open to nobody who has not signed in."""
    assert isinstance(request.user, User)
    return request.user
