"""Explore a case type: every stage and outcome that its moves can lead to, and how they conflict. Pure.

Breadth first over (stage, outcome) of one subject. A rule that reads only where the subject is, is
worked out; of any other it is taken that it may hold. What two moves on one event do with an answer
is found by trying every code of the questions that their rules read.
"""

from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import Any

from casetypes import tries
from casetypes.names import holds
from casetypes.rows import Row, block, found_at
from formdefs import rules
from formdefs.shapes import DefinitionProblem

Document = Mapping[str, Any]
Found = Iterator[DefinitionProblem]
Place = tuple[str, str]  # stage, outcome
_NO_FACTS: Mapping[str, Any] = {}


def places(document: Document) -> set[Place]:
    """Every (stage, outcome) that a subject can come to."""
    first = next(row.raw["key"] for row in block(document, "stages") if row.raw.get("first"))
    found: set[Place] = {(first, "")}
    waiting = [(first, "")]
    while waiting:
        stage, outcome = waiting.pop(0)
        for row in block(document, "moves"):
            if stage in row.raw["from"] and _may_hold(row.raw, stage, outcome):
                told = row.raw.get("outcome", outcome)
                place = (row.raw["to"], told if isinstance(told, str) else "")
                if place not in found:
                    found.add(place)
                    waiting.append(place)
    return found


def problems(
    document: Document, forms: Mapping[str, Document], lists: Mapping[str, Document]
) -> Found:
    """Yield where moves lead nowhere, in a circle, or two ways at once; and clocks that run on."""
    reached = {stage for stage, _outcome in places(document)}
    yield from _ways(document, reached)
    yield from _circles(document)
    for row in block(document, "stages"):
        yield from _choices(document, row, forms, lists)
    yield from _elsewhere(document)
    yield from _running_on(document, reached)


def _ways(document: Document, reached: set[str]) -> Found:
    moves = block(document, "moves")
    ends = {row.raw["key"] for row in block(document, "stages") if row.raw.get("end")}
    to_end = set(ends)
    grown = True
    while grown:
        before = len(to_end)
        to_end |= {s for row in moves if row.raw["to"] in to_end for s in row.raw["from"]}
        grown = len(to_end) > before
    for row in block(document, "stages"):
        stage = row.raw["key"]
        if stage not in reached:
            says = f"No way leads to “{row.raw['title']}”."
            yield found_at(row, "", "unreachable", says, "Add a move to it, or take it off.")
        elif stage not in ends and not any(stage in move.raw["from"] for move in moves):
            says = f"No move leads out of “{row.raw['title']}”, so a case would be stuck there."
            yield found_at(row, "", "dead_end", says, "Add a move, or mark it as an end.")
        elif stage not in to_end:
            says = f"No way leads from “{row.raw['title']}” to an end."
            yield found_at(row, "", "no_end", says, "Add a move that leads to one.")


def _circles(document: Document) -> Found:
    """Moves that set each other off by stages alone."""
    by_stage = [
        row
        for row in block(document, "moves")
        if "on" in row.raw and row.raw["on"]["event"] in ("stage.entered", "stage.left")
    ]
    for row in by_stage:
        seen, stage = [row], row.raw["to"]
        while True:
            follows = next((move for move in by_stage if stage in move.raw["from"]), None)
            if follows is None:
                break
            if follows is row:
                told = " → ".join(f"“{move.raw['key']}”" for move in [*seen, row])
                says = f"These moves follow each other without end: {told}."
                fix = "Let one of them wait for a record, or be made by hand."
                yield found_at(row, "/on", "endless", says, fix)
                break
            if follows in seen:
                break
            seen.append(follows)
            stage = follows.raw["to"]


def _choices(
    document: Document, stage: Row, forms: Mapping[str, Document], lists: Mapping[str, Document]
) -> Found:
    """Moves out of one stage on the same event: no answer may lead two ways, and each leads one."""
    key = stage.raw["key"]
    out = [row for row in block(document, "moves") if key in row.raw["from"]]
    by_event: dict[tuple[str, str], list[Row]] = {}
    for row in out:
        if "on" in row.raw:
            on = (row.raw["on"]["event"], row.raw["on"].get("of", ""))
            by_event.setdefault(on, []).append(row)
    for (event, of), same in by_event.items():
        # What waits for any form's event waits for this one's too.
        moves = [*same, *(by_event.get((event, ""), ()) if of else ())]
        reading = tries.Reading(document, forms, lists, of, (key,))
        asked = _asked(moves, reading)
        if asked is None:
            for one, other in combinations(moves, 2):
                yield _two_ways(one, other, "it cannot be told that only one of them holds")
            continue
        led: dict[str, set[Any]] = {name: set() for name in asked}
        for tried in tries.tries(asked):
            both = [row for row in moves if _holds(row.raw, tried)]
            if len(both) > 1:
                yield _two_ways(both[0], both[1], f"both hold when {_told(tried)}")
                break
            if both or any(_by_hand(row.raw, tried) for row in out):
                for name, answer in tried.items():
                    led[name].add(answer)
        else:
            needed = {use["form"] for use in stage.raw.get("forms", ()) if use["need"] == "one"}
            if of in needed and event != "record.submitted":
                yield from _leads_nowhere(moves[0], asked, led, reading)


def _leads_nowhere(
    row: Row,
    asked: Mapping[str, list[Any]],
    led: Mapping[str, set[Any]],
    reading: tries.Reading,
) -> Found:
    """Answers with which no move is made, whatever else is answered."""
    for name, codes in asked.items():
        read = tries.question(name, reading)
        if read is None or read[0].raw.get("type") not in ("choice", "yes_no"):
            continue
        for code in codes:
            if code is not None and code not in led[name]:
                says = f"The answer “{code}” to “{name}” leads nowhere."
                fix = "Add it to a move's rule, or a move by hand with a rule that reads it."
                yield found_at(row, "/on", "leads_nowhere", says, fix)


def _elsewhere(document: Document) -> Found:
    """Moves that wait for a form which none of their stages asks for."""
    asked = {
        row.raw["key"]: {use["form"] for use in row.raw.get("forms", ())}
        for row in block(document, "stages")
    }
    for row in block(document, "moves"):
        trigger = row.raw.get("on", {})
        of = trigger.get("of", "")
        if not trigger.get("event", "").startswith("record.") or not of:
            continue
        for place, stage in enumerate(row.raw["from"]):
            if of not in asked.get(stage, ()):
                says = f"It waits for “{of}”, which “{stage}” does not ask for."
                fix = "Add the form to that stage, or take the stage off."
                yield found_at(row, f"/from/{place}", "not_asked_here", says, fix)


def _running_on(document: Document, reached: set[str]) -> Found:
    """Clocks that nothing could stop, or that run on when a subject's part is over."""
    ends = {row.raw["key"] for row in block(document, "stages") if row.raw.get("end")}
    asked = {
        use["form"]
        for row in block(document, "stages")
        if row.raw["key"] in reached
        for use in row.raw.get("forms", ())
    }
    into_ends = [
        row.raw
        for row in block(document, "moves")
        if row.raw["to"] in ends and reached & set(row.raw["from"])
    ]
    for row in block(document, "clocks"):
        stops = row.raw["stop"]
        if not any(_can_happen(stop, asked, reached) for stop in stops):
            says = "Nothing that it waits for can happen, so it cannot stop."
            yield found_at(row, "/stop", "cannot_stop", says, "Name an event that can happen.")
        for place, cancel in enumerate(row.raw.get("cancel", ())):
            by_stage = cancel["event"] in ("stage.entered", "stage.left")
            if row.raw.get("statutory") and by_stage and cancel.get("of") not in ends:
                says = "It is statutory: moving on to another stage never cancels it."
                fix = "Cancel it only where a part ends."
                yield found_at(row, f"/cancel/{place}", "statutory", says, fix)
        ending = [*stops, *row.raw.get("cancel", ())]
        if row.raw["per"] == "case":
            if not any(trigger["event"] == "case.closed" for trigger in ending):
                says = "It may run on after the case is closed."
                yield found_at(row, "", "runs_on", says, "Cancel it on “case.closed”.")
            continue
        for move in into_ends:
            if not any(_ends_with(trigger, move) for trigger in ending):
                says = f"It runs on after “{move['title']}”."
                fix = f"Cancel it when “{move['to']}” is entered."
                yield found_at(row, "", "runs_on", says, fix)
                break


def _can_happen(trigger: Document, asked: set[str], reached: set[str]) -> bool:
    of = trigger.get("of", "")
    if not of:
        return True
    if trigger["event"].startswith("record."):
        return of in asked
    return not trigger["event"].startswith("stage.") or of in reached


def _ends_with(trigger: Document, move: Document) -> bool:
    """Whether a trigger is met whenever the move happens."""
    if "when" in trigger:
        return False
    of = trigger.get("of", "")
    if trigger["event"] == "stage.entered":
        return of in ("", move["to"])
    if trigger["event"] == "stage.left":
        return of == "" or set(move["from"]) == {of}
    on = move.get("on", {})
    return trigger["event"] == on.get("event") and of in ("", on.get("of"))


# Rules tried with every answer -------------------------------------------------------------------


def _asked(moves: list[Row], reading: tries.Reading) -> dict[str, list[Any]] | None:
    """The questions that rules of moves read, each with all that may be answered; None if open."""
    told = [rule for row in moves for rule in _rules_of(row.raw)]
    paths = {path for rule in told for path in rules.references(rule)}
    found: dict[str, list[Any]] | None = tries.all_values(told, paths, reading)
    return found


def _holds(move: Document, tried: Mapping[str, Any]) -> bool:
    return all(tries.true_of(rule, tried) for rule in _rules_of(move))


def _by_hand(move: Document, tried: Mapping[str, Any]) -> bool:
    """Whether a move by hand is there for just these answers: its rule reads them, and holds."""
    if "roles" not in move or "when" not in move:
        return False
    return bool(rules.references(move["when"]) & set(tried)) and _holds(move, tried)


def _rules_of(move: Document) -> list[Any]:
    found = [move["when"]] if "when" in move else []
    return [*found, move["on"]["when"]] if "when" in move.get("on", {}) else found


def _may_hold(move: Document, stage: str, outcome: str) -> bool:
    known = {"subject": {"stage": stage, "outcome": outcome}}
    return all(
        holds(rule, known, _NO_FACTS)
        for rule in _rules_of(move)
        if rules.references(rule) <= {"subject.stage", "subject.outcome"}
    )


def _two_ways(one: Row, other: Row, why: str) -> DefinitionProblem:
    says = f"“{one.raw['key']}” and “{other.raw['key']}” wait for the same, and {why}."
    fix = "Give each a rule that leaves no answer to both."
    return found_at(other, "/on", "two_ways", says, fix)


def _told(tried: Mapping[str, Any]) -> str:
    return (
        " and ".join(
            f"“{name}” is {'empty' if value is None else f'“{value}”'}"
            for name, value in tried.items()
        )
        or "nothing is asked"
    )
