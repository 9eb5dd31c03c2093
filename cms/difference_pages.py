"""The page that compares two versions of a form, or a version with its draft."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from cms.differences import draft_side, impact
from cms.pages import DraftPage
from formdefs.comparing import Side, difference, published
from formdefs.models import FormVersion

DRAFT = "draft"


class DifferencesPage(DraftPage):
    """Compares any two versions of a form, or a version with the draft."""

    any_permission_required = ["view", "change", "publish"]  # noqa: RUF012 (Wagtail's own attribute)
    page_title = "Compare versions"
    template_name = "cms/differences.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the difference of ?old=N and ?new=M; without them, of the newest version and the draft."""
        versions = list(
            FormVersion.objects.filter(form=self.draft.key or "")
            .only("id", "form_id", "number", "published_at")
            .order_by("-number")
        )
        numbers = {str(version.number): version for version in versions}
        first = str(versions[0].number) if versions else DRAFT
        old, new = request.GET.get("old", first), request.GET.get("new", DRAFT)
        sides = [self._side(name, numbers) for name in (old, new)]
        found = None
        if sides[0] and sides[1]:
            found = difference(sides[0], sides[1])
        context = self.get_context_data(
            draft=self.draft,
            choices=[
                *((str(v.number), f"Version {v.number}") for v in versions),
                (DRAFT, "The draft"),
            ],
            old=old,
            new=new,
            difference=found,
            impact=impact(str(self.draft.key)) if versions else None,
            edit_url=reverse(self.edit_url_name, args=[self.draft.pk]),
        )
        return self.render_to_response(context)

    def _side(self, name: str, numbers: dict[str, FormVersion]) -> Side | None:
        """A version by its number, or the draft; None for neither, and a draft that is not sound."""
        if name == DRAFT:
            return draft_side(self.draft)
        version = numbers.get(name)
        return published(FormVersion.objects.get(pk=version.pk)) if version else None
