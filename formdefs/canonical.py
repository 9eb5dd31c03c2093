"""Canonical JSON text (RFC 8785) and its SHA-256: what is hashed is stored exactly so. Pure."""

import hashlib
from typing import Any

import rfc8785


def canonical(value: Any) -> str:
    """Write a JSON value as RFC 8785 text.

    Raises ValueError for what has no canonical form: NaN and infinities, integers outside
    ±(2^53-1), lone surrogates, and anything that is not JSON.

    >>> canonical({"b": 1.0, "a": ["é", None]})
    '{"a":["é",null],"b":1}'
    """
    return str(rfc8785.dumps(value), "utf-8")


def sha256(text: str) -> str:
    """Return the SHA-256 of a text's UTF-8 bytes, in lower-case hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()
