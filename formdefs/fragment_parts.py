"""The parts of a fragment, put into the document that includes it under names of their own. Pure."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from formdefs import shapes, tree
from formdefs.rules_rename import renamed

Document = Mapping[str, Any]
_OF_INCLUDE = ("kind", "fragment", "version", "prefixed")


@dataclass(frozen=True)
class Added:
    """What a fragment adds to the document beside its items, under its new names.

    texts: language -> “<id>.label” -> text.
    """

    lists: Mapping[str, Any]
    checks: list[Any]
    texts: Mapping[str, Mapping[str, str]]


@dataclass
class Whole:
    """The lists, checks and translations of a document, to which those of fragments are added."""

    lists: dict[str, Any]
    checks: list[Any]
    translations: dict[str, Any]

    @classmethod
    def of(cls, document: Document) -> "Whole":
        """Begin with the document's own."""
        lists, checks = document.get("lists"), document.get("checks")
        translations = document.get("translations")
        return cls(
            dict(lists) if isinstance(lists, Mapping) else {},
            list(checks) if isinstance(checks, list) else [],
            dict(translations) if isinstance(translations, Mapping) else {},
        )

    def add(self, added: Added) -> list[str]:
        """Add what a fragment brings; return the JSON pointers where it lies now.

        Of its translations those are taken whose language the document has; the document's own
        words for a text of the fragment stay.
        """
        places = [shapes.pointer(["lists", name]) for name in added.lists]
        places += [f"/checks/{index + len(self.checks)}" for index in range(len(added.checks))]
        self.lists |= added.lists
        self.checks += added.checks
        for language, texts in added.texts.items():
            own = self.translations.get(language)
            if isinstance(own, Mapping):
                new = {name: text for name, text in texts.items() if name not in own}
                places += [shapes.pointer(["translations", language, name]) for name in new]
                self.translations[language] = {**own, **new}
        return places

    def parts(self) -> dict[str, Any]:
        """Return those of the three that hold anything."""
        return {name: value for name, value in vars(self).items() if value}


def beginning(include: Document) -> str:
    """Return what the keys of a fragment begin with where it is included."""
    return f"{include['key']}_" if include.get("prefixed", True) else ""


def top_keys(fragment: Document) -> Iterator[str]:
    """Yield the keys in a fragment's own scope: outside its repeats."""
    for item in _outside_rows(fragment["items"]):
        if "key" in item:
            yield item["key"]


def top_names(fragment: Document) -> frozenset[str]:
    """Return the keys by which the rules of an expanded fragment read its own scope."""
    asked = (i for i in _outside_rows(fragment["items"]) if i["kind"] in ("question", "repeat"))
    return frozenset(item["key"] for item in asked)


def inlined(
    include: Document,
    fragment: Document,
    names: frozenset[str],
    scope: tuple[str, ...],
    new_id: Callable[[str], str],
) -> tuple[dict[str, Any], Added]:
    """Return the section that an include stands for, and what its fragment adds beside it.

    names: what the fragment's rules may read in its own scope; scope: the keys of the repeats around
    the include, whose rows its checks look at; new_id: what a node's id becomes.
    """
    start = beginning(include)
    write = _Writer(
        start=start,
        new={name: start + name for name in names},
        new_id=new_id,
        lists={name: f"{include['id']}_{name}" for name in fragment.get("lists", {})},
    )
    section = {part: value for part, value in include.items() if part not in _OF_INCLUDE}
    section = {
        **section,
        "kind": "section",
        "title": include.get("title", fragment["title"]),
        "items": write.items(fragment["items"], start),
    }
    own_title = {"fragment.title": f"{include['id']}.title"} if "title" not in include else {}
    added = Added(
        {write.lists[name]: source for name, source in fragment.get("lists", {}).items()},
        [write.check(check, scope) for check in fragment.get("checks", [])],
        {
            language: write.texts(texts, own_title)
            for language, texts in fragment.get("translations", {}).items()
        },
    )
    return section, added


@dataclass(frozen=True)
class _Writer:
    """Writes a fragment's parts under their new names."""

    start: str
    new: Mapping[str, str]
    new_id: Callable[[str], str]
    lists: Mapping[str, str]

    def items(self, items: list[Any], start: str) -> list[Any]:
        """Write items; `start` begins their keys, nothing in rows."""
        return [self.item(item, start) for item in items]

    def item(self, item: Document, start: str) -> dict[str, Any]:
        written = {**item, "id": self.new_id(item["id"])}
        if "key" in item:
            written["key"] = start + item["key"]
        if "list" in item:
            written["list"] = self.lists[item["list"]]
        for part in tree.RULED:
            if part in item and (part != "default" or tree.is_rule(item[part])):
                own = frozenset({"option"}) if part == "options" else frozenset[str]()
                written[part] = renamed(item[part], self.new, own)
        if "items" in item:
            written["items"] = self.items(item["items"], "" if item["kind"] == "repeat" else start)
        return written

    def check(self, check: Document, scope: tuple[str, ...]) -> dict[str, Any]:
        first, *inside = check["at"].split(".")
        return {
            **check,
            "id": self.new_id(check["id"]),
            "when": renamed(check["when"], self.new),
            "at": ".".join([*scope, self.new.get(first, first), *inside]),
        }

    def texts(self, texts: Mapping[str, str], own_title: Mapping[str, str]) -> dict[str, str]:
        """Name translated texts by the new ids; the fragment's title is the include's."""
        written = {}
        for name, text in texts.items():
            node_id, _, part = name.partition(".")
            if node_id != "fragment":
                written[f"{self.new_id(node_id)}.{part}"] = text
            elif name in own_title:
                written[own_title[name]] = text
        return written


def _outside_rows(items: list[Any]) -> Iterator[Document]:
    for item in items:
        yield item
        if item["kind"] == "section":
            yield from _outside_rows(item["items"])
