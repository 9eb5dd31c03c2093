"""Persons: search, list, add, read, change."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from api import bodies, paging, shapes
from api.commands import command_id, if_match, once
from api.openapi import IDEMPOTENCY_KEY, IF_MATCH, PAGING, operation, page_of, ref
from api.problems import ApiProblem, problem_response
from api.view import View, json_response
from casework.cases import access
from casework.cases.same import Found, same_for
from casework.ledger.append import already
from casework.ledger.reads import note_read
from casework.people.actions import add_person, change_person
from casework.people.finding_same import described
from casework.people.likeness import Described
from casework.people.models import Person
from casework.people.names import matching

_DATES = ("born_on", "due_on", "died_on")
_FIELDS: dict[str, bodies.Reader] = {
    **dict.fromkeys(
        ("given_names", "family_name", "known_as", "sex", "phone", "email"), bodies.text
    ),
    **dict.fromkeys(_DATES, bodies.day),
    "identifiers": bodies.mapping,
    "address": bodies.mapping,
    "why": bodies.text,
    "confirm_not_duplicate": bodies.truth,
}
_TOLD_APART = ("given_names", "family_name", "known_as", "born_on", "identifiers")
_NAME = OpenApiParameter("name", str, description="Words that the names begin with, in any order.")
_LONGEST_NAME = 400


class Persons(View):
    """/persons"""

    @operation(
        "persons:read", "List or search the persons you may see", page_of("PersonSummary"),
        parameters=(_NAME, *PAGING),
    )  # fmt: skip
    def get(self, request: Request) -> HttpResponse:
        """By name. Persons are never counted: that would tell of those one may not see."""
        chosen = paging.filters(request, {"name": str})
        persons = access.persons_for(self.user, self.at)
        if "name" in chosen:
            if len(chosen["name"]) > _LONGEST_NAME:
                raise ApiProblem(400, "query", f"name has at most {_LONGEST_NAME} characters.")
            persons = matching(persons, chosen["name"])
        columns = ("id", "given_names", "family_name", "known_as", "born_on")
        found, following = paging.by_name(
            persons.only(*columns), request, names=("family_name", "given_names")
        )
        return json_response(paging.page_of(map(shapes.person_summary, found), following))

    @operation(
        "persons:write", "Add a person", ref("Person"), status=201, takes=ref("NewPerson"),
        parameters=(IDEMPOTENCY_KEY,), problems=(409,),
        says="409 `maybe_same` where somebody may be here already: `candidates` are those you may see, `ask` "
        "says whom to ask about others. Send it again with `confirm_not_duplicate` if it is somebody else.",
    )  # fmt: skip
    def post(self, request: Request) -> HttpResponse:
        """Answers 201 with the person, its address and its version as ETag."""
        fields = bodies.take(self.sent(), {}, _FIELDS)
        access.require(self.user, "person.add", None, self.at)
        command = command_id(request, self.user)
        why, sure = fields.pop("why", ""), fields.pop("confirm_not_duplicate", False)
        if not sure and not already(command):
            same = same_for(_described(Person(), fields), self.user, self.at)
            if same:
                return _maybe_same(same)
        person = once(
            lambda: add_person(by=self.user, at=self.at, why=why, command_id=command, **fields)
        )
        return _whole(person, status=201, Location=f"{request.path}/{person.pk}")


class OnePerson(View):
    """/persons/{id}"""

    @operation("persons:read", "Read a person", ref("Person"), problems=(404,))
    def get(self, request: Request, person_id: UUID) -> HttpResponse:
        """With its version as ETag. Raises Absent."""
        person = access.person(self.user, person_id, self.at)
        note_read("person", person_id, by=self.user, at=self.at, detail="api")
        return _whole(person)

    @operation(
        "persons:write", "Change some details of a person", ref("Person"), takes=ref("PersonChange"),
        parameters=(IF_MATCH, IDEMPOTENCY_KEY), problems=(404, 409, 412, 428),
        says="What is left out stays; null empties a date. A user whose `user_name` is given does not "
        "see the person any more, nor what is about them.",
    )  # fmt: skip
    def patch(self, request: Request, person_id: UUID) -> HttpResponse:
        """Raises Stale when somebody else has changed the person since."""
        sent = self.sent()
        fields = bodies.take(sent, {}, {**_FIELDS, "user_name": bodies.text})
        emptied: dict[str, Any] = {
            name: None for name in _DATES if name in sent and sent[name] is None
        }
        person = access.person(self.user, person_id, self.at)
        access.require(self.user, "person.change", person, self.at)
        seen, command = if_match(request), command_id(request, self.user)
        why, sure = fields.pop("why", ""), fields.pop("confirm_not_duplicate", False)
        after = _described(person, fields | emptied)
        if not sure and not already(command) and after != described(person):
            same = same_for(after, self.user, self.at, but=person.pk)
            if same:
                return _maybe_same(same)
        changed = once(
            lambda: change_person(
                person_id, by=self.user, at=self.at, why=why, seen_version=seen,
                command_id=command, **fields, **emptied,
            )
        )  # fmt: skip
        return _whole(changed)


def _described(person: Person, fields: dict[str, Any]) -> Described:
    """A person as they would be; what is of a wrong type is refused later, when it is saved."""
    now = {name: fields.get(name, getattr(person, name)) for name in _TOLD_APART}
    names = tuple(str(now[name]) for name in ("given_names", "family_name", "known_as"))
    return Described(names, now["born_on"], now["identifiers"])


def _maybe_same(same: Found) -> HttpResponse:
    """409 with those whom the user may see, and whom to ask about others."""
    detail = "This person may be here already. Nothing was written."
    return problem_response(
        409,
        "maybe_same",
        detail,
        {
            "candidates": [
                {**shapes.person_summary(one.person), "why": one.why} for one in same.seen
            ],
            "ask": [{"team": one.team, "managers": list(one.managers)} for one in same.ask],
        },
    )


def _whole(person: Person, *, status: int = 200, **headers: str) -> HttpResponse:
    headers["ETag"] = f'"{person.version}"'
    return json_response(shapes.person_whole(person), status=status, headers=headers)
