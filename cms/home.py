"""The panel on the admin's first page: every form, its newest version, and what is waiting."""

from collections.abc import Mapping
from typing import Any

from django.db.models import OuterRef, Subquery
from django.http import HttpRequest
from wagtail.admin.ui.components import Component

from cms.models import CodeListDraft, FormDraft, FragmentDraft, Schedule
from formdefs.models import FormVersion


class Overview(Component):
    """Forms and what is waiting. Nothing about any case."""

    name = "overview"
    order = 50
    template_name = "cms/home.html"

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    def get_context_data(self, parent_context: Mapping[str, Any]) -> dict[str, Any]:
        """Return what the template shows."""
        newest = FormVersion.objects.filter(form_id=OuterRef("key")).order_by("-number")
        forms = FormDraft.objects.annotate(
            number=Subquery(newest.values("number")[:1]),
            published_at=Subquery(newest.values("published_at")[:1]),
        ).select_related("latest_revision__user")
        schedules = Schedule.objects.select_related("by", "revision")
        return {
            "forms": forms,
            "fragments": FragmentDraft.objects.count(),
            "fragments_ahead": FragmentDraft.objects.filter(has_unpublished_changes=True),
            "lists": CodeListDraft.objects.count(),
            "lists_ahead": CodeListDraft.objects.filter(has_unpublished_changes=True),
            "scheduled": schedules.filter(revision__approved_go_live_at__isnull=False),
            "refused": schedules.exclude(refused_because=""),
            "request": self.request,
        }
