"""What parts/form.jinja asks about a bound field: its kind, text, choices, and the list of errors."""

import uuid
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.http import HttpRequest

from casework.web.dates import parts_of


def field_kind(bound: BoundField) -> str:
    """Which macro draws it: a widget's input type, or “textarea”."""
    widget = bound.field.widget
    if isinstance(widget, forms.Textarea):
        return "textarea"
    return str(getattr(widget, "input_type", "text"))


def field_attributes(bound: BoundField) -> dict[str, Any]:
    """The attributes that the form gave to its widget."""
    return dict(bound.field.widget.attrs)


def label_of(bound: BoundField) -> str:
    """The label; fields that may stay empty say so."""
    optional = not bound.field.required and not getattr(bound.field, "quiet", False)
    return f"{bound.label} (optional)" if optional else str(bound.label)


def text_of(bound: BoundField) -> str:
    """What was typed, or the initial value, as text."""
    value = bound.value()
    return "" if value is None else str(value)


def date_parts(bound: BoundField) -> tuple[str, ...]:
    """What the day, month and year inputs show."""
    return parts_of(bound.value())


def choices_of(bound: BoundField) -> list[dict[str, Any]]:
    """The items of a select, of radios or of checkboxes, the chosen ones marked.

    A single checkbox is one item whose text is the field's label.
    """
    if isinstance(bound.field.widget, forms.CheckboxInput):
        return [{"value": "on", "text": str(bound.label), "checked": bool(bound.value())}]
    value = bound.value()
    chosen = {str(one) for one in (value if isinstance(value, list | tuple | set) else [value])}
    mark = "selected" if isinstance(bound.field.widget, forms.Select) else "checked"
    if isinstance(bound.field.widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        mark = "checked"
    hints = getattr(bound.field, "hints", {})
    return [
        {"value": str(code), "text": str(label), mark: str(code) in chosen}
        | ({"hint": {"text": hints[code]}} if code in hints else {})
        for code, label in bound.field.choices  # type: ignore[attr-defined]
    ]


def is_single_checkbox(bound: BoundField) -> bool:
    """Whether it is one box whose text says all: it has no heading."""
    return isinstance(bound.field.widget, forms.CheckboxInput)


def error_list(form: forms.Form) -> list[dict[str, str]]:
    """Every error in the order of the fields, linked to its field; the form's own errors first."""
    whole = [{"text": str(says)} for says in form.non_field_errors()]
    return whole + [
        {"text": str(says), "href": f"#{_first_input(bound)}"}
        for bound in form
        for says in bound.errors
    ]


def new_command_id() -> str:
    """A fresh id for a form about to be shown."""
    return str(uuid.uuid4())


def command_id(request: HttpRequest) -> uuid.UUID:
    """The id that the form was sent with; a fresh one where it is missing or no UUID."""
    try:
        return uuid.UUID(request.POST.get("command_id", ""))
    except ValueError:
        return uuid.uuid4()


def _first_input(bound: BoundField) -> str:
    if field_kind(bound) == "date-parts":
        return f"{bound.auto_id}-day"
    return str(bound.auto_id)


GLOBALS = {
    one.__name__: one
    for one in (
        field_kind,
        field_attributes,
        label_of,
        text_of,
        date_parts,
        choices_of,
        is_single_checkbox,
        error_list,
        new_command_id,
    )
}
