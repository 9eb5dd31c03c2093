"""Make a test of a draft's sample answers: they are added to what the draft says, and nothing is published."""

import json
from datetime import date
from typing import Any

from django.db import transaction

from casework.accounts.models import User
from cms.checks import unsound
from cms.drafts import latest, locked, save_text
from cms.jsontext import pretty, read
from cms.models import FormDraft
from cms.samples import sample_answers
from formdefs import author_tests
from formdefs.author_report import Report, report
from formdefs.calendars import calendars
from formdefs.compile import compile_form
from formdefs.form import load
from formdefs.versions import fragment_documents, list_documents

LONGEST_NAME = 200


class NotAdded(Exception):
    """No test was added, and the draft is as it was; the text says why and what to do."""


def report_on(text: str, today: date) -> Report:
    """Run the tests of a definition that cms.checks finds nothing wrong with, its tests aside."""
    return report(read(text).value, list_documents(), fragment_documents(), calendars(), today)


@transaction.atomic
def add_test(pk: int, name: str, *, seen: str, by: User, today: date) -> FormDraft:
    """Add to a draft a test with its sample answers that says what they give now, as a new revision.

    seen: the id of the revision that the author looked at. Raises NotAdded.
    """
    row = FormDraft.objects.select_for_update().get(pk=pk)
    if str(row.latest_revision_id) != seen:
        raise NotAdded("Somebody changed the draft since you opened this page. Look at it again.")
    draft = latest(row)
    if refusal := locked(draft, by):
        raise NotAdded(" ".join(refusal))
    test = _test(draft, name.strip(), today)
    draft.definition = with_test(draft.definition, test)
    save_text(draft, by=by, action="cms.test", name=test["name"])
    return draft


def with_test(text: str, test: dict[str, Any]) -> str:
    """Return a definition's text with one test more, all else word for word where that can be.

    >>> print(with_test('{"key": "pet"}', {"name": "fine"}))
    {"key": "pet",
      "tests": [
        {
          "name": "fine"
        }
      ]
    }
    <BLANKLINE>
    """
    definition = json.loads(text)
    tests = definition.get("tests", [])
    wanted = {**definition, "tests": [*tests, test]}
    added = pretty(test).strip().replace("\n", "\n    ")
    before, after = _around(text, tests, named="tests" in definition)
    comma = "," if tests else ""
    if "tests" not in definition:
        made = f'{before},\n  "tests": [\n    {added}\n  ]\n}}\n'
    else:
        made = f"{before}{comma}\n    {added}\n  {after}"
    return made if _says(made, wanted) else pretty(wanted)


def _around(text: str, tests: list[Any], *, named: bool) -> tuple[str, str]:
    """Return the text before and after the place of the new test; empty where it is not found."""
    if not named:
        return text.rstrip().removesuffix("}").rstrip(), ""
    decoder, place = json.JSONDecoder(), len(text)
    while (place := text.rfind('"tests"', 0, place)) >= 0:
        start = text.find("[", place)
        try:
            found, end = decoder.raw_decode(text, start)
        except ValueError:
            continue
        if found == tests:
            return text[: end - 1].rstrip(), text[end - 1 :]
    return "", ""


def _says(text: str, wanted: Any) -> bool:
    try:
        return bool(json.loads(text) == wanted)
    except ValueError:
        return False


def _test(draft: FormDraft, name: str, today: date) -> dict[str, Any]:
    if not name:
        raise NotAdded("Say in a few words what the test shows.")
    if len(name) > LONGEST_NAME or not name.isprintable():
        raise NotAdded(f"Keep the name to {LONGEST_NAME} ordinary characters on one line.")
    if unsound(draft.kind, draft.definition):
        raise NotAdded("Mend the draft first: what is wrong with it is listed below.")
    definition = read(draft.definition).value
    if any(test["name"] == name for test in definition.get("tests", ())):
        raise NotAdded(f"There is a test “{name}” already. Give this one another name.")
    form = load(compile_form(definition, list_documents(), fragment_documents()))
    answers, wrong = sample_answers(form, draft.sample_answers)
    if wrong:
        raise NotAdded(f"The sample answers cannot be used. {wrong.says} {wrong.fix}")
    return author_tests.written(form, name, answers, calendars(), today)
