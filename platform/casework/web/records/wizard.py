"""The wizard that fills a record: django-formtools, with the draft record for its storage.

Named URLs, any page at any time, nothing in the session. formtools asks the storage for the current
step, which is in the address, and hands it what was sent for a step, which is saved.
"""

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from formtools.wizard.storage.base import BaseStorage
from formtools.wizard.views import NamedUrlWizardView

from casework.pageforms.forms import form_for
from casework.web.records import filling
from casework.web.records.opened import Opened
from casework.web.records.saving import Filled, save

PREFIX = "w"


class RecordStorage(BaseStorage):
    """The draft record as formtools sees it."""

    def __init__(self, prefix: str, request: Any = None, file_storage: Any = None) -> None:
        super().__init__(prefix, request, file_storage)
        self.filled: Filled = request.filled
        self.init_data()
        self.current_step = request.resolver_match.kwargs["page"]

    def reset(self) -> None:
        """Nothing: a record is not emptied when somebody comes to its last page."""

    def get_step_data(self, step: str) -> None:
        """Nothing to bind: a page that is opened shows the record's answers, and judges nothing."""

    def set_step_data(self, step: str, cleaned_data: Mapping[str, Any]) -> None:
        """Save what was sent. Raises Clash, Refused, NotNow."""
        save(self.filled, cleaned_data)

    def get_step_files(self, step: str) -> None:
        """None: files are stored before the page is read, and named by its answers."""

    def set_step_files(self, step: str, files: Any) -> None:
        """Nothing; see `get_step_files`."""

    def update_response(self, response: HttpResponse) -> None:
        """Nothing is kept outside the record."""


class RecordWizard(NamedUrlWizardView):
    """The pages of one record. Built per request: the steps are those of the record's form."""

    storage_name = f"{RecordStorage.__module__}.{RecordStorage.__qualname__}"
    storage: RecordStorage

    def get_prefix(self, *_args: Any, **_kwargs: Any) -> str:
        """Names the wizard's own hidden input."""
        return PREFIX

    def get_step_url(self, step: str) -> str:
        """The address of a page, or of *check your answers* after the last."""
        record_id = self.storage.filled.opened.record.pk
        if step == self.done_step_name:
            return reverse("web:record-check", kwargs={"record_id": record_id})
        return reverse(self.url_name, kwargs={"record_id": record_id, "page": step})

    def get_form_kwargs(self, step: str | None = None) -> dict[str, Any]:
        """What a page form needs beside what was sent."""
        filled = self.storage.filled
        return {
            "stored": {page.id: filled.opened.page_answers(page) for page in filled.screen.pages},
            "known": filled.known,
            "posted": filled.posted,
            "refused": filled.problems,
        }

    def process_step(self, form: Any) -> Mapping[str, Any]:
        """The answers of each page of the screen."""
        self.storage.filled.parsed = form.parsed
        cleaned: Mapping[str, Any] = form.cleaned_data
        return cleaned

    def render(self, form: Any = None, **_kwargs: Any) -> HttpResponse:
        """The page as it stands; with what was sent and its problems, if it could not be saved."""
        if form is not None and form.is_bound:
            self.storage.filled.parsed = form.parsed
        return filling.page(self.storage.filled)

    def render_next_step(self, form: Any, **kwargs: Any) -> HttpResponse:
        """Where the pressed button leads."""
        return filling.onward(self.storage.filled) or super().render_next_step(form, **kwargs)

    def render_done(self, form: Any, **kwargs: Any) -> HttpResponse:
        """On to *check your answers*; nothing happens to the record here."""
        return filling.onward(self.storage.filled) or filling.redirect_to(
            self.get_step_url(self.done_step_name)
        )


def respond(filled: Filled) -> HttpResponse:
    """Run the wizard on a request for one screen."""
    opened: Opened = filled.opened
    screens = [s for s in opened.screens if s in opened.visible_screens or s is filled.screen]
    view = RecordWizard.as_view(
        [(screen.key, form_for(screen.pages)) for screen in screens],
        url_name="web:record-page",
        done_step_name="_check",
    )
    request = filled.request
    request.filled = filled  # type: ignore[attr-defined]
    response: HttpResponse = view(request, step=filled.screen.key)
    return response
