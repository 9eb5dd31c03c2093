"""Say a rule in plain English, each part with its place in the rule. Pure.

`sentence({"==": [{"var": "home_seen"}, False]}, words)` joins to: “Has the home been seen?” is No.
Read here are conditions; `formdefs.sentence_values` reads what they compare.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from formdefs import tree
from formdefs.codelists import ListDoc
from formdefs.form import Form
from formdefs.rules_shape import missing_paths
from formdefs.sentence_names import Asked, Vocabulary, frames, options_frame, vocabulary
from formdefs.sentence_parts import (
    WORD,
    Node,
    Part,
    Phrase,
    Reading,
    bracketed,
    listed,
    rows_of,
    said,
)
from formdefs.sentence_values import literal, questions, value

__all__ = ["Part", "RuleInWords", "rules_in_words", "rules_of", "sentence", "text", "vocabulary"]


@dataclass(frozen=True)
class RuleInWords:
    """A rule of a form as a sentence.

    node: id of the question or check it belongs to; label: what that is called; part: "visible",
    "when"; at: JSON pointer of the rule in the definition; lead: how the sentence begins.
    """

    node: str
    label: str
    part: str
    at: str
    lead: str
    parts: tuple[Part, ...]

    @property
    def text(self) -> str:
        """The whole sentence."""
        return f"{self.lead} {text(self.parts)}"


def sentence(
    rule: object,
    words: Vocabulary,
    scope: Sequence[str] = (),
    *,
    options: Mapping[str, str] | None = None,
) -> list[Part]:
    """Say when a rule is true, in parts that read as a sentence when they are joined.

    scope: keys of the repeats that enclose the rule, from the outermost in; options: labels by
    code, where the rule is asked of each entry of a list. What no evaluator takes is told as such.
    """
    return list(_said(rule, words, scope, options, condition))


def worth(rule: object, words: Vocabulary, scope: Sequence[str] = ()) -> list[Part]:
    """Say what a rule gives, for rules that work an answer out."""
    return list(_said(rule, words, scope, None, value))


def text(parts: Sequence[Part]) -> str:
    """Join the parts."""
    return "".join(part.text for part in parts)


def rules_in_words(
    definition: Mapping[str, Any], lists: Mapping[str, ListDoc]
) -> list[RuleInWords]:
    """Say every rule of a definition, in document order, checks last."""
    return list(_rules(definition, vocabulary(definition, lists)))


def rules_of(form: Form) -> list[RuleInWords]:
    """Say every rule of a loaded form; places are those of its expanded definition."""
    texts, ruled = form.documents["texts"][form.language], form.rules["nodes"]

    def written(raw: Mapping[str, Any]) -> dict[str, Any]:
        said = {part: texts.get(f"{raw['id']}.{part}") for part in ("title", "label", "text")}
        items = {"items": [written(item) for item in raw["items"]]} if "items" in raw else {}
        return {**raw, **said, **ruled.get(raw["id"], {}), **items}

    whole = {
        "pages": [written(page) for page in form.documents["ui"]["pages"]],
        "lists": {
            name: {"options": one["entries"]} for name, one in form.documents["lists"].items()
        },
        "checks": [
            {**check, "message": texts[f"{check['id']}.message"]} for check in form.rules["checks"]
        ],
    }
    return rules_in_words(whole, {})


_LEADS = {
    "visible": "Shows only if",
    "required": "Must be answered if",
    "readonly": "Cannot be changed if",
    "value": "Is worked out as",
    "default": "Begins as",
    "options": "Offers only the answers for which",
    "row_title": "Each row is called",
}
_WORTH = ("value", "default", "row_title")


def _rules(definition: Mapping[str, Any], words: Vocabulary) -> Iterator[RuleInWords]:
    for node in tree.walk(definition):
        label = str(node.raw.get("label") or node.raw.get("title") or node.raw.get("text") or "")
        for part in tree.RULED:
            rule = node.raw.get(part)
            if not tree.is_rule(rule):
                continue
            scope = node.path_keys if part == "row_title" else node.scope
            options = _options_of(node, words) if part == "options" else None
            if part in _WORTH:
                parts = worth(rule, words, scope)
            else:
                parts = sentence(rule, words, scope, options=options)
            at = f"{node.at}/{part}"
            yield RuleInWords(node.id, label, part, at, _LEADS.get(part, part), tuple(parts))
    checks = definition.get("checks")
    for index, check in enumerate(checks if isinstance(checks, list) else ()):
        if isinstance(check, Mapping) and "when" in check:
            lead = "Warns if" if check.get("severity") == "warning" else "Is wrong if"
            parts = sentence(check["when"], words, tree.scope_of_check(check))
            names = str(check.get("id", "")), str(check.get("message", ""))
            yield RuleInWords(*names, "when", f"/checks/{index}/when", lead, tuple(parts))


def _options_of(node: tree.Node, words: Vocabulary) -> Mapping[str, str]:
    found: Asked | None = None
    for key in node.path_keys:
        found = words.get(key)
        words = (found.inside if found else None) or {}
    return found.options if found else {}


def _said(
    rule: object,
    words: Vocabulary,
    scope: Sequence[str],
    options: Mapping[str, str] | None,
    read: Callable[[Node], Phrase],
) -> tuple[Part, ...]:
    scopes = frames(words, scope)
    if options is not None:
        scopes = (*scopes, options_frame(options))
    try:
        return read(Node(rule, "", scopes, Reading(value, condition))).parts
    except (ValueError, TypeError, LookupError, RecursionError):
        # Not a rule: `formdef check` says what is wrong with it, and where.
        return (Part("(this rule cannot be read)", "", WORD),)


def condition(node: Node) -> Phrase:
    """Read a node as a condition: what it is that must be so."""
    read = _CONDITIONS.get(node.name)
    return read(node) if read else _truthy(node)


def _truthy(node: Node) -> Phrase:
    """Say that a value is there: how depends on what it is."""
    if node.rule is True or node.rule is False:
        return said(node.says("always" if node.rule else "never"))
    phrase = value(node)
    told = " counts as yes"
    if phrase.asked:
        told = _IS.get(phrase.kind, told)
        if phrase.asked.inside is not None:
            told = " has at least one row"
    elif phrase.kind == "boolean":
        told = " is Yes"
    return said(bracketed(phrase), node.says(told), kind="boolean")


def _falsy(node: Node) -> Phrase:
    if node.rule is True or node.rule is False:
        return said(node.says("never" if node.rule else "always"))
    phrase = value(node)
    told = " does not count as yes"
    if phrase.asked:
        told = _IS_NOT.get(phrase.kind, told)
        if phrase.asked.inside is not None:
            told = " has no row"
    elif phrase.kind == "boolean":
        told = " is not Yes"
    return said(bracketed(phrase), node.says(told), kind="boolean")


_ANSWERED = ("text", "code", "date", "datetime", "time", "list", "object")
_IS = {
    **dict.fromkeys(_ANSWERED, " is answered"),
    "number": " is answered and not 0",
    "boolean": " is Yes",
}
_IS_NOT = {
    **dict.fromkeys(_ANSWERED, " is not answered"),
    "number": " is not answered, or is 0",
    "boolean": " is not Yes",
}


def _not(node: Node) -> Phrase:
    inner = node.nodes()
    if not inner:
        return said(node.says("always"))
    (one,) = inner
    if one.name in ("!", "!!"):
        negated = one.nodes()
        if not negated:
            return said(one.says("never" if one.name == "!" else "always"))
        return condition(negated[0]) if one.name == "!" else _falsy_or_not(node, negated[0])
    return _falsy_or_not(node, one)


def _falsy_or_not(node: Node, one: Node) -> Phrase:
    if one.name == "in":
        return _in(one, negated=True)
    if one.name in ("==", "!=") and len(one.nodes()) == 2:
        return _same(one, negated=one.name == "==")
    if one.name in _NEGATED:
        return _NEGATED[one.name](one)
    if one.name in _CONDITIONS and one.name != "if":
        inner = condition(one)
        return said(
            node.says("it is not so that "), bracketed(inner), shape="group", kind="boolean"
        )
    return _falsy(one)


def _is_so(node: Node) -> Phrase:
    inner = node.nodes()
    return condition(inner[0]) if inner else said(node.says("never"))


def _together(word: str, all_of: str) -> Callable[[Node], Phrase]:
    """Read `and` and `or`: two beside each other, more as a list."""

    def read(node: Node) -> Phrase:
        found = [bracketed(phrase) for phrase in node.conditions()]
        if not found:
            return said(node.says("never"))
        if len(found) == 1:
            return node.conditions()[0]
        parts: list[Part | Phrase] = [] if len(found) == 2 else [node.says(f"{all_of} of these: ")]
        for place, phrase in enumerate(found):
            if place:
                mark = "; " if len(found) > 2 else " "
                last = place == len(found) - 1
                parts.append(node.says(f"{mark}{word} " if last else mark))
            parts.append(phrase)
        return said(*parts, shape="group", kind="boolean")

    return read


def _same(node: Node, negated: bool) -> Phrase:
    nodes = node.nodes()
    if len(nodes) != 2:
        told = ": each differs from the next" if negated else " are all the same"
        return said(listed(node, node.values(), "and"), node.says(told), shape="group")
    one, other = nodes
    if one.is_literal and not other.is_literal:
        one, other = other, one
    left = value(one)
    word = " is not " if negated else " is "
    if not other.is_literal:
        word += "the same as "
        return said(bracketed(left), node.says(word), bracketed(value(other)), kind="boolean")
    written = literal(other.rule, left.asked, answers=True)
    return said(bracketed(left), node.says(word), other.says(written, "value"), kind="boolean")


def _ordered(number_word: str, date_word: str) -> Callable[[Node], Phrase]:
    def read(node: Node) -> Phrase:
        found = node.values()
        dated = any(phrase.kind in ("date", "datetime", "time") for phrase in found)
        word = date_word if dated else number_word
        parts: list[Part | Phrase] = [bracketed(found[0])]
        for place, phrase in enumerate(found[1:]):
            parts += [node.says(f"{', which' if place else ''} is {word} "), bracketed(phrase)]
        return said(*parts, shape="plain" if len(found) == 2 else "group", kind="boolean")

    return read


def _in(node: Node, negated: bool = False) -> Phrase:
    wanted, place = node.nodes()
    left = value(wanted)
    if isinstance(place.rule, list):
        word = " is none of " if negated else " is one of "
        choices = [
            said(one.says(literal(one.rule, left.asked, answers=True), "value"))
            if one.is_literal
            else value(one)
            for one in place.nodes()
        ]
        among = listed(place, choices, "or")
        return said(bracketed(left), node.says(word), among, kind="boolean")
    right = value(place)
    if wanted.is_literal:
        left = said(wanted.says(literal(wanted.rule, right.asked, answers=True), "value"))
    word = " does not include " if negated else " includes "
    return said(bracketed(right), node.says(word), bracketed(left), kind="boolean")


def _quantified(before: str, after: str = "") -> Callable[[Node], Phrase]:
    def read(node: Node) -> Phrase:
        over, each = node.nodes()
        row = "row" if rows_of(over) else "item"
        inner = condition(each)
        if inner.shape == "group":
            inner = bracketed(inner)
        words = node.says(before.format(row)), node.says(f"{after.format(row)}, ")
        return said(words[0], bracketed(value(over)), words[1], inner, shape="rows", kind="boolean")

    return read


def _if(node: Node) -> Phrase:
    nodes = node.nodes()
    parts: list[Part | Phrase] = []
    for place in range(0, len(nodes) - 1, 2):
        parts.append(node.says("otherwise if " if place else "if "))
        parts += [bracketed(condition(nodes[place])), node.says(" then ")]
        parts += [bracketed(condition(nodes[place + 1])), node.says(", ", WORD)]
    otherwise = condition(nodes[-1]) if len(nodes) % 2 else said(node.says("never"))
    if not parts:
        return otherwise
    return said(
        *parts, node.says("otherwise "), bracketed(otherwise), shape="group", kind="boolean"
    )


def _missing(node: Node) -> Phrase:
    step = (
        "/missing/0" if isinstance(node.arguments[:1] and node.arguments[0], list) else "/missing"
    )
    asked = questions(node, missing_paths(node.arguments), step)
    return said(node.says("at least one of "), listed(node, asked, "and"), node.says(" is empty"))


def _missing_some(node: Node) -> Phrase:
    least, paths = node.arguments
    asked = questions(node, list(paths) if isinstance(paths, list) else [], "/missing_some/1")
    few = node.says(f"fewer than {literal(least)} of ")
    return said(few, listed(node, asked, "and"), node.says(" are answered"))


_SOME, _NONE = _quantified("in at least one {} of "), _quantified("in no {} of ")
_NEGATED = {"some": _NONE, "none": _SOME}
_CONDITIONS: dict[str, Callable[[Node], Phrase]] = {
    "and": _together("and", "all"),
    "or": _together("or", "any"),
    "!": _not,
    "!!": _is_so,
    "if": _if,
    "==": lambda node: _same(node, negated=False),
    "!=": lambda node: _same(node, negated=True),
    "<": _ordered("less than", "before"),
    "<=": _ordered("at most", "on or before"),
    ">": _ordered("more than", "after"),
    ">=": _ordered("at least", "on or after"),
    "in": _in,
    "some": _SOME,
    "all": _quantified("in every {} of ", ", of which there is at least one"),
    "none": _NONE,
    "missing": _missing,
    "missing_some": _missing_some,
}
