"""What the commands on a record ask for: its own event, or why it is refused. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from casetypes import tasking
from casetypes.binding import misplaced
from casetypes.commands import Command, Refusal
from casetypes.definition import BY_A_MANAGER, CaseType, Step
from casetypes.names import Facts, holds, view
from casetypes.periods import london_day
from casetypes.refusing import CLOSED, forbidden, may, not_active, not_allowed, not_now, why_of
from casetypes.state import DECIDED, Event, RecordState, State

Asked = list[Event] | Refusal


@dataclass(frozen=True)
class Waits:
    """The signature that a submitted record waits for. place: in its chain; last: whether it decides."""

    place: int
    step: Step
    last: bool


def signatures(
    case_type: CaseType,
    state: State,
    record: RecordState,
    answers: Mapping[str, Any],
    facts: Facts,
) -> tuple[int, ...]:
    """The places in its chain of the signatures that a record needs, with the answers submitted.

    They are settled by the submission: what is asked for does not change between two signatures. A
    condition that holds for one of the subjects asks for the signature. Where none holds, the last is
    asked for: what has a chain is never decided unsigned.
    """
    chain = case_type.chain(record.form)
    views = [
        view(case_type, state, subject).but(**{record.form: answers})
        for subject in record.subjects or ("",)
    ]
    found = [
        place
        for place, step in enumerate(chain)
        if any(holds(step.when, known, facts) for known in views)
    ]
    return tuple(found or range(len(chain))[-1:])


def step_at(case_type: CaseType, form: str, place: int) -> Step:
    """The step at a place of a form's chain.

    A case that went on to another version of its type may have lost it: its last one stands for it.
    """
    chain = case_type.chain(form) or case_type.chains[BY_A_MANAGER]
    return chain[min(place, len(chain) - 1)]


def next_step(case_type: CaseType, record: RecordState) -> Waits | None:
    """The signature that a submitted record waits for, None if none."""
    number = len(record.steps)
    if number >= len(record.asked):
        return None
    place, last = record.asked[number], number == len(record.asked) - 1
    return Waits(place, step_at(case_type, record.form, place), last)


def start(case_type: CaseType, state: State, command: Command, facts: Facts) -> Asked:
    """Start a record of a form that its cases use, about subjects whose part goes on."""
    form, subjects = command.data["form"], tuple(command.data["subjects"])
    if not state.open:
        return CLOSED
    if not may(case_type, command.roles, "start", form):
        return not_allowed("start")
    for subject in subjects:
        if refusal := not_active(case_type, state, subject):
            return refusal
    if refusal := forbidden(case_type, state, "record.start", form, subjects, facts):
        return refusal
    data = {"record": command.data["record"], "form": form, "by": command.by}
    return [Event("record.started", subjects, {**data, "on": london_day(command.at)})]


def submit(case_type: CaseType, state: State, command: Command, facts: Facts) -> Asked:
    """Submit a record; without a chain that finishes it. A review leaves no open task untold.

    `asked` of the event: the places in the chain of the signatures that it needs.
    """
    record = state.records[command.data["record"]]
    use = case_type.use(record.form)
    if not state.open:
        return CLOSED
    if record.status not in ("draft", "returned"):
        return not_now(record, "submitted")
    if not may(case_type, command.roles, "submit", record.form):
        return not_allowed("submit")
    if left := tasking.unjudged(use, state, command.data["answers"], record):
        names = ", ".join(f"“{task.title}”" for task in left[:3])
        more = f" and {len(left) - 3} more" if len(left) > 3 else ""
        says = f"Say what became of every open action: {names}{more}."
        return Refusal("tasks_without_status", says, tuple(task.id for task in left))
    if wrong := misplaced(use, command.data["answers"], record.subjects):
        says = (
            f"Each {case_type.called} whom this record covers has one row of their own in it, and "
        )
        return Refusal("rows", says + "nobody else has. Add the row that is missing.", wrong)
    if refusal := forbidden(
        case_type, state, "record.submit", record.form, record.subjects, facts, command.data
    ):
        return refusal
    data: dict[str, Any] = {"record": record.id, "form": record.form, "by": command.by}
    if use.chain:
        needed = signatures(case_type, state, record, command.data["answers"], facts)
        data = {**data, "asked": list(needed)}
    # Submitted when it was sent, as a signature is given when it is: whatever the record tells of.
    submitted = Event("record.submitted", record.subjects, data, {}, None)
    if use.chain:
        return [submitted]
    return [submitted, _decided("record.finished", record, command)]


def sign(case_type: CaseType, state: State, command: Command, facts: Facts) -> Asked:
    """Give the next signature of the chain; the last one decides the record."""
    record = state.records[command.data["record"]]
    if not state.open:
        return CLOSED
    if record.status != "submitted":
        return not_now(record, "signed")
    waits = next_step(case_type, record)
    if waits is None:
        return Refusal("no_step", "This record waits for no signature.")
    step = waits.step
    if step.role not in command.roles or not may(case_type, command.roles, "sign", record.form):
        return Refusal("role", f"The next signature is a {step.role}'s.")
    authors = {record.author, *command.data.get("authors", ())}
    if "author" in step.barred and command.by in authors:
        return Refusal("own_work", "You wrote some of this record, so another has to sign it.")
    if "earlier" in step.barred and command.by in record.steps:
        return Refusal("signed_before", "You signed it already; this signature is another's.")
    if refusal := forbidden(
        case_type, state, "record.sign", record.form, record.subjects, facts, command.data
    ):
        return refusal
    if not waits.last:
        data = {"record": record.id, "form": record.form, "by": command.by, "step": waits.place}
        return [Event("record.step_signed", record.subjects, data)]
    return [_decided("record.signed", record, command, step=waits.place)]


def send_back(case_type: CaseType, state: State, command: Command, _facts: Facts) -> Asked:
    """Return a record to be mended, by whose signature is next, with what to change: in general
    (`why`), or beside so many of its questions (`comments`).
    """
    record = state.records[command.data["record"]]
    if record.status != "submitted":
        return not_now(record, "returned")
    waits = next_step(case_type, record)
    if waits is None or waits.step.role not in command.roles:
        return Refusal("role", "Only whose signature is next may return it.")
    if not command.data.get("why") and not command.data.get("comments"):
        return Refusal("why", "Enter what needs to be changed.")
    data = {"record": record.id, "form": record.form, "by": command.by}
    return [Event("record.returned", record.subjects, data, why_of(command))]


def reopen(_case_type: CaseType, state: State, command: Command, _facts: Facts) -> Asked:
    """Open a signed record as its next revision, with a reason."""
    record = state.records[command.data["record"]]
    if not state.open:
        return CLOSED
    if record.status not in DECIDED:
        return not_now(record, "reopened")
    if record.status == "finished" and not command.data.get("correction"):
        return Refusal("finished", "What is finished is added to, not changed.")
    if not command.data.get("why"):
        return Refusal("why", "Enter why the record is reopened.")
    data = {"record": record.id, "form": record.form}
    return [Event("record.reopened", record.subjects, data, why_of(command))]


def abandon(_case_type: CaseType, state: State, command: Command, _facts: Facts) -> Asked:
    """Give up a draft, with a reason."""
    record = state.records[command.data["record"]]
    if record.status not in ("draft", "returned"):
        return not_now(record, "abandoned")
    if not command.data.get("why"):
        return Refusal("why", "Enter why the record is abandoned.")
    data = {"record": record.id, "form": record.form}
    return [Event("record.abandoned", record.subjects, data, why_of(command))]


def _decided(kind: str, record: RecordState, command: Command, **more: Any) -> Event:
    data = {"record": record.id, "form": record.form, "by": command.by, **more}
    said = {"answers": command.data["answers"]}
    # A visit happened when it was made; a signature when it was given, whatever the record tells of.
    told = command.data.get("occurred") or command.occurred
    occurred = told if kind == "record.finished" else None
    return Event(kind, record.subjects, data, said, occurred)
