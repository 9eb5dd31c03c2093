"""`python -m tests.bench --only rules`: the form language's own costs as ratios. Needs no database.

The form is `big_form`: 150 questions, 60 rules, three repeats inside each other of 20 rows each. Both
sides begin with the same answers, compile once, and must come to the same results. A plain engine
knows no scopes: it is given for each row what the rules read there, and no more.
"""

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import datalogic_py
import jsonschema_rs

from casework.pageforms.script import page_rules
from formdefs.answers import draft_problems
from formdefs.compile import compile_form
from formdefs.definition import problems
from formdefs.dependencies import reads
from formdefs.form import Form, load
from formdefs.rules import Run, compiled, references
from formdefs.state import evaluate_form
from tests.bench import big_form
from tests.bench.measure import Line, cpu_ms

FACTS = {"today": "2026-11-24", "calendars": {}, "lists": {}}
CHAINS = ((), ("needs",), ("needs", "actions"), ("needs", "actions", "steps"))
NODE = Path(__file__).parent / "rules.mjs"

Levels = list[list[Any]]  # by how many repeats are around: what runs there


def main() -> int:
    """Print every line; return 1 when a target is missed."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.rules", description=main.__doc__)
    parser.add_argument("--reduced", action="store_true")
    rounds = 5 if parser.parse_args().reduced else 11
    definition = big_form.definition()
    documents = compile_form(definition, {})
    form, answers = load(documents), big_form.answers()
    lines = [
        *_publishing(definition, rounds),
        *_server(form, answers, rounds),
        *_browser(form, answers, rounds),
        *_validation(documents, form, answers, rounds),
    ]
    for line in lines:
        print(f"  {line}", flush=True)
    return 0 if all(line.met for line in lines) else 1


def _publishing(definition: dict[str, Any], rounds: int) -> Iterator[Line]:
    """What publishing the form costs: there is nothing to compare it with but itself."""
    ms = cpu_ms(
        {
            "check": lambda: problems(definition, {}),
            "compile": lambda: compile_form(definition, {}),
            "load": lambda: load(compile_form(definition, {})).plan,
            "graph": lambda: reads(definition),
        },
        rounds=rounds,
        times=3,
    )
    yield Line("static check / compile", ms["check"], ms["compile"], None)
    yield Line("compile and load / compile", ms["load"], ms["compile"], None)
    yield Line("who reads whom / compile", ms["graph"], ms["compile"], None)


def _server(form: Form, answers: dict[str, Any], rounds: int) -> Iterator[Line]:
    levels = [[rule for rule in big_form.rules() if len(rule[0]) == n] for n in range(len(CHAINS))]
    names = [sorted({name for rule in level for name in references(rule[3])}) for level in levels]
    ours = [[compiled(rule[3]) for rule in level] for level in levels]
    engine = datalogic_py.Engine()
    theirs = [[engine.compile(json.dumps(rule[3])) for rule in level] for level in levels]

    def plain() -> list[Any]:
        return list(_plainly(theirs, names, answers))

    assert [*_ours(ours, answers)] == plain(), "the results differ"
    state = evaluate_form(form, answers, FACTS)
    path, values = _dearest(form, answers)
    turn = [0]

    def change() -> None:
        turn[0] += 1
        state.change(path, values[turn[0] % 2])

    ms = cpu_ms(
        {
            "rules": lambda: [*_ours(ours, answers)],
            "datalogic": plain,
            "form": lambda: evaluate_form(form, answers, FACTS),
            "change": change,
        },
        rounds=rounds,
        times=1,
    )
    evaluations = len(plain())
    what = f"server: {evaluations:,} evaluations of 60 rules / datalogic-py"
    yield Line(what, ms["rules"], ms["datalogic"], 5)
    yield Line(
        "server: the whole form / datalogic-py's rules alone", ms["form"], ms["datalogic"], 5
    )
    what = f"server: the dearest change ({'.'.join(path)}) / the whole form"
    yield Line(what, ms["change"], ms["form"], 0.1)


def _dearest(form: Form, answers: dict[str, Any]) -> tuple[tuple[str, ...], tuple[Any, Any]]:
    """The one change of an answer that costs most: its path and two answers to take by turns."""
    state = evaluate_form(form, answers, FACTS)
    costs = []
    for path, kind in big_form.places():
        values = big_form.two_answers(kind)
        begun = time.process_time()
        for value in values * 2:
            state.change(path, value)
        costs.append((time.process_time() - begun, path, values))
    _, path, found = max(costs)
    return path, found


def _ours(levels: Levels, answers: dict[str, Any]) -> Iterator[Any]:
    """Every rule in every row, by our evaluator: it looks through the scopes by itself."""
    for depth, scopes in _scopes(answers):
        for step in levels[depth]:
            yield step(Run(scopes, FACTS))


def _plainly(
    levels: Levels, names: Sequence[Sequence[str]], answers: dict[str, Any]
) -> Iterator[Any]:
    """The same by a plain engine, which is given what the rules of a level read."""
    for depth, scopes in _scopes(answers):
        row = {}
        for name in names[depth]:
            for scope in reversed(scopes):
                if name in scope:
                    row[name] = scope[name]
                    break
        handle = datalogic_py.DataHandle(json.dumps(row))
        for rule in levels[depth]:
            yield rule.evaluate_data(handle)


def _scopes(answers: dict[str, Any]) -> Iterator[tuple[int, list[Any]]]:
    yield 0, [answers]
    for need in answers["needs"]:
        yield 1, [answers, need]
        for action in need["actions"]:
            yield 2, [answers, need, action]
            for step in action["steps"]:
                yield 3, [answers, need, action, step]


def _browser(form: Form, answers: dict[str, Any], rounds: int) -> Iterator[Line]:
    page = page_rules(form.pages, evaluate_form(form, {}, FACTS), FACTS)
    path, values = _dearest(form, answers)
    change = [[form.at(path).id, path[1::2], values]]
    rules = [[list(chain), key, part, rule] for chain, key, part, rule in big_form.rules()]
    asked = {"page": page, "answers": answers, "rules": rules, "change": change}
    asked |= {"rounds": rounds, "times": 2}
    done = subprocess.run(
        ["node", str(NODE)], input=json.dumps(asked), capture_output=True, text=True, check=True
    )
    told = json.loads(done.stdout)
    assert told["alike"], "the results differ"
    ms = told["ms"]
    what = f"browser: {told['evaluations']:,} evaluations of 60 rules / json-logic-engine"
    yield Line(f"{what}, code generated", ms["our rules"], ms["engine, generated code"], 2)
    yield Line(f"{what}, closures", ms["our rules"], ms["engine, closures"], 2)
    yield Line("browser: the whole form / the rules alone", ms["our form"], ms["our rules"], None)
    what = f"browser: the dearest change ({'.'.join(path)}) / the whole form"
    yield Line(what, ms["one change"], ms["our form"], 0.1)


def _validation(
    documents: dict[str, Any], form: Form, answers: dict[str, Any], rounds: int
) -> Iterator[Line]:
    plain = jsonschema_rs.validator_for(documents["schema"], validate_formats=True)
    wrong = {**answers, **{f"form_{n}": {"not": "a number"} for n in range(0, 60, 5)}}
    in_rows = {**wrong, "needs": [{**row, "needs_0": "x"} for row in answers["needs"]]}
    assert plain.is_valid(answers)
    assert draft_problems(form, answers) == []
    jobs: dict[str, Callable[[], object]] = {
        "ours": lambda: draft_problems(form, answers),
        "plain": lambda: plain.is_valid(answers),
        "ours wrong": lambda: draft_problems(form, wrong),
        "plain wrong": lambda: [str(error) for error in plain.iter_errors(wrong)],
        "ours in rows": lambda: draft_problems(form, in_rows),
        "plain in rows": lambda: [str(error) for error in plain.iter_errors(in_rows)],
    }
    ms = cpu_ms(jobs, rounds=rounds, times=2)
    yield Line("validation of a right draft / jsonschema-rs", ms["ours"], ms["plain"], 2)
    told = len(draft_problems(form, wrong))
    what = f"validation with {told} problems told / jsonschema-rs"
    yield Line(what, ms["ours wrong"], ms["plain wrong"], 2)
    told = len(draft_problems(form, in_rows))
    what = f"validation with {told} problems told, some in rows / jsonschema-rs"
    yield Line(what, ms["ours in rows"], ms["plain in rows"], None)


if __name__ == "__main__":
    sys.exit(main())
