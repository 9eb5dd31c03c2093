"""A place of a JSON Schema that holds one plain value, or several codes, as a question. Pure."""

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from formdefs.importing.building import MAX_OPTIONS, Building, Node, integer_limit
from formdefs.importing.data_shape import HOW, Value, canonical_decimal, is_number, same
from formdefs.importing.json_schema import Place, resolved

LONGEST_TEXT = 2000  # where the source sets no limit
_FORMATS = {"date": "date", "time": "time", "date-time": "datetime", "email": "email"}
_AMOUNT_LIMIT = Decimal(10) ** 15


def values_of(place: Place) -> list[tuple[Any, str]] | None:
    """Return the values that a place offers, each with its title; None if it offers none.

    An array that takes each of its items once offers their values.
    """
    if place.type == "array":
        return None
    schema = place.schema
    for word in ("oneOf", "anyOf"):
        listed = schema.get(word)
        if isinstance(listed, list) and listed:
            constants = [resolved(place.root, one, ())[0] for one in listed]
            if all("const" in one for one in constants):
                return [(one["const"], _title(one)) for one in constants]
    enum = schema.get("enum")
    if isinstance(enum, list) and any(value is not None for value in enum):
        return [(value, _shown(value)) for value in enum if value is not None]
    if schema.get("const") is not None:
        return [(schema["const"], _shown(schema["const"]))]
    return None


def question_of(
    building: Building,
    place: Place,
    label: str,
    names: Sequence[str],
    hint: str,
    options: Mapping[str, Any],
) -> tuple[Node, Value]:
    """Make the question, with its list if it has one, and how its values are written."""
    several = place.type == "array"
    offered = values_of(place.items() if several else place)
    more = _common(place, options)
    if offered is not None:
        return _choice(building, place, label, names, hint, options, offered, more)
    kind, how, limits = _plain(building, place, options)
    question = building.question(
        place.at, kind, label, *names, hint=hint, scope=place.rows, **limits, **more
    )
    shape = Value(question["key"], how)
    _default(place, question, shape)
    _tell(building, place, kind)
    return question, shape


def _common(place: Place, options: Mapping[str, Any]) -> Node:
    if place.schema.get("readOnly") is True or options.get("readonly") is True:
        return {"readonly": True}
    return {}


def _choice(
    building: Building,
    place: Place,
    label: str,
    names: Sequence[str],
    hint: str,
    options: Mapping[str, Any],
    offered: list[tuple[Any, str]],
    more: Node,
) -> tuple[Node, Value]:
    several = place.type == "array"
    samples = [
        one
        for sample in place.samples
        for one in (sample if isinstance(sample, list) else [sample])
    ]
    for sample in samples:
        if sample is None or sample == "" or isinstance(sample, Mapping | list):
            continue
        if not any(same(value, sample) for value, _title in offered):
            offered = [*offered, (sample, _shown(sample))]
            says = f"The data has “{_shown(sample)}”, which the source does not offer: it is added."
            building.report.changed(place.at, place.name, says)
    if len(offered) > MAX_OPTIONS:
        says = f"It offers {len(offered)} values, more than {MAX_OPTIONS}: asked as text."
        building.report.changed(place.at, place.name, says)
        question = building.question(
            place.at, "text", label, *names, hint=hint, scope=place.rows, **more
        )
        return question, Value(question["key"], "text")
    pairs = [
        (value if isinstance(value, str) else json.dumps(value), title) for value, title in offered
    ]
    listed, codes = building.list_of(names[0] if names else "value", pairs)
    kind = "choices" if several else "choice"
    if options.get("format") == "radio" and not several:
        more = {**more, "display": "radios"}
    question = building.question(
        place.at, kind, label, *names, hint=hint, scope=place.rows, list=listed, **more
    )
    by_code = dict(zip(codes, [value for value, _title in offered], strict=True))
    shape = Value(question["key"], "codes" if several else "code", by_code)
    _default(place, question, shape)
    return question, shape


def _plain(building: Building, place: Place, options: Mapping[str, Any]) -> tuple[str, str, Node]:
    """Return the type of question, how its values are written, and its limits."""
    kind = place.type
    if kind == "boolean":
        return "yes_no", "yes_no", {}
    if kind in ("integer", "number"):
        whole = kind == "integer" and all(
            not is_number(sample) or sample == int(sample) for sample in place.samples
        )
        return (
            ("integer", "integer", _integer_limits(place))
            if whole
            else ("decimal", "decimal", _decimal_limits(building, place))
        )
    formats = (place.schema.get("format"), options.get("format"))
    named = next((one for one in formats if isinstance(one, str) and one in _FORMATS), None)
    if named and (written := _written_as(options)) is not None:
        if written == "YYYY-MM":
            return "partial_date", "text", {}
        says = f"It is kept as {written}: it is asked as text."
        building.report.changed(place.at, "format", says)
        return "text", "text", {"max_length": LONGEST_TEXT}
    if named:
        how = "time" if named == "time" else "text"
        return _FORMATS[named], how, {}
    return _text(place, options)


_ISO = ("YYYY-MM-DD", "HH:mm", "HH:mm:ss", "YYYY-MM-DDTHH:mm:ssZ")


def _written_as(options: Mapping[str, Any]) -> str | None:
    """Return the format in which JSONForms keeps a date or time, None where it is ISO 8601."""
    named = (options.get(f"{kind}SaveFormat") for kind in ("date", "time", "dateTime"))
    return next((one for one in named if isinstance(one, str) and one not in _ISO), None)


def _text(place: Place, options: Mapping[str, Any]) -> tuple[str, str, Node]:
    several_lines = options.get("multi") is True
    limits: Node = {} if several_lines else {"max_length": LONGEST_TEXT}
    return (
        "long_text" if several_lines else "text",
        "text",
        {**limits, **text_limits(place.schema)},
    )


def text_limits(schema: Mapping[str, Any]) -> Node:
    """Return the options of a text question for what a schema says of a string."""
    limits: Node = {}
    for word, option in (("maxLength", "max_length"), ("minLength", "min_length")):
        value = schema.get(word)
        if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 100_000:
            limits[option] = value
    pattern = schema.get("pattern")
    if isinstance(pattern, str) and 0 < len(pattern) <= 480:
        limits["pattern"] = _whole(pattern)
    return limits


def anything(
    building: Building, place: Place, label: str, names: Sequence[str]
) -> tuple[Node, Value]:
    """Make a question for a value of any kind: text, or what is written as JSON."""
    hint = "Text, a number, true, false, or JSON. Text that could be read as JSON stands in quotes."
    asked = building.question(place.at, "long_text", label, *names, hint=hint, scope=place.rows)
    return asked, Value(asked["key"], "any")


def _whole(pattern: str) -> str:
    """Write a pattern that may match anywhere as one of the whole answer."""
    start = "" if pattern.startswith("^") else ".*"
    end = "" if pattern.endswith("$") and not pattern.endswith("\\$") else ".*"
    bare = pattern.removeprefix("^")
    bare = bare[:-1] if not end else bare
    return f"{start}(?:{bare}){end}" if start or end else bare


def _integer_limits(place: Place) -> Node:
    limits: Node = {}
    for word, option, step in _LIMITS:
        value = place.schema.get(word)
        if is_number(value):
            bound = int(value) if value == int(value) else int(value) + (option == "minimum")
            limits[option] = integer_limit(bound + (step if value == int(value) else 0))
    return limits


_LIMITS = (
    ("minimum", "minimum", 0),
    ("maximum", "maximum", 0),
    ("exclusiveMinimum", "minimum", 1),
    ("exclusiveMaximum", "maximum", -1),
)


def _decimal_limits(building: Building, place: Place) -> Node:
    limits: Node = {"decimal_places": _places(place.schema.get("multipleOf"))}
    for word, option, step in _LIMITS:
        value = place.schema.get(word)
        if is_number(value) and abs(value) < _AMOUNT_LIMIT:
            limits[option] = canonical_decimal(value)
            if step:
                says = f"The limit itself, {value}, is allowed here."
                building.report.changed(f"{place.at}/{word}", word, says)
    return limits


def _places(step: Any) -> int:
    """Return the digits after the point that a step allows; ten where it says nothing."""
    if is_number(step) and step > 0:
        exponent = Decimal(str(step)).normalize().as_tuple().exponent
        if isinstance(exponent, int):
            return min(10, max(0, -exponent))
    return 10


def _default(place: Place, question: Node, shape: Value) -> None:
    default = place.schema.get("default")
    if default is None or question["type"] == "calculated":
        return
    answer = HOW[shape.how][0](default, shape)
    if answer is not None and answer != []:
        question["default"] = answer


def _tell(building: Building, place: Place, kind: str) -> None:
    named = place.schema.get("format")
    if isinstance(named, str) and named not in _FORMATS:
        building.report.lost(f"{place.at}/format", "format", f"“{named}” is not checked here.")
    elif isinstance(named, str) and kind != _FORMATS[named]:
        building.report.lost(f"{place.at}/format", "format", f"It is asked as {kind}.")
    if is_number(step := place.schema.get("multipleOf")) and str(step).strip("0.1") not in (
        "",
        "e-",
    ):
        building.report.lost(f"{place.at}/multipleOf", "multipleOf", "Any such number is taken.")


def _title(schema: Mapping[str, Any]) -> str:
    title = schema.get("title")
    return title if isinstance(title, str) and title else _shown(schema["const"])


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
