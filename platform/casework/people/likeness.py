"""Whether two descriptions may be of one person: by name as it sounds, birthday and numbers. Pure.

`keys` are kept in a table beside each person; `sought` are the keys that a person who may be the same
would have one of. So candidates are found by an index, whatever the number of persons, and `likeness`
weighs each of them.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import combinations

from casework.people.folding import folded

_MOST_WORDS = 6
_SOUNDS = str.maketrans("cqgxzv", "kkjssf")
_VOWELS = re.compile("[aeiouyh]+")
_DOUBLED = re.compile(r"(.)\1+")

NUMBER, NAME_AND_BIRTHDAY, NAME_NEAR_BIRTHDAY, NAME, BIRTHDAY_AND_ONE_NAME = (
    *("number", "name_and_birthday", "name_near_birthday", "name"),
    "birthday_and_one_name",
)
STRONG = (NUMBER, NAME_AND_BIRTHDAY)


@dataclass(frozen=True)
class Described:
    """What tells one person from another; number: by the name of its kind."""

    names: tuple[str, ...]
    born_on: date | None = None
    numbers: Mapping[str, str] = field(default_factory=dict)

    @property
    def words(self) -> list[str]:
        """The words of the names, folded, each once."""
        return list(dict.fromkeys(folded(" ".join(self.names)).split()))[:_MOST_WORDS]


def sound(word: str) -> str:
    """A word as it sounds, roughly: its first letter, then consonants without doubling.

    A word of one consonant keeps its first vowel, or every short name would sound like another.

    >>> sound("jon") == sound("john"), sound("catherine") == sound("katharine")
    (True, True)
    """
    word = word.replace("ph", "f").replace("ck", "k").replace("wr", "r").replace("kn", "n")
    word = word.translate(_SOUNDS)
    plain = _DOUBLED.sub(r"\1", word[:1] + _VOWELS.sub("", word[1:]))
    return plain[:12] if len(plain) > 1 else word[:2]


def keys(person: Described) -> set[str]:
    """By which a person is found as one who may be the same as another."""
    sounds = sorted({sound(word) for word in person.words})
    found = {f"p:{one}:{two}" for one, two in combinations(sounds, 2)}
    if len(sounds) == 1:
        found.add(f"s:{sounds[0]}")
    if person.born_on:
        found |= {f"b:{person.born_on.isoformat()}:{one[:1]}" for one in sounds}
    return found | _number_keys(person)


def sought(person: Described) -> set[str]:
    """The keys of those who may be the same as this one."""
    found = {key for key in keys(person) if not key.startswith("b:")}
    initials = {sound(word)[:1] for word in person.words}
    days = _near(person.born_on) if person.born_on else []
    return found | {f"b:{day.isoformat()}:{one}" for day in days for one in initials}


def likeness(one: Described, other: Described) -> str:
    """Why the two may be one person: the strongest of the reasons above, "" if there is none.

    Two birthdays that are far apart part namesakes; two numbers of one kind that differ do not, for
    numbers are mistyped, and a person may get another.
    """
    if _number_keys(one) & _number_keys(other):
        return NUMBER
    same, some = _names_alike(one.words, other.words)
    if not (one.born_on and other.born_on):
        return NAME if same else ""
    if one.born_on == other.born_on:
        if same:
            return NAME_AND_BIRTHDAY
        return BIRTHDAY_AND_ONE_NAME if some else ""
    return NAME_NEAR_BIRTHDAY if same and other.born_on in _near(one.born_on) else ""


def _number_keys(person: Described) -> set[str]:
    plain = {
        kind: re.sub(r"[\W_]", "", value).upper()
        for kind, value in person.numbers.items()
        if isinstance(value, str)
    }
    # A former number is a number that another entry may still hold as the present one.
    return {
        f"n:{kind.removeprefix('former_')}:{value[:40]}" for kind, value in plain.items() if value
    }


def _names_alike(one: list[str], other: list[str]) -> tuple[bool, bool]:
    """Whether two names are alike in two words (or in all there is), and whether in one word."""
    few, many = sorted((one, other), key=len)
    rest, left, alike, whole = list(few), list(many), 0, 0
    for like in (_sounds_like, _alike):  # whole words first, that no initial takes their place
        for word in list(rest):
            match = next((o for o in left if like(word, o)), None)
            if match is not None:
                alike += 1
                whole += len(word) > 1 and len(match) > 1
                rest.remove(word)
                left.remove(match)
    enough = bool(few) and (alike >= 2 or alike == len(few) == len(many)) and whole > 0
    return enough, whole > 0


def _sounds_like(one: str, other: str) -> bool:
    return sound(one) == sound(other) and (len(one) > 1) == (len(other) > 1)


def _alike(one: str, other: str) -> bool:
    """One word as another: sounding alike, or one the initial of the other."""
    if min(len(one), len(other)) == 1:
        return one[0] == other[0]
    return sound(one) == sound(other)


def _near(day: date) -> list[date]:
    """The day, those beside it, and those that a slip of the pen makes of it."""
    found = [day, *(day + timedelta(days=n) for n in (-1, 1) if date.min < day < date.max)]
    for year, month, on in (
        (day.year, day.day, day.month),
        (day.year - 1, day.month, day.day),
        (day.year + 1, day.month, day.day),
        (day.year, day.month % 12 + 1, day.day),
        (day.year, (day.month - 2) % 12 + 1, day.day),
    ):
        try:
            found.append(date(year, month, on))
        except ValueError:
            continue
    return list(dict.fromkeys(found))
