"""How far a record is filled in, page by page: derived from its answers, never stored."""

from collections.abc import Mapping
from dataclasses import dataclass

from casework.web.records.opened import Opened, Screen, page_url

NOT_STARTED, IN_PROGRESS, COMPLETE = "Not started", "In progress", "Complete"
COLOURS: Mapping[str, str] = {NOT_STARTED: "grey", IN_PROGRESS: "light-blue", COMPLETE: "green"}


@dataclass(frozen=True)
class Step:
    """One screen in the list of screens."""

    screen: Screen
    href: str
    status: str
    colour: str
    current: bool


def steps(opened: Opened, current: Screen | None = None) -> list[Step]:
    """Return the screens that show, in order, with how far each is."""
    wrong = {problem.path[0] for problem in opened.problems if problem.severity == "error"}
    found = []
    for screen in opened.visible_screens:
        status = _status(opened, screen, wrong)
        href = page_url(opened.record, screen)
        found.append(Step(screen, href, status, COLOURS[status], screen is current))
    return found


def _status(opened: Opened, screen: Screen, wrong: set[str]) -> str:
    if not any(page.id in opened.rows or page.id in opened.autosaves for page in screen.pages):
        return NOT_STARTED
    unsaved = any(page.id in opened.autosaves for page in screen.pages)
    keys = {key for page in screen.pages for key in page.answered}
    return IN_PROGRESS if unsaved or keys & wrong else COMPLETE


def after(opened: Opened, screen: Screen) -> Screen | None:
    """Return the next screen that shows, None after the last."""
    later = opened.screens[opened.screens.index(screen) + 1 :]
    return next((one for one in later if one in opened.visible_screens), None)
