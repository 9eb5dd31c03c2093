"""What a record's pages say of actions: beside the rows of a review, and beside those that asked for one."""

from collections.abc import Mapping
from typing import Any

from django.template.loader import get_template
from markupsafe import Markup

from casework.cases.thread import asked_for
from casework.clock import london_day
from casework.pageforms.names import joined
from casework.web.records.opened import Opened


def fixed_in(opened: Opened) -> frozenset[str]:
    """The keys of the repeats whose rows come from the case: nobody adds or takes out one."""
    return frozenset(one.repeat.key for one in opened.listed.listings)


def fixed_of(opened: Opened) -> set[str]:
    """The same of a record that is not written any more."""
    use = opened.listed.use
    judged = {str(use.judges["repeat"])} if use.judges else set()
    return judged | ({use.bound[0]} if use.bound else set())


def action_notes(opened: Opened, answers: Mapping[str, Any]) -> dict[str, Markup]:
    """How each action stands now, by the name of the row that judges it or asked for it."""
    use, today = opened.listed.use, london_day(opened.at)
    module = get_template("records/actions.jinja").template.module  # type: ignore[attr-defined]
    notes = {
        joined(path): module.asked(one, today)
        for path, one in asked_for(opened.record, answers, opened.user, opened.at).items()
    }
    if use.judges:
        for row, one in opened.actions.items():
            notes[joined((use.judges["repeat"], row))] = module.judged(one, today)
    return notes
