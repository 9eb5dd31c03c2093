"""A family of three from referral to closure on the case type that ships, by those who do it.

Wanda writes, Max allocates and signs, Wilf visits as co-worker, Rita reads, and Olive of another team
sees nothing. Cat goes down to family help while her brother and sister keep the plan, and leaves last.
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.axe import violations
from tests.e2e.conftest import Opener, Site
from tests.e2e.loosened import PUBLISH_LOOSENED, PUBLISH_SHIPPED
from tests.e2e.walking import (
    add_person,
    clock,
    clock_at,
    day,
    do_action,
    new_name,
    open_case,
    required,
    sign,
    soon,
    stage,
    write,
)

FAMILY = new_name()
ANN, BEN, CAT = ALL = [f"{given} {FAMILY}" for given in ("Ann", "Ben", "Cat")]
SCHOOL, ORDER = "Ring the school about the mornings", "Apply for an order"
WIDTHS = (1280, 390)


@pytest.fixture
def as_it_ships(site: Site) -> Iterator[None]:
    """What is opened meanwhile is of the case type that ships, with every one of its checks."""
    site.manage("shell", "-c", PUBLISH_SHIPPED)
    yield
    site.manage("shell", "-c", PUBLISH_LOOSENED)


@pytest.mark.usefixtures("as_it_ships")
def test_a_family_of_three_from_referral_to_closure(open_as: Opener) -> None:
    wanda, max_, wilf = open_as("wanda"), open_as("max"), open_as("wilf")
    for name in ALL:
        add_person(wanda, *name.split())
    case = open_case(wanda, "Family help and child in need", FAMILY)
    allocate(max_, case, "Allocated worker", "Wanda Worker")
    allocate(max_, case, "Co-worker", "Wilf Worker")

    sign(max_, write(wanda, case, "referral", ALL, referral()))
    assert stages(wanda, case) == ["Assessment"] * 3
    assert clock(wanda, case, "Say what the contact needs") == "Done in time"
    for name in ALL:
        sign(max_, write(wanda, case, "child_family_assessment", [name], assessment()))
    assert stages(wanda, case) == ["Plan and review"] * 3
    assert clock(wanda, case, "Complete the assessment", BEN) == "Done in time"
    assert clock(wanda, case, "Agree the first plan", BEN).startswith("Due in 20 days")

    sign(max_, write(wanda, case, "child_in_need_plan", ALL, the_plan()))
    look(wanda, case)
    write(wilf, case, "visit", ALL, visit(), touches=[SCHOOL])
    who_was_seen(wanda, case)
    do_action(wanda, case, SCHOOL, "They open at eight for her.")

    going_on = review({"became": "on_track"}, "continue", "continue", "step_down")
    first = write(wanda, case, "cin_review", ALL, going_on)
    look(max_, "/to-sign/")
    expect(max_.locator(f'main a[href="{first[first.index("/records/") :]}"]')).to_be_visible()
    sign(max_, first)
    assert stages(wanda, case) == ["Plan and review", "Plan and review", "Family help"]
    granted = {"became": "done", "came_of_it": "Granted on Monday."}
    sign(max_, write(wanda, case, "cin_review", ALL, review(granted, "end", "end", "continue")))
    assert stages(wanda, case) == ["Closing", "Closing", "Family help"]
    assert clock(wanda, case, "Write the closure record", BEN).startswith("Due in 15 working")

    sign(max_, write(wanda, case, "closure", [ANN, BEN], closure("RC7", "RC7")))
    assert stages(wanda, case) == ["Closed", "Closed", "Family help"]
    sign(max_, write(wanda, case, "closure", [CAT], closure("RC5")))
    it_is_closed(wanda, case)
    the_threads_hold(wanda, case)
    who_else_sees_it(open_as, case)


def it_is_closed(page: Page, case: str) -> None:
    """Each child's part is over with its outcome, no clock runs, and the case says why it closed."""
    assert stages(page, case) == ["Closed"] * 3
    for name in ALL:
        expect(page.get_by_role("region", name=name)).to_contain_text("Needs met, no plan needed")
    expect(page.locator("main")).to_contain_text("Closed on")
    expect(page.locator("main")).to_contain_text("Transferred to the services of another council")
    said = page.locator(".ct-clocks__how").all_text_contents()
    assert said
    assert not [one for one in said if not one.startswith(("Done", "No longer needed"))]
    look(page, case)


def the_threads_hold(page: Page, case: str) -> None:
    """From each action to what asked for it, touched it and judged it; and from the plan back to it."""
    main = page.locator("main")
    open_thread(page, case, SCHOOL)
    for words in ("Asked for in", "They open at eight for her.", "Touched by", "Wilf Worker"):
        expect(main).to_contain_text(words)
    look(page, page.url)
    open_thread(page, case, ORDER)
    told = main.locator("ol").first.get_by_role("listitem")
    expect(told).to_contain_text(["In hand, on time", "Done"])
    expect(main).to_contain_text("Granted on Monday.")
    main.get_by_role("link", name="Child in need plan").click()
    expect(main.get_by_role("heading", level=1)).to_have_text("Child in need plan")
    beside = main.locator(".app-from").filter(has_text="The action")
    expect(beside).to_have_text([re.compile(f"{one}.*Done") for one in (SCHOOL, ORDER)])


def open_thread(page: Page, case: str, title: str) -> None:
    """Open an action that is over from the page of its case."""
    page.goto(case)
    page.get_by_text("Actions that are over").click()
    page.get_by_role("link", name=title).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)


def who_else_sees_it(open_as: Opener, case: str) -> None:
    """A reader sees all of it and writes nothing; a worker of another team finds that there is nothing."""
    rita, olive = open_as("rita"), open_as("olive")
    rita.goto(f"{case}history/")
    expect(rita.locator("main")).to_contain_text("closed the case")
    rita.goto(case)
    expect(rita.get_by_role("complementary")).to_contain_text("Wilf Worker")
    expect(rita.locator("main button")).to_have_count(0)
    answer = olive.goto(case)
    assert answer is not None
    assert answer.status == 404


def allocate(page: Page, case: str, role: str, name: str) -> None:
    """Give somebody a part in the case."""
    page.goto(case)
    page.get_by_role("link", name="Allocate", exact=True).click()
    page.get_by_role("radio", name=role).check()
    page.get_by_role("button", name=f"Allocate to {name}").click()
    expect(page.get_by_role("complementary")).to_contain_text(name)


def stages(page: Page, case: str) -> list[str]:
    """Where each of the three stands."""
    return [stage(page, case, name) for name in ALL]


def who_was_seen(page: Page, case: str) -> None:
    """The visit began another round for Ann and Ben; Cat, who was not seen, is in her first."""
    page.goto(case)
    said = clock_at(page, "Visit and see the child", CAT).text_content() or ""
    assert said.count("Round 2") == 2
    assert "Round" not in said.split(f": {BEN}")[-1]


def look(page: Page, address: str) -> None:
    """Axe finds nothing on the page, wide and narrow, and nothing of it runs out at the side."""
    page.goto(address)
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        found += [f"{address} at {width}: {finding}" for finding in violations(page)]
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.set_viewport_size({"width": 1280, "height": 900})
    assert not found, "\n".join(found)


def referral() -> dict[str, Any]:
    """A referral of the three that asks for an assessment."""
    child = required("referral")["children"][0]
    children = [{**child, "given_names": name.split()[0], "family_name": FAMILY} for name in ALL]
    return required(
        "referral", received_at=soon(-60), children=children, family_members=None, professionals=None,
        consent_on=day(0), partner_checks=None, no_checks_why="It was late.", feedback_on=day(0),
    )  # fmt: skip


def assessment() -> dict[str, Any]:
    """An assessment that finds that a plan is needed."""
    sample = required("child_family_assessment")
    need = {**sample["needs"][0], "by_when": day(60)}
    seen = {**sample["dates_seen"][0], "visited_on": day(0)}
    return required(
        "child_family_assessment", needs=[need], dates_seen=[seen], professionals=None,
        significant_events=None, family=None, carers=None,
    )  # fmt: skip


def the_plan() -> dict[str, Any]:
    """A plan of one outcome and two actions, one a worker's, one the mother's."""
    action = {"by_when": day(14), "evidence": "Note on file"}
    outcome = {
        **required("child_in_need_plan")["outcomes"][0],
        "outcome_by": day(60),
        "actions": [
            {**action, "what": SCHOOL, "who": {"name": "Wanda Worker"}},
            {**action, "what": ORDER, "who_else": "Mara, their mother"},
        ],
    }
    return required(
        "child_in_need_plan", start_date=day(0), consent_on=day(0), outcomes=[outcome],
        network_members=None, services=None, review_on=day(80),
    )  # fmt: skip


def visit() -> dict[str, Any]:
    """A visit on which Ann and Ben were seen, Ann alone, and Cat was not."""
    seen = [{"name": ANN}, {"name": BEN}]
    why = "Cat was at her gran's."
    return required("visit", happened_at=soon(1), seen=seen, seen_alone=seen[:1], not_seen_why=why)


def review(order: dict[str, Any], *decisions: str) -> dict[str, Any]:
    """A review that judges the one open action of the plan, and decides for each child in their order."""
    sample = required("cin_review")
    row = {key: words for key, words in sample["children"][0].items() if key != "child"}
    after = {"step_down": {"support_after": "School"}, "end": {"support_after": "School"}}
    children = [{**row, "decision": one, **after.get(one, {})} for one in decisions]
    return required(
        "cin_review", held_on=day(0), plan_actions=[order], new_actions=None, children=children,
        next_review_on=day(80), chaired_by={"name": "Wanda Worker"},
    )  # fmt: skip


def closure(*reasons: str) -> dict[str, Any]:
    """The closing of those who leave, each for a reason."""
    sample = required("closure")
    row = {key: words for key, words in sample["children"][0].items() if key != "child"}
    return required(
        "closure", family_told_on=day(0), told=None,
        children=[{**row, "outcome": "needs_met", "reason": one} for one in reasons],
    )  # fmt: skip
