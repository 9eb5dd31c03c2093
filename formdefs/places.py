"""Every place of a form where an answer can be, given the rows there are, in document order. Pure."""

from collections.abc import Callable, Iterator, Mapping
from itertools import zip_longest
from typing import Any

from formdefs.form import Form, Path, Question, Repeat

Answers = Mapping[str, Any]
Place = tuple[Path, Question | Repeat, Any]  # the answer is None where there is none


def places(form: Form, answers: Answers) -> Iterator[Place]:
    """Yield every question and repeat, once for each row that it stands in, with its answer."""
    yield from places_in(form.answered, answers)


def places_in(
    answered: Mapping[str, Question | Repeat], values: Answers, above: Path = ()
) -> Iterator[Place]:
    """Yield the same of what one page or row asks; `above` is the row's path."""
    for key, node in answered.items():
        value = values.get(key)
        path = (*above, key)
        yield path, node, value
        if isinstance(node, Repeat):
            for row_id, row in rows(value):
                yield from places_in(node.answered, row, (*path, row_id))


def in_document(form: Form, answers: Answers) -> Callable[[Path], tuple[tuple[int, ...], int]]:
    """Return the key that sorts paths as their questions stand, without going through them all.

    What has no place comes after what holds it, and at form level after everything.
    """
    last = (len(form.answered),)

    def key(path: Path) -> tuple[tuple[int, ...], int]:
        found: tuple[int, ...] = ()
        answered, values = form.answered, answers
        for name, row_id in zip_longest(path[::2], path[1::2]):
            if name not in answered:
                break
            node, value = answered[name], values.get(name)
            here = (*found, [*answered].index(name))
            if row_id is None or not isinstance(node, Repeat):
                return here, len(path)
            named = rows(value)
            place = next((n for n, (known, _) in enumerate(named) if known == row_id), None)
            if place is None or (len(path) % 2 == 0 and row_id == path[-1]):
                return here, len(path)
            found, answered, values = (*here, place), node.answered, named[place][1]
        return found[:-1] or last, len(path)

    return key


def rows(value: Any) -> list[tuple[str, Answers]]:
    """Return the rows of a repeat with the names that paths give them; what is no row is left out."""
    if not isinstance(value, list):
        return []
    return [
        (row_id, row)
        for row_id, row in zip(row_ids(value), value, strict=True)
        if isinstance(row, Mapping)
    ]


def row_ids(value: list[Any]) -> list[str]:
    """Return the name of each row: its `_id`.

    Its number where there is no `_id`, or an earlier row has the same, so that a problem can be
    shown at the right row.
    """
    names: dict[str, None] = {}
    for index, row in enumerate(value):
        row_id = row.get("_id") if isinstance(row, Mapping) else None
        if not isinstance(row_id, str) or not row_id or row_id in names:
            row_id = str(index)
        names[row_id] = None
    return list(names)


def row_place(named: str, ids: list[str]) -> int | None:
    """Return the place of the row that is named by its id, or by its number from 0; None if none."""
    if named in ids:
        return ids.index(named)
    return int(named) if named.isdecimal() and int(named) < len(ids) else None
