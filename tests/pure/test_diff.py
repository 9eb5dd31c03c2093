"""What a difference tells of each kind of change, and how serious it calls it."""

from copy import deepcopy
from typing import Any

import pytest

from formdefs.changes import ADDITIVE, BREAKING, NEEDS_MAPPING, TEXT_ONLY, Severity
from formdefs.compile import compile_form
from formdefs.diff import Difference, compare
from formdefs.form import load
from tests.forms import a_form, page, question, repeat, section

LISTS = {
    "colours": {
        "options": [{"code": "r", "label": "Red"}, {"code": "b", "label": "Blue", "hint": "Sky"}]
    }
}
OLD = a_form(
    pages=[
        page(
            question("text", "name", label="What is it called?", max_length=20),
            question("yes_no", "seen", label="Seen?"),
            question("choice", "colour", list="colours", label="Which colour?"),
            section("about", question("date", "on", label="On which day?")),
            repeat("needs", question("text", "need"), question("integer", "cost"), label="Needs"),
            question("calculated", "twice", result="integer", value={"*": [2, {"var": "seen"}]}),
        ),
        page(question("long_text", "story", label="The story"), key="second"),
    ],
    lists=LISTS,
    checks=[
        {"id": "chk1", "when": {"var": "seen"}, "at": "name", "message": "No", "severity": "error"}
    ],
    translations={"cy": {"qseen00.label": "Gweld?"}},
)


def _compared(new: dict[str, Any], old: dict[str, Any] = OLD) -> Difference:
    return compare(load(compile_form(old, {})), load(compile_form(new, {})))


def _node(form: dict[str, Any], node_id: str) -> dict[str, Any]:
    waiting = list(form["pages"])
    while waiting:
        node = waiting.pop(0)
        if node["id"] == node_id:
            return node
        waiting += node.get("items", [])
    raise KeyError(node_id)


def _changed(node_id: str, **parts: Any) -> dict[str, Any]:
    new = deepcopy(OLD)
    _node(new, node_id).update(parts)
    return new


@pytest.mark.parametrize(
    ("node", "parts", "kind", "severity", "says"),
    [
        (
            "qname00",
            {"label": "Name?"},
            "text",
            TEXT_ONLY,
            "“Name?”: it read “What is it called?”.",
        ),
        ("qname00", {"key": "called"}, "renamed", NEEDS_MAPPING, "renamed from “name” to “called”"),
        ("qname00", {"max_length": 10}, "limit", NEEDS_MAPPING, "longest answer"),
        ("qname00", {"max_length": 30}, "limit", ADDITIVE, "longest answer"),
        ("qname00", {"pattern": "[A-Z]+"}, "limit", NEEDS_MAPPING, "pattern"),
        ("qname00", {"required": True}, "required", NEEDS_MAPPING, "must be answered"),
        ("qname00", {"visible": {"var": "seen"}}, "visible", NEEDS_MAPPING, "shows"),
        ("qname00", {"readonly": True}, "readonly", NEEDS_MAPPING, "typed"),
        ("qname00", {"default": "x"}, "default", ADDITIVE, "begins"),
        ("qname00", {"type": "long_text"}, "retyped", NEEDS_MAPPING, "long text instead of text"),
        ("qname00", {"type": "file", "max_length": None}, "retyped", BREAKING, "file"),
        ("rneeds00", {"min_rows": 1}, "rows", NEEDS_MAPPING, "rows"),
        ("rneeds00", {"max_rows": 200}, "rows", ADDITIVE, "rows"),
        ("rneeds00", {"layout": "table"}, "layout", TEXT_ONLY, "shown"),
        ("sabout00", {"key": "other"}, "renamed", TEXT_ONLY, "section"),
        ("qtwice00", {"value": {"var": "seen"}}, "value", NEEDS_MAPPING, "worked out"),
    ],
)
def test_a_property_that_differs(
    node: str, parts: dict[str, Any], kind: str, severity: Severity, says: str
) -> None:
    new = _changed(node, **parts)
    wanted = _node(new, node)
    for name in [name for name, value in wanted.items() if value is None]:
        del wanted[name]
    changes = [c for c in _compared(new).changes if c.kind == kind]
    assert [(c.id, c.severity) for c in changes] == [(node, severity)]
    assert says in changes[0].says


def test_a_rule_that_only_follows_a_rename_has_not_changed() -> None:
    new = _changed("qseen00", key="met")
    _node(new, "qtwice00")["value"] = {"*": [2, {"var": "met"}]}
    new["checks"][0]["when"] = {"var": "met"}
    changes = _compared(new).changes
    assert [(c.kind, c.id) for c in changes] == [("renamed", "qseen00")]


def test_what_is_added_and_removed() -> None:
    new = deepcopy(OLD)
    new["pages"][1]["items"] = [question("phone"), question("email", required=True)]
    found = {(c.kind, c.id): c for c in _compared(new).changes}
    assert found["added", "qphone00"].severity == ADDITIVE
    assert found["added", "qemail00"].severity == NEEDS_MAPPING
    assert found["removed", "qstory00"].severity == BREAKING
    assert found["removed", "qstory00"].says == "“The story” is no longer asked."
    assert _compared(new).verdict == BREAKING


def test_a_move_is_told_by_how_far_it_goes() -> None:
    within, across, into = deepcopy(OLD), deepcopy(OLD), deepcopy(OLD)
    for new, holder in ((within, "sabout00"), (across, "psecond00"), (into, "rneeds00")):
        name = new["pages"][0]["items"].pop(0)
        _node(new, holder)["items"].append(name)
        new["checks"] = []
    for new, severity, says in (
        (within, TEXT_ONLY, "within"),
        (across, NEEDS_MAPPING, "from “page_1” to “second”"),
        (into, BREAKING, "its answers lie elsewhere"),
    ):
        (moved,) = [c for c in _compared(new).changes if c.kind == "moved"]
        assert (moved.id, moved.severity) == ("qname00", severity)
        assert says in moved.says


def test_changes_come_in_the_order_of_the_newer_forms_pages() -> None:
    new = _changed("qname00", label="Name?")
    _node(new, "qstory00")["label"] = "Story"
    new["pages"].reverse()
    new["pages"].append(page(question("phone"), key="third"))
    assert list(_compared(new).by_page) == ["second", "page_1", "third", ""]


def test_what_moves_with_its_section_is_told_once() -> None:
    new = deepcopy(OLD)
    about = new["pages"][0]["items"].pop(3)
    new["pages"][1]["items"].append(about)
    assert [(c.kind, c.id) for c in _compared(new).changes] == [("moved", "sabout00")]
    assert _compared(new).verdict == NEEDS_MAPPING


def test_answers_offered() -> None:
    new = deepcopy(OLD)
    new["lists"]["colours"]["options"] = [
        {"code": "g", "label": "Green"},
        {"code": "b", "label": "Azure"},
    ]
    found = {c.kind: c for c in _compared(new).changes}
    assert found["option_added"].severity == ADDITIVE
    assert found["option_removed"].says == "“colours” no longer has “Red”."
    assert found["option_removed"].severity == BREAKING
    assert any("“Blue” now reads “Azure”" in change.says for change in _compared(new).changes)


def test_shared_lists_are_compared_as_they_were_pinned() -> None:
    form = a_form(question("choice", list="l"), lists={"l": {"list": "a.list"}})
    entries = [{"code": "A", "label": "One"}, {"code": "B", "label": "Two"}]
    pinned = {"key": "a.list", "title": "A list", "source": "Tests", "entries": entries}
    retired = deepcopy(pinned)
    retired["entries"][0]["valid_to"] = "2026-01-31"
    sides = [
        load(compile_form(form, {"a.list": {**document, "version": number}}))
        for number, document in enumerate((pinned, pinned, retired), start=1)
    ]
    assert [c.kind for c in compare(sides[0], sides[1]).changes] == ["list_version"]
    (change,) = compare(sides[1], sides[2]).changes
    assert (change.kind, change.severity) == ("option_retired", NEEDS_MAPPING)
    assert change.says == "“One” of “A list” may be given until 2026-01-31."
    (change,) = compare(sides[2], sides[1]).changes
    assert change.severity == ADDITIVE


def test_the_whole_form() -> None:
    new = deepcopy(OLD) | {"title": "Another", "per": "subject", "occurred": "on"}
    new["checks"] = [{"id": "chk2", "when": {"var": "seen"}, "at": "name", "message": "Hm", "severity": "warning"}]  # fmt: skip
    new["translations"] = {"cy": {"qseen00.label": "Wedi gweld?"}}
    new["agreement"] = [{"id": "agr1", "capacity": "parent", "label": "Parent"}]
    found = {(c.kind, c.part or c.id): c.severity for c in _compared(new).changes}
    assert found == {
        ("form", "title"): TEXT_ONLY,
        ("form", "per"): BREAKING,
        ("form", "occurred"): NEEDS_MAPPING,
        ("check_added", "chk2"): ADDITIVE,
        ("check_removed", "chk1"): ADDITIVE,
        ("translation", "qseen00.label"): TEXT_ONLY,
        ("agreement_added", "agr1"): NEEDS_MAPPING,
    }


def test_the_authors_tests_and_the_order() -> None:
    new = deepcopy(OLD)
    new["pages"].reverse()
    new["pages"][1]["items"].reverse()
    forms = [load(compile_form(form, {})) for form in (OLD, new)]
    difference = compare(*forms, [{"name": "a"}], [{"name": "b"}])
    assert {c.kind for c in difference.changes} == {"reordered", "test_added", "test_removed"}
    assert difference.verdict == TEXT_ONLY
    assert difference.as_json()["verdict"] == "text only"


def test_the_schema_is_the_same_where_only_the_text_differs() -> None:
    new = _changed("qname00", label="Name?", hint="Please")
    old_documents, new_documents = compile_form(OLD, {}), compile_form(new, {})
    assert old_documents["schema"] == new_documents["schema"]
    assert _compared(new).verdict == TEXT_ONLY


def _actions(*items: Any) -> dict[str, Any]:
    """A form whose services have a cost, and rules in and about their rows."""
    cost = {"var": "cost"}
    total = {"reduce": [{"var": "services"}, {"+": [{"var": "current.cost"}, 1]}, 0]}
    services = repeat(
        "services", question("integer", "cost", id="qcost1"), question("text", "why", visible=cost)
    )
    return a_form(
        pages=[
            page(
                services,
                question("yes_no", "any", visible={"some": [{"var": "services"}, cost]}),
                question("calculated", "total", result="integer", value=total),
                repeat("actions", question("text", "what"), *items),
            )
        ],
        checks=[{"id": "chk1", "when": cost, "at": "services.why", "message": "No"}],
    )


def test_the_same_key_in_other_rows_changes_no_rule_and_a_rename_is_followed_in_its_own() -> None:
    more = _actions(question("integer", "cost", id="qcost2"))
    assert [c.kind for c in _compared(more, _actions()).changes] == ["added"]
    renamed = deepcopy(more)
    _node(renamed, "qcost1")["key"] = "price"
    price = {"var": "price"}
    _node(renamed, "qwhy00")["visible"] = price
    _node(renamed, "qany00")["visible"] = {"some": [{"var": "services"}, price]}
    _node(renamed, "qtotal00")["value"]["reduce"][1] = {"+": [{"var": "current.price"}, 1]}
    renamed["checks"][0]["when"] = price
    assert [(c.kind, c.id) for c in _compared(renamed, more).changes] == [("renamed", "qcost1")]


def test_a_rule_that_differs_is_said_before_and_after() -> None:
    old = _changed("qname00", visible={"==": [{"var": "seen"}, False]})
    new = _changed("qname00", visible={"==": [{"var": "seen"}, True]})
    new["checks"][0]["when"] = {"!": [{"var": "seen"}]}
    shown, check = _compared(new, old).changes
    assert shown.says == (
        "“What is it called?”: when it shows has changed. "
        "Before: Shows only if “Seen?” is No. Now: Shows only if “Seen?” is Yes."
    )
    assert "Before: Is wrong if" in check.says
    (gone,) = [c for c in _compared(OLD, old).changes if c.part == "visible"]
    assert gone.says.endswith("changed. Before: Shows only if “Seen?” is No.")


def test_ids_that_publishing_pinned_in_prefill_are_no_change() -> None:
    old, new = deepcopy(OLD), deepcopy(OLD)
    source = {"record": "referral", "question": "name"}
    documents = [compile_form(form, {}) for form in (old, new)]
    nodes = [load(one) for one in documents]
    for form, pins in zip(nodes, ({}, {"pins": {"question": "qx"}}), strict=True):
        form.nodes["qname00"].raw["prefill"] = [source | pins]  # type: ignore[index]
    assert compare(*nodes).verdict is None
    nodes[1].nodes["qname00"].raw["prefill"][0]["question"] = "other"
    assert [c.kind for c in compare(*nodes).changes] == ["prefill"]
