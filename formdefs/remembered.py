"""Remember, by identity, what was worked out from a thing that nobody changes. Pure."""

from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Remembered(Generic[T]):
    """Call `make(thing)` once for each thing, as long as the thing is among the last `most` seen.

    For JSON objects, which cannot be keys of a dict: the thing itself is kept beside its result,
    so that its `id` is not given to another. It must not be changed afterwards.
    """

    def __init__(self, make: Callable[[object], T], most: int) -> None:
        self._make = make
        self._most = most
        self._kept: dict[int, tuple[object, T]] = {}

    def __call__(self, thing: object) -> T:
        kept = self._kept.get(id(thing))
        if kept is not None and kept[0] is thing:
            return kept[1]
        made = self._make(thing)
        if len(self._kept) >= self._most:
            self._kept.clear()  # crude, and cheap: what is in use comes back at once
        self._kept[id(thing)] = (thing, made)
        return made
