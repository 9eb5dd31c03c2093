"""Judge a code list document: everything that is wrong with it, also beside its last version. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

from casework.canonical import canonical
from formdefs import shapes, validator
from formdefs.codelists import ListDoc
from formdefs.meta_schema import LIST_SCHEMA
from formdefs.shapes import DefinitionProblem

_VALIDATOR = validator.compiled(LIST_SCHEMA)


def problems(document: Any, earlier: ListDoc | None = None) -> list[DefinitionProblem]:
    """List all that keeps a code list from being published; [] if nothing does.

    earlier: the newest published version of the list, None if there is none. Records hold its
    codes, and returns count them, so a code once published may be relabelled and retired, but
    neither taken out nor cut off from its national code.
    """
    try:
        canonical(document)
        found = list(shapes.shape_problems(_VALIDATOR, document))
    except (ValueError, RecursionError):
        says = "The list holds what no JSON text can, such as broken text."
        return [DefinitionProblem("", "", "shape", says, "Export it again.")]
    if found:
        return found
    found = list(_entry_problems(document["entries"]))
    if earlier is not None:
        found += _change_problems(document["entries"], earlier["entries"])
    return found


def _entry_problems(entries: list[dict[str, str]]) -> Iterator[DefinitionProblem]:
    seen: set[str] = set()
    for index, entry in enumerate(entries):
        code, at = entry["code"], f"/entries/{index}"
        if code in seen:
            says = f"The code “{code}” stands twice."
            yield DefinitionProblem(
                f"{at}/code", "", "duplicate_code", says, "Give it another code."
            )
        seen.add(code)
        if entry.get("valid_to", "9999") < entry.get("valid_from", ""):
            says = f"The code “{code}” ends before it begins."
            yield DefinitionProblem(f"{at}/valid_to", "", "limits", says, "Mend one of the dates.")


_Entries = list[Mapping[str, Any]]


def _change_problems(entries: _Entries, earlier: _Entries) -> Iterator[DefinitionProblem]:
    """Yield what published records and returns would lose."""
    places = {entry["code"]: index for index, entry in enumerate(entries)}
    for before in earlier:
        code = before["code"]
        if code not in places:
            says = (
                f"The code “{code}” (“{before['label']}”) was published, and records may hold it."
            )
            fix = "Put its entry back. To stop offering it, give it a “valid_to”."
            yield DefinitionProblem("/entries", "", "removed_code", says, fix)
            continue
        national, now = before.get("national"), entries[places[code]].get("national")
        if national and now != national:
            says = f"The code “{code}” was published as the national code “{national}”."
            fix = f'Write "national": "{national}". For another national code, add an entry.'
            at = f"/entries/{places[code]}/national"
            yield DefinitionProblem(at, "", "remapped_code", says, fix)
    if all("national" in before for before in earlier):
        yield from _unmapped(entries, {before["code"] for before in earlier})


def _unmapped(entries: _Entries, published: set[str]) -> Iterator[DefinitionProblem]:
    """Yield the new codes of a national list that return as no national code of it."""
    known = {e.get("national") for e in entries if e["code"] in published}
    for index, entry in enumerate(entries):
        national = entry.get("national")
        if entry["code"] in published or (national and national in {*known, entry["code"]}):
            continue
        at = f"/entries/{index}"
        if national is None:
            says = f"The new code “{entry['code']}” says no national code, as all others do."
            fix = "Add “national”: the national code that it is counted as."
            yield DefinitionProblem(at, "", "unmapped_code", says, fix)
        else:
            says = f"“{national}” is none of the list's national codes."
            fix = "Name one of them. A code that is national itself has the same “code”."
            yield DefinitionProblem(f"{at}/national", "", "unknown_national", says, fix)
