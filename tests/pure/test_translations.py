"""A form's texts in other languages: what is missing, the table, its file, and how a form is shown."""

import json
from typing import Any

import pytest

from formdefs import translations
from formdefs.compile import compile_form
from formdefs.definition import problems
from formdefs.form import load
from tests.cast import LIBRARY
from tests.forms import a_form, page, question

OPTIONS = {"l": {"options": [{"code": "a", "label": "First"}, {"code": "b", "label": "Second"}]}}


def bilingual() -> dict[str, Any]:
    return a_form(
        pages=[page(question("text", label="Name", hint="In full"), question("choice", list="l"))],
        lists=OPTIONS,
        translations={"cy": {"qtext00.label": "Enw"}},
    )


def test_each_text_is_shown_in_the_language_or_else_in_its_own() -> None:
    documents = compile_form(bilingual(), {})
    form = load(documents, "cy")
    asked = form.questions["qtext00"]
    assert (asked.label, asked.hint) == ("Enw", "In full")
    assert (form.language, form.written_in, form.languages) == ("cy", "en", ("en", "cy"))
    assert "qtext00.hint" in form.untranslated
    assert "qtext00.label" not in form.untranslated
    assert load(documents).questions["qtext00"].label == "Name"


def test_completeness_names_what_is_missing() -> None:
    done = translations.completeness(bilingual(), "cy")
    assert (done.total, len(done.missing)) == (7, 6)
    assert done.percent == 14
    assert "qtext00.label" not in done.missing
    assert "list:l.a" in done.missing
    assert translations.languages(bilingual()) == ["cy"]


def test_translations_are_put_in_and_taken_off() -> None:
    given = {
        "qtext00.label": "",
        "qtext00.hint": " Yn llawn ",
        "list:l.a": "Cyntaf",
        "nothing.label": "x",
    }
    made = translations.with_translations(bilingual(), "cy", given)
    assert made["translations"] == {"cy": {"qtext00.hint": "Yn llawn"}}
    assert made["lists"]["l"]["options"][0] == {
        "code": "a",
        "label": "First",
        "labels": {"cy": "Cyntaf"},
    }
    assert problems(made, {}) == []
    form = load(compile_form(made, {}), "cy")
    assert [entry.label for entry in form.lists["l"].entries] == ["Cyntaf", "Second"]
    bare = translations.with_translations(made, "cy", {"qtext00.hint": "", "list:l.a": ""})
    assert "translations" not in bare
    assert bare["lists"] == OPTIONS


def test_the_table_comes_back_from_its_file_as_it_was() -> None:
    definition = bilingual()
    text = translations.as_csv(definition, "cy")
    again = translations.with_translations(definition, "cy", translations.from_csv(text))
    assert again == definition


def test_a_file_that_is_no_table_is_refused() -> None:
    with pytest.raises(ValueError, match="columns"):
        translations.from_csv("a,b\n1,2\n")


def test_the_referral_is_begun_in_welsh() -> None:
    referral = json.loads((LIBRARY / "forms/referral.json").read_text())
    done = translations.completeness(referral, "cy")
    assert 0 < done.percent < 100
