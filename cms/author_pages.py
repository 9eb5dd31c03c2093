"""Pages about a form's rules and tests: every rule in words, what its tests find, and a new test."""

from itertools import groupby
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from casework.clock import london_day, now
from cms.author_tests import LONGEST_NAME, NotAdded, add_test, report_on
from cms.checks import unsound
from cms.jsontext import read
from cms.kinds import FORM
from cms.pages import DraftPage, user_of
from formdefs.fragments import expansion
from formdefs.sentences import rules_in_words
from formdefs.versions import fragment_documents, list_documents

_ANYBODY = ["view", "change", "publish"]


class RulesPage(DraftPage):
    """Every rule of a form as a sentence, by question in document order."""

    any_permission_required = _ANYBODY
    page_title = "Rules in words"
    template_name = "cms/rules.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show them, also of a draft that cannot be published yet."""
        reading = read(self.draft.definition)
        value = reading.value if isinstance(reading.value, dict) else {}
        expanded = expansion(value, fragment_documents()).definition
        rules = rules_in_words(expanded, list_documents())
        context = self.get_context_data(
            draft=self.draft,
            findings=list(reading.findings),
            count=len(rules),
            questions=[
                (label, node, [(rule, reading.line(rule.at)) for rule in found])
                for (node, label), found in groupby(rules, lambda rule: (rule.node, rule.label))
            ],
            edit_url=reverse(self.edit_url_name, args=[self.draft.pk]),
        )
        return self.render_to_response(context)


class TestsPage(DraftPage):
    """What a form's own tests find and leave out; adds one with the sample answers."""

    any_permission_required = _ANYBODY
    page_title = "Tests"
    template_name = "cms/tests.html"
    tests_url_name = ""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Run the tests and show what came of them."""
        return self._page("", "")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Add a test with the sample answers and what they give now."""
        if not self.user_has_permission("change"):
            raise PermissionDenied
        name, seen = request.POST.get("name", ""), request.POST.get("seen", "")
        try:
            add_test(self.draft.pk, name, seen=seen, by=user_of(request), today=london_day(now()))
        except NotAdded as refusal:
            return self._page(name, str(refusal))
        says = f"The test “{name.strip()}” is added as a new revision. Nothing is published."
        messages.success(request, says)
        return redirect(self.tests_url_name, self.draft.pk)

    def _page(self, name: str, error: str) -> HttpResponse:
        findings = unsound(FORM, self.draft.definition)
        context = self.get_context_data(
            draft=self.draft,
            findings=findings,
            report=None if findings else report_on(self.draft.definition, london_day(now())),
            may_change=self.user_has_permission("change"),
            name=name,
            error=error,
            longest=LONGEST_NAME,
            seen=self.draft.latest_revision_id,
            edit_url=reverse(self.edit_url_name, args=[self.draft.pk]),
        )
        return self.render_to_response(context, status=422 if error else 200)
