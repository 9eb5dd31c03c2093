"""Loads the demo: fictional teams, log-ins and families, with records in every state.

Everything happens through the same actions as in the pages, at the times that `families.json` gives
relative to today, case by case in the order of time: so events, history and signatures are real.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import transaction

from casework.accounts import administer
from casework.accounts.models import Role, User
from casework.accounts.passwords import note_own_password
from casework.cases.actions.allocating import allocate
from casework.cases.actions.cases import close_case, open_case
from casework.cases.actions.sharing import grant_access
from casework.cases.actions.working import change_task
from casework.cases.models import Case, Task
from casework.demo.records import Step
from casework.demo.records import steps as record_steps
from casework.demo.world import World
from casework.people.actions import add_person
from casework.people.living import add_household
from casework.people.relating import relate

FAMILIES = Path(__file__).parent / "families.json"
PASSWORD = "let-me-look-around"  # noqa: S105 (no secret: it is printed, and production refuses it)
WHY = "Demo"
_BEFORE_ALL = timedelta(days=400)

Row = Mapping[str, Any]


def document() -> dict[str, Any]:
    """The demo's data."""
    found: dict[str, Any] = json.loads(FAMILIES.read_text(encoding="utf-8"))
    return found


def is_loaded() -> bool:
    """Whether the demo is there. It is loaded whole or not at all."""
    return User.objects.filter(username=document()["users"][0]["username"]).exists()


def log_ins() -> list[tuple[str, str]]:
    """Each user name of the demo, with what its user may do and where."""
    data = document()
    teams = {team["key"]: team["name"] for team in data["teams"]}
    return [
        (
            user["username"],
            ", ".join(
                f"{Role(role).label}, {teams[team]}" if team else str(Role(role).label)
                for role, team in user["roles"]
            ),
        )
        for user in data["users"]
    ]


@transaction.atomic
def load(*, at: datetime, tell: Callable[[str], None]) -> None:
    """Load the demo into a database that has the library published; `tell` hears how far it is."""
    data = document()
    world = World(now=at)
    tell("teams and log-ins")
    _accounts(data, world)
    for number, family in enumerate(data["families"], start=1):
        tell(f"family {number} of {len(data['families'])}")
        _family(family, world)


def _accounts(data: Row, world: World) -> None:
    """Add everybody. The first is the access administrator, who adds the others."""
    at = world.now - _BEFORE_ALL
    first, *others = data["users"]
    by, _plain = administer.install_access_administrator(
        first["username"],
        first_name=first["first_name"],
        last_name=first["last_name"],
        at=at,
        password=PASSWORD,
    )
    world.users[first["username"]] = by
    for team in data["teams"]:
        world.teams[team["key"]] = administer.add_team(team["name"], by=by, at=at)
    password = make_password(PASSWORD)  # one digest for all: slow to make, and nothing to protect
    for row in others:
        names = {part: row[part] for part in ("username", "first_name", "last_name")}
        user, _plain = administer.add_user(by=by, at=at, **names)
        user.password = password
        user.save(update_fields=["password"])
        note_own_password(user, at=at)
        for role, team in row["roles"]:
            where = world.teams[team].pk if team else None
            administer.grant_role(user.pk, role, where, by=by, at=at, why=WHY)
        world.users[row["username"]] = user


def _family(family: Row, world: World) -> None:
    """Add the persons, open the case, then do all that happened in it in the order of time."""
    by, opened = world.users[family["opened_by"]], world.at(family["opened"])
    for row in family["people"]:
        details = _details(row, world)
        world.persons[row["key"]] = add_person(by=by, at=opened, why=WHY, **details)
    _related(family, world, by=by, at=opened)
    case = open_case(
        case_type=family.get("case_type", "child_in_need"),
        team=world.teams[family["team"]],
        subjects=[world.persons[key].pk for key in family["subjects"]],
        by=by,
        at=opened,
    )
    happened = [*_case_steps(family, case, world, opened)]
    for row in family["records"]:
        happened += record_steps(row, case.pk, world)
    for _at, step in sorted(happened, key=lambda step: step[0]):
        step()


def _related(family: Row, world: World, *, by: User, at: datetime) -> None:
    """Say what the persons are to one another, and who lives together."""
    for person, end, other in family.get("relations", ()):
        relate(world.persons[person].pk, world.persons[other].pk, end, by=by, at=at, why=WHY)
    if home := family.get("household"):
        members = [world.persons[key].pk for key in home["members"]]
        address = world.persons[home["members"][0]].address
        add_household(home["name"], members, address=address, by=by, at=at, why=WHY)


def _case_steps(family: Row, case: Case, world: World, opened: datetime) -> Iterator[Step]:
    """What happened to the case itself: allocated, kept from somebody, actions done, closed."""
    if family["worker"]:
        manager, worker = world.users[family["allocated_by"]], world.users[family["worker"]]
        yield opened, partial(allocate, case.pk, worker, by=manager, at=opened)
    for row in family.get("access", []):
        at = world.at(row["at"])
        user, by = world.users[row["user"]], world.users[row["by"]]
        yield at, partial(grant_access, case.pk, user, row["effect"], why=row["why"], by=by, at=at)
    for row in family.get("tasks", []):
        at, by = world.at(row["at"]), world.users[row["by"]]
        yield at, partial(_done, case, row, by=by, at=at)
    if closed := family.get("closed"):
        at, by = world.at(closed["at"]), world.users[closed["by"]]
        yield at, partial(_close, case, closed, by=by, at=at)


def _done(case: Case, row: Row, *, by: User, at: datetime) -> None:
    """Do the first open action of a template."""
    task = Task.objects.filter(case=case, template=row["template"], status="open").earliest(
        "due_on"
    )
    change_task(task.pk, status="done", outcome=row["outcome"], by=by, at=at)


def _close(case: Case, closed: Row, *, by: User, at: datetime) -> None:
    """Close the case by hand, unless it ended by itself with its last child's part."""
    if not Case.objects.filter(pk=case.pk, closed_at=None).exists():
        return
    close_case(case.pk, closed["reason"], why=closed["why"], by=by, at=at)


def _details(row: Row, world: World) -> dict[str, Any]:
    """A person's details; the days are dates, not text."""
    details = {part: value for part, value in row.items() if part != "key"}
    for part in ("born_on", "due_on"):
        if part in details:
            details[part] = world.day(details[part])
    return details
