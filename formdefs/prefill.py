"""Where first values come from: an earlier record, the person, the case; by order of preference. Pure.

A question or a repeat at form level may say `prefill`, a list of sources. `given` works out what the
sources have for it now. What was copied, from where and when lies beside the answers
(`casework.cases.models.Prefill`), never in them.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from formdefs import answer_options
from formdefs.form import Form, Path, Question, Repeat
from formdefs.places import rows

Source = Mapping[str, Any]  # as the definition has it
EACH = "each"  # the person source of a repeat: a row for each person covered

PERSON: Mapping[str, str] = {
    "person": "person",
    "name": "text",
    "given_names": "text",
    "family_name": "text",
    "known_as": "text",
    "born_on": "date",
    "due_on": "date",
    "died_on": "date",
    "sex": "choice",
    "nhs_number": "nhs_number",
    "upn": "upn",
    "phone": "phone",
    "email": "email",
    "address": "address",
}
"""What a person has, by name, and the type of answer that it is."""

CASE: Mapping[str, str] = {
    "reference": "text",
    "opened_on": "date",
    "team": "text",
    "worker": "worker",
}
"""What a case has."""

NEVER = ("file", "calculated", "signature")  # bound to the record, worked out, or an act of its own


def _one_line(value: Any) -> Any:
    return (
        None
        if "\n" in value or len(value) > answer_options.DEFAULTS["max_length"]["text"]
        else value
    )


CONVERSIONS: Mapping[tuple[str, str], Callable[[Any], Any]] = {
    ("text", "long_text"): lambda value: value,
    ("long_text", "text"): _one_line,
    ("integer", "decimal"): str,
    ("date", "partial_date"): lambda value: value,
    ("choice", "choices"): lambda value: [value],
    ("person", "people"): lambda value: [value],
    ("person", "text"): lambda value: value["name"],
    ("worker", "text"): lambda value: value["name"],
}
"""From one type of answer to another, without loss; None where this value does not fit."""


@dataclass(frozen=True)
class Origin:
    """The thing that a value came from: a submission of a record, a person, or a case.

    id: of the record, person or case; snapshot: of the submission, "" for others; at: when it was
    signed (or submitted, if it is not `signed`), changed or opened; title: what a form is called.
    """

    kind: str
    id: str
    at: datetime
    snapshot: str = ""
    signed: bool = False
    title: str = ""
    version: int = 1


@dataclass(frozen=True)
class SourceRecord:
    """An earlier record as it was submitted, in its own form version, as its reader sees it.

    marks: those that lie on an answer or row, which every copy carries.
    """

    origin: Origin
    form: Form
    answers: Mapping[str, Any]
    marks: Callable[[Path], tuple[str, ...]] = lambda _path: ()


@dataclass(frozen=True)
class SourceThing:
    """A person or a case: answers by the names in PERSON or CASE, none where it has none."""

    origin: Origin
    answers: Mapping[str, Any]


@dataclass(frozen=True)
class Sources:
    """All that a record may be prefilled from, as its user may see it.

    records: by form key, of the same case; elsewhere: of the other cases, for sources that say
    `across`; persons: whom the record covers.
    """

    records: Mapping[str, SourceRecord] = field(default_factory=dict)
    elsewhere: Mapping[str, SourceRecord] = field(default_factory=dict)
    persons: Sequence[SourceThing] = ()
    case: SourceThing | None = None


@dataclass(frozen=True)
class Given:
    """A value for a question, or for a row of a repeat, with where it came from.

    question: permanent id of the question or repeat in the source, or the name of a detail; row: the
    source's row id (the person's id where each person is a row), "" for none. marks: those that the
    copy carries; of a row under "", of its answers under their keys.
    """

    value: Any
    origin: Origin
    question: str
    row: str = ""
    marks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def given(node: Question | Repeat, sources: Sources) -> list[Given]:
    """Return what the first source that has anything gives: one value, or one for each row."""
    for source in node.prefill:
        found = list(_from(node, source, sources))
        if found:
            return found
    return []


def forms_named(definition: Mapping[str, Any]) -> frozenset[str]:
    """Return the keys of the forms that a definition prefills from."""
    found: set[str] = set()
    waiting: list[Any] = [definition]
    while waiting:
        one = waiting.pop()
        if isinstance(one, Mapping):
            sources = one.get("prefill")
            for source in sources if isinstance(sources, list) else ():
                if isinstance(source, Mapping) and isinstance(source.get("record"), str):
                    found.add(source["record"])
            waiting.extend(one[part] for part in ("pages", "items") if part in one)
        elif isinstance(one, list):
            waiting.extend(one)
    return frozenset(found)


def converted(value: Any, have: str, wanted: str) -> Any:
    """Return a value as another type's answer; None if it does not fit, or there is no way."""
    if value is None or have == wanted:
        return value
    convert = CONVERSIONS.get((have, wanted))
    return convert(value) if convert else None


def node_in(form: Form, path: str, pinned: str = "") -> Question | Repeat | None:
    """Return a question or repeat of a form: by its pinned id, else by keys joined with dots."""
    known: Mapping[str, Question | Repeat] = {**form.questions, **form.repeats}
    if pinned in known:
        return known[pinned]
    keys = tuple(path.split("."))
    return next((node for node in known.values() if node.path_keys == keys), None)


def row_questions(repeat: Repeat) -> dict[str, Question]:
    """Return the questions of a repeat's rows that may be prefilled, by key."""
    return {
        key: node
        for key, node in repeat.answered.items()
        if isinstance(node, Question) and node.type not in NEVER
    }


def mapped(source: Source, key: str) -> list[str]:
    """Return the source's keys for a question of the target's rows: its own unless `map` says others."""
    keys = source.get("map", {}).get(key, key)
    return [keys] if isinstance(keys, str) else list(keys)


def _from(node: Question | Repeat, source: Source, sources: Sources) -> Iterator[Given]:
    if "record" in source:
        found = sources.records.get(source["record"])
        if found is None and source.get("across"):
            found = sources.elsewhere.get(source["record"])
        if found is not None:
            take = _rows_of_record if isinstance(node, Repeat) else _answer_of_record
            yield from take(node, source, found, sources)  # type: ignore[arg-type]
    elif source.get("person") == EACH and isinstance(node, Repeat):
        for person in sources.persons:
            row = _row(node, source, person.answers, PERSON)
            if row:
                yield Given(row, person.origin, EACH, person.origin.id)
    elif isinstance(node, Question):
        yield from _detail(node, source, sources)


def _detail(node: Question, source: Source, sources: Sources) -> Iterator[Given]:
    kind = "person" if "person" in source else "case"
    thing: SourceThing | None = sources.case
    if kind == "person":  # of several, nobody can say whose it should be
        thing = sources.persons[0] if len(sources.persons) == 1 else None
    types = PERSON if kind == "person" else CASE
    name = source.get(kind, "")
    if thing is None or name not in types:
        return
    value = converted(thing.answers.get(name), types[name], node.type)
    if value is not None:
        yield Given(value, thing.origin, name)


def _answer_of_record(
    node: Question, source: Source, found: SourceRecord, sources: Sources
) -> Iterator[Given]:
    pins = source.get("pins", {})
    asked = node_in(found.form, source["question"], pins.get("question", ""))
    if not isinstance(asked, Question):
        return
    answers, row_id = found.answers, ""
    path: Path = (asked.key,)
    if asked.repeats:
        about = _row_about(asked, source, found, sources)
        if about is None:
            return
        row_id, answers = about
        path = (asked.path_keys[0], row_id, asked.key)
    value = converted(answers.get(asked.key), asked.type, node.type)
    if value is not None:
        yield Given(value, found.origin, asked.id, row_id, {"": found.marks(path)})


def _row_about(
    asked: Question, source: Source, found: SourceRecord, sources: Sources
) -> tuple[str, Mapping[str, Any]] | None:
    """Return the one row whose answer to `row_of` is the one person covered; None if it is not one."""
    repeat = found.form.repeats[asked.repeats[0]]
    who = node_in(
        found.form,
        f"{repeat.key}.{source.get('row_of', '')}",
        source.get("pins", {}).get("row_of", ""),
    )
    if who is None or len(asked.repeats) > 1 or len(sources.persons) != 1:
        return None
    person = sources.persons[0].origin.id
    about = [
        (row_id, row)
        for row_id, row in rows(found.answers.get(repeat.key))
        if isinstance(row.get(who.key), Mapping) and row[who.key].get("id") == person
    ]
    return about[0] if len(about) == 1 else None


def _rows_of_record(
    node: Repeat, source: Source, found: SourceRecord, _sources: Sources
) -> Iterator[Given]:
    pins = source.get("pins", {})
    asked = node_in(found.form, source["question"], pins.get("question", ""))
    if not isinstance(asked, Repeat) or asked.repeats:
        return
    known = row_questions(asked)
    by_id = {question.id: question for question in known.values()}
    types = {key: question.type for key, question in known.items()}
    for row_id, row in rows(found.answers.get(asked.key)):
        pinned = pins.get("map", {})
        # A key that was renamed in the source since is found again by its id.
        names = {old: by_id[node_id].key for old, node_id in pinned.items() if node_id in by_id}
        values = _row(node, source, row, types, names)
        if values:
            here = (asked.key, row_id)
            marks = {"": found.marks(here)}
            for key in values:
                parts = [names.get(one, one) for one in mapped(source, key)]
                marks[key] = tuple(m for part in parts for m in found.marks((*here, part)))
            yield Given(values, found.origin, asked.id, row_id, marks)


def _row(
    node: Repeat,
    source: Source,
    have: Mapping[str, Any],
    types: Mapping[str, str],
    names: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    row = {}
    for key, question in row_questions(node).items():
        keys = [(names or {}).get(one, one) for one in mapped(source, key)]
        found = [
            value
            for one in keys
            if one in types
            and (value := converted(have.get(one), types[one], question.type)) is not None
        ]
        if found:
            row[key] = found[0] if len(keys) == 1 else " ".join(map(str, found))
    return row
