"""A date typed as day, month and year: a form field whose parts are kept when they make no date."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms

PARTS = ("day", "month", "year")


class DateParts(forms.Widget):
    """Three inputs, `name-day`, `name-month` and `name-year`; drawn by parts/form.jinja."""

    input_type = "date-parts"

    def value_from_datadict(
        self, data: Mapping[str, Any], files: Any, name: str
    ) -> tuple[str, ...]:
        """What was typed in each part."""
        return tuple(str(data.get(f"{name}-{part}", "")).strip() for part in PARTS)

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        """Whether none of the three was sent."""
        return all(f"{name}-{part}" not in data for part in PARTS)

    def id_for_label(self, id_: str) -> str:
        """The first input, so that the error summary leads there."""
        return f"{id_}-day"


class DateField(forms.Field):
    """A civil date, or None when all parts are empty and the field is not required."""

    widget = DateParts

    def clean(self, value: Any) -> date | None:
        """The date. Raises ValidationError that says which part is missing, or that it is no date."""
        typed = dict(zip(PARTS, value or ("", "", ""), strict=True))
        name = str(self.label or "the date").lower()
        if not any(typed.values()):
            if self.required:
                raise forms.ValidationError(f"Enter {_the(name)}", code="required")
            return None
        missing = [part for part in PARTS if not typed[part]]
        if missing:
            raise forms.ValidationError(
                f"{_capital(_the(name))} must include a {' and '.join(missing)}", code="incomplete"
            )
        try:
            return date(*(int(typed[part]) for part in reversed(PARTS)))
        except ValueError:
            raise forms.ValidationError(
                f"{_capital(_the(name))} must be a real date, such as 27 3 2026", code="invalid"
            ) from None


def parts_of(value: Any) -> tuple[str, ...]:
    """What the three inputs show, from a date, from what was typed, or from nothing."""
    if isinstance(value, date):
        return (str(value.day), str(value.month), str(value.year))
    return tuple(value) if value else ("", "", "")


def _the(name: str) -> str:
    return name if name.startswith(("the ", "their ")) else f"the {name}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
