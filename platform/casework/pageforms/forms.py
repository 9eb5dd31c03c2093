"""A screen of a form as a Django form, for the wizard: bound to a POST it reads every question of it."""

from collections.abc import Mapping
from typing import Any

from django import forms

from casework.pageforms.fields import Known
from casework.pageforms.parse import Parsed, parse
from formdefs.form import Page


class PageForm(forms.Form):
    """One page, or all pages of a form that is laid out as one. `cleaned_data`: answers by page id.

    Its inputs have no Django fields: a page holds rows of rows, and is read by
    `casework.pageforms.fields.FIELDS`, question by question, and drawn by `render_page`.
    """

    pages: tuple[Page, ...] = ()  # given by a subclass for each screen: the wizard knows classes

    def __init__(
        self,
        *args: Any,
        stored: Mapping[str, Mapping[str, Any]],
        known: Known,
        posted: Mapping[str, list[str]],
        **more: Any,
    ) -> None:
        super().__init__(*args, **more)
        self.stored, self.known, self.posted = stored, known, posted
        self.parsed: dict[str, Parsed] = {}

    def clean(self) -> dict[str, Any]:
        """Read the pages; each problem becomes an error of the form."""
        for page in self.pages:
            self.parsed[page.id] = parse(page, self.posted, self.stored[page.id], self.known)
            for problem in self.parsed[page.id].problems:
                self.add_error(None, forms.ValidationError(problem.message, code=problem.code))
        return {page_id: parsed.answers for page_id, parsed in self.parsed.items()}


def form_for(pages: tuple[Page, ...]) -> type[PageForm]:
    """Return the Django form class of a screen."""
    return type("ScreenForm", (PageForm,), {"pages": pages})
