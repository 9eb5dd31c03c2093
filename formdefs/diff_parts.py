"""What it means when one property of a page, section, question or repeat differs. Pure.

One table from property to kind of change, its words and its class. A property that is not in the
table is a change that needs mapping: what nobody thought about is not called harmless.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from formdefs import answer_options, conversions
from formdefs.answer_checks import as_decimal
from formdefs.changes import ADDITIVE, BREAKING, NEEDS_MAPPING, TEXT_ONLY, Severity

Raw = Mapping[str, Any]
PLACED = frozenset({"id", "kind", "items", "page", "parent", "repeats"})
"""What is told otherwise, or by the place of the node."""


@dataclass(frozen=True)
class Part:
    """A property. says: goes on after the name of what it is about; weigh: its class."""

    kind: str
    says: str
    weigh: Callable[[Raw, Raw, Any, Any], Severity]


def part_of(name: str) -> Part:
    """The property's row of the table."""
    return PARTS.get(name) or Part("changed", f"its “{name}” has changed", _mapping)


def differing(old: Raw, new: Raw) -> list[str]:
    """The properties that two nodes of one id do not have alike, in the order of the table."""
    names = {name for name in {*old, *new} - PLACED if old.get(name) != new.get(name)}
    order = {name: place for place, name in enumerate(PARTS)}
    return sorted(names, key=lambda name: (order.get(name, len(order)), name))


def in_sentences(says: str, before: str, after: str) -> str:
    """What is said of a rule that differs, with the rule in words as it was and is; "" for none."""
    told = [says]
    told += [f"Before: {before}."] if before else []
    told += [f"Now: {after}."] if after else []
    return " ".join(told)


def _text(_old: Raw, _new: Raw, _before: Any, _after: Any) -> Severity:
    return TEXT_ONLY


def _mapping(_old: Raw, _new: Raw, _before: Any, _after: Any) -> Severity:
    return NEEDS_MAPPING


def _additive(_old: Raw, _new: Raw, _before: Any, _after: Any) -> Severity:
    return ADDITIVE


def _key(old: Raw, _new: Raw, _before: Any, _after: Any) -> Severity:
    return TEXT_ONLY if old.get("kind") == "section" else NEEDS_MAPPING


def _type(old: Raw, new: Raw, _before: Any, _after: Any) -> Severity:
    if old["type"] == "calculated" or conversions.how(old["type"], new["type"]):
        return NEEDS_MAPPING
    return BREAKING


def _required(_old: Raw, _new: Raw, _before: Any, after: Any) -> Severity:
    return NEEDS_MAPPING if after else ADDITIVE


def _visible(_old: Raw, _new: Raw, _before: Any, after: Any) -> Severity:
    return ADDITIVE if after in (None, True) else NEEDS_MAPPING


def _options_rule(_old: Raw, _new: Raw, _before: Any, after: Any) -> Severity:
    return ADDITIVE if after is None else NEEDS_MAPPING


def _at_most(name: str) -> Callable[[Raw, Raw, Any, Any], Severity]:
    """The class of an upper limit: raised or taken off adds, everything else restricts."""

    def weigh(old: Raw, new: Raw, before: Any, after: Any) -> Severity:
        was, now = _limit(name, old, before), _limit(name, new, after)
        return ADDITIVE if now is None or (was is not None and now >= was) else NEEDS_MAPPING

    return weigh


def _at_least(name: str) -> Callable[[Raw, Raw, Any, Any], Severity]:
    """The same of a lower limit."""

    def weigh(old: Raw, new: Raw, before: Any, after: Any) -> Severity:
        was, now = _limit(name, old, before), _limit(name, new, after)
        return ADDITIVE if now is None or (was is not None and now <= was) else NEEDS_MAPPING

    return weigh


def _limit(name: str, raw: Raw, value: Any) -> Decimal | None:
    if value is None:
        value = answer_options.DEFAULTS.get(name)
        if isinstance(value, Mapping):
            value = value.get(raw.get("type"))
    return as_decimal(value)


def _day_limit(_old: Raw, _new: Raw, before: Any, after: Any) -> Severity:
    if after is None:
        return ADDITIVE
    return NEEDS_MAPPING


def _loosened_without(_old: Raw, _new: Raw, _before: Any, after: Any) -> Severity:
    return ADDITIVE if after is None else NEEDS_MAPPING


def _accept(_old: Raw, _new: Raw, before: Any, after: Any) -> Severity:
    more = after is None or (before is not None and {*before} <= {*after})
    return ADDITIVE if more else NEEDS_MAPPING


def _exclusive(_old: Raw, _new: Raw, before: Any, after: Any) -> Severity:
    return ADDITIVE if {*(after or ())} <= {*(before or ())} else NEEDS_MAPPING


PARTS: Mapping[str, Part] = {
    "key": Part("renamed", "its key is renamed from “{before}” to “{after}”", _key),
    "type": Part("retyped", "it asks for {after} instead of {before}", _type),
    "result": Part("retyped", "what is worked out is {after} instead of {before}", _mapping),
    "title": Part("text", "its title was “{before}”", _text),
    "label": Part("text", "it read “{before}”", _text),
    "hint": Part("text", "its hint has changed", _text),
    "text": Part("text", "its words have changed", _text),
    "add_label": Part("text", "the words of its button have changed", _text),
    "pattern_message": Part("text", "what it says when the pattern does not fit has changed", _text),
    "row_title": Part("text", "how its rows are titled has changed", _text),
    "list": Part("list", "it offers the list “{after}” instead of “{before}”", _mapping),
    "required": Part("required", "when it must be answered has changed", _required),
    "visible": Part("visible", "when it shows has changed", _visible),
    "readonly": Part("readonly", "when it may be typed has changed", _required),
    "value": Part("value", "how it is worked out has changed", _mapping),
    "default": Part("default", "what it begins with has changed", _additive),
    "prefill": Part("prefill", "where its first value comes from has changed", _additive),
    "options": Part("options_rule", "which answers it offers when has changed", _options_rule),
    "mark": Part("mark", "its mark, which says who may see it, has changed", _mapping),
    "protected": Part("protected", "whether it is printed and sent outside has changed", _mapping),
    "max_length": Part("limit", "its longest answer has changed", _at_most("max_length")),
    "min_length": Part("limit", "its shortest answer has changed", _at_least("min_length")),
    "pattern": Part("limit", "the pattern of its answer has changed", _loosened_without),
    "minimum": Part("limit", "its smallest answer has changed", _at_least("minimum")),
    "maximum": Part("limit", "its largest answer has changed", _at_most("maximum")),
    "decimal_places": Part("limit", "its decimal places have changed", _at_most("decimal_places")),
    "not_before": Part("limit", "its earliest date has changed", _day_limit),
    "not_after": Part("limit", "its latest date has changed", _day_limit),
    "exclusive": Part("limit", "which answers stand alone has changed", _exclusive),
    "max_files": Part("limit", "how many files it takes has changed", _at_most("max_files")),
    "max_bytes": Part("limit", "how large its files may be has changed", _at_most("max_bytes")),
    "accept": Part("limit", "which kinds of file it takes has changed", _accept),
    "min_rows": Part("rows", "how few rows it may have has changed", _at_least("min_rows")),
    "max_rows": Part("rows", "how many rows it may have has changed", _at_most("max_rows")),
    "layout": Part("layout", "how its rows are shown has changed", _text),
    "display": Part("layout", "how it is shown has changed", _text),
    "collapsible": Part("layout", "whether it can be closed has changed", _text),
}  # fmt: skip
