"""JSONForms forms become forms that can be published; what they say is here, or its loss is told."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formdefs.answers import draft_problems
from formdefs.compile import compile_form
from formdefs.definition import problems
from formdefs.form import Form, load
from formdefs.importing import jsonforms
from formdefs.importing.data_shape import (
    Unfit,
    answers_in,
    answers_out,
    is_empty,
    same,
    without_empty,
)
from formdefs.importing.report import Imported, NotImportable
from formdefs.state import evaluate_form
from tests.jsonforms_examples import examples
from tests.pageform import FACTS
from tests.pure.answers_at_random import EXAMPLES


def _read(schema: Any, uischema: Any = None, **more: Any) -> Imported:
    return jsonforms.read({"schema": schema, "uischema": uischema}, **more)


def _form(imported: Imported) -> Form:
    assert not problems(imported.definition, {})
    return load(compile_form(imported.definition, {}))


def _object(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


def _control(name: str, **more: Any) -> dict[str, Any]:
    return {"type": "Control", "scope": f"#/properties/{name}", **more}


def _all(*elements: Any) -> dict[str, Any]:
    return {"type": "VerticalLayout", "elements": list(elements)}


def _told(imported: Imported, outcome: str) -> list[str]:
    return [f"{line.at}: {line.says}" for line in imported.report if line.outcome == outcome]


def test_types_and_limits_are_carried() -> None:
    form = _form(
        _read(
            _object(
                name={"type": "string", "maxLength": 40, "minLength": 2, "pattern": "^[A-Z].*$"},
                age={"type": "integer", "exclusiveMinimum": 17, "maximum": 99},
                height={"type": "number", "multipleOf": 0.01},
                born={"type": "string", "format": "date"},
                at={"type": "string", "format": "date-time"},
                mail={"type": "string", "format": "email"},
                seen={"type": "boolean", "default": False},
                kind={"enum": ["a", "b c"]},
                tags={"type": "array", "uniqueItems": True, "items": {"enum": ["x", "y"]}},
            )
            | {"required": ["name"]}
        )
    )
    asked = form.answered
    assert {key: getattr(node, "type", "") for key, node in asked.items()} == {
        "name": "text", "age": "integer", "height": "decimal", "born": "date", "at": "datetime",
        "mail": "email", "seen": "yes_no", "kind": "choice", "tags": "choices",
    }  # fmt: skip
    name, age = asked["name"], asked["age"]
    assert (name.max_length, name.min_length, name.pattern) == (40, 2, "[A-Z].*")  # type: ignore[union-attr]
    assert (age.minimum, age.maximum) == (18, 99)  # type: ignore[union-attr]
    assert asked["height"].decimal_places == 2  # type: ignore[union-attr]
    assert [one.code for one in form.lists["kind"].entries] == ["a", "b_c"]
    assert name.required is True  # type: ignore[union-attr]


def test_importing_twice_gives_the_same_ids() -> None:
    for example in examples():
        source = {k: example[k] for k in ("schema", "uischema", "data") if k in example}
        try:
            one, two = jsonforms.read(source), jsonforms.read(source)
        except NotImportable:
            continue
        assert one.definition == two.definition


@pytest.mark.parametrize(
    ("effect", "schema", "answer", "shows", "locked"),
    [
        ("SHOW", {"const": True}, True, True, False),
        ("SHOW", {"const": True}, None, False, False),
        ("HIDE", {"const": True}, True, False, False),
        ("ENABLE", {"const": True}, False, True, True),
        ("DISABLE", {"const": True}, True, True, True),
        ("SHOW", {"not": {"const": True}}, None, True, False),
    ],
)
def test_the_four_effects(effect: str, schema: Any, answer: Any, shows: bool, locked: bool) -> None:
    rule = {"effect": effect, "condition": {"scope": "#/properties/go", "schema": schema}}
    layout = _all(_control("go"), _control("more", rule=rule))
    form = _form(_read(_object(go={"type": "boolean"}, more={"type": "string"}), layout))
    state = evaluate_form(form, {} if answer is None else {"go": answer}, FACTS)
    assert state.visible(("more",)) is shows
    assert state.readonly(("more",)) is locked


def test_conditions_read_numbers_codes_and_groups() -> None:
    schema = _object(n={"type": "integer"}, c={"enum": ["one two", "b"]}, t={"type": "string"})
    condition = {
        "type": "AND",
        "conditions": [
            {"scope": "#/properties/n", "schema": {"minimum": 3, "maximum": 5}},
            {
                "scope": "#",
                "schema": {"properties": {"c": {"enum": ["one two"]}}, "required": ["c"]},
            },
        ],
    }
    rule = {"effect": "SHOW", "condition": condition}
    layout = _all(_control("n"), _control("c"), _control("t", rule=rule))
    form = _form(_read(schema, layout))
    for answers, shows in (
        ({"n": 4, "c": "one_two"}, True),
        ({"c": "one_two"}, True),  # a schema lets pass what is not there
        ({"n": 6, "c": "one_two"}, False),
        ({"n": 4, "c": "b"}, False),
        ({"n": 4}, False),
    ):
        assert evaluate_form(form, answers, FACTS).visible(("t",)) is shows, answers


def test_a_rule_that_cannot_be_said_is_lost_and_told() -> None:
    rule = {"effect": "SHOW", "condition": {"scope": "#/properties/a", "schema": {"pattern": "x"}}}
    imported = _read(
        _object(a={"type": "string"}, b={"type": "string"}),
        _all(_control("a"), _control("b", rule=rule)),
    )
    assert evaluate_form(_form(imported), {}, FACTS).visible(("b",))
    assert any("“pattern” has no counterpart" in told for told in _told(imported, "lost"))


def test_a_rule_on_its_own_question_is_lost_and_told() -> None:
    rule = {"effect": "HIDE", "condition": {"scope": "#/properties/a", "schema": {"const": "x"}}}
    imported = _read(_object(a={"type": "string"}), _all(_control("a", rule=rule)))
    _form(imported)
    assert any("depends on each other" in told for told in _told(imported, "lost"))


def test_categories_are_pages_and_groups_are_sections() -> None:
    group = {"type": "Group", "label": "Inner", "elements": [_control("b")]}
    layout = {
        "type": "Categorization",
        "elements": [
            {"type": "Category", "label": "One", "elements": [_control("a")]},
            {"type": "Category", "label": "Two", "elements": [group]},
        ],
    }
    form = _form(_read(_object(a={"type": "string"}, b={"type": "string"}), layout))
    assert [page.title for page in form.pages] == ["One", "Two"]
    (section,) = form.pages[1].items
    assert section.title == "Inner"  # type: ignore[union-attr]


def test_what_is_required_in_a_group_is_required_once_the_group_is_begun() -> None:
    inner = _object(street={"type": "string"}, town={"type": "string"}) | {"required": ["street"]}
    form = _form(_read(_object(address=inner)))
    assert not evaluate_form(form, {}, FACTS).required(("street",))
    assert evaluate_form(form, {"town": "Leeds"}, FACTS).required(("street",))


def test_if_then_required_is_a_rule() -> None:
    schema = _object(b={"type": "boolean"}, c={"type": "string"}) | {
        "if": {"properties": {"b": {"const": False}}, "required": ["b"]},
        "then": {"required": ["c"]},
    }
    form = _form(_read(schema))
    assert evaluate_form(form, {"b": False}, FACTS).required(("c",))
    assert not evaluate_form(form, {"b": True}, FACTS).required(("c",))


def test_rows_and_alternatives_go_in_and_come_out() -> None:
    person = _object(name={"type": "string"}) | {"required": ["name"], "title": "Person"}
    place = _object(street={"type": "string"}) | {"required": ["street"], "title": "Place"}
    schema = _object(
        who={"oneOf": [person, place]},
        rows={"type": "array", "items": {"oneOf": [person, place, {"type": "number"}]}},
        grid={"type": "array", "items": {"type": "array", "items": {"type": "number"}}},
    )
    imported = _read(schema)
    data = {
        "who": {"street": "High Street"},
        "rows": [{"name": "Ann"}, {"street": "Low Street"}, 3.5],
        "grid": [[1, 2.5], [], [3]],
    }
    answers = answers_in(imported.names, data)
    assert answers["who_kind"] == "Place"
    assert draft_problems(_form(imported), answers) == []
    assert same(answers_out(imported.names, answers), data)


_ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=6) | st.sampled_from(["true", "12", "null", '"', "[1]", "NaN"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip


def test_what_no_layout_shows_is_asked_at_the_end() -> None:
    group = _object(c={"type": "string"}, d={"type": "integer"})
    layout = _all(_control("a"), {"type": "Control", "scope": "#/properties/g/properties/c"})
    imported = _read(_object(a={"type": "string"}, b={"type": "boolean"}, g=group), layout)
    form = _form(imported)
    assert [*form.answered] == ["a", "c", "b", "d"]
    last = form.pages[0].items[-1]
    assert last.title == "Not shown in the source form"  # type: ignore[union-attr]
    many = _object(**{f"q{n}": {"type": "string"} for n in range(501)})
    assert [*_form(_read(many, _all(_control("q7")))).answered] == ["q7"]  # too many to ask


_NAMED = _object(kind={"type": "string"}) | {
    "patternProperties": {"^size$": {"type": "integer"}, "^n_": {"type": "number"}},
    "additionalProperties": _object(street={"type": "string"}),
    "propertyNames": {"minLength": 2},
}


def test_names_of_ones_own_are_rows_of_a_name_and_a_value() -> None:
    imported = _read(_NAMED)
    data = {"kind": "x", "size": 3, "n_a": 1.5, "n_b": 2, "home": {"street": "High Street"}}
    answers = answers_in(imported.names, data)
    form = _form(imported)
    assert draft_problems(form, answers) == []
    assert same(answers_out(imported.names, answers), data)
    with pytest.raises(Unfit, match="/n_c"):
        answers_in(imported.names, {"n_c": "no number"})
    short = answers_in(imported.names, {"x": {"street": "too short a name"}})
    assert [problem.code for problem in draft_problems(form, short)] == ["min_length"]
    strange = _read(_object(a={"type": "string"}) | {"patternProperties": {"[a-z]+[0-9]": {}}})
    assert any("cannot be added" in told for told in _told(strange, "lost"))


def test_further_names_are_asked_where_that_is_wanted_and_allowed() -> None:
    schema = _object(a={"type": "string"}, shut=_object(b={"type": "string"}))
    schema["properties"]["shut"]["additionalProperties"] = False
    data = {"a": "x", "more": {"age": [3, None, "4"]}, "n": "12", "t": "plain", "f": False}
    with pytest.raises(Unfit, match="/more: the form has no question for it"):
        answers_in(_read(schema).names, data)
    imported = _read(schema, others=True)
    answers = answers_in(imported.names, data)
    assert draft_problems(_form(imported), answers) == []
    assert same(answers_out(imported.names, answers), data)
    with pytest.raises(Unfit, match="/shut/c"):
        answers_in(imported.names, {"shut": {"c": 1}})


@settings(max_examples=EXAMPLES * 3, deadline=None)
@given(st.dictionaries(st.text(min_size=1, max_size=5), _ANY, max_size=4))
def test_any_value_under_any_name_comes_back(data: dict[str, Any]) -> None:
    imported = _read(_object(a={"type": "string"}), others=True)
    data.pop("a", None)
    out = answers_out(imported.names, answers_in(imported.names, data))
    assert same(out, {name: value for name, value in data.items() if not is_empty(value)})


def test_a_schema_that_contains_itself_is_asked_as_json_further_in() -> None:
    schema = _object(name={"type": "string"}, parts={"type": "array", "items": {"$ref": "#"}})
    imported = _read(schema)
    data = {"name": "a", "parts": [{"name": "b", "parts": [{"name": "c"}]}]}
    answers = answers_in(imported.names, data)
    assert draft_problems(_form(imported), answers) == []
    assert same(answers_out(imported.names, answers), data)
    assert any("contains itself" in told for told in _told(imported, "changed"))


def test_dates_that_are_kept_in_a_format_of_their_own() -> None:
    month = {"format": "date", "dateSaveFormat": "YYYY-MM"}
    odd = {"format": "date-time", "dateTimeSaveFormat": "YYYY/MM/DD h:mm a"}
    layout = _all(_control("m", options=month), _control("o", options=odd))
    form = _form(_read(_object(m={"type": "string"}, o={"type": "string"}), layout))
    assert [node.type for node in form.answered.values()] == ["partial_date", "text"]  # type: ignore[union-attr]


def test_data_widens_what_the_schema_allows_and_says_so() -> None:
    schema = _object(short={"type": "string", "maxLength": 3}, code={"enum": ["a"]})
    data = {"short": "longer", "code": "z", "extra": 4}
    imported = _read(schema, data=data)
    assert same(answers_out(imported.names, answers_in(imported.names, data)), data)
    assert len([told for told in _told(imported, "changed") if "The data" in told]) == 2
    blind = _read(schema)
    with pytest.raises(Unfit, match="/code"):
        answers_in(blind.names, data)


def test_seconds_and_fractions_are_never_dropped() -> None:
    schema = _object(t={"type": "string", "format": "time"})
    imported = _read(schema)
    assert answers_out(imported.names, answers_in(imported.names, {"t": "13:37:00"})) == {
        "t": "13:37:00"
    }
    with pytest.raises(Unfit):
        answers_in(imported.names, {"t": "13:37:08"})
    widened = _read(schema, data={"t": "13:37:08"})
    assert answers_in(widened.names, {"t": "13:37:08"}) == {"t": "13:37:08"}


def test_more_questions_than_a_form_may_have_is_refused() -> None:
    with pytest.raises(NotImportable, match="500 is the most"):
        _read(_object(**{f"q{n}": {"type": "string"} for n in range(501)}))


@pytest.mark.parametrize("source", [None, [], "x", 3, {}, {"schema": 3}, {"type": "object"}])
def test_what_is_no_form_is_refused(source: Any) -> None:
    with pytest.raises(NotImportable):
        jsonforms.read(source)


def test_a_reference_is_never_fetched() -> None:
    imported = _read(_object(a={"$ref": "http://example.org/a.json"}, b={"type": "string"}))
    assert [*_form(imported).answered] == ["b"]


_WORDS = st.sampled_from(
    [
        *("type", "properties", "items", "enum", "const", "oneOf", "anyOf", "allOf", "$ref", "if"),
        *("then", "required", "format", "default", "title", "minimum", "maxLength", "pattern"),
        *("elements", "scope", "rule", "effect", "condition", "schema", "options", "detail", "a"),
        *("label", "minItems", "uniqueItems", "multipleOf", "readOnly", "not", "dependencies"),
    ]
)
_VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=8), _WORDS,
    st.sampled_from(["object", "array", "string", "number", "Control", "Group", "Categorization"]),
    st.sampled_from(["#/properties/a", "#", "#/definitions/b", "date", "SHOW", "ENABLE"]),
)  # fmt: skip
_JSON = st.recursive(
    _VALUES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_WORDS, inner, max_size=5),
    max_leaves=25,
)

_SCHEMAS = _JSON | st.builds(
    lambda a, b: {"type": "object", "properties": {"a": a, "b": b}, "definitions": {"b": b}},
    _JSON, _JSON,
)  # fmt: skip
_RULES = st.fixed_dictionaries(
    {
        "effect": st.sampled_from(["SHOW", "HIDE", "ENABLE", "DISABLE"]),
        "condition": st.fixed_dictionaries(
            {"scope": st.sampled_from(["#", "#/properties/a", "#/properties/b"]), "schema": _JSON}
        ),
    }
)
_CONTROLS = st.builds(
    lambda name, rule, options: _control(name, rule=rule, options=options),
    st.sampled_from("ab"), _RULES | _JSON, _JSON,
)  # fmt: skip
_LAYOUTS = _JSON | st.lists(_CONTROLS | _JSON, max_size=3).map(lambda parts: _all(*parts))


@settings(max_examples=EXAMPLES * 10, deadline=None)
@given(_SCHEMAS, _LAYOUTS, _JSON)
def test_nothing_raises_but_a_refusal(schema: Any, uischema: Any, data: Any) -> None:
    try:
        imported = jsonforms.read({"schema": schema, "uischema": uischema}, data=data)
    except NotImportable:
        return
    assert problems(imported.definition, {}) == []
    try:
        answers = answers_in(imported.names, data)
    except Unfit:
        return
    assert same(without_empty(answers_out(imported.names, answers)), without_empty(data))
