"""What the subcommands of `formdef` share: reading a file, judging it, and what a name means."""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from casework.accounts.marks import keys
from casework.accounts.models import User
from casework.clock import london_day, now
from cms.jsontext import Reading, read
from formdefs import author_tests, fragment_definition, list_definition
from formdefs.calendars import calendars
from formdefs.codelists import ListDoc
from formdefs.definition import problems
from formdefs.fragments import Fragments
from formdefs.shapes import DefinitionProblem
from formdefs.shipped import fragments as shipped_fragments
from formdefs.shipped import lists as shipped_lists
from formdefs.shipped import marks as shipped_marks
from formdefs.versions import fragment_documents, list_documents, version_of


@dataclass(frozen=True)
class Found:
    """One thing wrong in a file, with the line it stands on (0: the whole file)."""

    line: int
    problem: DefinitionProblem


def judge(path: Path) -> tuple[Reading, list[Found]]:
    """Read a file and list everything wrong with it, in the order of its lines."""
    reading = read(text_of(path))
    if reading.value is None or reading.findings:
        return reading, [
            Found(f.line, DefinitionProblem(f.at, "", "json", f.says, f.fix))
            for f in reading.findings
        ]
    if is_list(reading.value):
        found = list_definition.problems(reading.value)
    else:
        lists, marks, fragments = known_lists(), known_marks(), known_fragments()
        if is_fragment(reading.value):
            found = fragment_definition.problems(reading.value, lists, marks, fragments)
        else:
            found = problems(reading.value, lists, marks, fragments) or author_tests.problems(
                reading.value, lists, fragments, calendars(), london_day(now())
            )
    placed = [Found(reading.line(problem.at), problem) for problem in found]
    return reading, sorted(placed, key=lambda f: f.line)


def known_lists() -> dict[str, ListDoc]:
    """Return the lists that ship, and over them the published ones where there is a database."""
    known: dict[str, ListDoc] = {document["key"]: document for document in shipped_lists()}
    with suppress(DatabaseError):  # not migrated yet: a file can be checked all the same
        known |= list_documents()
    return known


def known_fragments() -> Fragments:
    """Return the fragments that ship, as version 1, and over them the published ones."""
    known: dict[tuple[str, int], Any] = {(f["key"], 1): f for f in shipped_fragments()}
    with suppress(DatabaseError):
        known |= fragment_documents()
    return known


def known_marks() -> set[str]:
    """Return the keys of the marks that ship, and of those in the database where there is one."""
    known = {document["key"] for document in shipped_marks()}
    with suppress(DatabaseError):
        known |= keys()
    return known


def is_list(document: Any) -> bool:
    """Whether a document is a code list, not a form."""
    return isinstance(document, Mapping) and "entries" in document and "formdef" not in document


def is_fragment(document: Any) -> bool:
    """Whether a document is a fragment, not a form."""
    return isinstance(document, Mapping) and "fragment" in document and "formdef" not in document


def tell(command: BaseCommand, path: Path, found: list[Found]) -> None:
    """Print what is wrong, a line each."""
    for one in found:
        problem = one.problem
        node = f" ({problem.node})" if problem.node else ""
        command.stdout.write(
            f"{path}:{one.line}: {problem.at or '/'}{node}: {problem.code}: "
            f"{problem.says} {problem.fix}"
        )


def named(version: str) -> tuple[str, int | None]:
    """Split KEY@N; without a number the newest is meant. Raises CommandError."""
    key, at, number = version.partition("@")
    if at and not number.isdecimal():
        raise CommandError(f"“{number}” is not a version number: write KEY or KEY@3.")
    return key, int(number) if at else None


def user_named(username: str | None) -> User | None:
    """Return an active user, or None where no name is given. Raises CommandError."""
    if username is None:
        return None
    user = User.objects.filter(username=username, is_active=True).first()
    if user is None:
        raise CommandError(f"There is no active user “{username}”.")
    return user


def text_of(path: Path) -> str:
    """Return a file's text. Raises CommandError."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{path} cannot be read as a text: {error}") from error


def bytes_of(path: Path) -> bytes:
    """Return a file's bytes. Raises CommandError."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error}") from error


def form_named(command: BaseCommand, name: str) -> tuple[Mapping[str, Any], Mapping[str, ListDoc]]:
    """Return a form's definition and its code lists: of a file FILE.json, or published as KEY[@N].

    A published form has the lists that it was published with. What is wrong with a file, its tests
    aside, is printed and exits with 1. Raises CommandError, NotPublished.
    """
    if not name.endswith(".json"):
        version = version_of(*named(name))
        pinned = json.loads(version.lists)
        lists = {one["key"]: one for one in pinned.values() if "key" in one}
        return json.loads(version.definition), lists
    path = Path(name)
    reading, found = judge(path)
    if is_list(reading.value) or is_fragment(reading.value):
        raise CommandError(f"{name} is not a form: only forms have tests.")
    if broken := [one for one in found if one.problem.code != "test_fails"]:
        tell(command, path, broken)
        raise SystemExit(1)
    return reading.value, known_lists()
