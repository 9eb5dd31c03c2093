"""Canonical JSON text (RFC 8785) and its SHA-256: what is hashed is stored exactly so. Pure."""

import hashlib
import re
from typing import Any

import rfc8785

MAX_INTEGER = 2**53 - 1  # the largest that every JSON reader keeps
_MAYBE_TOO_LARGE = re.compile(r"[0-9]{16}")


def canonical(value: Any) -> str:
    """Write a JSON value as RFC 8785 text.

    Raises ValueError for what has no canonical form: NaN and infinities, whole numbers outside
    ±(2^53-1), lone surrogates, and anything that is not JSON.

    >>> canonical({"b": 1.0, "a": ["é", None]})
    '{"a":["é",null],"b":1}'
    """
    text = str(rfc8785.dumps(value), "utf-8")
    if _MAYBE_TOO_LARGE.search(text):
        _refuse_large(value)
    return text


def _refuse_large(value: Any) -> None:
    """Refuse floats such as 1e17: they are written as whole numbers that no reader would keep."""
    if isinstance(value, float) and value.is_integer() and MAX_INTEGER < abs(value) < 1e21:
        raise ValueError(f"{value} is a whole number outside ±(2^53-1)")
    if isinstance(value, dict):
        value = value.values()
    elif not isinstance(value, list | tuple):
        return
    for part in value:
        _refuse_large(part)


def sha256(text: str) -> str:
    """Return the SHA-256 of a text's UTF-8 bytes, in lower-case hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()
