"""Finds persons by name as people type it: without accents, capitals, hyphens or apostrophes."""

import unicodedata

from django.db.models import QuerySet

from casework.people.models import Person

LONGEST = 400  # characters that the column holds; a few letters fold into many
_MOST_WORDS = 6
_SPACES = str.maketrans(dict.fromkeys("-‐‑‒–/,.", " "))
_NOTHING = dict.fromkeys(map(ord, "'’‘`´"))


def folded(text: str) -> str:
    """The letters and digits of a name by which it is found.

    >>> folded("Zoë O’Brien-Łukasz")
    'zoe obrien lukasz'
    """
    text = text.replace("ł", "l").replace("Ł", "L").replace("ø", "o").replace("Ø", "O")
    plain = unicodedata.normalize("NFKD", text.translate(_NOTHING).translate(_SPACES))
    kept = "".join(letter for letter in plain.casefold() if letter.isalnum() or letter.isspace())
    return " ".join(kept.split())


def search_key(*names: str) -> str:
    """What is kept beside a person to find them by: a space before every word of every name."""
    return f" {folded(' '.join(names))}"[:LONGEST]


def matching(persons: QuerySet[Person], typed: str) -> QuerySet[Person]:
    """Those of the persons whose names have words that begin with each word typed, in any order.

    Nobody when nothing to look for is typed.
    """
    words = folded(typed).split()[:_MOST_WORDS]
    if not words:
        return persons.none()
    for word in words:
        persons = persons.filter(search_key__contains=f" {word}")
    return persons
