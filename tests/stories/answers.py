"""Answers of the forms that ship, as a story needs them: whole, with what its case type's rules read."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from casetypes.definition import CaseType
from casetypes.state import State
from casework.cases.facts import facts_at
from casework.cases.listed import row_of
from casework.clock import london_day
from formdefs.answers import problems_in
from formdefs.form import Form, Question
from formdefs.places import rows
from formdefs.state import evaluate_form
from formdefs.versions import form_of, newest
from tests.cast import sample_answers

Pick = Callable[[Sequence[Any]], Any]
Answers = dict[str, Any]
CIN_CODES = ("RC1", "RC3", "RC7", "RC7", "RC8", "RC9")
_A_DAY = re.compile(r"202[67]-[01]\d-[0-3]\d")

# What is answered otherwise than in the sample, a whole choice at a time; the usual way comes first.
CHOICES: Mapping[str, Sequence[Answers]] = {
    "referral": [
        {}, {}, {}, {}, {"decision": "strategy"}, *[{"feedback_sent": False}] * 4,
        *({"decision": one, "nfa": True} for one in ("nfa", "advice", "signpost")),
        {"decision": "family_help", "nfa": True, "family_help_agreed": True},
    ],
    "child_family_assessment": [
        {}, {}, {}, {}, {}, {"outcome": "other_assessment"}, {"outcome": "strategy"},
        {"outcome": "looked_after"}, {"outcome": "family_help"}, {"outcome": "nfa", "in_need": False},
    ],
    "child_in_need_plan": [{}, {}, {"plan_type": "family_help"}, {"end_date": "today"}],
    "management_decision": [
        {"decision_kind": one}
        for one in ("supervision", "assessment_progress", "assessment_progress", "plan_progress", "plan_progress", "step_up", "close", "other")
    ],
    "closure": [{}, {}, {"open_actions": "ended"}, {"open_actions": "none"}],
    "complaint": [{}, {}, {}, {}, {}, {"decision": "refuse"}, {"decision": "other_procedure"}],
    "complaint_response_one": [{}, {"outcome": "upheld"}, {"outcome": "no_finding"}],
    "complaint_response_two": [{}, {"outcome": "partly"}, {"outcome": "no_finding"}],
    "escalation": [{}, {}, {}, {"taken": False}],
}  # fmt: skip
# What is answered in the row of each child.
OF_EACH: Mapping[str, Mapping[str, Sequence[str]]] = {
    "cin_review": {"decision": ("continue", "step_down", "end", "step_up", "continue")},
    "closure": {"outcome": ("universal",), "reason": CIN_CODES},
}


def answers_of(
    case_type: CaseType, form: str, about: Sequence[Any], state: State, pick: Pick, tag: str, at: datetime,
    told: Mapping[str, Any],
) -> Answers:  # fmt: skip
    """Whole answers of a form about these persons, with another choice each time.

    tag: what makes the ids of new rows this record's own, so that the same tag gives the same rows; told:
    what is to be answered, in the form or in each person's row.
    """
    use = case_type.use(form)
    found = _as_of(sample_answers(form), at)
    choices = CHOICES.get(form, ({},))
    fit = [one for one in choices if _says({**found, **one}, told)]
    found |= pick(fit or choices)
    if form == "clarification":
        found |= _asked_or_answered(state, about, at, told)
    if form == "visit":
        seen = [person for person in about if pick((True, True, False))] or [about[0]]
        found["seen"] = [{"id": str(one.pk), "name": one.name} for one in seen]
        found["seen_alone"] = found["seen"][:1]
    if "end_date" in found:
        found["end_date"] = str(london_day(at))
    for template in case_type.tasks.values():
        if template.rows and template.on.of == form:
            _ask_for_actions(found, template.rows, pick, tag, at)
    if use.bound:
        repeat, subject = use.bound
        first = found[repeat][0]
        found[repeat] = [
            {**first, "_id": row_of(str(one.pk)), subject: {"id": str(one.pk), "name": one.name},
             **{key: told.get(key) or pick(codes) for key, codes in OF_EACH[form].items()}}
            for one in about
        ]  # fmt: skip
    if use.judges:
        ids = {str(one.pk) for one in about}
        open_now = state.open_tasks(use.judges["task"])
        found[use.judges["repeat"]] = [
            {"_id": task.row, use.judges["status"]: pick(("on_track", "done", "not_needed"))}
            for task in open_now
            if task.row and (not task.subjects or ids & set(task.subjects))
        ]
    loaded = form_of(newest(form).pk)
    if loaded.occurred:
        asked = loaded.find((loaded.occurred,))
        when = at - timedelta(hours=pick((0, 0, 3, 30)))
        on_a_day = isinstance(asked, Question) and asked.type == "date"
        found[loaded.occurred] = str(london_day(when)) if on_a_day else when.isoformat()
    return completed(loaded, found, at)


def _says(answers: Answers, told: Mapping[str, Any]) -> bool:
    """Whether the answers are what is to be answered, as far as that is asked in the form itself."""
    return all(answers[key] == value for key, value in told.items() if key in answers)


def _as_of(sample: Answers, at: datetime) -> Answers:
    """The sample as if it were written at an instant: its days move on together.

    A plan is written on the day on which it starts, everything else by December.
    """
    written = date.fromisoformat(sample.get("start_date", "2026-12-01"))
    later = london_day(at) - written

    def moved(value: Any) -> Any:
        if isinstance(value, list):
            return [moved(one) for one in value]
        if isinstance(value, dict):
            return {key: moved(one) for key, one in value.items()}
        if isinstance(value, str) and _A_DAY.match(value):
            return str(date.fromisoformat(value[:10]) + later) + value[10:]
        return value

    found: Answers = moved(sample)
    return found


def completed(form: Form, answers: Answers, at: datetime) -> Answers:
    """The answers with something in each place that has to be answered."""
    for _ in range(4):  # an answer may bring up another question
        state = evaluate_form(form, answers, facts_at(at, form))
        missing = [one.path for one in problems_in(state, london_day(at)) if one.code == "required"]
        if not missing:
            break
        for path in missing:
            node = form.find(path)
            if isinstance(node, Question):
                _within(answers, path)[path[-1]] = _some(form, node, at)
    return answers


def by_page(form: Form, answers: Answers) -> dict[str, Answers]:
    """The answers by page."""
    return {
        page.id: {
            key: answers[key] for key in form.keys_of(page.id) if answers.get(key) is not None
        }
        for page in form.pages
    }


def _asked_or_answered(
    state: State, about: Sequence[Any], at: datetime, told: Mapping[str, Any]
) -> Answers:
    """The complainant is asked when nothing is open, and answers when something is; mostly."""
    last = [state.newest("clarification", str(one.pk)) for one in about]
    asked = any(one and one.answers and one.answers.get("what") == "asked" for one in last)
    what = told.get("what", "answered" if asked else "asked")
    if what == "answered":
        return {"what": what, "question": None, "answer_by": None, "answer": "On Monday."}
    return {"what": what, "answer_by": str(london_day(at) + timedelta(days=7))}


def _ask_for_actions(
    found: Answers, settings: Mapping[str, Any], pick: Pick, tag: str, at: datetime
) -> None:
    """Some rows that ask for actions, in place of the sample's: now with, now without an owner."""
    *outer, last = settings["repeat"]
    within = found
    for depth, key in enumerate(outer):
        within[key] = [{**within[key][0], "_id": f"out{depth}{tag}"}]
        within = within[key][0]
    like = dict((within.get(last) or [{}])[0])
    chosen = [row for row in range(3) if pick((True, True, False))]
    within[last] = [
        {**like, "_id": f"act{row}{tag}", settings["title"]: f"{pick(('Ring', 'See'))} number {row}",
         settings["due"]: str(london_day(at) + timedelta(days=pick((19, 45))))}
        for row in chosen
    ]  # fmt: skip


def _within(answers: Answers, path: tuple[str, ...]) -> Answers:
    """The row that the last question of a path stands in."""
    here = answers
    for key, row_id in zip(path[:-1:2], path[1:-1:2], strict=True):
        here = next(row for one, row in rows(here[key]) if one == row_id)  # type: ignore[assignment]
    return here


def _some(form: Form, question: Question, at: datetime) -> Any:
    """Something that may be answered."""
    if question.type in ("choice", "choices"):
        code = form.lists[question.list].entries[0].code
        return [code] if question.type == "choices" else code
    known = {"yes_no": True, "date": str(london_day(at)), "integer": 1}
    if question.type in ("person", "worker"):
        return {"name": "Somebody"}
    return known.get(question.type, "Seen to.")
