"""The fields of a page's form, as a browser would send them back."""

from html.parser import HTMLParser


class _Fields(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, list[str]] = {}
        self._textarea = self._select = ""
        self._text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        a = {name: value or "" for name, value in attrs}
        name = a.get("name", "")
        if tag == "textarea":
            self._textarea, self._text = name, ""
        elif tag == "select":
            self._select = name
        elif tag == "option" and "selected" in a and self._select:
            self.found.setdefault(self._select, []).append(a.get("value", ""))
        elif tag == "input" and name:
            kind = a.get("type", "text")
            if kind in ("radio", "checkbox") and "checked" not in a:
                return
            if kind not in ("submit", "file", "button"):
                self.found.setdefault(name, []).append(a.get("value", ""))

    def handle_data(self, data: str) -> None:
        if self._textarea:
            self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._textarea:
            self.found.setdefault(self._textarea, []).append(self._text.lstrip("\n"))
            self._textarea = ""
        elif tag == "select":
            self._select = ""


def fields_of(page: bytes) -> dict[str, list[str]]:
    """Every field of the page by name; the page's main form is taken to be its only large one."""
    reader = _Fields()
    reader.feed(page.decode())
    return reader.found
