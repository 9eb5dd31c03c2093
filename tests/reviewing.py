"""A case type whose plan asks for actions, and a small review form that judges them."""

from types import SimpleNamespace
from typing import Any

from casework.cases.actions.records import start_record
from casework.cases.actions.signing import sign, submit
from casework.cases.models import Record, Snapshot
from formdefs.publish import publish
from tests.casetypes import document
from tests.cast import AT, make_case, make_person, publish_case_types
from tests.forms import a_form, page, question, repeat
from tests.stored.small_form import publish_small

STATUS = [
    {"code": "done", "label": "Done"},
    {"code": "progressing", "label": "In progress"},
    {"code": "not_needed", "label": "No longer needed"},
    {"code": "not_considered", "label": "Not considered, because"},
]
JUDGES = {
    "task": "small_action", "repeat": "actions", "status": "status", "outcome": "words",
    "done": ["done"], "cancelled": ["not_needed"], "because": ["not_considered"],
}  # fmt: skip
BOUND = {"repeat": "children", "subject": "child"}


def review_form(**more: Any) -> dict[str, Any]:
    """A review: what all share, a row for each child, and a row for each action."""
    pages = [
        page(question("long_text", "summary"), key="shared", title="What we all heard"),
        page(
            repeat(
                "children",
                question("person", "child", readonly=True),
                question("text", "wish"),
                label="Child",
            ),
            key="child_by_child",
            title="Each child",
        ),
        page(
            repeat(
                "actions",
                question("choice", "status", list="statuses"),
                question("text", "words"),
                label="Action",
            ),
            key="actions_page",
            title="Actions",
        ),
    ]
    return a_form(
        pages=pages,
        key="review",
        title="Review",
        authority="another",
        lists={"statuses": {"options": STATUS}},
        **more,
    )


def make_planned(cast: Any, **review: Any) -> SimpleNamespace:
    """The cast with a case of Noah and Poppy, and a signed small plan that asked for three actions."""
    publish_small(cast.ada)
    publish(review_form(), by=cast.ada, at=AT, reason="For a test")
    written = document("child_in_need")
    written["forms"] += [
        {"id": "f8sml", "form": "small", "per": "case", "sign_off": "authorisation"},
        {"id": "f9rev", "form": "review", "per": "case", "sign_off": "decision",
         "judges": JUDGES, "subjects": BOUND, **review},
    ]  # fmt: skip
    for stage in written["stages"][:3]:
        stage["forms"] += [{"form": "small", "need": "any"}, {"form": "review", "need": "any"}]
    written["tasks"].append(
        {"id": "t9sml", "key": "small_action", "title": "Action", "priority": "high",
         "checklist": ["Ring first", "Write it down"],
         "on": {"event": "record.signed", "of": "small"},
         "rows": {"repeat": ["needs", "actions"], "title": "what"}}
    )  # fmt: skip
    publish_case_types(written)
    people = [make_person(cast.wanda, given) for given in ("Noah", "Poppy")]
    case = make_case(cast.wanda, cast.north, *[one.pk for one in people])
    plan = start_record(
        case.pk, form_key="small", subjects=[one.pk for one in people], by=cast.wanda, at=AT,
        pages={"visit": {"seen": True}, "plan": {"needs": needs("Ring school", "Find a bed", "Visit Gran")}},
    )  # fmt: skip
    signed(plan, cast.wanda, cast.max)
    return SimpleNamespace(
        **vars(cast), written=written, case=case, plan=plan, noah=people[0], poppy=people[1]
    )


def needs(*whats: str) -> list[dict[str, Any]]:
    """One need with these actions, whose row ids are action01 and on."""
    actions = [{"_id": f"action{n:02d}", "what": what} for n, what in enumerate(whats, 1)]
    return [{"_id": "needaaaa", "need": "Rest", "actions": actions}]


def signed(record: Record, by: Any, manager: Any, at: Any = AT) -> None:
    """Submit a record as it stands, and sign it."""
    submit(record.pk, seen=None, by=by, at=at)
    shown = Snapshot.objects.filter(record=record).latest("revision", "attempt")
    sign(record.pk, seen_sha256=shown.sha256, by=manager, at=at)


def start_review(world: Any, at: Any = AT) -> Record:
    """A draft review of both children."""
    both = [world.noah.pk, world.poppy.pk]
    return start_record(world.case.pk, form_key="review", subjects=both, by=world.wanda, at=at)
