"""Random rules and answers, evaluated in Python and in the browser's module: they must agree.

    python -m tests.soak.rules_pairs --pairs 100000 [--seed 1]

prints the figures, and exits with 1 on a disagreement or when a floor is missed: 60 % of the
results are not null, and every operator occurs at least once in 100 pairs.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from formdefs.rules_shape import OPERATORS
from tests.soak.random_rules import pairs
from tests.twins import here, in_browser

FLOOR_NOT_NULL = 0.6
PAIRS_PER_OPERATOR = 100  # 1,000 of each in 100,000 pairs
_CHUNK = 5_000


def operators_in(rule: Any) -> Iterator[str]:
    """Yield every operator of a rule, as often as it occurs."""
    if isinstance(rule, list):
        for part in rule:
            yield from operators_in(part)
    elif isinstance(rule, dict):
        for name, parts in rule.items():
            if name in OPERATORS:
                yield name
            yield from operators_in(parts)


@dataclass
class Figures:
    """What came of the pairs."""

    pairs: int
    not_null: int
    refused: Counter[str]
    operators: Counter[str]
    disagreements: list[tuple[dict[str, Any], dict[str, Any], dict[str, Any]]]

    def missed(self) -> list[str]:
        """Name the floors that were missed."""
        floor = self.pairs // PAIRS_PER_OPERATOR
        rare = [
            f"{name} occurs {self.operators[name]} times, not {floor}"
            for name in OPERATORS
            if self.operators[name] < floor
        ]
        share = self.not_null / self.pairs
        return rare + ([f"{share:.1%} are not null"] if share < FLOOR_NOT_NULL else [])


def compare(count: int, seed: int) -> Figures:
    """Evaluate random pairs in both languages."""
    figures = Figures(count, 0, Counter(), Counter(), [])
    cases = pairs(count, seed)
    for done in range(0, count, _CHUNK):
        chunk = [next(cases) for _ in range(min(_CHUNK, count - done))]
        for case, ours, theirs in zip(chunk, map(here, chunk), in_browser(chunk), strict=True):
            figures.operators.update(operators_in(case["rule"]))
            if "refused" in ours:
                figures.refused[ours["refused"]] += 1
            elif ours["value"] is not None:
                figures.not_null += 1
            if json.dumps(ours, sort_keys=True) != json.dumps(theirs, sort_keys=True):
                figures.disagreements.append((case, ours, theirs))
    return figures


def main() -> int:
    """Print the figures; 1 if the evaluators disagree or a floor is missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pairs", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    figures = compare(asked.pairs, asked.seed)
    rarest = min(OPERATORS, key=lambda name: figures.operators[name])
    print(f"{figures.pairs} random rules: {len(figures.disagreements)} disagreements")
    print(f"not null: {figures.not_null / figures.pairs:.1%}")
    print(f"refused: {dict(figures.refused)}")
    print(f"rarest operator: {rarest}, {figures.operators[rarest]} times")
    for case, ours, theirs in figures.disagreements[:5]:
        print(json.dumps(case), f"Python {ours}", f"browser {theirs}", sep="\n  ")
    for missed in figures.missed():
        print(f"floor missed: {missed}")
    return int(bool(figures.disagreements or figures.missed()))


if __name__ == "__main__":
    sys.exit(main())
