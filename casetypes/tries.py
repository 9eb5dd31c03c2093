"""What may be answered to what a rule reads, so that rules can be tried with all of it. Pure.

A choice has its codes, yes or no two answers, a count whole numbers from nought. A number has no end of
values, but where rules only compare it with numbers that are written out, one value of each stretch
between them stands for all.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise, product
from typing import Any

from casetypes.names import holds
from casetypes.rows import block
from formdefs import tree
from formdefs.rules_shape import children, operation

Document = Mapping[str, Any]
MOST_TRIES = 20_000
COMPARING = ("==", "!=", "<", "<=", ">", ">=")
_NO_FACTS: Mapping[str, Any] = {}
_NUMBERS = ("integer", "decimal", "money")


@dataclass(frozen=True)
class Reading:
    """What rules stand in. of: the form whose event they are asked for, "" for none; stages: where
    the subject can be then; empty: whether a form may not have been decided yet.
    """

    document: Document
    forms: Mapping[str, Document]
    lists: Mapping[str, Document]
    of: str = ""
    stages: tuple[str, ...] = ()
    empty: bool = False


def question(path: str, reading: Reading) -> tuple[tree.Node, Document] | None:
    """The question that a path of a rule reads, with its form; None if it reads something else."""
    form_key, _, key = path.partition(".")
    keys: tuple[str, ...] = (key,)
    if form_key == "row":
        uses = {use["form"]: use for use in reading.document["forms"]}
        bound = uses.get(reading.of, {}).get("subjects")
        if not bound:
            return None
        form_key, keys = reading.of, (bound["repeat"], key)
    elif form_key == "before":
        form_key = reading.of
    form = reading.forms.get(form_key)
    if form is None:
        return None
    found = (n for n in tree.walk(form) if n.kind == "question" and n.path_keys == keys)
    return next(((node, form) for node in found), None)


def codes(path: str, reading: Reading) -> list[str] | None:
    """The words that a path can have, None where it can have any."""
    if path == "subject.stage":
        return list(reading.stages) or [s.raw["key"] for s in block(reading.document, "stages")]
    if path == "closing.code":
        shared = reading.lists.get(reading.document["closing"]["list"])
        return [entry["code"] for entry in shared["entries"]] if shared else None
    asked = question(path, reading)
    if asked is None or asked[0].raw.get("type") not in ("choice", "choices"):
        return None
    return codes_of(asked[0].raw, asked[1], reading.lists)


def values(path: str, rules: Iterable[Any], reading: Reading) -> list[Any] | None:
    """Everything that a path may have, as far as these rules can tell it apart; None if unknown."""
    if _is_count(path):
        found = _stretches(path, rules)
        return found and sorted({int(n) for n in found if n >= 0} | {0})
    asked = question(path, reading)
    if asked is None:
        return codes(path, reading)
    raw = asked[0].raw
    nothing = [] if raw.get("required") is True and not reading.empty else [None]
    kind = raw.get("result", raw.get("type"))
    if kind == "yes_no":
        return [True, False, *nothing]
    if kind == "choice":
        told = codes(path, reading)
        return [*told, *nothing] if told else None
    if kind in _NUMBERS:
        found = _stretches(path, rules)
        return found and [*found, *nothing]
    return None


def all_values(rules: list[Any], paths: Iterable[str], reading: Reading) -> Any:
    """Each path with all that it may have, or None where that is open or too much to try."""
    found: dict[str, list[Any]] = {}
    count = 1
    for path in sorted(paths):
        told = values(path, rules, reading)
        if told is None:
            return None
        found[path] = told
        count *= len(told)
    return found if count <= MOST_TRIES else None


def tries(asked: Mapping[str, list[Any]]) -> Iterator[dict[str, Any]]:
    """Every way to answer, as path -> answer."""
    for answers in product(*asked.values()):
        yield dict(zip(asked, answers, strict=True))


def true_of(rule: Any, tried: Mapping[str, Any]) -> bool:
    """Whether a rule holds with these answers."""
    known: dict[str, Any] = {}
    for path, value in tried.items():
        *groups, key = path.split(".")
        place = known
        for group in groups:
            place = place.setdefault(group, {})
        place[key] = value
    return holds(rule, known, _NO_FACTS)


def codes_of(raw: Document, form: Document, lists: Mapping[str, Document]) -> list[str] | None:
    """The codes that a choice question offers, None where that cannot be known."""
    source = form.get("lists", {}).get(raw.get("list", ""))
    if source is None:
        return None
    shared = lists.get(source.get("list", ""))
    entries = shared["entries"] if shared else source.get("options")
    return [entry["code"] for entry in entries] if entries else None


def compared(rule: Any) -> Iterator[tuple[str, list[Any]]]:
    """Yield each path that a rule compares or looks up, with what is written out beside it."""
    found = operation(rule)
    if found and (found[0] in COMPARING or found[0] == "in"):
        parts = [one for part in found[1] for one in (part if isinstance(part, list) else [part])]
        beside = [part for part in parts if not isinstance(part, Mapping)]
        for part in parts:
            if (path := _path(part)) is not None:
                yield path, beside
    for _at, part in children(rule):
        yield from compared(part)


def _is_count(path: str) -> bool:
    first, _, last = path.partition(".")
    if first in ("records", "tasks"):
        return last.rpartition(".")[2] in ("open", "decided", "done")
    return path == "case.open_subjects"


def _path(rule: Any) -> str | None:
    found = operation(rule)
    if not found or found[0] != "var" or len(found[1]) != 1:
        return None
    return str(found[1][0])


def _stretches(path: str, rules: Iterable[Any]) -> list[Any] | None:
    """A number below, at, between and above all that the path is compared with; None if a rule does
    something else with it.
    """
    marks: set[Decimal] = set()
    if not all(_marks(rule, path, marks) for rule in rules):
        return None
    marks = marks or {Decimal(0)}
    ordered = sorted(marks)
    between = [(a + b) / 2 for a, b in pairwise(ordered)]
    around = [step for mark in ordered for step in (mark - 1, mark + 1)]
    return sorted({*ordered, *between, *around})


def _marks(rule: Any, path: str, marks: set[Decimal]) -> bool:
    if isinstance(rule, list):
        return all(_marks(part, path, marks) for part in rule)
    found = operation(rule)
    if found is None or found[0] == "var":
        return _path(rule) != path
    name, parts = found
    if any(_path(part) == path for part in parts):
        if name in ("!", "!!", "and", "or"):
            marks.add(Decimal(0))
        elif name in COMPARING:
            beside = [part for part in parts if _path(part) != path]
            if not all(
                isinstance(p, int | float | Decimal) and not isinstance(p, bool) for p in beside
            ):
                return False
            marks |= {Decimal(str(part)) for part in beside}
        else:
            return False
    return all(_marks(part, path, marks) for _at, part in children(rule) if _path(part) != path)
