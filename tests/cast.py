"""The cast of every test: who works where, and makers of what they work on.

Wanda and Wilf work in the North team, Max manages it; Olive works and Omar manages in the South;
Rita only reads; Ada administers forms; Axel administers access. Nobody else exists.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from django.contrib.auth.models import Group

from casetypes.models import CaseTypeKey, CaseTypeVersion
from casetypes.shipped import documents
from casework.accounts.models import Role, RoleGrant, Team, User
from casework.canonical import canonical, sha256
from casework.cases.actions.cases import open_case
from casework.cases.actions.records import start_record
from casework.cases.models import Case, Record
from casework.people.actions import add_person
from casework.people.models import Person

AT = datetime(2026, 11, 2, 10, 0, tzinfo=UTC)  # past: the faces read the real clock
PASSWORD = "correct-horse-battery-staple"
LIBRARY = Path(__file__).resolve().parent.parent / "formdefs/library"


@dataclass(frozen=True)
class Cast:
    """The users and teams of a test."""

    north: Team
    south: Team
    wanda: User
    wilf: User
    max: User
    olive: User
    omar: User
    rita: User
    ada: User
    axel: User


def make_cast() -> Cast:
    """Write the cast to the database, with one password for all (set fast: tests sign in by force)."""
    north, south = Team.objects.create(name="North"), Team.objects.create(name="South")
    users = {
        username: User.objects.create(
            uid=uuid5(NAMESPACE_URL, username),  # the same in every test, as what it is hashed into
            username=username,
            first_name=username.title(),
            last_name=last,
        )
        for username, last in {
            "wanda": "Worker",
            "wilf": "Worker",
            "max": "Manager",
            "olive": "Worker",
            "omar": "Manager",
            "rita": "Reader",
            "ada": "Administrator",
            "axel": "Access",
        }.items()
    }
    for username, role, team in (
        ("wanda", Role.WORKER, north),
        ("wilf", Role.WORKER, north),
        ("max", Role.MANAGER, north),
        ("olive", Role.WORKER, south),
        ("omar", Role.MANAGER, south),
        ("rita", Role.READ_ONLY, None),
        ("ada", Role.ADMINISTRATOR, None),
        ("axel", Role.ACCESS_ADMINISTRATOR, None),
    ):
        RoleGrant.objects.create(user=users[username], role=role, team=team, granted_at=AT)
    publish_case_types()
    users["ada"].groups.add(Group.objects.get_or_create(name="Form administrators")[0])
    return Cast(north=north, south=south, **users)


def publish_case_types(*written: Any) -> None:
    """Write these case types, or those that ship, as published, whether or not their forms are."""
    for document in written or documents():
        key, _ = CaseTypeKey.objects.get_or_create(key=document["key"])
        CaseTypeVersion.objects.create(
            case_type=key,
            number=key.versions.count() + 1,
            title=document["title"],
            document=canonical(document),
            forms="{}",
            sha256=sha256(canonical(document)),
            published_at=AT,
            reason="test",
        )


def library_form(key: str) -> dict[str, Any]:
    """The definition of a form that ships."""
    return json.loads((LIBRARY / "forms" / f"{key}.json").read_text())


def sample_answers(key: str) -> dict[str, Any]:
    """A whole valid set of answers for a form that ships."""
    return json.loads((LIBRARY / "samples" / f"{key}.json").read_text())


def make_person(by: User, given: str = "Testina", family: str = "Example", **more: Any) -> Person:
    """A person, added by a worker."""
    return add_person(by=by, at=AT, why="test", given_names=given, family_name=family, **more)


def make_case(by: User, team: Team, *subjects: UUID, case_type: str = "child_in_need") -> Case:
    """An open case about these persons (or a new one)."""
    people = list(subjects) or [make_person(by).id]
    return open_case(case_type=case_type, team=team, subjects=people, by=by, at=AT)


def make_record(case: Case, by: User, form_key: str = "referral", **more: Any) -> Record:
    """A draft record on the newest version of a form, about everybody in the case."""
    subjects = [row.person_id for row in case.subjects.all()]
    return start_record(case.id, form_key=form_key, subjects=subjects, by=by, at=AT, **more)
