"""Drafts of forms, fragments and code lists, edited in the Wagtail admin, and the step that approves them.

A draft is never truth: the engine reads only what formdefs.publish wrote. A draft's `definition`
is kept word for word, also when it cannot be read; `key` and `title` are what it says, copied so
that lists can show and find them.
"""

from collections.abc import Callable
from typing import Any, ClassVar, Self

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse
from wagtail.models import (
    AbstractGroupApprovalTask,
    DraftStateMixin,
    LockableMixin,
    PreviewableMixin,
    Revision,
    RevisionMixin,
    WorkflowMixin,
)

from cms import authors
from cms.kinds import CODE_LIST, FORM, FRAGMENT


class PublishRefused(PermissionDenied):
    """A draft was not published or withdrawn; the text says why.

    A PermissionDenied, because Wagtail turns that into a message and a redirect: whatever path of
    its own leads here, nobody sees a server error.
    """


class Draft(
    PreviewableMixin, WorkflowMixin, DraftStateMixin, LockableMixin, RevisionMixin, models.Model
):
    """What forms, fragments and code lists have in common while they are edited."""

    kind: ClassVar[str]  # one of cms.kinds
    # Null until the definition can be read and has a key.
    key = models.CharField(max_length=64, unique=True, null=True, blank=True, editable=False)
    title = models.CharField(max_length=200, editable=False)
    definition = models.TextField("definition", blank=True)
    # Wagtail's own default is True, which would count a new draft as published.
    live = models.BooleanField(default=False, editable=False)

    class Meta:
        abstract = True
        ordering: ClassVar = ["title", "pk"]

    def __str__(self) -> str:
        return self.title

    def publish(
        self,
        revision: Revision,
        user: Any = None,
        changed: bool = True,
        log_action: bool | str = True,
        previous_revision: Revision | None = None,
        skip_permission_checks: bool = False,
        *,
        going_live: Callable[[Self], None] | None = None,
    ) -> None:
        """Make a revision live together with the version that `going_live` writes.

        Wagtail calls this from its button, its workflow and its schedule, and none of them has
        asked for a reason: only cms.publishing passes `going_live(draft)`, which writes the
        version (or nothing, when the revision is to go live later). Raises PublishRefused without.
        """
        if going_live is None:
            raise PublishRefused(
                f"“{self.title}” is published from its own page, which asks for a reason."
            )
        with transaction.atomic():
            super().publish(
                revision,
                user=user,
                changed=changed,
                log_action=log_action,
                previous_revision=previous_revision,
                skip_permission_checks=skip_permission_checks,
            )
            live = type(self).objects.get(pk=self.pk)
            if live.live and live.live_revision_id == revision.pk:
                going_live(live)

    def unpublish(
        self,
        set_expired: bool = False,
        commit: bool = True,
        user: Any = None,
        log_action: bool | str = True,
        *,
        withdrawing: Callable[[Self], None] | None = None,
    ) -> None:
        """Take a draft off together with what `withdrawing(draft)` writes; see `publish`."""
        if withdrawing is None:
            raise PublishRefused(
                f"“{self.title}” is withdrawn from its own page, which asks for a reason."
            )
        with transaction.atomic():
            super().unpublish(
                set_expired=set_expired, commit=commit, user=user, log_action=log_action
            )
            withdrawing(self)


class FormDraft(Draft):
    """A form while it is edited."""

    kind = FORM
    sample_answers = models.TextField("sample answers", blank=True)

    class Meta(Draft.Meta):
        verbose_name = "form"

    @property
    def preview_modes(self) -> list[tuple[str, str]]:
        """One mode for each page of the form: its permanent id and its title."""
        from cms import preview  # which needs models to be loaded

        return preview.modes(self.definition)

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        """Show a page of the form as a worker will see it, with sample answers only."""
        from cms import preview  # which needs models to be loaded

        return preview.form_page(request, self.definition, self.sample_answers, mode_name)


class FragmentDraft(Draft):
    """A fragment while it is edited."""

    kind = FRAGMENT
    sample_answers = models.TextField("sample answers", blank=True)

    class Meta(Draft.Meta):
        verbose_name = "fragment"

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        """Show the fragment as the only thing on a page, with sample answers only."""
        from cms import preview  # which needs models to be loaded

        return preview.fragment_page(request, self.definition, self.sample_answers)


class CodeListDraft(Draft):
    """A code list while it is edited."""

    kind = CODE_LIST

    class Meta(Draft.Meta):
        verbose_name = "code list"

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        """Show the list as radios, as a question would offer it."""
        from cms import preview  # which needs models to be loaded

        return preview.code_list(request, self.definition)


class Schedule(models.Model):
    """Who asked for a revision to be published later, and why; and what came of it when refused."""

    revision = models.OneToOneField(
        "wagtailcore.Revision", on_delete=models.CASCADE, related_name="casethread_schedule"
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    go_live_at = models.DateTimeField()
    reason = models.TextField()
    # Empty unless the time came and the revision could not be published.
    refused_because = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar = ["go_live_at"]

    def __str__(self) -> str:
        return f"{self.revision.object_str} at {self.go_live_at:%Y-%m-%d %H:%M}"


class SecondPersonTask(AbstractGroupApprovalTask):
    """A step that somebody of a group approves, who did not write what is approved."""

    class Meta:
        verbose_name = "approval by a second person"
        verbose_name_plural = "approvals by a second person"

    def get_actions(self, obj: Draft, user: Any) -> list[tuple[str, str, bool]]:
        """Offer nothing to the draft's own authors, superusers included."""
        if user.pk in authors.of(obj):
            return []
        return super().get_actions(obj, user)

    def on_action(self, task_state: Any, user: Any, action_name: str, **kwargs: Any) -> Any:
        """Act, unless the user became an author meanwhile. Raises PublishRefused then."""
        draft = task_state.workflow_state.content_object
        if user.pk in authors.of(draft):
            raise PublishRefused(
                f"“{draft.title}” must be approved by somebody who did not write it."
            )
        return super().on_action(task_state, user, action_name, **kwargs)

    @classmethod
    def get_description(cls) -> str:
        """Say what the step does, where a step is chosen."""
        return (
            "Members of the chosen groups approve this step, but never what they wrote themselves"
        )
