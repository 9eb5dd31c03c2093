"""What may stand in a person's details: problems as data, by the name of the detail."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from casework.people.models import Person
from formdefs import patterns
from formdefs.structure import Problem

IDENTIFIERS = {
    "nhs_number": "NHS number",
    "upn": "UPN",
    "former_upn": "former UPN",
    "ucn": "UCN",
    "other": "other number",
}
_LENGTHS = {
    "given_names": (120, "given names"),
    "family_name": (120, "family name"),
    "known_as": (120, "name they are known as"),
    "sex": (8, "sex"),
    "phone": (40, "phone number"),
    "email": (254, "email address"),
}
_ADDRESS_PARTS = {"line1": 200, "line2": 200, "town": 100, "county": 100, "postcode": 10}
_CONTROL = re.compile(patterns.CONTROL_CHARACTERS)


def problems(person: Person, today: date) -> list[Problem]:
    """Everything that keeps a person from being saved; none when all is well."""
    return [
        Problem("", path, code, message)
        for path, code, message in (
            *_names(person),
            *_dates(person, today),
            *_identifiers(person),
            *_contact(person),
        )
    ]


_Found = Iterator[tuple[tuple[str, ...], str, str]]


def _names(person: Person) -> _Found:
    for name, (most, label) in _LENGTHS.items():
        value = getattr(person, name)
        if not isinstance(value, str):
            yield (name,), "type", f"The {label} must be text"
        elif len(value) > most:
            yield (name,), "max_length", f"The {label} must be {most} characters or fewer"
        elif _CONTROL.search(value):
            yield (name,), "invalid", f"The {label} must be on one line"
    if not (person.given_names or person.family_name):
        yield ("given_names",), "required", "Enter a given name or a family name"


def _dates(person: Person, today: date) -> _Found:
    dates = {
        "born_on": "date of birth",
        "due_on": "expected date of birth",
        "died_on": "date of death",
    }
    wrong = [
        n for n in dates if getattr(person, n) is not None and type(getattr(person, n)) is not date
    ]
    for name in wrong:
        yield (name,), "type", f"The {dates[name]} must be a date"
    if wrong:
        return
    for name in ("born_on", "died_on"):
        day = getattr(person, name)
        if day and day > today:
            yield (name,), "not_after", f"The {dates[name]} must be today or in the past"
    if person.born_on and person.born_on.year < 1880:
        yield ("born_on",), "not_before", "The date of birth must be in 1880 or later"
    if person.born_on and person.died_on and person.died_on < person.born_on:
        yield ("died_on",), "not_before", "The date of death must be the date of birth or later"


def _identifiers(person: Person) -> _Found:
    if not isinstance(person.identifiers, dict):
        yield ("identifiers",), "type", "Identifiers must be numbers by the name of their kind"
        return
    for scheme, value in person.identifiers.items():
        path = ("identifiers", str(scheme))
        if scheme not in IDENTIFIERS:
            yield path, "unknown_code", f"“{scheme}” is not a kind of identifier"
        elif not isinstance(value, str) or len(value) > 40 or _CONTROL.search(value):
            yield path, "invalid", f"The {IDENTIFIERS[scheme]} must be 40 characters or fewer"
        elif scheme == "nhs_number" and not (
            re.fullmatch(patterns.NHS_NUMBER, value) and patterns.nhs_number_holds(value)
        ):
            yield (
                path,
                "invalid",
                "The NHS number must be 10 digits, and the last must fit the others",
            )
        elif scheme in ("upn", "former_upn") and not (
            re.fullmatch(patterns.UPN, value) and patterns.upn_holds(value)
        ):
            yield (
                path,
                "invalid",
                "The UPN must be a letter, 11 digits and a digit or letter, and the first letter must fit them",
            )


def _contact(person: Person) -> _Found:
    if person.email and not re.fullmatch(patterns.EMAIL, person.email):
        yield ("email",), "invalid", "The email address must be like name@example.com"
    if person.phone and not re.fullmatch(patterns.PHONE, person.phone):
        yield ("phone",), "invalid", "The phone number must be like 01632 960 001"
    yield from _address(person.address)


def address_problems(address: Any) -> list[Problem]:
    """What is wrong with an address alone."""
    return [Problem("", path, code, message) for path, code, message in _address(address)]


def _address(address: Any) -> _Found:
    if not isinstance(address, dict):
        yield ("address",), "type", "The address must be given in its parts"
        return
    for part, value in address.items():
        path = ("address", str(part))
        if part == "protected":
            if not isinstance(value, bool):
                yield path, "type", "Say yes or no to whether the address is protected"
        elif part not in _ADDRESS_PARTS:
            yield path, "unknown_question", f"An address has no “{part}”"
        elif (
            not isinstance(value, str)
            or len(value) > _ADDRESS_PARTS[part]
            or _CONTROL.search(value)
        ):
            yield (
                path,
                "invalid",
                f"This part of the address must be {_ADDRESS_PARTS[part]} characters or fewer",
            )
        elif part == "postcode" and value and not re.fullmatch(patterns.POSTCODE, value):
            yield path, "invalid", "The postcode must be like SW1A 1AA"
