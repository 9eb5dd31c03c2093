"""The parts of a definition in the making, and its last check: mend, or refuse with the reason. Pure."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from formdefs import definition, patterns, tree
from formdefs.answer_options import MAX_INTEGER
from formdefs.importing.naming import Names, codes, node_id, slug
from formdefs.importing.report import NotImportable, Report
from formdefs.shapes import DefinitionProblem

Node = dict[str, Any]

LONGEST_LABEL, LONGEST_TITLE, LONGEST_HINT, LONGEST_CONTENT = 500, 200, 2000, 20000
MAX_OPTIONS = 200
_MENDED = ("pattern", "default", "limits")  # findings that are mended by leaving an option out


class Building:
    """A form in the making: its lists, its names, and where each node came from."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.lists: dict[str, Any] = {}
        self.keys, self.layout_keys, self.page_keys = Names(), Names(), Names()
        self.sources: dict[str, str] = {}  # node id -> place in the source
        self.checks: list[Node] = []

    def question(
        self,
        place: str,
        type_name: str,
        label: str,
        *wanted: str,
        hint: str = "",
        scope: tuple[str, ...] = (),
        **more: Any,
    ) -> Node:
        """Make a question; `wanted` are the names that its key may have, best first."""
        made = {
            "id": self._id("q", place),
            "kind": "question",
            "key": self.keys.take(*wanted, otherwise="question", scope=scope),
            "type": type_name,
            "label": self._cut(place, label, LONGEST_LABEL, "label") or "Question",
        }
        return made | self._hint(place, hint) | more

    def repeat(
        self,
        place: str,
        label: str,
        *wanted: str,
        hint: str = "",
        scope: tuple[str, ...] = (),
        **more: Any,
    ) -> Node:
        """Make a repeat without items."""
        made = {
            "id": self._id("r", place),
            "kind": "repeat",
            "key": self.keys.take(*wanted, otherwise="rows", scope=scope),
            "label": self._cut(place, label, LONGEST_LABEL, "label") or "Rows",
        }
        return made | self._hint(place, hint) | more | {"items": []}

    def section(self, place: str, title: str, *wanted: str, hint: str = "", **more: Any) -> Node:
        """Make a section without items."""
        made = {
            "id": self._id("s", place),
            "kind": "section",
            "key": self.layout_keys.take(*wanted, title, otherwise="section"),
            "title": self._cut(place, title, LONGEST_TITLE, "title") or "Section",
        }
        return made | self._hint(place, hint) | more | {"items": []}

    def content(self, place: str, text: str, **more: Any) -> Node:
        """Make words between questions."""
        told = self._cut(place, text, LONGEST_CONTENT, "text")
        return {"id": self._id("c", place), "kind": "content", "text": told} | more

    def page(self, place: str, title: str, *wanted: str, hint: str = "", **more: Any) -> Node:
        """Make a page without items."""
        made = {
            "id": self._id("p", place),
            "key": self.page_keys.take(*wanted, title, otherwise="page"),
            "title": self._cut(place, title, LONGEST_TITLE, "title") or "Page",
        }
        return made | self._hint(place, hint) | more | {"items": []}

    def check(self, place: str, when: Any, at: str, message: str) -> None:
        """Add a check across questions."""
        told = self._cut(place, message, LONGEST_LABEL, "message")
        self.checks.append({"id": self._id("k", place), "when": when, "at": at, "message": told})

    def list_of(
        self, name: str, options: Mapping[str, str] | list[tuple[str, str]]
    ) -> tuple[str, list[str]]:
        """Add a list of (value, label); return its name and the code of each value in order."""
        pairs = list(options.items()) if isinstance(options, Mapping) else options
        made = codes([value for value, _label in pairs])
        listed = [
            {"code": code, "label": self._cut(name, label or value, LONGEST_LABEL, "label") or code}
            for code, (value, label) in zip(made, pairs, strict=True)
        ]
        base = slug(name) or "list"
        named, number = base, 2
        while named in self.lists and self.lists[named] != {"options": listed}:
            named, number = f"{base[:58]}_{number}", number + 1
        self.lists[named] = {"options": listed}
        return named, made

    def _id(self, kind: str, place: str) -> str:
        made, again = node_id(kind, place), 2
        while made in self.sources:
            made, again = node_id(kind, f"{place}#{again}"), again + 1
        self.sources[made] = place
        return made

    def _hint(self, place: str, hint: str) -> Node:
        told = self._cut(place, hint, LONGEST_HINT, "hint")
        return {"hint": told} if told else {}

    def _cut(self, place: str, text: str, longest: int, what: str) -> str:
        text = readable(text).strip()
        if len(text) <= longest:
            return text
        self.report.changed(place, what, f"It is cut off after {longest} characters.")
        return text[: longest - 1] + "…"


def readable(text: Any) -> str:
    """Give a text without what no JSON text and no page can hold."""
    told = text if isinstance(text, str) else str(text)
    kept = told.encode("utf-8", "replace").decode().replace("\r\n", "\n")
    return "".join(c for c in kept if c in "\n\t" or ord(c) >= 32)


def integer_limit(value: Any) -> int:
    """Keep a limit within the whole numbers that answers can be."""
    return max(-MAX_INTEGER, min(MAX_INTEGER, int(value)))


def finished(
    building: Building,
    pages: list[Node],
    *,
    key: str,
    title: str,
    language: str = "en",
    **more: Any,
) -> Node:
    """Put the definition together, leaving out what keeps it from being published.

    A rule, pattern, limit or default that is refused is lost, and its line says so. Raises
    NotImportable where something else is wrong, with the first of it.
    """
    made: Node = {
        "formdef": 1,
        "key": slug(key) or slug(title) or "imported_form",
        "title": readable(title).strip()[:LONGEST_TITLE] or "Imported form",
        "kind": "form",
        "language": language,
        **({"lists": building.lists} if building.lists else {}),
        "pages": pages,
        **({"checks": building.checks} if building.checks else {}),
        **more,
    }
    for _ in range(50):
        found = definition.problems(made, {})
        if not found:
            return made
        mended = [_mend(building, made, problem) for problem in found]
        if not any(mended):
            told = next((p for p in found if p.code == "too_large"), found[0])
            place = building.sources.get(told.node, told.at)
            raise NotImportable(f"{told.says} {told.fix}", place)
    raise NotImportable("The form has too much that cannot be published.")


def _mend(building: Building, made: Node, problem: DefinitionProblem) -> bool:
    if problem.at.startswith("/checks/"):
        kept = [check for check in made["checks"] if check["id"] != problem.node]
        if len(kept) == len(made["checks"]):
            return False
        made["checks"] = kept
        return _told(building, problem, "check")
    node = next((n for n in _nodes(made) if n["id"] == problem.node), None)
    if node is None:
        return False
    part = _part(node, problem)
    if part is None:
        return False
    for name in (part, "pattern_message") if part == "pattern" else (part,):
        node.pop(name, None)
    return _told(building, problem, part)


def _part(node: Node, problem: DefinitionProblem) -> str | None:
    """Return the option whose loss mends the problem, if there is one."""
    ruled = [p for p in tree.RULED if p in node and p != "value" and _is_at(problem.at, p)]
    if ruled:
        return ruled[0]
    if problem.code == "circle":
        waits = [p for p in ("visible",) if isinstance(node.get(p), Mapping)]
        return waits[0] if waits else None
    if problem.code in _MENDED:
        last = problem.at.rpartition("/")[2]
        return last if last in node else None
    return None


def _is_at(at: str, part: str) -> bool:
    rest = at.rpartition("/items/")[2] if "/items/" in at else at.rpartition("/pages/")[2]
    return rest.split("/")[1:2] == [part]


def _told(building: Building, problem: DefinitionProblem, part: str) -> bool:
    building.report.lost(building.sources.get(problem.node, problem.at), part, problem.says)
    return True


def _nodes(made: Node) -> Iterator[Node]:
    waiting = list(made["pages"])
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(node.get("items", ()))


def language_of(tag: str) -> str:
    """Return a language tag, or English for what is none."""
    return tag if re.fullmatch(patterns.LANGUAGE, tag) else "en"
