"""Search a code list: the entries that have every word typed, the best first. Pure.

>>> from formdefs.codelists import Entry, CodeList
>>> towns = CodeList("t", "", "", (Entry("LDS", "Leeds"), Entry("KLE", "Leeds, near Maidstone")))
>>> [entry.code for entry in search(towns, "leeds mai", on=date(2026, 11, 24)).entries]
['KLE']
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from formdefs.codelists import CodeList, Entry, words_of

MOST = 20  # entries that one search shows
_LONGEST = 100  # characters of a search that are read


@dataclass(frozen=True)
class Found:
    """What a search found; `more` if there is more of it than is shown."""

    entries: tuple[Entry, ...]
    more: bool


def search(
    code_list: CodeList,
    typed: str,
    *,
    on: date,
    offers: Callable[[Entry], bool] | None = None,
) -> Found:
    """Return the entries in force on a day, each word typed beginning a word of theirs.

    Words of code, label and hint count, without capitals and accents. First comes the code itself,
    then what begins as typed, then codes, labels, hints, each in the list's order. offers: what else
    an entry must be. Nothing typed finds nothing.
    """
    words = words_of(typed[:_LONGEST])
    if not words:
        return Found((), more=False)
    matches: list[tuple[int, Entry]] = []
    for entry, (code, label, hint) in zip(code_list.entries, code_list.words, strict=True):
        text = code + label + hint
        if all(f" {word}" in text for word in words) and entry.in_force(on):
            matches.append((_rank(" " + " ".join(words), code, label), entry))
    matches.sort(key=lambda match: match[0])
    kept: list[Entry] = []
    for _rank_of, entry in matches:
        if offers is None or offers(entry):
            kept.append(entry)
        if len(kept) > MOST:
            break
    return Found(tuple(kept[:MOST]), more=len(kept) > MOST)


def _rank(typed: str, code: str, label: str) -> int:
    if typed == code:
        return 0
    if label.startswith(typed):
        return 1
    if code.startswith(typed):
        return 2
    return 3 if typed in label else 4
