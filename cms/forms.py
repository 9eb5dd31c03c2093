"""The forms of the configuration pages: a draft, a publication, a withdrawal, a file."""

from datetime import datetime
from typing import Any

from django import forms
from wagtail.admin.forms.models import WagtailAdminModelForm

from casework.clock import LONDON, now
from cms.drafts import describe
from cms.jsontext import pretty
from cms.kinds import CODE_LIST, FORM, FRAGMENT
from cms.widgets import DocumentInput
from formdefs.shipped import sample

MAX_BYTES = 2 * 1024 * 1024


class WordForWord(forms.CharField):
    """A text kept as it was typed: nothing is stripped; only the browser's line ends are undone."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{**kwargs, "strip": False, "required": False})

    def to_python(self, value: Any) -> str:
        """Return the text with `\\n` at line ends, as it was before it was posted."""
        return str(super().to_python(value)).replace("\r\n", "\n")


class DraftForm(WagtailAdminModelForm):
    """A draft in the editor. Anything can be saved; what is wrong with it is shown beside it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.first_published_at:
            self.fields["definition"].widget.key = self.instance.key

    def clean(self) -> dict[str, Any]:
        """Take over the key and title that the definition says; no two drafts share a key."""
        cleaned: dict[str, Any] = super().clean()
        draft = self.instance
        draft.definition = cleaned.get("definition", draft.definition)
        describe(draft)
        others = type(draft).objects.filter(key=draft.key).exclude(pk=draft.pk)
        if draft.key and (other := others.first()):
            self.add_error(
                "definition",
                f"“{other.title}” has the key “{draft.key}” already. "
                "Edit that draft, or write another key here.",
            )
        return cleaned


class FormDraftForm(DraftForm):
    """A form in the editor."""

    definition = WordForWord(label="Definition", widget=DocumentInput(FORM, "forms:check"))
    sample_answers = WordForWord(
        label="Sample answers",
        help_text="What the preview shows as answered: one JSON object. Never a real child's.",
        widget=DocumentInput(),
    )

    def clean(self) -> dict[str, Any]:
        """Begin with the library's sample answers, where the library has this form."""
        cleaned = super().clean()
        key = self.instance.key
        if not cleaned.get("sample_answers", "").strip() and key and (answers := sample(key)):
            cleaned["sample_answers"] = pretty(answers)
        return cleaned


class FragmentDraftForm(DraftForm):
    """A fragment in the editor."""

    definition = WordForWord(label="Fragment", widget=DocumentInput(FRAGMENT, "fragments:check"))
    sample_answers = WordForWord(
        label="Sample answers",
        help_text="What the preview shows as answered: one JSON object. Never a real child's.",
        widget=DocumentInput(),
    )


class CodeListDraftForm(DraftForm):
    """A code list in the editor."""

    definition = WordForWord(label="Code list", widget=DocumentInput(CODE_LIST, "code_lists:check"))


class PublishForm(forms.Form):
    """Why a draft is published, and when."""

    reason = forms.CharField(
        label="Reason",
        help_text="What changes for workers, and why. Everybody can read it in its history.",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
    )
    when = forms.ChoiceField(
        choices=[("now", "Publish now"), ("later", "Publish later")],
        widget=forms.RadioSelect,
        initial="now",
    )
    go_live_at = forms.DateTimeField(
        label="Date and time",
        help_text="Time in London. The draft is locked until then.",
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    seen = forms.IntegerField(widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        """Ask for a time in the future when the draft is to be published later."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("when") == "later" and "go_live_at" not in self.errors:
            go_live_at: datetime | None = cleaned.get("go_live_at")
            if go_live_at is None:
                self.add_error("go_live_at", "Enter the date and time to publish at.")
            elif go_live_at <= now():
                self.add_error(
                    "go_live_at",
                    f"Enter a time after {now().astimezone(LONDON):%d %B %Y %H:%M}, or publish now.",
                )
        return cleaned


class WithdrawForm(forms.Form):
    """Why a form is withdrawn."""

    reason = forms.CharField(
        label="Reason",
        help_text="Why no new records should be started on this form.",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
    )


class ImportForm(forms.Form):
    """A JSON file to make a draft of."""

    file = forms.FileField(
        label="JSON file", help_text="A form, fragment or code list exported before."
    )

    def clean_file(self) -> str:
        """Return the file's text. Refuses what is too long or is not UTF-8."""
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise forms.ValidationError("The file is larger than 2 MB. A form is far smaller.")
        return text_of(file.read())


def text_of(content: bytes) -> str:
    """Return a file's text. Refuses what is not UTF-8 or holds a NUL."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise forms.ValidationError("The file is not text in UTF-8.") from error
    if "\0" in text:
        raise forms.ValidationError("The file has a NUL character in it, which no text has.")
    return text
