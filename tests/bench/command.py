"""`python -m tests.bench.command`: one command that brings much about, against its rows written plainly; and the engine's answer alone.

A signature on a plan of a small case type: three events (the signature, and two persons who move on), two
clocks (one stops, one starts) and five actions. Plainly: the same rows by Django's ORM and simple-history,
with nothing decided, checked or compared.
"""

import argparse
import hashlib
import json
import sys
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from tests.bench.measure import Line, cpu_ms
from tests.bench.site import prepare

KEY = "bench_case"
TYPE: dict[str, Any] = {
    "casetype": 1, "key": KEY, "title": "Bench",
    "subjects": {"called": "person"}, "closing": {"list": "cin.reason_for_closure"},
    "forms": [{"id": "f1sml", "form": "small", "per": "case", "sign_off": "one"}],
    "stages": [
        {"id": "s1one", "key": "one", "title": "One", "first": True, "forms": [{"form": "small", "need": "one"}]},
        {"id": "s2two", "key": "two", "title": "Two"}, {"id": "s3end", "key": "over", "title": "Over", "end": True},
    ],
    "moves": [
        {"id": "m1two", "key": "on", "title": "On", "from": ["one"], "to": "two",
         "on": {"event": "record.signed", "of": "small", "when": {"==": [{"var": "small.seen"}, True]}}},
        {"id": "m2end", "key": "end", "title": "End", "from": ["two"], "to": "over", "roles": ["manager"]},
    ],
    "clocks": [
        {"id": "c1wri", "key": "write", "title": "Write the plan", "per": "case", "start": [{"event": "case.opened"}],
         "stop": [{"event": "record.signed", "of": "small"}], "limit": {"n": 20, "unit": "working_days"}},
        {"id": "c2rev", "key": "review", "title": "Review the plan", "per": "case",
         "start": [{"event": "record.signed", "of": "small"}], "limit": {"n": 3, "unit": "months"}},
    ],
    "sign_offs": [{"id": "a1one", "key": "one", "steps": [{"role": "manager"}]}],
    "tasks": [
        {"id": "t1act", "key": "act", "title": "Action", "on": {"event": "record.signed", "of": "small"},
         "rows": {"repeat": ["needs", "actions"], "title": "what"}},
    ],
}  # fmt: skip
ACTIONS = [{"_id": f"action{n:02d}", "what": f"Do number {n}"} for n in range(5)]
PAGES = {
    "visit": {"seen": True},
    "plan": {"needs": [{"_id": "needaaaa", "need": "A bed", "actions": ACTIONS}]},
}


def main() -> int:
    """Print every line, on the (new) database that the environment names; return 1 for a missed target."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.command", description=main.__doc__)
    parser.add_argument("--reduced", action="store_true")
    rounds = 5 if parser.parse_args().reduced else 11
    lines = [*command(prepare(), rounds=rounds, times=10), *decide_alone(rounds=rounds, times=50)]
    for line in lines:
        print(f"  {line}", flush=True)
    return 0 if all(line.met for line in lines) else 1


def command(cast: Any, *, rounds: int, times: int) -> list[Line]:
    """Sign, against the rows of a signature; each on a case of its own that is ready for it."""
    from tests.cast import publish_case_types
    from tests.stored.small_form import publish_small

    publish_small(cast.ada)
    publish_case_types(TYPE)
    calls = 2 + max(3, times // 4) + rounds * times
    ready = [_submitted(cast) for _ in range(2 * calls)]
    ours: Callable[[], Any] = lambda: _sign(cast, *ready.pop())  # noqa: E731
    plain: Callable[[], Any] = lambda: _plainly(cast, *ready.pop())  # noqa: E731
    written, rows = _rows_of(ours), _rows_of(plain)
    assert written == rows, f"other rows are written: {written} and {rows}"
    ms = cpu_ms({"ours": ours, "plain": plain}, rounds=rounds, times=times)
    what = f"a signature with 3 events, 2 clocks, 5 actions ({sum(rows.values())} new rows) / by the ORM"
    return [Line(what, ms["ours"], ms["plain"], 3)]


def decide_alone(*, rounds: int, times: int) -> list[Line]:
    """What the engine takes to answer in a case of 300 events, in parts of a millisecond."""
    from casetypes.definition import load
    from casetypes.engine import Command, decide
    from tests.casetypes import shipped
    from tests.pure.casework_at_hand import BOTH, FACTS, Case

    case = Case(load(shipped("child_in_need")))
    jobs: dict[str, Callable[[], Any]] = {}

    def timed(name: str, kind: str, **data: Any) -> None:
        asked = Command(kind, data, "max", BOTH, case.at + timedelta(hours=1))
        state = case.state
        assert isinstance(decide(case.case_type, state, asked, FACTS), tuple), name
        jobs[name] = lambda: decide(case.case_type, state, asked, FACTS)

    _live(case)
    assert len(case.events) >= 300
    open_task = case.state.open_tasks()[0]
    timed("an action is done", "task.change", task=open_task.id, status="done", outcome="So")
    timed("a record is started", "record.start", record="new", form="visit", subjects=["ann"])
    decision = {"decision_kind": "supervision"}
    case.do("record.start", record="last", form="management_decision", subjects=["ann", "ben"])
    case.do("record.submit", record="last", answers=decision)
    timed("a manager's decision is signed", "record.sign", record="last", answers=decision)
    plan = _plan(99)
    case.do("record.reopen", record="plan", why="A word")
    case.do("record.submit", record="plan", answers=plan)
    timed("the plan is signed again with 5 new actions", "record.sign", record="plan", answers=plan)
    ms = cpu_ms(jobs, rounds=rounds, times=times)
    count = len(case.events)
    return [Line(f"decide at {count} events: {name} / 1 ms", ms[name], 1.0, 1) for name in jobs]


def _live(case: Any) -> None:
    """Two children from a referral to a plan, and then notes, visits and decisions, to 300 events."""
    both = ["ann", "ben"]
    case.do("case.open", subjects=both)
    case.signed(
        "ref", "referral", both, {"decision": "assessment", "nfa": False, "feedback_sent": True}
    )
    for one in both:
        case.signed(f"cfa{one}", "child_family_assessment", [one], {"outcome": "cin_plan"})
    case.signed("plan", "child_in_need_plan", both, _plan(0))
    number = 0
    while len(case.events) < 300:
        number += 1
        case.do("record.start", record=f"visit{number}", form="visit", subjects=both)
        seen = [{"id": one} for one in both]
        case.do("record.submit", record=f"visit{number}", answers={"seen": seen})
        if number % 5 == 0:
            answers = {
                "decision_kind": "supervision",
                "actions": [{"_id": f"m{number}", "what": "See"}],
            }
            case.signed(f"mgt{number}", "management_decision", both, answers)


def _plan(first: int) -> dict[str, Any]:
    actions = [{"_id": f"act{first + n}", "what": f"Do {n}"} for n in range(5)]
    return {"plan_type": "cin", "outcomes": [{"_id": "out", "actions": actions}]}


def _submitted(cast: Any) -> tuple[Any, Any, Any]:
    """A case of two persons with a submitted plan: the case, the record, its snapshot."""
    from casework.cases.actions.signing import submit
    from tests.cast import AT, make_case, make_person, make_record

    people = [make_person(cast.wanda, given).pk for given in ("Ann", "Ben")]
    case = make_case(cast.wanda, cast.north, *people, case_type=KEY)
    record = make_record(case, cast.wanda, "small", pages=PAGES)
    return case, record, submit(record.pk, seen=None, by=cast.wanda, at=AT)


def _sign(cast: Any, _case: Any, record: Any, snapshot: Any) -> None:
    from casework.cases.actions.signing import sign
    from tests.cast import AT

    sign(record.pk, seen_sha256=snapshot.sha256, by=cast.max, at=AT + timedelta(hours=1))


def _rows_of(job: Callable[[], Any]) -> dict[str, int]:
    """How many rows each table has more after a job."""
    from django.apps import apps
    from django.db.models import QuerySet

    def counted() -> dict[str, int]:
        models = [
            one for app in ("cases", "ledger")
            for one in apps.get_app_config(app).get_models(include_auto_created=True)
        ]  # fmt: skip
        return {one._meta.db_table: QuerySet(one).count() for one in models}

    before = counted()
    job()
    return {table: n - before[table] for table, n in counted().items() if n != before[table]}


def _plainly(cast: Any, case: Any, record: Any, snapshot: Any) -> None:
    """The rows of the signature, as a plain application would write them."""
    from django.db import transaction

    from casework.cases.models import Case, Clock, Record, SignOff, Status, Task
    from tests.cast import AT

    with transaction.atomic():
        case = Case.objects.select_for_update().get(pk=case.pk)
        record = Record.objects.select_for_update().get(pk=record.pk)
        SignOff.objects.create(
            snapshot=snapshot, step=0, last=True, role="manager", signer=cast.max, signed_at=AT,
            sha256=snapshot.sha256,
        )  # fmt: skip
        record.status, record.changed_at = Status.SIGNED, AT
        _with_history(record, cast.max)
        _event(case, cast.max, "record.signed", {})
        parts = list(case.subjects.all())
        for part in parts:
            part.stage = "two"
            part.save()
            case.moves += 1
            _with_history(case, cast.max)
            _event(case, cast.max, "subject.moved", {})
        clock = Clock.objects.get(case=case, key="write")
        clock.status = "stopped"
        clock.save()
        _event(case, cast.max, "clock.changed", {"cycles": json.loads(clock.cycles)})
        Clock.objects.create(
            case=case, key="review", happenings=clock.happenings, cycles=clock.cycles, status="running",
            due_on=AT.date(),
        )  # fmt: skip
        _event(case, cast.max, "clock.changed", {"cycles": json.loads(clock.cycles)})
        for action in ACTIONS:
            task = Task(
                case=case, key=f"act.{action['_id']}", template="act", row=action["_id"], source=record,
                title=action["what"], created_at=AT, changed_at=AT,
            )  # fmt: skip
            _with_history(task, cast.max)
            task.subjects.set([part.person_id for part in parts])
            _event(case, cast.max, "task.created", {"title": action["what"]})


def _with_history(row: Any, user: Any) -> None:
    from tests.cast import AT

    row._history_user, row._history_date, row._change_reason = user, AT, "bench"
    row.save()


def _event(case: Any, user: Any, kind: str, said: dict[str, Any]) -> None:
    """One event of the case's stream, with what it says, and the stream's new head."""
    from casework.ledger.models import Content, Event, StreamHead
    from tests.cast import AT

    text = json.dumps(said, sort_keys=True)
    content = Content.objects.create(salt="0" * 64, body=text) if said else None
    head = StreamHead.objects.select_for_update().get(stream=case.id)
    head.seq += 1
    event = Event(
        stream=case.id, seq=head.seq, kind=kind, actor=user, occurred_at=AT, recorded_at=AT,
        refs=json.dumps({"case": str(case.id)}), content=content.id if content else None,
        prev_hash=head.hash, digest=hashlib.sha256(text.encode()).hexdigest() if said else "",
    )  # fmt: skip
    event.hash = hashlib.sha256(f"{event.prev_hash}{event.digest}".encode()).hexdigest()
    event.save()
    head.hash = event.hash
    head.save()


if __name__ == "__main__":
    sys.exit(main())
