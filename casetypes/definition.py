"""A case type, loaded: its document as read-only values. Pure.

`load` takes a document that `casetypes.checks.problems` finds nothing wrong with.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from casetypes.clocks import Series
from casetypes.periods import Period

Document = Mapping[str, Any]
ENGLAND_AND_WALES = "ew"
BY_A_MANAGER = "*"  # the chain of forms that a case type does not name


@dataclass(frozen=True)
class Trigger:
    """What sets something off. of: key of a form, stage, task or clock, "" for any; when: a rule
    that is asked for each subject, True for all.
    """

    event: str
    of: str = ""
    when: Any = True


@dataclass(frozen=True)
class FormUse:
    """How cases use a form. chain: key of its sign-off chain, "" where submitting finishes it.

    bound: keys of the repeat and the person question that bind rows to subjects, else None; judges:
    the review's settings, None where it is no review; copy: section keys for other subjects; touches:
    whether its writer is asked which open actions it touches.
    """

    form: str
    per: str
    chain: str = ""
    bound: tuple[str, str] | None = None
    judges: Document | None = None
    copy: tuple[str, ...] = ()
    touches: bool = False

    @property
    def judged(self) -> tuple[str, ...]:
        """The templates whose open tasks a review lists; none where it is no review."""
        return (self.judges["task"], *self.judges.get("also", ())) if self.judges else ()


@dataclass(frozen=True)
class Stage:
    """Where a subject can be. forms: keys of the forms written here; needed: those asked for; aside:
    off the usual way, so shown only while a subject is there.
    """

    key: str
    title: str
    first: bool
    end: bool
    forms: tuple[str, ...]
    needed: tuple[str, ...]
    aside: bool = False


@dataclass(frozen=True)
class Move:
    """A way from stages to a stage: by itself on a trigger, or by hand in one of the roles.

    outcome, closing: a key, or a rule that gives one.
    """

    key: str
    title: str
    leaves: tuple[str, ...]
    to: str
    on: Trigger | None
    roles: tuple[str, ...]
    when: Any
    otherwise: str
    reason: str
    outcome: Any
    closing: Any
    tasks: str


@dataclass(frozen=True)
class ClockType:
    """A clock. triggers: happening kind -> what makes it; limits: (rule, limit), the first that holds."""

    key: str
    title: str
    per: str
    statutory: bool
    basis: str
    triggers: Mapping[str, tuple[Trigger, ...]]
    limits: tuple[tuple[Any, Period], ...]
    series: Series
    warn: tuple[Period, ...]
    late_entry: Period | None
    reasons: str
    calendar: str


@dataclass(frozen=True)
class WorkingRole:
    """A role in which somebody works with a case. lead: whoever holds it answers for the case;
    reasons: those that are offered when it is given.
    """

    key: str
    title: str
    lead: bool
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True)
class Step:
    """One signature of a chain. barred: "author", "earlier" (who signed before)."""

    role: str
    title: str
    when: Any
    barred: tuple[str, ...]


@dataclass(frozen=True)
class TaskType:
    """A template of tasks. rows: the settings of one task per row, None for one task."""

    key: str
    title: str
    on: Trigger
    per: str
    role: str
    due: Period | None
    priority: str
    checklist: tuple[str, ...]
    rows: Document | None
    cancel: tuple[Trigger, ...]


@dataclass(frozen=True)
class CaseCheck:
    """An invariant: `on` a command, of a form, stage or nothing, refused while `when` is true."""

    on: str
    of: str
    when: Any
    message: str


@dataclass(frozen=True)
class CaseType:
    """A kind of case. closing_list: key of the code list with the reasons for closing."""

    key: str
    title: str
    called: str
    group: str
    closing_list: str
    forms: Mapping[str, FormUse]
    stages: Mapping[str, Stage]
    moves: tuple[Move, ...]
    clocks: Mapping[str, ClockType]
    chains: Mapping[str, tuple[Step, ...]]
    tasks: Mapping[str, TaskType]
    checks: tuple[CaseCheck, ...]
    notices: tuple[Document, ...]
    permissions: tuple[Document, ...]
    allocations: Mapping[str, WorkingRole]
    document: Document

    @property
    def lead(self) -> WorkingRole:
        """The role of whoever answers for a case."""
        return next(role for role in self.allocations.values() if role.lead)

    @property
    def first(self) -> Stage:
        """Where every subject begins."""
        return next(stage for stage in self.stages.values() if stage.first)

    @cached_property
    def minds_starts(self) -> bool:
        """Whether starting a record may be refused, or brings anything about."""
        triggers = [move.on for move in self.moves if move.on]
        triggers += [task.on for task in self.tasks.values()]
        triggers += [
            t for clock in self.clocks.values() for ts in clock.triggers.values() for t in ts
        ]
        checked = any(check.on == "record.start" for check in self.checks)
        return (
            checked or bool(self.permissions) or any(t.event == "record.started" for t in triggers)
        )

    def use(self, form: str) -> FormUse:
        """How a form is used here: one that the type does not name is signed by a manager."""
        return self.forms.get(form) or FormUse(form, "case", BY_A_MANAGER)

    def chain(self, form: str) -> tuple[Step, ...]:
        """The signatures that a record of a form waits for, () where submitting finishes it."""
        return self.chains.get(self.use(form).chain, ())

    def move(self, key: str) -> Move | None:
        """The move of that key, None if there is none."""
        return next((move for move in self.moves if move.key == key), None)


def load(document: Document) -> CaseType:
    """Build a case type from its document."""
    return CaseType(
        key=document["key"],
        title=document["title"],
        called=document["subjects"]["called"],
        group=document["subjects"].get("group", ""),
        closing_list=document["closing"]["list"],
        forms={raw["form"]: _form(raw) for raw in document["forms"]},
        stages={raw["key"]: _stage(raw) for raw in document["stages"]},
        moves=tuple(_move(raw) for raw in document["moves"]),
        clocks={raw["key"]: _clock(raw) for raw in document.get("clocks", ())},
        chains={
            BY_A_MANAGER: (Step("manager", "", True, ()),),
            **{
                raw["key"]: tuple(map(_step, raw["steps"])) for raw in document.get("sign_offs", ())
            },
        },
        tasks={raw["key"]: _task(raw) for raw in document.get("tasks", ())},
        checks=tuple(
            CaseCheck(raw["on"], raw.get("of", ""), raw["when"], raw["message"])
            for raw in document.get("checks", ())
        ),
        notices=tuple(document.get("notices", ())),
        permissions=tuple(document.get("permissions", ())),
        allocations={
            role.key: role for role in map(_role, document.get("allocations", _ALLOCATED))
        },
        document=document,
    )


def _trigger(raw: Document) -> Trigger:
    return Trigger(raw["event"], raw.get("of", ""), raw.get("when", True))


def _triggers(raw: Sequence[Document]) -> tuple[Trigger, ...]:
    return tuple(map(_trigger, raw))


def _period(raw: Document) -> Period:
    return Period(raw["n"], raw["unit"])


def _form(raw: Document) -> FormUse:
    bound = raw.get("subjects")
    return FormUse(
        form=raw["form"],
        per=raw["per"],
        chain=raw.get("sign_off", ""),
        bound=(bound["repeat"], bound["subject"]) if bound else None,
        judges=raw.get("judges"),
        copy=tuple(raw.get("copy", ())),
        touches=raw.get("touches", False),
    )


def _stage(raw: Document) -> Stage:
    forms = raw.get("forms", ())
    return Stage(
        key=raw["key"],
        title=raw["title"],
        first=raw.get("first", False),
        end=raw.get("end", False),
        forms=tuple(use["form"] for use in forms),
        needed=tuple(use["form"] for use in forms if use["need"] == "one"),
        aside=raw.get("aside", False),
    )


def _move(raw: Document) -> Move:
    return Move(
        key=raw["key"],
        title=raw["title"],
        leaves=tuple(raw["from"]),
        to=raw["to"],
        on=_trigger(raw["on"]) if "on" in raw else None,
        roles=tuple(raw.get("roles", ())),
        when=raw.get("when", True),
        otherwise=raw.get("otherwise", ""),
        reason=raw.get("reason", "optional"),
        outcome=raw.get("outcome", ""),
        closing=raw.get("closing", ""),
        tasks=raw.get("tasks", "carry"),
    )


_KINDS = ("start", "restart", "stop", "cancel", "pause", "resume")


def _clock(raw: Document) -> ClockType:
    limits = [(one.get("when", True), _period(one["limit"])) for one in raw.get("limits", ())]
    if "limit" in raw:
        limits.append((True, _period(raw["limit"])))
    return ClockType(
        key=raw["key"],
        title=raw["title"],
        per=raw["per"],
        statutory=raw.get("statutory", False),
        basis=raw.get("basis", ""),
        triggers={kind: _triggers(raw[kind]) for kind in _KINDS if kind in raw},
        limits=tuple(limits),
        series=Series(
            tuple(map(_period, raw.get("then", ()))),
            raw.get("from") != "due",
            raw.get("again", False),
        ),
        warn=tuple(map(_period, raw.get("warn", ()))),
        late_entry=_period(raw["late_entry"]) if "late_entry" in raw else None,
        reasons=raw.get("reasons", ""),
        calendar=raw.get("calendar", ENGLAND_AND_WALES),
    )


def _step(raw: Document) -> Step:
    barred = tuple(raw.get("not", ()))
    return Step(raw["role"], raw.get("title", ""), raw.get("when", True), barred)


_ALLOCATED: tuple[Document, ...] = ({"key": "worker", "title": "Worker", "lead": True},)


def _role(raw: Document) -> WorkingRole:
    lead, reasons = raw.get("lead", False), tuple(raw.get("reasons", ()))
    return WorkingRole(raw["key"], raw["title"], lead, reasons)


def _task(raw: Document) -> TaskType:
    return TaskType(
        key=raw["key"],
        title=raw["title"],
        on=_trigger(raw["on"]),
        per=raw.get("per", "case"),
        role=raw.get("role", "worker"),
        due=_period(raw["due"]) if "due" in raw else None,
        priority=raw.get("priority", "normal"),
        checklist=tuple(raw.get("checklist", ())),
        rows=raw.get("rows"),
        cancel=_triggers(raw.get("cancel", ())),
    )
