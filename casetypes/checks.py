"""Judge a case type: everything that is wrong with it, with the row to mend. Pure.

Its shape first; then what it names; then what its forms can answer; then where its moves lead. Each
finding is a `DefinitionProblem`, as of forms: place, id of the row, code, sentence, what to do.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from casetypes import checks_clocks, checks_forms, explore
from casetypes.meta_schema import CASE_TYPE_SCHEMA, EVENTS
from casetypes.rows import Row, block, found_at, rows_of
from formdefs import shapes, validator
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
    if shape:
        return shape
    found = [problem for check in _CHECKS for problem in check(document, known)]
    if not any(problem.code in _BEFORE_EXPLORING for problem in found):
        found += explore.problems(document, known.forms, known.lists)
    return list(dict.fromkeys(found))


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
        for place, use in enumerate(row.raw.get("forms", ())):
            yield from _named(row, f"/forms/{place}/form", use["form"], keys["forms"], "form")
    for row in block(document, "moves"):
        for place, stage in enumerate(row.raw["from"]):
            yield from _named(row, f"/from/{place}", stage, keys["stages"], "stage")
        yield from _named(row, "/to", row.raw["to"], keys["stages"], "stage")
    for row in block(document, "forms"):
        if "sign_off" in row.raw:
            yield from _named(
                row, "/sign_off", row.raw["sign_off"], keys["sign_offs"], "sign-off chain"
            )
        if "judges" in row.raw:
            task = row.raw["judges"]["task"]
            yield from _named(row, "/judges/task", task, keys["tasks"], "task template")
    for row in block(document, "permissions"):
        for place, form in enumerate(row.raw.get("forms", ())):
            yield from _named(row, f"/forms/{place}", form, keys["forms"], "form")
    for row in block(document, "checks"):
        if "of" in row.raw:
            kind = "moves" if row.raw["on"] == "move" else "forms"
            yield from _named(row, "/of", row.raw["of"], keys[kind], kind.removesuffix("s"))
    for row in block(document, "notices"):
        kind = _NOTICE_OF.get(row.raw["on"].partition(".")[0], "")
        if "of" in row.raw and kind:
            yield from _named(row, "/of", row.raw["of"], keys[kind], kind.removesuffix("s"))
    lists = [("/closing/list", document["closing"]["list"])]
    lists += [(f"/lists/{place}", key) for place, key in enumerate(document.get("lists", ()))]
    whole = Row("", "", document)
    for at, key in lists:
        yield from _named(whole, at, key, set(known.lists), "code list")
    for row in block(document, "clocks"):
        if "reasons" in row.raw:
            yield from _named(row, "/reasons", row.raw["reasons"], set(known.lists), "code list")


def _triggers(document: Document, _known: Known) -> Found:
    """Triggers that name nothing, or what cannot happen."""
    keys = {name: {row.raw["key"] for row in block(document, name)} for name in _KEYED}
    signed = {row.raw["form"]: "sign_off" in row.raw for row in block(document, "forms")}
    of_kind = {
        "form": set(signed), "stage": keys["stages"], "task": keys["tasks"], "clock": keys["clocks"],
    }  # fmt: skip
    for row, at, trigger in explore.triggers(document):
        event, of = trigger["event"], trigger.get("of", "")
        kind = EVENTS[event]
        if of and not kind:
            says = f"“{event}” is of nothing in particular, so “{of}” is never looked at."
            yield found_at(row, f"{at}/of", "needless", says, "Take “of” off.")
            continue
        if kind and of:
            yield from _named(row, f"{at}/of", of, of_kind[kind], kind)
        if event == "record.signed" and signed.get(of) is False:
            says = f"“{of}” has no sign-off, so it is never signed."
            yield found_at(row, at, "cannot_happen", says, "Wait for record.finished instead.")
        if event in ("record.finished",) and signed.get(of):
            says = f"“{of}” is signed, so it is never finished without."
            yield found_at(row, at, "cannot_happen", says, "Wait for record.signed instead.")


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
        if row.raw["to"] in row.raw["from"]:
            says = "It leads back to the stage that it leaves."
            yield found_at(row, "/to", "to_itself", says, "Lead it elsewhere, or take it off.")
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


def _rights(document: Document, _known: Known) -> Found:
    grants = document.get("permissions", ())
    if not grants:
        return

    def may(verb: str, form: str = "", role: str = "") -> bool:
        return any(
            verb in grant["may"]
            and (not role or grant["role"] == role)
            and (not form or form in grant.get("forms", (form,)))
            for grant in grants
        )

    chains = {row.raw["key"]: row.raw["steps"] for row in block(document, "sign_offs")}
    for row in block(document, "forms"):
        form = row.raw["form"]
        for verb in ("start", "submit"):
            if not may(verb, form):
                says = f"Nobody may {verb} “{form}”."
                yield found_at(row, "/form", "nobody", says, "Give a role that permission.")
        for step in chains.get(row.raw.get("sign_off", ""), ()):
            if not may("sign", form, step["role"]):
                says = f"A {step['role']} has to sign “{form}”, and may not."
                yield found_at(row, "/sign_off", "nobody", says, "Give the role that permission.")
    for row in block(document, "moves"):
        if "roles" in row.raw and not any(may("move", role=role) for role in row.raw["roles"]):
            says = f"None of its roles may move a {document['subjects']['called']}."
            yield found_at(row, "/roles", "nobody", says, "Give one of them that permission.")


def _named(row: Row, at: str, key: str, there: set[str], what: str) -> Found:
    if key not in there:
        says, fix = f"There is no {what} “{key}”.", "Mend its spelling, or add it."
        if close := explore.close_to(key, there):
            fix = f"Did you mean “{close}”?"
        yield found_at(row, at, "unknown", says, fix)


_CHECKS: tuple[Callable[[Document, Known], Found], ...] = (
    _ids,
    _keys,
    _leads,
    _stages,
    _references,
    _triggers,
    _moves,
    _rights,
    lambda document, known: checks_clocks.problems(document, known.calendars),
    lambda document, known: checks_forms.problems(document, known.forms, known.lists),
)
