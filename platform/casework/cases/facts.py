"""What rules know beside the answers: the day, the working-day calendars, the form's code lists."""

from datetime import date, datetime

from casework.clock import london_day
from formdefs.calendars import calendars
from formdefs.form import Form
from formdefs.state import Facts, facts_for


def facts_on(day: date, form: Form) -> Facts:
    """The facts with which a form is worked out on a day."""
    return facts_for(day, calendars(), form.documents["lists"])


def facts_at(at: datetime, form: Form) -> Facts:
    """The same for the civil day in London at an instant."""
    return facts_on(london_day(at), form)
