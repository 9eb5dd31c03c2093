"""Run the tests that a form's author wrote into its definition. Pure.

A test is `{"name", "answers", "today"?, "expect": {"visible", "required", "values", "errors",
"options"}}`. What it expects is keyed by path, "needs.0.by_when", a row by its number from 0 or by
its `_id`; `errors` are "path: code", or "path: none" where nothing may be wrong. Warnings count.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from casework.canonical import canonical
from formdefs import dates, shapes
from formdefs.answers import clean, submission_problems
from formdefs.codelists import ListDoc
from formdefs.compile import compile_form
from formdefs.form import Form, Path, Question, Repeat, load
from formdefs.fragments import Fragments
from formdefs.places import Answers, row_ids, row_place
from formdefs.shapes import DefinitionProblem
from formdefs.state import Facts, State, evaluate_form, facts_for

PARTS = ("visible", "required", "values", "options", "errors")
NOTHING = "none"  # as the code of an error: nothing is wrong there


@dataclass(frozen=True)
class Difference:
    """One thing that a test expected and did not get. part: one of PARTS; path: as it is written."""

    part: str
    path: str
    label: str
    expected: Any
    got: Any

    @property
    def says(self) -> str:
        """A sentence about it."""
        question, wanted = f"“{self.label}” ({self.path})", self.expected
        if self.part in _SAYS:
            does = "it does not" if wanted else "it does"
            return f"{question} should {_SAYS[self.part][wanted is True]}, and {does}."
        if self.part == "errors":
            should = "no problem" if wanted == NOTHING else f"the problem “{wanted}”"
            has = " and ".join(f"“{code}”" for code in self.got) or "none"
            return f"{question} should have {should}, and has {has}."
        if self.part == "options":
            offers = " and ".join(map(_json, self.got or ())) or "none"
            return (
                f"{question} should offer {' and '.join(map(_json, wanted))}, and offers {offers}."
            )
        return f"{question} should be {_json(wanted)}, and is {_json(self.got)}."


_SAYS = {
    "visible": ("not show", "show"),
    "required": ("not have to be answered", "have to be answered"),
}


@dataclass(frozen=True)
class Outcome:
    """What came of one test; it passes without differences. index: its place among the tests."""

    index: int
    name: str
    differences: tuple[Difference, ...]
    state: State

    @property
    def passed(self) -> bool:
        """Whether all was as expected."""
        return not self.differences


def run(
    form: Form, tests: Sequence[Mapping[str, Any]], calendars: Mapping[str, Any], today: date
) -> list[Outcome]:
    """Run tests that `formdefs.definition.problems` finds nothing wrong with.

    today: the day of a test that does not name its own.
    """
    return [
        Outcome(index, test["name"], *_run(form, test, calendars, today))
        for index, test in enumerate(tests)
    ]


def problems(
    definition: Mapping[str, Any],
    lists: Mapping[str, ListDoc],
    fragments: Fragments,
    calendars: Mapping[str, Any],
    today: date,
) -> list[DefinitionProblem]:
    """List what its own tests find wrong with a definition that is otherwise right."""
    tests = definition.get("tests", ())
    if not tests:
        return []
    form = load(compile_form(definition, lists, fragments))
    return [
        _problem(outcome, difference)
        for outcome in run(form, tests, calendars, today)
        for difference in outcome.differences
    ]


def written(
    form: Form, name: str, answers: Answers, calendars: Mapping[str, Any], today: date
) -> dict[str, Any]:
    """Write a test that says of some answers what the form makes of them now.

    It expects of each question what a rule decides: whether it shows or must be answered, what is
    worked out, what is offered; and every problem.
    """
    state, found = _worked_out(
        form, answers, facts_for(today, calendars, form.documents["lists"]), today
    )
    expect: dict[str, Any] = {part: {} for part in PARTS[:4]}
    for path in state.order:
        node, place = form.at(path), ".".join(path)
        if isinstance(node.visible, Mapping):
            expect["visible"][place] = state.visible(path)
        if not isinstance(node, Question) or not state.visible(path):
            continue
        if isinstance(node.required, Mapping):
            expect["required"][place] = state.required(path)
        if node.type == "calculated":
            expect["values"][place] = state.value(path)
        if isinstance(node.options, Mapping):
            expect["options"][place] = _offered(state, path, today)
    errors = [f"{place}: {code}" for place, codes in found.items() for code in codes]
    told = {part: said for part, said in expect.items() if said}
    return {
        "name": name,
        "today": today.isoformat(),
        "answers": dict(answers),
        "expect": told | ({"errors": errors} if errors else {}),
    }


def resolve(form: Form, answers: Answers, path: str) -> Path | None:
    """Return a path with row ids for a path as written; None if answers have no such row."""
    found: Path = ()
    values: Any = answers
    steps = path.split(".")
    for key, named in zip(steps[::2], [*steps[1::2], ""], strict=False):
        found = (*found, key)
        if not named:
            break
        ids = row_ids(values.get(key)) if isinstance(values.get(key), list) else []
        place = row_place(named, ids)
        if place is None:
            return None
        values = values[key][place]
        found = (*found, ids[place])
    return found if form.find(found) else None


def _run(
    form: Form, test: Mapping[str, Any], calendars: Mapping[str, Any], today: date
) -> tuple[tuple[Difference, ...], State]:
    day = dates.as_date(test.get("today")) or today
    answers = with_row_ids(form.answered, test["answers"])
    facts = facts_for(day, calendars, form.documents["lists"])
    state, found = _worked_out(form, answers, facts, day)
    expect = test["expect"]
    got = [*_looked_up(state, answers, expect, day), *_wrong(state, answers, expect, found)]
    return tuple(got), state


def _worked_out(
    form: Form, answers: Answers, facts: Facts, day: date
) -> tuple[State, dict[str, list[str]]]:
    """Return the form worked out, and the codes of what a submission would find, by path."""
    state = evaluate_form(form, clean(answers), facts)
    happened = state.value((form.occurred,)) if form.occurred else None
    on = dates.as_date(happened) or day
    found: dict[str, list[str]] = {}
    for problem in submission_problems(form, answers, facts, on):
        codes = found.setdefault(".".join(problem.path), [])
        if problem.code not in codes:
            codes.append(problem.code)
    return state, found


def _looked_up(
    state: State, answers: Answers, expect: Mapping[str, Any], day: date
) -> Iterator[Difference]:
    look: dict[str, Callable[[Path], Any]] = {
        "visible": state.visible,
        "required": state.required,
        "values": state.value,
        "options": lambda path: _offered(state, path, day),
    }
    for part, ask in look.items():
        for written_path, expected in expect.get(part, {}).items():
            path = resolve(state.form, answers, written_path)
            got = ask(path) if path else None
            if path is None or canonical(got) != canonical(expected):
                label = state.form.at(path).label if path else written_path
                yield Difference(part, written_path, label, expected, got)


def _wrong(
    state: State, answers: Answers, expect: Mapping[str, Any], found: Mapping[str, list[str]]
) -> Iterator[Difference]:
    for error in expect.get("errors", ()):
        written_path, _, code = error.rpartition(": ")
        path = resolve(state.form, answers, written_path)
        got = found.get(".".join(path or (written_path,)), [])
        if got if code == NOTHING else code not in got:
            label = state.form.at(path).label if path else written_path
            yield Difference("errors", written_path, label, code, got)


def _offered(state: State, path: Path, day: date) -> list[str]:
    """Return the codes that a question offers on that day."""
    node = state.form.at(path)
    if not isinstance(node, Question) or not node.list:
        return []
    return [entry.code for entry in state.offered(path) if entry.in_force(day)]


def with_row_ids(answered: Mapping[str, Question | Repeat], answers: Answers) -> dict[str, Any]:
    """Give every row that has none an `_id`, which a test need not write."""
    named = dict(answers)
    for key, node in answered.items():
        rows = named.get(key)
        if isinstance(node, Repeat) and isinstance(rows, list):
            named[key] = [
                {"_id": f"testrow{number}", **with_row_ids(node.answered, row)}
                if isinstance(row, Mapping)
                else row
                for number, row in enumerate(rows, start=1)
            ]
    return named


def _problem(outcome: Outcome, difference: Difference) -> DefinitionProblem:
    steps = ["tests", outcome.index, "expect", difference.part]
    if difference.part != "errors":
        steps.append(difference.path)
    says = f"The test “{outcome.name}” fails: {difference.says}"
    fix = "Mend the form, or what the test expects."
    return DefinitionProblem(shapes.pointer(steps), "", "test_fails", says, fix)


def _json(value: Any) -> str:
    return "empty" if value is None else canonical(value)
