"""The types of question of XLSForm, and what each is here. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from formdefs.importing.building import integer_limit
from formdefs.importing.data_shape import canonical_decimal
from formdefs.importing.report import Report
from formdefs.importing.xlsform_choices import Choices
from formdefs.importing.xlsform_sheets import Row

METADATA = (
    *("start", "end", "today", "deviceid", "subscriberid", "simserial", "phonenumber", "username"),
    *("email", "audit", "start_geopoint", "start-geopoint", "background-audio", "background_audio"),
)
_NOT_HERE = "Where somebody is cannot be recorded here."
_OTHER_FILE = "Its choices are in another file, which the workbook has not."
OTHERS = {
    "geopoint": _NOT_HERE,
    "geotrace": _NOT_HERE,
    "geoshape": _NOT_HERE,
    "select_one_from_file": _OTHER_FILE,
    "select_multiple_from_file": _OTHER_FILE,
    "select_one_external": _OTHER_FILE,
    "xml-external": _OTHER_FILE,
    "csv-external": _OTHER_FILE,
    "rank": "An order of choices has no counterpart.",
    "hidden": "What nobody sees and nobody types has no counterpart.",
}


@dataclass(frozen=True)
class AskedAs:
    """A row that asks something, with its list if it has one."""

    row: Row
    choices: Choices | None
    report: Report


@dataclass(frozen=True)
class Asked:
    """A type of question here; kind: of its value in rules; how: of its value in data."""

    type: str
    kind: str
    how: str
    options: Mapping[str, Any] = field(default_factory=dict)
    chooses: bool = False


def _plain(type_name: str, kind: str, how: str) -> Callable[[AskedAs], Asked | None]:
    return lambda _asked: Asked(type_name, kind, how)


def _text(asked: AskedAs) -> Asked | None:
    several = "multiline" in asked.row.get("appearance").split()
    return Asked("long_text", "text", "text") if several else _one_line()


def _one_line() -> Asked:
    return Asked("text", "text", "text", {"max_length": 2000})


def _select(asked: AskedAs, *, several: bool) -> Asked | None:
    choices = asked.choices
    if choices is None:
        asked.report.lost(asked.row.at, "select", "The workbook has no such list of choices.")
        return None
    if choices.too_long:
        asked.report.changed(asked.row.at, "select", "It has more than 200 choices: asked as text.")
        return _one_line()
    options: dict[str, Any] = {"list": choices.list_name}
    if several:
        return Asked("choices", "codes", "codes", options, chooses=True)
    looks = asked.row.get("appearance").split()
    if any(word in ("minimal", "autocomplete", "search") for word in looks):
        options["display"] = "select"
    return Asked("choice", "code", "code", options, chooses=True)


def _date(asked: AskedAs) -> Asked | None:
    looks = asked.row.get("appearance").split()
    if "year" in looks or "month-year" in looks:
        asked.report.changed(asked.row.at, "appearance", "A date of which less may be known.")
        return Asked("partial_date", "text", "text")
    return Asked("date", "date", "text")


def _decimal(asked: AskedAs) -> Asked | None:
    return Asked("decimal", "number", "decimal", {"decimal_places": 10})


def _range(asked: AskedAs) -> Asked | None:
    """Ask for a number between `start` and `end`; steps are not held."""
    given = dict(
        part.split("=", 1) for part in asked.row.get("parameters").split() if part.count("=") == 1
    )
    bounds = {name: canonical_decimal(given.get(name, default)) for name, default in _RANGE.items()}
    if None in bounds.values():
        asked.report.lost(asked.row.at, "parameters", "They are not numbers.")
        return Asked("integer", "integer", "integer")
    told = {name: bound for name, bound in bounds.items() if bound is not None}
    if any("." in bound for bound in told.values()):
        limits: dict[str, Any] = {"minimum": told["start"], "maximum": told["end"]}
        return Asked("decimal", "number", "decimal", {"decimal_places": 10, **limits})
    if told["step"] != "1":
        asked.report.lost(asked.row.at, "parameters", f"Steps of {told['step']} are not held.")
    limits = {"minimum": integer_limit(told["start"]), "maximum": integer_limit(told["end"])}
    return Asked("integer", "integer", "integer", limits)


_RANGE = {"start": "0", "end": "10", "step": "1"}


def _acknowledge(asked: AskedAs) -> Asked | None:
    asked.report.changed(asked.row.at, "acknowledge", "It is a question with yes and no.")
    return Asked("yes_no", "boolean", "acknowledged")


def _file(asked: AskedAs) -> Asked | None:
    if "signature" in asked.row.get("appearance").split():
        asked.report.changed(asked.row.at, "appearance", "A signature is a question of its own.")
        return Asked("signature", "any", "same")
    images = {"accept": ["image/jpeg", "image/png"]} if asked.row.get("type") == "image" else {}
    asked.report.changed(asked.row.at, asked.row.get("type"), "A file is added; none is recorded.")
    return Asked("file", "any", "same", images)


def _barcode(asked: AskedAs) -> Asked | None:
    asked.report.changed(asked.row.at, "barcode", "It is typed: nothing is scanned.")
    return _one_line()


TYPES: Mapping[str, Callable[[AskedAs], Asked | None]] = {
    "text": _text,
    "string": _text,
    "integer": _plain("integer", "integer", "integer"),
    "int": _plain("integer", "integer", "integer"),
    "decimal": _decimal,
    "range": _range,
    "date": _date,
    "time": _plain("time", "time", "short_time"),
    "datetime": _plain("datetime", "datetime", "text"),
    "select_one": lambda asked: _select(asked, several=False),
    "select_multiple": lambda asked: _select(asked, several=True),
    "acknowledge": _acknowledge,
    "trigger": _acknowledge,
    "calculate": _plain("calculated", "any", "same"),
    "image": _file,
    "photo": _file,
    "audio": _file,
    "video": _file,
    "file": _file,
    "barcode": _barcode,
}
