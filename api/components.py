"""The schemas of what the API sends and takes, written by hand. JSON Schema 2020-12."""

from typing import Any

from api.components_records import RECORDS
from api.components_trays import TRAYS
from api.schema_parts import (
    ANSWERS,
    COUNT,
    DATE,
    ID,
    INSTANT,
    SHA256,
    TEXT,
    WHY,
    many,
    nothing_or,
    or_null,
    ref,
    sent,
    taken,
)

_CONFIRM = {"type": "boolean", "description": "It is somebody else than those who may be the same."}
_PERSON = {
    "given_names": TEXT,
    "family_name": TEXT,
    "known_as": TEXT,
    "born_on": or_null(DATE),
    "due_on": {**or_null(DATE), "description": "Expected birth of who is not born yet."},
    "died_on": or_null(DATE),
    "sex": TEXT,
    "identifiers": {"type": "object", "additionalProperties": TEXT, "description": "Kind to number, such as nhs_number."},
    "phone": TEXT,
    "email": TEXT,
    "address": {"type": "object", "description": "line1, line2, town, county, postcode, protected."},
}  # fmt: skip
_USER_NAME = {**TEXT, "description": "Of the user who is this person; empty if none is."}
_TASK_ENDS = {
    "type": "object",
    "additionalProperties": taken(("end",), end={"enum": ["carry", "close"]}, why=TEXT),
    "description": "What becomes of each open action that would concern nobody any more, by its key.",
}

SCHEMAS: dict[str, dict[str, Any]] = {
    "Problem": {
        "type": "object",
        "description": "RFC 9457.",
        "required": ["type", "title", "status", "code", "detail"],
        "properties": {
            "type": TEXT,
            "title": TEXT,
            "status": {"type": "integer"},
            "code": {**TEXT, "description": "For programs; does not change."},
            "detail": {**TEXT, "description": "For people."},
            "problems": many(ref("AnswerProblem")),
            "conflicts": many(ref("Conflict")),
            "merged_answers": ANSWERS,
            "version": COUNT,
        },
    },
    "AnswerProblem": sent(
        question={**TEXT, "description": "Id of the question; empty for a field of a command."},
        path={**TEXT, "description": "Keys and row ids, joined with dots."},
        part={**TEXT, "description": "Part of a composed answer, such as an address's postcode."},
        code=TEXT,
        message=TEXT,
        severity={"type": "string", "enum": ["error", "warning"]},
    ),
    "Conflict": sent(path=TEXT, base={}, theirs={}, mine={}, who=TEXT, when=INSTANT),
    "User": sent(id=ID, name=TEXT),
    "Me": sent(
        user=ref("User"),
        scopes=many(TEXT),
        expires_at=INSTANT,
        roles=many(sent(role=TEXT, team=nothing_or("Team"))),
    ),
    "Team": sent(id=ID, name=TEXT),
    "Form": sent(
        key=TEXT, number={"type": "integer"}, title=TEXT, kind=TEXT, published_at=INSTANT,
        withdrawn={"type": "boolean"}, url=TEXT,
    ),
    "FormVersions": sent(key=TEXT, withdrawn={"type": "boolean"}, versions=many(ref("Form"))),
    "FormVersion": sent(
        key=TEXT, number={"type": "integer"}, title=TEXT, kind=TEXT, published_at=INSTANT,
        withdrawn={"type": "boolean"}, url=TEXT, reason=TEXT,
        documents={
            "type": "object",
            "additionalProperties": sent(url=TEXT, sha256=SHA256),
            "description": "The compiled documents. Each has this address for ever and never changes.",
        },
    ),
    "Difference": sent(
        key=TEXT, old={"type": "integer"}, new={"type": "integer"},
        verdict={"enum": ["same", "text only", "additive", "needs mapping", "breaking"]},
        changes=many(sent(
            kind=TEXT, id={**TEXT, "description": "Permanent id of what it is about, or its name."}, about=TEXT,
            part=TEXT, **{"class": {"enum": ["text only", "additive", "needs mapping", "breaking"]}},
            says={**TEXT, "description": "A sentence for people."},
            old=nothing_or("ChangePlace"), new=nothing_or("ChangePlace"), before={}, after={},
        )),
    ),
    "ChangePlace": sent(path=TEXT, page=TEXT, under=TEXT),
    "LeftOver": sent(
        question={**TEXT, "description": "Id of the question, in the version that asked it."}, label=TEXT, path=TEXT,
        value={}, says={**TEXT, "description": "Why it has no place."}, number=COUNT, moved_at=INSTANT,
        withheld={"type": "boolean", "description": "Its value is not told to this token's owner."},
    ),
    "Document": {"type": "object", "description": "A compiled document, byte for byte as it was published."},
    "CodeList": sent(
        key=TEXT, number={"type": "integer"}, title=TEXT, published_at=INSTANT, sha256=SHA256, url=TEXT,
    ),
    "CodeListVersions": sent(
        key=TEXT, versions=many(ref("CodeList")),
        used_by={
            **many(sent(form=TEXT, number={"type": "integer"}, list_number={"type": "integer"})),
            "description": "Forms whose newest version uses the list, and the version of the list that it keeps.",
        },
    ),
    "CodeListDocument": {
        "type": "object",
        "description": "A code list, byte for byte as it was published; see docs/reference/code-list.schema.json.",
    },
    "Person": sent(id=ID, **_PERSON, user_name=_USER_NAME, version=COUNT),
    "PersonSummary": sent(id=ID, name=TEXT, born_on=or_null(DATE)),
    "NewPerson": taken((), **_PERSON, why=WHY, confirm_not_duplicate=_CONFIRM),
    "PersonChange": taken(
        (), **_PERSON, user_name=_USER_NAME, why=WHY, confirm_not_duplicate=_CONFIRM
    ),
    "PersonName": sent(id=ID, name=TEXT),
    "RelationKinds": sent(ends=many(sent(end=TEXT, title=TEXT, inverse=TEXT, group=TEXT))),
    "Relation": sent(
        id=ID, end={**TEXT, "description": "What the other is to this person, by its code."}, title=TEXT,
        group=TEXT, other=nothing_or("PersonName"), from_on=or_null(DATE), to_on=or_null(DATE), note=TEXT,
        mistaken={"type": "boolean"}, version=COUNT,
    ),
    "NewRelation": taken(("other", "end"), other=ID, end=TEXT, from_on=DATE, note=TEXT, why=WHY),
    "RelationChange": taken(
        (), from_on=or_null(DATE), to_on=or_null(DATE), note=TEXT, mistaken={"type": "boolean"}, why=WHY,
    ),
    "Household": sent(
        id=ID, name=TEXT, version=COUNT,
        members=many(sent(person=nothing_or("PersonName"), from_on=or_null(DATE), to_on=or_null(DATE))),
        addresses=many(sent(
            address={"type": ["object", "null"], "description": "Null where it is protected."},
            protected={"type": "boolean"}, from_on=or_null(DATE), to_on=or_null(DATE),
        )),
    ),
    "NewHousehold": taken(
        ("name", "members"), name=TEXT, members=many(ID), from_on=DATE, address={"type": "object"}, why=WHY,
    ),
    "HouseholdJoin": taken(("person",), person=ID, on=DATE, why=WHY),
    "HouseholdLeave": taken(("on", "why"), on=DATE, why=WHY),
    "HouseholdMove": taken(("address",), address={"type": "object"}, on=DATE, why=WHY),
    "NewCopy": taken(
        ("person", "sections"), person=ID, sections=many(TEXT),
        seen={"type": "object", "additionalProperties": COUNT}, over=many(TEXT),
    ),
    "Copied": sent(record=ID),
    "CaseSummary": sent(
        id=ID, reference=TEXT, case_type=TEXT, team=ref("Team"), worker=nothing_or("User"),
        opened_at=INSTANT, closed_at=or_null(INSTANT),
    ),
    "Subject": sent(person=ID, name=TEXT, from_on=DATE, to_on=or_null(DATE)),
    "Case": sent(
        id=ID, reference=TEXT, case_type=TEXT, team=ref("Team"), worker=nothing_or("User"),
        opened_at=INSTANT, closed_at=or_null(INSTANT), close_reason=TEXT, version=COUNT,
        subjects=many(ref("Subject")),
    ),
    "NewCase": taken(
        ("case_type", "team", "subjects"),
        case_type=TEXT, team=ID, subjects=many(ID), occurred_at=INSTANT, why=WHY,
    ),
    "NewSubject": taken(("person",), person=ID, on=DATE, why=WHY),
    "SubjectEnd": taken(("on", "why"), on=DATE, why=WHY, tasks=_TASK_ENDS),
    "CaseClose": taken(("reason_code",), reason_code=TEXT, why=WHY, tasks=_TASK_ENDS),
    "Move": taken(("move",), move={**TEXT, "description": "Key of a move of the case type that is made by hand."}, why=WHY, tasks=_TASK_ENDS),
    "Reopen": taken(("stage", "why"), stage={**TEXT, "description": "Key of the stage to go on in."}, why=WHY),
    "Upgrade": taken(("why",), version={**COUNT, "description": "Number of the version; the newest if not sent."}, why=WHY),
    "Allocation": sent(
        id=ID, user=ref("User"), role={**TEXT, "description": "Key of a role of the case type's allocations."},
        title=TEXT, lead={"type": "boolean"}, from_at=INSTANT, to_at=or_null(INSTANT), reason=TEXT,
        by=nothing_or("User"), ended_by=nothing_or("User"), end_reason=TEXT,
    ),
    "Allocations": sent(items=many(ref("Allocation"))),
    "NewAllocation": taken(
        ("user",), user={**ID, "description": "Id of a worker or manager of the case's team."},
        role={**TEXT, "description": "Key of a role of the case type's allocations."}, why=WHY,
    ),
    "Reason": taken(("why",), why=WHY),
    "Nothing": taken(()),
    "Clock": sent(
        id=ID, key=TEXT, title=TEXT, person=or_null(ID), statutory={"type": "boolean"}, basis=TEXT,
        standing={"enum": ["running", "due_soon", "overdue", "paused", "in_time", "late", "cancelled"]},
        due=or_null(TEXT), left={"type": ["integer", "null"], "description": "Units until it is due; negative since then."},
        unit={"enum": ["working_days", "days", "hours"]}, runs=many(ref("ClockRun")),
    ),
    "ClockRun": sent(
        number=COUNT, status={"enum": ["running", "paused", "stopped", "cancelled"]}, begins=INSTANT,
        limit=or_null(TEXT), due=or_null(TEXT), ended=or_null(INSTANT), ended_recorded=or_null(INSTANT),
        done_in_time={"type": ["boolean", "null"]}, recorded_in_time={"type": ["boolean", "null"]}, late={"type": "boolean"}, reasons=many(ref("ClockReason")), late_entry={"type": "boolean"}, pauses=many(many(INSTANT)), skipped=many(sent(day=DATE, why={"enum": ["weekend", "holiday"]})),
    ),
    "Clocks": sent(items=many(ref("Clock"))), "ClockReason": sent(code=TEXT, label=TEXT, words=TEXT, who=TEXT, when=INSTANT),
    "NewClockReason": taken(("run", "words"), run={**COUNT, "description": "Number of the run."}, code=TEXT, words=TEXT),
    "ClockHold": taken(("what", "why"), what={"enum": ["pause", "resume", "cancel"]}, why=WHY, on=DATE),
    "Task": sent(
        id=ID, case=ID, key=TEXT, template=TEXT,
        title={**or_null(TEXT), "description": "null where the answer that it comes from is withheld from you."},
        withheld={"type": "boolean"}, status={"enum": ["open", "done", "cancelled"]}, outcome=TEXT,
        owner=nothing_or("User"), outsider=TEXT, due_on=or_null(DATE), subjects=many(ID),
        record=or_null(ID), row={**TEXT, "description": "Id of the row of the record that asked for it."},
        priority={"enum": ["high", "normal", "low"]}, checklist=many(sent(text=TEXT, ticked={"type": "boolean"})),
        stated={**TEXT, "description": "The code that the last review gave it."},
        created_at=INSTANT, changed_at=INSTANT,
    ),
    "Judgements": sent(items=many(ref("Judgement"))),
    "Judgement": sent(
        record=ID, row={**TEXT, "description": "Path of its row in the review."}, decided_at=INSTANT,
        status={**TEXT, "description": "A code of the form's list."}, words=TEXT, withheld={"type": "boolean"},
    ),
    "Tasks": sent(items=many(ref("Task"))),
    "TaskChange": taken(
        (), status={"enum": ["open", "done", "cancelled"]},
        outcome={**TEXT, "description": "What came of it, or why it was not done. Needed unless it stays open."},
        owner={**ID, "description": "Id of a worker or manager of the case's team."}, due=DATE, why=WHY,
        priority={"enum": ["high", "normal", "low"]},
        ticked={**many(COUNT), "description": "Places in the checklist of every point that is ticked, from 0."},
        evidence={**ID, "description": "With `done`: a written record of the case that shows it."},
        evidence_file={**ID, "description": "With `done`: a file in such a record."},
    ),
    "Event": sent(
        seq=COUNT, kind=TEXT, subject=or_null(ID), actor=nothing_or("User"), occurred_at=INSTANT,
        recorded_at=INSTANT, refs={"type": "object"}, digest=TEXT, prev_hash=TEXT, hash=SHA256,
    ),
    **RECORDS,
    **TRAYS,
}  # fmt: skip
