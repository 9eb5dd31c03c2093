"""Tells stories: runs the machine of a case type until it has sent so many commands."""

from typing import Any

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from casetypes.definition import load
from casetypes.shipped import documents
from tests.stories.reached import Tally


def tell(
    cast: Any,
    key: str,
    *,
    commands: int,
    seed: int,
    stories: int,
    steps: int,
    shrink: bool = False,
    whole: bool = False,
) -> Tally:
    """Tell stories of so many steps, so many from each seed, until so many commands were sent.

    whole: go on until everything is reached, at most as many commands again; shrink: look for a shorter story where one fails, which takes minutes.
    """
    from tests.stories.steering import Steered

    tally = Tally(load(next(one for one in documents() if one["key"] == key)))
    clocks = list(tally.case_type.clocks)
    number = seed
    while tally.commands < commands or (
        whole and tally.missing() and tally.commands < 2 * commands
    ):
        # Each seed has a thing to reach, and a clock to see to: left to chance, some are never.
        missing = tally.missing() or [("clock", clocks[number % len(clocks)])]
        aim = missing[number % len(missing)]
        clock = aim[1] if aim[0] == "clock" else clocks[number % len(clocks)]
        about = {"cast": cast, "key": key, "tally": tally, "favourite": clock, "aim": aim}
        _run(type(f"Of_{key}", (Steered,), about), number, stories, steps, shrink)
        number += 1
    return tally


def _run(machine: Any, number: int, stories: int, steps: int, shrink: bool) -> None:
    run_state_machine_as_test(
        seed(number)(machine),
        settings=settings(
            max_examples=stories,
            stateful_step_count=steps,
            deadline=None,
            database=None,
            phases=(Phase.generate, *([Phase.shrink] if shrink else [])),
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
            print_blob=False,
        ),
    )
