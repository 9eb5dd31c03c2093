"""Rules with the names that they read given as permanent ids, so that a rename is no change. Pure."""

from collections.abc import Mapping
from typing import Any

from formdefs.form import Form, Question, Repeat


class Names:
    """The ids that names in a form's rules mean, where a name means one thing only."""

    def __init__(self, form: Form) -> None:
        by_key: dict[str, set[str]] = {}
        answered: list[Question | Repeat] = [*form.questions.values(), *form.repeats.values()]
        for node in answered:
            by_key.setdefault(node.key, set()).add(node.id)
        self.ids = {key: next(iter(ids)) for key, ids in by_key.items() if len(ids) == 1}

    def in_ids(self, rule: Any) -> Any:
        """The rule with every name that it reads given as an id."""
        if isinstance(rule, list):
            return [self.in_ids(part) for part in rule]
        if not isinstance(rule, Mapping):
            return rule
        if len(rule) == 1 and isinstance(rule.get("var"), str):
            first, dot, rest = rule["var"].partition(".")
            return {"var": f"{self.ids.get(first, first)}{dot}{rest}"}
        return {operator: self.in_ids(part) for operator, part in rule.items()}
