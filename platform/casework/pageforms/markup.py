"""One question's HTML, straight from GOV.UK Frontend's macros: what compiled pages must equal. Pure.

Slow (a millisecond a question), so pages are compiled; see `casework.pageforms.compile`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, PackageLoader, PrefixLoader
from markupsafe import Markup, escape

from casework.pageforms import fields
from casework.pageforms.choosing import way_of_choosing
from casework.pageforms.fixed import word
from formdefs.answer_types import DEFAULTS
from formdefs.form import Form, Question

RENDERER = "govuk-frontend-6.6/2"  # raise when markup changes: compiled pages are kept under it

Item = Mapping[str, Any]


@dataclass(frozen=True)
class Style:
    """How labels look where the question stands."""

    label: str = "govuk-label--s"
    legend: str = "govuk-fieldset__legend--s"


CARD = Style()
CELL = Style("app-cell-label", "app-cell-label")


@dataclass(frozen=True)
class Look:
    """What a question shows at the moment. Words are HTML; `values` are what stands in its inputs.

    optional, hidden, none: the attribute ` hidden` or nothing; more: attributes (` checked`,
    ` hidden`) and pictures of composed questions, by name.
    """

    name: str
    values: Mapping[str, str] = field(default_factory=dict)
    items: Sequence[Item] = ()
    error: str = ""
    optional: str = ""
    hidden: str = ""
    more: Mapping[str, str] = field(default_factory=dict)
    none: str = ""
    marks: Mapping[str, Any] | None = None


@cache
def _macro() -> Any:
    env = Environment(
        autoescape=True,
        loader=ChoiceLoader(
            [
                FileSystemLoader(Path(__file__).parent / "templates"),
                PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")}),
            ]
        ),
    )
    return env.get_template("question.jinja").module.question  # type: ignore[attr-defined]


def words(text: str) -> Markup:
    """Escape an author's words, without the two characters that mark slots."""
    return escape(text.replace("\ue000", "").replace("\ue001", ""))


def worded(form: Form, name: str, text: str) -> Markup:
    """Escape an author's words; those that are not in the page's language say which they are in."""
    if name not in form.untranslated or form.language == form.written_in or not text:
        return words(text)
    return Markup('<span lang="{}">{}</span>').format(form.written_in, words(text))


def ready(html: str) -> Markup:
    """Mark HTML that the renderer made, or escaped, as what it is."""
    return Markup(html)  # noqa: S704


def direct(
    question: Question, form: Form, style: Style, look: Look, *, locked: bool = False
) -> str:
    """Return the HTML of one question by running the macros."""
    return str(_macro()(_params(question, form, style, look, locked)))


def shape(question: Question, form: Form, *, locked: bool = False) -> str:
    """Return the name of the macro that shows the question."""
    if locked or question.type == "calculated":
        return "output"
    if question.list:
        return way_of_choosing(question, form)
    return _SHAPES.get(question.type, "line")


_SHAPES = {
    "long_text": "long",
    "yes_no": "radios",
    "date": "date",
    "partial_date": "date",
    "datetime": "date",
    "worker": "select",
    "people": "people",
    "address": "address",
    "organisation": "organisation",
    "signature": "signature",
    "file": "file",
}
_HINTS = {
    "date": "For example, 27 3 2026",
    "partial_date": "For example, 27 3 2019. Leave out the day, or the day and month, if not known.",
    "datetime": "For example, 27 3 2026 at 2:30pm",
    "time": "For example, 9:30am or 14:30",
}
_WIDTHS = {
    "integer": "govuk-input--width-10",
    "decimal": "govuk-input--width-10",
    "money": "govuk-input--width-10",
    "time": "govuk-input--width-5",
    "postcode": "govuk-input--width-10",
    "phone": "govuk-input--width-20",
    "nhs_number": "govuk-input--width-10 govuk-input--extra-letter-spacing",
    "upn": "govuk-input--width-20 govuk-input--extra-letter-spacing",
    "person": "govuk-input--width-20",
}
_INPUT_TYPES = {"phone": "tel", "email": "email"}
_NUMERIC = {"integer": "numeric", "nhs_number": "numeric", "decimal": "decimal", "money": "decimal"}
_UNSPELT = {"postcode", "phone", "email", "nhs_number", "upn", "person"}
_DATE_INPUTS = (("day", "Day", 2), ("month", "Month", 2), ("year", "Year", 4), ("time", "Time", 5))


def _params(
    question: Question, form: Form, style: Style, look: Look, locked: bool
) -> Mapping[str, Any]:
    how = shape(question, form, locked=locked)
    hint = worded(form, f"{question.id}.hint", question.hint)
    if not hint and how != "output":
        hint = words(word(_HINTS.get(question.type, ""), form.language))
    parts = () if how == "output" else fields.FIELDS[question.type].parts
    typed = {part: look.values.get(part, "") for part in ("", *parts)}
    return {
        "as": how,
        "node": question.id,
        "name": look.name,
        "say": lambda text: word(text, form.language),
        "counting": _counting(form.language),
        "label": worded(form, f"{question.id}.label", question.label),
        "label_classes": style.label,
        "legend_classes": style.legend,
        "hint": hint,
        "error": ready(look.error),
        "optional": ready(look.optional),
        "hidden": ready(look.hidden),
        "typed": typed | {name: ready(html) for name, html in look.more.items()},
        "items": look.items,
        "marks": look.marks,
        "classes": _classes(question, how),
        "input_type": _INPUT_TYPES.get(question.type, "text"),
        "inputmode": _NUMERIC.get(question.type),
        "spellcheck": False if question.type in _UNSPELT else None,
        "prefix": "£" if question.type == "money" else "",
        "persons": question.type == "person",
        "rows": 5 if (question.max_length or 0) <= DEFAULTS["max_length"]["long_text"] / 5 else 8,
        "maxlength": _counted(question),
        "many": question.type == "choices",
        "accept": ",".join(question.accept),
        "date_items": _date_inputs(question, form, look) if how == "date" else (),
        "filtered": not locked and question.options is not True,
        "none": ready(look.none),
        "lockable": not locked and not isinstance(question.readonly, bool),
    }


def _classes(question: Question, how: str) -> str:
    if how == "radios":  # small: forms are long, and filled in all day
        inline = " govuk-radios--inline" if question.type == "yes_no" else ""
        return f"govuk-radios--small{inline}"
    return "govuk-checkboxes--small" if how == "checkboxes" else _WIDTHS.get(question.type, "")


def _counted(question: Question) -> int | None:
    """The limit that a counter counts down to; none where it is only there to stop abuse."""
    limit = question.max_length or 0
    return (
        limit
        if question.type == "long_text" and limit < DEFAULTS["max_length"]["long_text"]
        else None
    )


def _counting(language: str) -> Mapping[str, Any]:
    """The words of the character counter, where they are not its own English ones."""
    if language.startswith("en"):
        return {}
    numbers = {
        "charactersUnderLimitText": "You have %{count} characters remaining",
        "charactersOverLimitText": "You have %{count} characters too many",
    }
    found: dict[str, Any] = {
        # Welsh has six plural forms; a sentence with the number apart is right in all of them.
        name: dict.fromkeys(("zero", "one", "two", "few", "many", "other"), word(text, language))
        for name, text in numbers.items()
    }
    full = {
        "charactersAtLimitText": "You have 0 characters remaining",
        "textareaDescriptionText": "You can enter up to %{count} characters",
    }
    return found | {name: {"text": word(text, language)} for name, text in full.items()}


def _date_inputs(question: Question, form: Form, look: Look) -> list[Item]:
    parts = fields.FIELDS[question.type].parts
    wrong = " govuk-input--error" if look.error else ""
    return [
        {
            "name": f"{look.name}.{part}",
            "id": f"{look.name}.{part}",
            "label": word(label, form.language),
            "classes": f"govuk-input--width-{width}{wrong}",
            "value": look.values.get(part, ""),
            "inputmode": "text" if part == "time" else "numeric",
            "autocomplete": "off",
        }
        for part, label, width in _DATE_INPUTS
        if part in parts
    ]


def target(question: Question, name: str) -> str:
    """Return the id of the input that a link to the question leads to."""
    named = {"organisation": "name", "signature": "name"}
    first = {"date": "day", "address": "line1", **named}.get(_SHAPES.get(question.type, ""))
    return f"{name}.{first}" if first else name
