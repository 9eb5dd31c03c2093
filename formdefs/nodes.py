"""The nodes of a loaded form: pages, sections, repeats, questions and content. Pure, read-only."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from formdefs import answer_types

Path = tuple[str, ...]  # keys and row ids by turns: ("needs", "k3f9a2b1", "by_when")


@dataclass(frozen=True, eq=False)
class Question:
    """One question. Options that its type does not have are at their empty value.

    path_keys: keys of the enclosing repeats, then its own; repeats: their ids; parent: id of the
    page, section or repeat that holds it; required, visible, readonly and options: a constant or a
    rule; raw: everything the definition says of it.
    """

    id: str
    key: str
    type: str
    label: str
    hint: str
    path_keys: Path
    repeats: tuple[str, ...]
    page: str
    parent: str
    raw: Mapping[str, Any]
    kind: str = "question"
    required: Any = False
    visible: Any = True
    readonly: Any = False
    value: Any = None
    default: Any = None
    result: str = ""
    list: str = ""
    options: Any = True
    exclusive: tuple[str, ...] = ()
    display: str = ""
    max_length: int | None = None
    min_length: int | None = None
    pattern: str = ""
    pattern_message: str = ""
    minimum: Any = None
    maximum: Any = None
    decimal_places: int = 2
    not_before: str = ""
    not_after: str = ""
    max_files: int = 0
    max_bytes: int = 0
    accept: tuple[str, ...] = ()
    protected: bool = False
    mark: str = ""
    prefill: tuple[Mapping[str, Any], ...] = ()

    @cached_property
    def rules_as(self) -> str:
        """The name-type by which rules know the answer."""
        return answer_types.rules_as(self.raw)


@dataclass(frozen=True, eq=False)
class Content:
    """Words between questions; a blank line separates paragraphs."""

    id: str
    text: str
    repeats: tuple[str, ...]
    page: str
    parent: str
    raw: Mapping[str, Any]
    kind: str = "content"
    visible: Any = True

    @property
    def paragraphs(self) -> list[str]:
        """The paragraphs of the text."""
        return [part.strip() for part in self.text.split("\n\n") if part.strip()]


@dataclass(frozen=True, eq=False)
class Section:
    """A titled part of a page; a collapsible one is optional to open."""

    id: str
    key: str
    title: str
    hint: str
    items: "tuple[Item, ...]"
    repeats: tuple[str, ...]
    page: str
    parent: str
    raw: Mapping[str, Any]
    kind: str = "section"
    visible: Any = True
    collapsible: bool = False
    mark: str = ""


@dataclass(frozen=True, eq=False)
class Repeat:
    """A part that is answered any number of times; each row has a permanent `_id`."""

    id: str
    key: str
    label: str
    hint: str
    items: "tuple[Item, ...]"
    path_keys: Path
    repeats: tuple[str, ...]
    page: str
    parent: str
    raw: Mapping[str, Any]
    kind: str = "repeat"
    visible: Any = True
    layout: str = "cards"
    min_rows: int = 0
    max_rows: int = 100
    row_title: Any = None
    add_label: str = ""
    mark: str = ""
    prefill: tuple[Mapping[str, Any], ...] = ()

    @cached_property
    def answered(self) -> "Mapping[str, Question | Repeat]":
        """The questions and repeats of one row by key, in document order."""
        return {node.key: node for node in _answered(self.items)}


@dataclass(frozen=True)
class Check:
    """A rule across questions, made at form level or in every row of its repeats.

    when: true when something is wrong; key, repeats: of the question or repeat where it is told.
    """

    id: str
    when: Any
    key: str
    repeats: tuple[str, ...]
    message: str
    severity: str


Item = Question | Content | Section | Repeat


@dataclass(frozen=True, eq=False)
class Page:
    """One screen, and the unit of saving."""

    id: str
    key: str
    title: str
    hint: str
    items: tuple[Item, ...]
    raw: Mapping[str, Any]
    kind: str = "page"
    visible: Any = True
    repeats: tuple[str, ...] = ()

    @cached_property
    def answered(self) -> "Mapping[str, Question | Repeat]":
        """The page's own form-level questions and repeats by key, in document order."""
        return {node.key: node for node in _answered(self.items)}


def all_items(items: tuple[Item, ...]) -> Iterator[Item]:
    """Yield the items and all inside them, in document order."""
    for item in items:
        yield item
        if isinstance(item, Section | Repeat):
            yield from all_items(item.items)


def _answered(items: tuple[Item, ...]) -> Iterator[Question | Repeat]:
    for item in items:
        if isinstance(item, Question | Repeat):
            yield item
        elif isinstance(item, Section):
            yield from _answered(item.items)
