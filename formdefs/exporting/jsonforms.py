"""A form as JSON Schema and UI schema, as JSONForms reads them, with what could not be said. Pure.

Takes a loaded form, so that fragments are expanded and lists are as they were published. Answers
keep their keys as property names; what importing the result again gives is told in
`docs/reference/importing.md`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from formdefs import answer_types, patterns
from formdefs.exporting.jsonforms_conditions import Kinds, condition_of
from formdefs.form import Content, Form, Item, Page, Question, Repeat, Section
from formdefs.importing.report import Line, Report
from formdefs.importing.told import Untold

Schema = dict[str, Any]
DIALECT = "http://json-schema.org/draft-07/schema#"


@dataclass(frozen=True)
class Exported:
    """The two documents, and a line for each thing that is changed or lost."""

    schema: Mapping[str, Any]
    uischema: Mapping[str, Any]
    report: tuple[Line, ...]


def export(form: Form) -> Exported:
    """Write a form as JSONForms has it."""
    report = Report()
    _tell_form(form, report)
    schema: Schema = {
        "$schema": DIALECT,
        "title": form.title,
        "type": "object",
        **_properties(form, form.answered, report),
    }
    categories = [_page(form, page, report) for page in form.pages]
    if len(categories) == 1 and "rule" not in categories[0]:
        layout = {"type": "VerticalLayout", "elements": categories[0]["elements"]}
    else:
        layout = {"type": "Categorization", "elements": categories}
    return Exported(schema, layout, tuple(report.lines))


def _tell_form(form: Form, report: Report) -> None:
    for check in form.rules["checks"]:
        report.lost(check["id"], "check", "A rule across questions is not in a JSON Schema.")
    others = [language for language in form.documents["texts"] if language != form.language]
    for language in others:
        says = "JSONForms takes translations from the program around it."
        report.lost("", f"translation “{language}”", says)
    for asked in form.agreement:
        report.lost(asked["id"], "agreement", "Who is asked to agree is no question.")


def _properties(form: Form, answered: Mapping[str, Question | Repeat], report: Report) -> Schema:
    """Give the properties of one kinds, and which of them are required."""
    properties: Schema = {}
    for key, node in answered.items():
        if isinstance(node, Repeat):
            properties[key] = _rows(form, node, report)
        elif (schema := _schema(form, node, report)) is not None:
            properties[key] = schema
    required = [key for key in properties if getattr(answered[key], "required", False) is True]
    return {"properties": properties, **({"required": required} if required else {})}


def _rows(form: Form, repeat: Repeat, report: Report) -> Schema:
    made: Schema = {
        "type": "array",
        "title": repeat.label,
        "items": {"type": "object", **_properties(form, repeat.answered, report)},
    }
    if repeat.min_rows:
        made["minItems"] = repeat.min_rows
    if "max_rows" in repeat.raw:
        made["maxItems"] = repeat.max_rows
    return made | ({"description": repeat.hint} if repeat.hint else {})


def _schema(form: Form, question: Question, report: Report) -> Schema | None:
    """Give the schema of one answer; None for what has no place in data."""
    kind = question.result if question.type == "calculated" else question.type
    made = _of_type(form, question, kind, report)
    if made is None:
        report.lost(question.id, question.type, f"“{question.key}” has no counterpart.")
        return None
    made = {"title": question.label, **made}
    if question.hint:
        made["description"] = question.hint
    if question.type == "calculated":
        made["readOnly"] = True
        says = f"“{question.key}” is read-only: how it is worked out is not carried."
        report.lost(question.id, "value", says)
    if question.default is not None:
        if isinstance(question.default, Mapping):
            report.lost(question.id, "default", f"“{question.key}” begins with a rule's value.")
        else:
            made["default"] = _value(question, question.default)
    _tell_question(question, report)
    return made


def _value(question: Question, answer: Any) -> Any:
    if question.type in ("decimal", "money"):
        return _number(answer)
    return f"{answer}:00" if question.type == "time" else answer


def _number(text: Any) -> int | float:
    number = Decimal(str(text))
    return int(number) if number == number.to_integral_value() else float(number)


def _of_type(form: Form, question: Question, kind: str, report: Report) -> Schema | None:
    if kind in ("text", "long_text"):
        return _text(question)
    if kind in ("integer", "decimal", "money"):
        if kind == "money":
            says = f"“{question.key}” is a number: that it is money is not carried."
            report.changed(question.id, "money", says)
        return _amount(question, kind)
    if kind == "choice":
        return {"type": "string", "oneOf": _options(form, question)}
    if kind == "choices":
        return {"type": "array", "uniqueItems": True, "items": {"oneOf": _options(form, question)}}
    if kind in _PLAIN:
        return {**_PLAIN[kind]}
    if kind in _PATTERNS:
        says = f"“{question.key}” is a text of this pattern."
        report.changed(question.id, kind, says)
        return {"type": "string", "pattern": _PATTERNS[kind]}
    if kind in _OBJECTS:
        says = f"“{question.key}” is a group of plain questions."
        report.changed(question.id, kind, says)
        return _composed(question, kind)
    return None


_PLAIN: Mapping[str, Schema] = {
    "yes_no": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
    "time": {"type": "string", "format": "time"},
    "datetime": {"type": "string", "format": "date-time"},
    "email": {"type": "string", "format": "email"},
}
_PATTERNS = {
    "partial_date": patterns.PARTIAL_DATE,
    "postcode": patterns.POSTCODE,
    "phone": patterns.PHONE,
    "nhs_number": patterns.NHS_NUMBER,
    "upn": patterns.UPN,
}
_OBJECTS: Mapping[str, tuple[str, ...]] = {
    "person": ("name",),
    "worker": ("name",),
    "people": ("name",),
    "organisation": ("name", "phone", "email", "address"),
    "address": ("line1", "line2", "town", "county", "postcode"),
}


def _composed(question: Question, kind: str) -> Schema:
    """Give an object of texts, whose first part it has whenever it has any."""
    parts = _OBJECTS[kind]
    one: Schema = {
        "type": "object",
        "properties": {part: {"type": "string", "maxLength": 300} for part in parts},
        "required": [parts[0]],
    }
    return {"type": "array", "items": one} if kind == "people" else one


def _text(question: Question) -> Schema:
    made: Schema = {"type": "string"}
    if "max_length" in question.raw:
        made["maxLength"] = question.max_length
    if question.min_length is not None:
        made["minLength"] = question.min_length
    if question.pattern:
        made["pattern"] = patterns.whole(question.pattern)
    return made


def _amount(question: Question, kind: str) -> Schema:
    made: Schema = {"type": "integer" if kind == "integer" else "number"}
    if kind != "integer":
        places = answer_types.decimal_places(question.raw)
        made["multipleOf"] = _number(Decimal(1).scaleb(-places))
    for name in ("minimum", "maximum"):
        limit = getattr(question, name)
        if limit is not None:
            made[name] = _number(limit)
    return made


def _options(form: Form, question: Question) -> list[Schema]:
    entries = form.lists[question.list].entries
    return [{"const": entry.code, "title": entry.label} for entry in entries]


_SILENT = (
    "not_before",
    "not_after",
    "exclusive",
    "prefill",
    "mark",
    "protected",
    "pattern_message",
)


def _tell_question(question: Question, report: Report) -> None:
    for name in _SILENT:
        if name in question.raw:
            says = f"“{question.key}”: JSONForms has nothing of the kind."
            report.lost(question.id, name, says)
    if question.options is not True:
        says = f"“{question.key}” offers its whole list: filters are not carried."
        report.lost(question.id, "options", says)
    if isinstance(question.required, Mapping):
        says = f"“{question.key}” is not required: the rule is not carried."
        report.lost(question.id, "required", says)


def _page(form: Form, page: Page, report: Report) -> Schema:
    made: Schema = {"type": "Category", "label": page.title}
    elements = _elements(form, page.items, _kinds(form.answered), report)
    if page.hint:
        elements.insert(0, {"type": "Label", "text": page.hint})
    made["elements"] = elements
    return made | _shown(page.visible, _kinds(form.answered), page.id, report)


def _kinds(answered: Mapping[str, Question | Repeat]) -> Kinds:
    return {
        key: node.rules_as if isinstance(node, Question) else "list"
        for key, node in answered.items()
    }


def _elements(form: Form, items: tuple[Item, ...], kinds: Kinds, report: Report) -> list[Schema]:
    return [made for item in items if (made := _element(form, item, kinds, report)) is not None]


def _element(form: Form, item: Item, kinds: Kinds, report: Report) -> Schema | None:
    """Give one element of the layout; `kinds`: what rules can read there."""
    if isinstance(item, Content):
        return {"type": "Label", "text": item.text} | _shown(item.visible, kinds, item.id, report)
    if isinstance(item, Section):
        elements = _elements(form, item.items, kinds, report)
        if item.hint:
            elements.insert(0, {"type": "Label", "text": item.hint})
        if item.collapsible:
            report.changed(item.id, "collapsible", f"“{item.title}” stands open.")
        if not elements:
            return None
        made: Schema = {"type": "Group", "label": item.title, "elements": elements}
        return made | _shown(item.visible, kinds, item.id, report)
    if isinstance(item, Repeat):
        return _list(form, item, kinds, report)
    return _control(item, kinds, report)


def _list(form: Form, repeat: Repeat, kinds: Kinds, report: Report) -> Schema:
    inner = _elements(form, repeat.items, _kinds(repeat.answered), report)
    options: Schema = {"detail": {"type": "VerticalLayout", "elements": inner}}
    title = repeat.row_title
    if isinstance(title, Mapping) and [*title] == ["var"] and isinstance(title["var"], str):
        options["elementLabelProp"] = title["var"]
    elif title is not None:
        report.lost(repeat.id, "row_title", f"Rows of “{repeat.key}” are numbered.")
    if "mark" in repeat.raw or "prefill" in repeat.raw:
        report.lost(repeat.id, "mark", f"“{repeat.key}”: JSONForms has nothing of the kind.")
    made = {
        "type": "Control",
        "label": repeat.label,
        "scope": f"#/properties/{repeat.key}",
        "options": options,
    }
    return made | _shown(repeat.visible, kinds, repeat.id, report)


def _control(question: Question, kinds: Kinds, report: Report) -> Schema | None:
    if question.type in ("file", "signature"):
        return None
    options: Schema = {}
    if question.type == "long_text":
        options["multi"] = True
    if question.display == "radios":
        options["format"] = "radio"
    if question.readonly is True:
        options["readonly"] = True
    made: Schema = {
        "type": "Control",
        "label": question.label,
        "scope": f"#/properties/{question.key}",
        **({"options": options} if options else {}),
    }
    made |= _shown(question.visible, kinds, question.id, report)
    if isinstance(question.readonly, Mapping):
        made |= _locked(question, kinds, made, report)
    return made


def _locked(question: Question, kinds: Kinds, made: Schema, report: Report) -> Schema:
    if "rule" in made:
        report.lost(
            question.id, "readonly", "JSONForms takes one rule, and it shows by one already."
        )
        return {}
    try:
        return {"rule": {"effect": "DISABLE", "condition": condition_of(question.readonly, kinds)}}
    except Untold as reason:
        report.lost(question.id, "readonly", f"The rule has {reason}.")
        return {}


def _shown(visible: Any, kinds: Kinds, at: str, report: Report) -> Schema:
    """Give the rule by which something shows, {} if it always does."""
    if visible is True:
        return {}
    try:
        return {"rule": {"effect": "SHOW", "condition": condition_of(visible, kinds)}}
    except Untold as reason:
        report.lost(at, "visible", f"The rule has {reason}: it always shows.")
        return {}
