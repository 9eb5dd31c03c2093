"""Write the rules of an imported XLSForm, now that every name is known. Pure."""

import re
from collections.abc import Callable
from typing import Any

from formdefs.importing import xpath
from formdefs.importing.building import Node
from formdefs.importing.data_shape import WORKED_OUT
from formdefs.importing.naming import slug
from formdefs.importing.told import Told, Untold
from formdefs.importing.xlsform_choices import Choices
from formdefs.importing.xlsform_reading import Entry, Reading

_YES, _NO = ("yes", "true", "true()", "1"), ("", "no", "false", "false()", "0")


def settle(reading: Reading) -> None:
    """Write showing, requiring, locking, calculating, first values, filters and constraints."""
    entries = [entry for entry in reading.entries.values() if entry.node is not None]
    for entry in entries:
        if entry.row.get("calculation"):
            _calculation(reading, entry)
    for entry in entries:
        if relevant := entry.row.get("relevant", "relevance"):
            _write(reading, entry, "visible", "relevant", relevant)
        if entry.kind in ("group", "rows"):
            continue
        _decided(reading, entry, "required", entry.row.get("required"))
        _decided(reading, entry, "readonly", entry.row.get("read_only", "readonly"))
        if entry.row.get("default"):
            _default(reading, entry)
        if entry.row.get("choice_filter"):
            _filter(reading, entry)
        if entry.row.get("constraint"):
            _constraint(reading, entry)
    for entry in entries:
        _tell_references(reading, entry)


def _refer(reading: Reading, entry: Entry) -> Callable[[str], Told]:
    """Return what names stand for in an expression of an entry."""

    def refer(name: str) -> Told:
        wanted = reading.entries.get(name)
        if wanted is None or wanted.node is None:
            raise Untold(f"“{name}”, which nothing here asks for")
        if wanted.kind == "group":
            raise Untold(f"the group “{name}”")
        values = wanted.choices.codes if wanted.choices else {}
        var = {"var": wanted.node["key"]}
        shared = 0
        for ours, theirs in zip(entry.repeats, wanted.repeats, strict=False):
            if ours != theirs:
                break
            shared += 1
        inner = wanted.repeats[shared:]
        if wanted.kind == "rows":
            return Told(var, "rows", rows=(*inner, wanted.node["key"]))
        return Told(var, wanted.kind, values=values, rows=inner)

    return refer


def _translated(reading: Reading, entry: Entry, text: str, **more: Any) -> Told:
    this = None
    if entry.node is not None and entry.kind not in ("group", "rows"):
        this = _refer(reading, entry)(entry.name)
    return xpath.translate(text, _refer(reading, entry), this, **more)


def _write(reading: Reading, entry: Entry, part: str, column: str, text: str) -> None:
    node = entry.node
    if node is None:
        return
    try:
        rule = _translated(reading, entry, text).rule
    except Untold as reason:
        reading.report.lost(entry.row.at, column, f"“{_short(text)}” has {reason}.")
        return
    node[part] = rule if isinstance(rule, bool | dict) else bool(rule)
    reading.report.carried(entry.row.at, column, "A rule.")


def _decided(reading: Reading, entry: Entry, part: str, text: str) -> None:
    if entry.node is None or text.lower() in _NO:
        return
    if entry.node["type"] == "calculated":
        return
    if text.lower() in _YES:
        entry.node[part] = True
        reading.report.carried(entry.row.at, part, "Always.")
    else:
        _write(reading, entry, part, part, text)


def _calculation(reading: Reading, entry: Entry) -> None:
    """Make the question one that is worked out; its type is that of the expression."""
    node, text = entry.node, entry.row.get("calculation")
    if node is None or entry.kind in ("group", "rows"):
        return
    calculates = node["type"] == "calculated"
    try:
        told = _translated(reading, entry, text)
        result = _result(told.kind if calculates or node["type"] not in _KEPT else node["type"])
    except Untold as reason:
        reading.report.lost(entry.row.at, "calculation", f"“{_short(text)}” has {reason}.")
        if calculates:
            node |= {"type": "text", "readonly": True}
            entry.kind = "text"
        return
    if not calculates:
        for name in [*node]:
            if name not in ("id", "kind", "key", "label", "hint"):
                del node[name]
    node |= {"type": "calculated", "result": result, "value": told.rule}
    if result == "decimal":
        node["decimal_places"] = 10
    entry.kind = "number" if result == "decimal" else _KINDS.get(result, result)
    if entry.shape is not None:
        entry.shape.how = WORKED_OUT
    says = f"Worked out as {result.replace('_', ' ')}"
    shown = "; it is shown, as all that is worked out" if calculates else ""
    reading.report.changed(entry.row.at, "calculation", f"{says}{shown}.")


def _result(kind: str) -> str:
    if kind not in _RESULTS:
        raise Untold(f"a value of the kind “{kind}”")
    return _RESULTS[kind]


_KEPT = ("integer", "decimal", "date", "text")
_RESULTS = {
    "number": "decimal", "integer": "integer", "decimal": "decimal", "text": "text",
    "code": "text", "date": "date", "boolean": "yes_no",
}  # fmt: skip
_KINDS = {"yes_no": "boolean"}


def _default(reading: Reading, entry: Entry) -> None:
    node, text = entry.node, entry.row.get("default")
    if node is None or node["type"] in ("calculated", "file", "signature"):
        return
    constant = _constant(node, entry, text)
    if constant is not None:
        node["default"] = constant
        reading.report.carried(entry.row.at, "default", "The first value.")
        return
    try:
        told = _translated(reading, entry, text)
    except Untold as reason:
        reading.report.lost(entry.row.at, "default", f"“{_short(text)}” has {reason}.")
        return
    node["default"] = told.rule
    reading.report.carried(entry.row.at, "default", "A rule gives the first value.")


def _constant(node: Node, entry: Entry, text: str) -> Any:
    kind = node["type"]
    if entry.choices is not None:
        if kind == "choices":
            found = [entry.choices.codes.get(part) for part in text.split()]
            return None if None in found else found
        return entry.choices.codes.get(text)
    if kind == "integer":
        return int(text) if re.fullmatch(r"-?\d{1,15}", text) else None
    if kind == "decimal":
        return text if re.fullmatch(r"-?\d{1,15}(\.\d*[1-9])?", text) else None
    if kind == "yes_no":
        return True if text.lower() in ("ok", *_YES) else None
    if kind in ("text", "long_text"):
        return None if "(" in text or "${" in text else text
    return text if re.fullmatch(r"[\d:T+.-]+Z?", text) else None


def _filter(reading: Reading, entry: Entry) -> None:
    """Offer a part of the list: the columns that the filter reads are kept beside its entries."""
    node, choices, text = entry.node, entry.choices, entry.row.get("choice_filter")
    if node is None or choices is None:
        reading.report.lost(entry.row.at, "choice_filter", "It has no list to filter.")
        return
    used: list[str] = []
    refer = _refer(reading, entry)
    named: list[Choices] = []

    def noted(name: str) -> Told:
        wanted = reading.entries.get(name)
        if wanted is not None and wanted.choices is not None:
            named.append(wanted.choices)
        return refer(name)

    def column(name: str) -> Told:
        if name in ("name", "value"):
            return Told({"var": "option.code"}, "text")
        if name == "label":
            return Told({"var": "option.label"}, "text")
        heading = next(
            (one for one in choices.columns if one == name.lower() or slug(one) == slug(name)), None
        )
        if heading is None:
            raise Untold(f"the column “{name}”, which the choices have not")
        used.append(heading)
        return Told({"var": f"option.{choices.columns[heading]}"}, "text")

    try:
        rule = xpath.translate(text, noted, None, column).rule
    except Untold as reason:
        says = f"“{_short(text)}” has {reason}: all choices are offered."
        reading.report.lost(entry.row.at, "choice_filter", says)
        return
    renamed = {name: code for one in named for name, code in one.codes.items()}
    for heading in dict.fromkeys(used):
        choices.attach(reading.building, heading, renamed)
    node["options"] = rule if isinstance(rule, bool | dict) else bool(rule)
    reading.report.carried(entry.row.at, "choice_filter", "A rule offers a part of the list.")


_LENGTH = re.compile(r"string-length\s*\(\s*\.\s*\)\s*(<=|>=|<|>|=)\s*(\d{1,6})")
_REGEX = re.compile(r"regex\s*\(\s*\.\s*,\s*(?:'([^']*)'|\"([^\"]*)\")\s*\)")
_LIMIT = re.compile(r"\.\s*(<=|>=|<|>)\s*(-?\d{1,15}(?:\.\d{1,10})?)")
_DAY = re.compile(
    r"\.\s*(<=|>=)\s*(?:date\s*\(\s*)?(?:(today|now)\s*\(\s*\)|'(\d{4}-\d{2}-\d{2})')\s*\)?"
)


def _constraint(reading: Reading, entry: Entry) -> None:
    """Carry a constraint as limits where it is simple comparisons, else as a check."""
    node, text = entry.node, entry.row.get("constraint")
    if node is None:
        return
    parts = [text] if re.search(r"\bor\b", text) else re.split(r"\band\b", text)
    left = [part for part in parts if not _limit(node, part.strip())]
    if len(left) < len(parts):
        reading.report.carried(entry.row.at, "constraint", "Limits of the question.")
        _message(reading, entry)
    if left:
        _check(reading, entry, " and ".join(part.strip() for part in left))


def _limit(node: Node, part: str) -> bool:
    """Carry one comparison as a limit of the question, if it is one."""
    kind = node["type"]
    if kind in ("text", "long_text"):
        if found := _LENGTH.fullmatch(part):
            return _length(node, found[1], int(found[2]))
        if (found := _REGEX.fullmatch(part)) and "pattern" not in node:
            pattern = found[1] or found[2] or ""
            start = "" if pattern.startswith("^") else ".*"
            end = "" if pattern.endswith("$") else ".*"
            node["pattern"] = f"{start}(?:{pattern.removeprefix('^').removesuffix('$')}){end}"
            return bool(pattern)
    if kind in ("integer", "decimal") and (found := _LIMIT.fullmatch(part)):
        return _number(node, found[1], found[2])
    if kind in ("date", "datetime", "partial_date") and (found := _DAY.fullmatch(part)):
        node["not_after" if found[1] == "<=" else "not_before"] = found[3] or "today"
        return True
    return False


def _length(node: Node, operator: str, count: int) -> bool:
    if operator in ("<=", "<", "="):
        node["max_length"] = max(1, count - (operator == "<"))
    if operator in (">=", ">", "=") and count + (operator == ">") > 0:
        node["min_length"] = count + (operator == ">")
    return True


def _number(node: Node, operator: str, limit: str) -> bool:
    name = "maximum" if operator.startswith("<") else "minimum"
    strict = len(operator) == 1
    if node["type"] == "integer":
        if "." in limit:
            return False
        node[name] = int(limit) + (strict and (-1 if name == "maximum" else 1))
        return True
    if strict or name in node:
        return False
    node[name] = limit
    return True


def _message(reading: Reading, entry: Entry) -> None:
    told = reading.languages.text(entry.row, "constraint_message") or entry.row.get(
        "constraint_msg"
    )
    if not told or entry.node is None:
        return
    if "pattern" in entry.node:
        entry.node["pattern_message"] = told[:500]
    else:
        says = "The limits are told in the platform's own words."
        reading.report.changed(entry.row.at, "constraint_message", says)


def _check(reading: Reading, entry: Entry, text: str) -> None:
    """Carry a constraint as a check; inside repeats it is made in every row."""
    node = entry.node
    if node is None:
        return
    try:
        told = _translated(reading, entry, text)
    except Untold as reason:
        reading.report.lost(entry.row.at, "constraint", f"“{_short(text)}” has {reason}.")
        return
    wrong: Any = {"and": [{"!=": [{"var": node["key"]}, None]}, {"!": [told.rule]}]}
    message = reading.languages.text(entry.row, "constraint_message")
    message = (
        message or entry.row.get("constraint_msg") or f"“{node['label']}” is not as it must be"
    )
    reading.building.check(entry.row.at, wrong, ".".join([*entry.repeats, node["key"]]), message)
    where = "A check in every row." if entry.repeats else "A check."
    reading.report.carried(entry.row.at, "constraint", where)


def _tell_references(reading: Reading, entry: Entry) -> None:
    for column in ("label", "hint"):
        if "${" in reading.languages.text(entry.row, column):
            says = "An answer is not written into a text: the name stands there."
            reading.report.lost(entry.row.at, column, says)


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:59]}…"
