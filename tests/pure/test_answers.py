"""Problems with answers: their codes, places, sentences and order."""

import datetime
from typing import Any

import pytest

from formdefs.answers import CODES, Problem, clean, draft_problems, submission_problems
from formdefs.compile import compile_form
from formdefs.form import Form, load
from formdefs.state import facts_for
from tests.forms import a_form, page, question, repeat, row
from tests.pure.answers_at_random import LISTS

ON = datetime.date(2026, 11, 24)
FACTS = facts_for(ON, {}, {})
YES = {"==": [{"var": "yes_no"}, True]}


def _form(*items: dict[str, Any], **more: Any) -> Form:
    return load(compile_form(a_form(*items, **{"lists": LISTS, **more}), {}))


def _draft(asked: dict[str, Any], answer: Any) -> list[Problem]:
    return draft_problems(_form(asked), {asked["key"]: answer}, on=ON)


def _submitted(form: Form, answers: dict[str, Any]) -> list[str]:
    found = submission_problems(form, answers, FACTS, ON)
    return [f"{'.'.join(problem.path)}: {problem.code}" for problem in found]


FILE = {
    "id": "6c1d5c92-7f0a-4a84-9f41-2d9f2d5d8a11",
    "name": "a.pdf",
    "type": "application/pdf",
    "size": 100,
    "sha256": "0" * 64,
}

REFUSED: list[tuple[dict[str, Any], Any, str, str]] = [
    (question("text"), "a\nb", "invalid", "“Text” has characters that cannot be kept"),
    (question("text"), 5, "type", "“Text” must be text on one line"),
    (question("text"), "x" * 256, "max_length", "“Text” must be 255 characters or fewer"),
    (question("long_text"), "a\x0b", "invalid", "“Long text” has characters that cannot be kept"),
    (
        question("long_text", max_length=2000),
        "x" * 2001,
        "max_length",
        "“Long text” must be 2,000 characters or fewer",
    ),
    (question("text", min_length=3), "ab", "min_length", "“Text” must be 3 characters or more"),
    (
        question("text", pattern="[A-Z]", pattern_message="Write one capital"),
        "AB",
        "pattern",
        "Write one capital",
    ),
    (question("integer"), 1.5, "type", "“Integer” must be a whole number, like 12"),
    (question("integer"), "1", "type", "“Integer” must be a whole number, like 12"),
    (question("integer", minimum=3), 2, "minimum", "“Integer” must be 3 or more"),
    (question("integer", maximum=3), 4, "maximum", "“Integer” must be 3 or less"),
    (question("integer"), 2**53, "maximum", "“Integer” must be 9007199254740991 or less"),
    (question("decimal"), "1.50", "type", "“Decimal” must be a number, like 12.5"),
    (question("decimal"), "1.005", "type", "“Decimal” must be a number, like 12.5"),
    (question("decimal"), "-0", "type", "“Decimal” must be a number, like 12.5"),
    (question("decimal", maximum="1.5"), "1.51", "maximum", "“Decimal” must be 1.5 or less"),
    (question("money"), "5", "type", "“Money” must be an amount in pounds and pence, like 12.50"),
    (question("money", minimum="0.00"), "-0.01", "minimum", "“Money” must be £0.00 or more"),
    (question("yes_no"), "yes", "type", "“Yes no” must be yes or no"),
    (
        question("choice", list="l"),
        "Z",
        "unknown_code",
        "“Choice” must be one of the answers offered",
    ),
    (
        question("choices", list="l"),
        ["A", "Z", "Y"],
        "unknown_code",
        "“Choices” must be one of the answers offered",
    ),
    (question("choices", list="l"), ["A", "A"], "invalid", "“Choices” has the same answer twice"),
    (
        question("choices", list="l", exclusive=["none"]),
        ["A", "none"],
        "exclusive",
        "“Choices”: “Label none” cannot be chosen together with another answer",
    ),
    (
        question("date"),
        "2026-02-30",
        "type",
        "“Date” must be a real date between 1900 and 2199, like 24 November 2026",
    ),
    (
        question("date", not_after="today"),
        "2026-11-25",
        "not_after",
        "“Date” must be today or in the past",
    ),
    (
        question("date", not_before="today"),
        "2026-11-23",
        "not_before",
        "“Date” must be today or in the future",
    ),
    (
        question("date", not_before="2020-01-01"),
        "2019-12-31",
        "not_before",
        "“Date” must be the same as or after 1 January 2020",
    ),
    (
        question("partial_date", not_after="2020-06-15"),
        "2020-07",
        "not_after",
        "“Partial date” must be the same as or before 15 June 2020",
    ),
    (
        question("datetime", not_after="today"),
        "2026-11-25T00:00:00Z",
        "not_after",
        "“Datetime” must be today or in the past",
    ),
    (
        question("time"),
        "24:00",
        "type",
        "“Time” must be a time on the 24-hour clock, like 14:30",
    ),
    (
        question("datetime"),
        "2026-11-24T09:30:00",
        "type",
        "“Datetime” must be a real date and time between 1900 and 2199",
    ),
    (
        question("organisation"),
        {"phone": "01632 960 001"},
        "type",
        "“Organisation” must be an organisation with a name",
    ),
    (
        question("organisation"),
        {"name": "Oak", "email": "oak"},
        "invalid",
        "“Organisation”: the email address must be an email address, like name@example.com",
    ),
    (
        question("signature"),
        {"drawing": "1,2"},
        "type",
        "“Signature” must be a signature with the name of who signs",
    ),
    (
        question("signature"),
        {"name": "Ann", "drawing": "1,2" + " 1,2" * 5000},
        "max_length",
        "“Signature”: the drawing must be 20,000 characters or fewer",
    ),
    (question("person"), {"id": FILE["id"]}, "type", "“Person” must be a person with a name"),
    (
        question("people"),
        [{"name": "x" * 201}],
        "max_length",
        "“People”: the name must be 200 characters or fewer",
    ),
    (
        question("address"),
        {"town": "Luton"},
        "type",
        "“Address” must be an address with a first line",
    ),
    (
        question("address"),
        {"line1": "1 High Street", "postcode": "LU7"},
        "invalid",
        "“Address”: the postcode must be a full UK postcode, like SW1A 1AA",
    ),
    (
        question("postcode"),
        "sw1a 1aa",
        "invalid",
        "“Postcode” must be a full UK postcode, like SW1A 1AA",
    ),
    (
        question("phone"),
        "12",
        "invalid",
        "“Phone” must be a phone number, like 01632 960 001 or +44 808 157 0192",
    ),
    (
        question("email"),
        "a@b",
        "invalid",
        "“Email” must be an email address, like name@example.com",
    ),
    (
        question("nhs_number"),
        "943 476 5919",
        "invalid",
        "“Nhs number” must be an NHS number of 10 digits, like 943 476 5919",
    ),
    (
        question("nhs_number"),
        "9434765918",
        "invalid",
        "“Nhs number” must be a real NHS number: its last digit does not fit the other nine",
    ),
    (
        question("upn"),
        "A801200005001",
        "invalid",
        "“Upn” must be a real UPN: its first letter does not fit the rest",
    ),
    (question("file", max_files=1), [FILE, FILE], "max_files", "“File” must be 1 file or fewer"),
    (
        question("file", max_bytes=1024 * 1024),
        [{**FILE, "size": 1024 * 1024 + 1}],
        "maximum",
        "“File”: the size must be 1 MB or smaller",
    ),
    (
        question("file", accept=["image/png", "image/jpeg"]),
        [FILE],
        "type",
        "“File” must be of the kind image/png or image/jpeg",
    ),
    (
        question("calculated", result="integer", value=1),
        1,
        "invalid",
        "“Calculated” is worked out from other answers and cannot be typed",
    ),
]


@pytest.mark.parametrize(("asked", "answer", "code", "says"), REFUSED)
def test_a_draft_is_refused_in_a_sentence(
    asked: dict[str, Any], answer: Any, code: str, says: str
) -> None:
    assert [(p.code, p.message) for p in _draft(asked, answer)] == [(code, says)]


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        (question("integer"), 3.0),
        (question("integer"), 2**53 - 1),
        (question("decimal", decimal_places=0), "12"),
        (question("decimal"), "-0.05"),
        (question("money"), "0.00"),
        (question("date", not_after="today"), "2026-11-24"),
        (question("date"), "2000-02-29"),
        (question("partial_date", not_after="2020-06-15"), "2020-06"),
        (question("partial_date"), "1987"),
        (question("datetime"), "2026-11-24T09:30:00+00:00"),
        (question("long_text"), "One\n\ttwo\r\nthree"),
        (question("worker"), {"id": FILE["id"], "name": "Ann"}),
        (question("nhs_number"), "9434765919"),
        (question("upn"), "B801200005001"),
        (question("text"), None),
        (question("choices", list="l", exclusive=["none"]), ["none"]),
    ],
)
def test_a_draft_is_taken(asked: dict[str, Any], answer: Any) -> None:
    assert _draft(asked, answer) == []


def test_today_bites_only_when_the_day_is_known() -> None:
    form = _form(question("date", not_after="today"))
    assert draft_problems(form, {"date": "2030-01-01"}) == []
    assert _submitted(form, {"date": "2030-01-01"}) == ["date: not_after"]


def test_a_draft_may_lack_anything_and_a_submission_not() -> None:
    form = _form(
        question("text", required=True),
        question("yes_no"),
        question("date", required=YES),
        repeat("rows", question("integer", "n", required=True), min_rows=2),
    )
    answers = {"rows": [row(n=1), row()], "text": "  "}
    assert draft_problems(form, answers) == []
    rows = [r["_id"] for r in answers["rows"]]
    assert _submitted(form, answers) == ["text: required", f"rows.{rows[1]}.n: required"]
    assert _submitted(form, {"yes_no": True, "text": "x"}) == ["date: required", "rows: min_rows"]


def test_sentences_for_what_is_missing() -> None:
    form = _form(
        question("yes_no", "seen", label="Has the child been seen?", required=True),
        question("date", required=True),
        repeat("rows", min_rows=1),
        repeat("more", min_rows=3),
    )
    assert [p.message for p in submission_problems(form, {}, FACTS, ON)] == [
        "Select yes or no for “Has the child been seen?”",
        "Enter a date for “Date”",
        "Add at least one row to “Rows”",
        "Add rows to “More”: it must have at least 3",
    ]


def test_what_is_hidden_is_not_judged_at_submission_but_kept_sound_in_a_draft() -> None:
    form = _form(question("yes_no"), question("integer", visible=YES, required=True))
    assert _submitted(form, {"integer": "wrong"}) == []
    assert [p.code for p in draft_problems(form, {"integer": "wrong"})] == ["type"]
    assert _submitted(form, {"yes_no": True}) == ["integer: required"]


def test_a_code_is_taken_only_on_days_when_it_is_in_force() -> None:
    entries = [
        {"code": "OLD", "label": "Old", "valid_to": "2014-03-31"},
        {"code": "NEW", "label": "New", "valid_from": "2026-11-24"},
        {"code": "NEXT", "label": "Next", "valid_from": "2026-11-25"},
    ]
    lists = {"a.list": {"key": "a.list", "title": "L", "source": "s", "entries": entries}}
    definition = a_form(
        question("choice", list="l"), question("choices", list="l"), lists={"l": {"list": "a.list"}}
    )
    form = load(compile_form(definition, lists))
    answers = {"choice": "OLD", "choices": ["NEW", "NEXT"]}
    assert draft_problems(form, answers, on=ON) == []
    assert [p.message for p in submission_problems(form, answers, FACTS, ON)] == [
        "“Choice” cannot be “Old”: it has not been in use since 31 March 2014",
        "“Choices” cannot be “Next”: it is not in use before 25 November 2026",
    ]
    offered = form.lists["l"].offered(ON)
    assert [entry.code for entry in offered] == ["NEW"]
    kept = form.lists["l"].offered(ON, frozenset({"OLD"}))
    assert [entry.code for entry in kept] == ["OLD", "NEW"]


def test_checks_are_told_at_their_question_and_may_only_warn() -> None:
    late = {"<": [{"var": "ended"}, {"var": "started"}]}
    form = _form(
        question("date", "started"),
        question("date", "ended", visible={"!=": [{"var": "started"}, None]}),
        checks=[
            {"id": "chk1", "when": late, "at": "ended", "message": "Ends before it starts"},
            {"id": "chk2", "when": late, "at": "started", "message": "?", "severity": "warning"},
        ],
    )
    answers = {"started": "2026-02-01", "ended": "2026-01-01"}
    found = submission_problems(form, answers, FACTS, ON)
    assert [(p.path, p.code, p.message, p.severity) for p in found] == [
        (("started",), "check", "?", "warning"),
        (("ended",), "check", "Ends before it starts", "error"),
    ]
    assert draft_problems(form, answers) == []


def test_rows_need_ids_of_their_own() -> None:
    form = _form(repeat("rows", question("integer", "n"), max_rows=3))
    found = draft_problems(form, {"rows": [{"n": 1}, {"_id": "UP"}]})
    assert [(p.code, p.path) for p in found] == [
        ("row_id", ("rows", "0")),
        ("row_id", ("rows", "UP")),
    ]
    twice = {"rows": [{"_id": "aaaaaaaa"}, {"_id": "aaaaaaaa", "n": "x"}]}
    assert [(p.code, p.path) for p in draft_problems(form, twice)] == [
        ("row_id", ("rows", "1")),
        ("type", ("rows", "1", "n")),
    ]
    many = {"rows": [row() for _ in range(4)]}
    assert [(p.code, p.message) for p in draft_problems(form, many)] == [
        ("max_rows", "“Rows” must be 3 rows or fewer")
    ]
    for wrong in ("x", {"_id": "aaaaaaaa"}, 3):
        assert [p.code for p in draft_problems(form, {"rows": wrong})] == ["type"]
    assert [p.code for p in draft_problems(form, {"rows": [3]})] == ["type"]


def test_what_is_not_asked_is_refused() -> None:
    form = _form(
        pages=[
            page(question("text", "a"), repeat("rows", question("text", "t"))),
            page(question("text", "b"), key="page_2"),
        ]
    )
    answers = {"odd": 1, "a": "x", "rows": [{"_id": "aaaaaaaa", "odd": 2}]}
    assert [(p.code, ".".join(p.path)) for p in draft_problems(form, answers)] == [
        ("unknown_question", "rows.aaaaaaaa.odd"),
        ("unknown_question", "odd"),
    ]
    assert draft_problems(form, {"a": "x", "b": "y"}) == []
    found = draft_problems(form, {"a": "x", "b": "y"}, page="page_1")
    assert [(p.code, p.question, p.path) for p in found] == [("unknown_question", "qb00", ("b",))]


def test_problems_come_in_document_order() -> None:
    inner = repeat("inner", question("integer", "k"))
    form = _form(
        question("integer", "a"),
        repeat("rows", question("integer", "n"), inner),
        question("integer", "z"),
    )
    answers = {
        "z": "x",
        "rows": [
            {"_id": "row00009", "inner": [{"_id": "inner001", "k": "x"}], "n": "x"},
            {"_id": "row00001", "n": "x"},
        ],
        "a": "x",
    }
    assert [".".join(p.path) for p in draft_problems(form, answers)] == [
        *("a", "rows.row00009.n", "rows.row00009.inner.inner001.k", "rows.row00001.n", "z"),
    ]


def test_what_no_json_text_holds_is_a_problem_not_an_error() -> None:
    form = _form(question("text"), question("integer"))
    deep: Any = []
    for _ in range(2000):
        deep = [deep]
    for answers in ({"text": "\ud800"}, {"text": deep}, {"\ud800": "x"}, {"text": object()}):
        found = draft_problems(form, {**answers, "integer": 1})
        assert [p.code for p in found] == ["type"], answers
        assert submission_problems(form, answers, FACTS, ON)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ({"a": None, "b": "", "c": " \n", "d": [], "e": {}}, {}),
        ({"a": {"x": None}, "b": [None, ""], "c": [{}]}, {}),
        ({"a": 0, "b": False, "c": "x "}, {"a": 0, "b": False, "c": "x "}),
        ({"r": [{"_id": "aaaaaaaa", "x": None}]}, {"r": [{"_id": "aaaaaaaa"}]}),
        ({"p": {"id": None, "name": "Ann"}}, {"p": {"name": "Ann"}}),
    ],
)
def test_cleaning_drops_what_is_no_answer(given: dict[str, Any], kept: dict[str, Any]) -> None:
    assert clean(given) == kept


def test_every_code_here_is_published() -> None:
    assert {code for _q, _a, code, _s in REFUSED} <= set(CODES)


def _rows_form(**check: Any) -> Form:
    late = {"<": [{"var": "by_when"}, {"var": "begun"}]}
    return load(
        compile_form(
            a_form(
                question("date", "begun"),
                repeat(
                    "needs",
                    question("date", "by_when"),
                    repeat("steps", question("integer", "n"), question("integer", "most")),
                ),
                checks=[
                    {"id": "chk1", "when": late, "at": "needs.by_when", "message": "Too early"},
                    {
                        "id": "chk2", "when": {">": [{"var": "n"}, {"var": "most"}]},
                        "at": "needs.steps.n", "message": "Too many", "severity": "warning",
                    },
                ],
            ),
            {},
        )
    )  # fmt: skip


def test_a_check_in_rows_is_made_in_every_row_and_told_there() -> None:
    step = {"_id": "step0001", "n": 4, "most": 3}
    answers = {
        "begun": "2026-03-01",
        "needs": [
            {"_id": "need0001", "by_when": "2026-02-01"},
            {"_id": "need0002", "by_when": "2026-04-01", "steps": [step]},
            {"_id": "need0003"},
        ],
    }
    found = submission_problems(_rows_form(), answers, FACTS, ON)
    assert [(".".join(p.path), p.code, p.message, p.severity) for p in found] == [
        ("needs.need0001.by_when", "check", "Too early", "error"),
        ("needs.need0002.steps.step0001.n", "check", "Too many", "warning"),
    ]


def test_a_check_of_rows_that_do_not_show_is_not_made() -> None:
    definition = a_form(
        repeat(
            "needs",
            question("yes_no", "shows"),
            question("integer", "n", visible={"var": "shows"}),
        ),
        checks=[{"id": "chk1", "when": True, "at": "needs.n", "message": "?"}],
    )
    form = load(compile_form(definition, {}))
    rows = [{"_id": "need0001", "shows": True}, {"_id": "need0002", "shows": False}]
    found = submission_problems(form, {"needs": rows}, FACTS, ON)
    assert [p.path for p in found] == [("needs", "need0001", "n")]


def test_a_row_id_of_any_shape_is_told_as_wrong() -> None:
    rows = [{"_id": {"odd": []}}, {"_id": [1]}, {"_id": {"odd": []}}]
    found = _draft(repeat("rows", question("text")), rows)
    assert {problem.code for problem in found} == {"row_id"}
