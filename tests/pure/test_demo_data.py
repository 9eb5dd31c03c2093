"""The demo's families: as many as promised, fictional, and sound on whatever day they are loaded."""

import json
import re
from datetime import date
from typing import Any

import pytest

from casework.demo.relative import day, instant, resolved
from formdefs import answers, state
from tests.pure.test_library import LIBRARY, ROOT, loaded, read

DATA = json.loads((ROOT / "platform/casework/demo/families.json").read_text(encoding="utf-8"))
FAMILIES = DATA["families"]
NOBODY: dict[str, dict[str, Any]] = {"worker": {}, "person": {}}
DAYS = [
    date(2026, 11, 24),
    date(2028, 2, 29),
    date(2027, 3, 1),
    date(2027, 3, 29),
    date(2027, 12, 31),
]


class Anybody(dict[str, Any]):
    """Gives somebody who is on file for every key."""

    def __missing__(self, key: str) -> dict[str, str]:
        return {"id": "00000000-0000-4000-8000-000000000001", "name": key}


def real(value: Any, today: date) -> Any:
    """The value with its dates put in, and somebody for every person."""
    return resolved(value, today, {"worker": Anybody(), "person": Anybody()})


def submissions() -> list[Any]:
    """Every submission in the demo: the form, when, and the answers at that time."""
    found = []
    for family in FAMILIES:
        for record in family["records"]:
            given = dict(record["answers"])
            for step in record["then"]:
                given |= step.get("answers", {})
                if step["do"] == "submit":
                    name = f"{family['key']}: {record['form']} {step['at']}"
                    found.append(pytest.param(record["form"], step["at"], dict(given), id=name))
    return found


OTHERS = [family for family in FAMILIES if "case_type" in family]


def test_there_are_twelve_families_with_thirty_children_two_complaints_and_ten_log_ins() -> None:
    families = [family for family in FAMILIES if family not in OTHERS]
    children = [key for family in families for key in family["subjects"]]
    assert (len(families), len(children), len(set(children))) == (12, 30, 30)
    assert [family["case_type"] for family in OTHERS] == ["complaint", "complaint"]
    assert (len(DATA["teams"]), len(DATA["users"])) == (4, 10)


@pytest.mark.parametrize("today", DAYS, ids=str)
def test_every_child_is_under_eighteen_and_one_is_not_born(today: date) -> None:
    persons = {row["key"]: row for family in FAMILIES for row in family["people"]}
    families = [family for family in FAMILIES if family not in OTHERS]
    subjects = [persons[key] for family in families for key in family["subjects"]]
    born = [day(row["born_on"], today) for row in subjects if "born_on" in row]
    assert all(birth <= today for birth in born)
    assert max(today.year - birth.year for birth in born) <= 18
    assert min((birth.replace(day=28, year=birth.year + 18) - today).days for birth in born) > 0
    assert [day(row["due_on"], today) > today for row in subjects if "due_on" in row] == [True]


@pytest.mark.parametrize("today", DAYS, ids=str)
@pytest.mark.parametrize(("form", "at", "given"), submissions())
def test_what_is_submitted_can_be_submitted(
    form: str, at: str, given: dict[str, Any], today: date
) -> None:
    on = instant(at, today).date()
    facts = state.facts_for(on, {"ew": read("calendars/england_wales.json")}, {})
    problems = answers.submission_problems(
        loaded(form), _with_row_ids(real(given, today)), facts, on
    )
    assert [problem for problem in problems if problem.severity == "error"] == []


def test_no_date_is_left_unread() -> None:
    text = json.dumps(real(FAMILIES, DAYS[0]), ensure_ascii=False)
    assert re.findall(r"\{[+-][^}]*\}", text) == []


def test_a_day_in_a_leap_year_has_its_distances() -> None:
    leap_day = date(2028, 2, 29)
    assert day("{-0d}", leap_day) == leap_day
    assert day("{-1y0d}", leap_day) == date(2027, 2, 28)
    assert resolved("since {-60d}", leap_day, NOBODY) == "since 31 December"


def test_the_clock_is_that_of_london() -> None:
    assert instant("{-1d 09:30}", date(2026, 7, 2)).isoformat() == "2026-07-01T09:30:00+01:00"
    assert instant("{+0d 09:30}", date(2026, 12, 2)).isoformat() == "2026-12-02T09:30:00+00:00"


def test_addresses_and_phone_numbers_are_nobodys() -> None:
    """EX99 is no postal district; 01632 960 is kept by Ofcom for fiction."""
    for path in (ROOT / "platform/casework/demo/families.json", *LIBRARY.glob("samples/*.json")):
        text = path.read_text(encoding="utf-8")
        postcodes = re.findall(r'"postcode": "([^"]+)"', text)
        phones = re.findall(r'"[a-z_]*phone": "([^"]+)"', text)
        assert [code for code in postcodes if not code.startswith("EX99 ")] == []
        assert [number for number in phones if not number.startswith("01632 960")] == []


def _with_row_ids(value: Any, at: str = "row") -> Any:
    """Answers as the engine keeps them: every row of a repeat with an id, and no person of a list."""
    if isinstance(value, list):
        rows = [_with_row_ids(item, f"{at}{number}") for number, item in enumerate(value)]
        return [
            {"_id": f"{at}{number}x{'0' * 8}"[:32], **row}
            if isinstance(row, dict) and not row.keys() <= {"id", "name"}
            else row
            for number, row in enumerate(rows)
        ]
    if isinstance(value, dict):
        return {
            key: _with_row_ids(item, f"{at}{place}")
            for place, (key, item) in enumerate(value.items())
        }
    return value
