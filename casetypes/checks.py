"""Judge a case type: everything that is wrong with it, with the row to mend. Pure.

Its shape first; then what it names; then what its forms can answer; then where its moves lead. Each
finding is a `DefinitionProblem`, as of forms: place, id of the row, code, sentence, what to do.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from casetypes import (
    checks_clocks,
    checks_events,
    checks_forms,
    checks_rights,
    checks_rules,
    explore,
)
from casetypes.meta_schema import CASE_TYPE_SCHEMA
from casetypes.rows import Row, block, found_at, named, rows_of
from formdefs import shapes, validator
from formdefs.rules_shape import MOST_DEPTH
from formdefs.shapes import DefinitionProblem

__all__ = ["Known", "problems"]

_VALIDATOR = validator.compiled(CASE_TYPE_SCHEMA)
Document = Mapping[str, Any]
Found = Iterator[DefinitionProblem]
_KEYED = ("stages", "moves", "clocks", "sign_offs", "tasks", "allocations")
_NOTICE_OF = {"task": "tasks", "clock": "clocks", "record": "forms"}


@dataclass(frozen=True)
class Known:
    """What there is to name: published forms (expanded definitions) and code lists by key, and the
    names of calendars.
    """

    forms: Mapping[str, Document] = field(default_factory=dict)
    lists: Mapping[str, Document] = field(default_factory=dict)
    calendars: frozenset[str] = frozenset({"ew"})


def problems(document: Any, known: Known) -> list[DefinitionProblem]:
    """List all that keeps a case type from being published; [] if nothing does.

    While its shape is wrong nothing else is judged: what names what cannot be told.
    """
    try:
        shape = list(shapes.shape_problems(_VALIDATOR, document))
    except (ValueError, RecursionError):
        says = "The case type holds what no JSON text can."
        return [DefinitionProblem("", "", "shape", says, "Export it again.")]
    if shape := shape or list(_too_deep(document)):
        return shape
    found = [problem for check in _CHECKS for problem in check(document, known)]
    if not any(problem.code in _BEFORE_EXPLORING for problem in found):
        found += explore.problems(document, known.forms, known.lists)
    return list(dict.fromkeys(found))


def _too_deep(document: Document) -> Found:
    """Rows that nest deeper than any rule may, found without recursion."""
    for row in rows_of(document):
        waiting: list[tuple[Any, int]] = [(row.raw, 0)]
        while waiting:
            part, depth = waiting.pop()
            if depth > _DEEPEST:
                says = "It is nested far deeper than a rule may be."
                yield found_at(row, "", "too_deep", says, "Flatten the rule.")
                break
            parts = part.values() if isinstance(part, Mapping) else part
            if isinstance(part, Mapping | list):
                waiting += [(one, depth + 1) for one in parts]


# A rule's level is an object and a list; a row is a few levels above it.
_DEEPEST = 2 * MOST_DEPTH + 20
_BEFORE_EXPLORING = ("duplicate", "unknown", "first_stage", "end_stage")


def _ids(document: Document, _known: Known) -> Found:
    first: dict[str, str] = {}
    for row in rows_of(document):
        if row.id and first.setdefault(row.id, row.at) != row.at:
            says = f"The id “{row.id}” is used already at {first[row.id]}."
            yield found_at(row, "/id", "duplicate", says, "Give it a new id.")


def _keys(document: Document, _known: Known) -> Found:
    for name in (*_KEYED, "forms"):
        first: dict[str, Row] = {}
        for row in block(document, name):
            key = row.raw["form" if name == "forms" else "key"]
            if first.setdefault(key, row) is not row:
                says = f"“{key}” is used already at {first[key].at}."
                yield found_at(row, "", "duplicate", says, "Give it another key, or take it off.")


def _stages(document: Document, _known: Known) -> Found:
    stages = block(document, "stages")
    first = [row for row in stages if row.raw.get("first")]
    if len(first) != 1:
        says = f"{len(first) or 'No'} stages are marked as first."
        row = first[1] if len(first) > 1 else stages[0]
        yield found_at(row, "/first", "first_stage", says, "Mark exactly one.")
    ends = [row for row in stages if row.raw.get("end")]
    if not ends:
        says = "No stage is an end, so no case could ever be closed."
        yield found_at(stages[-1], "/end", "end_stage", says, "Mark the last stage as an end.")
    for row in ends:
        if row.raw.get("first"):
            says = "The first stage is an end too."
            yield found_at(row, "/end", "end_stage", says, "Let the case begin in another stage.")
        if row.raw.get("forms"):
            says = "Records are asked for in a stage where everything is over."
            yield found_at(row, "/forms", "end_stage", says, "Ask for them in the stage before.")


def _leads(document: Document, _known: Known) -> Found:
    roles = block(document, "allocations")
    leads = [row for row in roles if row.raw.get("lead")]
    if roles and not leads:
        says = "No role of “allocations” is the leading one."
        yield found_at(roles[0], "", "lead", says, "Give the one who answers for a case “lead”.")
    for row in leads[1:]:
        says = "More than one role of “allocations” is the leading one."
        yield found_at(row, "/lead", "lead", says, "Take “lead” off all but one.")


def _references(document: Document, known: Known) -> Found:
    keys = {name: {row.raw["key"] for row in block(document, name)} for name in _KEYED}
    keys["forms"] = {row.raw["form"] for row in block(document, "forms")}
    for row in block(document, "stages"):
        told: set[str] = set()
        for place, use in enumerate(row.raw.get("forms", ())):
            yield from named(row, f"/forms/{place}/form", use["form"], keys["forms"], "form")
            if use["form"] in told:
                says = f"“{use['form']}” is written here already."
                yield found_at(row, f"/forms/{place}", "duplicate", says, "Take one of them off.")
            told.add(use["form"])
    for row in block(document, "moves"):
        for place, stage in enumerate(row.raw["from"]):
            yield from named(row, f"/from/{place}", stage, keys["stages"], "stage")
        yield from named(row, "/to", row.raw["to"], keys["stages"], "stage")
    for row in block(document, "forms"):
        if "sign_off" in row.raw:
            yield from named(
                row, "/sign_off", row.raw["sign_off"], keys["sign_offs"], "sign-off chain"
            )
        if "judges" in row.raw:
            for at, task in checks_forms.judged_templates(row.raw["judges"]):
                yield from named(row, at, task, keys["tasks"], "task template")
    for row in block(document, "permissions"):
        for place, form in enumerate(row.raw.get("forms", ())):
            yield from named(row, f"/forms/{place}", form, keys["forms"], "form")
    for row in block(document, "checks"):
        if "of" in row.raw:
            kind = "moves" if row.raw["on"] == "move" else "forms"
            yield from named(row, "/of", row.raw["of"], keys[kind], kind.removesuffix("s"))
    for row in block(document, "notices"):
        kind = _NOTICE_OF.get(row.raw["on"].partition(".")[0], "")
        if "of" in row.raw and kind:
            yield from named(row, "/of", row.raw["of"], keys[kind], kind.removesuffix("s"))
    lists = [("/closing/list", document["closing"]["list"])]
    lists += [(f"/lists/{place}", key) for place, key in enumerate(document.get("lists", ()))]
    whole = Row("", "", document)
    for at, key in lists:
        yield from named(whole, at, key, set(known.lists), "code list")
    for row in block(document, "clocks"):
        if "reasons" in row.raw:
            yield from named(row, "/reasons", row.raw["reasons"], set(known.lists), "code list")


def _moves(document: Document, known: Known) -> Found:
    closing = document["closing"]["list"]
    ends = {row.raw["key"] for row in block(document, "stages") if row.raw.get("end")}
    for row in block(document, "moves"):
        by_itself, by_hand = "on" in row.raw, "roles" in row.raw
        if by_itself == by_hand:
            says = "A move happens by itself (“on”) or by hand (“roles”), one of the two."
            yield found_at(row, "", "move", says, "Give the one, and take the other off.")
        for place, stage in enumerate(row.raw["from"]):
            if stage in ends:
                says = f"It leads out of “{stage}”, where everything is over."
                fix = "Take it off: a case is reopened by its own command."
                yield found_at(row, f"/from/{place}", "leaves_end", says, fix)
        if row.raw["to"] in row.raw["from"] and row.raw.get("reason") != "required":
            says = "It leads back to the stage that it leaves, and nobody says why."
            fix = "Lead it elsewhere, or make it by hand with “reason” required."
            yield found_at(row, "/to", "to_itself", says, fix)
        for part in ("tasks", "closing"):
            if part in row.raw and row.raw["to"] not in ends:
                says = f"It ends nobody's part, so “{part}” is never looked at."
                yield found_at(row, f"/{part}", "needless", says, f"Take “{part}” off.")
        if by_itself and row.raw.get("tasks") == "ask" and row.raw["to"] in ends:
            says = "It happens by itself, so nobody is there to say what becomes of open tasks."
            yield found_at(row, "/tasks", "tasks_asked", says, "Write “carry” or “close”.")
        if by_itself and row.raw.get("reason") == "required":
            says = "It happens by itself, so nobody is there to give a reason."
            yield found_at(row, "/reason", "reason_asked", says, "Take “reason” off.")
        codes = {one["code"] for one in known.lists.get(closing, {}).get("entries", ())}
        code = row.raw.get("closing", "")
        if codes and isinstance(code, str) and code not in {"", *codes}:
            says = f"“{closing}” has no code “{row.raw['closing']}”."
            yield found_at(row, "/closing", "unknown", says, "Name one of its codes.")
        if "otherwise" in row.raw and "when" not in row.raw:
            says = "It says why it cannot be done, but it always can."
            yield found_at(row, "/otherwise", "needless", says, "Add “when”, or take it off.")


def _upgrade(document: Document, _known: Known) -> Found:
    ends = {row.raw["key"]: bool(row.raw.get("end")) for row in block(document, "stages")}
    told: set[int] = set()
    for row in block(document, "upgrade"):
        version = row.raw["from"]
        if version in told:
            says = f"Version {version} is told already, and the first alone counts."
            yield found_at(row, "/from", "duplicate", says, "Put the two together.")
        told.add(version)
        for gone, stage in row.raw.get("stages", {}).items():
            yield from named(row, f"/stages/{gone}", stage, ends, "stage")
            if ends.get(stage) and gone not in ends:
                says = (
                    f"People would be in “{stage}”, where parts are over, without an end to theirs."
                )
                fix = "Name a stage that goes on."
                yield found_at(row, f"/stages/{gone}", "stage_ends", says, fix)


_CHECKS: tuple[Callable[[Document, Known], Found], ...] = (
    _ids,
    _keys,
    _leads,
    _stages,
    _references,
    _moves,
    _upgrade,
    lambda document, _known: checks_events.problems(document),
    lambda document, _known: checks_rights.problems(document),
    lambda document, known: checks_clocks.problems(document, known.calendars),
    lambda document, known: checks_forms.problems(document, known.forms, known.lists),
    lambda document, known: checks_rules.problems(document, known.forms, known.lists),
)
