"""A page of any form with any answers, as a worker would see it: no record, no case. Pure."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from markupsafe import Markup

from casework.pageforms.compile import compile_page
from casework.pageforms.render import Shown, render_page
from casework.pageforms.script import page_script
from formdefs.form import Form
from formdefs.state import Facts, evaluate_form


def page_html(
    form: Form, page_id: str, answers: Mapping[str, Any], *, facts: Facts, on: date
) -> Markup:
    """Return the questions of one page (by id or key) in a form that leads nowhere.

    Wrap it in a page that loads `/static/casework/casework.css`, `start.js` and `page.js`.
    """
    page = form.page(page_id)
    state = evaluate_form(form, answers, facts)
    fields = render_page(compile_page(form, page), Shown(answers, state, on))
    return Markup('<form class="app-page" data-page novalidate>{}{}</form>').format(
        fields, page_script((page,), state, facts)
    )
