"""The difference of two random versions, applied as a migration: nothing is lost, nothing invented."""

import json
import os
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from formdefs import conversions, migrate
from formdefs.answers import draft_problems
from formdefs.changes import NEEDS_MAPPING
from formdefs.compile import compile_form
from formdefs.conversions import CANNOT
from formdefs.diff import compare
from formdefs.form import Form, load
from tests.pure.versions_at_random import Json, Pair, a_pair

PAIRS = int(os.environ.get("CASETHREAD_VERSION_PAIRS", "1000"))
CHUNK = 50


def _leaves(answers: Any, above: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every answer with its path, by the look of the JSON alone."""
    for key, value in answers.items():
        rows = isinstance(value, list) and value and all("_id" in row for row in value if isinstance(row, dict)) and isinstance(value[0], dict) and "_id" in value[0]  # fmt: skip
        if rows:
            for row in value:
                yield from _leaves(
                    {k: v for k, v in row.items() if k != "_id"}, (*above, key, row["_id"])
                )
        else:
            yield (*above, key), value


def _row_ids(answers: Any) -> Iterator[str]:
    if isinstance(answers, Mapping):
        if "_id" in answers:
            yield answers["_id"]
        for value in answers.values():
            yield from _row_ids(value)
    elif isinstance(answers, list):
        for value in answers:
            yield from _row_ids(value)


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


@pytest.mark.parametrize("start", range(0, PAIRS, CHUNK))
def test_a_difference_applied_as_a_migration_keeps_converts_or_tells_every_answer(
    start: int,
) -> None:
    for seed in range(start, min(start + CHUNK, PAIRS)):
        pair = a_pair(seed)
        old, new = (load(compile_form(definition, {})) for definition in (pair.old, pair.new))
        note = f"seed {seed}: {pair.done}"
        plan = migrate.plan(old, new)
        done = migrate.apply(plan, {"all": pair.answers})
        answers = {key: value for page in done.pages.values() for key, value in page.items()}
        _nothing_lost_or_invented(pair, done, answers, note)
        _kept_where_the_id_is_kept(old, new, done, note)
        _only_the_unavoidable_is_orphaned(old, new, plan, done, note)
        _problems_are_announced(old, new, pair, answers, note)
        _the_difference_agrees(old, new, plan, note)
        _and_back(plan, done, note)
        for page in new.pages:
            assert set(done.pages.get(page.id, {})) <= new.keys_of(page.id), note


def _nothing_lost_or_invented(pair: Pair, done: migrate.Migrated, answers: Json, note: str) -> None:
    before = dict(_leaves(pair.answers))
    told: dict[tuple[str, ...], list[migrate.Told]] = {}
    for one in done.told:
        told.setdefault(one.old_path, []).append(one)
    assert told.keys() == before.keys(), note
    for path, value in before.items():
        whole, *rest = told[path]
        if rest:  # some of several codes are kept, the others told
            assert Counter([*whole.after, *rest[0].before]) == Counter(value), note
        else:
            assert _text(whole.before) == _text(value), note
    laid = {one.path: _text(one.after) for one in done.told if one.path}
    assert laid == {path: _text(value) for path, value in _leaves(answers)}, note
    assert Counter(_row_ids(answers)) - Counter(_row_ids(pair.answers)) == Counter(), note


def _kept_where_the_id_is_kept(old: Form, new: Form, done: migrate.Migrated, note: str) -> None:
    for one in done.told:
        was, now = old.questions[one.question], new.questions.get(one.question)
        if now is None or was.type != now.type or was.repeats != now.repeats:
            continue
        codes = one.before if isinstance(one.before, list) else [one.before]
        if was.list and not {*codes} <= {*new.lists[now.list].by_code}:
            continue
        assert one.kind in ("kept", "moved"), f"{note}: {one}"
        assert _text(one.after) == _text(one.before), note
        assert one.path, note
        assert one.path[1::2] == one.old_path[1::2], f"{note}: in the same rows"


def _only_the_unavoidable_is_orphaned(
    old: Form, new: Form, plan: migrate.Plan, done: migrate.Migrated, note: str
) -> None:
    for one in done.told:
        was, now = old.questions[one.question], new.questions.get(one.question)
        if one.kind == "converted":
            assert now, note
            assert was.type == now.type == "choices" or conversions.how(was.type, now.type), note
        elif one.kind == "orphaned":
            assert one.label == was.label, note
            assert one.says, note
            if now is None or was.repeats != now.repeats or was.list:
                continue
            sides = conversions.Sides(was, now, None, new.lists.get(now.list))
            after = conversions.convert(sides, one.before)
            if after is not CANNOT:  # it would be wrong by the new question
                row: Any = after
                for key, row_id in reversed(
                    [*zip(now.path_keys, one.old_path[1::2], strict=False)]
                ):
                    row = [{"_id": row_id, _under(now.path_keys, key): row}]
                assert draft_problems(new, {now.path_keys[0]: row}), f"{note}: {one}"


def _and_back(plan: migrate.Plan, done: migrate.Migrated, note: str) -> None:
    """What stayed in its rows comes back to where it was."""
    back = migrate.apply(migrate.plan(plan.new, plan.old), done.pages)
    returned = {one.path: _text(one.after) for one in back.told if one.path}
    for one in done.told:
        step = plan.by_question[one.question]
        if one.kind in ("kept", "moved") and step.new and step.old.repeats == step.new.repeats:
            codes = one.before if isinstance(one.before, list) else [one.before]
            if not step.old.list or {*codes} <= {*plan.old.lists[step.old.list].by_code}:
                assert returned[one.old_path] == _text(one.before), note


def _under(keys: tuple[str, ...], key: str) -> str:
    return keys[keys.index(key) + 1]


def _problems_are_announced(old: Form, new: Form, pair: Pair, answers: Json, note: str) -> None:
    """What is wrong was wrong before, or the difference says that more is asked of that question."""
    was_wrong = {(p.question, p.code) for p in draft_problems(old, pair.answers)}
    changes = compare(old, new).changes
    stricter = {change.id for change in changes if change.severity >= NEEDS_MAPPING}
    for problem in draft_problems(new, answers):
        expected = (problem.question, problem.code) in was_wrong or problem.question in stricter
        assert expected, f"{note}: {problem}"


def _the_difference_agrees(old: Form, new: Form, plan: migrate.Plan, note: str) -> None:
    changes = compare(old, new).changes
    removed = {c.id for c in changes if c.kind == "removed"} & old.questions.keys()
    assert removed == {s.question for s in plan.steps if s.says == migrate.NOT_ASKED}, note
    retyped = {c.id for c in changes if c.kind == "retyped"}
    by_type = {s.question for s in plan.steps if s.new and s.old.type != s.new.type}
    assert retyped == by_type, note
    assert not compare(new, new).changes, note
    assert not compare(old, old).changes, note
    same = migrate.plan(old, old)
    assert {step.kind for step in same.steps} <= {"kept"}, note
