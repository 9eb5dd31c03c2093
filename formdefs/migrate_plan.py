"""What becomes of every question when answers move from one version of a form to another. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from formdefs import conversions
from formdefs.form import Form, Question

Kind = Literal["kept", "moved", "converted", "orphaned"]
KINDS: tuple[Kind, ...] = ("kept", "moved", "converted", "orphaned")

NOT_ASKED = "The new version does not ask this any more."
WORKED_OUT = "The new version works this out."
NO_CONVERSION = "The new version asks for an answer of another kind."


@dataclass(frozen=True)
class Step:
    """What becomes of one question. says: how it is converted, or why it is orphaned."""

    question: str
    kind: Kind
    old: Question
    new: Question | None
    says: str = ""


@dataclass(frozen=True, eq=False)
class Plan:
    """What becomes of every question of the old form that takes answers, in document order."""

    old: Form
    new: Form
    steps: tuple[Step, ...]

    @cached_property
    def by_question(self) -> Mapping[str, Step]:
        """The steps by the question's id."""
        return {step.question: step for step in self.steps}

    @cached_property
    def counts(self) -> Mapping[Kind, int]:
        """How many questions fare which way."""
        return {kind: sum(step.kind == kind for step in self.steps) for kind in KINDS}


def plan(old: Form, new: Form) -> Plan:
    """Say what becomes of every question of the old form."""
    steps = [
        _step(old, new, question)
        for question in old.questions.values()
        if question.type != "calculated"
    ]
    return Plan(old, new, tuple(steps))


def _step(old: Form, new: Form, question: Question) -> Step:
    found = new.questions.get(question.id)
    if found is None:
        return Step(question.id, "orphaned", question, None, NOT_ASKED)
    if found.type == "calculated":
        return Step(question.id, "orphaned", question, found, WORKED_OUT)
    if found.type != question.type:
        says = conversions.how(question.type, found.type)
        kind: Kind = "converted" if says else "orphaned"
        return Step(question.id, kind, question, found, says or NO_CONVERSION)
    moved = (question.page, question.repeats) != (found.page, found.repeats)
    return Step(question.id, "moved" if moved else "kept", question, found)
