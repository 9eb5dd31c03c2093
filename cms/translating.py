"""The page where a form is translated: its texts side by side, saved as the draft's next revision."""

import re
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from cms.checks import check
from cms.drafts import NotImported, import_definition
from cms.forms import MAX_BYTES
from cms.jsontext import read
from cms.kinds import FORM
from cms.pages import DraftPage, user_of
from formdefs import translations
from formdefs.patterns import LANGUAGE

_PREFIX = "text."
_STALE = "Not saved: somebody else saved this draft after you opened the page. Look at it again."


class TranslationsPage(DraftPage):
    """Shows every text of a form beside its translation; takes them typed, or as a CSV file."""

    permission_required = "change"
    page_title = "Translations"
    template_name = "cms/translations.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the table of a language (`?language=cy`), or send it as CSV (`&csv`)."""
        language = self._language()
        definition = self._definition()
        if definition is not None and language and "csv" in request.GET:
            body = translations.as_csv(definition, language)
            response = HttpResponse(body, content_type="text/csv; charset=utf-8")
            name = f"{self.draft.key}.{language}.csv"
            response["Content-Disposition"] = f'attachment; filename="{name}"'
            return response
        return self._page(definition, language)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Save what was typed, or what a CSV file has, over the revision that was shown."""
        language, definition = self._language(), self._definition()
        if definition is None or not language:
            return self._page(definition, language, status=422)
        given = {
            name.removeprefix(_PREFIX): str(value).replace("\r\n", "\n")
            for name, value in request.POST.items()
            if name.startswith(_PREFIX)
        }
        if request.POST.get("seen") != str(self.draft.latest_revision_id):
            messages.error(request, _STALE)
            return self._page(definition, language, given, status=409)
        if file := request.FILES.get("file"):
            try:
                given = self._from_file(file)
            except ValueError as wrong:
                messages.error(request, f"The file was not read: {wrong}")
                return self._page(definition, language, status=422)
        made = translations.with_translations(definition, language, given)
        try:
            import_definition(made, user_of(request))
        except NotImported as refusal:
            messages.error(request, str(refusal))
            return self._page(definition, language, given, status=409)
        done = translations.completeness(made, language)
        messages.success(request, f"Saved as a draft: {done.percent} % translated ({language}).")
        return redirect(f"{request.path}?language={language}")

    def _language(self) -> str:
        asked = self.request.POST.get("language") or self.request.GET.get("language", "")
        return asked if re.fullmatch(LANGUAGE, asked) else ""

    def _definition(self) -> Mapping[str, Any] | None:
        """What the draft says, None if it is not sound enough to be translated."""
        value = read(self.draft.definition).value
        sound = isinstance(value, Mapping) and not check(FORM, self.draft.definition)
        return value if sound else None

    def _from_file(self, file: Any) -> dict[str, str]:
        if file.size > MAX_BYTES:
            raise ValueError("it is larger than 2 MB.")
        try:
            return translations.from_csv(file.read().decode("utf-8-sig"))
        except UnicodeDecodeError:
            raise ValueError("it is not text in UTF-8.") from None

    def _page(
        self,
        definition: Mapping[str, Any] | None,
        language: str,
        given: Mapping[str, str] | None = None,
        status: int = 200,
    ) -> HttpResponse:
        texts = translations.table(definition, language) if definition and language else []
        known = translations.languages(definition) if definition else []
        context = self.get_context_data(
            draft=self.draft,
            language=language,
            sound=definition is not None,
            texts=[(one, (given or {}).get(one.name, one.translation)) for one in texts],
            done=[translations.completeness(definition, one) for one in known]
            if definition
            else [],
            seen=self.draft.latest_revision_id,
            edit_url=reverse(self.edit_url_name, args=[self.draft.pk]),
        )
        return self.render_to_response(context, status=status)
