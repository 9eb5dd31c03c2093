"""Sentences for people that can be said again in another language. Pure.

A `Said` is an English text that remembers the pattern and the parts that it was made of. Wherever it
is used as text it is just that; `translated` makes it anew from the patterns of another language.
"""

from collections.abc import Callable
from typing import Any


class Said(str):
    """An English text: `pattern` with its `parts` put in. A text without parts is its own pattern.

    >>> said("“{label}” {says}", label="Date", says=Said("must be a real date"))
    '“Date” must be a real date'
    """

    __slots__ = ("parts", "pattern")
    pattern: str
    parts: dict[str, Any]

    def __new__(cls, pattern: str, parts: dict[str, Any] | None = None) -> "Said":
        """Put the parts in."""
        made = super().__new__(cls, pattern.format(**parts) if parts else pattern)
        made.pattern, made.parts = pattern, parts or {}
        return made


def said(pattern: str, **parts: Any) -> Said:
    """Return the text of a pattern such as `must be {number} or more`."""
    return Said(pattern, parts)


def translated(text: str, say: Callable[[str], str]) -> str:
    """Return a text in another language; `say` gives a pattern in it, or the English one.

    Parts that are `Said` are translated too; others, such as an author's labels, stay as they are.
    """
    if not isinstance(text, Said):
        return text
    parts = {name: translated(part, say) for name, part in text.parts.items()}
    pattern = say(text.pattern)
    return pattern.format(**parts) if parts else pattern


def phrase(text: str) -> Said:
    """Return a fixed text as one that can be translated, unless it is one already."""
    return text if isinstance(text, Said) else Said(text)
