"""What persons are to one another, and who lives with whom."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from rest_framework.request import Request

from api import bodies, paging
from api.commands import command_id, if_match, once
from api.openapi import IDEMPOTENCY_KEY, IF_MATCH, PAGING, operation, page_of, ref
from api.shapes import text_of
from api.view import View, json_response
from casework.cases import access, families
from casework.cases.families import HomeSeen, RelationSeen
from casework.ledger.reads import note_read
from casework.people.living import add_household, join_household, leave_household, move_household
from casework.people.models import Person, Relation
from casework.people.relating import change_relation, relate
from casework.people.relations import ends
from casework.refusals import Absent, NotAllowed

_CHANGE: dict[str, bodies.Reader] = {
    "from_on": bodies.day,
    "to_on": bodies.day,
    "note": bodies.text,
    "mistaken": bodies.truth,
    "why": bodies.text,
}
_BY_TIME = ("id", "added_at")
_NOT = "Only workers and managers who work with somebody in this household may change it."


class RelationKinds(View):
    """/relation-kinds"""

    @operation("persons:read", "List what persons can be to one another", ref("RelationKinds"))
    def get(self, request: Request) -> HttpResponse:
        """Every end of every kind."""
        return json_response(
            {
                "ends": [
                    {
                        "end": one.code,
                        "title": one.choice,
                        "inverse": one.inverse,
                        "group": one.group,
                    }
                    for one in ends().values()
                ]
            }
        )


class Relations(View):
    """/persons/{id}/relations"""

    @operation(
        "persons:read", "List what others are to a person, newest first", page_of("Relation"),
        parameters=PAGING, problems=(404,),
        says="`other` is null where you may not see who it is.",
    )  # fmt: skip
    def get(self, request: Request, person_id: UUID) -> HttpResponse:
        """Those that are over too, but none that was said by mistake."""
        paging.filters(request, {})
        person = access.person(self.user, person_id, self.at)
        note_read("person", person_id, by=self.user, at=self.at, detail="api: relations")
        rows = families.relation_rows(person)
        some, following = paging.newest_first(rows.values(*_BY_TIME), request, by="added_at")
        by_id = rows.in_bulk([one["id"] for one in some])
        found = families.as_seen([by_id[one["id"]] for one in some], person, self.user, self.at)
        return json_response(paging.page_of(map(_relation, found), following))

    @operation(
        "persons:write", "Say what somebody is to a person", ref("Relation"), status=201,
        takes=ref("NewRelation"), parameters=(IDEMPOTENCY_KEY,), problems=(404,),
    )  # fmt: skip
    def post(self, request: Request, person_id: UUID) -> HttpResponse:
        """Raises Absent if either is not seen."""
        required = {"other": bodies.identifier, "end": bodies.text}
        optional = {"from_on": bodies.day, "note": bodies.text, "why": bodies.text}
        fields = bodies.take(self.sent(), required, optional)
        person = access.person(self.user, person_id, self.at)
        access.require(self.user, "person.change", person, self.at)
        other = access.person(self.user, fields.pop("other"), self.at)
        end, command = fields.pop("end"), command_id(request, self.user)
        relation = once(
            lambda: relate(
                person.pk, other.pk, end, by=self.user, at=self.at, command_id=command, **fields
            )
        )
        return self._whole(relation, person, status=201, Location=f"{request.path}/{relation.pk}")

    def _whole(self, relation: Relation, person: Person, **how: Any) -> HttpResponse:
        return _answer(self, relation, person, **how)


class OneRelation(View):
    """/persons/{id}/relations/{id}"""

    @operation(
        "persons:read", "Read a relation from a person’s side", ref("Relation"), problems=(404,)
    )
    def get(self, request: Request, person_id: UUID, relation_id: UUID) -> HttpResponse:
        """With its version as ETag. Raises Absent unless both persons are seen."""
        person, relation = self._found(person_id, relation_id)
        note_read("person", person_id, by=self.user, at=self.at, detail="api: relation")
        return _answer(self, relation, person)

    @operation(
        "persons:write", "Put a relation right, or end it", ref("Relation"), takes=ref("RelationChange"),
        parameters=(IF_MATCH, IDEMPOTENCY_KEY), problems=(404, 412, 428),
        says="What is left out stays; null empties a date. `mistaken`: it never was; it is not shown any more.",
    )  # fmt: skip
    def patch(self, request: Request, person_id: UUID, relation_id: UUID) -> HttpResponse:
        """Raises Stale, Refused without a reason."""
        sent = self.sent()
        fields = bodies.take(sent, {}, _CHANGE)
        fields |= {n: None for n in ("from_on", "to_on") if n in sent and sent[n] is None}
        person, relation = self._found(person_id, relation_id)
        access.require(self.user, "person.change", person, self.at)
        seen, command = if_match(request), command_id(request, self.user)
        why = fields.pop("why", "")
        changed = once(
            lambda: change_relation(
                relation.pk, seen_version=seen, why=why, by=self.user, at=self.at,
                command_id=command, **fields,
            )
        )  # fmt: skip
        return _answer(self, changed, person)

    def _found(self, person_id: UUID, relation_id: UUID) -> tuple[Person, Relation]:
        person = access.person(self.user, person_id, self.at)
        relation = families.relation(self.user, relation_id, self.at)
        if person.pk not in (relation.person_id, relation.other_id):
            raise Absent
        return person, relation


class PersonHouseholds(View):
    """/persons/{id}/households"""

    @operation(
        "persons:read", "List the households of a person", page_of("Household"), parameters=PAGING,
        problems=(404,),
    )  # fmt: skip
    def get(self, request: Request, person_id: UUID) -> HttpResponse:
        """In the order in which they were added."""
        paging.filters(request, {})
        person = access.person(self.user, person_id, self.at)
        note_read("person", person_id, by=self.user, at=self.at, detail="api: households")
        own = person.homes.values("household")
        some, following = paging.newest_first(
            families.households().filter(pk__in=own).values(*_BY_TIME),
            request,
            by="added_at",
        )
        found = [families.home(self.user, one["id"], self.at) for one in some]
        return json_response(paging.page_of(map(_household, found), following))


class Households(View):
    """/households"""

    @operation(
        "persons:write", "Say that persons live together", ref("Household"), status=201,
        takes=ref("NewHousehold"), parameters=(IDEMPOTENCY_KEY,), problems=(404,),
    )  # fmt: skip
    def post(self, request: Request) -> HttpResponse:
        """Raises Absent if any of them is not seen."""
        required = {"name": bodies.text, "members": bodies.list_of(bodies.identifier)}
        optional = {"from_on": bodies.day, "address": bodies.mapping, "why": bodies.text}
        fields = bodies.take(self.sent(), required, optional)
        for person_id in fields["members"]:
            person = access.person(self.user, person_id, self.at)
            access.require(self.user, "person.change", person, self.at)
        command = command_id(request, self.user)
        name, members = fields.pop("name"), fields.pop("members")
        made = once(
            lambda: add_household(
                name, members, by=self.user, at=self.at, command_id=command, **fields
            )
        )
        return _home(self, made.pk, status=201, Location=f"{request.path}/{made.pk}")


class OneHousehold(View):
    """/households/{id}"""

    @operation("persons:read", "Read a household", ref("Household"), problems=(404,))
    def get(self, request: Request, household_id: UUID) -> HttpResponse:
        """With its version as ETag; for who sees any of its members."""
        return _home(self, household_id)


class HouseholdMembers(View):
    """/households/{id}/members"""

    @operation(
        "persons:write", "Say that a person lives there too", ref("Household"),
        takes=ref("HouseholdJoin"), parameters=(IDEMPOTENCY_KEY,), problems=(404,),
    )  # fmt: skip
    def post(self, request: Request, household_id: UUID) -> HttpResponse:
        """A person may live in more than one."""
        optional = {"on": bodies.day, "why": bodies.text}
        fields = bodies.take(self.sent(), {"person": bodies.identifier}, optional)
        _may_change(self, household_id)
        person = access.person(self.user, fields.pop("person"), self.at)
        command = command_id(request, self.user)
        once(
            lambda: join_household(
                household_id, person.pk, by=self.user, at=self.at, command_id=command, **fields
            )
        )
        return _home(self, household_id)


class HouseholdMemberEnd(View):
    """/households/{id}/members/{id}/end"""

    @operation(
        "persons:write", "Say that a person lives there no more", ref("Household"),
        takes=ref("HouseholdLeave"), parameters=(IDEMPOTENCY_KEY,), problems=(404,),
    )  # fmt: skip
    def post(self, request: Request, household_id: UUID, person_id: UUID) -> HttpResponse:
        """Raises Absent if they do not live there."""
        fields = bodies.take(self.sent(), {"on": bodies.day, "why": bodies.text})
        families.home(self.user, household_id, self.at)
        person = access.person(self.user, person_id, self.at)
        access.require(self.user, "person.change", person, self.at)
        command = command_id(request, self.user)
        once(
            lambda: leave_household(
                household_id, person.pk, by=self.user, at=self.at, command_id=command, **fields
            )
        )
        return _home(self, household_id)


class HouseholdAddresses(View):
    """/households/{id}/addresses"""

    @operation(
        "persons:write", "Say where a household lives now", ref("Household"),
        takes=ref("HouseholdMove"), parameters=(IF_MATCH, IDEMPOTENCY_KEY), problems=(404, 412, 428),
    )  # fmt: skip
    def post(self, request: Request, household_id: UUID) -> HttpResponse:
        """The address before ends that day. Raises Stale."""
        optional = {"on": bodies.day, "why": bodies.text}
        fields = bodies.take(self.sent(), {"address": bodies.mapping}, optional)
        _may_change(self, household_id)
        seen, command = if_match(request), command_id(request, self.user)
        address = fields.pop("address")
        once(
            lambda: move_household(
                household_id, address, seen_version=seen, by=self.user, at=self.at,
                command_id=command, **fields,
            )
        )  # fmt: skip
        return _home(self, household_id)


def _may_change(view: View, household_id: UUID) -> None:
    found = families.home(view.user, household_id, view.at)
    if not families.may_change_home(found, view.user, view.at):
        raise NotAllowed(_NOT)


def _answer(
    view: View, relation: Relation, person: Person, *, status: int = 200, **headers: str
) -> HttpResponse:
    (seen,) = families.as_seen([relation], person, view.user, view.at)
    headers["ETag"] = f'"{relation.version}"'
    return json_response(_relation(seen), status=status, headers=headers)


def _home(view: View, household_id: UUID, *, status: int = 200, **headers: str) -> HttpResponse:
    found = families.home(view.user, household_id, view.at)
    note_read("household", household_id, by=view.user, at=view.at, detail="api")
    headers["ETag"] = f'"{found.household.version}"'
    return json_response(_household(found), status=status, headers=headers)


def _relation(seen: RelationSeen) -> dict[str, Any]:
    row = seen.relation
    return {
        "id": str(row.pk),
        "end": seen.end.code,
        "title": seen.end.title,
        "group": seen.end.group,
        "other": _person(seen.other),
        "from_on": text_of(row.from_on),
        "to_on": text_of(row.to_on),
        "note": seen.note,
        "mistaken": row.mistaken,
        "version": row.version,
    }


def _household(found: HomeSeen) -> dict[str, Any]:
    return {
        "id": str(found.household.pk),
        "name": found.name,
        "version": found.household.version,
        "members": [
            {
                "person": _person(person),
                "from_on": text_of(member.from_on),
                "to_on": text_of(member.to_on),
            }
            for member, person in found.members
        ],
        "addresses": [
            {
                "address": None if found.protected else one.address,
                "protected": found.protected,
                "from_on": text_of(one.from_on),
                "to_on": text_of(one.to_on),
            }
            for one in found.addresses
        ],
    }


def _person(person: Person | None) -> dict[str, str] | None:
    return {"id": str(person.pk), "name": person.name} if person else None
