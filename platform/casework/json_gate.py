"""Reads JSON that comes from outside: refused here is all that could hurt further in. Pure.

Every entry point that takes JSON takes it through `read_json`. What it lets through can be stored
and compared on every database alike: no NUL and no lone surrogates (PostgreSQL refuses them), no
number that JSON readers understand differently, no key twice, no depth that ends in a stack overflow.
"""

import json
from typing import Any, NoReturn

MOST_BYTES = 5 * 1024 * 1024
DEEPEST = 64
# A list of many empty lists takes thirty times its own size in memory.
MOST_VALUES = 500_000
LARGEST_INTEGER = 2**53 - 1


class NotReadable(Exception):
    """What was sent is not JSON that can be taken. `status` is 400, 413 or 415; `code` names the cause."""

    def __init__(self, status: int, code: str, says: str) -> None:
        super().__init__(says)
        self.status = status
        self.code = code


def read_json(body: bytes, content_type: str) -> Any:
    """The JSON value in a request's body. Raises NotReadable.

    >>> read_json(b'{"a": [1, "x"]}', "application/json; charset=utf-8")
    {'a': [1, 'x']}
    """
    _check_type(content_type)
    if len(body) > MOST_BYTES:
        raise too_large()
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        raise NotReadable(400, "encoding", "The text is not UTF-8.") from None
    if text.count(",") + text.count("[") + text.count("{") > MOST_VALUES:
        raise NotReadable(413, "too_large", f"Send at most {MOST_VALUES:,} values.")
    try:
        value = _decoder.decode(text)
    except RecursionError:
        raise _too_deep() from None
    except json.JSONDecodeError as error:
        says = f"The text is not JSON: {error.msg} at line {error.lineno}, column {error.colno}."
        raise NotReadable(400, "json", says) from None
    _check(value, 1, escapes="\\u" in text)
    return value


def read_object(body: bytes, content_type: str) -> dict[str, Any]:
    """The same, where the value must be an object."""
    value = read_json(body, content_type)
    if not isinstance(value, dict):
        raise NotReadable(400, "json", "Send a JSON object: { … }.")
    return value


def too_large() -> NotReadable:
    """The refusal of what has too many bytes."""
    return NotReadable(413, "too_large", f"Send at most {MOST_BYTES // 2**20} MB.")


def _check_type(content_type: str) -> None:
    kind, _, parameters = content_type.lower().partition(";")
    charset = parameters.strip().removeprefix("charset=").strip('"')
    if kind.strip() != "application/json" or charset not in ("", "utf-8", "utf8"):
        raise NotReadable(415, "media_type", "Send JSON: Content-Type: application/json, in UTF-8.")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise NotReadable(400, "duplicate_key", f"An object has the key {twice!a} twice.")
    return found


def _integer(digits: str) -> int:
    # Counted first: turning millions of digits into a number takes minutes.
    number = int(digits) if len(digits) <= 17 else LARGEST_INTEGER + 1
    if abs(number) > LARGEST_INTEGER:
        raise NotReadable(400, "number", "An integer is outside ±9007199254740991.")
    return number


def _decimal(digits: str) -> float:
    number = float(digits)
    if number in (float("inf"), float("-inf")):
        raise NotReadable(400, "number", "A number is too large.")
    return number


def _constant(name: str) -> NoReturn:
    raise NotReadable(400, "number", f"{name} is not JSON.")


_decoder = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=_integer, parse_float=_decimal, parse_constant=_constant
)


def _check(value: Any, depth: int, *, escapes: bool) -> None:
    """Raise NotReadable for what is too deep, or text that no database takes.

    A NUL or a lone surrogate can only come from an escape: with none in the text, only depth counts.
    """
    if isinstance(value, str):
        if escapes:
            _check_text(value)
    elif isinstance(value, dict | list):
        if depth > DEEPEST:
            raise _too_deep()
        if isinstance(value, dict):
            if escapes:
                for key in value:
                    _check_text(key)
            value = value.values()
        for part in value:
            _check(part, depth + 1, escapes=escapes)


def _check_text(text: str) -> None:
    if "\0" in text:
        raise NotReadable(400, "text", "A text holds the character U+0000.")
    if any("\ud800" <= letter <= "\udfff" for letter in text):
        raise NotReadable(400, "text", "A text holds half of a surrogate pair.")


def _too_deep() -> NotReadable:
    return NotReadable(400, "depth", f"Lists and objects are nested more than {DEEPEST} deep.")
