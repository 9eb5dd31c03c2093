"""Wagtail's own views of a draft, changed where they would lose something or lead round the checks."""

import json
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from wagtail.admin.ui.components import MediaContainer
from wagtail.admin.ui.side_panels import ChecksSidePanel
from wagtail.admin.widgets.button import Button
from wagtail.snippets.views import snippets

from casework.clock import LONDON
from cms import diff
from cms.kinds import FORM
from cms.models import Draft, PublishRefused

# The editor frames its own preview, which nothing else may.
_FRAMES = {"frame-src": ["'self'"]}


class _EditorMixin:
    """What the pages for a new and for an existing draft share."""

    request: HttpRequest

    def run_action_method(self) -> HttpResponse | None:
        """Do what the button says; when that is refused, say so beside what was saved."""
        try:
            answer: HttpResponse | None = super().run_action_method()  # type: ignore[misc]
        except PublishRefused as refusal:
            messages.error(self.request, f"Saved as a draft. {refusal}")
            return redirect(self.get_edit_url())  # type: ignore[attr-defined]
        return answer

    def workflow_action_action(self) -> None:
        """Act on the workflow; of what the page says about it, only the comment is taken."""
        try:
            said = json.loads(self.request.POST.get("workflow-action-extra-data", "{}"))
        except (ValueError, RecursionError):
            said = {}
        comment = said.get("comment", "") if isinstance(said, dict) else ""
        draft = self.object  # type: ignore[attr-defined]
        draft.current_workflow_task.on_action(
            draft.current_workflow_task_state,
            self.request.user,
            self.workflow_action,  # type: ignore[attr-defined]
            comment=str(comment),
        )

    def get_success_json(self) -> dict[str, Any]:
        """After Wagtail saved by itself, tell the page which revision it changes from now on.

        Wagtail's page would go on naming the one that it was opened with.
        """
        said: dict[str, Any] = super().get_success_json()  # type: ignore[misc]
        revision = self.new_revision  # type: ignore[attr-defined]
        said["field_updates"] = {
            **said.get("field_updates", {}),
            "loaded_revision_id": str(revision.pk),
            "loaded_revision_created_at": revision.created_at.isoformat(),
        }
        return said

    def get_side_panels(self) -> MediaContainer:
        """Leave out Wagtail's checks of a web page's wording, which say nothing about a form."""
        panels = super().get_side_panels()  # type: ignore[misc]
        return MediaContainer([panel for panel in panels if not isinstance(panel, ChecksSidePanel)])

    def render_to_response(self, context: dict[str, Any], **more: Any) -> HttpResponse:
        """Let the page frame its preview."""
        response: HttpResponse = super().render_to_response(context, **more)  # type: ignore[misc]
        response._csp_update = _FRAMES  # type: ignore[attr-defined]  # noqa: SLF001 (django-csp's way)
        return response


class CreateView(_EditorMixin, snippets.CreateView):
    """A new draft."""


class EditView(_EditorMixin, snippets.EditView):
    """A draft in the editor. What somebody else saved meanwhile is never overwritten."""

    template_name = "cms/edit.html"
    publish_url_name = ""
    export_url_name = ""
    included_url_name = ""
    uses_url_name = ""
    differences_url_name = ""
    rules_url_name = ""
    translations_url_name = ""
    tests_url_name = ""

    def is_valid(self, form: Any) -> bool:
        """Refuse every save that does not say which revision it changes, or names an older one.

        Wagtail asks for this only when it saves by itself, so a plain save would overwrite.
        """
        stale = self.object.latest_revision_id and (self.is_out_of_date or self._says_no_revision())
        if stale and not self._saved_by_itself(form):
            form.is_valid()
            self.produced_error_code = "invalid_revision"
            self.produced_error_message = (
                "Somebody else saved this draft after you opened it. Save to see both texts: "
                "nothing is overwritten."
                if self.expects_json_response
                else "Not saved: somebody else saved this draft after you opened it. What you "
                "typed is below, and so is what they changed. Put the two together, then save."
            )
            return False
        return super().is_valid(form)

    def save_instance(self) -> Draft:
        """Save, unless somebody else's save was faster by less than this request."""
        row = type(self.object).objects.select_for_update().get(pk=self.object.pk)
        if row.latest_revision_id != self.object.latest_revision_id:
            raise PermissionDenied(
                "Not saved: somebody else saved this draft just now. Save again."
            )
        return super().save_instance()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what the other person changed, when a save was refused because of it."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        if getattr(self, "produced_error_code", "") == "invalid_revision":
            context["other"] = self._other(context["form"])
            # Wagtail would save what was typed at once, before anybody has looked at both.
            context["autosave_enabled"] = False
            context["autosave_indicator"] = None
        return context

    @cached_property
    def header_more_buttons(self) -> list[Button]:
        """Offer our own pages about the draft."""
        pk = self.object.pk
        buttons = [*super().header_more_buttons]
        if self.user_has_permission("publish"):
            url = reverse(self.publish_url_name, args=[pk])
            buttons.append(Button("Check and publish", url=url, icon_name="upload", priority=5))
        url = reverse(self.export_url_name, args=[pk])
        buttons.append(Button("Export as a file", url=url, icon_name="download", priority=15))
        if self.included_url_name:
            url = reverse(self.included_url_name, args=[pk])
            buttons.append(Button("Fragments in it", url=url, icon_name="copy", priority=20))
        if self.uses_url_name:
            url = reverse(self.uses_url_name, args=[pk])
            buttons.append(Button("Where it is used", url=url, icon_name="link", priority=25))
        if self.differences_url_name:
            url = reverse(self.differences_url_name, args=[pk])
            buttons.append(Button("Compare versions", url=url, icon_name="history", priority=28))
        if self.translations_url_name:
            url = reverse(self.translations_url_name, args=[pk])
            buttons.append(Button("Translations", url=url, icon_name="globe", priority=35))
        if self.rules_url_name:
            url = reverse(self.rules_url_name, args=[pk])
            buttons.append(Button("Rules in words", url=url, icon_name="openquote", priority=30))
        if self.tests_url_name:
            url = reverse(self.tests_url_name, args=[pk])
            buttons.append(Button("Tests", url=url, icon_name="check", priority=35))
        return buttons

    def get_usage_url(self) -> None:
        """Show no usage: nothing refers to a draft, forms refer to what was published."""

    def _saved_by_itself(self, form: Any) -> bool:
        """Whether the newer revision is this very text, which the editor was still saving by itself."""
        newest = self.object.latest_revision
        saved = newest.as_object()
        return newest.user == self.request.user and all(
            (form[name].value() or "").replace("\r\n", "\n") == (getattr(saved, name) or "")
            for name in form.fields
        )

    def _says_no_revision(self) -> bool:
        return not ({"loaded_revision_id", "overwrite_revision_id"} & self.request.POST.keys())

    def _other(self, form: Any) -> dict[str, Any]:
        """Return who saved when, what they changed, and how what was typed differs from it."""
        newest = self.live_object.latest_revision
        theirs = newest.as_object().definition
        loaded = self.request.POST.get("loaded_revision_id", "")
        base = self.live_object.revisions.filter(pk=loaded).first() if loaded.isdecimal() else None
        typed = form["definition"].value() or ""
        return {
            "who": newest.user,
            "when": newest.created_at.astimezone(LONDON),
            "theirs": diff.lines(base.as_object().definition if base else "", theirs),
            "yours": diff.lines(theirs, typed.replace("\r\n", "\n")),
        }


class IndexView(snippets.IndexView):
    """The list of drafts."""

    import_url_name = ""
    export_url_name = ""

    @cached_property
    def header_more_buttons(self) -> list[Button]:
        """Offer to import a file."""
        buttons = [*super().header_more_buttons]
        if self.user_has_permission("add"):
            url = reverse(self.import_url_name)
            buttons.append(Button("Import from a file", url=url, icon_name="upload", priority=10))
        return buttons

    def get_list_more_buttons(self, instance: Draft) -> list[Button]:
        """Offer the draft as a file."""
        url = reverse(self.export_url_name, args=[instance.pk])
        export = Button("Export as a file", url=url, icon_name="download", priority=15)
        buttons = [*super().get_list_more_buttons(instance), export]
        if instance.kind == FORM and instance.live:
            to = Button(
                "Export for JSONForms", url=f"{url}?to=jsonforms", icon_name="download", priority=16
            )
            buttons.append(to)
        return buttons


class UnpublishView(snippets.UnpublishView):
    """Leads to our own page, which asks for a reason."""

    withdraw_url_name = ""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Go there."""
        return redirect(self.withdraw_url_name, self.object.pk)
