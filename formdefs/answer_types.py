"""The types of answer: for each, its JSON Schema, what rules see of it, and its checks. Pure.

One table, `TYPES`. A schema is built from the question as the definition has it, and holds all that
JSON Schema can say about the answer's shape; `check` finds what it cannot (check digits, limits of
decimals and dates). `values.typed` converts an answer for rules, `from_rules` a result back.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_EVEN, Context, Decimal, InvalidOperation
from typing import Any

from formdefs import patterns

Raw = Mapping[str, Any]  # a question, as in the definition
Finding = tuple[str, str]  # (code, what is wrong: goes on after the question's label)

MAX_INTEGER = 2**53 - 1
DEFAULTS: Mapping[str, Any] = {
    "max_length": {"text": 255, "long_text": 20000},
    "decimal_places": 2,
    "max_files": 5,
    "max_bytes": 10 * 1024 * 1024,
    "max_rows": 100,
    "max_people": 50,
    "radios_up_to": 7,
}
TODAY = "today"
_EXACT = Context(prec=60)
_IS_DATE = re.compile(patterns.DATE)


@dataclass(frozen=True)
class AnswerType:
    """All that the form language knows about one type of answer.

    rules_as: its name-type in rules; options: what a question of this type may say beside the
    common keys; asks: the sentence before the label when it is required and missing; wrong: what is
    said after the label when the answer is not of this type, under the code `wrong_code`.
    """

    rules_as: str
    schema: Callable[[Raw], dict[str, Any]]
    asks: str
    wrong: str
    wrong_code: str = "type"
    options: frozenset[str] = frozenset()
    may_default: bool = True
    check: Callable[[Raw, Any, date | None], Iterator[Finding]] = lambda _q, _v, _on: iter(())


def _line(pattern: str | None = None, **more: Any) -> dict[str, Any]:
    """A string on one line; see `patterns` for why control characters are named."""
    schema: dict[str, Any] = {"type": "string", **more}
    if pattern:
        schema["pattern"] = pattern
    return schema | {"not": {"pattern": patterns.CONTROL_CHARACTERS}}


def max_length(question: Raw) -> int:
    """Return the most characters that a text or long_text may have."""
    return int(question.get("max_length", DEFAULTS["max_length"][question["type"]]))


def _text(question: Raw) -> dict[str, Any]:
    forbidden = patterns.CONTROL_CHARACTERS
    if question["type"] == "long_text":
        forbidden = patterns.CONTROL_BUT_LINE_BREAKS
        if "pattern" in question:
            forbidden += r"|\n$"  # where `$` is not the same to all engines
    schema: dict[str, Any] = {"type": "string", "maxLength": max_length(question)}
    if "min_length" in question:
        schema["minLength"] = question["min_length"]
    if "pattern" in question:
        schema["pattern"] = patterns.whole(question["pattern"])
    return schema | {"not": {"pattern": forbidden}}


def _integer(question: Raw) -> dict[str, Any]:
    return {
        "type": "integer",
        "minimum": max(question.get("minimum", -MAX_INTEGER), -MAX_INTEGER),
        "maximum": min(question.get("maximum", MAX_INTEGER), MAX_INTEGER),
    }


def _codes(question: Raw) -> dict[str, Any]:
    return {"$ref": f"#/$defs/list_{question['list']}"}


def _person(_question: Raw) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {
            "id": {"anyOf": [{"type": "null"}, _line(patterns.UUID)]},
            "name": _line(minLength=1, maxLength=200),
        },
        "required": ["name"],
        "additionalProperties": False,
    }


_ADDRESS = {
    "type": "object",
    "properties": {
        "line1": _line(minLength=1, maxLength=100),
        "line2": _line(maxLength=100),
        "town": _line(maxLength=100),
        "county": _line(maxLength=100),
        "postcode": _line(patterns.POSTCODE, maxLength=8),
        "protected": {"type": "boolean"},
    },
    "required": ["line1"],
    "additionalProperties": False,
}


def _file(question: Raw) -> dict[str, Any]:
    content_type: dict[str, Any] = _line(minLength=1, maxLength=127)
    if "accept" in question:
        content_type = {"enum": list(question["accept"])}
    size = {"type": "integer", "minimum": 0, "maximum": max_bytes(question)}
    return {
        "type": "array",
        "maxItems": max_files(question),
        "items": {
            "type": "object",
            "properties": {
                "id": _line(patterns.UUID),
                "name": _line(minLength=1, maxLength=255),
                "type": content_type,
                "size": size,
                "sha256": _line(patterns.SHA256),
            },
            "required": ["id", "name", "type", "size", "sha256"],
            "additionalProperties": False,
        },
    }


def max_files(question: Raw) -> int:
    """Return the most files that a file question may hold."""
    return int(question.get("max_files", DEFAULTS["max_files"]))


def max_bytes(question: Raw) -> int:
    """Return the most bytes that one file of a file question may have."""
    return int(question.get("max_bytes", DEFAULTS["max_bytes"]))


def decimal_places(question: Raw) -> int:
    """Return how many digits may follow the point: 2 in money, else as the question says."""
    if question.get("result", question["type"]) == "money":
        return 2
    return int(question.get("decimal_places", DEFAULTS["decimal_places"]))


def _decimal(question: Raw) -> dict[str, Any]:
    return _line(patterns.decimal(decimal_places(question)))


def as_decimal(value: Any) -> Decimal | None:
    """Read a decimal string or a JSON number; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _check_amount(question: Raw, value: Any, _on: date | None) -> Iterator[Finding]:
    amount = as_decimal(value)
    least, most = as_decimal(question.get("minimum")), as_decimal(question.get("maximum"))
    if amount is None:
        return
    sign = "£" if question["type"] == "money" else ""
    if least is not None and amount < least:
        yield "minimum", f"must be {sign}{question['minimum']} or more"
    if most is not None and amount > most:
        yield "maximum", f"must be {sign}{question['maximum']} or less"


def _check_date(question: Raw, value: Any, on: date | None) -> Iterator[Finding]:
    """Compare with the limits; a partial date breaks a limit only if all of it lies beyond."""
    day = str(value)[:10]
    for option, broken, says in (
        ("not_before", lambda limit: day < limit[: len(day)], "must be the same as or after"),
        ("not_after", lambda limit: day > limit[: len(day)], "must be the same as or before"),
    ):
        limit = question.get(option)
        if limit == TODAY:
            if on is not None and broken(on.isoformat()):
                past = "today or in the past" if option == "not_after" else "today or in the future"
                yield option, f"must be {past}"
        elif limit is not None and broken(limit):
            yield option, f"{says} {in_words(limit)}"


def in_words(day: str) -> str:
    """Write an ISO date as GOV.UK does: "24 November 2026"."""
    written = date.fromisoformat(day)
    return f"{written.day} {written:%B %Y}"


def _check_nhs_number(_question: Raw, value: Any, _on: date | None) -> Iterator[Finding]:
    if not patterns.nhs_number_holds(value):
        yield "invalid", "must be a real NHS number: its last digit does not fit the other nine"


def _check_upn(_question: Raw, value: Any, _on: date | None) -> Iterator[Finding]:
    if not patterns.upn_holds(value):
        yield "invalid", "must be a real UPN: its first letter does not fit the rest"


def _calculated(question: Raw) -> dict[str, Any]:
    result = question["result"]
    if result == "text":
        return {"type": "string"}
    return TYPES[result].schema({**question, "type": result})


_LIMITS = frozenset({"minimum", "maximum"})
_DATES = frozenset({"not_before", "not_after"})
_TEXT = frozenset({"max_length", "min_length", "pattern", "pattern_message"})
_DATE_WRONG = "must be a real date between 1900 and 2199, like 24 November 2026"

TYPES: Mapping[str, AnswerType] = {
    "text": AnswerType("text", _text, "Enter", "must be text on one line", options=_TEXT),
    "long_text": AnswerType("text", _text, "Enter", "must be text", options=_TEXT),
    "integer": AnswerType(
        "number",
        _integer,
        "Enter a number for",
        "must be a whole number, like 12",
        options=_LIMITS,
    ),
    "decimal": AnswerType(
        "number",
        _decimal,
        "Enter a number for",
        "must be a number, like 12.5",
        options=_LIMITS | {"decimal_places"},
        check=_check_amount,
    ),
    "money": AnswerType(
        "number",
        lambda _question: _line(patterns.MONEY),
        "Enter an amount for",
        "must be an amount in pounds and pence, like 12.50",
        options=_LIMITS,
        check=_check_amount,
    ),
    "yes_no": AnswerType(
        "boolean",
        lambda _question: {"type": "boolean"},
        "Select yes or no for",
        "must be yes or no",
    ),
    "choice": AnswerType(
        "code",
        _codes,
        "Select an answer for",
        "must be one of the answers offered",
        options=frozenset({"list", "display"}),
    ),
    "choices": AnswerType(
        "list",
        lambda question: {"type": "array", "uniqueItems": True, "items": _codes(question)},
        "Select at least one answer for",
        "must be a list of the answers offered, each once",
        options=frozenset({"list", "exclusive"}),
    ),
    "date": AnswerType(
        "date",
        lambda _question: _line(patterns.DATE, format="date"),
        "Enter a date for",
        _DATE_WRONG,
        options=_DATES,
        check=_check_date,
    ),
    "partial_date": AnswerType(
        "text",
        lambda _question: _line(patterns.PARTIAL_DATE),
        "Enter a date for",
        "must be a real year, month and year, or date between 1900 and 2199",
        options=_DATES,
        check=_check_date,
    ),
    "time": AnswerType(
        "time",
        lambda _question: _line(patterns.TIME),
        "Enter a time for",
        "must be a time on the 24-hour clock, like 14:30",
    ),
    "datetime": AnswerType(
        "datetime",
        lambda _question: _line(patterns.DATETIME, format="date-time"),
        "Enter a date and time for",
        "must be a real date and time between 1900 and 2199",
        options=_DATES,
        check=_check_date,
    ),
    "person": AnswerType(
        "object", _person, "Enter a name for", "must be a person with a name", may_default=False
    ),
    "people": AnswerType(
        "list",
        lambda question: {
            "type": "array",
            "items": _person(question),
            "maxItems": DEFAULTS["max_people"],
        },
        "Enter at least one name for",
        f"must be at most {DEFAULTS['max_people']} people, each with a name",
        may_default=False,
    ),
    "worker": AnswerType(
        "object", _person, "Enter a worker for", "must be a worker with a name", may_default=False
    ),
    "address": AnswerType(
        "object",
        lambda _question: _ADDRESS,
        "Enter an address for",
        "must be an address with a first line",
        may_default=False,
    ),
    "postcode": AnswerType(
        "text",
        lambda _question: _line(patterns.POSTCODE, maxLength=8),
        "Enter a postcode for",
        "must be a full UK postcode, like SW1A 1AA",
        "invalid",
    ),
    "phone": AnswerType(
        "text",
        lambda _question: _line(patterns.PHONE, maxLength=40),
        "Enter a phone number for",
        "must be a phone number, like 01632 960 001 or +44 808 157 0192",
        "invalid",
    ),
    "email": AnswerType(
        "text",
        lambda _question: _line(patterns.EMAIL, maxLength=254),
        "Enter an email address for",
        "must be an email address, like name@example.com",
        "invalid",
    ),
    "nhs_number": AnswerType(
        "text",
        lambda _question: _line(patterns.NHS_NUMBER),
        "Enter an NHS number for",
        "must be an NHS number of 10 digits, like 943 476 5919",
        "invalid",
        check=_check_nhs_number,
    ),
    "upn": AnswerType(
        "text",
        lambda _question: _line(patterns.UPN),
        "Enter a UPN for",
        "must be a UPN of 13 letters and digits, like B801200005001",
        "invalid",
        check=_check_upn,
    ),
    "file": AnswerType(
        "list",
        _file,
        "Add a file for",
        "must be a list of stored files",
        options=frozenset({"max_files", "max_bytes", "accept"}),
        may_default=False,
    ),
    "calculated": AnswerType(
        "object",  # never asked for: a calculated question has the name-type of its result
        _calculated,
        "",
        "is worked out from other answers and cannot be typed",
        "invalid",
        options=frozenset({"value", "result", "decimal_places"}),
        may_default=False,
    ),
}

RESULTS = ("text", "integer", "decimal", "money", "date", "yes_no")  # of calculated questions


def rules_as(question: Raw) -> str:
    """Return the name-type by which rules know the question's answer."""
    return TYPES[question.get("result", question["type"])].rules_as


def from_rules(question: Raw, value: Any) -> Any:
    """Convert a rule's result into the canonical answer of a calculated question, or None.

    Decimals and money are rounded half to even. A result of another type is None: a failed value.
    """
    result = question["result"]
    if result in ("decimal", "money"):
        value = _rounded(value, decimal_places(question), keep_zeros=result == "money")
    elif result == "integer":
        number = as_decimal(value) if not isinstance(value, str) else None
        whole_number = number is not None and number == number.to_integral_value()
        value = int(number) if whole_number and abs(number) <= MAX_INTEGER else None
    elif result == "date":
        value = value if isinstance(value, str) and _IS_DATE.search(value) else None
    elif not isinstance(value, bool if result == "yes_no" else str):
        value = None
    return value


def _rounded(value: Any, places: int, *, keep_zeros: bool) -> str | None:
    number = as_decimal(value) if not isinstance(value, str) else None
    if number is None or abs(number) >= Decimal(10) ** 15:
        return None
    number = number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_EVEN, _EXACT)
    if number.is_zero():
        number = abs(number)  # there is no minus nought
    text = f"{number:f}"
    return text if keep_zeros or "." not in text else text.rstrip("0").rstrip(".")
