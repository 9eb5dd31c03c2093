"""An answer in words, as read-only pages, prints and histories show it. Pure."""

from collections.abc import Callable, Mapping
from typing import Any

from casework.pageforms import dates
from casework.pageforms.drawings import drawn
from casework.pageforms.fields import ADDRESS, ORGANISATION
from casework.pageforms.fixed import word
from formdefs.answer_checks import MONTHS
from formdefs.answer_types import day_said
from formdefs.form import Form, Question
from formdefs.said import translated

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
        says = word("Signature drawn by {name}", form.language).format(name=answer.get("name"))
        picture = drawn(answer.get("drawing"), says)
        said = (*said, picture) if picture else said
    return said


def in_day(day: str, language: str) -> str:
    """Write an ISO date in words: “24 November 2026”, “24 Tachwedd 2026”."""
    return translated(day_said(day), lambda text: word(text, language))


def in_time(time: str, language: str = "en") -> str:
    """Write HH:MM as GOV.UK does.

    >>> in_time("09:30"), in_time("14:00"), in_time("00:00"), in_time("12:00")
    ('9:30am', '2pm', 'midnight', 'midday')
    """
    if time in ("00:00", "12:00"):
        return word("midnight", language) if time == "00:00" else word("midday", language)
    hour, minute = (int(part) for part in time.split(":"))
    minutes = f":{minute:02d}" if minute else ""
    half = word("am", language) if hour < 12 else word("pm", language)
    return f"{hour % 12 or 12}{minutes}{half}"


def _text(_form: Form, _question: Question, answer: Any) -> str:
    return str(answer)


def _yes_no(form: Form, answer: Any) -> str:
    return word("Yes", form.language) if answer else word("No", form.language)


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


def _partial_date(form: Form, _question: Question, answer: Any) -> str:
    parts = str(answer).split("-")
    if len(parts) == 1:
        return parts[0]
    if len(parts) == 2:
        return f"{word(MONTHS[int(parts[1]) - 1], form.language)} {int(parts[0])}"
    return in_day(str(answer), form.language)


def _datetime(form: Form, _question: Question, answer: Any) -> str:
    day, time = dates.london(str(answer))
    pattern = word("{day} at {time}", form.language)
    return pattern.format(day=in_day(day, form.language), time=in_time(time, form.language))


def _address(form: Form, _question: Question, answer: Any) -> str:
    lines = [str(answer[part]) for part in ADDRESS if answer.get(part)]
    return "\n".join(
        [
            *lines,
            *([word("Protected: never printed", form.language)] if answer.get("protected") else []),
        ]
    )


def _organisation(_form: Form, _question: Question, answer: Any) -> str:
    return "\n".join(str(answer[part]) for part in ORGANISATION if answer.get(part))


def _signature(form: Form, _question: Question, answer: Any) -> str:
    typed, drawing = word("Signed by typing the name", form.language), answer.get("drawing")
    how = word("Signed by drawing", form.language) if drawing else typed
    return f"{answer['name']}\n{how}"


_SAY: Mapping[str, Callable[[Form, Question, Any], str]] = {
    "integer": _number,
    "decimal": _number,
    "money": _money,
    "yes_no": lambda form, _question, answer: _yes_no(form, answer),
    "choice": _code,
    "choices": _codes,
    "date": lambda form, _question, answer: in_day(str(answer), form.language),
    "partial_date": _partial_date,
    "time": lambda form, _question, answer: in_time(str(answer), form.language),
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
