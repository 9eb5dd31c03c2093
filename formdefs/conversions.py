"""How an answer of one type becomes one of another when a draft moves to a newer version. Pure.

One table, `CONVERSIONS`: what is not in it is never converted. A conversion may answer `CANNOT` for
a value that would lose something, such as 12.5 as a whole number. Whoever converts also judges the
result by the new question, and takes a result that is wrong there as `CANNOT`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from formdefs.answer_checks import as_decimal, in_words
from formdefs.codelists import CodeList
from formdefs.nodes import Question

CANNOT: Any = object()
"""What a conversion answers for a value that has no exact counterpart."""

Convert = Callable[["Sides", Any], Any]
_YES, _NO = frozenset({"yes", "y", "true", "1"}), frozenset({"no", "n", "false", "0"})
_ADDRESS = ("line1", "line2", "town", "county", "postcode")


@dataclass(frozen=True, eq=False)
class Sides:
    """The question before and after, with the code list of each (None where it has none)."""

    old: Question
    new: Question
    old_list: CodeList | None
    new_list: CodeList | None


def how(old_type: str, new_type: str) -> str:
    """Say how one type becomes the other, in words that go on after "is converted: "; "" if not."""
    found = CONVERSIONS.get((old_type, new_type))
    return found[0] if found else ""


def convert(sides: Sides, value: Any) -> Any:
    """Convert an answer by the table; CANNOT where that is not possible, whatever the value is."""
    found = CONVERSIONS.get((sides.old.type, sides.new.type))
    if found is None:
        return CANNOT
    try:
        return found[1](sides, value)
    except (ValueError, TypeError, KeyError, AttributeError, IndexError, ArithmeticError):
        return CANNOT  # the value is not even of its old type


def _as_it_is(_sides: Sides, value: Any) -> Any:
    return value if isinstance(value, str) else CANNOT


def _whole(_sides: Sides, value: Any) -> Any:
    number = _number(value)
    return int(number) if number == number.to_integral_value() else CANNOT


def _decimal(_sides: Sides, value: Any) -> Any:
    text = f"{_number(value):f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def _money(_sides: Sides, value: Any) -> Any:
    number = _number(value)
    pence = number.quantize(Decimal("0.01"))
    return f"{pence if pence else abs(pence):f}" if pence == number else CANNOT


def _number(value: Any) -> Decimal:
    number = as_decimal(value.strip() if isinstance(value, str) else value)
    if number is None:
        raise ValueError(value)
    return number


def _number_text(_sides: Sides, value: Any) -> Any:
    return str(value) if _number(value) is not None else CANNOT


def _yes_no_text(_sides: Sides, value: Any) -> Any:
    return ("Yes" if value else "No") if isinstance(value, bool) else CANNOT


def _yes_no_code(sides: Sides, value: Any) -> Any:
    """The one code that means yes, or no, where the list has exactly one of each."""
    yes, no = _two(sides.new_list)
    return (yes if value else no) if isinstance(value, bool) else CANNOT


def _code_yes_no(sides: Sides, value: Any) -> Any:
    yes, no = _two(sides.old_list)
    return {yes: True, no: False}.get(value, CANNOT)


def _two(code_list: CodeList | None) -> tuple[str, str]:
    assert code_list is not None
    (yes,) = [code for code in code_list.by_code if code.lower() in _YES]
    (no,) = [code for code in code_list.by_code if code.lower() in _NO]
    return yes, no


def _codes(_sides: Sides, value: Any) -> Any:
    return [value] if isinstance(value, str) else CANNOT


def _only(_sides: Sides, value: Any) -> Any:
    (one,) = value
    return one


def _label(sides: Sides, value: Any) -> Any:
    assert sides.old_list is not None
    return sides.old_list.by_code[value].label


def _labels(sides: Sides, value: Any) -> Any:
    assert sides.old_list is not None
    return ", ".join(sides.old_list.by_code[code].label for code in value)


def _code_of(sides: Sides, value: Any) -> Any:
    """The one entry whose code or label is what was typed, small and capital letters alike."""
    assert sides.new_list is not None
    typed = value.strip().casefold()
    (entry,) = [
        entry
        for entry in sides.new_list.entries
        if typed in (entry.code.casefold(), entry.label.casefold())
    ]
    return entry.code


def _codes_of(sides: Sides, value: Any) -> Any:
    return [_code_of(sides, value)]


def _day_text(_sides: Sides, value: Any) -> Any:
    return in_words(value)


def _one_person(_sides: Sides, value: Any) -> Any:
    return [value] if isinstance(value, Mapping) else CANNOT


def _name(_sides: Sides, value: Any) -> Any:
    return value["name"]


def _names(_sides: Sides, value: Any) -> Any:
    return ", ".join(one["name"] for one in value)


def _address(sides: Sides, value: Any) -> Any:
    if value.get("protected"):
        return CANNOT  # a text cannot say that it must never be printed
    lines = [value[part] for part in _ADDRESS if value.get(part)]
    return ("\n" if sides.new.type == "long_text" else ", ").join(lines)


_SAME = "the text stays as it is, where it fits"
_TEXTS = ("text", "long_text")
_SPELLED = ("postcode", "phone", "email", "nhs_number", "upn")
_Row = tuple[str, Convert]

CONVERSIONS: Mapping[tuple[str, str], _Row] = {
    ("text", "long_text"): (_SAME, _as_it_is),
    ("long_text", "text"): ("the text stays as it is, if it is one line and fits", _as_it_is),
    **{(one, text): (_SAME, _as_it_is) for one in (*_SPELLED, "time") for text in _TEXTS},
    **{
        (text, one): ("the text stays as it is, if it is written as it must be", _as_it_is)
        for one in _SPELLED
        for text in _TEXTS
    },
    ("integer", "decimal"): ("the number stays the same", _decimal),
    ("integer", "money"): ("the number becomes whole pounds", _money),
    ("decimal", "integer"): ("a whole number stays the same", _whole),
    ("decimal", "money"): ("the number becomes pounds and pence, if it has no more digits", _money),
    ("money", "decimal"): ("the amount becomes a number", _decimal),
    ("money", "integer"): ("whole pounds become a number", _whole),
    **{
        (one, text): ("the number is written out", _number_text)
        for one in ("integer", "decimal", "money")
        for text in _TEXTS
    },
    **{
        (text, one): ("a number that was typed becomes one", convert_number)
        for one, convert_number in (("integer", _whole), ("decimal", _decimal), ("money", _money))
        for text in _TEXTS
    },
    **{("yes_no", text): ("“Yes” or “No” is written out", _yes_no_text) for text in _TEXTS},
    ("yes_no", "choice"): ("yes and no become the codes that mean them", _yes_no_code),
    ("choice", "yes_no"): ("the codes that mean yes and no become them", _code_yes_no),
    ("choice", "choices"): ("the answer becomes the only one chosen", _codes),
    ("choices", "choice"): ("a single answer stays chosen", _only),
    **{("choice", text): ("the words of the answer are written out", _label) for text in _TEXTS},
    **{("choices", text): ("the words of the answers are written out", _labels) for text in _TEXTS},
    **{
        (text, "choice"): ("what was typed becomes the answer with those words", _code_of)
        for text in _TEXTS
    },
    **{
        (text, "choices"): ("what was typed becomes the answer with those words", _codes_of)
        for text in _TEXTS
    },
    ("date", "partial_date"): ("the date stays the same", _as_it_is),
    ("partial_date", "date"): ("a whole date stays the same", _as_it_is),
    **{("date", text): ("the date is written out", _day_text) for text in _TEXTS},
    ("person", "people"): ("the person becomes the first of several", _one_person),
    ("people", "person"): ("a single person stays", _only),
    **{(one, text): ("the name is written out", _name) for one in ("person", "worker") for text in _TEXTS},
    **{("people", text): ("the names are written out", _names) for text in _TEXTS},
    **{("address", text): ("the lines are written out", _address) for text in _TEXTS},
}  # fmt: skip
