"""XLSForm workbooks, written from the XLSForm specification (xlsform.org), for tests."""

from io import BytesIO
from typing import Any

import openpyxl

Rows = list[dict[str, Any]]


def workbook(survey: Rows, choices: Rows | None = None, **settings: Any) -> bytes:
    """A workbook with these rows; headings are the rows' keys in the order that they come."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    sheets = {
        "survey": survey,
        "choices": choices or [],
        "settings": [settings] if settings else [],
    }
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        headings = list(dict.fromkeys(key for row in rows for key in row))
        sheet.append(headings)
        for row in rows:
            sheet.append([row.get(heading) for heading in headings])
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def row(kind: str, name: str = "", label: str = "", **more: Any) -> dict[str, Any]:
    """A row of the survey."""
    return {"type": kind, "name": name, "label": label, **more}


def choice(list_name: str, name: str, label: str, **more: Any) -> dict[str, Any]:
    """A row of the choices."""
    return {"list_name": list_name, "name": name, "label": label, **more}


HOUSEHOLD = workbook(
    [
        row("start", "start"),
        row("begin group", "household", "The household"),
        row("text", "head", "Name of the head", required="yes", hint="As they say it"),
        row("date", "visited", "Day of the visit", constraint=". <= today()", default="today()"),
        row("select_one state", "state", "State"),
        row("select_one county", "county", "County", choice_filter="state=${state}"),
        row("select_one city", "city", "City", choice_filter="state=${state} and county=${county}"),
        row("end group"),
        row("begin group", "people", "The people"),
        row("begin repeat", "member", "Household member"),
        row("text", "name", "Name"),
        row("integer", "age", "Age", constraint=". >= 0 and . <= 120",
            constraint_message="An age is between 0 and 120"),
        row("select_one yes_no", "school", "Goes to school?", relevant="${age} >= 5 and ${age} < 19"),
        row("select_multiple illness or_other", "ill", "Illnesses",
            relevant="not(${school} = 'yes')"),
        row("begin repeat", "visit", "Visit to a doctor", relevant="count-selected(${ill}) > 0"),
        row("date", "on", "On"),
        row("decimal", "cost", "Cost", constraint=". > 0", constraint_message="More than nothing"),
        row("text", "why", "Why so much?", relevant="${cost} > 100 and ${age} < 18",
            required="${cost} > 500"),
        row("end repeat"),
        row("calculate", "spent", calculation="sum(${cost})"),
        row("end repeat"),
        row("calculate", "how_many", calculation="count(${member})"),
        row("calculate", "grown", calculation="if(${how_many} > 3, 'many', concat('few: ', ${how_many}))"),
        row("end group"),
        row("note", "bye", "Thank you"),
        row("text", "said", "Anything else?", appearance="multiline",
            constraint="string-length(.) <= 300"),
        row("text", "code", "Code", constraint="regex(., '^[A-Z]{2}[0-9]+$')",
            constraint_message="Two letters, then digits"),
        row("integer", "least", "Least"),
        row("integer", "most", "Most", constraint=". >= ${least}",
            constraint_message="Most is not less than least"),
        row("range", "how_well", "How well?", parameters="start=1 end=5 step=1"),
        row("acknowledge", "agreed", "Do you agree?"),
        row("time", "at", "At what time?"),
    ],
    [
        choice("yes_no", "yes", "Yes"),
        choice("yes_no", "no", "No"),
        choice("illness", "flu", "Flu"),
        choice("illness", "cold", "A cold"),
        choice("state", "texas", "Texas"),
        choice("state", "new york", "New York"),
        choice("county", "king", "King", state="texas"),
        choice("county", "cameron", "Cameron", state="texas"),
        choice("county", "kings", "Kings", state="new york"),
        choice("city", "dumont", "Dumont", state="texas", county="king"),
        choice("city", "brooklyn", "Brooklyn", state="new york", county="kings"),
    ],
    form_title="Household survey",
    form_id="household_survey",
)  # fmt: skip

HOUSEHOLD_DATA: dict[str, Any] = {
    "household": {
        "head": "Ann Example", "visited": "2026-11-02", "state": "new york", "county": "kings",
        "city": "brooklyn",
    },
    "people": {
        "member": [
            {
                "name": "Ben", "age": 9, "school": "no", "ill": ["flu", "other"], "ill_other": "Gout",
                "visit": [
                    {"on": "2026-10-01", "cost": 12.5},
                    {"on": "2026-10-02", "cost": 600, "why": "A night there"},
                ],
            },
            {"name": "Cat", "age": 40},
        ]
    },
    "said": "Two\nlines", "code": "AB12", "least": 1, "most": 2, "how_well": 4, "agreed": "OK",
    "at": "09:30",
}  # fmt: skip
