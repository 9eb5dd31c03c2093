"""Mistakes that people make in case types are found where they are to be mended; odd ones pass."""

import pytest

from casetypes.checks import problems
from formdefs.shapes import DefinitionProblem
from tests.casetypes import known
from tests.pure.casetype_mistakes import MISTAKES, ODD, Mistake, base, ids


def points_to(found: DefinitionProblem, at: str) -> bool:
    """Whether a finding names one of those rows, or lies within one of those blocks."""
    where = ids(at)
    return found.node in where["rows"] or any(
        found.at == block or found.at.startswith(block + "/") for block in where["blocks"]
    )


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda one: one.name)
def test_a_mistake_is_found_with_the_row_to_mend(mistake: Mistake) -> None:
    assert mistake.document() != base(mistake.base), "this changes nothing"
    found = problems(mistake.document(), known())
    there = [one for one in found if points_to(one, mistake.at)]
    assert there, f"to be mended at {mistake.at}, found: {found}"
    for one in there:
        assert one.says.endswith("."), one.says
        assert one.fix.endswith((".", "?")), one.fix


@pytest.mark.parametrize("name", ODD)
def test_an_odd_case_type_that_is_right_has_no_finding(name: str) -> None:
    assert problems(ODD[name], known()) == []


def test_there_are_as_many_as_were_asked_for() -> None:
    assert len({one.name for one in MISTAKES}) == len(MISTAKES) >= 80
    assert len(ODD) >= 20
