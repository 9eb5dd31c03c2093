"""Rules with the names that they read given as permanent ids, so that a rename is no change. Pure."""

from collections.abc import Mapping
from typing import Any

from formdefs.form import Form, Question, Repeat
from formdefs.rules_check import ITERATING
from formdefs.rules_shape import missing_paths, operation

Scope = tuple[str, ...]
_Own = Mapping[str, Scope | None]  # names of a rule's own making: the rows they are of, if any


class Names:
    """The ids that the names in a form's rules mean, each in the scope where it is read."""

    def __init__(self, form: Form) -> None:
        answered: list[Question | Repeat] = [*form.questions.values(), *form.repeats.values()]
        self._nodes = {node.path_keys: node for node in answered}

    def at(self, path: Scope) -> str | None:
        """The id of what is answered under these keys."""
        node = self._nodes.get(path)
        return node.id if node else None

    def in_ids(self, rule: Any, scope: Scope = (), own: _Own | None = None) -> Any:
        """The rule with every name that it reads given as an id.

        scope: keys of the repeats that enclose it; own: names that are no question's, as `option`.
        """
        return self._told(rule, [scope[:depth] for depth in range(len(scope) + 1)], own or {})

    def _told(self, rule: Any, scopes: list[Scope], own: _Own) -> Any:
        """scopes: the keys above each place where a name is looked for, the innermost last."""
        if isinstance(rule, list):
            return [self._told(part, scopes, own) for part in rule]
        found = operation(rule)
        if found is None:
            return rule
        name, arguments = found
        if name == "var" and arguments:
            path, *default = arguments
            told = [self._path(path, scopes, own), *self._told(default, scopes, own)]
        elif name == "missing":
            told = [self._path(path, scopes, own) for path in missing_paths(arguments)]
        elif name == "missing_some" and len(arguments) == 2 and isinstance(arguments[1], list):
            told = [arguments[0], [self._path(path, scopes, own) for path in arguments[1]]]
        elif name in ITERATING and len(arguments) > 1:
            through, each, *rest = arguments
            rows = self._rows(through, scopes, own)
            inner, names = scopes if rows is None else [*scopes, rows], own
            if name == "reduce":
                inner, names = scopes, {**own, "current": rows, "accumulator": None}
            told = [self._told(through, scopes, own), self._told(each, inner, names)]
            told += self._told(rest, scopes, own)
        else:
            told = self._told(arguments, scopes, own)
        return {name: told}

    def _rows(self, rule: Any, scopes: list[Scope], own: _Own) -> Scope | None:
        """The keys of the repeat whose rows a rule gives; None for any other list."""
        found = operation(rule)
        if found and found[0] == "filter" and found[1]:
            return self._rows(found[1][0], scopes, own)
        if not found or found[0] != "var" or not found[1] or not isinstance(found[1][0], str):
            return None
        *_, last = self._steps(found[1][0], scopes, own)
        return last if isinstance(self._nodes.get(last or ()), Repeat) else None

    def _path(self, path: Any, scopes: list[Scope], own: _Own) -> Any:
        if not isinstance(path, str):
            return path
        told = []
        for step, at in zip(path.split("."), self._steps(path, scopes, own), strict=True):
            named = at is not None and at[-1:] == (step,) and self.at(at)
            told.append(named or step)
        return ".".join(told)

    def _steps(self, path: str, scopes: list[Scope], own: _Own) -> list[Scope | None]:
        """The keys at which each step of a path is answered; None where no question is."""
        head, *tail = path.split(".")
        here: Scope | None = own.get(head)
        if head not in own:
            found = ((*scope, head) for scope in reversed(scopes))
            here = next((keys for keys in found if keys in self._nodes), None)
        steps = [here]
        for step in tail:
            if here is not None and not step.isdigit():  # a number is a row of the same repeat
                here = (*here, step) if (*here, step) in self._nodes else None
            steps.append(here)
        return steps
