"""Judge a code list document: everything that is wrong with it. Pure."""

from collections.abc import Iterator
from typing import Any

from casework.canonical import canonical
from formdefs import shapes, validator
from formdefs.meta_schema import LIST_SCHEMA
from formdefs.shapes import DefinitionProblem

_VALIDATOR = validator.compiled(LIST_SCHEMA)


def problems(document: Any) -> list[DefinitionProblem]:
    """List all that keeps a code list from being published; [] if nothing does."""
    try:
        canonical(document)
        found = list(shapes.shape_problems(_VALIDATOR, document))
    except (ValueError, RecursionError):
        says = "The list holds what no JSON text can, such as broken text."
        return [DefinitionProblem("", "", "shape", says, "Export it again.")]
    return found or list(_entry_problems(document["entries"]))


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
