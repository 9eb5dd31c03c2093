"""Compile a JSON Schema (2020-12) into a validator that fetches nothing and cannot be stalled. Pure."""

import re
import warnings
from collections.abc import Mapping
from typing import Any

import jsonschema_rs

from formdefs import patterns

# A backslash before a letter or digit, a group other than (?:…), a possessive quantifier: each is
# missing from, or means something else in, one of the engines that read our patterns.
_NOT_SHARED = re.compile(r"\\[A-Za-z0-9]|\(\?[^:]|[*+?}]\+")


def compiled(
    schema: Mapping[str, Any] | bool,
    *,
    formats: bool = True,
    remotes: Mapping[str, Any] | None = None,
) -> jsonschema_rs.Draft202012Validator:
    """Compile a schema: linear-time patterns, and no `$ref` is ever fetched.

    formats: assert `format`, as everywhere but in the public test suite; remotes: URL -> schema,
    what a `$ref` to another document may find. Raises ValueError if it is not a sound schema.
    """
    registry = jsonschema_rs.Registry(list(remotes.items())) if remotes else None
    return jsonschema_rs.Draft202012Validator(
        schema if isinstance(schema, bool) else dict(schema),
        validate_formats=formats,
        registry=registry,
        pattern_options=jsonschema_rs.RegexOptions(),
        offline=True,
    )


def pattern_fault(pattern: str) -> str:
    """Say why an author's pattern cannot be used, "" if it can.

    It must mean the same to this engine, to Python and to a browser: so classes are written out
    ([0-9], not the shorthand that matches other alphabets in Python), and there are no look-arounds
    or back-references, which no linear-time engine has.
    """
    if not pattern.isascii():
        return "has characters beyond plain ASCII"
    if unshared := _NOT_SHARED.search(pattern.replace("\\\\", "")):
        return f"uses {unshared[0]}, which not every program reads alike"
    try:
        compiled({"pattern": patterns.whole(pattern)})
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # Python warns of set operations that it reads otherwise
            re.compile(pattern)
    except (ValueError, re.error, RecursionError, OverflowError, FutureWarning):
        return "is not a regular expression that can be checked in linear time"
    return ""
