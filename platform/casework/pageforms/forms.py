"""One page of a form as a Django form, for the wizard: bound to a POST it reads every question of it."""

from collections.abc import Mapping
from typing import Any

from django import forms

from casework.pageforms.fields import Known
from casework.pageforms.parse import Parsed, parse
from formdefs.form import Page


class PageForm(forms.Form):
    """A page's inputs. `cleaned_data` are its answers; what could not be read is in `parsed`.

    Its inputs have no Django fields: a page holds rows of rows, and is read by
    `casework.pageforms.fields.FIELDS`, question by question, and drawn by `render_page`.
    """

    page: Page  # given by a subclass for each page: the wizard makes forms by class

    def __init__(
        self,
        *args: Any,
        stored: Mapping[str, Any],
        known: Known,
        posted: Mapping[str, Any],
        **more: Any,
    ) -> None:
        super().__init__(*args, **more)
        self.stored, self.known, self.posted = stored, known, posted
        self.parsed = Parsed()

    def clean(self) -> dict[str, Any]:
        """Read the page; each problem becomes an error of the form."""
        self.parsed = parse(self.page, self.posted, self.stored, self.known)
        for problem in self.parsed.problems:
            self.add_error(None, forms.ValidationError(problem.message, code=problem.code))
        return self.parsed.answers


def form_for(page: Page) -> type[PageForm]:
    """Return the Django form class of a page."""
    return type(f"Page_{page.id}", (PageForm,), {"page": page})
