"""The schemas of records: their pages, submissions, signatures, marks and files."""

from typing import Any

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

_SEEN = {**SHA256, "description": "`sha256` of the submission that was read."}
_DECISION = {**TEXT, "description": "What was decided and why, in the words of who signed."}
_FINISHED = {"type": "boolean", "description": "No signature was asked: submitting finished it."}
_PATH = {**TEXT, "description": "Keys and row ids, joined with dots; of a row, up to its id."}
_MARKED = {**many(ref("Marks")), "description": "The marks that lie on these answers, by path."}
_WITHHELD = {
    **many(ref("Marks")),
    "description": "What is answered and not sent, as it is marked and you do not see the mark.",
}
_RECORD = {
    "id": ID,
    "case": ID,
    "form": sent(key=TEXT, number={"type": "integer"}, title=TEXT, kind=TEXT),
    "status": {
        "type": "string",
        "enum": ["draft", "submitted", "returned", "signed", "finished", "abandoned"],
    },
    "revision": {**COUNT, "description": "1, and one more each time it was reopened."},
    "author": ref("User"),
    "started_at": INSTANT,
    "changed_at": {**INSTANT, "description": "When its status changed."},
    "occurred_on": or_null(DATE),
    "subjects": {**many(ID), "description": "The persons that it covers."},
}

RECORDS: dict[str, dict[str, Any]] = {
    "RecordSummary": sent(**_RECORD),
    "Record": sent(
        **_RECORD,
        pages=many(sent(page=TEXT, key=TEXT, title=TEXT, version=COUNT)),
        answers={**ANSWERS, "description": "What counts: of a draft now, of the rest as submitted."},
        set_aside={**many(ref("SetAside")), "description": "Hidden answers kept at submission, not part of the answers."},
        marks=_MARKED, withheld=_WITHHELD,
        left_over={**many(ref("LeftOver")), "description": "Answers that the record's version does not ask any more, after a move to it."},
        touches={**many(ID), "description": "Ids of the actions that it touches."},
        appendments={**many(ref("Appendment")), "description": "What was added once it was finished."},
        prefilled={**many(ref("Prefilled")), "description": "Answers that were copied, and from where."},
        submission=nothing_or("Submission"), returned=nothing_or("Returned"),
    ),
    "Returned": sent(
        who=TEXT, when=INSTANT, comment={**TEXT, "description": "What was said in general; may be empty."},
        questions=many(sent(
            path=or_null(TEXT), question={**TEXT, "description": "Id of the question, or of the repeat of a row."},
            label=TEXT, comment=TEXT, withheld=many(TEXT),
        )),
    ),
    "OwnView": sent(sha256=SHA256, view=sent(
        record=ID, form=TEXT, version=ID, revision=COUNT, submission=or_null(ID), subject=ID, answers=ANSWERS,
    )),
    "SetAside": sent(
        question={**TEXT, "description": "Id of the question."}, path=TEXT, label=TEXT,
        where={**TEXT, "description": "Its page and rows, in words."}, value={},
    ),
    "Appendment": sent(
        id=ID, text={**or_null(TEXT), "description": "null where it was withdrawn."}, sha256=SHA256, added_by=ref("User"), added_at=INSTANT,
    ),
    "NewAppendment": taken(("text", "seen_sha256"), text=TEXT, seen_sha256=_SEEN),
    "Touches": taken(("tasks",), tasks={**many(ID), "description": "These actions and no others."}),
    "TaskLinks": sent(items=many(sent(
        kind={"enum": ["touched", "evidence"]}, record=ID, title=TEXT, occurred_on=or_null(DATE), file=or_null(ID), withheld={"type": "boolean"}, made_by=ref("User"), made_at=INSTANT))),
    "Marks": sent(path=TEXT, marks=many(TEXT)),
    "Mark": sent(path=TEXT, mark=TEXT),
    "NewMark": taken(("path", "mark"), path=_PATH, mark={**TEXT, "description": "Key of the mark."}, why=WHY),
    "MarkRelease": taken(("path", "mark", "why"), path=_PATH, mark=TEXT, why=WHY),
    "Submission": sent(
        revision=COUNT, attempt=COUNT, sha256=SHA256, submitted_by=ref("User"), submitted_at=INSTANT,
        finished=_FINISHED, signed_by=nothing_or("User"), signed_at=or_null(INSTANT), comment=_DECISION,
        signatures=many(ref("Signature")), waits_for=nothing_or("Awaited"),
        agreements=many(ref("Agreement")),
    ),
    "Revision": sent(
        revision=COUNT, attempt=COUNT, sha256=SHA256, submitted_by=ref("User"), submitted_at=INSTANT,
        finished=_FINISHED, signed_by=nothing_or("User"), signed_at=or_null(INSTANT), comment=_DECISION,
        signatures=many(ref("Signature")), waits_for=nothing_or("Awaited"),
        agreements=many(ref("Agreement")),
        document={"type": "object", "description": "What was signed, but for what is withheld."}, withheld=_WITHHELD,
    ),
    "NewRecord": taken(
        ("case", "form", "subjects"),
        case=ID, form={**TEXT, "description": "Key of the form; its newest version is taken."},
        subjects=many(ID),
        touches={**many(ID), "description": "Ids of open actions of the case that it touches."},
        finish={"type": "boolean", "description": "Finish it at once; for forms that nobody signs."},
        pages={"type": "object", "additionalProperties": ANSWERS, "description": "Answers by page id or key."},
    ),
    "Page": sent(
        page=TEXT, key=TEXT, title=TEXT, version=COUNT, answers=ANSWERS, marks=_MARKED, withheld=_WITHHELD,
    ),
    "PageSave": taken(
        ("answers",),
        answers=ANSWERS,
        resolutions={
            "type": "object", "additionalProperties": {"enum": ["mine", "theirs"]},
            "description": "For each conflict of a 412, by its path: whose answer to keep.",
        },
        decided_on={**COUNT, "description": "`version` of the 412 that the resolutions answer."},
    ),
    "PageSaved": sent(
        page=TEXT, version=COUNT, merged={"type": "boolean"}, answers=ANSWERS,
        problems={**many(ref("AnswerProblem")), "description": "What does not stop a draft."},
        stayed={**many(TEXT), "description": "Paths of rows that you left out and that hold what is withheld from you."},
    ),
    "Prefilled": sent(
        path=TEXT, question=TEXT, source={"enum": ["record", "person", "case"]},
        record=or_null(ID), form=or_null(TEXT), snapshot=or_null(ID), person=or_null(ID),
        source_question={**TEXT, "description": "Id of the question, or name of the detail."},
        source_row=or_null(TEXT), source_at=INSTANT, signed={"type": "boolean"}, at=INSTANT,
        changed={"type": "boolean", "description": "Whether the answer is another now."},
    ),
    "Offer": sent(
        path={**TEXT, "description": "Of the question or row; of the repeat, for a row to be added."},
        question=TEXT, page=TEXT, source={"enum": ["record", "person", "case"]}, source_at=INSTANT, was={}, now={},
    ),
    "Refresh": taken((), paths={**many(TEXT), "description": "Paths of offers; all of the page's, if left out."}),
    "Refreshed": sent(page=TEXT, version=COUNT),
    "Submit": taken(
        (),
        seen={
            "type": "object", "additionalProperties": COUNT,
            "description": "Version of each page that was read, by page id; refused if one changed.",
        },
        set_aside={
            **many(TEXT),
            "description": "Paths of hidden answers to keep with the record; the others are left out of what is signed.",
        },
    ),
    "Sign": taken(
        ("seen_sha256",), seen_sha256=_SEEN, comment=_DECISION,
        seen_step={**COUNT, "description": "`step` of the `waits_for` that you read; refused if another is next."},
    ),
    "Return": taken(
        ("seen_sha256",), seen_sha256=_SEEN,
        comment={**TEXT, "description": "What to change. May be left out where `questions` says it."},
        questions={
            "type": "object", "additionalProperties": TEXT,
            "description": "Comments beside questions, repeats or rows, by path.",
        },
    ),
    "Signature": sent(
        step={**COUNT, "description": "Its place in the chain, from 0."},
        role={"enum": ["worker", "manager"]}, title=TEXT, signed_by=ref("User"), signed_at=INSTANT, comment=_DECISION,
    ),
    "Awaited": sent(
        number={**COUNT, "description": "The signature that is next, from 1."}, of=COUNT, step=COUNT,
        role={"enum": ["worker", "manager"]}, title=TEXT,
    ),
    "Why": taken(("why",), why=WHY),
    "NewAgreement": taken(
        ("capacity", "name", "decision", "on", "seen_sha256"),
        capacity=TEXT, name=TEXT, on=DATE, comments=TEXT, seen_sha256=_SEEN,
        decision={"enum": ["agrees", "agrees_in_part", "dissents", "refused", "not_able"]},
    ),
    "Agreement": sent(
        id=ID, capacity=TEXT, decision=TEXT, on=DATE, recorded_by=ref("User"), recorded_at=INSTANT
    ),
    "Change": sent(
        when=INSTANT, who=TEXT, why=TEXT, page=TEXT, path=TEXT, question=TEXT, before={}, after={},
        kind={"enum": ["answer", "state", "comment", "marked", "released"]}, mark=TEXT, withheld=many(TEXT),
    ),
    "NewFile": {
        "type": "object",
        "required": ["question", "file"],
        "properties": {"question": {**TEXT, "description": "Id of the file question."}, "file": {"type": "string", "format": "binary"}},
    },
    "File": sent(id=ID, name=TEXT, type=TEXT, size=COUNT, sha256=SHA256),
}  # fmt: skip
