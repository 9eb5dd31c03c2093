"""Rules in words: readable, each part with its place, and alike only for rules that decide alike."""

import json
from collections import defaultdict
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formdefs.fragments import expand
from formdefs.rules import RuleError, evaluate
from formdefs.rules_shape import OPERATORS, children
from formdefs.sentence_parts import OPERATOR, QUESTION, VALUE, WORD
from formdefs.sentences import rules_in_words, rules_of, sentence, text, vocabulary, worth
from formdefs.values import truthy
from tests.pure.test_library import FORMS, fragments, lists, loaded, read

DEFINITION: dict[str, Any] = {
    "lists": {
        "colour": {
            "options": [
                {"code": "r", "label": "Red"},
                {"code": "g", "label": "Green"},
                {"code": "x", "label": "Other"},
                {"code": "y", "label": "Other"},
            ]
        }
    },
    "pages": [
        {
            "id": "p1aa",
            "key": "one",
            "title": "First page",
            "items": [
                {"id": "q1aa", "kind": "question", "key": "child_seen", "type": "yes_no", "label": "Has the child been seen?"},
                {"id": "q2aa", "kind": "question", "key": "colour", "type": "choice", "list": "colour", "label": "Colour"},
                {"id": "q3aa", "kind": "question", "key": "colours", "type": "choices", "list": "colour", "label": "Colours"},
                {"id": "q4aa", "kind": "question", "key": "referred_on", "type": "date", "label": "Date of referral"},
                {"id": "q5aa", "kind": "question", "key": "seen_on", "type": "date", "label": "Date seen"},
                {"id": "q6aa", "kind": "question", "key": "cost", "type": "money", "label": "Cost"},
                {"id": "q7aa", "kind": "question", "key": "why", "type": "text", "label": "Why?"},
                {"id": "q8aa", "kind": "question", "key": "home", "type": "address", "label": "Address"},
                {
                    "id": "r1aa",
                    "kind": "repeat",
                    "key": "needs",
                    "label": "Needs and actions",
                    "items": [
                        {"id": "q1ba", "kind": "question", "key": "need", "type": "text", "label": "Need"},
                        {"id": "q2ba", "kind": "question", "key": "price", "type": "money", "label": "Price"},
                        {"id": "q3ba", "kind": "question", "key": "reason", "type": "text", "label": "Why?"},
                    ],
                },
            ],
        }
    ],
}  # fmt: skip
WORDS = vocabulary(DEFINITION, {})


def said(rule: Any, scope: tuple[str, ...] = (), **more: Any) -> str:
    """The sentence of a condition."""
    return text(sentence(rule, WORDS, scope, **more))


def given_as(rule: Any, scope: tuple[str, ...] = ()) -> str:
    """The words of what a rule works out."""
    return text(worth(rule, WORDS, scope))


CONDITIONS = [
    ({"==": [{"var": "child_seen"}, False]}, "“Has the child been seen?” is No"),
    ({"var": "child_seen"}, "“Has the child been seen?” is Yes"),
    ({"!": {"var": "child_seen"}}, "“Has the child been seen?” is not Yes"),
    ({"==": [None, {"var": "cost"}]}, "“Cost” is empty"),
    ({"==": [{"var": "colour"}, "r"]}, "“Colour” is “Red”"),
    ({"!=": [{"var": "colour"}, "x"]}, "“Colour” is not “Other” (x)"),
    ({"in": [{"var": "colour"}, ["r", "g"]]}, "“Colour” is one of “Red” or “Green”"),
    ({"!": {"in": [{"var": "colour"}, ["r"]]}}, "“Colour” is none of “Red”"),
    ({"in": ["g", {"var": "colours"}]}, "“Colours” includes “Green”"),
    ({"<": [{"var": "seen_on"}, "2026-03-02"]}, "“Date seen” is before 2 March 2026"),
    ({">=": [{"var": "cost"}, 100]}, "“Cost” is at least 100"),
    (
        {">": [{"var": "seen_on"}, {"add_working_days": [{"var": "referred_on"}, 10, "ew"]}]},
        "“Date seen” is after (10 working days after “Date of referral”)",
    ),
    (
        {"some": [{"var": "needs"}, {"==": [{"var": "need"}, None]}]},
        "in at least one row of “Needs and actions”, “Need” is empty",
    ),
    ({"!": {"some": [{"var": "needs"}, {"var": "need"}]}}, "in no row of “Needs and actions”, “Need” is answered"),
    ({"!": {"var": "needs"}}, "“Needs and actions” has no row"),
    ({"missing": ["why", "cost"]}, "at least one of “Why?” (in First page) and “Cost” is empty"),
    ({"missing_some": [1, ["colour", "cost"]]}, "fewer than 1 of “Colour” and “Cost” are answered"),
    (
        {"or": [{"and": [{"var": "child_seen"}, {"var": "colour"}]}, {"!": {"var": "cost"}}]},
        "(“Has the child been seen?” is Yes and “Colour” is answered) or “Cost” is not answered, or is 0",
    ),
    (
        {"and": [{"var": "child_seen"}, {"var": "colour"}, {"var": "needs"}]},
        "all of these: “Has the child been seen?” is Yes; “Colour” is answered; and “Needs and actions” has at least one row",
    ),
    (
        {"if": [{"var": "child_seen"}, {"var": "cost"}, True]},
        "if “Has the child been seen?” is Yes then “Cost” is answered and not 0, otherwise always",
    ),
    ({"==": [{"var": "home.postcode"}, "AB1"]}, "the “postcode” of “Address” is “AB1”"),
    ({"<": [1, {"var": "cost"}, 9]}, "1 is less than “Cost”, which is less than 9"),
]  # fmt: skip
VALUES = [
    ({"+": [{"var": "cost"}, {"*": [2, {"var": "cost"}]}]}, "“Cost” plus (2 times “Cost”)"),
    (
        {"sum": [{"map": [{"filter": [{"var": "needs"}, {"var": "need"}]}, {"var": "price"}]}]},
        "the total of “Price” for each of the rows of “Needs and actions” in which “Need” is answered",
    ),
    ({"count": [{"var": "needs"}]}, "the number of rows of “Needs and actions”"),
    ({"count": [{"var": "colours"}]}, "the number of items of “Colours”"),
    ({"max": [{"var": "seen_on"}, {"var": "referred_on"}]}, "the latest of “Date seen” and “Date of referral”"),
    ({"cat": [{"var": "colour"}, " ", {"var": "cost"}]}, "“Colour”, then a space, then “Cost”"),
    ({"age": {"var": "seen_on"}}, "the age in years of somebody born on “Date seen” today"),
    (
        {"datediff": [{"var": "referred_on"}, {"today": []}, "weeks"]},
        "the whole weeks from “Date of referral” to today",
    ),
    ({"some": [{"var": "needs"}, {"var": "price"}]}, "whether in at least one row of “Needs and actions”, “Price” is answered and not 0"),
    (
        {"reduce": [{"var": "needs"}, {"+": [{"var": "accumulator"}, {"var": "current.price"}]}, 0]},
        "what comes of going through each row of “Needs and actions”, beginning with 0, each time taking (the result so far plus “Price” of the current row)",
    ),
    ({"if": [{"var": "child_seen"}, {"var": "cost"}, 0]}, "if “Has the child been seen?” is Yes then “Cost”, otherwise 0"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "words"), CONDITIONS, ids=lambda part: json.dumps(part)[:50])
def test_a_condition_reads_as_a_sentence(rule: Any, words: str) -> None:
    assert said(rule) == words


@pytest.mark.parametrize(("rule", "words"), VALUES, ids=lambda part: json.dumps(part)[:50])
def test_what_is_worked_out_reads_as_a_phrase(rule: Any, words: str) -> None:
    assert given_as(rule) == words


def test_a_rule_in_a_row_tells_two_questions_of_one_label_apart() -> None:
    rule = {"==": [{"var": "why"}, {"var": "reason"}]}
    told = "“Why?” (in First page) is the same as “Why?” (in Needs and actions)"
    assert said(rule, ("needs",)) == told


def test_an_options_rule_reads_what_is_offered() -> None:
    rule = {
        "and": [
            {"==": [{"var": "option.parent"}, {"var": "why"}]},
            {"!=": [{"var": "option.code"}, "r"]},
        ]
    }
    assert said(rule, options=WORDS["colour"].options) == (
        "the “parent” of the answer offered is the same as “Why?” (in First page) "
        "and the answer offered is not “Red”"
    )  # fmt: skip


def test_what_is_no_rule_is_told_as_such() -> None:
    assert said({"some": []}) == "(this rule cannot be read)"
    assert said({"nonsense": [1]}) != ""


def test_every_rule_of_the_library_is_said_without_an_operators_name() -> None:
    for key in FORMS:
        whole = read(f"forms/{key}.json")
        said_of = rules_in_words(expand(whole, fragments()), lists())
        assert rules_of(loaded(key)) == said_of
        for rule in said_of:
            assert not {"==", "!=", "!!", "<", ">", "{", "_days", "datediff"} & set(
                rule.text.split()
            )
            assert "cannot be read" not in rule.text


# Laws, over rules of every operator.

_PATHS = st.sampled_from(["child_seen", "colour", "colours", "referred_on", "cost", "why", "needs", "need", "price", "", "home.postcode"])  # fmt: skip
_LEAVES: st.SearchStrategy[Any] = st.one_of(
    _PATHS.map(lambda path: {"var": path}),
    st.sampled_from([None, True, False, 0, 3, "r", "g", "2026-03-02", "ab", {"today": []}]),
)


def _of(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    def call(name: str) -> st.SearchStrategy[Any]:
        operator = OPERATORS[name]
        if name == "var":
            return st.tuples(_PATHS, inner).map(lambda pair: {"var": list(pair)})
        if name == "missing":
            return st.lists(_PATHS, min_size=1, max_size=3).map(lambda paths: {"missing": paths})
        if name == "missing_some":
            paths = st.lists(_PATHS, min_size=1, max_size=3)
            return paths.map(lambda found: {"missing_some": [1, found]})
        if name == "datediff":
            return st.tuples(inner, inner).map(lambda pair: {"datediff": [*pair, "days"]})
        most = operator.most if operator.most is not None else max(operator.least, 3)
        arguments = st.lists(inner, min_size=operator.least, max_size=most)
        return arguments.map(lambda found: {name: found})

    return st.one_of(*(call(name) for name in OPERATORS), st.lists(inner, max_size=3))


RULES = st.recursive(_LEAVES, _of, max_leaves=12)


_SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5))
_NAMES = st.one_of(st.sampled_from([*OPERATORS, "id", "kind", "key", "label"]), st.text(max_size=3))
ANYTHING = st.recursive(
    _SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_NAMES, inner, max_size=2),
    max_leaves=10,
)


@given(ANYTHING, ANYTHING)
def test_whatever_somebody_typed_is_told_without_an_error(rule: Any, odd: Any) -> None:
    assert sentence(rule, WORDS)
    assert worth(rule, WORDS)
    item = {
        "id": "q1aa",
        "kind": "question",
        "key": "k",
        "type": odd,
        "label": odd,
        "visible": rule,
    }
    for pages in (odd, [{"items": [item, odd]}, odd]):
        rules_in_words({"pages": pages, "lists": odd, "checks": [{"when": rule, "id": odd}]}, {})
    rules_in_words({"pages": [{"items": [item]}], "lists": {"a": {"options": [odd]}, "b": odd}}, {})


def nodes(rule: Any, at: str = "") -> dict[str, Any]:
    """Every node of a rule by its pointer."""
    found = {at: rule}
    for where, part in children(rule):
        found |= nodes(part, at + where)
    return found


def pointed(rule: Any, at: str) -> Any:
    """What a JSON Pointer points to."""
    for escaped in at.split("/")[1:]:
        step = escaped.replace("~1", "/").replace("~0", "~")
        rule = rule[int(step)] if isinstance(rule, list) else rule[step]
    return rule


@given(RULES)
def test_every_node_has_its_words_and_every_pointer_its_node(rule: Any) -> None:
    for parts in (sentence(rule, WORDS), worth(rule, WORDS)):
        places = {part.at for part in parts}
        for at in places:
            pointed(rule, at)
        assert {part.kind for part in parts} <= {QUESTION, OPERATOR, VALUE, WORD}
        assert text(parts).strip()
        parents = {at: at.rsplit("/", 2)[0] for at in nodes(rule)}
        for at in nodes(rule):
            near = {at, parents[at], at.rsplit("/", 1)[0]}
            inside = any(place.startswith(f"{at}/") for place in places)
            assert near & places or inside, at


ANSWERS = [
    {"child_seen": seen, "colour": colour, "cost": cost, "referred_on": day, "needs": rows}
    for seen, colour, cost, day, rows in product(
        (None, True, False),
        (None, "r"),
        (None, 0, 3),
        (None, "2026-03-02"),
        (None, [{"need": "a"}]),
    )
]


def small_rules() -> list[Any]:
    """Conditions of every operator on small parts, and those once more inside the joining ones."""
    leaves: list[Any] = [
        {"var": name} for name in ("child_seen", "colour", "cost", "needs", "referred_on")
    ]
    leaves += [None, True, False, 0, 3, "r", "Red", "2026-03-02"]
    pairs = (
        "==",
        "!=",
        "<",
        "<=",
        ">",
        ">=",
        "in",
        "and",
        "or",
        "+",
        "-",
        "*",
        "/",
        "%",
        "min",
        "max",
        "cat",
    )
    found = [
        *leaves,
        *({name: leaf} for name in ("!", "!!", "-", "min", "date", "age") for leaf in leaves),
    ]
    found += [{name: [one, two]} for name in pairs for one, two in product(leaves, leaves)]
    over = ("some", "all", "none", "count", "filter", "map")
    found += [
        {name: [{"var": "needs"}, part]}
        for name in over
        for part in ({"var": "need"}, {"var": "cost"})
    ]
    some = [{"==": [leaf, 3]} for leaf in leaves[:3]] + [
        {"or": leaves[:2]},
        {"and": leaves[1:3]},
        {"!": leaves[0]},
    ]
    found += [
        {name: [one, two]} for name in ("and", "or", "==", "if") for one, two in product(some, some)
    ]
    found += [{"!": one} for one in found[:400]] + [
        {"if": [one, two, True]} for one, two in product(some, some)
    ]
    return found  # fmt: skip


def outcomes(rule: Any) -> tuple[bool, ...]:
    """What a condition comes to with each of the answers."""
    try:
        return tuple(
            truthy(evaluate(rule, answers, (), {"today": "2026-03-05"})) for answers in ANSWERS
        )
    except RuleError:
        return ()


def test_rules_that_read_alike_decide_alike() -> None:
    alike: dict[str, dict[tuple[bool, ...], Any]] = defaultdict(dict)
    rules = small_rules()
    for rule in rules:
        if found := outcomes(rule):
            alike[said(rule)][found] = rule
    assert len(rules) > 2000
    assert [list(found.values()) for found in alike.values() if len(found) > 1] == []
