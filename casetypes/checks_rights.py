"""Judge who may do what in a case type, and who is told: that somebody can. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

from casetypes.rows import Row, block, found_at
from formdefs.shapes import DefinitionProblem

Document = Mapping[str, Any]
Found = Iterator[DefinitionProblem]


def problems(document: Document) -> Found:
    """Yield what nobody may do, and notices that nobody would be told."""
    yield from _rights(document)
    for row in block(document, "notices"):
        yield from _notice(row, document)


def _rights(document: Document) -> Found:
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
                yield _unpermitted(row, says, "Give a role that permission.")
        for step in chains.get(row.raw.get("sign_off", ""), ()):
            if not may("sign", form, step["role"]):
                says = f"A {step['role']} has to sign “{form}”, and may not."
                yield _unpermitted(row, says, "Give the role that permission.")
    for row in block(document, "moves"):
        if "roles" in row.raw and not any(may("move", role=role) for role in row.raw["roles"]):
            says = f"None of its roles may move a {document['subjects']['called']}."
            yield _unpermitted(row, says, "Give one of them that permission.")


def _unpermitted(row: Row, says: str, fix: str) -> DefinitionProblem:
    """What nobody may do, of a row: to be mended in the permissions, where it is taken away."""
    return DefinitionProblem("/permissions", row.id, "nobody", says, fix)


def _notice(row: Row, document: Document) -> Found:
    event, of = row.raw["on"], row.raw.get("of", "")
    about = event.partition(".")[0]
    if of and about == "case":
        says = f"“{event}” is of the case, so “{of}” is never looked at."
        yield found_at(row, "/of", "needless", says, "Take “of” off.")
    for place, who in enumerate(row.raw["to"]):
        wanted = {"owner": "task", "author": "record"}.get(who, about)
        if wanted != about:
            says = f"“{event}” has no {who}, so nobody would be told."
            fix = "Tell the worker or the managers, or wait for another event."
            yield found_at(row, f"/to/{place}", "nobody", says, fix)
    if event in ("record.signed", "record.returned"):
        signed = {use["form"]: "sign_off" in use for use in document["forms"]}
        if not (signed.get(of, True) if of else any(signed.values())):
            says = "Nobody signs that form, so this never happens."
            yield found_at(row, "/on", "cannot_happen", says, "Name a form with a sign-off.")
    if event == "clock.due":
        clocks = [c.raw for c in block(document, "clocks") if of in ("", c.raw["key"])]
        if clocks and not any(clock.get("warn") for clock in clocks):
            says = "The clock warns nobody before it is due, so this never happens."
            yield found_at(row, "/on", "cannot_happen", says, "Give the clock a “warn”.")
