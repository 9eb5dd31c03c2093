"""Chains of signatures and returns through the API."""

from typing import Any

import pytest

from casework.cases.actions.signing import submit
from tests.cast import AT
from tests.chained import make_chained
from tests.faces.api_client import Api, problem

pytestmark = pytest.mark.django_db
COST = "needs.rowaaaaa.cost"


@pytest.fixture
def chained(cast: Any) -> Any:
    made = make_chained(cast)
    submit(made.id, seen=None, by=made.wanda, at=AT)
    return made


def test_two_sign_one_after_another_and_who_is_next_is_told(chained: Any) -> None:
    first, second = Api(chained.max), Api(chained.mia)
    record = f"/records/{chained.id}"
    sha256 = first.get(record).json()["submission"]["sha256"]
    sent = {"seen_sha256": sha256, "comment": "It is right."}
    told = first.post(f"{record}/sign", sent).json()
    assert (told["signed_by"], told["waits_for"]["title"]) == (None, "Head of service")
    assert [one["comment"] for one in told["signatures"]] == ["It is right."]
    problem(first.post(f"{record}/sign", sent), 403, "not_allowed")
    told = second.post(f"{record}/sign", {"seen_sha256": sha256}).json()
    assert (told["waits_for"], told["signed_by"]["name"]) == (None, "Mia Manager")
    assert [(one["step"], one["title"]) for one in told["signatures"]] == [
        (0, ""),
        (1, "Head of service"),
    ]
    assert second.get(record).json()["status"] == "signed"


def test_a_return_carries_comments_beside_questions(chained: Any) -> None:
    api, record = Api(chained.max), f"/records/{chained.id}"
    sha256 = api.get(record).json()["submission"]["sha256"]
    seen = {"seen_sha256": sha256}
    problem(api.post(f"{record}/return", seen), 422, "refused")
    wrong = problem(
        api.post(f"{record}/return", {**seen, "questions": {"needs.nowhere.cost": "?"}}),
        422,
        "refused",
    )
    assert wrong["problems"][0]["code"] == "unknown_path"
    assert (
        api.post(f"{record}/return", {**seen, "questions": {COST: "Is it right?"}}).status_code
        == 200
    )
    told = Api(chained.wanda).get(record).json()
    assert told["status"] == "returned"
    assert told["returned"]["questions"] == [
        {
            "path": COST,
            "question": "qcost",
            "label": "Cost",
            "comment": "Is it right?",
            "withheld": [],
        }
    ]
    submit(chained.id, seen=None, by=chained.wanda, at=AT)
    assert api.get(record).json()["returned"] is None
