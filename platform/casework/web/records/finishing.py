"""Forms of one page that nobody signs: the button that finishes stands on the page itself."""

from uuid import UUID, uuid4, uuid5

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from casework.cases.actions.signing import submit
from casework.refusals import Incomplete, Refused, Stale
from casework.web.doing import done
from casework.web.records.opened import Opened, open_record, page_url
from casework.web.records.saving import Filled
from formdefs.hidden import hidden


def on_its_page(opened: Opened) -> bool:
    """Whether the record is finished from its page, without a page to check the answers first."""
    return opened.finishes and len(opened.screens) == 1 and "record.submit" in opened.verbs


def finish(filled: Filled) -> HttpResponse:
    """Finish the record whose one page was just saved. What is still wrong is shown on the page.

    What its writer has not seen they check first: a warning, what somebody else changed meanwhile,
    and typed answers that are hidden now and would be left out.
    """
    opened = open_record(filled.request, filled.opened.record.pk)
    check = redirect("web:record-check", opened.record.pk)
    if any(problem.severity == "error" for problem in opened.problems):
        return redirect(f"{page_url(opened.record, filled.screen)}?problems")
    changed = any(saved.merged for saved in filled.saved)
    left_out = list(hidden(opened.state))
    if changed or opened.problems or left_out:
        return check
    pages = zip(filled.screen.pages, filled.saved, strict=True)
    versions = {page.id: saved.version for page, saved in pages}
    command = uuid5(_command(filled), "finish")
    try:
        done(
            lambda: submit(
                opened.record.pk, seen=versions, by=opened.user, at=opened.at, command_id=command
            )
        )
    except (Incomplete, Refused, Stale):
        return check  # where it is told
    messages.success(filled.request, _("%(form)s is finished.") % {"form": opened.form.title})
    return redirect("web:record", opened.record.pk)


def _command(filled: Filled) -> UUID:
    try:
        return UUID(filled.last("command_id"))
    except ValueError:
        return uuid4()
