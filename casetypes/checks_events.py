"""Judge what a case type waits for: that it is there, and can happen when it is waited for. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

from casetypes.meta_schema import EVENTS
from casetypes.rows import Row, block, found_at, named, triggers
from formdefs.shapes import DefinitionProblem

Document = Mapping[str, Any]
Found = Iterator[DefinitionProblem]


def problems(document: Document) -> Found:
    """Yield triggers that name nothing, cannot happen, or undo each other; checks likewise."""
    signed = {row.raw["form"]: "sign_off" in row.raw for row in block(document, "forms")}
    of_kind = {
        "form": set(signed),
        "stage": _keys(document, "stages"),
        "task": _keys(document, "tasks"),
        "clock": _keys(document, "clocks"),
    }
    for row, at, trigger in triggers(document):
        event, of = trigger["event"], trigger.get("of", "")
        kind = EVENTS[event]
        if of and not kind:
            says = f"“{event}” is of nothing in particular, so “{of}” is never looked at."
            yield found_at(row, f"{at}/of", "needless", says, "Take “of” off.")
            continue
        if kind and of:
            yield from named(row, f"{at}/of", of, of_kind[kind], kind)
        if event in ("record.signed", "record.returned") and signed.get(of) is False:
            says = f"“{of}” has no sign-off, so it is never {event.partition('.')[2]}."
            yield found_at(row, at, "cannot_happen", says, "Wait for record.finished instead.")
        if event == "record.finished" and signed.get(of):
            says = f"“{of}” is signed, so it is never finished without."
            yield found_at(row, at, "cannot_happen", says, "Wait for record.signed instead.")
    for row in block(document, "moves"):
        yield from _move(row, document)
    for row in block(document, "clocks"):
        yield from _clock(row)
    for row in block(document, "tasks"):
        yield from _task(row)
    for row in block(document, "checks"):
        yield from _check(row, signed)


def _move(row: Row, document: Document) -> Found:
    """A move by itself is made while a subject is in one of its stages: not every event can be then."""
    trigger = row.raw.get("on", {})
    event, of = trigger.get("event", ""), trigger.get("of", "")
    if event == "case.closed":
        says = "It waits for the end of the case, and then nobody moves any more."
        yield found_at(row, "/on", "cannot_happen", says, "Wait for something before that.")
    only = ""
    if event == "case.opened":
        only = next((s["key"] for s in document["stages"] if s.get("first")), "")
    elif event == "stage.entered":
        only = of
    for place, stage in enumerate(row.raw["from"]):
        if only and stage != only:
            says = f"Nobody is in “{stage}” when that happens: they are in “{only}”."
            fix = "Take the stage off, or wait for something that happens there."
            yield found_at(row, f"/from/{place}", "cannot_happen", says, fix)


def _clock(row: Row) -> Found:
    raw = row.raw
    if all(_is_own(trigger, "clock.overdue", raw["key"]) for trigger in raw["start"]):
        says = "Only its own lateness would start it, so it never runs."
        yield found_at(row, "/start", "cannot_happen", says, "Name what starts it.")
    for part in ("stop", "cancel", "pause", "resume"):
        for place, trigger in enumerate(raw.get(part, ())):
            at = f"/{part}/{place}"
            if trigger["event"] == "case.opened" and trigger not in raw["start"]:
                says = "A case is opened before any of its clocks runs."
                yield found_at(row, at, "cannot_happen", says, "Name a later event.")
    clashes = (
        ("stop", "start", "stops_at_once", "The same event starts it and stops it."),
        ("cancel", "start", "stops_at_once", "The same event starts it and cancels it."),
        ("resume", "pause", "pause", "The same event pauses it and sets it going again."),
    )
    for part, other, code, says in clashes:
        for place, trigger in enumerate(raw.get(part, ())):
            if trigger in raw.get(other, ()):
                yield found_at(row, f"/{part}/{place}", code, says, "Name another event.")


def _task(row: Row) -> Found:
    on = row.raw["on"]
    if _is_own(on, "task.done", row.raw["key"]) or _is_own(on, "tasks.done", row.raw["key"]):
        says = "It comes up only when it is done itself, so it never does."
        yield found_at(row, "/on", "cannot_happen", says, "Name what brings it about.")
    for place, trigger in enumerate(row.raw.get("cancel", ())):
        if trigger == on:
            says = "The same event brings it about and cancels it."
            yield found_at(row, f"/cancel/{place}", "stops_at_once", says, "Name another event.")


def _check(row: Row, signed: Mapping[str, bool]) -> Found:
    command, of = row.raw["on"], row.raw.get("of", "")
    if of and command in ("case.close", "subject.close"):
        says = f"“{command}” is of no form and no move, so “{of}” is never looked at."
        yield found_at(row, "/of", "needless", says, "Take “of” off.")
    if command == "record.sign" and signed.get(of) is False:
        says = f"“{of}” has no sign-off, so nobody signs it."
        yield found_at(row, "/on", "cannot_happen", says, "Refuse “record.submit” instead.")


def _is_own(trigger: Document, event: str, key: str) -> bool:
    return bool(trigger["event"] == event and trigger.get("of") == key)


def _keys(document: Document, name: str) -> set[str]:
    return {row.raw["key"] for row in block(document, name)}
