"""How a list is chosen from: radios or ticks, a drop-down list, or a search. Pure."""

from formdefs.answer_types import DEFAULTS
from formdefs.form import Form, Question

SHOWN_AT_MOST = 500  # entries on a page, whatever the form says: a longer list is searched


def way_of_choosing(question: Question, form: Form) -> str:
    """Return "radios", "checkboxes", "select" or "search": as the form says, or by the list's length.

    Retired entries do not count.
    """
    current = sum(not entry.valid_to for entry in form.lists[question.list].entries)
    if current > SHOWN_AT_MOST:
        return "search"
    if question.display:
        return question.display
    if current > int(DEFAULTS["search_above"]):
        return "search"
    if question.type == "choices":
        return "checkboxes"
    return "select" if current > int(DEFAULTS["radios_up_to"]) else "radios"


def searched(question: Question, form: Form) -> bool:
    """Whether a question's list is searched, and never whole on the page."""
    return bool(question.list) and way_of_choosing(question, form) == "search"
