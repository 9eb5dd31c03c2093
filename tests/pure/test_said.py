"""Sentences that can be said again in another language, and the catalogue that they are said from."""

import re
from datetime import date
from io import BytesIO

import pytest
from babel.messages.pofile import read_po

from formdefs.answers import submission_problems
from formdefs.compile import compile_form
from formdefs.form import load
from formdefs.said import Said, said, translated
from tests.forms import TODAY, a_form, question
from tests.tools.write_messages import LOCALE

CATALOGUES = sorted(LOCALE.glob("*/LC_MESSAGES/django.po"))


def test_english_is_just_the_text() -> None:
    made = said("“{label}” {says}", label="A {brace}", says=Said("must be a real date"))
    assert made == "“A {brace}” must be a real date"
    assert translated(made, lambda text: text) == made


def test_parts_that_can_be_translated_are_and_labels_stay() -> None:
    words = {"“{label}” {says}": "{says}: {label}", "must be a real date": "DATE"}
    made = said("“{label}” {says}", label="must be a real date", says=Said("must be a real date"))
    assert translated(made, lambda text: words.get(text, text)) == "DATE: must be a real date"


def test_problems_can_be_said_again() -> None:
    asked = question("date", required=True, label="When?")
    form = load(compile_form(a_form(asked), {}))
    [found] = submission_problems(form, {}, {"today": TODAY}, date.fromisoformat(TODAY))
    words = {"Enter a date for": "Rhowch ddyddiad ar gyfer"}
    assert found.message == "Enter a date for “When?”"
    said_again = translated(found.message, lambda text: words.get(text, text))
    assert said_again == "Rhowch ddyddiad ar gyfer “When?”"


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parts[-3])
def test_a_translation_keeps_the_names_of_its_text(path) -> None:
    language = path.parts[-3]
    catalogue = read_po(BytesIO(path.read_bytes()), locale=language)
    for message in catalogue:
        if message.id and message.string:
            names = re.compile(r"%\(\w+\)s|%\{\w+\}|(?<!%)\{\w+\}")
            assert sorted(names.findall(message.string)) == sorted(names.findall(message.id)), (
                message.id
            )
