"""A published form, loaded: its tree with words and rules joined again, and its validator. Pure.

`load` takes the six compiled documents; everything here is read-only and may be shared by threads.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import jsonschema_rs

from formdefs import answer_types, codelists, marking, validator
from formdefs.nodes import Check, Content, Item, Page, Path, Question, Repeat, Section, all_items
from formdefs.plan import Planned, planned
from formdefs.tidy import Limited, Tidy, has_limits, limited, tidy

__all__ = [
    "Content",
    "Form",
    "Item",
    "Page",
    "Path",
    "Question",
    "Repeat",
    "Section",
    "load",
]


@dataclass(frozen=True, eq=False)
class Form:
    """A form version in one language. `questions` and `repeats` are by id, in document order.

    language: the one it is shown in; written_in: its own; languages: those it has texts in, its own
    first; texts: by name, `q3f8.label`, its own where there is no translation: those names are in
    `untranslated`.
    """

    key: str
    title: str
    kind: str
    language: str
    written_in: str
    languages: tuple[str, ...]
    untranslated: frozenset[str]
    texts: Mapping[str, str]
    layout: str
    per: str
    authority: str
    agreement: Sequence[Mapping[str, str]]
    occurred: str | None
    pages: tuple[Page, ...]
    questions: Mapping[str, Question]
    repeats: Mapping[str, Repeat]
    lists: Mapping[str, codelists.CodeList]
    validator: jsonschema_rs.Draft202012Validator
    rules: Mapping[str, Any]
    documents: Mapping[str, Mapping[str, Any]]

    @cached_property
    def answered(self) -> Mapping[str, Question | Repeat]:
        """The form-level questions and repeats by key, in document order."""
        return {key: node for page in self.pages for key, node in page.answered.items()}

    @cached_property
    def nodes(self) -> Mapping[str, Page | Item]:
        """Everything in the form by id, in document order."""
        found: dict[str, Page | Item] = {}
        for page in self.pages:
            found[page.id] = page
            found |= {item.id: item for item in all_items(page.items)}
        return found

    @cached_property
    def tidy(self) -> Tidy:
        """A quick look at answers, before a closer one."""
        return tidy(self.documents["schema"], self.answered)

    @cached_property
    def limited(self) -> Limited:
        """The questions whose answers may be wrong though the schema holds."""
        return limited(self.answered, lambda q: has_limits(q) or q.type == "calculated")

    @cached_property
    def limited_typed(self) -> Limited:
        """The same where it is known that nobody typed what is calculated."""
        return limited(self.answered, has_limits)

    @cached_property
    def checks(self) -> tuple[Check, ...]:
        """The checks across questions, in the order of the definition."""
        return tuple(
            Check(
                check["id"],
                check["when"],
                node.key,
                node.repeats,
                self.texts[f"{check['id']}.message"],
                check.get("severity", "error"),
            )
            for check in self.rules["checks"]
            for node in [self._answered_by(check["at"].split("."))]
        )

    def at_check(self, check: Check) -> Question | Repeat:
        """Return the question or repeat where a check is told."""
        return self._answered_by([*(self.repeats[r].key for r in check.repeats), check.key])

    def _answered_by(self, keys: Sequence[str]) -> Question | Repeat:
        """Find what stands under the keys of nested repeats and its own."""
        node = self.answered[keys[0]]
        for key in keys[1:]:
            assert isinstance(node, Repeat)
            node = node.answered[key]
        return node

    @cached_property
    def plan(self) -> tuple[Planned, ...]:
        """How to work the form out: every node, after what it waits for."""
        return planned(self.nodes, self.rules)

    @cached_property
    def planned(self) -> Mapping[str, Planned]:
        """The same by node id."""
        return {step.node.id: step for step in self.plan}

    @cached_property
    def locking(self) -> frozenset[str]:
        """The ids of the pages that ask something which may be read-only."""
        return frozenset(q.page for q in self.questions.values() if q.readonly is not False)

    @cached_property
    def naming(self) -> frozenset[str]:
        """The ids of the pages that ask for somebody, whom an answer may name by id."""
        named = ("person", "people", "worker")
        return frozenset(q.page for q in self.questions.values() if q.type in named)

    @cached_property
    def reads(self) -> Mapping[str, frozenset[str]]:
        """What each answer is made of: ids of the nodes that its `value` or `default` reads."""
        return marking.reads(self)

    @cached_property
    def marks(self) -> Mapping[str, tuple[marking.Held, ...]]:
        """The marks on each question and repeat, by its id, with the nodes that hold them."""
        return marking.marks(self)

    @cached_property
    def prefilled(self) -> tuple[Question | Repeat, ...]:
        """What takes a first value from elsewhere, in document order."""
        return tuple(node for node in self.answered.values() if node.prefill)

    def page(self, id_or_key: str) -> Page:
        """Return a page by its id or key. Raises KeyError."""
        for page in self.pages:
            if id_or_key in (page.id, page.key):
                return page
        raise KeyError(id_or_key)

    def keys_of(self, page: str) -> frozenset[str]:
        """Return the form-level keys whose answers a page holds."""
        return frozenset(self.page(page).answered)

    def at(self, path: Path) -> Question | Repeat:
        """Return what answers a path: every second part is a row id. Raises KeyError."""
        found = self.find(path)
        if found is None:
            raise KeyError(".".join(path))
        return found

    def find(self, path: Path) -> Question | Repeat | None:
        """Return what answers a path, or None if the form asks nothing there."""
        node: Question | Repeat | None = None
        answered = self.answered
        for key in path[::2]:
            node = answered.get(key)
            if node is None:
                return None
            answered = node.answered if isinstance(node, Repeat) else {}
        return node


def load(documents: Mapping[str, Mapping[str, Any]], language: str = "") -> Form:
    """Build the form from its six compiled documents, and compile its validator.

    language: the one to show it in, its own if none is named; each text that is not translated stays
    in its own.
    """
    manifest, rules = documents["manifest"], documents["rules"]
    language = language or manifest["language"]
    own, other = documents["texts"][manifest["language"]], documents["texts"].get(language, {})
    texts = {name: other.get(name) or text for name, text in own.items()}
    build = _Builder(texts, rules["nodes"])
    pages = tuple(build.page(raw) for raw in documents["ui"]["pages"])
    everything = [item for page in pages for item in all_items(page.items)]
    return Form(
        key=manifest["key"],
        title=texts["form.title"],
        kind=manifest["kind"],
        language=language,
        written_in=manifest["language"],
        languages=tuple(dict.fromkeys((manifest["language"], *sorted(documents["texts"])))),
        untranslated=frozenset(name for name in own if not other.get(name)),
        texts=texts,
        layout=manifest["layout"],
        per=manifest["per"],
        authority=manifest["authority"],
        agreement=tuple(
            {**asked, **{p: texts[n] for p in asked if (n := f"{asked['id']}.{p}") in texts}}
            for asked in manifest["agreement"]
        ),
        occurred=manifest["occurred"],
        pages=pages,
        questions={item.id: item for item in everything if isinstance(item, Question)},
        repeats={item.id: item for item in everything if isinstance(item, Repeat)},
        lists={
            name: codelists.load(name, pinned, language)
            for name, pinned in documents["lists"].items()
        },
        validator=validator.compiled(documents["schema"]),
        rules=rules,
        documents=documents,
    )


_Place = Mapping[str, Any]  # page, parent and repeats of an item


class _Builder:
    """Joins layout, words and rules into the tree; `texts` and `ruled` are by node id."""

    def __init__(self, texts: Mapping[str, str], ruled: Mapping[str, Mapping[str, Any]]) -> None:
        self.texts: dict[str, dict[str, str]] = {}
        for name, text in texts.items():
            node_id, _, part = name.partition(".")
            self.texts.setdefault(node_id, {})[part] = text
        self.ruled = ruled

    def page(self, raw: Mapping[str, Any]) -> Page:
        whole = self._whole(raw)
        place = {"page": raw["id"], "parent": raw["id"], "repeats": ()}
        return Page(**_common(whole), title=whole["title"], items=self._items(raw, place, ()))

    def _whole(self, raw: Mapping[str, Any]) -> dict[str, Any]:
        return {**raw, **self.texts.get(raw["id"], {}), **self.ruled.get(raw["id"], {})}

    def _items(self, raw: Mapping[str, Any], place: _Place, keys: Path) -> tuple[Item, ...]:
        return tuple(self._item(item, place, keys) for item in raw["items"])

    def _item(self, raw: Mapping[str, Any], place: _Place, keys: Path) -> Item:
        """Build one item; `keys` are those of the enclosing repeats."""
        whole = self._whole(raw)
        inside = {**place, "parent": raw["id"]}
        if raw["kind"] == "content":
            visible = whole.get("visible", True)
            return Content(raw["id"], whole["text"], **place, raw=whole, visible=visible)
        if raw["kind"] == "section":
            items = self._items(raw, inside, keys)
            named = {"title": whole["title"], "collapsible": raw.get("collapsible", False)}
            named["mark"] = raw.get("mark", "")
            return Section(**_common(whole), **place, **named, items=items)
        path_keys = (*keys, raw["key"])
        if raw["kind"] == "question":
            return _question(whole, {**place, "path_keys": path_keys})
        named = {name: whole[name] for name in _REPEAT_OPTIONS if name in whole}
        inside["repeats"] = (*place["repeats"], raw["id"])
        items = self._items(raw, inside, path_keys)
        named |= {"label": whole["label"], "path_keys": path_keys}
        return Repeat(**_common(whole), **place, **named, items=items)


_REPEAT_OPTIONS = ("layout", "min_rows", "max_rows", "row_title", "add_label", "mark", "prefill")
_QUESTION_OPTIONS = (
    *(
        "required",
        "readonly",
        "value",
        "default",
        "result",
        "list",
        "options",
        "display",
        "min_length",
    ),
    *("pattern", "pattern_message", "minimum", "maximum", "not_before", "not_after", "protected"),
    "mark",
)


def _common(whole: Mapping[str, Any]) -> dict[str, Any]:
    named = {"id": whole["id"], "key": whole["key"], "hint": whole.get("hint", "")}
    return {**named, "visible": whole.get("visible", True), "raw": whole}


def _question(whole: Mapping[str, Any], place: Mapping[str, Any]) -> Question:
    named = {name: whole[name] for name in _QUESTION_OPTIONS if name in whole}
    for name in ("exclusive", "accept", "prefill"):
        named[name] = tuple(whole.get(name, ()))
    if whole["type"] in ("text", "long_text"):
        named["max_length"] = answer_types.max_length(whole)
    if whole["type"] == "file":
        named["max_files"] = answer_types.max_files(whole)
        named["max_bytes"] = answer_types.max_bytes(whole)
    named["decimal_places"] = answer_types.decimal_places(whole)
    return Question(**_common(whole), **place, **named, type=whole["type"], label=whole["label"])
