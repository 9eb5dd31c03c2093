"""Judge what the rules of a case type come to: words that there are not, always and never. Pure.

Names and types are judged beside the forms. Here each rule is tried with all that may be answered, where
that can be listed.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from casetypes import tries
from casetypes.checks_forms import ruled
from casetypes.rows import Row, block, found_at, named
from formdefs import rules
from formdefs.rules_shape import children, operation
from formdefs.shapes import DefinitionProblem

Document = Mapping[str, Any]
Found = Iterator[DefinitionProblem]
_BY_THE_DAY = ("today", "age", "working_days", "add_working_days")


def problems(
    document: Document, forms: Mapping[str, Document], lists: Mapping[str, Document]
) -> Found:
    """Yield rules that name a word which there is not, or come to the same whatever is answered."""
    whole = tries.Reading(document, forms, lists, empty=True)
    for row, at, rule, of in ruled(document):
        reading = replace(whole, of=of, stages=_stages(row, document))
        if at in ("/outcome", "/closing"):
            yield from _given(row, at, rule, reading)
            continue
        wrong = list(_words(row, at, rule, reading))
        yield from wrong or _same(row, at, rule, reading)


def _stages(row: Row, document: Document) -> tuple[str, ...]:
    """Where a subject can be when the rule of a row is asked."""
    if row.at.startswith("/checks/") and row.raw["on"] == "move":
        moves = {move.raw["key"]: move for move in block(document, "moves")}
        row = moves.get(row.raw.get("of", ""), row)
    return tuple(row.raw["from"]) if row.at.startswith("/moves/") else ()


def _words(row: Row, at: str, rule: Any, reading: tries.Reading) -> Found:
    """Words that a rule compares with, and that are never the answer."""
    anywhere = replace(reading, stages=())
    for path, beside in tries.compared(rule):
        codes = tries.codes(path, anywhere)
        if codes is None:
            continue
        what = "stage" if path == "subject.stage" else f"answer to “{path}”, namely"
        for word in beside:
            if isinstance(word, str) and word:
                yield from named(row, at, word, codes, what)


def _same(row: Row, at: str, rule: Any, reading: tries.Reading) -> Found:
    """What is never true; of checks, and of rules that read nothing, also what always is."""
    checks = row.at.startswith("/checks/")
    if (rule is True and not checks) or _by_the_day(rule):
        return
    paths = rules.references(rule)
    asked = tries.all_values([rule], paths, reading)
    if asked is None:
        return
    found = {tries.true_of(rule, tried) for tried in tries.tries(asked)}
    if found == {False}:
        fix = "Mend the rule, or take it off with what it is for."
        yield found_at(row, at, "never", "This rule is never true, whatever is answered.", fix)
    elif found == {True} and checks:
        says = "This is refused always, whatever is answered."
        yield found_at(row, at, "always", says, "Mend the rule, or take the check off.")
    elif found == {True} and not paths:
        says = "This rule is always true, so it asks for nothing."
        yield found_at(row, at, "always", says, "Mend the rule, or take it off.")


def _by_the_day(rule: Any) -> bool:
    found = operation(rule)
    if found and found[0] in _BY_THE_DAY:
        return True
    return any(_by_the_day(part) for _at, part in children(rule))


def _given(row: Row, at: str, rule: Any, reading: tries.Reading) -> Found:
    """What a move's outcome or reason for closing can come to: a word, and one of the list's."""
    closing = set(tries.codes("closing.code", reading) or ())
    for part in _results(rule):
        found = operation(part)
        path = str(found[1][0]) if found and found[0] == "var" and found[1] else ""
        asked = tries.question(path, reading)
        if asked and asked[0].raw.get("type") not in ("choice", "text", "calculated"):
            says = f"“{path}” is a question of the type “{asked[0].raw.get('type')}”, and gives no key."
            yield found_at(row, at, "wrong_type", says, "Name a choice.")
            continue
        words = [part] if isinstance(part, str) else tries.codes(path, reading) or []
        lost = [word for word in words if word not in closing]
        if at == "/closing" and closing and lost:
            says = (
                f"“{lost[0]}” is no reason for closing in “{reading.document['closing']['list']}”."
            )
            fix = "Name a question of that list's codes, or turn the answer into one with “if”."
            yield found_at(row, at, "unknown", says, fix)


def _results(rule: Any) -> Iterator[Any]:
    """What a rule can come to: itself, or what stands after each condition of an “if”."""
    found = operation(rule)
    if not found or found[0] != "if":
        yield rule
        return
    parts = found[1]
    for place, part in enumerate(parts):
        if place % 2 == 1 or (place == len(parts) - 1 and len(parts) % 2 == 1):
            yield from _results(part)
