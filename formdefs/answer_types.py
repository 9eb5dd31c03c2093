"""The types of answer: for each, its JSON Schema, what rules see of it, and its checks. Pure.

One table, `TYPES`. A schema is built from the question as the definition has it, and holds all that
JSON Schema can say about the answer's shape; `check` finds what it cannot (check digits, limits of
decimals and dates). `values.typed` converts an answer for rules, `from_rules` a result back.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Any

from formdefs import answer_checks as checks
from formdefs import answer_schemas as schemas
from formdefs import patterns
from formdefs.answer_checks import Finding, as_decimal, day_said, in_words
from formdefs.answer_options import (
    DEFAULTS,
    MAX_INTEGER,
    TODAY,
    Raw,
    decimal_places,
    max_bytes,
    max_files,
    max_length,
)

__all__ = [
    "DEFAULTS",
    "MAX_INTEGER",
    "RESULTS",
    "TODAY",
    "TYPES",
    "AnswerType",
    "Raw",
    "as_decimal",
    "day_said",
    "decimal_places",
    "from_rules",
    "in_words",
    "max_bytes",
    "max_files",
    "max_length",
    "rules_as",
]

_EXACT = Context(prec=60)
_TOO_LARGE = Decimal(10) ** 15  # more digits than the patterns of amounts have
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
    check: Callable[[Raw, Any, date | None], Iterator[Finding]] | None = None


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
    "text": AnswerType("text", schemas.text, "Enter", "must be text on one line", options=_TEXT),
    "long_text": AnswerType("text", schemas.text, "Enter", "must be text", options=_TEXT),
    "integer": AnswerType(
        "number",
        schemas.integer,
        "Enter a number for",
        "must be a whole number, like 12",
        options=_LIMITS,
    ),
    "decimal": AnswerType(
        "number",
        schemas.decimal,
        "Enter a number for",
        "must be a number, like 12.5",
        options=_LIMITS | {"decimal_places"},
        check=checks.check_amount,
    ),
    "money": AnswerType(
        "number",
        lambda _question: schemas.line(patterns.MONEY),
        "Enter an amount for",
        "must be an amount in pounds and pence, like 12.50",
        options=_LIMITS,
        check=checks.check_amount,
    ),
    "yes_no": AnswerType(
        "boolean",
        lambda _question: {"type": "boolean"},
        "Select yes or no for",
        "must be yes or no",
    ),
    "choice": AnswerType(
        "code",
        schemas.codes,
        "Select an answer for",
        "must be one of the answers offered",
        options=frozenset({"list", "options", "display"}),
    ),
    "choices": AnswerType(
        "list",
        schemas.choices,
        "Select at least one answer for",
        "must be a list of the answers offered, each once",
        options=frozenset({"list", "options", "display", "exclusive"}),
    ),
    "date": AnswerType(
        "date",
        lambda _question: schemas.line(patterns.DATE, format="date"),
        "Enter a date for",
        _DATE_WRONG,
        options=_DATES,
        check=checks.check_date,
    ),
    "partial_date": AnswerType(
        "text",
        lambda _question: schemas.line(patterns.PARTIAL_DATE),
        "Enter a date for",
        "must be a real year, month and year, or date between 1900 and 2199",
        options=_DATES,
        check=checks.check_date,
    ),
    "time": AnswerType(
        "time",
        lambda _question: schemas.line(patterns.TIME),
        "Enter a time for",
        "must be a time on the 24-hour clock, like 14:30",
    ),
    "datetime": AnswerType(
        "datetime",
        lambda _question: schemas.line(patterns.DATETIME, format="date-time"),
        "Enter a date and time for",
        "must be a real date and time between 1900 and 2199",
        options=_DATES,
        check=checks.check_date,
    ),
    "person": AnswerType(
        "object",
        schemas.person,
        "Enter a name for",
        "must be a person with a name",
        may_default=False,
    ),
    "people": AnswerType(
        "list",
        schemas.people,
        "Enter at least one name for",
        f"must be at most {DEFAULTS['max_people']} people, each with a name",
        may_default=False,
    ),
    "worker": AnswerType(
        "object",
        schemas.person,
        "Enter a worker for",
        "must be a worker with a name",
        may_default=False,
    ),
    "address": AnswerType(
        "object",
        lambda _question: schemas.ADDRESS,
        "Enter an address for",
        "must be an address with a first line",
        may_default=False,
    ),
    "organisation": AnswerType(
        "object",
        lambda _question: schemas.ORGANISATION,
        "Enter an organisation for",
        "must be an organisation with a name",
        may_default=False,
    ),
    "postcode": AnswerType(
        "text",
        lambda _question: schemas.line(patterns.POSTCODE, maxLength=8),
        "Enter a postcode for",
        "must be a full UK postcode, like SW1A 1AA",
        "invalid",
    ),
    "phone": AnswerType(
        "text",
        lambda _question: schemas.line(patterns.PHONE, maxLength=40),
        "Enter a phone number for",
        "must be a phone number, like 01632 960 001 or +44 808 157 0192",
        "invalid",
    ),
    "email": AnswerType(
        "text",
        lambda _question: schemas.line(patterns.EMAIL, maxLength=254),
        "Enter an email address for",
        "must be an email address, like name@example.com",
        "invalid",
    ),
    "nhs_number": AnswerType(
        "text",
        lambda _question: schemas.line(patterns.NHS_NUMBER),
        "Enter an NHS number for",
        "must be an NHS number of 10 digits, like 943 476 5919",
        "invalid",
        check=checks.check_nhs_number,
    ),
    "upn": AnswerType(
        "text",
        lambda _question: schemas.line(patterns.UPN),
        "Enter a UPN for",
        "must be a UPN of 13 letters and digits, like B801200005001",
        "invalid",
        check=checks.check_upn,
    ),
    "file": AnswerType(
        "list",
        schemas.file,
        "Add a file for",
        "must be a list of stored files",
        options=frozenset({"max_files", "max_bytes", "accept"}),
        may_default=False,
    ),
    "signature": AnswerType(
        "object",
        lambda _question: schemas.SIGNATURE,
        "Sign",
        "must be a signature with the name of who signs",
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

    Also of any other question, whose default a rule gives. Decimals and money are rounded half to
    even. A result of another type is None: a failed value; no rule gives a list or an object.
    """
    result, named = question.get("result", question["type"]), rules_as(question)
    if named in ("list", "object"):
        return None
    if named == "boolean":
        return value if isinstance(value, bool) else None
    if named == "date":
        return value if isinstance(value, str) and _IS_DATE.search(value) else None
    if named != "number":
        return value if isinstance(value, str) else None
    number = None if isinstance(value, str) else as_decimal(value)
    if number is None or abs(number) > MAX_INTEGER:
        return None
    if result == "integer":
        return int(number) if number == number.to_integral_value() else None
    return _rounded(number, decimal_places(question), keep_zeros=result == "money")


def _rounded(number: Decimal, places: int, *, keep_zeros: bool) -> str | None:
    number = number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_EVEN, _EXACT)
    if abs(number) >= _TOO_LARGE:
        return None
    if number.is_zero():
        number = abs(number)  # there is no minus nought
    text = f"{number:f}"
    return text if keep_zeros or "." not in text else text.rstrip("0").rstrip(".")
