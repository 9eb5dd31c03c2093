"""Mistakes in case types, and case types that look odd and are right: data for one test.

Written from the reference alone, before the code of the checks was read: what somebody in a hurry gets
wrong, and what somebody who means harm would try. Three were changed after the first run: an action on
`case.closed`, and people moved out of a stage that there still is, are right and stand among the odd
ones now; a case type whose `moves` are left out can only be told so as a whole. Each mistake is a change to a shipped case type
(`small`: tests/data/small_case_type.json; `complaint`: as it ships) and where to mend it: the id of a
row, or the path of a block that has no rows. Several ids, where rows clash and either may be mended.
"""

import copy
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from tests import casetypes

Document = dict[str, Any]
Change = Callable[[Document], None]
GONE = object()


@dataclass(frozen=True)
class Mistake:
    """A mistake. at: ids of rows parted by spaces, or a path such as /closing."""

    name: str
    base: str
    at: str
    change: Change

    def document(self) -> Document:
        """The case type with the mistake in it."""
        found = base(self.base)
        self.change(found)
        return found


def base(name: str) -> Document:
    """A case type without mistakes, to be changed at will."""
    shipped = {"small": "child_in_need", "complaint": "complaint"}
    return copy.deepcopy(casetypes.document(shipped[name]))


def rows(document: Document) -> Iterator[tuple[list[Any], Document]]:
    """Yield each row that has an id, with the list that it stands in."""
    for block in document.values():
        if isinstance(block, list):
            for row in block:
                if isinstance(row, dict) and "id" in row:
                    yield block, row


def row(document: Document, id_: str) -> Document:
    """The row of that id."""
    return next(one for _, one in rows(document) if one["id"] == id_)


# --- Changes -----------------------------------------------------------------------------------


def put(id_: str, **parts: Any) -> Change:
    """Change parts of a row; GONE takes one off. `from_` and `not_` stand for Python's words."""

    def change(document: Document) -> None:
        found = row(document, id_)
        for name, value in parts.items():
            if value is GONE:
                del found[name.rstrip("_")]
            else:
                found[name.rstrip("_")] = value

    return change


def on(id_: str, event: str, of: str = "", when: Any = None) -> Change:
    """Change what a row waits for."""
    return put(id_, on=trigger(event, of, when))


def when(id_: str, rule: Any) -> Change:
    """Change the rule of what a move by itself waits for."""

    def change(document: Document) -> None:
        row(document, id_)["on"]["when"] = rule

    return change


def add(block: str, **parts: Any) -> Change:
    """Add a row to a block; `id_` and so on stand for Python's words."""

    def change(document: Document) -> None:
        document.setdefault(block, []).append({name.rstrip("_"): v for name, v in parts.items()})

    return change


def drop(id_: str) -> Change:
    """Take a row off."""

    def change(document: Document) -> None:
        for block, one in rows(document):
            if one["id"] == id_:
                block.remove(one)
                return

    return change


def top(name: str, value: Any) -> Change:
    """Change a block as a whole; GONE takes it off."""

    def change(document: Document) -> None:
        if value is GONE:
            del document[name]
        else:
            document[name] = value

    return change


def both(*changes: Change) -> Change:
    """One change after another."""

    def change(document: Document) -> None:
        for one in changes:
            one(document)

    return change


# --- Parts that are written often ----------------------------------------------------------------


def trigger(event: str, of: str = "", when: Any = None) -> Document:
    """A trigger."""
    found: Document = {"event": event}
    if of:
        found["of"] = of
    if when is not None:
        found["when"] = when
    return found


def var(path: str) -> Document:
    """What a rule reads."""
    return {"var": path}


def same(path: str, value: Any) -> Document:
    """A rule: that it has this value."""
    return {"==": [var(path), value]}


def n(number: Any, unit: str) -> Document:
    """A period."""
    return {"n": number, "unit": unit}


def stage(id_: str, key: str, *forms: tuple[str, str], **more: Any) -> Change:
    """Add a stage."""
    written = [{"form": form, "need": need} for form, need in forms]
    more |= {"forms": written} if written else {}
    return add("stages", id_=id_, key=key, title=key.replace("_", " ").capitalize(), **more)


def by_hand(id_: str, from_: list[str], to: str, **more: Any) -> Change:
    """Add a move by hand."""
    more = {"roles": ["manager"], "reason": "required"} | more
    return add("moves", id_=id_, key=id_ + "_by_hand", title="By hand", from_=from_, to=to, **more)


def by_itself(id_: str, from_: list[str], to: str, event: Document, **more: Any) -> Change:
    """Add a move that follows by itself."""
    return add("moves", id_=id_, key=id_ + "_itself", title="By itself", from_=from_, to=to, on=event, **more)  # fmt: skip


def clock(id_: str, start: Document, stop: Document, limit: Document | None, **more: Any) -> Change:
    """Add a clock."""
    more = {"per": "case", "cancel": [trigger("case.closed")], "limit": limit} | more
    more = {name: value for name, value in more.items() if value is not None}
    return add("clocks", id_=id_, key=id_ + "_clock", title="A clock", start=[start], stop=[stop], **more)  # fmt: skip


def check(id_: str, command: str, rule: Any, of: str = "", message: str = "Not so.") -> Change:
    """Add a check."""
    more = {"of": of} if of else {}
    return add("checks", id_=id_, on=command, when=rule, message=message, **more)


REVIEW: Document = {
    "id": "f4rev",
    "form": "cin_review",
    "per": "case",
    "sign_off": "authorisation",
    "subjects": {"repeat": "children", "subject": "child"},
    "judges": {"task": "plan_action", "repeat": "plan_actions", "status": "became", "done": ["done"], "cancelled": ["not_needed"], "outcome": "came_of_it"},
}  # fmt: skip


def review(part: str = "", **changed: Any) -> Change:
    """Add a review of the plan's actions, with something in its `part` changed."""
    form = copy.deepcopy(REVIEW)
    if part:
        form[part] = {name: v for name, v in (form[part] | changed).items() if v is not GONE}

    def change(document: Document) -> None:
        document["forms"].append(form)
        row(document, "s3pla")["forms"].append({"form": "cin_review", "need": "any"})

    return change


def steps(id_: str, *given: Document) -> Change:
    """Change the steps of a chain."""
    return put(id_, steps=list(given))


def step(role: str = "manager", *barred: str, when: Any = None) -> Document:
    """A step of a chain."""
    found: Document = {"role": role}
    if barred:
        found["not"] = list(barred)
    if when is not None:
        found["when"] = when
    return found


def part(id_: str, name: str, **changed: Any) -> Change:
    """Change something within a part of a row, for instance a task's `rows`."""

    def change(document: Document) -> None:
        row(document, id_)[name].update(changed)

    return change


def nested(depth: int) -> Document:
    """A rule that denies a denial of a denial."""
    rule = same("referral.decision", "nfa")
    for _ in range(depth):
        rule = {"!": [rule]}
    return rule


def end_at(*froms: str) -> Document:
    """Parts of a move that ends."""
    return {"from_": list(froms), "to": "closed"}


SIGNED = trigger("record.signed", "child_in_need_plan")
DONE = trigger("task.done", "acknowledgement")
ALL_RIGHTS = ["start", "fill", "submit", "sign", "move", "task", "close", "override"]

# --- The mistakes ---------------------------------------------------------------------------------

# fmt: off
_TOLD: tuple[tuple[str, str, str, Change], ...] = (
    # Forms
    ("a form's name is misspelt", "small", "f2cfa", put("f2cfa", form="child_family_asessment")),
    ("a form for each child is said to be for the case", "small", "f2cfa", put("f2cfa", per="case")),
    ("a form for the case is said to be for each", "complaint", "f4esc", put("f4esc", per="subject")),
    ("a form is listed twice", "small", "f9dup", add("forms", id_="f9dup", form="referral", per="case", sign_off="decision")),
    ("a form is written at no stage", "complaint", "f2cla", both(put("s1rec", forms=[{"form": "complaint", "need": "one"}]), put("s2one", forms=[{"form": "complaint_response_one", "need": "one"}]), put("s4two", forms=[{"form": "complaint_response_two", "need": "one"}]))),
    ("a form waits for a chain that is not there", "small", "f1ref", put("f1ref", sign_off="decide")),
    ("another's authority, and nobody signs", "complaint", "f3one", put("f3one", sign_off=GONE)),
    ("a section that may be copied is not there", "small", "f2cfa", put("f2cfa", copy=["housing", "hobbies"])),
    ("a question is named where sections are copied", "small", "f2cfa", put("f2cfa", copy=["summary"])),
    ("a form for the case is copied to siblings", "small", "f3cip", put("f3cip", copy=["visits"])),
    ("rows bound to subjects in a repeat that is not there", "small", "f4rev", review("subjects", repeat="kids")),
    ("rows bound to subjects by a text", "small", "f4rev", review("subjects", subject="wishes")),
    ("rows bound to subjects in a repeat of something else", "small", "f4rev", review("subjects", repeat="took_part")),
    ("a form for each child binds rows to children", "small", "f2cfa", put("f2cfa", subjects={"repeat": "needs", "subject": "need"})),
    ("a review of actions that no template makes", "small", "f4rev", review("judges", task="plan_actions")),
    ("a review in a repeat that is not there", "small", "f4rev", review("judges", repeat="actions")),
    ("a review's status is a text", "small", "f4rev", review("judges", status="action")),
    ("a review closes actions by a code that is not there", "small", "f4rev", review("judges", done=["completed"])),
    ("a review cancels by a code that is not there", "small", "f4rev", review("judges", cancelled=["dropped"])),
    ("one code says done and not done", "small", "f4rev", review("judges", cancelled=["done"])),
    ("a review's outcome is a choice", "small", "f4rev", review("judges", outcome="became")),
    ("a review that can end nothing", "small", "f4rev", review("judges", done=[], cancelled=GONE)),
    # Stages
    ("no first stage", "small", "/stages", put("s1ref", first=GONE)),
    ("two first stages", "small", "s1ref s2ass", put("s2ass", first=True)),
    ("no end", "small", "/stages", put("s4end", end=GONE)),
    ("a stage that nothing leads to", "small", "s9lim", both(stage("s9lim", "limbo"), by_hand("m9out", ["limbo"], "closed"))),
    ("a stage without a way out", "small", "s9lim", both(stage("s9lim", "limbo"), by_hand("m9inn", ["plan"], "limbo"))),
    ("two stages that lead only to each other", "small", "s9lim s9pur", both(stage("s9lim", "limbo"), stage("s9pur", "purgatory"), by_hand("m9inn", ["plan"], "limbo"), by_hand("m9one", ["limbo"], "purgatory"), by_hand("m9two", ["purgatory"], "limbo"))),
    ("the first stage is an end", "small", "s1ref", put("s1ref", end=True)),
    ("two stages of one key", "small", "s9dup", stage("s9dup", "plan")),
    ("a stage writes a form that is not used", "small", "s2ass", put("s2ass", forms=[{"form": "child_family_assessment", "need": "one"}, {"form": "closure", "need": "any"}])),
    ("a stage names a form twice", "small", "s3pla", put("s3pla", forms=[{"form": "child_in_need_plan", "need": "one"}, {"form": "child_in_need_plan", "need": "any"}])),
    ("a form is asked for after the end", "small", "s4end", put("s4end", forms=[{"form": "child_in_need_plan", "need": "one"}])),
    ("the only way to an end is an event that cannot happen", "small", "m9end", both(stage("s9lim", "limbo"), by_hand("m9inn", ["plan"], "limbo"), by_itself("m9end", ["limbo"], "closed", trigger("record.finished", "referral"), tasks="close"))),
    # Moves
    ("a move neither by itself nor by hand", "small", "m5end", put("m5end", roles=GONE)),
    ("a move both by itself and by hand", "small", "m5end", on("m5end", "record.signed", "child_in_need_plan")),
    ("a move to a stage that is not there", "small", "m5end", put("m5end", to="finished")),
    ("a move from a stage that is not there", "small", "m5end", put("m5end", from_=["planning"])),
    ("a move out of an end", "small", "m9ope", by_hand("m9ope", ["closed"], "plan")),
    ("finished, of a form that is signed", "small", "m1acc", on("m1acc", "record.finished", "referral", same("referral.decision", "assessment"))),
    ("signed, of a form that nobody signs", "complaint", "m4esc", on("m4esc", "record.signed", "escalation", same("escalation.taken", True))),
    ("returned, of a form that nobody signs", "complaint", "m4esc", on("m4esc", "record.returned", "escalation", same("escalation.taken", True))),
    ("a move waits for a form that is not there", "small", "m1acc", on("m1acc", "record.signed", "referal", same("referral.decision", "assessment"))),
    ("a move waits for a stage to be signed", "small", "m3pla", on("m3pla", "record.signed", "plan")),
    ("a move waits for actions that no template makes", "small", "m9tas", by_itself("m9tas", ["plan"], "assessment", trigger("tasks.done", "plan_actions"))),
    ("a move waits for a clock that is not there", "small", "m9clo", by_itself("m9clo", ["plan"], "assessment", trigger("clock.overdue", "plan"))),
    ("a move waits for what was opened long before", "small", "m9ope", by_itself("m9ope", ["plan"], "assessment", trigger("case.opened"))),
    ("a move waits for the case to be closed", "small", "m9clo", by_itself("m9clo", ["plan"], "assessment", trigger("case.closed"))),
    ("a move waits for the entry of another stage than it leads from", "small", "m9ent", by_itself("m9ent", ["plan"], "assessment", trigger("stage.entered", "referral"))),
    ("a move follows its own entry for ever", "small", "m9rou", by_itself("m9rou", ["plan"], "plan", trigger("stage.entered", "plan"))),
    ("two moves chase each other for ever", "small", "m9one m9two s9lim s9pur", both(stage("s9lim", "limbo"), stage("s9pur", "purgatory"), by_hand("m9inn", ["plan"], "limbo"), by_hand("m9out", ["limbo", "purgatory"], "closed", tasks="ask"), by_itself("m9one", ["limbo"], "purgatory", trigger("stage.entered", "limbo")), by_itself("m9two", ["purgatory"], "limbo", trigger("stage.entered", "purgatory")))),
    ("a move's rule reads a misspelt question", "small", "m1acc", when("m1acc", same("referral.descision", "assessment"))),
    ("a move's rule reads a misspelt form", "small", "m1acc", when("m1acc", same("refferal.decision", "assessment"))),
    ("a move's rule names a code that is not there", "small", "m1acc", when("m1acc", {"in": [var("referral.decision"), ["asessment", "strategy"]]})),
    ("a code of another list", "small", "m4cls", when("m4cls", same("child_family_assessment.outcome", "RC8"))),
    ("yes or no is compared with a word", "complaint", "m4esc", when("m4esc", same("escalation.taken", "yes"))),
    ("a text is compared with a number", "complaint", "m1tak", when("m1tak", {">": [var("complaint.service"), 3]})),
    ("a choice is compared with true", "small", "m1acc", when("m1acc", same("referral.decision", True))),
    ("a rule reads a question of a row from outside", "small", "m1acc", when("m1acc", same("referral.given_names", "Wanda"))),
    ("a rule reads the row of a form that binds none", "small", "m1acc", when("m1acc", same("row.decision", "assessment"))),
    ("a move reads what was before", "small", "m1acc", when("m1acc", same("before.decision", "assessment"))),
    ("a move reads the reason for closing", "small", "m1acc", when("m1acc", same("closing.code", "RC7"))),
    ("a guard counts actions of no template", "small", "m5end", put("m5end", when=same("tasks.plan_actions.open", 0), otherwise="Some are open.")),
    ("a guard counts records of no form", "small", "m5end", put("m5end", when={">": [var("records.plan.decided"), 0]}, otherwise="None is there.")),
    ("a guard reads a child's age", "small", "m5end", put("m5end", when={">=": [var("subject.age"), 18]}, otherwise="Too young.")),
    ("a guard compares the stage with one that is not there", "small", "m5end", put("m5end", when=same("subject.stage", "planning"), otherwise="Not now.")),
    ("a guard with an operator that is not there", "small", "m5end", put("m5end", when={"equals": [var("subject.stage"), "plan"]}, otherwise="Not now.")),
    ("a guard that is never true", "small", "m5end", put("m5end", when={"==": [1, 2]}, otherwise="Not now.")),
    ("a guard that asks for two answers at once", "small", "m1acc", when("m1acc", {"and": [same("referral.decision", "assessment"), same("referral.decision", "strategy")]})),
    ("a guard asks for a stage that the move does not lead from", "small", "m5end", put("m5end", when=same("subject.stage", "referral"), otherwise="Not now.")),
    ("a sentence for a guard that is not there", "small", "m5end", put("m5end", otherwise="Finish the actions first.")),
    ("a reason is asked for where nobody acts", "small", "m1acc", put("m1acc", reason="required")),
    ("what becomes of actions where nothing ends", "small", "m1acc", put("m1acc", tasks="close")),
    ("an answer takes both ways", "small", "m1acc m2nfa", when("m2nfa", {"in": [var("referral.decision"), ["nfa", "advice", "signpost", "family_help", "strategy"]]})),
    ("one way is taken whatever the answer", "small", "m1acc m2nfa", on("m2nfa", "record.signed", "referral")),
    ("both ways overlap at a number", "complaint", "m3one m9mon", both(put("m3one", on=trigger("record.signed", "complaint_response_one", {">=": [var("complaint_response_one.payment"), 100]})), by_itself("m9mon", ["stage_one"], "closed", trigger("record.signed", "complaint_response_one", {"<=": [var("complaint_response_one.payment"), 100]}), tasks="close"))),
    ("any record's signature overlaps with one's", "small", "m9any m3pla m4cls m7fam", by_itself("m9any", ["assessment"], "plan", trigger("record.signed"))),
    ("an answer leads nowhere", "small", "m1acc m2nfa s1ref", when("m1acc", same("referral.decision", "assessment"))),
    ("a refusal leads nowhere", "complaint", "m1tak m2not s1rec", when("m2not", same("complaint.decision", "other_procedure"))),
    ("a reason for closing that is not there", "small", "m5end", put("m5end", closing="RC99")),
    ("a reason for closing where nothing ends", "small", "m1acc", put("m1acc", closing="RC7")),
    ("a reason for closing from a question of other codes", "complaint", "m6set", put("m6set", closing=var("complaint.decision"))),
    ("an outcome from a question that is not there", "complaint", "m3one", put("m3one", outcome=var("complaint_response_one.result"))),
    ("an outcome that is a list", "complaint", "m3one", put("m3one", outcome=var("complaint_response_one.remedies"))),
    ("two moves of one key", "small", "m9dup", add("moves", id_="m9dup", key="end_plan", title="End", from_=["assessment"], to="closed", roles=["manager"], tasks="ask")),
    # Clocks
    ("a clock without a limit", "small", "c1ref", put("c1ref", limit=GONE)),
    ("a clock with two kinds of limit", "small", "c1ref", put("c1ref", limits=[{"limit": n(2, "days")}])),
    ("a limit of no hours", "small", "c1ref", put("c1ref", limit=n(0, "hours"))),
    ("limits, and none for everybody else", "small", "c2cfa", put("c2cfa", limit=GONE, limits=[{"when": same("referral.nfa", False), "limit": n(45, "working_days")}])),
    ("a limit that is never come to", "small", "c2cfa", put("c2cfa", limit=GONE, limits=[{"limit": n(45, "working_days")}, {"when": same("referral.nfa", True), "limit": n(10, "working_days")}])),
    ("a limit chosen by a question that is not there", "small", "c2cfa", put("c2cfa", limit=GONE, limits=[{"when": same("referral.urgent", True), "limit": n(10, "working_days")}, {"limit": n(45, "working_days")}])),
    ("a clock stops at what cannot happen", "complaint", "c1ack", put("c1ack", stop=[trigger("record.signed", "clarification")])),
    ("a clock stops at an action that is not there", "complaint", "c1ack", put("c1ack", stop=[trigger("task.done", "acknowledgment")])),
    ("a clock stops only when the case begins", "small", "c2cfa", put("c2cfa", stop=[trigger("case.opened")])),
    ("a clock stops at what starts it", "small", "c1ref", put("c1ref", stop=[trigger("case.opened")])),
    ("a clock is cancelled by what starts it", "small", "c2cfa", put("c2cfa", cancel=[trigger("subject.joined")])),
    ("a clock that nothing starts", "small", "c9ove", clock("c9ove", trigger("clock.overdue", "c9ove_clock"), SIGNED, n(5, "days"))),
    ("a clock that starts when all is over", "small", "c9clo", clock("c9clo", trigger("case.closed"), SIGNED, n(5, "days"), cancel=None)),
    ("a clock starts at a stage that is not there", "small", "c2cfa", put("c2cfa", start=[trigger("stage.entered", "assesment")])),
    ("a clock starts by a rule with a wrong code", "complaint", "c3two", put("c3two", start=[trigger("record.finished", "escalation", same("escalation.how", "pigeon"))])),
    ("a clock starts by somebody's row", "small", "c2cfa", put("c2cfa", start=[trigger("subject.joined", "", same("row.urgent", True))])),
    ("a clock is paused and never resumed", "complaint", "c2one", put("c2one", resume=GONE)),
    ("a clock is resumed and never paused", "complaint", "c2one", put("c2one", pause=GONE)),
    ("a clock is paused by what resumes it", "complaint", "c2one", put("c2one", pause=[trigger("record.finished", "clarification")], resume=[trigger("record.finished", "clarification")])),
    ("a clock is resumed by what cannot happen", "complaint", "c2one", put("c2one", resume=[trigger("record.finished", "clarification", same("clarification.what", "replied"))])),
    ("a statutory clock is paused", "complaint", "c2one", put("c2one", statutory=True)),
    ("a statutory clock says no law", "small", "c1ref", put("c1ref", basis=GONE)),
    ("a warning before the beginning", "small", "c2cfa", put("c2cfa", warn=[n(60, "working_days")])),
    ("a warning in weeks before a limit of fewer days", "complaint", "c2one", put("c2one", warn=[n(3, "weeks")])),
    ("a series that stands still", "small", "c2cfa", put("c2cfa", then=[n(0, "days")])),
    ("a series from the due day that is none", "small", "c2cfa", put("c2cfa", from_="due")),
    ("a series in two ways", "small", "c2cfa", put("c2cfa", then=[n(15, "working_days")], again=True)),
    ("a calendar that is not there", "small", "c1ref", put("c1ref", calendar="scotland")),
    ("reasons from a list that is not there", "small", "c1ref", put("c1ref", reasons="late.reasons")),
    ("two clocks of one key", "small", "c9dup", add("clocks", id_="c9dup", key="assessment", title="Again", per="case", start=[trigger("case.opened")], stop=[trigger("record.signed", "referral")], limit=n(3, "days"))),
    ("a negative limit", "small", "c1ref", put("c1ref", limit=n(-1, "days"))),
    ("a unit that is not there", "small", "c1ref", put("c1ref", limit=n(1, "workdays"))),
    ("half a day", "small", "c1ref", put("c1ref", limit=n(0.5, "days"))),
    # Chains of signatures
    ("nobody uses a chain", "small", "a9new", add("sign_offs", id_="a9new", key="spare", steps=[step()])),
    ("an author may sign what is another's to sign", "complaint", "a2res", steps("a2res", step())),
    ("an author may give the second signature", "complaint", "a2res", steps("a2res", step("manager", "author"), step("manager"))),
    ("every signature has a condition", "complaint", "a2res", steps("a2res", step("manager", "author", when=same("complaint_response_one.outcome", "upheld")))),
    ("a step reads a question that is not there", "complaint", "a2res", steps("a2res", step("manager", "author"), step("manager", "author", when={">": [var("complaint_response_one.amount"), 500]}))),
    ("a step names a code that is not there", "complaint", "a2res", steps("a2res", step("manager", "author"), step("manager", "author", when=same("complaint_response_one.outcome", "lost")))),
    ("a step that is never asked for", "complaint", "a2res", steps("a2res", step("manager", "author"), step("manager", "author", when={"==": [1, 2]}))),
    ("six steps", "small", "a1dec", steps("a1dec", *[step()] * 6)),
    ("a chain without steps", "small", "a1dec", steps("a1dec")),
    ("a role that is not there", "small", "a1dec", steps("a1dec", step("head_of_service"))),
    ("two chains of one key", "small", "a9dup", add("sign_offs", id_="a9dup", key="decision", steps=[step()])),
    # Actions
    ("actions from a repeat that is not there", "small", "t1act", part("t1act", "rows", repeat=["outcomes", "tasks"])),
    ("actions from an inner repeat without the outer", "small", "t1act", part("t1act", "rows", repeat=["actions"])),
    ("actions titled by a question that is not there", "small", "t1act", part("t1act", "rows", title="name")),
    ("actions titled by a question of the outer row", "small", "t1act", part("t1act", "rows", title="need")),
    ("actions titled by a date", "small", "t1act", part("t1act", "rows", title="by_when")),
    ("actions due on a text", "small", "t1act", part("t1act", "rows", due="what")),
    ("actions owned by a text", "small", "t1act", part("t1act", "rows", owner="who_else")),
    ("actions of an outsider who is a worker", "small", "t1act", part("t1act", "rows", outsider="who")),
    ("evidence that is a date", "small", "t1act", part("t1act", "rows", evidence="by_when")),
    ("rows of no form", "small", "t1act", on("t1act", "stage.entered", "plan")),
    ("rows of any form", "small", "t1act", on("t1act", "record.signed")),
    ("actions from what cannot happen", "small", "t1act", on("t1act", "record.finished", "child_in_need_plan")),
    ("actions from a form that is not there", "small", "t1act", on("t1act", "record.signed", "plan_of_action")),
    ("an action that only itself brings about", "complaint", "t9sel", add("tasks", id_="t9sel", key="itself", title="Itself", on=trigger("task.done", "itself"), role="worker")),
    ("an action is cancelled by what brings it about", "complaint", "t1ack", put("t1ack", cancel=[trigger("case.opened")])),
    ("an action is brought about for a stage that is not there", "complaint", "t2ac2", on("t2ac2", "stage.entered", "stage_too")),
    ("two templates of one key", "complaint", "t9dup", add("tasks", id_="t9dup", key="remedy_one", title="Again", on=trigger("case.opened"), role="worker")),
    # Checks
    ("a check of a form that is not there", "complaint", "k1esc", put("k1esc", of="escalations")),
    ("a check of a move that is not there", "complaint", "k9mov", check("k9mov", "move", same("subject.stage", "answered"), "settled")),
    ("a check of a move by the key of a form", "complaint", "k9mov", check("k9mov", "move", same("subject.stage", "answered"), "escalation")),
    ("a check of closing, of a form", "complaint", "k9clo", check("k9clo", "case.close", same("subject.stage", "received"), "complaint")),
    ("a check of a signature that nobody gives", "complaint", "k9sig", check("k9sig", "record.sign", same("clarification.what", "asked"), "clarification")),
    ("a check that always refuses", "complaint", "k1esc", put("k1esc", when={"==": [1, 1]})),
    ("a check that is simply true", "complaint", "k1esc", put("k1esc", when=True)),
    ("a check that never refuses", "complaint", "k3ask", put("k3ask", when={"and": [same("clarification.what", "answered"), same("clarification.what", "asked")]})),
    ("a check that is simply false", "complaint", "k1esc", put("k1esc", when=False)),
    ("a count below nothing", "complaint", "k1esc", put("k1esc", when={"<": [var("records.complaint_response_one.decided"), 0]})),
    ("a check reads what was before a record that is not there yet", "complaint", "k1esc", put("k1esc", when=same("before.taken", False))),
    ("a check reads the reason for closing too early", "complaint", "k2two", put("k2two", when=same("closing.code", "withdrawn"))),
    ("a check of closing by a reason that is not there", "complaint", "k9clo", check("k9clo", "case.close", same("closing.code", "won"))),
    ("a check compares a date with a number", "complaint", "k5ord", put("k5ord", when={"<": [var("clarification.happened_on"), 5]})),
    ("a check of a stage that is not there", "complaint", "k2two", put("k2two", when={"!=": [var("subject.stage"), "stage_too"]})),
    ("a check that says nothing", "complaint", "k2two", put("k2two", message=GONE)),
    ("a check on an event instead of a command", "complaint", "k2two", put("k2two", on="record.signed")),
    # Notices
    ("a notice of a form that is not there", "small", "n1new", add("notices", id_="n1new", on="record.signed", of="plan", to=["author"])),
    ("a notice of an action by the key of a form", "small", "n1new", add("notices", id_="n1new", on="task.due", of="referral", to=["owner"])),
    ("a notice of a clock that is not there", "small", "n1new", add("notices", id_="n1new", on="clock.overdue", of="plan", to=["worker"])),
    ("a notice to nobody", "small", "n1new", add("notices", id_="n1new", on="record.signed", to=[])),
    ("a record's owner is told, and it has none", "small", "n1new", add("notices", id_="n1new", on="record.signed", to=["owner"])),
    ("an action's author is told, and it has none", "small", "n1new", add("notices", id_="n1new", on="task.overdue", to=["author"])),
    ("a clock without a warning is told as due", "small", "n1new", add("notices", id_="n1new", on="clock.due", of="referral_decision", to=["worker"])),
    ("a notice of a signature that nobody gives", "complaint", "n1new", add("notices", id_="n1new", on="record.signed", of="escalation", to=["author"])),
    ("a move of team, of a form", "small", "n1new", add("notices", id_="n1new", on="case.transferred", of="referral", to=["managers"])),
    # Permissions
    ("nobody may submit", "small", "/permissions", top("permissions", [{"role": "worker", "may": ["start", "fill", "task"]}, {"role": "manager", "may": ["sign", "move", "close"]}])),
    ("nobody may sign", "small", "/permissions", top("permissions", [{"role": "worker", "may": ["start", "fill", "submit", "task"]}, {"role": "manager", "may": ["move", "close"]}])),
    ("those may sign who are not asked to", "small", "/permissions", top("permissions", [{"role": "worker", "may": ["start", "fill", "submit", "sign", "task"]}, {"role": "manager", "may": ["move", "close"]}])),
    ("nobody may start one of the forms", "small", "/permissions", top("permissions", [{"role": "worker", "forms": ["referral", "child_in_need_plan"], "may": ["start", "fill", "submit"]}, {"role": "manager", "may": ["sign", "move", "close", "task"]}])),
    ("nobody may make a move by hand", "small", "/permissions m5end m6cls", top("permissions", [{"role": "worker", "may": ["start", "fill", "submit", "task"]}, {"role": "manager", "may": ["sign", "close"]}])),
    ("rights to a form that is not there", "small", "/permissions", top("permissions", [{"role": "worker", "may": ALL_RIGHTS}, {"role": "manager", "may": ALL_RIGHTS}, {"role": "worker", "forms": ["refferal"], "may": ["fill"]}])),
    # Versions, retention, lists
    ("people are moved to a stage that is not there", "small", "/upgrade", top("upgrade", [{"from": 1, "stages": {"triage": "assess"}}])),
    ("a version is told twice", "small", "/upgrade", top("upgrade", [{"from": 1, "clocks": "keep"}, {"from": 1, "clocks": "recompute"}])),
    ("a step for a payment both dear and cheap", "complaint", "a2res", steps("a2res", step("manager", "author"), step("manager", "author", when={"and": [{">": [var("complaint_response_one.payment"), 500]}, {"<": [var("complaint_response_one.payment"), 100]}]}))),
    ("people are moved to an end without a word", "small", "/upgrade", top("upgrade", [{"from": 1, "stages": {"triage": "closed"}}])),
    ("kept for nothing", "small", "/retention", top("retention", {"keep": n(0, "years"), "from": "case.closed", "basis": "None."})),
    ("kept for so many working days", "small", "/retention", top("retention", {"keep": n(0, "working_days"), "from": "case.opened", "basis": "None."})),
    ("reasons for closing from a list that is not there", "small", "/closing", top("closing", {"list": "cin.reasons"})),
    ("a list that is not there", "small", "/lists", top("lists", ["cin.reasons"])),
    # The shape
    ("one id for two rows of different blocks", "small", "s1ref m5end", put("m5end", id="s1ref")),
    ("an id that is too short", "small", "m5 /moves", put("m5end", id="m5")),
    ("a part that the language has not", "small", "s3pla", put("s3pla", colour="red")),
    ("a key with a capital and a space", "small", "s3pla", put("s3pla", key="The Plan")),
    ("a title that is a number", "small", "s3pla", put("s3pla", title=3)),
    ("an empty title", "small", "/title", top("title", "")),
    ("no moves at all", "small", "s1ref", top("moves", [])),
    ("an empty list of forms", "small", "/forms", top("forms", [])),
    ("a block that is no list", "small", "/stages", top("stages", {"referral": {}})),
    ("a row that is no object", "small", "/clocks", lambda d: d["clocks"].append("assessment")),
    ("a language of the future", "small", "/casetype", top("casetype", 2)),
    ("nobody whom it is about", "small", "/subjects", top("subjects", {"called": "child", "most": 0})),
    ("sixty-one stages", "small", "/stages", both(*[stage(f"s9x{i:03}", f"more_{i}") for i in range(57)])),
    ("a rule a thousand deep", "small", "m1acc", when("m1acc", nested(1000))),
    ("a message as long as a book", "complaint", "k2two", put("k2two", message="No. " * 5000)),
)
# fmt: on

MISTAKES = tuple(Mistake(*one) for one in _TOLD)


# --- Odd, and right -------------------------------------------------------------------------------


def _bare(*forms: Document, **blocks: Any) -> Document:
    found: Document = {
        "casetype": 1,
        "key": "odd",
        "title": "Odd",
        "subjects": {"called": "person"},
        "closing": {"list": "complaint.closing"},
        "forms": list(forms) or [{"id": "f1not", "form": "clarification", "per": "case"}],
        "stages": [
            {"id": "s1all", "key": "all", "title": "All", "first": True, "forms": [{"form": "clarification", "need": "any"}]},
            {"id": "s2end", "key": "over", "title": "Over", "end": True},
        ],
        "moves": [{"id": "m1end", "key": "finish", "title": "End", "from": ["all"], "to": "over", "roles": ["worker"]}],
    }  # fmt: skip
    return found | blocks


def _with(name: str, *changes: Change) -> Document:
    found = _bare() if name == "bare" else base(name)
    both(*changes)(found)
    return found


def _ring() -> Document:
    keys = ["all", *(f"round_{i}" for i in range(1, 40))]
    found = _bare()
    for i, key in enumerate(keys):
        if i:
            stage(f"s9x{i:02}", key)(found)
        by_hand(f"m9x{i:02}", [key], keys[(i + 1) % 40])(found)
    return found


def _passing_through() -> Document:
    found = _bare()
    keys = ["all", "one", "two", "three", "four", "five"]
    for i, (a, b) in enumerate(pairwise(keys)):
        stage(f"s9x{i}0", b)(found)
        event = trigger("record.finished", "clarification") if i == 0 else trigger("stage.entered", a)  # fmt: skip
        by_itself(f"m9x{i}0", [a], b, event)(found)
    by_hand("m9end", ["five"], "over")(found)
    return found


_NOTE = trigger("record.finished", "clarification")
_EVERY_UNIT = [
    clock(f"c9x{i}0", trigger("case.opened"), _NOTE, n(k, unit), warn=[n(1, unit)])
    for i, (k, unit) in enumerate(
        [(72, "hours"), (5, "working_days"), (9, "days"), (6, "weeks"), (3, "months"), (2, "years")]
    )
]
_UPHELD = same("complaint_response_one.outcome", "upheld")
_PAYMENT = "complaint_response_one.payment"

# fmt: off
ODD: dict[str, Document] = {
    "one stage and an end": _bare(),
    "a stage that leads to itself by hand": _with("bare", by_hand("m9aga", ["all"], "all")),
    "a clock in every unit": _with("bare", *_EVERY_UNIT),
    "a limit of no working days: the same day": _with("small", put("c1ref", limit=n(0, "working_days"))),
    "a series from the due day, in three steps": _with("small", put("c2cfa", statutory=False, then=[n(15, "working_days"), n(3, "months"), n(6, "months")], from_="due")),
    "a clock that runs again by the answers then": _with("complaint", put("c2one", limit=GONE, again=True, warn=[n(1, "working_days")], limits=[{"when": same("complaint.at_risk", True), "limit": n(3, "working_days")}, {"limit": n(10, "working_days")}])),
    "a statutory clock that begins anew": _with("small", put("c2cfa", restart=[trigger("stage.entered", "assessment")])),
    "five signatures": _with("complaint", steps("a2res", *[step("manager", "author", "earlier")] * 5)),
    "signatures with conditions, and a worker's": _with("complaint", steps("a2res", step("worker", "author"), step("manager", "author", "earlier", when=_UPHELD), step("manager", "author", "earlier", when={">": [var(_PAYMENT), 500]}))),
    "two ends": _with("bare", stage("s9oth", "elsewhere", end=True), by_hand("m9oth", ["all"], "elsewhere", outcome="elsewhere", closing="withdrawn", tasks="carry")),
    "a ring of forty stages with one way out": _ring(),
    "five stages passed through at once": _passing_through(),
    "moves by hand alone": _with("small", drop("m1acc"), drop("m2nfa"), drop("m3pla"), drop("m4cls"), drop("m7fam"), by_hand("m9for", ["referral"], "assessment"), by_hand("m9pla", ["assessment"], "plan")),
    "one move from everywhere": _with("small", by_hand("m9all", ["referral", "assessment", "plan"], "closed", roles=["worker", "manager"], reason="optional", tasks="carry")),
    "ways parted by not": _with("complaint", when("m2not", {"and": [{"!": [same("complaint.decision", "accept")]}, {"!!": [var("complaint.decision")]}]})),
    "ways parted by a number": _with("complaint", put("m3one", on=trigger("record.signed", "complaint_response_one", {"!": [{">": [var(_PAYMENT), 100]}]})), by_itself("m9mon", ["stage_one"], "closed", trigger("record.signed", "complaint_response_one", {">": [var(_PAYMENT), 100]}), tasks="close")),
    "a move when a clock is late, another when all is done": _with("complaint", by_itself("m9lat", ["stage_one"], "stage_two", trigger("clock.overdue", "stage_one")), by_itself("m9don", ["answered"], "closed", trigger("tasks.done", "remedy_one"), outcome="settled", closing="upheld", tasks="close")),
    "a stage that waits for an action alone": _with("complaint", stage("s9wai", "waiting"), by_hand("m9wai", ["answered"], "waiting"), by_itself("m9bac", ["waiting"], "answered", trigger("task.done", "acknowledgement"))),
    "an action for each when a clock is late": _with("complaint", add("tasks", id_="t9lat", key="late", title="Say why", on=trigger("clock.overdue", "stage_one"), per="subject", role="manager", due=n(0, "days"), priority="high", checklist=["Ring", "Write"], cancel=[trigger("record.signed", "complaint_response_one")])),
    "a review that judges actions and binds its rows": _with("small", review()),
    "a review whose rows decide each child's way": _with("small", review(), by_itself("m9row", ["plan"], "closed", trigger("record.signed", "cin_review", same("row.decision", "end")), outcome=var("row.decision"), tasks="close")),
    "sections that siblings share": _with("small", put("f2cfa", copy=["housing", "income", "wider_family"])),
    "rights by form": _with("small", top("permissions", [{"role": "worker", "may": ["start", "fill", "submit", "task"]}, {"role": "manager", "may": ALL_RIGHTS}, {"role": "worker", "forms": ["referral"], "may": ["sign"]}])),
    "every notice there is": _with("small", *[add("notices", id_=f"n9x{i}0", on=what, to=to) for i, (what, to) in enumerate([("task.assigned", ["owner"]), ("task.due", ["owner", "worker"]), ("task.overdue", ["owner", "managers"]), ("clock.due", ["worker"]), ("clock.overdue", ["worker", "managers"]), ("record.submitted", ["managers"]), ("record.returned", ["author"]), ("record.signed", ["author", "worker"]), ("case.transferred", ["worker", "managers"])])]),
    "a check on every command": _with("complaint", check("k9one", "record.start", {">": [var("records.complaint_response_two.open"), 0]}), check("k9two", "record.sign", {">": [var("tasks.acknowledgement.open"), 0]}, "complaint_response_one"), check("k9thr", "move", {"==": [var("case.open_subjects"), 1]}, "settle"), check("k9fou", "subject.close", {"!": [var("subject.outcome")]}), check("k9fiv", "case.close", {"and": [same("closing.code", "withdrawn"), {">": [var("records.complaint_response_two.decided"), 0]}]})),
    "an outcome worked out": _with("complaint", put("m3one", outcome={"if": [_UPHELD, "upheld", same("complaint_response_one.outcome", "partly"), "partly", "not_upheld"]})),
    "people of a stage that is gone": _with("small", top("upgrade", [{"from": 1, "stages": {"triage": "referral"}, "clocks": "recompute"}, {"from": 2, "clocks": "keep"}])),
    "people of a stage that means another now": _with("small", top("upgrade", [{"from": 1, "stages": {"assessment": "plan"}}])),
    "an action after the end": _with("complaint", add("tasks", id_="t9end", key="after", title="Write to everybody", on=trigger("case.closed"), role="worker", due=n(5, "days"))),
    "limits by rule, and one for everybody else": _with("small", put("c2cfa", limits=[{"when": same("referral.immediate_danger", True), "limit": n(12, "working_days")}])),
    "kept for seventy-five years": _with("small", top("retention", {"keep": n(75, "years"), "from": "case.closed", "basis": "Looked after children: 75 years from birth."})),
    "fifty people and no group": _with("bare", top("subjects", {"called": "neighbour", "most": 50})),
    "what ships: child in need": casetypes.shipped("child_in_need"),
    "what ships: complaint": casetypes.shipped("complaint"),
}
# fmt: on


def ids(of: str) -> Mapping[str, frozenset[str]]:
    """What `at` names: the ids of rows, and the paths of blocks."""
    words = of.split()
    return {
        "rows": frozenset(one for one in words if not one.startswith("/")),
        "blocks": frozenset(one for one in words if one.startswith("/")),
    }
