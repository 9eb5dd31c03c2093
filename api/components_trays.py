"""The schemas of work in lists: teams and their trays, cases between teams, My work, notices, stories of clocks."""

from typing import Any

from api.schema_parts import (
    COUNT,
    DATE,
    ID,
    INSTANT,
    TEXT,
    WHY,
    many,
    nothing_or,
    or_null,
    ref,
    sent,
    taken,
)

_STATUS = {"enum": ["proposed", "accepted", "refused", "withdrawn"]}
_TASK_ENDS = {
    "type": "object",
    "additionalProperties": taken(("end",), end={"enum": ["carry", "close"]}, why=TEXT),
    "description": "What becomes of each open action of the case, by its key, when it is taken over.",
}
_COUNT_OF_MANAGERS = {
    "type": ["integer", "null"],
    "description": "Null unless you manage the team.",
}

TRAYS: dict[str, Any] = {
    "Transfer": sent(
        id=ID, case=ID, reference=TEXT, case_type={**TEXT, "description": "Its title."},
        about={**many(TEXT), "description": "Names. Empty where you may not know them (any more)."},
        from_team=ref("Team"), to_team=ref("Team"), status=_STATUS, reason=TEXT,
        proposed_by=nothing_or("User"), proposed_at=INSTANT, answered_by=nothing_or("User"),
        answered_at=or_null(INSTANT), answer=TEXT,
        may_answer={"type": "boolean", "description": "Whether it waits for you."},
    ),
    "NewTransfer": taken(
        ("to_team", "why"), to_team=ID, why={**TEXT, "description": "The managers of that team read it."},
        tasks=_TASK_ENDS,
    ),
    "TransferAccept": taken(
        (), worker={**ID, "description": "Who has the case then: a worker or manager of the team."}, why=WHY,
    ),
    "MaybeReason": taken((), why=WHY),
    "TeamTray": sent(
        team=ref("Team"), unallocated=COUNT, waiting=COUNT, overdue=_COUNT_OF_MANAGERS, soon=_COUNT_OF_MANAGERS,
        proposed={**_COUNT_OF_MANAGERS, "description": "Cases that other teams propose to it. Null unless you manage it."},
    ),
    "TeamSummary": sent(id=ID, name=TEXT, active={"type": "boolean"}),
    "WorkItem": sent(
        kind={"enum": ["action", "clock", "returned", "draft", "to_sign"]}, due=or_null(DATE), since=or_null(INSTANT),
        case=sent(id=ID, reference=TEXT), people=many(ref("PersonName")),
        task=nothing_or("Task"), clock=nothing_or("Clock"),
        record={**nothing_or("RecordSummary"), "description": "Null also for a token without the scope records:read."},
    ),
    "Notice": sent(
        id=ID, kind={**TEXT, "description": "What happened, such as `task.assigned`."},
        says={**TEXT, "description": "A sentence. It names a case by its reference, and never a person."},
        case=ID, record=or_null(ID), task=or_null(ID), transfer=or_null(ID), due_on=or_null(DATE), at=INSTANT,
        read_at=or_null(INSTANT),
    ),
    "NoticesRead": sent(read={**COUNT, "description": "How many were not read before."}),
    "ClockWorking": sent(
        recorded_at=INSTANT, who={**TEXT, "description": "Empty where nobody acted but the system."}, why=TEXT,
        happened={
            **many(sent(kind={"enum": ["start", "restart", "stop", "cancel", "pause", "resume"]}, occurred_at=INSTANT, recorded_at=INSTANT)),
            "description": "What moved the clock, told for the first time or anew. Empty where only a limit or the holidays changed.",
        },
        changed={
            **many(sent(run=COUNT, what=TEXT, before=or_null(TEXT), after=or_null(TEXT))),
            "description": "Against the working before.",
        },
        runs={**many(ref("ClockRun")), "description": "The clock as it read by this working."},
    ),
}  # fmt: skip
