"""What the tests of the workers' pages share: browsers, posts, and what a page says."""

import html
import re
from typing import Any

from django.test import Client

from casework.accounts.models import User


def browser(user: User | None = None) -> Client:
    """A browser in which a user is signed in (or nobody)."""
    client = Client()
    if user is not None:
        client.force_login(user)
    return client


def words(response: Any) -> str:
    """A page's text, without its marks and runs of space."""
    text = re.sub(
        r"<script.*?</script>|<style.*?</style>", " ", response.content.decode(), flags=re.DOTALL
    )
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


def errors(response: Any) -> list[tuple[str, str]]:
    """The error summary: each text with the id that it links to; every id is on the page."""
    body = response.content.decode()
    summary = re.search(r'govuk-error-summary__list">(.*?)</ul>', body, re.DOTALL)
    found = re.findall(r'<a href="#([^"]+)"[^>]*>([^<]+)</a>', summary[1]) if summary else []
    for one, _text in found:
        assert f'id="{one}"' in body, f"the summary links to #{one}, which is not on the page"
    return [(html.unescape(text), one) for one, text in found]


def date_parts(name: str, day: int, month: int, year: int) -> dict[str, str]:
    """What a date's three inputs send."""
    return {f"{name}-day": str(day), f"{name}-month": str(month), f"{name}-year": str(year)}
