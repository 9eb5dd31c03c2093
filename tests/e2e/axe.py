"""Accessibility: axe's rules of WCAG 2.0 to 2.2, A and AA, on the page as it stands."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# What passes is not told: on a large page, listing that takes most of the time.
OPTIONS = {"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"]}


def violations(page: Page) -> list[str]:
    """Each finding as `rule: where`; empty when axe finds nothing."""
    found = Axe().run(page, options=OPTIONS)
    return [
        f"{finding['id']}: {', '.join(str(node['target']) for node in finding['nodes'])}"
        for finding in found.response["violations"]
    ]


def assert_accessible(page: Page) -> None:
    """Fail with every finding."""
    found = violations(page)
    assert not found, f"{page.url}\n" + "\n".join(found)
