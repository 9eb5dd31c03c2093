"""Finds persons by name as people type it: without accents, capitals, hyphens or apostrophes."""

from django.db.models import QuerySet

from casework.people.folding import folded as folded
from casework.people.models import Person

LONGEST = 400  # characters that the column holds; a few letters fold into many
_MOST_WORDS = 6


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
