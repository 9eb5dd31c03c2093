"""What a case type's rules may read, and the value of it for one subject. Pure.

`<form key>.<question>` of the newest decided record that covers the subject; `subject.id`,
`subject.stage` and `subject.outcome`; `case.open_subjects`; `tasks.<template>.open` and `.done`; `records.<form>.open`
and `.decided`, how many cover the subject, and `.started_on`, the day when the first was begun; in a
trigger `row.<question>`: the subject's own row of the form that the event is of; and in a check
`before.<question>`: the newest other record of the form, and `closing.code`: why the case is closed.
"""

from collections.abc import Mapping
from typing import Any

from casetypes.definition import CaseType
from casetypes.state import OPEN_RECORD, State
from formdefs.rules import RuleError, evaluate
from formdefs.rules_types import Names
from formdefs.values import truthy

Facts = Mapping[str, Any]
_SUBJECT = {"id": "text", "stage": "text", "outcome": "text"}


def view(case_type: CaseType, state: State, subject: str) -> dict[str, Any]:
    """All that a rule reads for a subject ("" for the case as a whole: the newest of any)."""
    known: dict[str, Any] = {}
    for form in case_type.forms:
        ids = [subject] if subject else list(state.subjects)
        found = [record for one in ids if (record := state.newest(form, one))]
        newest = max(found, key=lambda record: record.decided, default=None)
        if newest is not None:
            known[form] = newest.answers
    part = state.subjects.get(subject)
    known["subject"] = {"id": subject, "stage": part.stage, "outcome": part.outcome} if part else {}
    known["case"] = {"open_subjects": len(state.active)}
    known["records"] = {form: _records(state, form, subject) for form in case_type.forms}
    known["tasks"] = {
        template: {
            "open": len(state.open_tasks(template, subject)),
            "done": _done(state, template, subject),
        }
        for template in case_type.tasks
    }
    return known


def holds(rule: Any, known: Mapping[str, Any], facts: Facts) -> bool:
    """Whether a rule is true; one that is refused or fails is not."""
    if isinstance(rule, bool):
        return rule
    try:
        return truthy(evaluate(rule, known, (), facts))
    except RuleError:
        return False


def names(
    case_type: CaseType, forms: Mapping[str, Names], of_event: str = "", checked: str = ""
) -> Names:
    """The names of rules with their types, for the check before publishing.

    forms: the names of each form's questions; of_event: key of the form whose event the rule is
    asked for, "" for none: its bound row can be read as `row`; checked: the command that the rule
    may refuse, "" for none.
    """
    nested: dict[str, Names] = {key: forms[key] for key in case_type.forms if key in forms}
    nested["subject"] = Names(_SUBJECT, {})
    nested["case"] = Names({"open_subjects": "number"}, {})
    counted = {key: Names({"open": "number", "done": "number"}, {}) for key in case_type.tasks}
    nested["tasks"] = Names({}, {}, counted)
    about = {"open": "number", "decided": "number", "started_on": "date"}
    nested["records"] = Names({}, {}, {key: Names(about, {}) for key in case_type.forms})
    if checked in ("record.submit", "record.sign") and of_event in forms:
        nested["before"] = forms[of_event]
    if checked == "case.close":
        nested["closing"] = Names({"code": "text"}, {})
    use = case_type.forms.get(of_event)
    if use and use.bound and of_event in forms:
        nested["row"] = forms[of_event].repeats.get(use.bound[0], Names({}, {}))
    return Names({}, {}, nested)


def _records(state: State, form: str, subject: str) -> dict[str, Any]:
    """The records of a form that cover a subject ("" for any)."""
    found = [
        record
        for record in state.records.values()
        if record.form == form and (not subject or subject in record.subjects)
    ]
    begun = [one.started for one in found if one.started and one.status != "abandoned"]
    return {
        "open": sum(one.status in OPEN_RECORD for one in found),
        "decided": sum(one.answers is not None for one in found),
        "started_on": min(begun).isoformat() if begun else None,
    }


def _done(state: State, template: str, subject: str) -> int:
    return sum(
        task.template == template
        and task.status == "done"
        and (not subject or not task.subjects or subject in task.subjects)
        for task in state.tasks.values()
    )
