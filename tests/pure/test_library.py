"""The library that ships: whole, sound, true to the national codes, and covering the brief."""

import json
import re
from collections import Counter
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from formdefs import (
    answers,
    author_report,
    author_tests,
    codelists,
    dates,
    definition,
    form,
    fragment_definition,
    shipped,
    state,
    tree,
)
from formdefs.calendars import calendars
from formdefs.compile import compile_form
from formdefs.fragments import Named, expand, includes
from formdefs.prefill import forms_named
from tests.forms import a_form, question
from tests.shared import SHARED, needs_shared

ROOT = Path(__file__).resolve().parents[2]
LIBRARY = ROOT / "formdefs/library"
FORMS = sorted(path.stem for path in (LIBRARY / "forms").glob("*.json"))
TODAY = date(2026, 11, 24)
COVERAGE = (ROOT / "docs/reference/library.md").read_text(encoding="utf-8")

# Our list -> the names in the brief's code lists, each with a day of the year that it is the set of.
NATIONAL: dict[str, dict[str, str]] = {
    "cin.assessment_factors": {"cin_assessmentfactorstype": ""},
    "cin.category_of_abuse": {"cin_categoryofabusetype": "2026-03-31"},
    "cin.disability": {"cin_disabilitytype": "2026-03-31"},
    "cin.ethnicity": {
        "cin_ethnicitytype": "2026-03-31",
        "903_header_ETHNIC_2017base": "2017-03-31",
    },
    "cin.primary_need": {"cin_primaryneedcodetype": "2026-03-31"},
    "cin.reason_for_closure": {"cin_reasonforclosuretype": "2026-03-31"},
    "cin.referral_source": {"cin_referralsourcetype": "2026-03-31"},
    "cin.sex": {"cin_sextype": "2026-03-31"},
    "cin.upn_unknown": {"cin_unknownupntype": "2026-03-31"},
    "cin.yes_no": {"cin_yesnotype": "2026-03-31"},
    "cla.accommodation": {"903_oc3_ACCOM_2017base": "2026-03-31"},
    "cla.activity": {"903_oc3_ACTIV_2017base": "2021-03-31", "903_oc3_ACTIV_2022": "2022-03-31"},
    "cla.adopter_legal_status": {"903_ad1_LS_ADOPTR_2017base": "2026-03-31"},
    "cla.adopter_sex": {"903_ad1_SEX_ADOPTR_2017base": "2026-03-31"},
    "cla.in_touch": {"903_oc3_IN_TOUCH_2017base": "2026-03-31"},
    "cla.legal_status": {"903_episodes_LS_2017base": "2026-03-31"},
    "cla.missing": {"903_missing_MISSING_2017base": "2026-03-31"},
    "cla.placement": {
        "903_episodes_PLACE_2017base": "2024-03-31",
        "903_episodes_PLACE_2025": "2025-03-31",
        "903_episodes_PLACE_2026": "2026-03-31",
    },
    "cla.placement_provider": {"903_episodes_PLACE_PROVIDER_2017base": "2026-03-31"},
    "cla.previous_permanence": {"903_prev_perm_PREV_PERM_2017base": "2026-03-31"},
    "cla.primary_need": {"903_episodes_CIN_2017base": "2026-03-31"},
    "cla.reason_ceased": {
        "903_episodes_REC_2017base": "2018-03-31",
        "903_episodes_REC_2019": "2019-03-31",
    },
    "cla.reason_new_episode": {"903_episodes_RNE_2017base": "2026-03-31"},
    "cla.reason_placed_ceased": {"903_placed_adoption_REASON_PLACED_CEASED_2017base": "2026-03-31"},
    "cla.reason_placement_change": {
        "903_episodes_REASON_PLACE_CHANGE_2017base": "2018-03-31",
        "903_episodes_REASON_PLACE_CHANGE_2019": "2019-03-31",
    },
    "cla.review_participation": {"903_reviews_REVIEW_CODE_2017base": "2026-03-31"},
    "cla.sdq_reason": {"903_oc2_SDQ_REASON_2017base": "2026-03-31"},
    "cla.sex": {
        "903_header_SEX_2017base": "2024-03-31",
        "903_header_SEX_2025": "2025-03-31",
        "903_uasc_SEX_2017base": "2024-03-31",
        "903_uasc_SEX_2025": "2025-03-31",
    },
    "cla.social_worker_change": {"903_social_worker_SW_REASON_2024": "2024-03-31"},
    "cla.yes_no": dict.fromkeys(
        [
            "903_ad1_FOSTER_CARE_2017base",
            "903_header_MOTHER_2017base",
            "903_oc2_CONVICTED_2017base",
            "903_oc2_HEALTH_CHECK_2017base",
            "903_oc2_IMMUNISATIONS_2017base",
            "903_oc2_TEETH_CHECK_2017base",
            "903_oc2_HEALTH_ASSESSMENT_2017base",
            "903_oc2_SUBSTANCE_MISUSE_2017base",
            "903_oc2_INTERVENTION_RECEIVED_2017base",
            "903_oc2_INTERVENTION_OFFERED_2017base",
        ],
        "2026-03-31",
    ),
}
EARLIER = {"cin.sex": {"1", "2"}}  # codes that a list keeps from a set that the brief does not have


def read(path: str) -> dict[str, Any]:
    """A document of the library."""
    document: dict[str, Any] = json.loads((LIBRARY / path).read_text(encoding="utf-8"))
    return document


@cache
def lists() -> dict[str, dict[str, Any]]:
    """Every code list that ships, by key."""
    documents = [read(f"lists/{path.name}") for path in (LIBRARY / "lists").glob("*.json")]
    return {document["key"]: document for document in documents}


@cache
def fragments() -> dict[Any, dict[str, Any]]:
    """Every fragment that ships, as its first version."""
    documents = [read(f"fragments/{path.name}") for path in (LIBRARY / "fragments").glob("*.json")]
    return {Named(document["key"], 1): document for document in documents}


def whole_form(key: str) -> Mapping[str, Any]:
    """A form of the library with its fragments in it."""
    return expand(read(f"forms/{key}.json"), fragments())


@cache
def loaded(key: str) -> form.Form:
    """A form of the library, compiled and loaded."""
    return form.load(compile_form(read(f"forms/{key}.json"), lists(), fragments()))


@cache
def facts() -> dict[str, Any]:
    """What rules may know on the day of these tests."""
    return dict(state.facts_for(TODAY, {"ew": read("calendars/england_wales.json")}, {}))


def found(key: str, given: dict[str, Any], on: date = TODAY) -> list[str]:
    """What is wrong with answers at submission, as `path: code`."""
    problems = answers.submission_problems(loaded(key), given, facts(), on)
    return [f"{'.'.join(problem.path)}: {problem.code}" for problem in problems]


@pytest.mark.parametrize("key", FORMS)
def test_a_form_has_no_problems(key: str) -> None:
    assert definition.problems(read(f"forms/{key}.json"), lists(), None, fragments()) == []


@pytest.mark.parametrize("named", sorted(fragments()))
def test_a_fragment_has_no_problems(named: Named) -> None:
    assert fragment_definition.problems(fragments()[named], lists(), None, fragments()) == []


def test_most_forms_have_a_linked_fragment_and_nearly_every_fragment_is_used() -> None:
    used = {key: includes(read(f"forms/{key}.json")) for key in FORMS}
    assert sum(map(bool, used.values())) > len(used) / 2
    named = {include.fragment for found in used.values() for include in found}
    assert fragments().keys() - named == {Named("address_history", 1)}


@pytest.mark.parametrize("key", FORMS)
def test_ids_are_given_out_once_and_keys_name_the_file(key: str) -> None:
    whole = whole_form(key)
    ids = [node.id for node in tree.walk(whole)]
    ids += [part["id"] for part in (*whole["checks"], *whole["agreement"])]
    assert [node_id for node_id, times in Counter(ids).items() if times > 1] == []
    assert whole["key"] == key


@pytest.mark.parametrize("key", FORMS)
def test_a_label_says_which_question_it_is_without_the_page_around_it(key: str) -> None:
    """An error summary and a history name a question by its label alone."""
    labels = Counter(
        (node.scope, node.raw["label"]) for node in tree.walk(whole_form(key)) if node.holds_answer
    )
    assert [label for label, times in labels.items() if times > 1] == []
    alone = [label for scope, label in labels if not scope and label.endswith("?")]
    assert [label for label in alone if len(label.split()) < 3] == []


@pytest.mark.parametrize("key", FORMS)
def test_every_list_that_a_form_names_is_used_and_ships(key: str) -> None:
    whole = whole_form(key)
    used = {node.raw["list"] for node in tree.walk(whole) if "list" in node.raw}
    assert used == set(whole["lists"])
    assert {named["list"] for named in whole["lists"].values()} <= set(lists())


def test_a_list_lies_in_the_file_of_its_key_and_gives_each_code_once() -> None:
    for path in (LIBRARY / "lists").glob("*.json"):
        document = read(f"lists/{path.name}")
        codes = [entry["code"] for entry in document["entries"]]
        assert document["key"] == path.stem
        assert len(codes) == len(set(codes)), path.stem
        assert document["source"], path.stem


@cache
def national_sets() -> dict[str, set[str]]:
    """The codes of each of the brief's lists, by its name there."""
    assert SHARED is not None
    told = json.loads((SHARED / "domain/codelists.json").read_text(encoding="utf-8"))
    return {name: {entry["code"] for entry in entries} for name, entries in told.items()}


@needs_shared
@pytest.mark.parametrize("key", sorted(NATIONAL))
def test_national_codes_are_those_of_the_returns(key: str) -> None:
    entries = lists()[key]["entries"]
    assert all(entry["code"] == entry["national"] for entry in entries)
    told = set().union(*(national_sets()[name] for name in NATIONAL[key]))
    assert {entry["code"] for entry in entries} == told | EARLIER.get(key, set())


@needs_shared
@pytest.mark.parametrize(
    ("key", "name", "day"),
    [(key, name, day) for key, sets in NATIONAL.items() for name, day in sets.items() if day],
)
def test_a_list_offers_the_codes_of_the_year_that_its_day_is_in(
    key: str, name: str, day: str
) -> None:
    offered = codelists.load("", lists()[key]).offered(date.fromisoformat(day))
    assert {entry.code for entry in offered} == national_sets()[name]


@needs_shared
def test_every_list_of_the_brief_ships() -> None:
    assert {name for sets in NATIONAL.values() for name in sets} == national_sets().keys()
    assert len(national_sets()) == 48


@pytest.mark.parametrize("name", ["placement", "legal_status"])
def test_a_long_list_is_chosen_from_in_two_steps_by_its_groups(name: str) -> None:
    """A cascade: first the group, then the codes of that group that are in force."""
    of_group = {"==": [{"var": "option.group"}, {"var": "group"}]}
    asked = a_form(
        question("choice", "group", list="groups"),
        question("choice", "code", list="codes", options=of_group),
        lists={"groups": {"list": f"group.{name}"}, "codes": {"list": f"cla.{name}"}},
    )
    assert definition.problems(asked, lists()) == []
    two_steps, everything = form.load(compile_form(asked, lists())), set[str]()
    for group in lists()[f"group.{name}"]["entries"]:
        worked_out = state.evaluate_form(two_steps, {"group": group["code"]}, facts())
        offered = {e.code for e in worked_out.offered(("code",)) if e.in_force(TODAY)}
        assert offered
        assert not offered & everything
        everything |= offered
    current = codelists.load("", lists()[f"cla.{name}"]).offered(TODAY)
    assert everything == {entry.code for entry in current}


def test_every_list_called_national_is_compared_with_the_returns() -> None:
    assert {key for key in lists() if key.startswith(("cin.", "cla."))} == set(NATIONAL)


def test_a_list_says_where_its_labels_were_not_read_in_the_source() -> None:
    assert all("[K]" in lists()[key]["source"] for key in NATIONAL if key.startswith("cla."))


@pytest.mark.parametrize("key", FORMS)
def test_the_sample_answers_can_be_submitted(key: str) -> None:
    given = read(f"samples/{key}.json")
    assert answers.draft_problems(loaded(key), given) == []
    assert answers.submission_problems(loaded(key), given, facts(), TODAY) == []
    assert answers.clean(given) == given


@pytest.mark.parametrize("key", FORMS)
def test_nothing_is_mandatory_before_submission(key: str) -> None:
    assert answers.draft_problems(loaded(key), {}) == []
    assert found(key, {}) != []


@pytest.mark.parametrize("key", FORMS)
def test_what_the_author_says_of_the_form_holds(key: str) -> None:
    whole = read(f"forms/{key}.json")
    assert author_tests.problems(whole, lists(), fragments(), calendars(), TODAY) == []
    assert len(whole["tests"]) >= 3


@pytest.mark.parametrize("key", FORMS)
def test_the_authors_tests_cover_every_rule(key: str) -> None:
    found = author_report.report(
        read(f"forms/{key}.json"), lists(), fragments(), calendars(), TODAY
    )
    assert [(one.rule.label, one.rule.part, one.unseen) for one in found.rules] == []


@pytest.mark.parametrize(
    ("code", "on", "refused"),
    [
        ("18A", date(2024, 3, 31), False),
        ("18A", date(2024, 4, 1), True),
        ("19A", date(2024, 3, 31), False),
        ("19A", date(2024, 4, 1), True),
        ("24A", date(2021, 3, 31), True),
        ("24A", date(2021, 4, 1), False),
    ],
)
def test_a_factor_is_refused_outside_its_validity(code: str, on: date, refused: bool) -> None:
    problems = found("child_family_assessment", {"factors": [code]}, on)
    assert ("factors: retired_code" in problems) is refused


@pytest.mark.parametrize(
    ("code", "on", "refused"),
    [("1", date(2024, 3, 31), False), ("1", TODAY, True), ("F", TODAY, False)],
)
def test_the_old_codes_of_sex_are_refused_since_april_2024(
    code: str, on: date, refused: bool
) -> None:
    problems = found("referral", {"children": [{"_id": "testrow1", "sex": code}]}, on)
    assert ("children.testrow1.sex: retired_code" in problems) is refused


def test_a_record_of_last_week_may_tell_of_today_and_not_of_tomorrow() -> None:
    last_week = date(2026, 11, 17)
    for told, refused in (("2026-11-24", False), ("2026-11-25", True)):
        problems = found("referral", {"consent": "given", "consent_on": told}, last_week)
        assert ("consent_on: not_after" in problems) is refused


def test_forty_two_factors_are_offered_today() -> None:
    assert len(codelists.load("factors", lists()["cin.assessment_factors"]).offered(TODAY)) == 42


@needs_shared
def test_the_calendar_gives_the_due_date_of_every_row() -> None:
    assert SHARED is not None
    calendar = dates.calendar_of(facts(), "ew")
    assert calendar is not None
    rows = (SHARED / "conformance/working_days_england_wales.tsv").read_text().splitlines()[1:]
    wrong = [
        row
        for row in rows
        for start, count, due in [row.split("\t")]
        if dates.add_working_days(date.fromisoformat(start), int(count), calendar)
        != date.fromisoformat(due)
    ]
    assert (len(rows), wrong) == (20634, [])


# Coverage of the brief.


def rows_of(heading: str) -> list[tuple[str, str]]:
    """The rows (brief, where) of the coverage table under a heading that begins so."""
    under = COVERAGE.split(f"\n### {heading}", 1)[1].split("\n#", 1)[0]
    cells = [line.strip("| ").split(" | ") for line in under.splitlines() if line.startswith("|")]
    return [(brief, where) for brief, where in cells[2:]]


def questions() -> dict[str, set[str]]:
    """Form key -> dotted keys of its questions and repeats."""
    return {
        key: {".".join(node.path_keys) for node in tree.walk(whole_form(key)) if node.holds_answer}
        for key in FORMS
    }


HEADINGS = ("Common header", "2.1", "2.2", "2.6", "2.8", "2.9", "2.14")


@pytest.mark.parametrize("heading", HEADINGS)
def test_every_item_of_the_brief_is_covered_by_a_question_or_the_engine(heading: str) -> None:
    asked, missing = questions(), []
    for brief, where in rows_of(heading):
        named = [name.split(".", 1) for name in re.findall(r"`([a-z_]+\.[a-z_.]+)`", where)]
        missing += [
            ".".join(name)
            for name in named
            if name[1] not in asked.get(name[0], set()) and ".".join(name) not in lists()
        ]
        assert named or where.startswith("engine"), brief
    assert missing == []


def test_every_question_of_the_forms_stands_in_the_coverage() -> None:
    """Itself, or a repeat that holds it, or (a repeat) what it holds."""
    covered = set(re.findall(r"`([a-z_]+\.[a-z_.]+)`", COVERAGE))
    left_out = [
        f"{key}.{path}"
        for key, paths in questions().items()
        for path in sorted(paths)
        if not any(
            f"{key}.{path}.".startswith(f"{name}.") or name.startswith(f"{key}.{path}.")
            for name in covered
        )
    ]
    assert left_out == []


@needs_shared
@pytest.mark.parametrize("heading", HEADINGS)
def test_the_coverage_quotes_all_that_the_brief_asks_for(heading: str) -> None:
    """What is left of the paragraph without what the table quotes are its own headings only."""
    assert SHARED is not None
    brief = (SHARED / "domain/brief.md").read_text(encoding="utf-8")
    (paragraph,) = [line for line in brief.splitlines() if line.startswith(f"**{heading} ")]
    paragraph = re.sub(r"\*\*[^*]*\*\*", "", paragraph)  # names of the form and of its parts
    paragraph = re.sub(r"\[V[^\]]*\]", "", paragraph)  # sources
    paragraph = re.sub(r" 3 domains × 20 dimensions.*", "", paragraph)  # a reason, not a question
    for quoted, _where in sorted(rows_of(heading), key=lambda row: -len(row[0])):
        paragraph = paragraph.replace(quoted, "")
    for name in (
        r"\(echoed, not re-typed\)|\(`mashOptions[^)]*\)|\(SSD `[^)]*\)|analysis:",
        r"[\s,;:.–*()?]",
    ):
        paragraph = re.sub(name, "", paragraph)
    assert paragraph == ""


def test_a_form_is_published_after_those_that_it_takes_answers_from() -> None:
    keys = [one["key"] for one in shipped.forms()]
    for one in shipped.forms():
        for source in forms_named(expand(one, fragments())):
            assert source not in keys or keys.index(source) <= keys.index(one["key"])
    assert keys.index("referral") < keys.index("child_family_assessment")


def test_forms_that_take_from_each_other_are_all_there_in_their_order() -> None:
    def taking(key: str, source: str) -> dict[str, Any]:
        asked = {"prefill": [{"record": source, "question": "x"}]}
        return {"key": key, "pages": [{"items": [asked]}]}

    circle = [taking("a", "b"), taking("b", "a"), taking("c", "nowhere")]
    assert [one["key"] for one in shipped.sources_first(circle)] == ["b", "a", "c"]
