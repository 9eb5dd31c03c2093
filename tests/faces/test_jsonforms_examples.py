"""JSONForms' own examples: imported, filled with their data, shown, sent back untouched, and stored."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from casework.refusals import Refused
from formdefs.importing import jsonforms
from formdefs.importing.data_shape import (
    Unfit,
    answers_in,
    answers_out,
    pointer,
    same,
    without_empty,
)
from formdefs.importing.report import Imported, NotImportable
from formdefs.publish import publish
from tests.cast import AT, Cast
from tests.faces.imported import sent_back
from tests.jsonforms_examples import breaks_its_schema, examples

pytestmark = pytest.mark.django_db

WAYS = ("alone", "others", "made", "shown", "refused")


@dataclass(frozen=True)
class Outcome:
    """What became of one example. way: the first way in which its data was stored unchanged.

    alone: from its schema and UI schema; others: the same, with further names allowed; made: it has
    no schema, and JSONForms makes one from the data; shown: the importer was shown the data.
    refused: why the ways before were not enough; exact: to the letter, null and empty text too.
    """

    name: str
    way: str
    refused: str = ""
    breaks: str = ""
    exact: bool = False


def _ways(example: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any], dict[str, bool]]]:
    form = {part: example[part] for part in ("schema", "uischema") if part in example}
    shown = {**form, "data": example.get("data")}
    if form.get("schema") is None:
        yield "made", shown, {}
        return
    yield "alone", form, {}
    yield "others", form, {"others": True}
    yield "shown", shown, {}


def _reason(refusal: Exception) -> str:
    """The first problem with its place, as whoever sent the data is told."""
    if isinstance(refusal, Refused):
        return "; ".join(f"{pointer(p.path)}: {p.message}" for p in refusal.problems[:1])
    return str(refusal)


def _taken(example: dict[str, Any], client: Client, cast: Cast, number: int) -> Outcome:
    """Take an example all the way. Nothing in it may raise anything but a refusal."""
    name, data = example["name"], example.get("data")
    breaks, refused = breaks_its_schema(example), ""
    for way, source, options in _ways(example):
        key = f"{way}_{number}"
        try:
            imported = jsonforms.read(source, key=key, title=example["label"], **options)
            out = _kept(imported, data, client, cast)
        except (NotImportable, Unfit, Refused) as refusal:
            refused = refused or _reason(refusal)
            continue
        assert same(without_empty(out), without_empty(data)), name
        return Outcome(name, way, refused, breaks, exact=same(out, data) or data is None)
    return Outcome(name, "refused", refused, breaks)


def _kept(imported: Imported, data: Any, client: Client, cast: Cast) -> Any:
    given = answers_in(imported.names, data)
    version = publish(imported.definition, by=cast.ada, at=AT, reason="An example")
    stored = sent_back(version, given, client, cast)
    assert stored == given, version
    return answers_out(imported.names, stored)


def _told(outcomes: list[Outcome]) -> Iterator[str]:
    by = {way: [one for one in outcomes if one.way == way] for way in WAYS}
    names = {way: ", ".join(one.name for one in found) for way, found in by.items()}
    counts = {way: len(found) for way, found in by.items()}
    stored = len(outcomes) - counts["refused"]
    exact = sum(one.exact for one in outcomes)
    breaking = [one for one in by["shown"] if one.breaks]
    yield (
        f"@jsonforms/examples: {stored} of {len(outcomes)} import, show, take their own data and"
        f" store it unchanged, {exact} to the letter, the others but for null and empty text."
    )
    yield f"  {counts['alone']} from their schema and UI schema alone"
    yield f"  {counts['others']} once further names may be given (--others): {names['others']}"
    yield f"  {counts['made']} without a schema, which is made from the data: {names['made']}"
    yield (
        f"  {counts['shown']} only with the data shown to the importer (--data), of which"
        f" {len(breaking)} because their data breaks their own schema. Without it they are refused:"
    )
    for one in by["shown"]:
        own = f" (breaks its own schema: {one.breaks})" if one.breaks else ""
        yield f"    {one.name}: {one.refused}{own}"
    yield f"  {counts['refused']} refused in every way:"
    for one in by["refused"]:
        yield f"    {one.name}: {one.refused}"


def test_the_examples_are_stored_unchanged_or_refused_with_a_reason(
    client: Client, cast: Cast, capsys: pytest.CaptureFixture[str]
) -> None:
    client.force_login(cast.wanda)
    outcomes = [_taken(one, client, cast, number) for number, one in enumerate(examples())]
    with capsys.disabled():
        print("", *_told(outcomes), sep="\n")
    ways = [one.way for one in outcomes]
    assert len(outcomes) == 75
    assert all(one.refused for one in outcomes if one.way in ("others", "shown", "refused"))
    assert ways.count("alone") >= 51
    assert len(outcomes) - ways.count("refused") >= 74
    # Valid data is refused for three reasons only, each told: a fraction of a second, a name that
    # the schema has nowhere in a form as large as a form may be, and answers that nobody types.
    needless = {one.name for one in outcomes if one.way in ("shown", "refused") and not one.breaks}
    assert needless == {"dates", "huge", "Readonly Fields"}
