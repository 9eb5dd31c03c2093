"""Who may do what: one table from verb to roles and states, with the sentences that say so.

Roles are those that a user holds in the case's team, or brings to a case that they were let into
(casework.cases.access). A read-only role gives no verb.
"""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from casework.accounts.models import Role
from casework.cases.models import DECIDED, EDITABLE, Status

BOTH = frozenset({Role.WORKER.value, Role.MANAGER.value})
MANAGER = frozenset({Role.MANAGER.value})
SIGNING = ("record.sign", "record.return")  # theirs whose signature is next: by default a manager's
_EDITABLE = frozenset(status.value for status in EDITABLE)
_SUBMITTED = frozenset({Status.SUBMITTED.value})
_SIGNED = frozenset({Status.SIGNED.value})
_FINISHED = frozenset({Status.FINISHED.value})
_DECIDED = frozenset(status.value for status in DECIDED)


@dataclass(frozen=True)
class Right:
    """One verb. `does` goes on after "may"; `states` are statuses of a record, None if it has none."""

    does: str
    roles: frozenset[str] = BOTH
    states: frozenset[str] | None = None


VERBS: dict[str, Right] = {
    "person.add": Right("add a person"),
    "person.change": Right("change what is known of this person"),
    "case.open": Right("open a case in this team"),
    "case.subjects": Right("add persons to this case or end their part in it"),
    "case.take": Right("take this case"),
    "case.allocate": Right("allocate this case", MANAGER),
    "case.transfer": Right("propose this case to another team", MANAGER),
    "case.receive": Right("take over or refuse the cases that are proposed to it", MANAGER),
    "case.close": Right("close this case", MANAGER),
    "case.move": Right("move a person on in this case"),
    "case.reopen": Right("take up again a person's part in this case", MANAGER),
    "case.upgrade": Right("move this case to another version of its case type", MANAGER),
    "case.share": Right("let people into this case or keep them out", MANAGER),
    "record.start": Right("start a record in this case"),
    "record.save": Right("fill in this record", BOTH, _EDITABLE),
    "record.submit": Right("submit this record", BOTH, _EDITABLE),
    "record.abandon": Right("abandon this record", BOTH, _EDITABLE),
    "record.migrate": Right("move this record to another version of its form", BOTH, _EDITABLE),
    "record.sign": Right("sign this record", MANAGER, _SUBMITTED),
    "record.return": Right("return this record", MANAGER, _SUBMITTED),
    "record.append": Right("add to this record", BOTH, _FINISHED),
    "record.reopen": Right("reopen this record", BOTH, _SIGNED),
    "record.mark": Right("put a mark on an answer of this record"),
    "record.release_mark": Right("take a mark off an answer of this record", MANAGER),
    "task.change": Right("change an action of this case"),
    "withdrawal.ask": Right("ask that this record is withdrawn"),
    "withdrawal.decide": Right("decide whether this record is withdrawn", MANAGER),
    "clock.explain": Right("say why a clock of this case is late"),
    "clock.hold": Right("pause or cancel a clock of this case", MANAGER),
    "record.agree": Right("note who agrees with this record", BOTH, _SUBMITTED | _DECIDED),
}
# An action may be carried on when a case is closed, and is followed to its end; what was late is
# explained also afterwards.
_AFTER_CLOSING = (
    *("case.reopen", "task.change", "clock.explain"),
    *("withdrawal.ask", "withdrawal.decide"),
)
CLOSED = "This case is closed: nothing more is written in it."
_STANDS: dict[str, str] = {
    Status.DRAFT: "This record is a draft: it has not been submitted.",
    Status.SUBMITTED: "This record is waiting for sign-off. To change it, a manager returns it.",
    Status.RETURNED: "This record was returned: it has not been submitted again.",
    Status.SIGNED: "This record is signed. To change it, reopen it.",
    Status.FINISHED: "This record is finished. What is finished is added to, not changed.",
    Status.ABANDONED: "This record was abandoned.",
    Status.WITHDRAWN: "This record was withdrawn.",
}


def own_work(role: str) -> str:
    """Why who wrote a record gives none of its signatures, that waits for one in a role."""
    return f"You wrote some of this record, so another {role} of the case's team has to sign it."


def signed_before(role: str) -> str:
    """Why who has signed a record does not give its next signature too."""
    return f"You have signed this record, so another {role} of the case's team has to sign it now."


def not_allowed(verb: str, roles: AbstractSet[str], awaited: str = "") -> str:
    """Say why somebody with these roles may not do this, and who may; "" if they may.

    awaited: the role in which the next signature of a submitted record is given, for SIGNING.
    """
    right = VERBS[verb]
    may = frozenset({awaited}) if awaited else right.roles
    if may & roles:
        return ""
    who = {MANAGER: "managers", BOTH: "workers and managers"}.get(may, "workers")
    where = "of a team" if verb == "person.add" else "of the case's team"
    where = "of that team" if verb == "case.receive" else where
    where = "of the team" if verb == "case.open" else where
    return f"Only {who} {where} may {right.does}."


def not_now(verb: str, *, closed: bool, status: str | None) -> str:
    """Say why nobody may do this as things stand; "" if somebody may.

    closed: whether the case is; status: that of the record, None where there is no record.
    """
    if closed and not verb.startswith("person.") and verb not in _AFTER_CLOSING:
        return CLOSED
    states = VERBS[verb].states
    if states is None or status is None or status in states:
        return ""
    return _STANDS[status]
