"""The public JsonLogic suites: both evaluators agree on every case, and each exception is known.

The suites are read where they lie; `rules_public_exceptions.json` names the cases whose expectation
the profile does not meet, each by a reviewed cause.
"""

import hashlib
import json
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.shared import SHARED, needs_shared
from tests.twins import here, in_browser, written

EXCEPTIONS = json.loads(
    (Path(__file__).parent / "rules_public_exceptions.json").read_text(encoding="utf-8")
)


class PublicCase(NamedTuple):
    """One case and who it is: file, place, and the digest of its description."""

    identity: tuple[str, int, str]
    case: dict[str, Any]

    def asked(self) -> dict[str, Any]:
        return {"rule": self.case["rule"], "answers": self.case.get("data")}

    def met(self, outcome: dict[str, Any]) -> bool:
        """Does the outcome meet the public expectation?

        An expected error is met by a refusal of the arguments; that a rule is refused for an
        operator that we do not have meets nothing.
        """
        if "error" in self.case:
            return outcome.get("refused") in ("arguments", "malformed")
        return "value" in outcome and _text(outcome["value"]) == _text(written(self.case["result"]))


def _text(value: object) -> str:
    return json.dumps(value, sort_keys=True)  # Python holds 1 and True for equal


@pytest.fixture(scope="module")
def cases() -> list[PublicCase]:
    assert SHARED
    folder = SHARED / "conformance" / "jsonlogic"
    found = []
    for name in json.loads((folder / "index.json").read_text(encoding="utf-8")):
        for place, case in enumerate(json.loads((folder / name).read_text(encoding="utf-8"))):
            if isinstance(case, dict):
                digest = hashlib.sha256(case["description"].encode()).hexdigest()[:12]
                found.append(PublicCase((name, place, digest), case))
    return found


@needs_shared
def test_both_evaluators_agree_on_every_public_case(cases: list[PublicCase]) -> None:
    asked = [case.asked() for case in cases]
    differ = [
        (one, ours, theirs)
        for one, ours, theirs in zip(asked, map(here, asked), in_browser(asked), strict=True)
        if _text(ours) != _text(theirs)
    ]
    assert differ == []
    assert len(cases) == 1138


@needs_shared
def test_every_public_case_is_met_or_an_exception_with_a_cause(
    cases: list[PublicCase], capsys: pytest.CaptureFixture[str]
) -> None:
    unmet = {case.identity for case in cases if not case.met(here(case.asked()))}
    excepted = {(name, place, digest) for name, place, digest, _ in EXCEPTIONS["cases"]}
    assert unmet - excepted == set(), "not met, and not on the list"
    assert excepted - unmet == set(), "on the list, but met or not there"
    with capsys.disabled():
        print(f"\n{len(cases) - len(unmet)} of {len(cases)} public JsonLogic cases are met")


@needs_shared
def test_each_cause_is_what_it_says(cases: list[PublicCase]) -> None:
    by_identity = {case.identity: case for case in cases}
    refusals = {"operator": "unknown_operator", "computed reference": "computed_reference"}
    for *identity, cause in EXCEPTIONS["cases"]:
        case = by_identity[tuple(identity)]
        outcome = here(case.asked())
        assert cause in EXCEPTIONS["causes"]
        assert outcome.get("refused") == refusals.get(cause), (identity, cause)
        if cause in ("failure is null", "null rule or list"):
            assert "error" in case.case, (identity, cause)


def test_the_list_names_no_case_twice() -> None:
    named = [tuple(identity) for *identity, _ in EXCEPTIONS["cases"]]
    assert len(named) == len(set(named))
