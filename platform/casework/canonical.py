"""Canonical JSON text (RFC 8785) and its SHA-256: what is hashed is stored exactly so. Pure."""

import hashlib
import json
from typing import Any

import rfc8785

MAX_INTEGER = 2**53 - 1  # the largest that every JSON reader keeps
_encoder = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
)


def canonical(value: Any) -> str:
    """Write a JSON value as RFC 8785 text.

    Raises ValueError for what has no canonical form: NaN and infinities, whole numbers outside
    ±(2^53-1), lone surrogates, and anything that is not JSON.

    >>> canonical({"b": 1.0, "a": ["é", None]})
    '{"a":["é",null],"b":1}'
    """
    if not _is_plain(value):
        _refuse_large(value)
        return str(rfc8785.dumps(value), "utf-8")
    text = _encoder.encode(value)
    text.encode()  # a lone surrogate raises UnicodeEncodeError, which is a ValueError
    return text


def sha256(text: str) -> str:
    """Return the SHA-256 of a text's UTF-8 bytes, in lower-case hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def _is_plain(value: Any) -> bool:
    """Whether Python's own encoder, six times faster, writes the same text as RFC 8785.

    It does but for floats (written otherwise), keys outside ASCII (sorted otherwise) and integers
    too large (RFC 8785 refuses them).
    """
    kind = type(value)
    if kind is str or kind is bool or value is None:
        return True
    if kind is int:
        return bool(-MAX_INTEGER <= value <= MAX_INTEGER)
    if kind is dict:
        return all(type(k) is str and k.isascii() and _is_plain(v) for k, v in value.items())
    if kind is list:
        return all(map(_is_plain, value))
    return False


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
