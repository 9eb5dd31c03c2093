"""What notices say: a reference and a day, never a name or a fact."""

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from casework.notices.models import Notice

SAYS = {
    "task.assigned": noop("An action in {case} is yours"),
    "task.due": noop("An action in {case} is due on {day}"),
    "task.overdue": noop("An action in {case} was due on {day}"),
    "clock.due": noop("A clock in {case} is due on {day}"),
    "clock.overdue": noop("A clock in {case} is overdue"),
    "record.submitted": noop("A record in {case} waits for a signature"),
    "record.returned": noop("A record in {case} was returned"),
    "record.signed": noop("A record in {case} was signed"),
    "case.transferred": noop("{case} has come to another team"),
    "transfer.proposed": noop("{case} is proposed to your team"),
    "transfer.waiting": noop("{case} is proposed to your team, and still waits for an answer"),
    "transfer.accepted": noop("{case} was taken over by the team that it was proposed to"),
    "transfer.refused": noop("{case} was refused by the team that it was proposed to"),
}


def says(notice: Notice) -> str:
    """The sentence of a notice whose case is loaded."""
    return _(SAYS[notice.kind]).format(case=notice.case.reference, day=_day(notice.due_on))


def _day(day: date | None) -> str:
    return f"{day.day} {day:%B %Y}" if day else ""
