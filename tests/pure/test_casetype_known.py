"""What rules read of a case is worked out when it is read, and only then."""

from typing import Any

import pytest

from casetypes.names import Known, holds


def never() -> Any:
    pytest.fail("it was worked out, and nothing had read it")


def test_only_what_a_rule_reads_is_worked_out_and_once() -> None:
    made: list[str] = []

    def records() -> Known:
        made.append("records")
        return Known({"plan": lambda: {"open": 2}, "visit": never})

    known = Known({"records": records, "tasks": never, "row": never})
    rule = {">": [{"var": "records.plan.open"}, 1]}
    assert holds(rule, known, {})
    assert holds(rule, known, {})
    assert made == ["records"]


def test_other_values_stand_in_a_copy_alone() -> None:
    known = Known({"row": lambda: {"seen": 1}, "case": lambda: {"open_subjects": 3}})
    other = known.but(row={"seen": 2}, before={"seen": 0})
    assert holds({"==": [{"var": "row.seen"}, 2]}, other, {})
    assert holds({"==": [{"var": "before.seen"}, 0]}, other, {})
    assert holds({"==": [{"var": "case.open_subjects"}, 3]}, other, {})
    assert holds({"==": [{"var": "row.seen"}, 1]}, known, {})
    assert "before" not in known
