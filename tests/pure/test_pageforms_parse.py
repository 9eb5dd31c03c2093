"""What people type becomes answers; what cannot be read is kept and told."""

import json
from typing import Any

import pytest

from casework.pageforms.fields import Known
from casework.pageforms.parse import Parsed, parse
from tests.pageform import form
from tests.twins import pages_in_browser

FORM = form()
KNOWN = Known(
    persons={"p1": "Ann Smith", "p2": "Bob Jones"},
    workers={"w1": "Wanda Worker"},
    files={"f1": {"id": "f1", "name": "a.pdf"}, "f2": {"id": "f2", "name": "b.pdf"}},
)
DAY, TIME = ("day", "month", "year"), ("day", "month", "year", "time")


def typed(key: str, parts: tuple[str, ...], *values: str) -> dict[str, list[str]]:
    return {f"{key}.{part}": [value] for part, value in zip(parts, values, strict=True)}


READ: list[tuple[dict[str, list[str]], Any]] = [
    ({"text_q": ["  Ann O’Hara "]}, "Ann O’Hara"),
    ({"long_text_q": ["one\r\ntwo\r\n"]}, "one\ntwo"),
    ({"integer_q": ["1,250"]}, 1250),
    ({"integer_q": ["-3.0"]}, -3),
    ({"decimal_q": ["0012.50"]}, "12.5"),
    ({"decimal_q": ["-0.00"]}, "0"),
    ({"decimal_q": [".5"]}, "0.5"),
    ({"money_q": ["1,250"]}, "1250.00"),
    ({"money_q": ["£ 12.5"]}, "12.50"),
    ({"money_q": ["-£3"]}, "-3.00"),
    ({"money_q": ["-0"]}, "0.00"),
    ({"yes_no_q": ["no"]}, False),
    ({"choice_q": ["g"]}, "g"),
    ({"choices_q": ["r", "g", "r"]}, ["r", "g"]),
    (typed("date_q", DAY, "3", "3", "2026"), "2026-03-03"),
    (typed("date_q", DAY, "03", "March", "2026"), "2026-03-03"),
    (typed("date_q", DAY, "3rd", "sept", "2026"), "2026-09-03"),
    (typed("date_q", DAY, "12/3/2026", "", ""), "2026-03-12"),
    (typed("date_q", DAY, "12 March 2026", "", ""), "2026-03-12"),
    (typed("date_q", DAY, "2nd of June 2026", "", ""), "2026-06-02"),
    (typed("date_q", DAY, "2026-03-12", "", ""), "2026-03-12"),
    (typed("partial_date_q", DAY, "", "", "2019"), "2019"),
    (typed("partial_date_q", DAY, "", "jun", "2019"), "2019-06"),
    (typed("partial_date_q", DAY, "29", "2", "2020"), "2020-02-29"),
    ({"time_q": ["9.30am"]}, "09:30"),
    ({"time_q": ["0930"]}, "09:30"),
    ({"time_q": ["9:30 p.m."]}, "21:30"),
    ({"time_q": ["9pm"]}, "21:00"),
    ({"time_q": ["12 am"]}, "00:00"),
    ({"time_q": ["Noon"]}, "12:00"),
    (typed("datetime_q", TIME, "1", "7", "2026", "2.30pm"), "2026-07-01T14:30:00+01:00"),
    (typed("datetime_q", TIME, "1", "1", "2026", "midnight"), "2026-01-01T00:00:00+00:00"),
    # The hour that comes twice, when the clocks go back, is the first of the two.
    (typed("datetime_q", TIME, "25", "10", "2026", "01:30"), "2026-10-25T01:30:00+01:00"),
    ({"postcode_q": [" sw1a1aa"]}, "SW1A 1AA"),
    ({"nhs_number_q": ["943 476 5919"]}, "9434765919"),
    ({"nhs_number_q": ["943-476-5919"]}, "9434765919"),
    ({"upn_q": ["b801 2000 05001"]}, "B801200005001"),
    ({"email_q": [" a@example.org "]}, "a@example.org"),
    (
        {"organisation_q.name": [" Oak School "], "organisation_q.phone": ["01632 960 001"]},
        {"name": "Oak School", "phone": "01632 960 001"},
    ),
    (
        {"signature_q.name": ["Ann Smith"], "signature_q.agree": ["yes"]},
        {"name": "Ann Smith"},
    ),
    (
        {"signature_q.name": ["Ann Smith"], "signature_q.drawing": ["1,2 3,4"]},
        {"name": "Ann Smith", "drawing": "1,2 3,4"},
    ),
    (
        {
            "signature_q.name": ["Ann Smith"],
            "signature_q.agree": ["yes"],
            "signature_q.drawing": ["1,2 3,4"],
            "signature_q.clear": ["yes"],
        },
        {"name": "Ann Smith"},
    ),
]
ONLY_HERE: list[tuple[dict[str, list[str]], Any]] = [  # the browser does not know whom we know
    ({"person_q": ["ann smith"]}, {"id": "p1", "name": "Ann Smith"}),
    ({"person_q": ["Somebody Else"]}, {"id": None, "name": "Somebody Else"}),
    (
        {"people_q": ["Bob Jones", "", "Her aunt"]},
        [{"id": "p2", "name": "Bob Jones"}, {"id": None, "name": "Her aunt"}],
    ),
    ({"worker_q": ["w1"]}, {"id": "w1", "name": "Wanda Worker"}),
    (
        {
            "address_q.line1": ["1 High St"],
            "address_q.postcode": ["ab12cd"],
            "address_q.protected": ["yes"],
        },
        {"line1": "1 High St", "postcode": "AB1 2CD", "protected": True},
    ),
    ({"file_q.present": ["f1", "f2", "f9"], "file_q.remove": ["f1"]}, [KNOWN.files["f2"]]),
]
UNREADABLE: list[tuple[dict[str, list[str]], str]] = [
    (typed("date_q", DAY, "32nd", "March", "2026"), "must be a real date"),
    (typed("date_q", DAY, "30", "2", "2026"), "must be a real date"),
    (typed("date_q", DAY, "3", "", "2026"), "must include a month"),
    (typed("date_q", DAY, "3", "", ""), "must include a month and year"),
    (typed("date_q", DAY, "3", "3", "26"), "must have a year of 4 numbers"),
    (typed("date_q", DAY, "3", "ma", "2026"), "must be a real date"),
    (typed("partial_date_q", DAY, "3", "", "2019"), "must include a month"),
    (typed("partial_date_q", DAY, "", "6", ""), "must include a year"),
    ({"money_q": ["12,x"]}, "amount in pounds and pence"),
    ({"money_q": ["1,25"]}, "amount in pounds and pence"),
    ({"money_q": ["1.005"]}, "amount in pounds and pence"),
    ({"integer_q": ["1.5"]}, "whole number"),
    ({"decimal_q": ["1.234"]}, "at most 2 digits"),
    ({"decimal_q": ["٣"]}, "must be a number"),
    ({"time_q": ["9"]}, "must be a time"),
    ({"time_q": ["13pm"]}, "must be a time"),
    ({"time_q": ["25:00"]}, "must be a time"),
    (typed("datetime_q", TIME, "1", "7", "2026", ""), "must include a time"),
    (typed("datetime_q", TIME, "", "", "", "9am"), "must include a date"),
    # The hour that the clocks leave out.
    (typed("datetime_q", TIME, "29", "3", "2026", "01:30"), "the clocks went forward"),
    ({"organisation_q.phone": ["01632 960 001"]}, "must have a name"),
    ({"signature_q.name": ["Ann Smith"]}, "must be signed"),
    ({"signature_q.agree": ["yes"]}, "must have the name of who signs"),
    ({"signature_q.drawing": ["1,2"]}, "must have the name of who signs"),
    ({"worker_q": ["w9"]}, "one of the workers"),
    ({"yes_no_q": ["perhaps"]}, "must be yes or no"),
]


def read(sent: dict[str, list[str]], **stored: Any) -> Parsed:
    return parse(FORM.pages[0], sent, stored, KNOWN)


@pytest.mark.parametrize(("sent", "answer"), READ + ONLY_HERE, ids=str)
def test_what_people_type_is_read(sent: dict[str, list[str]], answer: Any) -> None:
    parsed = read(sent)
    assert list(parsed.answers.values()) == [answer]
    assert not parsed.problems
    assert not parsed.typed


@pytest.mark.parametrize(("sent", "says"), UNREADABLE, ids=str)
def test_what_cannot_be_read_is_kept_and_told(sent: dict[str, list[str]], says: str) -> None:
    parsed = read(sent)
    assert parsed.answers == {}
    assert {name: parsed.typed[name] for name in sent} == sent
    (problem,) = parsed.problems
    assert says in problem.message
    assert "asked" in problem.message  # it names the question


def test_the_browser_reads_the_same() -> None:
    page = {"nodes": _nodes(), "order": [], "answers": {}, "outside": [], "facts": {}}
    sent = [one for one, _answer in READ] + [one for one, _says in UNREADABLE]
    outcomes = pages_in_browser({"page": page, "sent": one, "paths": []} for one in sent)
    assert [list(outcome["answers"].values()) for outcome in outcomes[: len(READ)]] == [
        [answer] for _sent, answer in READ
    ]
    unreadable = outcomes[len(READ) :]
    known_elsewhere = {"worker_q"}
    for outcome, (one, _says) in zip(unreadable, UNREADABLE, strict=True):
        assert outcome["answers"].keys() <= known_elsewhere, json.dumps(one)


def _nodes() -> list[dict[str, Any]]:
    from casework.pageforms.script import page_rules
    from formdefs.state import evaluate_form

    nodes: list[dict[str, Any]] = page_rules((FORM.pages[0],), evaluate_form(FORM, {}, {}), {})[
        "nodes"
    ]
    return nodes


def test_an_answer_that_nobody_touched_stays_exactly_as_stored() -> None:
    stored = {
        "text_q": " with spaces ",
        "decimal_q": "12.5",
        "datetime_q": "2026-07-01T13:30:15Z",
        "choices_q": ["g", "r"],
        "person_q": {"id": "gone", "name": "Somebody of another case"},
        "worker_q": {"id": None, "name": "Left long ago"},
        "long_text_q": "\n\rline",
    }
    sent = {
        "text_q": ["with spaces"],
        "decimal_q": ["12.5"],
        **typed("datetime_q", TIME, "1", "7", "2026", "14:30"),
        "choices_q": ["r", "g"],
        "person_q": ["Somebody of another case"],
        "worker_q": ["=Left long ago"],
        "long_text_q": ["line"],
    }
    assert read(sent, **stored).answers == stored


def test_rows_come_in_the_order_sent_and_only_with_sound_ids() -> None:
    sent = {
        "needs._rows": ["bbbbbbbb", "aaaaaaaa", "bbbbbbbb", "../etc", "NEWROW"],
        "needs.aaaaaaaa.card_text": ["First"],
        "needs.bbbbbbbb.actions._rows": ["cccccccc"],
        "needs.bbbbbbbb.actions.cccccccc.cell_text": ["Nested"],
        "needs.dddddddd.card_text": ["A row that is not there"],
    }
    assert parse(FORM.pages[1], sent, {}, KNOWN).answers == {
        "needs": [
            {"_id": "bbbbbbbb", "actions": [{"_id": "cccccccc", "cell_text": "Nested"}]},
            {"_id": "aaaaaaaa", "card_text": "First"},
        ]
    }
