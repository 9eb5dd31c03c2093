"""Fragments: what an include becomes, what is refused and where, and the laws of expansion."""

import json
from copy import deepcopy
from itertools import count
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.canonical import canonical, sha256
from formdefs import answers as judging
from formdefs import fragment_definition, fragments
from formdefs.compile import compile_form
from formdefs.definition import problems
from formdefs.form import Form, load
from formdefs.fragment_changes import copied, upgraded
from formdefs.fragments import MAX_NESTED, expand, includes
from formdefs.rules_rename import renamed
from formdefs.state import evaluate_form, facts_for
from tests.forms import (
    a_form,
    a_fragment,
    a_list,
    include,
    page,
    question,
    repeat,
    row,
    section,
)
from tests.pure.answers_at_random import EXAMPLES, LISTS
from tests.pure.forms_at_random import TODAY, filled_forms

SEEN_WHY = (
    question("yes_no", "seen", required=True),
    question("long_text", "why", visible={"==": [{"var": "seen"}, False]}, required=True),
)


def known(*documents: dict[str, Any]) -> dict[tuple[str, int], dict[str, Any]]:
    """Fragments by key and version: the second of a key is its version 2."""
    numbered: dict[tuple[str, int], dict[str, Any]] = {}
    for document in documents:
        number = 1 + sum(key == document["key"] for key, _ in numbered)
        numbered[document["key"], number] = document
    return numbered


VISIT = known(a_fragment(*SEEN_WHY))


def test_an_include_becomes_a_section_under_its_own_names():
    form = a_form(
        include("home", visible={"var": "met"}, collapsible=True), question("yes_no", "met")
    )
    assert problems(form, {}, None, VISIT) == []
    assert expand(form, VISIT)["pages"][0]["items"][0] == {
        "id": "ihome00",
        "kind": "section",
        "key": "home",
        "title": "Visit",
        "visible": {"var": "met"},
        "collapsible": True,
        "items": [
            {**SEEN_WHY[0], "id": "ihome00_qseen00", "key": "home_seen"},
            {
                **SEEN_WHY[1],
                "id": "ihome00_qwhy00",
                "key": "home_why",
                "visible": {"==": [{"var": "home_seen"}, False]},
            },
        ],
    }


def test_a_fragment_can_stand_twice_and_in_rows():
    form = a_form(include("home"), include("school"), repeat("visits", include("on_visit")))
    assert problems(form, {}, None, VISIT) == []
    loaded = load(compile_form(form, {}, VISIT))
    assert list(loaded.answered) == ["home_seen", "home_why", "school_seen", "school_why", "visits"]
    assert list(loaded.repeats["rvisits00"].answered) == ["on_visit_seen", "on_visit_why"]
    answers = {"home_seen": False, "school_seen": True, "visits": [row(on_visit_seen=False)]}
    state = evaluate_form(loaded, answers, facts_for(TODAY, {}, {}))
    row_id = answers["visits"][0]["_id"]
    assert state.visible(("home_why",))
    assert not state.visible(("school_why",))
    assert state.visible(("visits", row_id, "on_visit_why"))


def test_an_include_may_leave_the_keys_as_they_are():
    form = a_form(include("home", prefixed=False), question("text", "after"))
    assert list(load(compile_form(form, {}, VISIT)).answered) == ["seen", "why", "after"]
    twice = a_form(include("home", prefixed=False), include("school", prefixed=False))
    found = problems(twice, {}, None, VISIT)
    assert {(p.at, p.code) for p in found} == {("/pages/0/items/1", "duplicate_key")}


def test_the_keys_of_rows_stay_and_what_reads_rows_reads_the_new_repeat():
    fragment = a_fragment(
        repeat(
            "visits", question("yes_no", "seen"), row_title={"cat": ["Seen: ", {"var": "seen"}]}
        ),
        question(
            "calculated",
            "any_seen",
            result="yes_no",
            value={"some": [{"var": "visits"}, {"==": [{"var": "seen"}, True]}]},
        ),
        question(
            "calculated",
            "total",
            result="integer",
            value={"reduce": [{"var": "visits"}, {"+": [{"var": "accumulator"}, 1]}, 0]},
        ),
    )
    form = a_form(include("all"))
    assert problems(form, {}, None, known(fragment)) == []
    state = evaluate_form(
        load(compile_form(form, {}, known(fragment))),
        {"all_visits": [row(seen=True), row(seen=False)]},
        facts_for(TODAY, {}, {}),
    )
    assert state.value(("all_any_seen",)) is True
    assert state.value(("all_total",)) == 2


def test_lists_checks_and_translations_come_along_under_new_names():
    fragment = a_fragment(
        question("choice", "place", list="l"),
        question("date", "ended"),
        lists={"l": {"list": "a.list"}},
        checks=[
            {"id": "chk1", "when": {"!": [{"var": "ended"}]}, "at": "ended", "message": "When?"}
        ],
        translations={
            "cy": {"fragment.title": "Ymweliad", "qplace00.label": "Lle", "chk1.message": "Pryd?"},
            "fr": {"qplace00.label": "Lieu"},
        },
    )
    form = a_form(
        include("home"), translations={"cy": {"ihome00_qplace00.label": "Ble", "form.title": "F"}}
    )
    lists = {"a.list": a_list("A", "B")}
    assert problems(form, lists, None, known(fragment)) == []
    expanded = expand(form, known(fragment))
    assert expanded["lists"] == {"ihome00_l": {"list": "a.list"}}
    assert expanded["checks"] == [
        {
            "id": "ihome00_chk1",
            "when": {"!": [{"var": "home_ended"}]},
            "at": "home_ended",
            "message": "When?",
        }
    ]
    assert expanded["translations"] == {
        "cy": {
            "form.title": "F",
            "ihome00.title": "Ymweliad",
            "ihome00_qplace00.label": "Ble",
            "ihome00_chk1.message": "Pryd?",
        }
    }
    loaded = load(compile_form(form, lists, known(fragment)))
    assert loaded.questions["ihome00_qplace00"].list == "ihome00_l"


def test_a_fragments_checks_look_at_each_row_where_it_stands_in_rows():
    ended = question("date", "ended", required=True)
    fragment = a_fragment(
        question("date", "began"),
        ended,
        repeat("stops", question("date", "at")),
        checks=[
            _check("chk1", {"<": [{"var": "ended"}, {"var": "began"}]}, "ended"),
            _check("chk2", {"<": [{"var": "at"}, {"var": "began"}]}, "stops.at"),
        ],
    )
    assert fragment_definition.problems(fragment, {}) == []
    outer = a_fragment(repeat("legs", include("leg")), key="outer")
    documents = {("visit", 1): fragment, ("outer", 1): outer}
    form = a_form(include("trip"), repeat("trips", include("trip2")), include("far", "outer"))
    assert problems(form, {}, None, documents) == []
    expanded = expand(form, documents)
    assert [check["at"] for check in expanded["checks"]] == [
        *("trip_ended", "trip_stops.at"),
        *("trips.trip2_ended", "trips.trip2_stops.at"),
        *("far_legs.leg_ended", "far_legs.leg_stops.at"),
    ]
    loaded = load(compile_form(form, {}, documents))
    odd, fine = (
        row(trip2_began="2026-02-01", trip2_ended="2026-01-01"),
        row(trip2_ended="2026-02-02"),
    )
    facts = facts_for(TODAY, {}, {})
    told = judging.submission_problems(loaded, {"trips": [fine, odd]}, facts, TODAY)
    assert [p.path for p in told if p.code == "check"] == [("trips", odd["_id"], "trip2_ended")]
    copy = copied(form, "itrip200", documents, map("new{:04d}".format, count(1)).__next__)
    assert problems(copy, {}, None, documents) == []
    assert [check["at"] for check in copy["checks"]] == [
        "trips.trip2_ended",
        "trips.trip2_stops.at",
    ]


def _check(check_id: str, when: Any, at: str) -> dict[str, Any]:
    return {"id": check_id, "when": when, "at": at, "message": "Too early"}


def test_a_fragment_may_include_fragments_and_read_their_answers():
    outer = a_fragment(
        include("first"),
        question("text", "note", visible={"var": "first_seen"}),
        key="outer",
        title="Outer",
    )
    documents = {**VISIT, ("outer", 1): outer}
    assert fragment_definition.problems(outer, {}, None, documents) == []
    form = a_form(include("x", "outer"))
    assert problems(form, {}, None, documents) == []
    (expanded,) = expand(form, documents)["pages"][0]["items"]
    inner, note = expanded["items"]
    assert [q["key"] for q in inner["items"]] == ["x_first_seen", "x_first_why"]
    assert inner["items"][0]["id"] == "ix00_ifirst00_qseen00"
    assert note["visible"] == {"var": "x_first_seen"}
    pins = compile_form(form, {}, documents)["manifest"]["fragments"]
    assert pins == [
        {"key": key, "version": 1, "sha256": sha256(canonical(documents[key, 1]))}
        for key in ("outer", "visit")
    ]


def test_the_manifest_keeps_the_digest_of_what_was_written():
    form = a_form(include("home"))
    documents = compile_form(form, {}, VISIT)
    assert documents["manifest"]["sha256"]["definition"] == sha256(canonical(form))
    assert "include" not in canonical(documents["ui"])


@pytest.mark.parametrize(
    ("item", "code", "at", "says"),
    [
        (include("home", "nobody"), "unknown_fragment", "/fragment", "no published fragment"),
        (include("home", version=7), "unknown_fragment", "/version", "version 7"),
        (include("k" * 62), "too_long", "/key", "longer than a key"),
        (include("home", version="1"), "shape", "/version", "whole number"),
        (include("home", odd=1), "shape", "", "“odd” is not known"),
    ],
)
def test_what_cannot_be_included_is_told_at_its_place(item, code, at, says):
    found = problems(a_form(item), {}, None, VISIT)
    assert [(p.code, p.at) for p in found] == [(code, f"/pages/0/items/0{at}")]
    assert says in found[0].says
    assert found[0].node == item["id"]


def test_circles_depth_and_language_are_refused():
    itself = a_fragment(include("again"))
    found = fragment_definition.problems(itself, {}, None, known(itself))
    assert [(p.code, p.at) for p in found] == [("circle", "/items/0/fragment")]

    chain = {
        (f"f{n}", 1): a_fragment(include("in", f"f{n + 1}"), key=f"f{n}") for n in range(MAX_NESTED)
    }
    deepest = {(f"f{MAX_NESTED}", 1): a_fragment(question("text", "q"), key=f"f{MAX_NESTED}")}
    found = problems(a_form(include("top", "f0")), {}, None, chain | deepest)
    assert [(p.code, p.at) for p in found] == [("too_deep", "/pages/0/items/0/fragment")]
    assert problems(a_form(include("top", "f1")), {}, None, chain | deepest) == []

    welsh = known(a_fragment(question("text", "q"), language="cy"))
    found = problems(a_form(include("home")), {}, None, welsh)
    assert [p.code for p in found] == ["language"]


def test_an_id_inside_fragments_has_a_longest_length():
    chain = {
        (f"f{n}", 1): a_fragment(include("in", f"f{n + 1}", id=f"i{n}" + "x" * 14), key=f"f{n}")
        for n in range(2)
    }
    deepest = {("f2", 1): a_fragment({**question("text", "q"), "id": "q" * 16}, key="f2")}
    long, short = (include("top", "f0", id=node_id) for node_id in ("i" * 16, "i" * 13))
    found = problems(a_form(long), {}, None, chain | deepest)
    assert [(p.code, p.at) for p in found] == [("too_long", "/pages/0/items/0/id")]
    assert problems(a_form(short), {}, None, chain | deepest) == []


def test_what_clashes_inside_an_include_is_told_at_the_include():
    fragment = a_fragment(repeat("rows", question("text", "note")))
    form = a_form(question("text", "note"), include("home"))
    (found,) = problems(form, {}, None, known(fragment))
    assert (found.code, found.at) == ("shadowed_key", "/pages/0/items/1")
    assert "fragment “visit” version 1, “qnote00”" in found.says
    clash = a_form(include("home"), question("yes_no", "home_seen"))
    (found,) = problems(clash, {}, None, VISIT)
    assert (found.code, found.at) == ("duplicate_key", "/pages/0/items/1/key")
    assert "already at /pages/0/items/0." in found.says


def test_a_fragment_is_closed():
    fragment = a_fragment(
        question("text", "q", visible={"var": "of_the_form"}),
        question("calculated", "c", result="text", value={"cat": [{"var": ""}]}),
    )
    found = fragment_definition.problems(fragment, {})
    assert ("unknown_question", "/items/0/visible/var") in {(p.code, p.at) for p in found}
    assert any("own questions only" in p.fix for p in found)
    assert "not_closed" in {p.code for p in found}


def test_a_name_that_may_mean_two_things_is_refused():
    some = {"some": [{"var": "with"}, {"==": [{"var": "name"}, "Ann"]}]}
    fragment = a_fragment(
        question("people", "with"), question("text", "name"), question("text", "q", visible=some)
    )
    assert [p.code for p in fragment_definition.problems(fragment, {})] == ["unclear_name"]


def test_the_shape_of_a_fragment_is_judged_in_its_own_places():
    broken = a_fragment(question("text", "q", odd=1), {"kind": "page"}, checks=3, lists=[])
    found = fragment_definition.problems(broken, {})
    assert {p.at for p in found} >= {"/items/0", "/items/1/kind", "/checks", "/lists"}
    for odd in (None, 3, [], {}, {"items": {}}, {"items": [None]}, "\ud800"):
        assert fragment_definition.problems(odd, {})


def test_upgrading_changes_older_includes_only():
    form = a_form(include("a"), section("s", include("b", version=3)), include("c", "other"))
    newer = upgraded(form, "visit", 2)
    assert [i.fragment for i in includes(newer)] == [("visit", 2), ("visit", 3), ("other", 1)]


def test_names_are_given_new_ones_wherever_a_rule_reads_them():
    rule = {
        "and": [
            {"missing": ["a", "b"]},
            {"missing": [["a"]]},
            {"missing_some": [1, ["a", "b.c"]]},
            {"reduce": [{"var": "b"}, {"+": [{"var": "current.a"}, {"var": ["a", 0]}]}, 0]},
            {"==": [{"var": "b.0.a"}, "a"]},
            {"!": {"var": "a"}},
        ]
    }
    assert renamed(rule, {"a": "x", "current": "no"}) == {
        "and": [
            {"missing": ["x", "b"]},
            {"missing": [["x"]]},
            {"missing_some": [1, ["x", "b.c"]]},
            {"reduce": [{"var": "b"}, {"+": [{"var": "current.a"}, {"var": ["x", 0]}]}, 0]},
            {"==": [{"var": "b.0.a"}, "a"]},
            {"!": {"var": "x"}},
        ]
    }


# Laws. A random form of one page, taken as a fragment, means the same wherever it is included.


@st.composite
def filled_fragments(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, Any]]:
    """A sound fragment, and answers to its questions."""
    definition, answers = draw(filled_forms(most_pages=1))
    (only,) = definition["pages"]
    return a_fragment(*only["items"], lists=LISTS), answers


@given(filled_fragments(), st.booleans())
@settings(max_examples=EXAMPLES, deadline=None)
def test_a_fragment_means_the_same_as_its_questions_written_out(
    made: tuple[dict[str, Any], dict[str, Any]], prefixed: bool
) -> None:
    fragment, answers = made
    if not fragment["items"]:
        return
    assert fragment_definition.problems(fragment, {}) == []
    start = "in_" if prefixed else ""
    by_hand = load(compile_form(a_form(*fragment["items"], lists=LISTS), {}))
    form = a_form(include("in", prefixed=prefixed))
    assert problems(form, {}, None, known(fragment)) == []
    included = load(compile_form(form, {}, known(fragment)))
    moved = {start + key: value for key, value in answers.items()}
    assert _told(included, moved) == [
        ((start + path[0], *path[1:]), *rest) for path, *rest in _told(by_hand, answers)
    ]
    in_rows = a_form(repeat("around", include("in", prefixed=prefixed)))
    assert problems(in_rows, {}, None, known(fragment)) == []
    nested = load(compile_form(in_rows, {}, known(fragment)))
    told = _told(nested, {"around": [{"_id": "around00", **moved}]})
    assert [one for one in told if len(one[0]) > 1] == [
        (("around", "around00", start + path[0], *path[1:]), *rest)
        for path, *rest in _told(by_hand, answers)
    ]


def _told(form: Form, answers: dict[str, Any]) -> list[tuple[Any, ...]]:
    """Everything that rules say of the answers, and what a submission is refused for."""
    facts = facts_for(TODAY, {}, {})
    state = evaluate_form(form, answers, facts)
    refused: dict[Any, list[str]] = {}
    for problem in judging.submission_problems(form, answers, facts, TODAY):
        refused.setdefault(problem.path, []).append(problem.code)
    return [
        (
            path,
            state.visible(path),
            state.required(path),
            str(state.value(path)) if not isinstance(state.value(path), list) else None,
            refused.get(path),
        )
        for path in state.order
    ]


@given(filled_fragments())
@settings(max_examples=EXAMPLES, deadline=None)
def test_a_copy_is_the_linked_fragment_but_for_its_ids(
    made: tuple[dict[str, Any], dict[str, Any]],
) -> None:
    fragment, _ = made
    if not fragment["items"]:
        return
    outer = a_fragment(include("deep"), question("text", "own"), key="outer", title="Outer")
    documents = {("visit", 1): fragment, ("outer", 1): outer}
    for named in ("visit", "outer"):
        form = a_form(include("in", named), translations={"cy": {}})
        copy = copied(form, "iin00", documents, map("new{:04d}".format, count(1)).__next__)
        assert "iin00" not in {i.id for i in includes(copy)}
        assert problems(copy, {}, None, documents) == []
        assert _without_ids(expand(copy, documents)) == _without_ids(expand(form, documents))


def _without_ids(definition: Any) -> Any:
    """The definition with its ids by number, in the order in which they come."""
    text = canonical(definition)
    numbers: dict[str, str] = {}

    def walk(value: Any) -> None:
        if isinstance(value, dict):
            if isinstance(value.get("id"), str):
                numbers.setdefault(value["id"], f"id{len(numbers)}")
            for inner in value.values():
                walk(inner)
        elif isinstance(value, list):
            for inner in value:
                walk(inner)

    walk(definition)
    for old in sorted(numbers, key=len, reverse=True):
        text = text.replace(f'"{old}"', f'"{numbers[old]}"')
    without = json.loads(text)
    names = {name: f"list{place}" for place, name in enumerate(without.get("lists", {}))}
    for name, new in names.items():
        text = json.dumps(without).replace(f'"{name}"', f'"{new}"')
        without = json.loads(text)
    return without


@given(filled_forms())
@settings(max_examples=EXAMPLES, deadline=None)
def test_what_has_no_include_is_its_own_expansion(
    made: tuple[dict[str, Any], dict[str, Any]],
) -> None:
    definition, _ = made
    assert expand(definition, VISIT) is definition
    form = a_form(include("home"), pages=[*definition["pages"], page(include("home"), key="last")])
    once = expand(form, VISIT)
    assert expand(once, fragments.NO_FRAGMENTS) is once


_JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 10**9),
    st.text(max_size=5),
    st.just([]),
    st.just({}),
    st.just([None]),
    st.just({"kind": "include", "fragment": "visit", "version": 1}),
    st.just({"var": ""}),
)


@given(st.data())
@settings(max_examples=5 * EXAMPLES, deadline=None)
def test_a_broken_document_is_told_and_never_fails(data: st.DataObject) -> None:
    checks = [_check("chk1", {"!": [{"var": "seen"}]}, "seen")]
    whole = a_fragment(
        include("in"),
        section("s", include("again", prefixed=False, collapsible=True)),
        repeat("rows", include("deep"), question("choice", list="l")),
        *SEEN_WHY,
        key="whole",
        lists={"l": {"options": [{"code": "a", "label": "A"}]}},
        checks=checks,
        translations={"cy": {"fragment.title": "T", "qseen00.label": "S"}},
    )
    documents = {**VISIT, ("whole", 1): whole}
    broken = json.loads(canonical(whole))
    for _ in range(data.draw(st.integers(1, 3))):
        places = _places(broken)
        holder, step = places[data.draw(st.integers(0, len(places) - 1))]
        holder[step] = deepcopy(data.draw(_JUNK))
    told = fragment_definition.problems(broken, {}, None, documents)
    form = a_form(pages=[page(*_list_of(broken.get("items")))])
    told += problems(
        {**form, **{k: broken[k] for k in ("lists", "checks") if k in broken}}, {}, None, documents
    )
    assert all(problem.says for problem in told)


def _list_of(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _places(value: Any) -> list[tuple[Any, Any]]:
    steps = list(value) if isinstance(value, dict) else []
    steps = list(range(len(value))) if isinstance(value, list) else steps
    return [
        *((value, step) for step in steps),
        *(place for step in steps for place in _places(value[step])),
    ]
