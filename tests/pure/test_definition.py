"""Everything that can be wrong with a definition is told, each with its place."""

import copy
import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from casetypes.meta_schema import CASE_TYPE_SCHEMA
from formdefs import list_definition, shipped
from formdefs.answer_types import TYPES
from formdefs.answers import submission_problems
from formdefs.compile import compile_form
from formdefs.definition import META_SCHEMA, problems
from formdefs.form import load
from formdefs.meta_schema import LIST_SCHEMA
from formdefs.state import facts_for
from tests.forms import a_form, a_list, page, question, repeat, section

REFERENCE = Path(__file__).resolve().parents[2] / "docs/reference"
LISTS = {"a.list": a_list("A", "B")}
L = {"l": {"list": "a.list"}}


def _found(definition: Any) -> list[tuple[str, str]]:
    return [(problem.code, problem.at) for problem in problems(definition, LISTS)]


def _reads(key: str) -> dict[str, Any]:
    return {"==": [{"var": key}, 1]}


def test_a_sound_form_has_no_problems() -> None:
    definition = a_form(
        question("choice", list="l", default="A"),
        question("choices", list="l", exclusive=["B"], default=["A"]),
        question("date", "day", not_before="1950-01-01", not_after="today"),
        question("money", minimum="0.00", maximum=100, default="1.50"),
        question("text", pattern="[A-Z][0-9]+", pattern_message="Write A1", default="A1"),
        section(
            "more",
            repeat(
                "rows",
                question("integer", "n", visible={">": [{"var": "day"}, "2000-01-01"]}),
                repeat("inner", question("date", "when")),
                row_title={"var": "n"},
            ),
            {"id": "cabc", "kind": "content", "text": "Words"},
        ),
        question("calculated", result="integer", value={"count": [{"var": "rows"}]}),
        lists=L,
        occurred="day",
        agreement=[{"id": "aaaa", "capacity": "parent", "label": "Parent"}],
        checks=[{"id": "chk1", "when": _reads("calculated"), "at": "rows", "message": "No"}],
        translations={"cy": {"qday00.label": "Dydd", "form.title": "Ffurflen", "aaaa.label": "R"}},
        tests=[{"name": "t", "answers": {}, "expect": {"errors": ["day: required"]}}],
    )
    assert problems(definition, LISTS) == []


WRONG: dict[str, tuple[dict[str, Any], tuple[str, str]]] = {
    "an unknown property": (
        a_form(question("text", colour="red")),
        ("shape", "/pages/0/items/0"),
    ),
    "an option of another type": (
        a_form(question("integer", max_length=3)),
        ("shape", "/pages/0/items/0"),
    ),
    "an unknown type": (a_form(question("colour")), ("shape", "/pages/0/items/0/type")),
    "a missing label": (
        a_form({"id": "qabc", "kind": "question", "key": "k", "type": "text"}),
        ("shape", "/pages/0/items/0"),
    ),
    "a reserved key": (a_form(question("text", "_id")), ("shape", "/pages/0/items/0/key")),
    "an id used twice": (
        a_form(question("text", "a", id="same"), question("text", "b", id="same")),
        ("duplicate_id", "/pages/0/items/1/id"),
    ),
    "a check with a question's id": (
        a_form(
            question("text", "a", id="same"),
            checks=[{"id": "same", "when": True, "at": "a", "message": "No"}],
        ),
        ("duplicate_id", "/checks/0/id"),
    ),
    "a key used twice": (
        a_form(pages=[page(question("text")), page(question("text", id="q2nd"), key="other")]),
        ("duplicate_key", "/pages/1/items/0/key"),
    ),
    "a page key used twice": (
        a_form(pages=[page(), page(id="p2nd")]),
        ("duplicate_key", "/pages/1/key"),
    ),
    "a key that means something else outside": (
        a_form(question("text", "a"), repeat("r", question("text", "a", id="q2nd"))),
        ("shadowed_key", "/pages/0/items/1/items/0/key"),
    ),
    "a key that is its own repeat's": (
        a_form(repeat("r", question("text", "r", id="q2nd"))),
        ("shadowed_key", "/pages/0/items/0/items/0/key"),
    ),
    "an unknown list": (
        a_form(question("choice", list="l"), lists={"l": {"list": "no.list"}}),
        ("unknown_list", "/lists/l/list"),
    ),
    "an unknown local list": (
        a_form(question("choice", list="x")),
        ("unknown_list", "/pages/0/items/0/list"),
    ),
    "a code twice in an inline list": (
        a_form(lists={"l": {"options": [{"code": "A", "label": "x"}] * 2}}),
        ("duplicate_code", "/lists/l/options/1/code"),
    ),
    "an exclusive code that the list lacks": (
        a_form(question("choices", list="l", exclusive=["Z"]), lists=L),
        ("unknown_code", "/pages/0/items/0/exclusive/0"),
    ),
    "a rule that reads nothing there is": (
        a_form(question("text", visible=_reads("nobody"))),
        ("unknown_question", "/pages/0/items/0/visible/==/0/var"),
    ),
    "a rule that reads a row from outside": (
        a_form(repeat("r", question("integer", "n")), question("text", visible=_reads("n"))),
        ("wrong_scope", "/pages/0/items/1/visible/==/0/var"),
    ),
    "an unknown operator": (
        a_form(question("text", required={"eval": ["1"]})),
        ("unknown_operator", "/pages/0/items/0/required"),
    ),
    "a rule of a check": (
        a_form(
            question("text"),
            checks=[{"id": "chk1", "when": _reads("nobody"), "at": "text", "message": "No"}],
        ),
        ("unknown_question", "/checks/0/when/==/0/var"),
    ),
    "a question that shows when it shows": (
        a_form(question("integer", "a", visible=_reads("a"))),
        ("circle", "/pages/0/items/0"),
    ),
    "a pattern that no linear engine has": (
        a_form(question("text", pattern="(?=a)a")),
        ("pattern", "/pages/0/items/0/pattern"),
    ),
    "a pattern with a shorthand class": (
        a_form(question("text", pattern="\\d+")),
        ("pattern", "/pages/0/items/0/pattern"),
    ),
    "a pattern that is none": (
        a_form(question("text", pattern="([")),
        ("pattern", "/pages/0/items/0/pattern"),
    ),
    "a message without its pattern": (
        a_form(question("text", pattern_message="Write A1")),
        ("pattern", "/pages/0/items/0/pattern_message"),
    ),
    "limits that leave nothing": (
        a_form(question("money", minimum="2.00", maximum="1.00")),
        ("limits", "/pages/0/items/0/minimum"),
    ),
    "lengths that leave nothing": (
        a_form(question("text", min_length=300)),
        ("limits", "/pages/0/items/0/min_length"),
    ),
    "dates that leave nothing": (
        a_form(question("date", not_before="2026-01-02", not_after="2026-01-01")),
        ("limits", "/pages/0/items/0/not_before"),
    ),
    "rows that leave nothing": (
        a_form(repeat("r", min_rows=5, max_rows=2)),
        ("limits", "/pages/0/items/0/min_rows"),
    ),
    "a default of another type": (
        a_form(question("integer", default="1")),
        ("default", "/pages/0/items/0/default"),
    ),
    "a default that is no date": (
        a_form(question("date", default="2026-02-30")),
        ("default", "/pages/0/items/0/default"),
    ),
    "a default that the list lacks": (
        a_form(question("choice", list="l", default="Z"), lists=L),
        ("default", "/pages/0/items/0/default"),
    ),
    "a default beyond its limits": (
        a_form(question("money", minimum="1.00", default="0.50")),
        ("default", "/pages/0/items/0/default"),
    ),
    "a question of when it happened that is no date": (
        a_form(question("text"), occurred="text"),
        ("occurred", "/occurred"),
    ),
    "a date of when it happened inside a repeat": (
        a_form(repeat("r", question("date", "day")), occurred="day"),
        ("occurred", "/occurred"),
    ),
    "a check that is told nowhere": (
        a_form(checks=[{"id": "chk1", "when": True, "at": "nobody", "message": "No"}]),
        ("unknown_question", "/checks/0/at"),
    ),
    "a translation of nothing": (
        a_form(question("text"), translations={"cy": {"qtext00.hint": "x"}}),
        ("unknown_text", "/translations/cy/qtext00.hint"),
    ),
    "a page with no pages": (a_form(pages=[]), ("shape", "/pages")),
    "not a form at all": ([], ("shape", "")),  # type: ignore[dict-item]
    "broken text": (a_form(question("text", label="\ud800")), ("shape", "")),
    "a number out of range": (a_form(question("integer", default=2**60)), ("shape", "")),
}


@pytest.mark.parametrize("name", WRONG)
def test_it_is_told_with_its_place(name: str) -> None:
    definition, expected = WRONG[name]
    assert expected in _found(definition)


@pytest.mark.parametrize("name", WRONG)
def test_every_finding_is_two_sentences(name: str) -> None:
    for found in problems(WRONG[name][0], LISTS):
        assert found.says[0].isupper() or found.says[0] in "“0123456789-"
        assert found.says.endswith((".", ",")) or "too" in found.says
        assert found.fix.endswith((".", "$"))


def test_everything_is_told_at_once() -> None:
    definition = a_form(
        question("text", "a", odd=1),
        question("text", "b", visible=_reads("nobody")),
        question("text", "b", id="qb00"),
        question("choice", "c", list="nowhere"),
    )
    assert {code for code, _at in _found(definition)} == {
        *("shape", "unknown_question", "duplicate_key", "duplicate_id", "unknown_list")
    }


def test_each_circle_is_told_by_its_members() -> None:
    definition = a_form(
        question("integer", "a", visible=_reads("b")),
        question("integer", "b", visible=_reads("c")),
        question("calculated", "c", result="integer", value={"+": [{"var": "a"}, 1]}),
        question("integer", "d", visible=_reads("d")),
    )
    circles = [p for p in problems(definition, LISTS) if p.code == "circle"]
    assert len(circles) == 2
    assert all(f"“{key}”" in circles[0].says for key in "abc")


def test_a_sum_over_rows_may_not_decide_what_it_sums() -> None:
    total = {"sum": [{"map": [{"var": "rows"}, {"var": "n"}]}]}
    definition = a_form(
        repeat("rows", question("integer", "n", visible=_reads("total"))),
        question("calculated", "total", result="integer", value=total),
    )
    assert [code for code, _at in _found(definition)] == ["circle"]


def test_two_questions_may_each_be_required_without_the_other() -> None:
    definition = a_form(
        question("phone", required={"==": [{"var": "email"}, None]}),
        question("email", required={"==": [{"var": "phone"}, None]}),
    )
    assert problems(definition, LISTS) == []


def test_sizes_are_capped() -> None:
    many = [question("text", f"q{n}") for n in range(501)]
    pages = [page(*many[n : n + 100], key=f"p{n}") for n in range(0, 501, 100)]
    assert ("too_large", "/pages") in _found(a_form(pages=pages))
    deep = question("text")
    for level in range(8):
        deep = section(f"s{level}", deep)
    assert ("too_deep", "/pages/0" + "/items/0" * 9) in _found(a_form(deep))
    assert _found(a_form(deep["items"][0])) == []


def test_endless_nesting_is_told_not_raised() -> None:
    deep: Any = []
    for _ in range(100_000):
        deep = [deep]
    assert _found(a_form(deep)) == [("shape", "")]


def test_the_list_checks() -> None:
    assert list_definition.problems(a_list("A", "B")) == []
    assert [p.code for p in list_definition.problems(a_list("A", "A"))] == ["duplicate_code"]
    backwards = a_list("A")
    backwards["entries"][0] |= {"valid_from": "2020-01-01", "valid_to": "2019-01-01"}
    assert [p.code for p in list_definition.problems(backwards)] == ["limits"]
    assert [p.code for p in list_definition.problems({"key": "a"})] == ["shape"] * 3
    assert [p.code for p in list_definition.problems(a_list("\ud800"))] == ["shape"]


NATIONAL = {
    **a_list(),
    "entries": [{"code": code, "label": code, "national": code} for code in ("N1", "N2")],
}


@pytest.mark.parametrize(
    ("change", "code", "at"),
    [
        (lambda e: e.pop(0), "removed_code", "/entries"),
        (lambda e: e[0].pop("national"), "remapped_code", "/entries/0/national"),
        (lambda e: e[1].update(national="N1"), "remapped_code", "/entries/1/national"),
        (lambda e: e.append({"code": "own", "label": "Own"}), "unmapped_code", "/entries/2"),
        (
            lambda e: e.append({"code": "own", "label": "Own", "national": "N9"}),
            "unknown_national",
            "/entries/2/national",
        ),
    ],
)
def test_a_published_code_is_not_taken_out_nor_cut_off(change: Any, code: str, at: str) -> None:
    changed = copy.deepcopy(NATIONAL)
    change(changed["entries"])
    (found,) = list_definition.problems(changed, NATIONAL)
    assert (found.code, found.at) == (code, at)
    assert found.says
    assert found.fix


def test_a_published_code_is_relabelled_retired_and_joined_by_local_and_new_ones() -> None:
    changed = copy.deepcopy(NATIONAL)
    changed["entries"][0] |= {"label": "Our words", "valid_to": "2026-03-31"}
    changed["entries"] += [
        {"code": "N1a", "label": "A part of N1", "national": "N1"},
        {"code": "N3", "label": "New this year", "national": "N3", "valid_from": "2026-04-01"},
    ]
    assert list_definition.problems(changed, NATIONAL) == []
    assert list_definition.problems(a_list("A", "B"), a_list("A")) == []  # a local list


def test_the_meta_schemas_are_sound_and_published_as_they_are() -> None:
    for schema, name in (
        (META_SCHEMA, "definition.schema.json"),
        (LIST_SCHEMA, "code-list.schema.json"),
        (CASE_TYPE_SCHEMA, "casetype.schema.json"),
    ):
        jsonschema.Draft202012Validator.check_schema(schema)
        published = json.loads((REFERENCE / name).read_text(encoding="utf-8"))
        assert published == schema, "run `python -m tests.tools.write_reference`"


def test_every_type_has_its_page_in_the_reference() -> None:
    text = (REFERENCE / "form-language.md").read_text(encoding="utf-8")
    for name in TYPES:
        assert f"| `{name}` |" in text


def test_the_example_of_the_reference_is_sound() -> None:
    text = (REFERENCE / "form-language.md").read_text(encoding="utf-8")
    form, given = (json.loads(block) for block in re.findall(r"```json\n(.*?)```", text, re.S)[:2])
    lists = {document["key"]: document for document in shipped.lists()}
    assert problems(form, lists) == []
    facts = facts_for(date(2026, 11, 24), {}, {})
    loaded = load(compile_form(form, lists))
    assert submission_problems(loaded, given, facts, date(2026, 11, 24)) == []


def test_a_check_in_rows_reads_its_row_and_is_told_at_a_question_of_it() -> None:
    rows = repeat("needs", question("integer", "n"))
    check = {"id": "chk1", "when": {">": [{"var": "n"}, 3]}, "at": "needs.n", "message": "?"}
    assert problems(a_form(rows, checks=[check]), {}) == []
    found = problems(a_form(rows, checks=[{**check, "at": "needs"}]), {})
    assert [(p.at, p.code) for p in found] == [("/checks/0/when/>/0/var", "wrong_scope")]
    found = problems(a_form(rows, checks=[{**check, "at": "needs.m"}]), {})
    assert [(p.at, p.code) for p in found] == [("/checks/0/at", "unknown_question")]
