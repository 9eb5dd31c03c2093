"""XLSForm workbooks, written from its specification, become forms; what is lost is told by its row."""

import random
import zipfile
from datetime import date
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formdefs.answers import draft_problems, submission_problems
from formdefs.compile import compile_form
from formdefs.definition import problems
from formdefs.form import Form, load
from formdefs.importing import xlsform
from formdefs.importing.data_shape import answers_in, answers_out, same
from formdefs.importing.report import Imported, NotImportable
from formdefs.state import evaluate_form
from tests.pageform import FACTS
from tests.pure.answers_at_random import EXAMPLES
from tests.xlsforms import HOUSEHOLD, HOUSEHOLD_DATA, choice, row, workbook

ON = date(2026, 11, 24)


def _form(imported: Imported) -> Form:
    assert not problems(imported.definition, {})
    return load(compile_form(imported.definition, {}))


def _read(*rows: dict[str, Any], choices: Any = None, **more: Any) -> Imported:
    return xlsform.read(workbook(list(rows), choices, **more))


def _lost(imported: Imported) -> list[str]:
    return [
        f"{line.at}: {line.what}: {line.says}" for line in imported.report if line.outcome == "lost"
    ]


def _asked(**expressions: str) -> Imported:
    """A form with a question of each type, and one more with these columns."""
    return _read(
        row("text", "t", "T"),
        row("integer", "n", "N"),
        row("decimal", "d", "D"),
        row("date", "on", "On"),
        row("select_one ab", "one", "One"),
        row("select_multiple ab", "many", "Many"),
        row("begin repeat", "rows", "Rows"),
        row("integer", "x", "X"),
        row("begin repeat", "inner", "Inner"),
        row("integer", "y", "Y"),
        row("end repeat"),
        row("end repeat"),
        row("text", "more", "More", **expressions),
        choices=[choice("ab", "a", "A"), choice("ab", "b b", "B")],
    )


def test_a_household_with_nested_repeats_goes_in_and_comes_out() -> None:
    imported = xlsform.read(HOUSEHOLD)
    form = _form(imported)
    assert [page.title for page in form.pages] == [
        "The household",
        "The people",
        "Household survey",
    ]
    answers = answers_in(imported.names, HOUSEHOLD_DATA)
    assert draft_problems(form, answers) == []
    assert submission_problems(form, answers, FACTS, ON) == []
    assert same(answers_out(imported.names, answers), HOUSEHOLD_DATA)
    state = evaluate_form(form, answers, FACTS)
    ben, cat = (row_["_id"] for row_ in answers["member"])
    first, second = (row_["_id"] for row_ in answers["member"][0]["visit"])
    assert state.visible(("member", ben, "school"))
    assert not state.visible(("member", cat, "school"))
    assert not state.visible(("member", ben, "visit", first, "why"))
    assert state.required(("member", ben, "visit", second, "why"))
    assert state.value(("member", ben, "spent")) == "612.5"
    assert state.value(("how_many",)) == 2
    assert state.value(("grown",)) == "few: 2"
    assert _lost(imported) == ["survey row 2: start: The record itself says who, when and where."]


def test_its_constraints_and_filters_hold() -> None:
    imported = xlsform.read(HOUSEHOLD)
    form = _form(imported)
    answers = answers_in(imported.names, HOUSEHOLD_DATA)
    wrong = {**answers, "county": "king", "most": 0, "code": "ab"}
    wrong["member"] = [{**answers["member"][1], "age": 200, "ill": ["flu"]}]
    wrong["member"][0]["visit"] = [{"_id": "aaaaaaaa", "cost": "0"}]
    found = {(p.path[-1], p.code) for p in submission_problems(form, wrong, FACTS, ON)}
    assert {("county", "not_offered"), ("age", "maximum"), ("code", "pattern")} <= found
    assert {("most", "check"), ("cost", "check")} <= found


@pytest.mark.parametrize(
    ("expression", "answers", "value"),
    [
        ("${n} > 3 and ${n} < 5", {"n": 4}, True),
        ("${n} = '4'", {"n": 4}, True),
        ("${one} = 'b b'", {"one": "b_b"}, True),
        ("selected(${many}, 'a')", {"many": ["a"]}, True),
        ("not(selected(${many}, 'a'))", {"many": ["b_b"]}, True),
        ("${t} != ''", {}, False),
        ("'' = ${t}", {}, True),
        ("${d} div 2 = 1.25", {"d": "2.5"}, True),
        ("-${n} + 2 * 3 = 2", {"n": 4}, True),
        ("10 mod 4 = 2", {}, True),
        ("count(${rows}) = 2", {"rows": [{"_id": "a" * 8}, {"_id": "b" * 8}]}, True),
        ("sum(${x}) >= 5", {"rows": [{"_id": "a" * 8, "x": 2}, {"_id": "b" * 8, "x": 3}]}, True),
        ("max(${x}) = 3", {"rows": [{"_id": "a" * 8, "x": 2}, {"_id": "b" * 8, "x": 3}]}, True),
        ("coalesce(${t}, 'none') = 'none'", {}, True),
        ("if(${n} > 1, 'a', 'b') = 'a'", {"n": 2}, True),
        ("concat(${t}, '-', ${n}) = 'x-2'", {"t": "x", "n": 2}, True),
        ("${on} <= today()", {"on": "2026-11-01"}, True),
        ("${on} > date('2026-01-01') or false()", {"on": "2026-11-01"}, True),
        ("true() and boolean(${n})", {"n": 1}, True),
        ("count-selected(${many}) = 2", {"many": ["a", "b_b"]}, True),
    ],
)
def test_expressions(expression: str, answers: dict[str, Any], value: bool) -> None:
    imported = _asked(relevant=expression)
    assert _lost(imported) == []
    assert evaluate_form(_form(imported), answers, FACTS).visible(("more",)) is value


@pytest.mark.parametrize(
    ("expression", "told"),
    [
        ("position(..) = 1", "the path"),
        ("indexed-repeat(${x}, ${rows}, 1) = 2", "indexed-repeat"),
        ("pulldata('f', 'a', 'b', 'c') = 1", "pulldata"),
        ("${x} > 1", "every row"),
        ("sum(${y}) > 1", "a repeat in a repeat"),
        ("/data/t = 'x'", "the path"),
        ("${nobody} = 1", "nothing here asks"),
        ("string-length(${t}) > 2", "string-length"),
        ("${n} = 'many'", "comparison"),
        ("${n} >", "breaks off"),
        ("(${n} > 1", "without its"),
        ("${n} > 1 1", "where it stands"),
        ("#!", "#!"),
        ("(" * 200 + "1", "nested"),
    ],
)
def test_what_cannot_be_said_is_lost_by_its_row(expression: str, told: str) -> None:
    imported = _asked(relevant=expression)
    (lost,) = _lost(imported)
    assert lost.startswith("survey row 14: relevant")
    assert told in lost
    assert evaluate_form(_form(imported), {}, FACTS).visible(("more",))


def test_texts_in_other_languages_are_translations() -> None:
    rows = [
        {"type": "text", "name": "a", "label::English (en)": "Name", "label::Welsh (cy)": "Enw",
         "hint::Welsh (cy)": "Help"},
        {"type": "note", "name": "n", "label::English (en)": "Thanks", "label::Welsh (cy)": "Diolch"},
    ]  # fmt: skip
    imported = xlsform.read(workbook(rows, None, default_language="English (en)"))
    assert imported.definition["language"] == "en"
    assert sorted(imported.definition["translations"]["cy"].values()) == ["Diolch", "Enw"]
    _form(imported)


def test_what_has_no_counterpart_is_told() -> None:
    imported = _read(
        row("geopoint", "where", "Where?"),
        row("select_one_from_file x.csv", "file", "File"),
        row("rank ab", "ranked", "Rank"),
        row("text", "t", "Hello ${t}", **{"media::image": "a.png", "appearance": "numbers"}),
        row("begin repeat", "r", "R", repeat_count="${n}"),
        row("integer", "n", "N"),
        row("end repeat"),
        choices=[choice("ab", "a", "A")],
        style="pages",
    )
    told = " ".join(_lost(imported))
    for word in ("geopoint", "x.csv", "rank", "media::image", "numbers", "repeat_count", "style"):
        assert word in told
    assert "An answer is not written into a text" in told


def test_importing_twice_gives_the_same() -> None:
    assert xlsform.read(HOUSEHOLD).definition == xlsform.read(HOUSEHOLD).definition


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([row("begin group", "g", "G"), row("text", "t", "T")], "never ended"),
        ([row("end group")], "ends nothing"),
        ([row("begin group", "g", "G"), row("end repeat")], "ends nothing"),
        ([row("text", "two words", "T")], "is none"),
        ([row("text", "t", "T"), row("text", "t", "T")], "twice"),
        ([row("note", "n", "Words alone")], ""),
        ([row("start", "s")], "asks nothing"),
        ([], "asks nothing"),
    ],
)
def test_a_broken_survey_is_refused_with_its_row(rows: list[Any], told: str) -> None:
    if not told:
        assert _form(_read(*rows))
        return
    with pytest.raises(NotImportable, match=told):
        _read(*rows)


def _bomb() -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", b"0" * (70 * 1024 * 1024))
    return out.getvalue()


def _entities() -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(HOUSEHOLD)) as old, zipfile.ZipFile(out, "w") as new:
        for part in old.infolist():
            content = old.read(part)
            if part.filename == "xl/workbook.xml":
                content = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>' + content
            new.writestr(part.filename, content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "not an Excel"),
        (b"PK\x03\x04 broken", "not an Excel"),
        (b"\xd0\xcf\x11\xe0old", "old kind"),
        (b"type,name,label", "not an Excel"),
        (b"0" * (5 * 1024 * 1024 + 1), "larger than 5 MB"),
    ],
)
def test_what_is_no_workbook_is_refused(content: bytes, told: str) -> None:
    with pytest.raises(NotImportable, match=told):
        xlsform.read(content)


def test_a_bomb_and_entities_are_refused() -> None:
    with pytest.raises(NotImportable, match="unpacks to far more"):
        xlsform.read(_bomb())
    with pytest.raises(NotImportable, match="broken"):
        xlsform.read(_entities())


def test_another_workbook_is_refused() -> None:
    book = openpyxl.Workbook()
    out = BytesIO()
    book.save(out)
    with pytest.raises(NotImportable, match="no sheet “survey”"):
        xlsform.read(out.getvalue())


def test_a_formula_is_never_taken() -> None:
    imported = _read(row("text", "t", '=HYPERLINK("http://x")'))
    (lost,) = _lost(imported)
    assert "formula" in lost
    assert _form(imported).answered["t"].label == "T"


_WORD = st.sampled_from(
    [
        *(
            "${t}",
            "${n}",
            "${rows}",
            "${x}",
            "${y}",
            "${one}",
            "${many}",
            ".",
            "1",
            "2.5",
            "'a'",
            "''",
        ),
        *(
            "and",
            "or",
            "=",
            "!=",
            "<",
            ">=",
            "+",
            "-",
            "*",
            "div",
            "mod",
            "(",
            ")",
            ",",
            "not(",
            "if(",
        ),
        *(
            "selected(",
            "count(",
            "sum(",
            "today()",
            "coalesce(",
            "concat(",
            "max(",
            "true()",
            "name",
            "/",
        ),
    ]
)


@settings(max_examples=EXAMPLES * 3, deadline=None)
@given(st.lists(_WORD, max_size=12).map(" ".join) | st.text(max_size=20), st.data())
def test_no_expression_raises_anything(expression: str, data: Any) -> None:
    expression = "".join(c for c in expression if c.isprintable())
    column = data.draw(
        st.sampled_from(["relevant", "constraint", "calculation", "required", "default"])
    )
    try:
        imported = _asked(**{column: expression})
    except NotImportable:
        return
    _form(imported)


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.randoms(use_true_random=False))
def test_a_damaged_workbook_is_refused_or_read(chance: random.Random) -> None:
    damaged = bytearray(HOUSEHOLD)
    for _ in range(chance.randint(1, 30)):
        damaged[chance.randrange(len(damaged))] = chance.randrange(256)
    try:
        imported = xlsform.read(bytes(damaged))
    except NotImportable:
        return
    _form(imported)
