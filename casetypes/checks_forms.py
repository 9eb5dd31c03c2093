"""Judge a case type against its forms: what it reads of them is there and of the right kind. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

from casetypes.definition import load
from casetypes.names import names
from casetypes.rows import Row, block, found_at
from casetypes.tries import codes_of
from formdefs import dependencies, rules, tree
from formdefs.shapes import DefinitionProblem

Document = Mapping[str, Any]
Found = Iterator[DefinitionProblem]
# Where a task's parts come from -> the types of question that can give them.
_COLUMNS = {
    "title": ("text", "long_text", "choice", "calculated"),
    "due": ("date", "datetime", "calculated"),
    "owner": ("worker",),
    "outsider": ("text", "long_text", "person", "organisation"),
    "evidence": ("text", "long_text"),
}

_MEND = "Mend the rule, or what it reads."


def problems(
    document: Document, forms: Mapping[str, Document], lists: Mapping[str, Document]
) -> Found:
    """Yield what a case type says of its forms that they do not."""
    chains = {row.raw["key"]: row for row in block(document, "sign_offs")}
    stages = block(document, "stages")
    written = {use["form"] for stage in stages for use in stage.raw.get("forms", ())}
    for row in block(document, "forms"):
        form = forms.get(row.raw["form"])
        if form is None:
            says = f"There is no published form “{row.raw['form']}”."
            yield found_at(row, "/form", "unknown", says, "Publish it, or name another.")
            continue
        if row.raw["form"] not in written:
            says = f"“{form['title']}” is written at no stage, so nobody could begin one."
            fix = "Add it to the “forms” of a stage, or take it off."
            yield found_at(row, "/form", "nowhere", says, fix)
        yield from _use(row, form, lists, document)
        chain = chains.get(row.raw.get("sign_off", ""))
        if "sign_off" not in row.raw and form.get("authority", "another") == "another":
            says = f"“{form['title']}” is signed by somebody else than its author."
            fix = "Name in “sign_off” the chain that signs it."
            yield found_at(row, "/form", "own_work", says, fix)
        if chain and form.get("authority", "another") == "another":
            for place, step in enumerate(chain.raw["steps"]):
                if "author" not in step.get("not", ()):
                    says = f"“{form['title']}” is signed by somebody else than its author."
                    fix = "Add “author” to this step's “not”."
                    at = f"/steps/{place}"
                    yield found_at(chain, at, "own_work", says, fix)
    used = {row.raw.get("sign_off") for row in block(document, "forms")}
    for row in chains.values():
        if row.raw["key"] not in used:
            says = "No form is signed by this chain."
            yield found_at(
                row, "", "needless", says, "Name it in a form's “sign_off”, or take it off."
            )
        if all(step.get("when", True) is not True for step in row.raw["steps"]):
            says = "Each of its signatures has a condition, so a record might need none of them."
            fix = "Leave one step without “when”, or give the form no sign-off."
            yield found_at(row, "/steps", "no_signature", says, fix)
    for row in block(document, "tasks"):
        yield from _rows(row, document, forms)
    yield from _rules(document, forms)


def _use(row: Row, form: Document, lists: Mapping[str, Document], document: Document) -> Found:
    per = form.get("per", "case")
    if row.raw["per"] != per:
        says = f"The form is written per {per}, not per {row.raw['per']}."
        yield found_at(row, "/per", "per", says, f"Write “{per}”.")
    nodes = {node.path_keys: node for node in tree.walk(form) if node.holds_answer}
    sections = {node.key for node in tree.walk(form) if node.kind in ("section", "page")}
    if bound := row.raw.get("subjects"):
        yield from _repeat(row, "/subjects/repeat", nodes, (bound["repeat"],))
        wanted = (bound["repeat"], bound["subject"])
        yield from _column(row, "/subjects/subject", nodes, wanted, ("person",))
    if judges := row.raw.get("judges"):
        yield from _judging(row, judges, nodes, form, lists)
        rowless = {one["key"] for one in document.get("tasks", ()) if "rows" not in one}
        for at, key in judged_templates(judges):
            if key in rowless:
                says = (
                    "It judges tasks that do not come from rows, so its rows could not name them."
                )
                yield found_at(row, at, "judges", says, "Name a template with “rows”.")
    if "copy" in row.raw and row.raw["per"] == "case":
        says = "It is one form for the case, so there is no other to copy to."
        yield found_at(row, "/copy", "per", says, "Take “copy” off.")
    for place, key in enumerate(row.raw.get("copy", ())):
        if key not in sections:
            says = f"The form has no page or section “{key}”."
            yield found_at(row, f"/copy/{place}", "unknown", says, "Name one that it has.")


def judged_templates(judges: Document) -> Iterator[tuple[str, str]]:
    """Each task template that a review lists, with its place in the form's use."""
    yield "/judges/task", judges["task"]
    for place, key in enumerate(judges.get("also", ())):
        yield f"/judges/also/{place}", key


def _judging(
    row: Row,
    judges: Document,
    nodes: Mapping[tuple[str, ...], tree.Node],
    form: Document,
    lists: Mapping[str, Document],
) -> Found:
    repeat = judges["repeat"]
    yield from _repeat(row, "/judges/repeat", nodes, (repeat,))
    yield from _column(row, "/judges/status", nodes, (repeat, judges["status"]), ("choice",))
    if "outcome" in judges:
        wanted = (repeat, judges["outcome"])
        yield from _column(row, "/judges/outcome", nodes, wanted, ("text", "long_text"))
    both = set(judges["done"]) & set(judges.get("cancelled", ()))
    for code in sorted(both):
        says = f"“{code}” would close an action both as done and as not done."
        yield found_at(row, "/judges/cancelled", "judges", says, "Take it off one of the two.")
    if not judges["done"]:
        says = "No answer closes an action as done."
        yield found_at(row, "/judges/done", "judges", says, "Name the codes that do.")
    status = nodes.get((repeat, judges["status"]))
    codes = codes_of(status.raw, form, lists) if status else None
    if judges.get("because") and "outcome" not in judges:
        says = "Some codes need words, but no question asks for them."
        yield found_at(row, "/judges/because", "judges", says, "Name a text question in “outcome”.")
    for part in ("done", "cancelled", "because"):
        for place, code in enumerate(judges.get(part, ())):
            if codes is not None and code not in codes:
                says = f"“{judges['status']}” has no answer “{code}”."
                at = f"/judges/{part}/{place}"
                yield found_at(row, at, "unknown", says, "Name one of its codes.")


def _rows(row: Row, document: Document, forms: Mapping[str, Document]) -> Found:
    rows = row.raw.get("rows")
    if rows is None:
        return
    form = forms.get(row.raw["on"].get("of", ""))
    if not row.raw["on"]["event"].startswith("record."):
        says = "Its tasks come from the rows of a record, but no record is decided then."
        yield found_at(row, "/on", "cannot_happen", says, "Wait for a record to be signed.")
        return
    if form is None:
        if "of" not in row.raw["on"]:
            says = "It does not say whose rows the tasks come from."
            yield found_at(row, "/on", "unknown", says, "Name the form in “of”.")
        return
    nodes = {node.path_keys: node for node in tree.walk(form) if node.holds_answer}
    keys = tuple(rows["repeat"])
    for depth in range(1, len(keys) + 1):
        yield from _repeat(row, f"/rows/repeat/{depth - 1}", nodes, keys[:depth])
    for part, types in _COLUMNS.items():
        if part in rows:
            yield from _column(row, f"/rows/{part}", nodes, (*keys, rows[part]), types)


def _rules(document: Document, forms: Mapping[str, Document]) -> Found:
    case_type = load(document)
    known = {key: dependencies.names(form) for key, form in forms.items()}
    for row, at, rule, of_event in ruled(document):
        checked = row.raw["on"] if row.at.startswith("/checks/") else ""
        for found in rules.problems(rule, names(case_type, known, of_event, checked)):
            says, _, fix = found.message.partition(". ")
            yield found_at(row, at + found.at, found.code, f"{says.rstrip('.')}.", fix or _MEND)


def ruled(document: Document) -> Iterator[tuple[Row, str, Any, str]]:
    """Every rule with its row, its place in it, and the form whose event it is asked for."""
    for name in ("moves", "clocks", "tasks", "sign_offs", "checks"):
        for row in block(document, name):
            yield from _ruled_in(row, row.raw, "")
            for part in ("outcome", "closing") if name == "moves" else ():
                if isinstance(row.raw.get(part), Mapping):
                    yield row, f"/{part}", row.raw[part], row.raw.get("on", {}).get("of", "")


def _ruled_in(row: Row, part: Any, at: str, of: str = "") -> Iterator[tuple[Row, str, Any, str]]:
    if isinstance(part, Mapping):
        event = next((one for n in ("event", "on") if isinstance(one := part.get(n), str)), "")
        of = part.get("of", "") if event.startswith("record.") else of if at else ""
        for name, value in part.items():
            if name == "when":
                yield row, f"{at}/when", value, of
            elif isinstance(value, Mapping | list):
                yield from _ruled_in(row, value, f"{at}/{name}")
    elif isinstance(part, list):
        for place, value in enumerate(part):
            yield from _ruled_in(row, value, f"{at}/{place}")


def _repeat(
    row: Row, at: str, nodes: Mapping[tuple[str, ...], tree.Node], keys: tuple[str, ...]
) -> Found:
    node = nodes.get(keys)
    if node is None or node.kind != "repeat":
        says = f"The form has no repeat “{'.'.join(keys)}”."
        yield found_at(row, at, "unknown", says, "Name a repeat by its keys, the outermost first.")


def _column(
    row: Row,
    at: str,
    nodes: Mapping[tuple[str, ...], tree.Node],
    keys: tuple[str, ...],
    types: tuple[str, ...],
) -> Found:
    node = nodes.get(keys)
    if node is None or node.kind != "question":
        says = f"The form asks no “{keys[-1]}” in those rows."
        yield found_at(row, at, "unknown", says, "Name a question of the row.")
    elif node.raw.get("type") not in types:
        says = f"“{keys[-1]}” is a question of the type “{node.raw.get('type')}”."
        yield found_at(row, at, "wrong_type", says, f"Name one of the type {' or '.join(types)}.")
