"""JSONForms' own examples: imported, filled with their data, shown, sent back untouched, and stored."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from casework.refusals import Refused
from formdefs.importing import jsonforms
from formdefs.importing.data_shape import Unfit, answers_in, answers_out, same, without_empty
from formdefs.importing.report import NotImportable
from formdefs.models import FormVersion
from formdefs.publish import publish
from formdefs.versions import form_of
from tests.cast import AT, Cast
from tests.faces.imported import sent_back
from tests.jsonforms_examples import examples

pytestmark = pytest.mark.django_db

WANTED = 60


@dataclass(frozen=True)
class Outcome:
    """What became of one example: why it was refused, or how its data came back."""

    name: str
    refused: str = ""
    widened: bool = False
    exact: bool = False


def _taken(example: dict[str, Any], client: Client, cast: Cast, number: int) -> Outcome:
    """Take an example all the way. Nothing in it may raise anything but a refusal."""
    name = example["name"]
    source = {part: example[part] for part in ("schema", "uischema", "data") if part in example}
    try:
        imported = jsonforms.read(source, key=f"example_{number}", title=example["label"])
        data = example.get("data")
        given = answers_in(imported.names, data)
        version = publish(imported.definition, by=cast.ada, at=AT, reason="An example")
        stored = sent_back(version, given, client, cast)
    except (NotImportable, Unfit, Refused) as refusal:
        return Outcome(name, str(refusal))
    if stored != given:
        return Outcome(name, _why(version, given, stored))
    out = answers_out(imported.names, stored)
    assert same(without_empty(out), without_empty(data)), name
    widened = any(line.says.startswith("The data") for line in imported.report)
    return Outcome(name, widened=widened, exact=same(out, data) or data is None)


def _why(version: FormVersion, given: Mapping[str, Any], stored: Mapping[str, Any]) -> str:
    """Say why answers are stored otherwise than they were given."""
    form, reasons = form_of(version.pk), []
    for key in sorted({k for k in {*given, *stored} if given.get(k) != stored.get(k)}):
        question = form.answered[key]
        if getattr(question, "readonly", False) is True:
            reasons.append(f"“{key}” is read-only: whoever starts a record cannot give it")
        elif key not in given and stored[key] == getattr(question, "default", None):
            reasons.append(f"“{key}” has a default, which an untouched page begins with")
        else:
            raise AssertionError(f"{version}: {key}: {given.get(key)} became {stored.get(key)}")
    return "; ".join(reasons)


@pytest.fixture
def outcomes(client: Client, cast: Cast) -> list[Outcome]:
    client.force_login(cast.wanda)
    return [_taken(one, client, cast, number) for number, one in enumerate(examples())]


def test_the_examples_are_stored_unchanged_or_refused_with_a_reason(
    outcomes: list[Outcome], capsys: pytest.CaptureFixture[str]
) -> None:
    stored = [one for one in outcomes if not one.refused]
    with capsys.disabled():
        print(
            f"\n@jsonforms/examples: {len(stored)} of {len(outcomes)} import, show, take their own"
            f" data and store it unchanged; {sum(one.exact for one in stored)} of them to the letter,"
            " the others but for null and empty text, which are no answers here;"
            f" {sum(one.widened for one in stored)} have data that breaks their own schema, and were"
            " widened to hold it."
        )
        for one in outcomes:
            if one.refused:
                print(f"  refused: {one.name}: {one.refused}")
    assert len(outcomes) == 75
    assert len(stored) >= WANTED
