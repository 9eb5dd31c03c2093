"""How many records stand on each version of a form: told by whoever keeps records. Pure.

Forms lie below records and know nothing of them, so the floor above gives a function that counts.
Counts only: no name, no case and no answer comes this way.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Usage:
    """The records on one version: open ones (drafts and returned), and all of them."""

    number: int
    open: int
    records: int


Counter = Callable[[str], Sequence[Usage]]
_counters: list[Counter] = []


def count_with(counter: Counter) -> None:
    """Let a function count the records of a form, by its key. Once, when the site starts."""
    if counter not in _counters:
        _counters.append(counter)


def usage_of(form_key: str) -> list[Usage]:
    """The versions of a form that have records, the newest first."""
    found = [usage for counter in _counters for usage in counter(form_key)]
    return sorted(found, key=lambda usage: -usage.number)
