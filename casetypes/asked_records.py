"""What the commands on a record ask for: its own event, or why it is refused. Pure."""

from casetypes import tasking
from casetypes.commands import Command, Refusal
from casetypes.definition import CaseType, Step
from casetypes.names import Facts, holds, view
from casetypes.refusing import CLOSED, forbidden, may, not_active, not_allowed, not_now, why_of
from casetypes.state import DECIDED, Event, RecordState, State

Asked = list[Event] | Refusal


def next_step(
    case_type: CaseType, state: State, record: RecordState, facts: Facts
) -> tuple[Step, bool] | None:
    """The signature that a submitted record waits for, and whether it is the last; None if none."""
    chain = case_type.chain(record.form)
    known = view(case_type, state, record.subjects[0] if record.subjects else "")
    steps = [step for step in chain if holds(step.when, known, facts)]
    place = len(record.steps)
    return (steps[place], place == len(steps) - 1) if place < len(steps) else None


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
    return [Event("record.started", subjects, data)]


def submit(case_type: CaseType, state: State, command: Command, _facts: Facts) -> Asked:
    """Submit a record; without a chain that finishes it. A review leaves no open task untold."""
    record = state.records[command.data["record"]]
    use = case_type.use(record.form)
    if not state.open:
        return CLOSED
    if record.status not in ("draft", "returned"):
        return not_now(record, "submitted")
    if not may(case_type, command.roles, "submit", record.form):
        return not_allowed("submit")
    if left := tasking.unjudged(use, state, command.data["answers"], record.subjects):
        names = ", ".join(f"“{task.title}”" for task in left[:3])
        more = f" and {len(left) - 3} more" if len(left) > 3 else ""
        says = f"Say what became of every open action: {names}{more}."
        return Refusal("tasks_without_status", says, tuple(task.id for task in left))
    data = {"record": record.id, "form": record.form, "by": command.by}
    submitted = Event("record.submitted", record.subjects, data, {}, command.occurred)
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
    waits = next_step(case_type, state, record, facts)
    if waits is None:
        return Refusal("no_step", "This record waits for no signature.")
    step, last = waits
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
    if not last:
        data = {"record": record.id, "form": record.form, "by": command.by}
        return [Event("record.step_signed", record.subjects, data)]
    return [_decided("record.signed", record, command)]


def send_back(case_type: CaseType, state: State, command: Command, facts: Facts) -> Asked:
    """Return a record to be mended, by whose signature is next, with what to change."""
    record = state.records[command.data["record"]]
    if record.status != "submitted":
        return not_now(record, "returned")
    waits = next_step(case_type, state, record, facts)
    if waits is None or waits[0].role not in command.roles:
        return Refusal("role", "Only whose signature is next may return it.")
    if not command.data.get("why"):
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


def _decided(kind: str, record: RecordState, command: Command) -> Event:
    data = {"record": record.id, "form": record.form, "by": command.by}
    said = {"answers": command.data["answers"], "rows": command.data.get("rows", {})}
    # A visit happened when it was made; a signature when it was given, whatever the record tells of.
    told = command.data.get("occurred") or command.occurred
    occurred = told if kind == "record.finished" else None
    return Event(kind, record.subjects, data, said, occurred)
