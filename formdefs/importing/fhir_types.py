"""The types of item of a FHIR Questionnaire that ask something, and what each is here. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from formdefs.importing.building import MAX_OPTIONS, integer_limit
from formdefs.importing.data_shape import canonical_decimal, is_number
from formdefs.importing.fhir_reading import (
    BASE,
    SDC,
    Item,
    Reading,
    extension,
    extensions,
    text,
    typed_value,
    value_of,
)

OTHER = "@other"  # an open choice that is none of the options


@dataclass(frozen=True)
class Asked:
    """A type of question here; kind: of its value in rules; how: of its value in data."""

    type: str
    kind: str
    how: str
    options: Mapping[str, Any] = field(default_factory=dict)
    values: Mapping[Any, str] = field(default_factory=dict)
    by_code: Mapping[str, Any] = field(default_factory=dict)
    open: bool = False


def _plain(type_name: str, kind: str, how: str) -> Callable[[Reading, Item, str], Asked | None]:
    return lambda _reading, _item, _at: Asked(type_name, kind, how)


def _string(_reading: Reading, item: Item, _at: str) -> Asked | None:
    return Asked("text", "text", "text", {"max_length": 2000, **_lengths(item)})


def _text(_reading: Reading, item: Item, _at: str) -> Asked | None:
    return Asked("long_text", "text", "text", _lengths(item))


def _lengths(item: Item) -> dict[str, Any]:
    given = {
        "max_length": item.get("maxLength"),
        "min_length": extension(item, f"{BASE}minLength"),
    }
    found: dict[str, Any] = {
        name: value
        for name, value in given.items()
        if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 100_000
    }
    pattern = extension(item, f"{BASE}regex")
    if isinstance(pattern, str) and 0 < len(pattern) < 480:
        found["pattern"] = pattern.removeprefix("^").removesuffix("$")
    return found


def _integer(_reading: Reading, item: Item, _at: str) -> Asked | None:
    limits = {
        name: integer_limit(value) for name, value in _limits(item).items() if is_number(value)
    }
    return Asked("integer", "integer", "integer", limits)


def _decimal(_reading: Reading, item: Item, _at: str) -> Asked | None:
    places = extension(item, f"{BASE}maxDecimalPlaces")
    limits: dict[str, Any] = {
        name: written
        for name, value in _limits(item).items()
        if is_number(value) and (written := canonical_decimal(value)) and abs(value) < 10**15
    }
    limits["decimal_places"] = places if isinstance(places, int) and 0 <= places <= 10 else 10
    return Asked("decimal", "number", "decimal", limits)


def _limits(item: Item) -> dict[str, Any]:
    return {
        "minimum": extension(item, f"{BASE}minValue"),
        "maximum": extension(item, f"{BASE}maxValue"),
    }


def _date(_reading: Reading, item: Item, _at: str) -> Asked | None:
    limits = {}
    for name, option in (("minValue", "not_before"), ("maxValue", "not_after")):
        value = extension(item, f"{BASE}{name}")
        if isinstance(value, str) and len(value) == 10:
            limits[option] = value
    return Asked("date", "date", "text", limits)


def _quantity(reading: Reading, item: Item, at: str) -> Asked | None:
    made = _decimal(reading, item, at)
    unit = extension(item, f"{BASE}questionnaire-unit")
    if not isinstance(unit, Mapping):
        says = "It has no unit of its own: a number without a unit is asked for."
        reading.report.changed(at, "quantity", says)
    return made


def unit_of(item: Item) -> dict[str, Any]:
    """Return the unit of a quantity as its answers write it."""
    unit = extension(item, f"{BASE}questionnaire-unit")
    if not isinstance(unit, Mapping):
        return {}
    named = {"unit": unit.get("display"), "system": unit.get("system"), "code": unit.get("code")}
    return {name: value for name, value in named.items() if isinstance(value, str)}


def _uri(reading: Reading, _item: Item, at: str) -> Asked | None:
    reading.report.changed(at, "url", "It is asked as text, and not checked.")
    return Asked("text", "text", "text", {"max_length": 2000})


def _attachment(reading: Reading, _item: Item, at: str) -> Asked | None:
    says = "Files are added here; those of responses elsewhere are not taken over."
    reading.report.changed(at, "attachment", says)
    return Asked("file", "any", "same")


def _choice(reading: Reading, item: Item, at: str) -> Asked | None:
    offered = _offered(reading, item, at)
    is_open = item.get("type") == "open-choice"
    if not offered or len(offered) > MAX_OPTIONS - 1:
        why = (
            f"more than {MAX_OPTIONS - 1} options" if offered else "no options that are in the file"
        )
        reading.report.changed(at, "choice", f"It has {why}: asked as text.")
        return Asked("text", "text", "text", {"max_length": 2000})
    pairs = [(_named(value), label) for value, label, _exclusive in offered]
    if is_open:
        pairs.append(("other", "Other"))
    listed, codes = reading.building.list_of(f"list_{text(item, 'linkId')}", pairs)
    several = item.get("repeats") is True
    options: dict[str, Any] = {"list": listed}
    exclusive = [code for code, one in zip(codes, offered, strict=False) if one[2]]
    if exclusive and several:
        options["exclusive"] = exclusive
    control = control_of(item)
    if not several and control in ("radio-button", "drop-down", "autocomplete"):
        options["display"] = "radios" if control == "radio-button" else "select"
    by_code: dict[str, Any] = {c: one[0] for c, one in zip(codes, offered, strict=False)}
    values = {_key(value): code for code, value in by_code.items()}
    if is_open:
        by_code[codes[-1]] = OTHER
    kind, type_name = ("codes", "choices") if several else ("code", "choice")
    return Asked(type_name, kind, kind, options, values, by_code, is_open)


def _offered(reading: Reading, item: Item, at: str) -> list[tuple[Any, str, bool]]:
    """Return each option: its value, its label, and whether it stands alone."""
    found: list[tuple[Any, str, bool]] = []
    listed = item.get("answerOption")
    for option in listed if isinstance(listed, list) else ():
        typed = typed_value(option)
        if typed is None or typed[0] == "Reference":
            reading.report.lost(at, "answerOption", "An option is a reference, or has no value.")
            continue
        alone = extension(option, f"{BASE}questionnaire-optionExclusive") is True
        found.append((typed[1], label_of(typed[1]), alone))
    if found:
        return _once(found)
    reference = text(item, "answerValueSet")
    if not reference:
        return []
    contained = (
        reading.contained.get(reference.removeprefix("#")) if reference.startswith("#") else None
    )
    if contained is None:
        says = f"The value set “{reference}” is not in the file, and is never fetched."
        reading.report.lost(at, "answerValueSet", says)
        return []
    return _once([(coding, label_of(coding), False) for coding in _codings(contained)])


def _once(found: list[tuple[Any, str, bool]]) -> list[tuple[Any, str, bool]]:
    kept: dict[Any, tuple[Any, str, bool]] = {}
    for one in found:
        kept.setdefault(_key(one[0]), one)
    return [*kept.values()]


def _codings(value_set: Mapping[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    expansion, compose = value_set.get("expansion"), value_set.get("compose")
    contains = expansion.get("contains") if isinstance(expansion, Mapping) else None
    if isinstance(contains, list):
        found += [_coding(one, one.get("system")) for one in contains if isinstance(one, Mapping)]
        return [one for one in found if "code" in one]
    included = compose.get("include") if isinstance(compose, Mapping) else None
    for part in included if isinstance(included, list) else ():
        concepts = part.get("concept") if isinstance(part, Mapping) else None
        for one in concepts if isinstance(concepts, list) else ():
            if isinstance(one, Mapping):
                found.append(_coding(one, part.get("system")))
    return [one for one in found if "code" in one]


def _coding(concept: Mapping[str, Any], system: Any) -> dict[str, Any]:
    named = {"system": system, "code": concept.get("code"), "display": concept.get("display")}
    return {name: value for name, value in named.items() if isinstance(value, str)}


def _key(value: Any) -> Any:
    if isinstance(value, Mapping):
        return str(value.get("system") or ""), str(value.get("code") or value.get("display") or "")
    return value if isinstance(value, str | int | float | bool) else str(value)


def _named(value: Any) -> str:
    if isinstance(value, Mapping):
        return str(value.get("code") or value.get("display") or "option")
    return str(value)


def label_of(value: Any) -> str:
    """Return what an option is called."""
    if isinstance(value, Mapping):
        return str(value.get("display") or value.get("code") or "Option")
    return str(value)


def code_of(values: Mapping[Any, str], value: Any) -> str | None:
    """Return our code of an option's value; a coding without its system is known by its code."""
    key = _key(value)
    if key in values:
        return values[key]
    if isinstance(key, tuple):
        alike = [
            code
            for known, code in values.items()
            if isinstance(known, tuple) and known[1] == key[1]
        ]
        if len(alike) == 1 and not (
            key[0] and any(k[0] for k in values if isinstance(k, tuple) and k[1] == key[1])
        ):
            return alike[0]
    return None


def control_of(item: Item) -> str:
    """Return how an item asks to be shown: radio-button, drop-down, help; "" if it does not say."""
    found = extension(item, f"{BASE}questionnaire-itemControl")
    codings = found.get("coding") if isinstance(found, Mapping) else None
    first = codings[0] if isinstance(codings, list) and codings else None
    return text(first, "code")


TYPES: Mapping[str, Callable[[Reading, Item, str], Asked | None]] = {
    "boolean": _plain("yes_no", "boolean", "yes_no"),
    "decimal": _decimal,
    "integer": _integer,
    "date": _date,
    "dateTime": _plain("datetime", "datetime", "text"),
    "time": _plain("time", "time", "time"),
    "string": _string,
    "text": _text,
    "url": _uri,
    "choice": _choice,
    "open-choice": _choice,
    "attachment": _attachment,
    "quantity": _quantity,
}

READ = (
    *("minValue", "maxValue", "minLength", "regex", "maxDecimalPlaces", "translation"),
    *("questionnaire-unit", "questionnaire-itemControl", "questionnaire-hidden"),
    *("questionnaire-minOccurs", "questionnaire-maxOccurs", "questionnaire-optionExclusive"),
)
SDC_READ = ("calculatedExpression", "enableWhenExpression", "initialExpression")


def tell_extensions(reading: Reading, item: Item, at: str) -> None:
    """Report the extensions that are not read."""
    known = {f"{BASE}{name}" for name in READ} | {f"{SDC}{name}" for name in SDC_READ}
    for url, _value in extensions(item):
        if url not in known:
            says = "The extension has no counterpart."
            reading.report.lost(at, url.rpartition("/")[2], says)


def initial_of(item: Item) -> list[Any]:
    """Return the first values that an item begins with."""
    listed = item.get("initial")
    found = [value_of(one) for one in listed] if isinstance(listed, list) else []
    options = item.get("answerOption")
    found += [
        value_of(option)
        for option in (options if isinstance(options, list) else ())
        if isinstance(option, Mapping) and option.get("initialSelected") is True
    ]
    return [value for value in found if value is not None]
