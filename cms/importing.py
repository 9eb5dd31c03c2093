"""Importing a form that another tool made: what became of each part is shown before it is kept."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from cms.checks import identity
from cms.drafts import NotImported, import_text
from cms.forms import MAX_BYTES, WordForWord, text_of
from cms.jsontext import Finding, pretty, read
from cms.models import FormDraft
from cms.pages import ImportPage, user_of
from formdefs.importing import formats
from formdefs.importing.naming import slug
from formdefs.importing.report import OUTCOMES, Imported, NotImportable

_DETECT = "detect"
_TOLD = {
    "lost": "Lost: not in the form",
    "changed": "Changed: in the form in another way",
    "carried": "Carried: in the form as it was",
}


class FormFileForm(forms.Form):
    """A file to make a form of, and which tool it comes from."""

    file = forms.FileField(
        label="File", help_text="JSON, or an Excel workbook (.xlsx) of an XLSForm. At most 2 MB."
    )
    source = forms.ChoiceField(
        label="Format",
        choices=[(_DETECT, "Find out from the file"), *formats.FORMATS.items()],
        required=False,
    )
    uischema = forms.FileField(
        label="UI schema (optional)",
        help_text="For JSONForms, if the first file is a JSON Schema alone.",
        required=False,
    )
    samples = forms.FileField(
        label="Data (optional)",
        help_text="For JSONForms: data that the form must be able to hold. It is not kept.",
        required=False,
    )
    others = forms.BooleanField(
        label="Ask for further names",
        help_text="For JSONForms: rows of a name and a value, wherever the schema allows any name.",
        required=False,
    )

    def clean_file(self) -> bytes:
        """Return the file's bytes. Refuses what is too long."""
        return _bytes(self.cleaned_data["file"])

    def clean_uischema(self) -> bytes | None:
        """Return the bytes of the UI schema, None without one. Refuses what is too long."""
        file = self.cleaned_data["uischema"]
        return _bytes(file) if file else None

    def clean_samples(self) -> bytes | None:
        """Return the bytes of the data, None without any. Refuses what is too long."""
        file = self.cleaned_data["samples"]
        return _bytes(file) if file else None

    def clean(self) -> dict[str, Any]:
        """Find out the format where it is not chosen; a definition of ours must be text."""
        cleaned: dict[str, Any] = super().clean() or {}
        if "file" not in cleaned:
            return cleaned
        source = cleaned.get("source") or _DETECT
        cleaned["source"] = formats.detect(cleaned["file"]) if source == _DETECT else source
        if cleaned["source"] == "casethread":
            try:
                cleaned["text"] = text_of(cleaned["file"])
            except forms.ValidationError as error:
                self.add_error("file", error)
        return cleaned


class KeepForm(forms.Form):
    """A form made of a file, before it is kept: its key and title may be changed."""

    key = forms.RegexField(
        label="Key",
        regex=r"^[a-z][a-z0-9_]{0,63}$",
        help_text="Permanent name of the form: small letters, digits and underscores.",
        error_messages={"invalid": "Use small letters, digits and underscores, a letter first."},
    )
    title = forms.CharField(label="Title", max_length=200)
    definition = WordForWord(widget=forms.HiddenInput)


class FormImportPage(ImportPage):
    """Makes a form of a file in two steps: the report, and then the draft."""

    template_name = "cms/import_form.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Ask for the file."""
        return self.render_to_response(self.get_context_data(form=FormFileForm()))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show what became of the file; keep it when that was seen."""
        if not self.user_has_permission("change"):
            raise PermissionDenied
        if "definition" in request.POST:
            return self._keep(request)
        form = FormFileForm(request.POST, request.FILES)
        if not form.is_valid():
            return self._again(form)
        if form.cleaned_data["source"] == "casethread":
            return self._kept(request, form.cleaned_data["text"], form)
        try:
            imported = formats.read(
                form.cleaned_data["file"],
                form.cleaned_data["source"],
                uischema=form.cleaned_data.get("uischema"),
                data=form.cleaned_data.get("samples"),
                others=form.cleaned_data["others"],
            )
        except NotImportable as refusal:
            fix = "Mend the file, or choose another format."
            return self._again(form, [Finding(0, 0, refusal.at, str(refusal), fix)])
        return self._report(imported, form.cleaned_data["source"])

    def _report(self, imported: Imported, source: str) -> HttpResponse:
        definition = imported.definition
        first = {
            "key": definition["key"],
            "title": definition["title"],
            "definition": pretty(definition),
        }
        groups = [
            (_TOLD[outcome], outcome, [line for line in imported.report if line.outcome == outcome])
            for outcome in reversed(OUTCOMES)
        ]
        context = self.get_context_data(
            keep=KeepForm(initial=first),
            groups=groups,
            format=formats.FORMATS[source],
            taken=FormDraft.objects.filter(key=definition["key"]).first(),
        )
        return self.render_to_response(context)

    def _keep(self, request: HttpRequest) -> HttpResponse:
        form = KeepForm(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(keep=form), status=422)
        reading = read(form.cleaned_data["definition"])
        value = reading.value
        if reading.findings or not isinstance(value, dict) or identity(value)[0] is None:
            says = "The form that was shown did not come back whole. Import the file again."
            return self._again(FormFileForm(), [Finding(0, 0, "", says, "")])
        value |= {"key": slug(form.cleaned_data["key"]), "title": form.cleaned_data["title"]}
        return self._kept(request, pretty(value), FormFileForm())

    def _kept(self, request: HttpRequest, text: str, form: forms.Form) -> HttpResponse:
        """Keep a definition as a draft, and open it."""
        try:
            draft = import_text(FormDraft, text, by=user_of(request))
        except NotImported as refusal:
            return self._again(form, refusal.findings)
        says = f"“{draft.title}” is imported as a draft. What it said before is in its history."
        messages.success(request, says)
        return redirect(self.edit_url_name, draft.pk)

    def _again(self, form: forms.Form, findings: list[Finding] | None = None) -> HttpResponse:
        context = self.get_context_data(form=form, findings=findings or None)
        return self.render_to_response(context, status=422)


def _bytes(file: Any) -> bytes:
    if file.size > MAX_BYTES:
        raise forms.ValidationError("The file is larger than 2 MB. A form is far smaller.")
    content: bytes = file.read()
    return content
