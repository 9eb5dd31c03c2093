"""What a browser would send from a page of a record, and where pages are."""

import re
from html import unescape
from html.parser import HTMLParser
from typing import Any

from django.urls import reverse

from casework.cases.models import Record


class _Inputs(HTMLParser):
    """What a browser would send from the page's form when it is shown."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: dict[str, list[str]] = {}
        self.textarea = self.select = ""
        self.templates = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        at = dict(attrs)
        name = at.get("name") or ""
        self.templates += tag == "template"
        if self.templates:
            return
        if tag == "textarea":
            self.textarea = name
            self.sent.setdefault(name, []).append("")
        elif tag == "select":
            self.select = name
        elif tag == "option" and self.select and "selected" in at:
            self.sent.setdefault(self.select, []).append(at.get("value") or "")
        elif "disabled" in at:
            return
        elif tag == "input" and name and at.get("type") not in ("submit", "file"):
            if at.get("type") in ("radio", "checkbox") and "checked" not in at:
                return
            self.sent.setdefault(name, []).append(at.get("value") or "")

    def handle_endtag(self, tag: str) -> None:
        self.templates -= tag == "template"
        if tag == "textarea":
            self.textarea = ""
        if tag == "select":
            self.select = ""

    def handle_data(self, data: str) -> None:
        if self.textarea and not self.templates:
            first = not self.sent[self.textarea][-1]
            self.sent[self.textarea][-1] += data.removeprefix("\n") if first else data


def inputs(html: str) -> dict[str, list[str]]:
    """The inputs of the page with their values."""
    parser = _Inputs()
    parser.feed(html)
    return parser.sent


def text(response: Any) -> str:
    return unescape(re.sub(r"<[^>]+>", " ", response.content.decode()))


def page_url(record: Record, page: str) -> str:
    return reverse("web:record-page", kwargs={"record_id": record.pk, "page": page})
