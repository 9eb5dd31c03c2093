"""Tell fast which answers need a closer look: in most drafts, hardly any. Pure.

A stricter schema than the form's: nothing blank, null or empty either, and no calculated answer.
What it refuses may still be right, and is looked at one part after the other.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import jsonschema_rs

from formdefs import answer_checks, answer_types, validator
from formdefs.nodes import Question, Repeat

_SAYS_SOMETHING = {"pattern": "[0-9A-Za-z]"}  # what has a letter or a digit is surely not blank

Schema = Mapping[str, Any]


@dataclass(frozen=True)
class Tidy:
    """The stricter schema of a form's answers, whole and by key; each is compiled when first used."""

    schema: Schema
    compiled: dict[str, jsonschema_rs.Draft202012Validator] = field(default_factory=dict)

    def untidy(self, answers: Mapping[str, Any]) -> set[str]:
        """Return the form-level keys whose answers must be looked at closely."""
        if self._holds("", answers):
            return set()
        known = self.schema["properties"]
        return {k for k, value in answers.items() if k not in known or not self._holds(k, value)}

    def _holds(self, key: str, value: Any) -> bool:
        if key not in self.compiled:
            schema = self.schema["properties"][key] if key else self.schema
            if isinstance(schema, bool):
                return schema
            self.compiled[key] = validator.compiled({**schema, "$defs": self.schema["$defs"]})
        try:
            return self.compiled[key].is_valid(value)
        except ValueError:  # what no JSON text holds
            return False


def tidy(schema: Schema, answered: Mapping[str, Question | Repeat]) -> Tidy:
    """Make the stricter schema from a form's own and its form-level questions and repeats."""
    return Tidy({**_scope(schema, answered), "$defs": schema.get("$defs", {})})


def _scope(schema: Schema, answered: Mapping[str, Question | Repeat]) -> dict[str, Any]:
    properties = {
        key: _answer(part, answered[key]) if key in answered else part
        for key, part in schema["properties"].items()
    }
    return {**schema, "properties": properties}


def _answer(schema: Schema, node: Question | Repeat) -> Any:
    if isinstance(node, Repeat):
        return {**schema, "minItems": 1, "items": _scope(schema["items"], node.answered)}
    return False if node.type == "calculated" else _stricter(schema)


def _stricter(schema: Any) -> Any:
    """Refuse what is blank or empty, in an answer and its parts."""
    if not isinstance(schema, Mapping) or "$ref" in schema or "enum" in schema:
        return schema
    made = dict(schema)
    if "anyOf" in made:
        kept = [part for part in made["anyOf"] if part != {"type": "null"}]
        made["anyOf"] = [_stricter(part) for part in kept]
    kind = made.get("type")
    if kind == "string" and ("pattern" not in made or made.get("maxLength")):
        # Only an author's pattern lets blanks through; ours ask for digits or letters.
        made["allOf"] = [*made.get("allOf", ()), _SAYS_SOMETHING]
    elif kind == "array":
        made["minItems"] = max(made.get("minItems", 0), 1)
        made["items"] = _stricter(made.get("items", {}))
    elif kind == "object":
        made["minProperties"] = max(made.get("minProperties", 0), 1)
        parts = made.get("properties", {})
        made["properties"] = {name: _stricter(part) for name, part in parts.items()}
    return made


# What JSON Schema cannot hold.

_ONLY_WITH: Mapping[object, tuple[str, ...]] = {
    answer_checks.check_amount: ("minimum", "maximum"),
    answer_checks.check_date: ("not_before", "not_after"),
}


@dataclass(frozen=True)
class Limited:
    """What of one scope is to be looked at: questions, and the repeats with what is in their rows."""

    questions: tuple[Question, ...]
    repeats: "tuple[tuple[Repeat, Limited], ...]"


def limited(
    answered: Mapping[str, Question | Repeat], looked_at: Callable[[Question], bool]
) -> Limited:
    """Return the questions of a scope, and of the rows inside it, that are to be looked at."""
    nodes = answered.values()
    return Limited(
        tuple(node for node in nodes if isinstance(node, Question) and looked_at(node)),
        tuple((n, limited(n.answered, looked_at)) for n in nodes if isinstance(n, Repeat)),
    )


def has_limits(question: Question) -> bool:
    """Say whether an answer of the right shape may break a limit of the question."""
    check = answer_types.TYPES[question.type].check
    only_with = _ONLY_WITH.get(check)
    if only_with is not None:
        return any(name in question.raw for name in only_with)
    return check is not None or bool(question.exclusive)
