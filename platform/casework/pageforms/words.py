"""An answer in words, as read-only pages, prints and histories show it. Pure."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from casework.pageforms import dates
from casework.pageforms.drawings import drawn
from casework.pageforms.fields import ADDRESS, ORGANISATION
from formdefs.answer_types import in_words
from formdefs.form import Form, Question

NOT_ANSWERED = "Not answered"


def say(form: Form, question: Question, answer: Any) -> str:
    """Return an answer in words, lines parted by line breaks; "" for none.

    What is not of the question's type is shown as it is: a record shows whatever it holds.
    """
    if answer is None or answer in ("", [], {}):
        return ""
    kind = question.result or question.type
    try:
        return _SAY.get(kind, _text)(form, question, answer)
    except (ValueError, TypeError, KeyError, AttributeError):
        return str(answer)


def lines(form: Form, question: Question, answer: Any) -> tuple[str, ...]:
    """Return an answer in lines, none where it is not answered; a drawing is a line, as a picture."""
    text = say(form, question, answer)
    said: tuple[str, ...] = tuple(text.split("\n")) if text else ()
    if question.type == "signature" and isinstance(answer, Mapping):
        picture = drawn(answer.get("drawing"), f"Signature drawn by {answer.get('name')}")
        said = (*said, picture) if picture else said
    return said


def in_time(time: str) -> str:
    """Write HH:MM as GOV.UK does.

    >>> in_time("09:30"), in_time("14:00"), in_time("00:00"), in_time("12:00")
    ('9:30am', '2pm', 'midnight', 'midday')
    """
    if time in ("00:00", "12:00"):
        return "midnight" if time == "00:00" else "midday"
    hour, minute = (int(part) for part in time.split(":"))
    minutes = f":{minute:02d}" if minute else ""
    return f"{hour % 12 or 12}{minutes}{'am' if hour < 12 else 'pm'}"


def _text(_form: Form, _question: Question, answer: Any) -> str:
    return str(answer)


def _number(_form: Form, _question: Question, answer: Any) -> str:
    whole, point, rest = str(answer).partition(".")
    return f"{int(whole):,}{point}{rest}" if whole != "-0" else str(answer)


def _money(form: Form, question: Question, answer: Any) -> str:
    amount = str(answer)
    sign = "-" if amount.startswith("-") else ""
    return f"{sign}£{_number(form, question, amount.lstrip('-'))}"


def _code(form: Form, question: Question, answer: Any) -> str:
    return form.lists[question.list].label(answer)


def _codes(form: Form, question: Question, answer: Any) -> str:
    return "\n".join(form.lists[question.list].label(code) for code in answer)


def _partial_date(_form: Form, _question: Question, answer: Any) -> str:
    parts = str(answer).split("-")
    if len(parts) == 1:
        return parts[0]
    if len(parts) == 2:
        return f"{date(int(parts[0]), int(parts[1]), 1):%B %Y}"
    return in_words(str(answer))


def _datetime(_form: Form, _question: Question, answer: Any) -> str:
    day, time = dates.london(str(answer))
    return f"{in_words(day)} at {in_time(time)}"


def _address(_form: Form, _question: Question, answer: Any) -> str:
    lines = [str(answer[part]) for part in ADDRESS if answer.get(part)]
    return "\n".join([*lines, *(["Protected: never printed"] if answer.get("protected") else [])])


def _organisation(_form: Form, _question: Question, answer: Any) -> str:
    return "\n".join(str(answer[part]) for part in ORGANISATION if answer.get(part))


def _signature(_form: Form, _question: Question, answer: Any) -> str:
    how = "Signed by drawing" if answer.get("drawing") else "Signed by typing the name"
    return f"{answer['name']}\n{how}"


_SAY: Mapping[str, Callable[[Form, Question, Any], str]] = {
    "integer": _number,
    "decimal": _number,
    "money": _money,
    "yes_no": lambda _form, _question, answer: "Yes" if answer else "No",
    "choice": _code,
    "choices": _codes,
    "date": lambda _form, _question, answer: in_words(str(answer)),
    "partial_date": _partial_date,
    "time": lambda _form, _question, answer: in_time(str(answer)),
    "datetime": _datetime,
    "person": lambda _form, _question, answer: str(answer["name"]),
    "worker": lambda _form, _question, answer: str(answer["name"]),
    "people": lambda _form, _question, answer: "\n".join(str(one["name"]) for one in answer),
    "address": _address,
    "organisation": _organisation,
    "signature": _signature,
    "file": lambda _form, _question, answer: "\n".join(str(one["name"]) for one in answer),
    "nhs_number": lambda _form, _question, answer: f"{answer[:3]} {answer[3:6]} {answer[6:]}",
}
