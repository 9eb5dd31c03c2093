"""What a case type's rules may read, and the value of it for one subject. Pure.

`<form key>.<question>` of the newest decided record that covers the subject; `subject.id`,
`subject.stage` and `subject.outcome`; `case.open_subjects`; `tasks.<template>.open` and `.done`; `records.<form>.open`
and `.decided`, how many cover the subject, and `.started_on`, the day when the first was begun; in a
trigger `row.<question>`: the subject's own row of the form that the event is of; and in a check
`before.<question>`: the newest other record of the form, and `closing.code`: why the case is closed.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from casetypes.definition import CaseType
from casetypes.state import OPEN_RECORD, State
from formdefs.rules import RuleError, evaluate
from formdefs.rules_types import Names
from formdefs.values import truthy

Facts = Mapping[str, Any]
_SUBJECT = {"id": "text", "stage": "text", "outcome": "text"}


class Known(Mapping[str, Any]):
    """What rules read, worked out when it is read: most rules read one answer of all there is."""

    def __init__(self, makers: Mapping[str, Callable[[], Any]]) -> None:
        self._makers = makers
        self._made: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._made:
            self._made[name] = self._makers[name]()
        return self._made[name]

    def __contains__(self, name: object) -> bool:
        return name in self._makers

    def __iter__(self) -> Iterator[str]:
        return iter(self._makers)

    def __len__(self) -> int:
        return len(self._makers)

    def but(self, **named: Any) -> "Known":
        """The same with these names of other values. What was worked out is not worked out again."""
        found = Known({**self._makers, **{name: partial(_same, named[name]) for name in named}})
        found._made = {**self._made, **named}
        return found


def view(case_type: CaseType, state: State, subject: str) -> Known:
    """All that a rule reads for a subject ("" for the case as a whole: the newest of any)."""
    makers: dict[str, Callable[[], Any]] = {
        form: partial(_answers, state, form, subject) for form in case_type.forms
    }
    makers["subject"] = partial(_subject, state, subject)
    makers["case"] = lambda: {"open_subjects": len(state.active)}
    makers["records"] = lambda: Known(
        {form: partial(_records, state, form, subject) for form in case_type.forms}
    )
    makers["tasks"] = lambda: Known(
        {template: partial(_tasks, state, template, subject) for template in case_type.tasks}
    )
    return Known(makers)


def _same(value: Any) -> Any:
    return value


def _answers(state: State, form: str, subject: str) -> Any:
    """The answers of the newest decided record of a form; None where there is none."""
    ids = [subject] if subject else list(state.subjects)
    found = [record for one in ids if (record := state.newest(form, one))]
    newest = max(found, key=lambda record: record.decided, default=None)
    return newest.answers if newest is not None else None


def _subject(state: State, subject: str) -> dict[str, Any]:
    part = state.subjects.get(subject)
    return {"id": subject, "stage": part.stage, "outcome": part.outcome} if part else {}


def _tasks(state: State, template: str, subject: str) -> dict[str, int]:
    return {
        "open": len(state.open_tasks(template, subject)),
        "done": _done(state, template, subject),
    }


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
