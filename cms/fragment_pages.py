"""Pages about fragments: what a draft includes, where a fragment is used, and taking a version up."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from cms.includes import NotTakenUp, copy, name_of, take_up, uses
from cms.jsontext import read
from cms.models import FragmentDraft
from cms.pages import DraftPage, user_of
from formdefs.fragments import includes
from formdefs.models import FragmentVersion
from formdefs.versions import uses_of_fragment


class IncludedPage(DraftPage):
    """The fragments that a draft includes, and a button that makes a copy of one."""

    any_permission_required = ["view", "change", "publish"]  # noqa: RUF012 (Wagtail's own attribute)
    page_title = "Fragments in it"
    template_name = "cms/included.html"
    included_url_name = ""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show them."""
        document = read(self.draft.definition).value
        found = includes(document) if isinstance(document, dict) else []
        newest = _newest([include.fragment.key for include in found])
        drafts = {
            draft.key: reverse("fragments:uses", args=[draft.pk])
            for draft in FragmentDraft.objects.filter(key__in=newest)
        }
        context = self.get_context_data(
            draft=self.draft,
            name=name_of(self.draft),
            may_change=self.user_has_permission("change"),
            included=[
                {
                    "include": include,
                    "newest": newest.get(include.fragment.key),
                    "uses_url": drafts.get(include.fragment.key, ""),
                }
                for include in found
            ],
        )
        return self.render_to_response(context)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Replace the chosen include by a copy."""
        of_this = f"{self.draft.kind}-{self.draft.pk}-"
        name = of_this + request.POST.get("draft", "").removeprefix(of_this)
        try:
            draft = copy(name, request.POST.get("include", ""), by=user_of(request))
        except NotTakenUp as refusal:
            messages.error(request, str(refusal))
        else:
            says = f"“{draft.title}” has a copy now, as a new revision. Nothing is published."
            messages.success(request, says)
        return redirect(self.included_url_name, self.draft.pk)


class UsesPage(DraftPage):
    """Where a fragment is used, and the one step in which drafts take up its newest version."""

    any_permission_required = ["view", "change", "publish"]  # noqa: RUF012 (Wagtail's own attribute)
    page_title = "Where it is used"
    template_name = "cms/uses.html"
    uses_url_name = ""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the drafts that include it, what would change in each, and the published forms."""
        key = str(self.draft.key)
        version = _newest([key]).get(key)
        newest = version.number if version else None
        found = uses(key, newest, user_of(request))
        older = [use for use in found if newest and use.numbers[0] < newest]
        context = self.get_context_data(
            draft=self.draft,
            newest=newest,
            older=older,
            may_upgrade=any(not use.prevents for use in older),
            current=[use for use in found if use not in older],
            published=uses_of_fragment(key),
        )
        return self.render_to_response(context)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Let every chosen draft take up the version that was shown; tell what came of each."""
        key, version = str(self.draft.key), request.POST.get("version", "")
        chosen = request.POST.getlist("draft")
        newest = _newest([key]).get(key)
        if newest is None or version != str(newest.number):
            messages.error(request, "A newer version was published since. Look at it first.")
        elif not chosen:
            messages.error(request, "Choose the drafts that should take up the newest version.")
        else:
            for name in chosen:
                _take_up(request, name, key, newest.number)
        return redirect(self.uses_url_name, self.draft.pk)


def _take_up(request: HttpRequest, name: str, key: str, version: int) -> None:
    try:
        draft = take_up(name, key, version, by=user_of(request))
    except NotTakenUp as refusal:
        messages.error(request, str(refusal))
    else:
        says = f"“{draft.title}” includes version {version} now, as a new revision of its draft."
        messages.success(request, f"{says} It is not published: publish it from its own page.")


def _newest(keys: list[str]) -> dict[str, FragmentVersion]:
    """Return the newest version of each fragment that was published, without its document."""
    rows = FragmentVersion.objects.filter(fragment_id__in=keys).order_by("number")
    return {row.fragment_id: row for row in rows.defer("document")}
