"""The six documents, and the form loaded from them."""

import json
from typing import Any

import jsonschema
import pytest

from casework.canonical import canonical, sha256
from formdefs.compile import DOCUMENTS, compile_form
from formdefs.form import Content, Question, Repeat, Section, load
from tests.forms import a_form, a_list, page, question, repeat, section

LISTS = {"a.list": a_list("A", "B")}


def _whole() -> dict[str, Any]:
    return a_form(
        pages=[
            page(
                question("choice", "why", list="l", hint="Choose", required=True),
                section(
                    "more",
                    repeat(
                        "needs",
                        question("text", "need", visible={"==": [{"var": "why"}, "A"]}),
                        repeat("actions", question("date", "by_when", default="2026-01-01")),
                        row_title={"var": "need"},
                        add_label="Add a need",
                    ),
                    collapsible=True,
                ),
                {"id": "cabc", "kind": "content", "text": "One\n\nTwo"},
            ),
            page(question("file", "papers", protected=True), key="page_2"),
        ],
        lists={"l": {"list": "a.list"}},
        per="subject",
        authority="in_role",
        checks=[{"id": "chk1", "when": False, "at": "why", "message": "No", "severity": "warning"}],
        translations={"cy": {"qwhy00.label": "Pam"}},
    )


def test_six_documents_each_with_its_hash() -> None:
    definition = _whole()
    documents = compile_form(definition, LISTS)
    assert tuple(documents) == DOCUMENTS
    hashes = documents["manifest"]["sha256"]
    assert hashes == {
        "definition": sha256(canonical(definition)),
        **{name: sha256(canonical(documents[name])) for name in DOCUMENTS if name != "manifest"},
    }


def test_the_schema_is_a_schema_and_says_nothing_of_words_or_layout() -> None:
    schema = compile_form(_whole(), LISTS)["schema"]
    jsonschema.Draft202012Validator.check_schema(schema)
    assert list(schema["properties"]) == ["why", "needs", "papers"]
    row = schema["properties"]["needs"]["items"]
    assert row["required"] == ["_id"]
    assert list(row["properties"]) == ["_id", "need", "actions"]
    written = json.dumps(schema)
    assert all(word not in written for word in ("Choose", "Add a need", "page_1", "Label of A"))


@pytest.mark.parametrize(
    "change",
    [
        {"label": "Other words"},
        {"hint": "Other"},
        {"required": False},
        {"visible": False},
        {"display": "select"},
    ],
)
def test_what_is_not_the_shape_of_answers_keeps_the_schemas_hash(change: dict[str, Any]) -> None:
    definition, other = _whole(), _whole()
    other["pages"][0]["items"][0] |= change
    before, after = (compile_form(d, LISTS)["manifest"]["sha256"] for d in (definition, other))
    assert before["schema"] == after["schema"]
    assert before["definition"] != after["definition"]


def test_moving_a_question_to_another_page_keeps_the_schema() -> None:
    one, two = question("text", "a"), question("text", "b")
    together = compile_form(a_form(pages=[page(one, two)]), {})
    apart = compile_form(a_form(pages=[page(one), page(two, key="page_2")]), {})
    assert canonical(together["schema"]) == canonical(apart["schema"])


def test_lists_are_pinned_whole() -> None:
    pinned = compile_form(_whole(), {"a.list": {**LISTS["a.list"], "version": 3}})
    assert pinned["lists"]["l"]["entries"] == LISTS["a.list"]["entries"]
    digest = sha256(canonical(LISTS["a.list"]))
    assert pinned["manifest"]["lists"]["l"] == {"key": "a.list", "version": 3, "sha256": digest}


def test_a_node_comes_after_what_its_rules_read() -> None:
    total = {"sum": [{"map": [{"var": "rows"}, {"var": "n"}]}]}
    definition = a_form(
        question("text", visible={">": [{"var": "total"}, 1]}),
        question("calculated", "total", result="integer", value=total),
        repeat("rows", question("integer", "n")),
    )
    order = compile_form(definition, {})["rules"]["order"]
    places = [order.index(name) for name in ("rrows00", "qn00", "qtotal00", "qtext00")]
    assert places == sorted(places)
    assert sorted(order) == ["ppage100", "qn00", "qtext00", "qtotal00", "rrows00"]


def test_a_circle_is_refused() -> None:
    with pytest.raises(ValueError, match="circle"):
        compile_form(a_form(question("integer", "a", visible={"var": "a"})), {})


def test_the_form_has_all_that_the_definition_said() -> None:
    form = load(compile_form(_whole(), LISTS))
    assert (form.per, form.authority, form.layout, form.language) == (
        *("subject", "in_role", "pages", "en"),
    )
    why = form.questions["qwhy00"]
    assert (why.label, why.hint, why.required, why.list) == ("Why", "Choose", True, "l")
    assert (why.page, why.parent, why.path_keys, why.repeats) == (
        "ppage100",
        "ppage100",
        ("why",),
        (),
    )
    by_when = form.questions["qbywhen00"]
    assert by_when.path_keys == ("needs", "actions", "by_when")
    assert by_when.repeats == ("rneeds00", "ractions00")
    assert (by_when.parent, by_when.default, by_when.rules_as) == (
        "ractions00",
        "2026-01-01",
        "date",
    )
    needs = form.repeats["rneeds00"]
    assert (needs.add_label, needs.max_rows, needs.layout) == ("Add a need", 100, "cards")
    assert list(needs.answered) == ["need", "actions"]
    assert [type(item) for item in form.pages[0].items] == [Question, Section, Content]
    assert form.nodes["cabc"].paragraphs == ["One", "Two"]  # type: ignore[union-attr]
    papers = form.questions["qpapers00"]
    assert (papers.max_files, papers.max_bytes, papers.protected) == (5, 10 * 1024 * 1024, True)
    assert list(form.questions) == ["qwhy00", "qneed00", "qbywhen00", "qpapers00"]


def test_finding_by_path_and_by_page() -> None:
    form = load(compile_form(_whole(), LISTS))
    assert form.at(("needs", "row00001", "actions", "row00002", "by_when")).id == "qbywhen00"
    assert isinstance(form.at(("needs",)), Repeat)
    assert form.find(("needs", "row00001", "nothing")) is None
    assert form.find(("why", "row00001", "more")) is None
    with pytest.raises(KeyError):
        form.at(("nothing",))
    assert form.page("page_2") is form.page("ppage200")
    assert form.keys_of("page_1") == {"why", "needs"}
    with pytest.raises(KeyError):
        form.page("page_3")


def test_an_inline_list_is_a_list() -> None:
    inline = {"options": [{"code": "y", "label": "Yes"}]}
    form = load(compile_form(a_form(question("choice", list="l"), lists={"l": inline}), {}))
    assert form.lists["l"].label("y") == "Yes"
    assert form.validator.is_valid({"choice": "y"})
    assert not form.validator.is_valid({"choice": "n"})
