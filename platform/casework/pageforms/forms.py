"""A screen of a form as a Django form, for the wizard: bound to a POST it reads every question of it."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from casework.pageforms.fields import Known
from casework.pageforms.parse import Parsed, parse
from formdefs.form import Page
from formdefs.structure import Problem


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
        refused: Sequence[Problem] = (),
        **more: Any,
    ) -> None:
        super().__init__(*args, **more)
        self.stored, self.known, self.posted = stored, known, posted
        self.refused = refused  # files that came with the page and were not taken
        self.parsed: dict[str, Parsed] = {}

    def clean(self) -> dict[str, Any]:
        """Read the pages; each problem becomes an error of the form."""
        for page in self.pages:
            self.parsed[page.id] = parse(page, self.posted, self.stored[page.id], self.known)
        read = [problem for parsed in self.parsed.values() for problem in parsed.problems]
        for problem in (*read, *self.refused):
            self.add_error(None, forms.ValidationError(problem.message, code=problem.code))
        return {page_id: parsed.answers for page_id, parsed in self.parsed.items()}


def form_for(pages: tuple[Page, ...]) -> type[PageForm]:
    """Return the Django form class of a screen."""
    return type("ScreenForm", (PageForm,), {"pages": pages})
