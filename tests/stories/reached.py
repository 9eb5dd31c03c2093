"""What of a case type has been reached by its stories: moves, what clocks did, how actions stood."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from casetypes.clocks import Cycle, is_late
from casetypes.definition import CaseType, ClockType
from casetypes.state import State

Thing = tuple[str, ...]


@dataclass
class Tally:
    """Counts of all stories of one case type."""

    case_type: CaseType
    stories: int = 0
    asked: Counter[str] = field(default_factory=Counter)
    accepted: Counter[str] = field(default_factory=Counter)
    sent_again: int = 0
    compared: int = 0
    reached: Counter[Thing] = field(default_factory=Counter)

    @property
    def commands(self) -> int:
        """How many commands were sent, those sent twice once."""
        return self.asked.total()

    @property
    def share(self) -> float:
        """The share of the commands that was accepted."""
        return self.accepted.total() / max(1, self.commands)

    def move(self, key: str) -> None:
        """Count one move."""
        self.reached["move", key or "by reopening"] += 1

    def story(self, things: Iterable[Thing]) -> None:
        """Count what a story reached, each thing once."""
        self.stories += 1
        self.reached.update(set(things))

    def missing(self) -> list[Thing]:
        """What has not been reached."""
        return [thing for thing in there_is(self.case_type) if not self.reached[thing]]

    def lines(self) -> Iterator[str]:
        """The table for people: every thing that there is, and how often."""
        for thing in there_is(self.case_type):
            count = self.reached[thing]
            yield f"  {count:>6}  {' · '.join(thing)}{'' if count else '   NOT REACHED'}"


def there_is(case_type: CaseType) -> list[Thing]:
    """Everything of a case type that its stories are to reach."""
    found: list[Thing] = [("move", move.key) for move in case_type.moves]
    found.append(("move", "by reopening"))
    for clock in case_type.clocks.values():
        found += [("clock", clock.key, *rest) for rest in _of_clock(clock)]
    for task in case_type.tasks:
        found += [("task", task, status) for status in ("open", "done", "cancelled")]
    return found


def _of_clock(clock: ClockType) -> Iterator[Thing]:
    for kind, triggers in clock.triggers.items():
        for trigger in triggers:
            yield kind, ":".join(filter(None, (trigger.event, trigger.of)))
    yield from (("done in time",), ("done late",), ("told overdue",), ("explained",))
    if clock.series.limits or clock.series.again:
        yield ("next run",)
    if not clock.statutory:
        yield from (("pause", "by hand"), ("resume", "by hand"), ("cancel", "by hand"))


def seen_in(case_type: CaseType, state: State) -> Iterator[Thing]:
    """What a case as it stands shows of its clocks and actions."""
    for task in state.tasks.values():
        yield "task", task.template, task.status
    for clock in state.clocks.values():
        named = ("clock", clock.key)
        kinds = {one.kind for one in clock.happenings}
        for cycle in clock.cycles:
            for rest in _of_cycle(cycle):
                yield *named, *rest
            if cycle.paused_since or cycle.pauses:
                for one in clock.happenings:
                    if one.kind in ("pause", "resume") and kinds:
                        yield *named, one.kind, _from(one.source)
        if clock.told:
            yield *named, "told overdue"


def _of_cycle(cycle: Cycle) -> Iterator[Thing]:
    if cycle.begun.kind == "stop":
        yield ("next run",)
    else:
        yield cycle.begun.kind, _from(cycle.begun.source)
    if cycle.ended:
        yield cycle.ended.kind, _from(cycle.ended.source)
        if cycle.status == "stopped" and cycle.worked:
            yield ("done late",) if is_late(cycle, cycle.ended.recorded) else ("done in time",)


def _from(source: str) -> str:
    """What a happening came from, without which one it was."""
    event, *rest = source.split(":")
    return ":".join((event, *rest[:-1])) if event != "by hand" else event
