"""The texts of a form in other languages: which there are, which are missing, and a table to fill in. Pure.

A text is named `<id>.<part>` as in `translations`; an option of the form's own lists
`list:<name>.<code>`. Shared code lists are translated where they are kept.
"""

import csv
import io
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from formdefs import tree
from formdefs.compile import own_texts

_OPTION = "list:"
COLUMNS = ("name", "where", "text", "translation")


@dataclass(frozen=True)
class Text:
    """One text of a form, with its translation ("" for none). where: the page that it stands on."""

    name: str
    where: str
    text: str
    translation: str


@dataclass(frozen=True)
class Completeness:
    """How far a form is translated into a language. missing: names of the texts that are not."""

    language: str
    total: int
    missing: tuple[str, ...]

    @property
    def percent(self) -> int:
        """Whole percent of the texts that are translated; 100 only when all are."""
        return (self.total - len(self.missing)) * 100 // self.total if self.total else 100


def languages(definition: Mapping[str, Any]) -> list[str]:
    """Return the languages that a form has any translation in, in alphabetical order."""
    found = {language for language, texts in _translations(definition).items() if texts}
    for _name, option in _options(definition):
        labels = option.get("labels")
        found |= set(labels) if isinstance(labels, Mapping) else set()
    return sorted(found - {definition.get("language")})


def table(definition: Mapping[str, Any], language: str) -> list[Text]:
    """Return every text of a form in document order, with its translation."""
    known = _translations(definition).get(language, {})
    places = _places(definition)
    found = [
        Text(name, places.get(name.partition(".")[0], ""), text, known.get(name, ""))
        for name, text in own_texts(definition).items()
    ]
    for name, option in _options(definition):
        labels = option.get("labels", {})
        found.append(Text(name, "", option["label"], labels.get(language, "")))
    return found


def completeness(definition: Mapping[str, Any], language: str) -> Completeness:
    """Return how far a form is translated into a language."""
    texts = table(definition, language)
    missing = tuple(one.name for one in texts if not one.translation)
    return Completeness(language, len(texts), missing)


def with_translations(
    definition: Mapping[str, Any], language: str, given: Mapping[str, str]
) -> dict[str, Any]:
    """Return the definition with these translations; a blank one is taken off, others stay.

    Names that are no text of the form are passed over.
    """
    made: dict[str, Any] = deepcopy(dict(definition))
    known = {one.name for one in table(definition, language)}
    texts = dict(_translations(definition).get(language, {}))
    for name, text in given.items():
        if name not in known or name.startswith(_OPTION):
            continue
        texts.pop(name, None)
        if text.strip():
            texts[name] = text.strip()
    ordered = {name: texts[name] for name in own_texts(definition) if name in texts}
    translations = {**_translations(made), language: {**texts, **ordered}}
    made["translations"] = {key: value for key, value in translations.items() if value}
    if not made["translations"]:
        del made["translations"]
    for name, option in _options(made):
        if name in given:
            labels = {**option.get("labels", {}), language: given[name].strip()}
            option["labels"] = {key: value for key, value in labels.items() if value}
            if not option["labels"]:
                del option["labels"]
    return made


def as_csv(definition: Mapping[str, Any], language: str) -> str:
    """Write the table as CSV (RFC 4180), for a translator's spreadsheet.

    A text that a spreadsheet would take for a formula is kept as it is, in quotes.
    """
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for one in table(definition, language):
        writer.writerow((one.name, one.where, one.text, one.translation))
    return out.getvalue()


def from_csv(text: str) -> dict[str, str]:
    """Read translations by name from such a table. Raises ValueError that says what is wrong."""
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    header = [cell.strip().lower() for cell in rows[0]] if rows else []
    if "name" not in header or "translation" not in header:
        raise ValueError("The first row must name the columns “name” and “translation”.")
    name, translation = header.index("name"), header.index("translation")
    return {row[name]: row[translation] for row in rows[1:] if len(row) > max(name, translation)}


def _translations(definition: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    found = definition.get("translations")
    return dict(found) if isinstance(found, Mapping) else {}


def _options(definition: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, source in definition.get("lists", {}).items():
        for option in source.get("options", ()):
            yield f"{_OPTION}{name}.{option['code']}", option


def _places(definition: Mapping[str, Any]) -> dict[str, str]:
    titles = {page["id"]: page["title"] for page in definition["pages"]}
    return {node.id: titles.get(node.page, "") for node in tree.walk(definition)}
