"""Every listed conversion: what it makes of an answer, and when it says that it cannot."""

from typing import Any

import pytest

from formdefs import migrate
from formdefs.compile import compile_form
from formdefs.conversions import CONVERSIONS
from formdefs.form import load
from tests.forms import a_form, question

LISTS = {
    "colours": {"options": [{"code": "r", "label": "Red"}, {"code": "b", "label": "Blue"}]},
    "answers": {"options": [{"code": "Y", "label": "Yes, it is"}, {"code": "N", "label": "No"}]},
}
CANNOT = "cannot"


def _converted(old: str, new: str, value: Any, **more: Any) -> Any:
    choosing = {"choice": {"list": "colours"}, "choices": {"list": "colours"}}
    for kind in ("choice", "choices"):
        if {old, new} == {"yes_no", kind}:
            choosing[kind] = {"list": "answers"}
    forms = [
        load(compile_form(a_form(question(kind, "asked", **choosing.get(kind, {}), **options), lists=LISTS), {}))
        for kind, options in ((old, {}), (new, more))
    ]  # fmt: skip
    done = migrate.apply(migrate.plan(*forms), {"page": {"asked": value}})
    (told,) = done.told
    assert told.before == value
    if told.kind == "orphaned":
        assert done.pages == {}
        return CANNOT
    assert told.kind == "converted"
    return told.after


@pytest.mark.parametrize(
    ("old", "new", "value", "expected"),
    [
        ("text", "long_text", "a", "a"),
        ("long_text", "text", "one line", "one line"),
        ("long_text", "text", "two\nlines", CANNOT),
        ("long_text", "text", "x" * 256, CANNOT),
        ("integer", "decimal", 12, "12"),
        ("integer", "money", 12, "12.00"),
        ("integer", "text", -3, "-3"),
        ("decimal", "integer", "12", 12),
        ("decimal", "integer", "12.5", CANNOT),
        ("decimal", "money", "12.5", "12.50"),
        ("decimal", "money", "-0.001", CANNOT),
        ("money", "decimal", "12.50", "12.5"),
        ("money", "decimal", "10.00", "10"),
        ("money", "integer", "7.00", 7),
        ("money", "integer", "7.01", CANNOT),
        ("text", "integer", " 12 ", 12),
        ("text", "integer", "twelve", CANNOT),
        ("text", "decimal", "0.50", "0.5"),
        ("text", "money", "3", "3.00"),
        ("text", "money", "1e99", CANNOT),
        ("yes_no", "text", True, "Yes"),
        ("yes_no", "choice", False, "N"),
        ("choice", "yes_no", "Y", True),
        ("choice", "choices", "r", ["r"]),
        ("choices", "choice", ["b"], "b"),
        ("choices", "choice", ["r", "b"], CANNOT),
        ("choice", "text", "r", "Red"),
        ("choices", "long_text", ["r", "b"], "Red, Blue"),
        ("text", "choice", "RED", "r"),
        ("text", "choice", "pink", CANNOT),
        ("text", "choices", "b", ["b"]),
        ("date", "partial_date", "2026-11-25", "2026-11-25"),
        ("partial_date", "date", "2026-11-25", "2026-11-25"),
        ("partial_date", "date", "2026-11", CANNOT),
        ("date", "text", "2026-11-25", "25 November 2026"),
        ("person", "people", {"name": "Ann"}, [{"name": "Ann"}]),
        ("people", "person", [{"name": "Ann"}], {"name": "Ann"}),
        ("people", "person", [{"name": "Ann"}, {"name": "Bo"}], CANNOT),
        ("person", "text", {"name": "Ann"}, "Ann"),
        ("worker", "text", {"name": "Ann"}, "Ann"),
        ("people", "text", [{"name": "Ann"}, {"name": "Bo"}], "Ann, Bo"),
        ("address", "long_text", {"line1": "1 Road", "town": "Town"}, "1 Road\nTown"),
        ("address", "text", {"line1": "1 Road", "town": "Town"}, "1 Road, Town"),
        ("address", "text", {"line1": "1 Road", "protected": True}, CANNOT),
        ("postcode", "text", "N1 9GU", "N1 9GU"),
        ("text", "postcode", "N1 9GU", "N1 9GU"),
        ("text", "postcode", "nowhere", CANNOT),
        ("time", "text", "09:30", "09:30"),
        ("date", "datetime", "2026-11-25", CANNOT),
        ("worker", "person", {"name": "Ann"}, CANNOT),
        ("integer", "decimal", {"not": "a number"}, CANNOT),
    ],
)
def test_a_conversion(old: str, new: str, value: Any, expected: Any) -> None:
    assert _converted(old, new, value) == expected
    assert type(_converted(old, new, value)) is type(expected), "true is not 1"


def test_what_is_converted_fits_the_new_question_or_is_not_converted() -> None:
    assert _converted("text", "long_text", "long enough", max_length=5) == CANNOT
    assert _converted("text", "integer", "12", maximum=10) == CANNOT


def test_every_conversion_says_how() -> None:
    for says, _convert in CONVERSIONS.values():
        assert says[0].islower() or says[0] == "“"
        assert not says.endswith(".")


def test_a_choice_stays_where_the_new_list_has_its_code() -> None:
    old = a_form(question("choices", list="colours"), lists=LISTS)
    fewer = {"colours": {"options": [{"code": "r", "label": "Scarlet"}]}}
    new = a_form(question("choices", list="colours"), lists=fewer)
    forms = [load(compile_form(definition, {})) for definition in (old, new)]
    done = migrate.apply(migrate.plan(*forms), {"page": {"choices": ["r", "b"]}})
    kept, left = done.told
    assert (kept.kind, kept.after) == ("converted", ["r"])
    assert (left.kind, left.before) == ("orphaned", ["b"])
    assert list(done.pages.values()) == [{"choices": ["r"]}]
