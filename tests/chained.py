"""A case type whose small form two managers sign, the second only where it costs much."""

from types import SimpleNamespace
from typing import Any

from casework.accounts.models import Role, RoleGrant
from casework.cases.actions.records import start_record
from tests.casetypes import document
from tests.cast import AT, make_case, publish_case_types
from tests.stored.small_form import publish_small

STEPS = [
    {"role": "manager", "not": ["author"]},
    {"role": "manager", "title": "Head of service", "not": ["author", "earlier"],
     "when": {">": [{"var": "small.total"}, 500]}},
]  # fmt: skip
DEAR = [
    {"_id": "rowaaaaa", "need": "A bed", "cost": 600},
    {"_id": "rowbbbbb", "need": "Food", "cost": 20},
]
ANSWERS = {"page1": {"seen": True, "story": "She was at home."}, "page2": {"needs": DEAR}}


def make_chained(cast: Any, steps: Any = None, **form: Any) -> SimpleNamespace:
    """The cast with Mia, a second manager of the North team, and a dear draft by Wanda on such a type."""
    mia = type(cast.max).objects.create(username="mia", first_name="Mia", last_name="Manager")
    RoleGrant.objects.create(user=mia, role=Role.MANAGER, team=cast.north, granted_at=AT)
    publish_small(cast.ada, **form)
    written = document("child_in_need")
    written["sign_offs"].append({"id": "a9two", "key": "two", "steps": steps or STEPS})
    written["forms"].append({"id": "f9sml", "form": "small", "per": "case", "sign_off": "two"})
    for stage in written["stages"][:3]:
        stage["forms"].append({"form": "small", "need": "one"})
    publish_case_types(written)
    case = make_case(cast.wanda, cast.north)
    subjects = list(case.subjects.values_list("person_id", flat=True))
    record = start_record(
        case.pk, form_key="small", subjects=subjects, pages=ANSWERS, by=cast.wanda, at=AT
    )
    return SimpleNamespace(**vars(cast), mia=mia, case=case, record=record, id=record.pk)
