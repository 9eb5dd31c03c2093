"""The schemas of what the API sends and takes, written by hand. JSON Schema 2020-12."""

from collections.abc import Mapping
from typing import Any

_UUID = {"type": "string", "format": "uuid"}
_TEXT = {"type": "string"}
_COUNT = {"type": "integer", "minimum": 0}
_DATE = {"type": "string", "format": "date"}
_INSTANT = {"type": "string", "format": "date-time"}
_SHA256 = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
_ANSWERS = {
    "type": "object",
    "description": "Answers as the form version's `schema` document describes them.",
}


def _or_null(schema: Mapping[str, Any]) -> dict[str, Any]:
    return {**schema, "type": [schema["type"], "null"]}


def _nothing_or(name: str) -> dict[str, Any]:
    return {"oneOf": [_ref(name), {"type": "null"}]}


def _ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


def _list(schema: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": dict(schema)}


def _sent(**properties: Any) -> dict[str, Any]:
    """What the API sends: every property is there."""
    return {"type": "object", "required": list(properties), "properties": properties}


def _taken(required: tuple[str, ...], **properties: Any) -> dict[str, Any]:
    """What the API takes: nothing else may be there."""
    return {
        "type": "object",
        **({"required": list(required)} if required else {}),
        "properties": properties,
        "additionalProperties": False,
    }


_WHY = {**_TEXT, "description": "The reason, kept with the change."}
_SEEN = {**_SHA256, "description": "`sha256` of the submission that was read."}
_DECISION = {**_TEXT, "description": "What was decided and why, in the words of who signed."}
_FINISHED = {"type": "boolean", "description": "No signature was asked: submitting finished it."}
_CONFIRM = {"type": "boolean", "description": "It is somebody else than those who may be the same."}
_PERSON = {
    "given_names": _TEXT,
    "family_name": _TEXT,
    "known_as": _TEXT,
    "born_on": _or_null(_DATE),
    "due_on": {**_or_null(_DATE), "description": "Expected birth of who is not born yet."},
    "died_on": _or_null(_DATE),
    "sex": _TEXT,
    "identifiers": {"type": "object", "additionalProperties": _TEXT, "description": "Kind to number, such as nhs_number."},
    "phone": _TEXT,
    "email": _TEXT,
    "address": {"type": "object", "description": "line1, line2, town, county, postcode, protected."},
}  # fmt: skip
_PATH = {**_TEXT, "description": "Keys and row ids, joined with dots; of a row, up to its id."}
_MARKED = {**_list(_ref("Marks")), "description": "The marks that lie on these answers, by path."}
_WITHHELD = {
    **_list(_ref("Marks")),
    "description": "What is answered and not sent, as it is marked and you do not see the mark.",
}
_USER_NAME = {**_TEXT, "description": "Of the user who is this person; empty if none is."}
_RECORD = {
    "id": _UUID,
    "case": _UUID,
    "form": _sent(key=_TEXT, number={"type": "integer"}, title=_TEXT, kind=_TEXT),
    "status": {
        "type": "string",
        "enum": ["draft", "submitted", "returned", "signed", "finished", "abandoned"],
    },
    "revision": {**_COUNT, "description": "1, and one more each time it was reopened."},
    "author": _ref("User"),
    "started_at": _INSTANT,
    "changed_at": {**_INSTANT, "description": "When its status changed."},
    "occurred_on": _or_null(_DATE),
    "subjects": {**_list(_UUID), "description": "The persons that it covers."},
}

_TASK_ENDS = {
    "type": "object",
    "additionalProperties": _taken(("end",), end={"enum": ["carry", "close"]}, why=_TEXT),
    "description": "What becomes of each open action that would concern nobody any more, by its key.",
}

SCHEMAS: dict[str, dict[str, Any]] = {
    "Problem": {
        "type": "object",
        "description": "RFC 9457.",
        "required": ["type", "title", "status", "code", "detail"],
        "properties": {
            "type": _TEXT,
            "title": _TEXT,
            "status": {"type": "integer"},
            "code": {**_TEXT, "description": "For programs; does not change."},
            "detail": {**_TEXT, "description": "For people."},
            "problems": _list(_ref("AnswerProblem")),
            "conflicts": _list(_ref("Conflict")),
            "merged_answers": _ANSWERS,
            "version": _COUNT,
        },
    },
    "AnswerProblem": _sent(
        question={**_TEXT, "description": "Id of the question; empty for a field of a command."},
        path={**_TEXT, "description": "Keys and row ids, joined with dots."},
        part={**_TEXT, "description": "Part of a composed answer, such as an address's postcode."},
        code=_TEXT,
        message=_TEXT,
        severity={"type": "string", "enum": ["error", "warning"]},
    ),
    "Conflict": _sent(path=_TEXT, base={}, theirs={}, mine={}, who=_TEXT, when=_INSTANT),
    "User": _sent(id=_UUID, name=_TEXT),
    "Me": _sent(
        user=_ref("User"),
        scopes=_list(_TEXT),
        expires_at=_INSTANT,
        roles=_list(_sent(role=_TEXT, team=_nothing_or("Team"))),
    ),
    "Team": _sent(id=_UUID, name=_TEXT),
    "Form": _sent(
        key=_TEXT, number={"type": "integer"}, title=_TEXT, kind=_TEXT, published_at=_INSTANT,
        withdrawn={"type": "boolean"}, url=_TEXT,
    ),
    "FormVersions": _sent(key=_TEXT, withdrawn={"type": "boolean"}, versions=_list(_ref("Form"))),
    "FormVersion": _sent(
        key=_TEXT, number={"type": "integer"}, title=_TEXT, kind=_TEXT, published_at=_INSTANT,
        withdrawn={"type": "boolean"}, url=_TEXT, reason=_TEXT,
        documents={
            "type": "object",
            "additionalProperties": _sent(url=_TEXT, sha256=_SHA256),
            "description": "The compiled documents. Each has this address for ever and never changes.",
        },
    ),
    "Difference": _sent(
        key=_TEXT, old={"type": "integer"}, new={"type": "integer"},
        verdict={"enum": ["same", "text only", "additive", "needs mapping", "breaking"]},
        changes=_list(_sent(
            kind=_TEXT, id={**_TEXT, "description": "Permanent id of what it is about, or its name."}, about=_TEXT,
            part=_TEXT, **{"class": {"enum": ["text only", "additive", "needs mapping", "breaking"]}},
            says={**_TEXT, "description": "A sentence for people."},
            old=_nothing_or("ChangePlace"), new=_nothing_or("ChangePlace"), before={}, after={},
        )),
    ),
    "ChangePlace": _sent(path=_TEXT, page=_TEXT, under=_TEXT),
    "LeftOver": _sent(
        question={**_TEXT, "description": "Id of the question, in the version that asked it."}, label=_TEXT, path=_TEXT,
        value={}, says={**_TEXT, "description": "Why it has no place."}, number=_COUNT, moved_at=_INSTANT,
        withheld={"type": "boolean", "description": "Its value is not told to this token's owner."},
    ),
    "Document": {"type": "object", "description": "A compiled document, byte for byte as it was published."},
    "CodeList": _sent(
        key=_TEXT, number={"type": "integer"}, title=_TEXT, published_at=_INSTANT, sha256=_SHA256, url=_TEXT,
    ),
    "CodeListVersions": _sent(
        key=_TEXT, versions=_list(_ref("CodeList")),
        used_by={
            **_list(_sent(form=_TEXT, number={"type": "integer"}, list_number={"type": "integer"})),
            "description": "Forms whose newest version uses the list, and the version of the list that it keeps.",
        },
    ),
    "CodeListDocument": {
        "type": "object",
        "description": "A code list, byte for byte as it was published; see docs/reference/code-list.schema.json.",
    },
    "Person": _sent(id=_UUID, **_PERSON, user_name=_USER_NAME, version=_COUNT),
    "PersonSummary": _sent(id=_UUID, name=_TEXT, born_on=_or_null(_DATE)),
    "NewPerson": _taken((), **_PERSON, why=_WHY, confirm_not_duplicate=_CONFIRM),
    "PersonChange": _taken(
        (), **_PERSON, user_name=_USER_NAME, why=_WHY, confirm_not_duplicate=_CONFIRM
    ),
    "PersonName": _sent(id=_UUID, name=_TEXT),
    "RelationKinds": _sent(ends=_list(_sent(end=_TEXT, title=_TEXT, inverse=_TEXT, group=_TEXT))),
    "Relation": _sent(
        id=_UUID, end={**_TEXT, "description": "What the other is to this person, by its code."}, title=_TEXT,
        group=_TEXT, other=_nothing_or("PersonName"), from_on=_or_null(_DATE), to_on=_or_null(_DATE), note=_TEXT,
        mistaken={"type": "boolean"}, version=_COUNT,
    ),
    "NewRelation": _taken(("other", "end"), other=_UUID, end=_TEXT, from_on=_DATE, note=_TEXT, why=_WHY),
    "RelationChange": _taken(
        (), from_on=_or_null(_DATE), to_on=_or_null(_DATE), note=_TEXT, mistaken={"type": "boolean"}, why=_WHY,
    ),
    "Household": _sent(
        id=_UUID, name=_TEXT, version=_COUNT,
        members=_list(_sent(person=_nothing_or("PersonName"), from_on=_or_null(_DATE), to_on=_or_null(_DATE))),
        addresses=_list(_sent(
            address={"type": ["object", "null"], "description": "Null where it is protected."},
            protected={"type": "boolean"}, from_on=_or_null(_DATE), to_on=_or_null(_DATE),
        )),
    ),
    "NewHousehold": _taken(
        ("name", "members"), name=_TEXT, members=_list(_UUID), from_on=_DATE, address={"type": "object"}, why=_WHY,
    ),
    "HouseholdJoin": _taken(("person",), person=_UUID, on=_DATE, why=_WHY),
    "HouseholdLeave": _taken(("on", "why"), on=_DATE, why=_WHY),
    "HouseholdMove": _taken(("address",), address={"type": "object"}, on=_DATE, why=_WHY),
    "NewCopy": _taken(
        ("person", "sections"), person=_UUID, sections=_list(_TEXT),
        seen={"type": "object", "additionalProperties": _COUNT}, over=_list(_TEXT),
    ),
    "Copied": _sent(record=_UUID),
    "CaseSummary": _sent(
        id=_UUID, reference=_TEXT, case_type=_TEXT, team=_ref("Team"), worker=_nothing_or("User"),
        opened_at=_INSTANT, closed_at=_or_null(_INSTANT),
    ),
    "Subject": _sent(person=_UUID, name=_TEXT, from_on=_DATE, to_on=_or_null(_DATE)),
    "Case": _sent(
        id=_UUID, reference=_TEXT, case_type=_TEXT, team=_ref("Team"), worker=_nothing_or("User"),
        opened_at=_INSTANT, closed_at=_or_null(_INSTANT), close_reason=_TEXT, version=_COUNT,
        subjects=_list(_ref("Subject")),
    ),
    "NewCase": _taken(
        ("case_type", "team", "subjects"),
        case_type=_TEXT, team=_UUID, subjects=_list(_UUID), occurred_at=_INSTANT, why=_WHY,
    ),
    "NewSubject": _taken(("person",), person=_UUID, on=_DATE, why=_WHY),
    "SubjectEnd": _taken(("on", "why"), on=_DATE, why=_WHY, tasks=_TASK_ENDS),
    "CaseClose": _taken(("reason_code",), reason_code=_TEXT, why=_WHY, tasks=_TASK_ENDS),
    "Move": _taken(("move",), move={**_TEXT, "description": "Key of a move of the case type that is made by hand."}, why=_WHY, tasks=_TASK_ENDS),
    "Reopen": _taken(("stage", "why"), stage={**_TEXT, "description": "Key of the stage to go on in."}, why=_WHY),
    "Upgrade": _taken(("why",), version={**_COUNT, "description": "Number of the version; the newest if not sent."}, why=_WHY),
    "Clock": _sent(
        id=_UUID, key=_TEXT, title=_TEXT, person=_or_null(_UUID), statutory={"type": "boolean"}, basis=_TEXT,
        standing={"enum": ["running", "due_soon", "overdue", "paused", "in_time", "late", "cancelled"]},
        due=_or_null(_TEXT), left={"type": ["integer", "null"], "description": "Units until it is due; negative since then."},
        unit={"enum": ["working_days", "days", "hours"]}, runs=_list(_ref("ClockRun")),
    ),
    "ClockRun": _sent(
        number=_COUNT, status={"enum": ["running", "paused", "stopped", "cancelled"]}, begins=_INSTANT,
        limit=_or_null(_TEXT), due=_or_null(_TEXT), ended=_or_null(_INSTANT), ended_recorded=_or_null(_INSTANT),
        done_in_time={"type": ["boolean", "null"]}, recorded_in_time={"type": ["boolean", "null"]}, late={"type": "boolean"}, reasons=_list(_ref("ClockReason")), late_entry={"type": "boolean"}, pauses=_list(_list(_INSTANT)), skipped=_list(_sent(day=_DATE, why={"enum": ["weekend", "holiday"]})),
    ),
    "Clocks": _sent(items=_list(_ref("Clock"))), "ClockReason": _sent(code=_TEXT, label=_TEXT, words=_TEXT, who=_TEXT, when=_INSTANT),
    "NewClockReason": _taken(("run", "words"), run={**_COUNT, "description": "Number of the run."}, code=_TEXT, words=_TEXT),
    "ClockHold": _taken(("what", "why"), what={"enum": ["pause", "resume", "cancel"]}, why=_WHY, on=_DATE),
    "Task": _sent(
        id=_UUID, case=_UUID, key=_TEXT, template=_TEXT,
        title={**_or_null(_TEXT), "description": "null where the answer that it comes from is withheld from you."},
        withheld={"type": "boolean"}, status={"enum": ["open", "done", "cancelled"]}, outcome=_TEXT,
        owner=_nothing_or("User"), outsider=_TEXT, due_on=_or_null(_DATE), subjects=_list(_UUID),
        record=_or_null(_UUID), row={**_TEXT, "description": "Id of the row of the record that asked for it."},
        priority={"enum": ["high", "normal", "low"]}, checklist=_list(_sent(text=_TEXT, ticked={"type": "boolean"})),
        stated={**_TEXT, "description": "The code that the last review gave it."},
        created_at=_INSTANT, changed_at=_INSTANT,
    ),
    "Judgements": _sent(items=_list(_ref("Judgement"))),
    "Judgement": _sent(
        record=_UUID, row={**_TEXT, "description": "Path of its row in the review."}, decided_at=_INSTANT,
        status={**_TEXT, "description": "A code of the form's list."}, words=_TEXT, withheld={"type": "boolean"},
    ),
    "Tasks": _sent(items=_list(_ref("Task"))),
    "TaskChange": _taken(
        (), status={"enum": ["open", "done", "cancelled"]},
        outcome={**_TEXT, "description": "What came of it, or why it was not done. Needed unless it stays open."},
        owner={**_UUID, "description": "Id of a worker or manager of the case's team."}, due=_DATE, why=_WHY,
        priority={"enum": ["high", "normal", "low"]},
        ticked={**_list(_COUNT), "description": "Places in the checklist of every point that is ticked, from 0."},
    ),
    "Event": _sent(
        seq=_COUNT, kind=_TEXT, subject=_or_null(_UUID), actor=_nothing_or("User"), occurred_at=_INSTANT,
        recorded_at=_INSTANT, refs={"type": "object"}, digest=_TEXT, prev_hash=_TEXT, hash=_SHA256,
    ),
    "RecordSummary": _sent(**_RECORD),
    "Record": _sent(
        **_RECORD,
        pages=_list(_sent(page=_TEXT, key=_TEXT, title=_TEXT, version=_COUNT)),
        answers={**_ANSWERS, "description": "What counts: of a draft now, of the rest as submitted."},
        set_aside={**_list(_ref("SetAside")), "description": "Hidden answers kept at submission, not part of the answers."},
        marks=_MARKED, withheld=_WITHHELD,
        left_over={**_list(_ref("LeftOver")), "description": "Answers that the record's version does not ask any more, after a move to it."},
        prefilled={**_list(_ref("Prefilled")), "description": "Answers that were copied, and from where."},
        submission=_nothing_or("Submission"), returned=_nothing_or("Returned"),
    ),
    "Returned": _sent(
        who=_TEXT, when=_INSTANT, comment={**_TEXT, "description": "What was said in general; may be empty."},
        questions=_list(_sent(
            path=_or_null(_TEXT), question={**_TEXT, "description": "Id of the question, or of the repeat of a row."},
            label=_TEXT, comment=_TEXT, withheld=_list(_TEXT),
        )),
    ),
    "OwnView": _sent(sha256=_SHA256, view=_sent(
        record=_UUID, form=_TEXT, version=_UUID, revision=_COUNT, submission=_or_null(_UUID), subject=_UUID, answers=_ANSWERS,
    )),
    "SetAside": _sent(
        question={**_TEXT, "description": "Id of the question."}, path=_TEXT, label=_TEXT,
        where={**_TEXT, "description": "Its page and rows, in words."}, value={},
    ),
    "Marks": _sent(path=_TEXT, marks=_list(_TEXT)),
    "Mark": _sent(path=_TEXT, mark=_TEXT),
    "NewMark": _taken(("path", "mark"), path=_PATH, mark={**_TEXT, "description": "Key of the mark."}, why=_WHY),
    "MarkRelease": _taken(("path", "mark", "why"), path=_PATH, mark=_TEXT, why=_WHY),
    "Submission": _sent(
        revision=_COUNT, attempt=_COUNT, sha256=_SHA256, submitted_by=_ref("User"), submitted_at=_INSTANT,
        finished=_FINISHED, signed_by=_nothing_or("User"), signed_at=_or_null(_INSTANT), comment=_DECISION,
        signatures=_list(_ref("Signature")), waits_for=_nothing_or("Awaited"),
        agreements=_list(_ref("Agreement")),
    ),
    "Revision": _sent(
        revision=_COUNT, attempt=_COUNT, sha256=_SHA256, submitted_by=_ref("User"), submitted_at=_INSTANT,
        finished=_FINISHED, signed_by=_nothing_or("User"), signed_at=_or_null(_INSTANT), comment=_DECISION,
        signatures=_list(_ref("Signature")), waits_for=_nothing_or("Awaited"),
        agreements=_list(_ref("Agreement")),
        document={"type": "object", "description": "What was signed, but for what is withheld."}, withheld=_WITHHELD,
    ),
    "NewRecord": _taken(
        ("case", "form", "subjects"),
        case=_UUID, form={**_TEXT, "description": "Key of the form; its newest version is taken."},
        subjects=_list(_UUID),
        pages={"type": "object", "additionalProperties": _ANSWERS, "description": "Answers by page id or key."},
    ),
    "Page": _sent(
        page=_TEXT, key=_TEXT, title=_TEXT, version=_COUNT, answers=_ANSWERS, marks=_MARKED, withheld=_WITHHELD,
    ),
    "PageSave": _taken(
        ("answers",),
        answers=_ANSWERS,
        resolutions={
            "type": "object", "additionalProperties": {"enum": ["mine", "theirs"]},
            "description": "For each conflict of a 412, by its path: whose answer to keep.",
        },
        decided_on={**_COUNT, "description": "`version` of the 412 that the resolutions answer."},
    ),
    "PageSaved": _sent(
        page=_TEXT, version=_COUNT, merged={"type": "boolean"}, answers=_ANSWERS,
        problems={**_list(_ref("AnswerProblem")), "description": "What does not stop a draft."},
        stayed={**_list(_TEXT), "description": "Paths of rows that you left out and that hold what is withheld from you."},
    ),
    "Prefilled": _sent(
        path=_TEXT, question=_TEXT, source={"enum": ["record", "person", "case"]},
        record=_or_null(_UUID), form=_or_null(_TEXT), snapshot=_or_null(_UUID), person=_or_null(_UUID),
        source_question={**_TEXT, "description": "Id of the question, or name of the detail."},
        source_row=_or_null(_TEXT), source_at=_INSTANT, signed={"type": "boolean"}, at=_INSTANT,
        changed={"type": "boolean", "description": "Whether the answer is another now."},
    ),
    "Offer": _sent(
        path={**_TEXT, "description": "Of the question or row; of the repeat, for a row to be added."},
        question=_TEXT, page=_TEXT, source={"enum": ["record", "person", "case"]}, source_at=_INSTANT, was={}, now={},
    ),
    "Refresh": _taken((), paths={**_list(_TEXT), "description": "Paths of offers; all of the page's, if left out."}),
    "Refreshed": _sent(page=_TEXT, version=_COUNT),
    "Submit": _taken(
        (),
        seen={
            "type": "object", "additionalProperties": _COUNT,
            "description": "Version of each page that was read, by page id; refused if one changed.",
        },
        set_aside={
            **_list(_TEXT),
            "description": "Paths of hidden answers to keep with the record; the others are left out of what is signed.",
        },
    ),
    "Sign": _taken(
        ("seen_sha256",), seen_sha256=_SEEN, comment=_DECISION,
        seen_step={**_COUNT, "description": "`step` of the `waits_for` that you read; refused if another is next."},
    ),
    "Return": _taken(
        ("seen_sha256",), seen_sha256=_SEEN,
        comment={**_TEXT, "description": "What to change. May be left out where `questions` says it."},
        questions={
            "type": "object", "additionalProperties": _TEXT,
            "description": "Comments beside questions, repeats or rows, by path.",
        },
    ),
    "Signature": _sent(
        step={**_COUNT, "description": "Its place in the chain, from 0."},
        role={"enum": ["worker", "manager"]}, title=_TEXT, signed_by=_ref("User"), signed_at=_INSTANT, comment=_DECISION,
    ),
    "Awaited": _sent(
        number={**_COUNT, "description": "The signature that is next, from 1."}, of=_COUNT, step=_COUNT,
        role={"enum": ["worker", "manager"]}, title=_TEXT,
    ),
    "Why": _taken(("why",), why=_WHY),
    "NewAgreement": _taken(
        ("capacity", "name", "decision", "on", "seen_sha256"),
        capacity=_TEXT, name=_TEXT, on=_DATE, comments=_TEXT, seen_sha256=_SEEN,
        decision={"enum": ["agrees", "agrees_in_part", "dissents", "refused", "not_able"]},
    ),
    "Agreement": _sent(
        id=_UUID, capacity=_TEXT, decision=_TEXT, on=_DATE, recorded_by=_ref("User"), recorded_at=_INSTANT
    ),
    "Change": _sent(
        when=_INSTANT, who=_TEXT, why=_TEXT, page=_TEXT, path=_TEXT, question=_TEXT, before={}, after={},
        kind={"enum": ["answer", "state", "comment", "marked", "released"]}, mark=_TEXT, withheld=_list(_TEXT),
    ),
    "NewFile": {
        "type": "object",
        "required": ["question", "file"],
        "properties": {"question": {**_TEXT, "description": "Id of the file question."}, "file": {"type": "string", "format": "binary"}},
    },
    "File": _sent(id=_UUID, name=_TEXT, type=_TEXT, size=_COUNT, sha256=_SHA256),
}  # fmt: skip
