"""What came of a definition's own tests, and what they leave untouched, in sentences. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from formdefs import author_coverage, author_tests
from formdefs.author_coverage import Coverage, RuleCovered
from formdefs.author_tests import Outcome
from formdefs.codelists import ListDoc
from formdefs.compile import compile_form
from formdefs.form import Form, load
from formdefs.fragments import Fragments
from formdefs.sentences import RuleInWords, rules_of


@dataclass(frozen=True)
class Untouched:
    """A rule that the tests do not cover: its sentence, and what no test has seen of it."""

    rule: RuleInWords
    unseen: tuple[str, ...]


@dataclass(frozen=True)
class Unchosen:
    """A question with a list, and the answers of it that no test chooses, by label."""

    question: str
    label: str
    offered: int
    answers: tuple[str, ...]


@dataclass(frozen=True)
class Report:
    """The tests in their order, and what they leave untouched in document order."""

    form: Form
    outcomes: tuple[Outcome, ...]
    coverage: Coverage
    rules: tuple[Untouched, ...]
    options: tuple[Unchosen, ...]

    @property
    def failed(self) -> int:
        """How many tests fail."""
        return sum(not outcome.passed for outcome in self.outcomes)

    @property
    def summary(self) -> str:
        """How much is covered, in a sentence."""
        found = self.coverage
        return (
            f"{found.covered} of {len(found.rules)} rules are covered, "
            f"{found.chosen} of {found.offered} options are chosen."
        )


def report(
    definition: Mapping[str, Any],
    lists: Mapping[str, ListDoc],
    fragments: Fragments,
    calendars: Mapping[str, Any],
    today: date,
) -> Report:
    """Run the tests of a definition that `formdefs.definition.problems` finds nothing wrong with."""
    form = load(compile_form(definition, lists, fragments))
    outcomes = author_tests.run(form, definition.get("tests", ()), calendars, today)
    covered = author_coverage.coverage(form, [outcome.state for outcome in outcomes])
    return Report(
        form,
        tuple(outcomes),
        covered,
        tuple(_untouched(covered, rules_of(form))),
        tuple(_unchosen(form, covered)),
    )


def _untouched(covered: Coverage, said: list[RuleInWords]) -> Iterator[Untouched]:
    by_place = {(rule.node, rule.part): rule for rule in said}
    for rule in covered.rules:
        words = by_place.get((rule.node, rule.part))
        if rule.untouched and words:
            yield Untouched(words, tuple(_unseen(rule, words)))


def _unseen(rule: RuleCovered, words: RuleInWords) -> Iterator[str]:
    for at, what in rule.untouched:
        told = "".join(p.text for p in words.parts if f"{p.at}/".startswith(f"{at}/"))
        yield _TOLD[what].format(told.strip("() "))


_TOLD = {
    author_coverage.TRUE: "It is true in no test.",
    author_coverage.FALSE: "It is false in no test.",
    author_coverage.GIVEN: "It gives something in no test.",
    author_coverage.DECIDES: "No test is decided by this part: {}.",
    author_coverage.CHOSEN: "No test comes to this outcome: {}.",
}


def _unchosen(form: Form, covered: Coverage) -> Iterator[Unchosen]:
    for one in covered.options:
        if one.untouched:
            question = form.questions[one.question]
            labels = tuple(form.lists[question.list].label(code) for code in one.untouched)
            yield Unchosen(question.id, question.label, one.codes, labels)
