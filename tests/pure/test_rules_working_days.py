"""Working days of England and Wales: the 20,634 rows of the reference table, in both evaluators."""

import csv
import json
from datetime import datetime
from typing import Any

import pytest

from tests.shared import SHARED, needs_shared
from tests.twins import here, in_browser


@pytest.fixture(scope="module")
def facts() -> dict[str, Any]:
    assert SHARED
    text = (SHARED / "domain" / "bank-holidays.json").read_text(encoding="utf-8")
    years = json.loads(text)["divisions"]["common.nations.england-and-wales_slug"]
    holidays = [
        datetime.strptime(day["date"], "%d/%m/%Y").date().isoformat()  # noqa: DTZ007
        for days in years.values()
        if isinstance(days, list)
        for day in days
    ]
    return {"calendars": {"ew": {"week": [1, 2, 3, 4, 5], "holidays": holidays}}}


@pytest.fixture(scope="module")
def rows() -> list[tuple[str, int, str]]:
    assert SHARED
    path = SHARED / "conformance" / "working_days_england_wales.tsv"
    with path.open(encoding="utf-8", newline="") as table:
        found = [
            (row["start"], int(row["working_days"]), row["due"])
            for row in csv.DictReader(table, delimiter="\t")
        ]
    assert len(found) == 20_634
    return found


ADD = {"add_working_days": [{"var": "start"}, {"var": "days"}, "ew"]}
COUNT = {"working_days": [{"var": "start"}, {"var": "due"}, "ew"]}
BACK = {"working_days": [{"var": "due"}, {"var": "start"}, "ew"]}


def _asked(
    rule: dict[str, Any], rows: list[tuple[str, int, str]], facts: dict[str, Any]
) -> list[dict[str, Any]]:
    return [
        {"rule": rule, "answers": {"start": start, "days": days, "due": due}, "facts": facts}
        for start, days, due in rows
    ]


@needs_shared
def test_python_reaches_every_due_date_and_counts_back(
    rows: list[tuple[str, int, str]], facts: dict[str, Any]
) -> None:
    assert [here(one)["value"] for one in _asked(ADD, rows, facts)] == [due for _, _, due in rows]
    counted = [here(one)["value"] for one in _asked(COUNT, rows, facts)]
    assert counted == [days for _, days, _ in rows]
    assert [here(one)["value"] for one in _asked(BACK, rows, facts)] == [-days for days in counted]


@needs_shared
def test_the_browser_reaches_every_due_date_and_counts_back(
    rows: list[tuple[str, int, str]], facts: dict[str, Any]
) -> None:
    # One rule over all rows at once would be over the limit of work: a page of rows at a time.
    rule = {
        "map": [
            {"var": "rows"},
            [ADD, COUNT, BACK],
        ]
    }
    asked, expected = [], []
    for first in range(0, len(rows), 1000):
        page = rows[first : first + 1000]
        named = [{"start": start, "days": days, "due": due} for start, days, due in page]
        asked.append({"rule": rule, "answers": {"rows": named}, "facts": facts})
        expected.append([[due, days, -days] for _, days, due in page])
    assert [outcome["value"] for outcome in in_browser(asked)] == expected
