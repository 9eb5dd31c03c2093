"""The text area in which a document is edited, with what is wrong below it."""

from typing import Any

from django import forms
from django.forms.widgets import Script

from cms.checks import check


class DocumentInput(forms.Textarea):
    """A text area for JSON. Its module checks while one types; without it, saving shows the same."""

    template_name = "cms/document_input.html"

    def __init__(self, kind: str = "", checked_at: str = "") -> None:
        super().__init__(attrs={"rows": 30, "spellcheck": "false", "wrap": "off"})
        self.kind = kind
        self.checked_at = checked_at  # name of the URL of live checking; empty: not checked
        self.key: str | None = None  # of a draft that was published: it stays

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Add what is wrong with the text shown."""
        context: dict[str, Any] = super().get_context(name, value, attrs)
        context["checked_at"] = self.checked_at
        context["key"] = self.key
        if self.checked_at and value:
            context["findings"] = check(self.kind, value, self.key)
        return context

    @property
    def media(self) -> forms.Media:
        """The module of live checking."""
        return forms.Media(js=[Script("cms/document.js", type="module")])  # type: ignore[list-item]
