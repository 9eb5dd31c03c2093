"""The Jinja2 environment of the workers' pages: our templates, and GOV.UK's macros by their prefix."""

from typing import Any

from jinja2 import ChainableUndefined, Environment
from jinja2.exceptions import UndefinedError


class MissingParameter(ChainableUndefined):
    """Nothing, for a key that a macro's dict of parameters lacks; an error for everything else.

    GOV.UK's macros read parameters that were not given (`params.label.classes`), which Jinja2's
    StrictUndefined would refuse. A misspelt variable, or attribute of an object, is still refused.
    """

    __slots__ = ()

    def __init__(
        self, hint: str | None = None, obj: Any = None, name: str | None = None, exc: Any = None
    ) -> None:
        chained = isinstance(obj, dict | MissingParameter)
        # Without a name it is an inline `if` without an `else`; `caller` is asked for by macros.
        if not (chained or name is None or name == "caller"):
            raise (exc or UndefinedError)(hint or f"“{name}” is not defined")
        super().__init__(hint, obj, name, exc or UndefinedError)


class _NameOrParameter:
    """Jinja2 makes undefined values eagerly, even those that `is defined` only asks about."""


def environment(**options: Any) -> Environment:
    """An environment that finds our templates first and GOV.UK's macros by their prefix."""
