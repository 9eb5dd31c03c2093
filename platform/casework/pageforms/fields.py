"""For each type of question, how its inputs become an answer and an answer becomes inputs. Pure.

One table, `FIELDS`. *Typed* is what stands in a question's inputs: part -> values, "" for a
question of one input. `read` gives None where nothing was typed, and raises `Unreadable` for what
cannot be an answer; whether the answer is allowed is said by `formdefs.answers`, not here.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from casework.pageforms import dates
from casework.pageforms.dates import Unreadable
from formdefs.form import Question
from formdefs.said import said

Typed = Mapping[str, Sequence[str]]

DATE = ("day", "month", "year")
ADDRESS = ("line1", "line2", "town", "county", "postcode")
CHOICE = ("", "find", "found")  # a long list: what is typed to search it, and was searched for
ORGANISATION = ("name", "phone", "email", "address")
YES, NO = "yes", "no"


@dataclass(frozen=True)
class Known:
    """Whom and what the page can name: persons and workers by id, stored files by id.

    Two persons of the same name must be told apart in the label given here.
    """

    persons: Mapping[str, str] = field(default_factory=dict)
    workers: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class Field:
    """The inputs of one type: their parts, and the way in and out.

    blank: parts that may hold something though nothing was answered.
    """

    read: Callable[[Question, Typed, Known], Any]
    show: Callable[[Any, Known], Typed]
    parts: tuple[str, ...] = ("",)


def _first(typed: Typed, part: str = "") -> str:
    values = typed.get(part, ())
    return values[0].strip() if values else ""


def _one(read: Callable[[Question, str], Any]) -> Callable[[Question, Typed, Known], Any]:
    """Read a type of one input."""

    def reader(question: Question, typed: Typed, _known: Known) -> Any:
        text = _first(typed)
        return read(question, text) if text else None

    return reader


def _show_text(answer: Any, _known: Known) -> Typed:
    return {"": [str(answer)]}


def _text_field(read: Callable[[Question, str], Any]) -> Field:
    return Field(_one(read), _show_text)


_GROUPED = re.compile(r"-?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?")
_PLAIN = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")


def _number(text: str, says: str) -> Decimal:
    """Read digits with an optional sign, point, and commas between thousands."""
    compact = re.sub(r"\s", "", text).replace("−", "-")
    if _GROUPED.fullmatch(compact):
        compact = compact.replace(",", "")
    if not _PLAIN.fullmatch(compact) or len(compact) > 40:
        raise Unreadable(says)
    return Decimal(compact)


def _integer(_question: Question, text: str) -> int:
    number = _number(text, "must be a whole number, like 12")
    if number != number.to_integral_value():
        raise Unreadable("must be a whole number, like 12")
    return int(number)


def _decimal(question: Question, text: str) -> str:
    number = _number(text, "must be a number, like 12.5")
    places = question.decimal_places
    if number != round(number, places):
        raise Unreadable(said("must have at most {number} digits after the point", number=places))
    return _plain(number)


def _plain(number: Decimal) -> str:
    """Write a decimal without superfluous zeros and never as minus nought."""
    if not number:
        return "0"
    text = format(number, "f").lstrip("+")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _money(_question: Question, text: str) -> str:
    says = "must be an amount in pounds and pence, like 12.50"
    bare = re.sub(r"^(-?)\s*£", r"\1", text.strip())
    number = _number(bare, says)
    if number != round(number, 2):
        raise Unreadable(says)
    return f"{number or Decimal(0):.2f}"


def _yes_no(_question: Question, text: str) -> bool:
    if text not in (YES, NO):
        raise Unreadable("must be yes or no")
    return text == YES


def _postcode(text: str) -> str:
    """Write a postcode as the Post Office does: capitals, one space before the last three."""
    compact = re.sub(r"[^A-Z0-9]", "", text.upper())
    return f"{compact[:-3]} {compact[-3:]}" if 5 <= len(compact) <= 7 else text.upper()


def _nhs_number(_question: Question, text: str) -> str:
    compact = re.sub(r"[\s-]", "", text)
    return compact if compact.isdigit() else text


def _choice(_question: Question, typed: Typed, _known: Known) -> str | None:
    _refuse_search(typed)
    return _first(typed) or None


def _refuse_search(typed: Typed) -> None:
    """Refuse what was typed to search a long list, unless it is the search that was answered."""
    if (wanted := _first(typed, "find")) and wanted != _first(typed, "found"):
        raise Unreadable("must be chosen from the list: choose one of the answers found")


def _choices(_question: Question, typed: Typed, _known: Known) -> list[str] | None:
    _refuse_search(typed)
    return list(dict.fromkeys(value for value in typed.get("", ()) if value)) or None


def _date_parts(typed: Typed) -> tuple[str, str, str]:
    day, month, year = (_first(typed, part) for part in DATE)
    return day, month, year


def _date(_question: Question, typed: Typed, _known: Known) -> str | None:
    parts = _date_parts(typed)
    return dates.date_of(*parts) if any(parts) else None


def _partial_date(_question: Question, typed: Typed, _known: Known) -> str | None:
    parts = _date_parts(typed)
    return dates.partial_date_of(*parts) if any(parts) else None


def _show_date(answer: Any, _known: Known) -> Typed:
    parts = str(answer).split("-")
    year, month, day = (part.lstrip("0") for part in [*parts, "", ""][:3])
    return {"day": [day], "month": [month], "year": [year]}


def _datetime(_question: Question, typed: Typed, _known: Known) -> str | None:
    parts, time = _date_parts(typed), _first(typed, "time")
    if not any(parts) and not time:
        return None
    if not time:
        raise Unreadable("must include a time")
    if not any(parts):
        raise Unreadable("must include a date")
    return dates.datetime_of(dates.date_of(*parts), dates.time_of(time))


def _show_datetime(answer: Any, known: Known) -> Typed:
    day, time = dates.london(str(answer))
    return {**_show_date(day, known), "time": [time]}


def named(name: str, known: Known) -> dict[str, Any]:
    """Return the person of a typed name: one of those known, or somebody by name alone."""
    for person_id, label in known.persons.items():
        if label.casefold() == name.casefold():
            return {"id": person_id, "name": label}
    return {"id": None, "name": name}


def _person(_question: Question, typed: Typed, known: Known) -> dict[str, Any] | None:
    name = _first(typed)
    return named(name, known) if name else None


def _people(_question: Question, typed: Typed, known: Known) -> list[dict[str, Any]] | None:
    return [named(name.strip(), known) for name in typed.get("", ()) if name.strip()] or None


def _worker(_question: Question, typed: Typed, known: Known) -> dict[str, Any] | None:
    worker_id = _first(typed)
    if not worker_id:
        return None
    if worker_id not in known.workers:
        raise Unreadable("must be one of the workers offered")
    return {"id": worker_id, "name": known.workers[worker_id]}


def worker_value(answer: Mapping[str, Any]) -> str:
    """Return the value under which a worker stands in the list; one known by name only has no id."""
    return str(answer.get("id") or f"={answer['name']}")


def _address(_question: Question, typed: Typed, _known: Known) -> dict[str, Any] | None:
    address: dict[str, Any] = {part: text for part in ADDRESS if (text := _first(typed, part))}
    if not address:
        return None
    if "postcode" in address:
        address["postcode"] = _postcode(address["postcode"])
    return address | ({"protected": True} if _first(typed, "protected") else {})


def _show_address(answer: Any, _known: Known) -> Typed:
    shown = {part: [str(answer.get(part, ""))] for part in ADDRESS}
    return shown | ({"protected": [YES]} if answer.get("protected") else {})


def _organisation(_question: Question, typed: Typed, _known: Known) -> dict[str, Any] | None:
    organisation = {part: text for part in ORGANISATION if (text := _first(typed, part))}
    if organisation and "name" not in organisation:
        raise Unreadable("must have a name")
    return organisation or None


def _signature(_question: Question, typed: Typed, _known: Known) -> dict[str, Any] | None:
    name, agrees = _first(typed, "name"), _first(typed, "agree")
    drawing = "" if _first(typed, "clear") else _first(typed, "drawing")
    if not name and not agrees and not drawing:
        return None
    if not name:
        raise Unreadable("must have the name of who signs")
    if not agrees and not drawing:
        raise Unreadable("must be signed: tick that typing the name signs it, or draw")
    return {"name": name, "drawing": drawing} if drawing else {"name": name}


def _show_signature(answer: Any, _known: Known) -> Typed:
    drawing = answer.get("drawing")
    how = {"drawing": [drawing]} if drawing else {"agree": [YES]}
    return {"name": [answer["name"]], **how}


def _file(_question: Question, typed: Typed, known: Known) -> list[Mapping[str, Any]] | None:
    removed = set(typed.get("remove", ()))
    kept = [
        known.files[f] for f in typed.get("present", ()) if f in known.files and f not in removed
    ]
    return kept or None


FIELDS: Mapping[str, Field] = {
    "text": _text_field(lambda _question, text: text),
    "long_text": _text_field(lambda _question, text: text),
    "integer": _text_field(_integer),
    "decimal": _text_field(_decimal),
    "money": _text_field(_money),
    "yes_no": Field(_one(_yes_no), lambda answer, _known: {"": [YES if answer else NO]}),
    "choice": Field(_choice, _show_text, CHOICE),
    "choices": Field(_choices, lambda answer, _known: {"": list(answer)}, CHOICE),
    "date": Field(_date, _show_date, DATE),
    "partial_date": Field(_partial_date, _show_date, DATE),
    "time": _text_field(lambda _question, text: dates.time_of(text)),
    "datetime": Field(_datetime, _show_datetime, (*DATE, "time")),
    "person": Field(_person, lambda answer, _known: {"": [answer["name"]]}),
    "people": Field(_people, lambda answer, _known: {"": [one["name"] for one in answer]}),
    "worker": Field(_worker, lambda answer, _known: {"": [worker_value(answer)]}),
    "address": Field(_address, _show_address, (*ADDRESS, "protected")),
    "organisation": Field(
        _organisation,
        lambda answer, _known: {part: [answer.get(part, "")] for part in ORGANISATION},
        ORGANISATION,
    ),
    "signature": Field(_signature, _show_signature, ("name", "drawing", "clear", "agree")),
    "postcode": _text_field(lambda _question, text: _postcode(text)),
    "phone": _text_field(lambda _question, text: text),
    "email": _text_field(lambda _question, text: text),
    "nhs_number": _text_field(_nhs_number),
    "upn": _text_field(lambda _question, text: re.sub(r"\s", "", text).upper()),
    "file": Field(
        _file,
        lambda answer, _known: {"present": [one["id"] for one in answer]},
        ("present", "remove"),
    ),
}


def shown(question: Question, answer: Any, known: Known) -> Typed:
    """Return what stands in the inputs for an answer; nothing for None or what is not of its type."""
    if answer is None:
        return {}
    try:
        return FIELDS[question.type].show(answer, known)
    except (ValueError, TypeError, KeyError, AttributeError):
        return {"": [str(answer)]}
