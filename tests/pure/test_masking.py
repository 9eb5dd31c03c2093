"""Masking: what a reader sees of answers, what survives a blind save, what is told of a problem."""

from typing import Any

from casework.cases.masking import Lying, Mask, path_of, place_of
from casework.cases.seen import Seen
from formdefs.compile import compile_form
from formdefs.definition import problems
from formdefs.form import Form, load
from formdefs.state import effective_in, evaluate_form
from formdefs.structure import Problem
from tests.forms import a_form, question, repeat, section

ANSWERS: dict[str, Any] = {
    "open": "o",
    "told": "CANARY told",
    "needs": [
        {"_id": "rowrow01", "need": "n1", "secret": "CANARY s1"},
        {"_id": "rowrow02", "need": "n2", "steps": [{"_id": "stepstep", "what": "w"}]},
        {"_id": "rowrow03", "need": "n3"},
    ],
}


def form() -> Form:
    steps = repeat("steps", question("text", "what"))
    definition = a_form(
        question("text", "open"),
        section("from_police", question("text", "told"), mark="police"),
        question("calculated", "copy", value={"cat": [{"var": "told"}, "!"]}, result="text"),
        question("text", "begins", default={"var": "told"}),
        question("calculated", "many", value={"sum": [{"map": [{"var": "needs"}, 1]}]}, result="integer"),
        repeat("needs", question("text", "need"), question("text", "secret", mark="health"), steps,
               row_title={"var": "secret"}),
    )  # fmt: skip
    return load(compile_form(definition, {}))


FORM = form()
ROW2 = Lying("rneeds00", ("rowrow02",), "third_party")


def mask(*sees: str, lying: tuple[Lying, ...] = ()) -> Mask:
    return Mask(FORM, lying, sees)


def test_a_section_gives_its_mark_to_what_it_holds_and_that_to_what_is_made_of_it() -> None:
    blind = mask()
    assert [blind.marks((key,)) for key in ("open", "told", "copy", "begins")] == [
        (), ("police",), ("police",), ("police",)
    ]  # fmt: skip


def test_masked_answers_are_without_marked_answers_and_rows() -> None:
    seen = mask("police", lying=(ROW2,)).masked(ANSWERS)
    assert seen == {
        "open": "o",
        "told": "CANARY told",
        "needs": [{"_id": "rowrow01", "need": "n1"}, {"_id": "rowrow03", "need": "n3"}],
    }


def test_a_mark_that_nobody_is_given_withholds_from_all() -> None:
    lying = (Lying("qopen00", (), "no_such_mark"),)
    assert mask("police", "health", "third_party", lying=lying).withheld(("open",)) == (
        "no_such_mark",
    )


def test_a_release_of_the_forms_own_mark_counts_for_its_place_alone() -> None:
    released = Lying("qsecret00", ("rowrow01",), "health", released=True)
    blind = mask("police", lying=(released,))
    assert blind.withheld(("needs", "rowrow01", "secret")) == ()
    assert blind.withheld(("needs", "rowrow03", "secret")) == ("health",)


def test_a_release_does_not_take_off_the_mark_that_somebody_put() -> None:
    lying = (Lying("qopen00", (), "police"), Lying("qopen00", (), "police", released=True))
    assert mask(lying=lying).withheld(("open",)) == ("police",)


def test_a_blind_save_keeps_what_is_withheld_and_rows_that_hold_it() -> None:
    done = mask(lying=(ROW2,)).restored(
        {"open": "new", "needs": [{"_id": "rowrow03", "need": "x"}]}, ANSWERS
    )
    assert done.answers == {
        "open": "new",
        "told": "CANARY told",
        "needs": [
            {"_id": "rowrow01", "secret": "CANARY s1"},
            {"_id": "rowrow02", "need": "n2", "steps": [{"_id": "stepstep", "what": "w"}]},
            {"_id": "rowrow03", "need": "x"},
        ],
    }
    assert done.kept == [("needs", "rowrow01")]
    assert done.sent == []


def test_what_is_sent_for_a_withheld_place_is_noted_and_not_taken() -> None:
    sent = {"told": "mine", "needs": [{"_id": "rowrow02", "need": "mine"}]}
    done = mask(lying=(ROW2,)).restored(sent, ANSWERS)
    assert done.sent == [("told",), ("needs", "rowrow02")]
    assert "mine" not in str(done.answers)


def test_rules_run_on_all_answers_and_tell_only_what_may_be_seen() -> None:
    whole = evaluate_form(FORM, ANSWERS, {})
    blind = Seen(whole, mask())
    assert "CANARY" not in str(effective_in(blind))
    assert blind.row_title(("needs", "rowrow01")) == ""
    assert blind.value(("needs", "rowrow01", "secret")) is None
    assert ("told",) not in blind.order
    assert blind.default(FORM.questions["qbegins00"]) is None
    sighted = Seen(whole, mask("police", "health"))
    assert effective_in(sighted) == effective_in(whole)
    assert sighted.row_title(("needs", "rowrow01")) == "CANARY s1"


def test_what_is_counted_over_withheld_rows_is_withheld_too() -> None:
    assert mask("police", "health", lying=(ROW2,)).withheld(("many",)) == ("third_party",)


def test_a_problem_of_a_withheld_answer_quotes_nothing() -> None:
    problem = Problem("qtold00", ("told",), "max_length", "“Told” CANARY is too long")
    told = mask().told(problem, {"police": "Police information"})
    assert "CANARY" not in told.message
    assert "Police information" in told.message
    assert mask("police").told(problem, {}) == problem


def test_places_and_paths_are_each_others_reverse() -> None:
    for path in (("open",), ("needs",), ("needs", "rowrow01"), ("needs", "rowrow01", "need"),
                 ("needs", "rowrow02", "steps", "stepstep"), ("needs", "rowrow02", "steps")):  # fmt: skip
        place = place_of(FORM, path)
        assert place is not None
        assert path_of(FORM, place) == path
    assert place_of(FORM, ("nothing",)) is None


def test_an_unknown_mark_and_a_marked_day_of_occurring_are_told() -> None:
    definition = a_form(question("date", "seen_on", mark="polise"), occurred="seen_on")
    assert [p.code for p in problems(definition, {}, {"police"})] == [
        "unknown_mark",
        "marked_occurred",
    ]
    assert problems(a_form(question("text", "a", mark="police")), {}, {"police"}) == []
