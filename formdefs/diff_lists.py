"""The changes between the code lists of two versions of a form. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

from formdefs.changes import (
    ADDITIVE,
    BREAKING,
    NEEDS_MAPPING,
    TEXT_ONLY,
    Change,
    Severity,
)
from formdefs.form import Form

_Document = Mapping[str, Any]
_LATEST = "9999-12-31"


def list_changes(old: Form, new: Form) -> Iterator[Change]:
    """Yield what became of each list, by the name that the form gives it, and of its codes."""
    before, after = old.documents["lists"], new.documents["lists"]
    for name in dict.fromkeys((*after, *before)):
        title = _title(name, after.get(name) or before[name])
        if name not in before:
            says = f"The code list {title} is new."
            yield Change("list_added", name, title, ADDITIVE, says, old=None)
        elif name not in after:
            says = f"The code list {title} is no longer used."
            yield Change("list_removed", name, title, TEXT_ONLY, says, new=None)
        else:
            yield from _changed(name, title, before[name], after[name])


def codes_lost(old: Form, new: Form, old_name: str, new_name: str) -> Severity:
    """The class of offering another list: breaking where a code of the old one is not in it."""
    codes = set(new.lists[new_name].by_code) if new_name in new.lists else set()
    return ADDITIVE if codes.issuperset(old.lists[old_name].by_code) else BREAKING


def _changed(name: str, title: str, old: _Document, new: _Document) -> Iterator[Change]:
    before = {entry["code"]: entry for entry in old["entries"]}
    after = {entry["code"]: entry for entry in new["entries"]}
    found = []
    for code, entry in after.items():
        if code not in before:
            says = f"{title} offers “{entry['label']}”, which is new."
            found.append(_option("option_added", name, title, ADDITIVE, says, None, entry))
        elif before[code] != entry:
            found.extend(_differing(name, title, before[code], entry))
    for code, entry in before.items():
        if code not in after:
            says = f"{title} no longer has “{entry['label']}”."
            found.append(_option("option_removed", name, title, BREAKING, says, entry, None))
    both = [code for code in before if code in after]
    if both != [code for code in after if code in before]:
        says = f"The answers of {title} stand in another order."
        found.append(_option("options_reordered", name, title, TEXT_ONLY, says, None, None))
    if not found and _version(old) != _version(new):
        says = f"{title} comes from another published version, with the same answers."
        versions = (_version(old), _version(new))
        found.append(_option("list_version", name, title, TEXT_ONLY, says, *versions))
    yield from found


def _differing(name: str, title: str, old: _Document, new: _Document) -> Iterator[Change]:
    label = f"“{new['label']}” of {title}"
    for part in sorted({*old, *new}):
        before, after = old.get(part), new.get(part)
        if before == after:
            continue
        kind, severity, says = (
            "option_changed",
            NEEDS_MAPPING,
            f"{label}: its “{part}” has changed.",
        )
        if part == "label":
            kind, severity = "option_relabelled", TEXT_ONLY
            says = f"{title}: “{before}” now reads “{after}”."
        elif part == "hint":
            kind, severity, says = "option_relabelled", TEXT_ONLY, f"{label}: its hint has changed."
        elif part == "valid_to":
            sooner = (after or _LATEST) < (before or _LATEST)
            kind, severity = "option_retired", NEEDS_MAPPING if sooner else ADDITIVE
            says = f"{label} may be given until {after}." if after else f"{label} has no last day."
        elif part == "valid_from":
            severity = NEEDS_MAPPING if (after or "") > (before or "") else ADDITIVE
            says = f"{label} may be given from {after or 'any day'}."
        yield _option(kind, name, title, severity, says, before, after, part)


def _option(
    kind: str,
    name: str,
    title: str,
    severity: Severity,
    says: str,
    before: Any,
    after: Any,
    part: str = "",
) -> Change:
    return Change(kind, name, title, severity, says, part=part, before=before, after=after)


def _version(document: _Document) -> Any:
    return document.get("version")


def _title(name: str, document: _Document) -> str:
    return f"“{document.get('title') or name}”"
