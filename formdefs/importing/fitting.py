"""Make a question wide enough for the data that it is to hold, and say what was widened. Pure.

Real data breaks the rules of its own form: longer than allowed, a code no longer offered, a number
written as text. A form made for such data must hold it.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from formdefs import validator
from formdefs.answer_options import DEFAULTS
from formdefs.answer_types import TYPES, as_decimal

Node = dict[str, Any]
_LONGEST = 100_000


def unfit(question: Mapping[str, Any], answer: Any) -> bool:
    """Say whether an answer breaks the type or the limits of a question without a list."""
    kind = TYPES[question["type"]]
    try:
        if not validator.compiled(kind.schema(question)).is_valid(answer):
            return True
    except ValueError:  # a pattern that we cannot read, or text that no JSON can hold
        return True
    return bool(kind.check and any(kind.check(question, answer, None)))


def widen(question: Node, answers: Sequence[Any]) -> Iterator[str]:
    """Widen a question without a list until it holds all the answers; yield what was changed.

    A text, a number or a date that is written in another way becomes a text question.
    """
    bad = [answer for answer in answers if unfit(question, answer)]
    if not bad:
        return
    for relaxed in (_length, _limits, _pattern):
        yield from relaxed(question, bad)
        bad = [answer for answer in bad if unfit(question, answer)]
        if not bad:
            return
    if all(isinstance(answer, str) for answer in bad):
        yield from as_text(question, bad)


def as_text(question: Node, bad: Sequence[str]) -> Iterator[str]:
    """Make a text question of another, where its data is written as it cannot be; yield what was done."""
    if not bad or question["type"] in ("text", "long_text"):
        return
    told = question["type"].replace("_", " ")
    for name in TYPES[question["type"]].options:
        question.pop(name, None)
    question.pop("default", None)
    question["type"] = "long_text" if any("\n" in text for text in bad) else "text"
    longest = max(map(len, bad))
    if longest > DEFAULTS["max_length"][question["type"]]:
        question["max_length"] = longest
    yield f"The data is not written as a {told} here must be: it is asked as text."


def _length(question: Node, bad: Sequence[Any]) -> Iterator[str]:
    if question["type"] not in ("text", "long_text"):
        return
    texts = [answer for answer in bad if isinstance(answer, str)]
    if question["type"] == "text" and any("\n" in text for text in texts):
        question["type"] = "long_text"
        yield "The data has several lines: it is asked as long text."
    longest = max(map(len, texts), default=0)
    most = question.get("max_length", DEFAULTS["max_length"][question["type"]])
    if most < longest <= _LONGEST:
        question["max_length"] = longest
        yield f"The data is longer than {most} characters: {longest} are allowed."
    least = question.get("min_length", 0)
    if texts and min(map(len, texts)) < least:
        del question["min_length"]
        yield f"The data is shorter than {least} characters: any length is allowed."


def _limits(question: Node, bad: Sequence[Any]) -> Iterator[str]:
    numbers = [number for answer in bad if (number := as_decimal(answer)) is not None]
    if not numbers:
        return
    for name, outside in (("minimum", min(numbers)), ("maximum", max(numbers))):
        limit = as_decimal(question.get(name))
        broken = limit is not None and (outside < limit if name == "minimum" else outside > limit)
        if broken:
            question[name] = int(outside) if question["type"] == "integer" else f"{outside:f}"
            yield f"The data is beyond the {name} of {limit}: {outside} is allowed."


def _pattern(question: Node, _bad: Sequence[Any]) -> Iterator[str]:
    if question.pop("pattern", None):
        question.pop("pattern_message", None)
        yield "The data does not match the pattern: it is left out."
