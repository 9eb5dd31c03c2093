"""The required cases of the public JSON Schema test suite (2020-12), through our validator.

`format` is not asserted there, as the suite asks; remote schemas come from the suite's own folder.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from formdefs import validator
from tests.tools.fetch_json_schema_suite import suite

REMOTES_AT = "http://localhost:1234/"
FEWEST_CASES = 1200  # of release 4.26; fewer means that the suite was not read


@pytest.fixture(scope="module")
def folder() -> Path:
    """The suite, fetched on the first run of all."""
    return suite()


@pytest.fixture(scope="module")
def remotes(folder: Path) -> dict[str, Any]:
    """Every schema that a case may refer to, by the address at which the suite serves it."""
    base = folder / "remotes"
    return {
        f"{REMOTES_AT}{path.relative_to(base).as_posix()}": json.loads(path.read_text())
        for path in sorted(base.rglob("*.json"))
        if "draft-next" not in path.parts  # not published, and no case of ours refers to it
    }


def test_every_required_case_is_judged_as_the_standard_says(
    folder: Path, remotes: dict[str, Any]
) -> None:
    cases, wrong = 0, []
    for path in sorted((folder / "tests/draft2020-12").glob("*.json")):
        for group in json.loads(path.read_text()):
            judge = validator.compiled(group["schema"], formats=False, remotes=remotes)
            for case in group["tests"]:
                cases += 1
                if judge.is_valid(case["data"]) is not case["valid"]:
                    wrong.append(f"{path.stem}: {group['description']}: {case['description']}")
    print(f"{cases} required cases of JSON Schema 2020-12, {len(wrong)} judged wrongly")
    assert not wrong
    assert cases >= FEWEST_CASES


def test_nothing_is_fetched_from_elsewhere() -> None:
    with pytest.raises(ValueError, match="cannot fetch"):
        validator.compiled({"$ref": "https://example.com/schema.json"})
