"""Random questions of every type, with answers that are right, nearly right, and nonsense."""

import datetime
import os
from typing import Any

from hypothesis import strategies as st

from formdefs import patterns
from formdefs.answer_options import decimal_places
from formdefs.answer_types import RESULTS, TYPES
from tests.forms import question

# How many examples each law is tried on; `make soak` asks for more.
EXAMPLES = int(os.environ.get("CASETHREAD_EXAMPLES", "20"))
CODES = ("A", "B", "1C", "none")
_OPTIONS_OF_L: list[dict[str, Any]] = [{"code": code, "label": f"Label {code}"} for code in CODES]
_OPTIONS_OF_L[0]["attributes"] = {"sort": "letter"}
LISTS = {"l": {"options": _OPTIONS_OF_L}}
TYPE_NAMES = tuple(TYPES)
Answers = st.SearchStrategy[Any]

_plain = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=30)
_days = st.dates(datetime.date(1900, 1, 1), datetime.date(2199, 12, 31)).map(str)
_times = st.times().map(lambda time: f"{time:%H:%M}")
_offsets = st.sampled_from(["Z", "+00:00", "-05:30", "+14:00"])
_instants = st.builds(
    lambda day, time, second, offset: f"{day}T{time}:{second:02}{offset}",
    _days,
    _times,
    st.integers(0, 59),
    _offsets,
)
_uuids = st.uuids().map(str)


def _written(pattern: str) -> Answers:
    return st.from_regex(pattern, fullmatch=True)


def _with_check(pattern: str, holds: Any) -> Answers:
    """Texts of a pattern whose check digit or letter fits."""
    letters = "ABCDEFGHJKLMNPQRTUVWXYZ"

    def mended(text: str) -> str | None:
        if pattern == patterns.UPN:
            return next(f"{letter}{text[1:]}" for letter in letters if holds(f"{letter}{text[1:]}"))
        return next((f"{text[:9]}{d}" for d in range(10) if holds(f"{text[:9]}{d}")), None)

    return _written(pattern).map(mended).filter(bool)


def _named(**parts: Answers) -> Answers:
    return st.fixed_dictionaries({"name": _plain.filter(str.strip)}, optional=parts)


_person = _named(id=st.none() | _uuids)
_address = st.fixed_dictionaries(
    {"line1": _plain.filter(str.strip)},
    optional={
        "line2": _plain,
        "town": _plain,
        "postcode": _written(patterns.POSTCODE),
        "protected": st.booleans(),
    },
)
_organisation = _named(
    phone=_written(patterns.PHONE), email=_written(patterns.EMAIL), address=_plain
)
_points = st.tuples(st.integers(0, 999), st.integers(0, 999)).map(
    lambda point: f"{point[0]},{point[1]}"
)
_strokes = st.lists(_points, min_size=1, max_size=5).map(" ".join)
_signature = _named(drawing=st.lists(_strokes, min_size=1, max_size=3).map(";".join))
_file = st.fixed_dictionaries(
    {
        "id": _uuids,
        "name": _plain.filter(str.strip),
        "type": st.sampled_from(["image/png", "application/pdf"]),
        "size": st.integers(0, 2000),
        "sha256": _written(patterns.SHA256),
    }
)

_RIGHT: dict[str, Any] = {
    "text": lambda _q: _plain,
    "long_text": lambda _q: st.lists(_plain, max_size=4).map("\n".join),
    "integer": lambda _q: st.integers(-(2**53) + 1, 2**53 - 1),
    "decimal": lambda q: _written(patterns.decimal(decimal_places(q))),
    "money": lambda _q: _written(patterns.MONEY),
    "yes_no": lambda _q: st.booleans(),
    "choice": lambda _q: st.sampled_from(CODES),
    "choices": lambda _q: st.lists(st.sampled_from(CODES), unique=True),
    "date": lambda _q: _days,
    "partial_date": lambda _q: st.builds(lambda d, n: d[:n], _days, st.sampled_from([4, 7, 10])),
    "time": lambda _q: _times,
    "datetime": lambda _q: _instants,
    "person": lambda _q: _person,
    "people": lambda _q: st.lists(_person, max_size=3),
    "worker": lambda _q: _person,
    "address": lambda _q: _address,
    "organisation": lambda _q: _organisation,
    "signature": lambda _q: _signature,
    "postcode": lambda _q: _written(patterns.POSTCODE),
    "phone": lambda _q: _written(patterns.PHONE),
    "email": lambda _q: _written(patterns.EMAIL),
    "nhs_number": lambda _q: _with_check(patterns.NHS_NUMBER, patterns.nhs_number_holds),
    "upn": lambda _q: _with_check(patterns.UPN, patterns.upn_holds),
    "file": lambda _q: st.lists(_file, max_size=3),
    "calculated": lambda q: right({**q, "type": q["result"]}),
}

_OPTIONS: dict[str, Answers] = {
    "max_length": st.integers(1, 40),
    "min_length": st.integers(1, 3),
    "pattern": st.sampled_from(["[A-Z]{2}[0-9]*", "(?:yes|no)( .*)?", "[^x]+", r"\(.\)"]),
    "minimum": st.integers(-100, 0),
    "maximum": st.integers(0, 100),
    "decimal_places": st.integers(0, 10),
    "max_files": st.integers(1, 3),
    "max_bytes": st.integers(1, 3000),
    "accept": st.just(["image/png"]),
    "exclusive": st.just(["none"]),
}


@st.composite
def questions(draw: st.DrawFn, type_name: str) -> dict[str, Any]:
    """A question of a type, with some of the options that its type has."""
    options = {
        name: draw(_OPTIONS[name])
        for name in sorted(TYPES[type_name].options & _OPTIONS.keys())
        if draw(st.booleans())
    }
    if options.get("min_length", 0) > options.get("max_length", 99):
        options.pop("min_length")
    if type_name in ("choice", "choices"):
        options["list"] = "l"
    if type_name == "calculated":
        options |= {"result": draw(st.sampled_from(RESULTS)), "value": None}
    return question(type_name, "asked", **options)


def right(asked: dict[str, Any]) -> Answers:
    """Answers of the question's type; its limits may refuse some."""
    return _RIGHT[asked["type"]](asked)  # type: ignore[no-any-return]


_JUNK: list[Any] = [
    *(None, True, False, 0, 1, -1, 1.0, 1.5, 2**53, 10**30, -0.0, 1e300, "", " ", "x", "\n", "0"),
    *("-0", "1.", "01", "+1", "1e3", "٣", "2026-02-30", "2026-11-24\n", "24/11/2026", "١٩٩٩"),
    *(
        [],
        ["A"],
        ["A", "A"],
        [None],
        [[]],
        {},
        {"name": ""},
        {"line1": "x", "odd": 1},
        {"_id": "x"},
    ),
    *("2100-02-29", "1899-12-31", "2200-01-01", "24:00", "12:60", "2026-11-24T09:30:00", "A\x00"),
    *("\u2028", "a\r", "sw1a 1aa", "SW1A  1AA", "a@b", "12345678901", "ß" * 41, "\U0001f600" * 41),
]


@st.composite
def spoilt(draw: st.DrawFn, answer: Any) -> Any:
    """An answer with something in it changed, wherever it lies."""
    if isinstance(answer, dict) and answer and draw(st.booleans()):
        key = draw(st.sampled_from(sorted(answer)))
        return {**answer, key: draw(spoilt(answer[key]))}
    if isinstance(answer, list) and answer and draw(st.booleans()):
        return [draw(spoilt(answer[0])), *answer[1:]]
    if isinstance(answer, str) and answer and draw(st.booleans()):
        place = draw(st.integers(0, len(answer)))
        added = draw(st.sampled_from(["\n", " ", "0", "-", "x", "٣", "\x7f", ".", "é"]))
        taken = draw(st.integers(0, 1))
        return answer[:place] + added + answer[place + taken :]
    return draw(st.sampled_from(_JUNK))


def any_answer(asked: dict[str, Any]) -> Answers:
    """Right answers and spoilt ones."""
    return right(asked).flatmap(lambda answer: st.just(answer) | spoilt(answer))
