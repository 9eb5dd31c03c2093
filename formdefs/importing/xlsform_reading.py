"""What is known while an XLSForm is read: its names, its languages, its translations. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from formdefs.importing.building import Building, Node, language_of, readable
from formdefs.importing.data_shape import Value
from formdefs.importing.report import NotImportable, Report
from formdefs.importing.xlsform_choices import Choices
from formdefs.importing.xlsform_sheets import Row

_BY_NAME = {
    "english": "en", "welsh": "cy", "cymraeg": "cy", "french": "fr", "spanish": "es",
    "german": "de", "polish": "pl", "portuguese": "pt", "arabic": "ar", "urdu": "ur",
    "romanian": "ro", "punjabi": "pa", "gujarati": "gu", "bengali": "bn", "somali": "so",
}  # fmt: skip
_LONGEST = {"label": 500, "title": 200, "hint": 2000, "text": 20_000, "message": 500}


@dataclass(frozen=True)
class Languages:
    """The languages of the columns. main: the form's; column: of its texts, "" where none is named."""

    main: str
    column: str
    others: Mapping[str, str]

    def text(self, row: Row, name: str) -> str:
        """Return a text in the form's language."""
        wanted = [f"{name}::{self.column}"] if self.column else []
        return row.get(*wanted, name)


def languages_of(headings: Mapping[str, Sequence[str]], default: str, report: Report) -> Languages:
    """Find the languages that the columns are in; the default is the form's own."""
    named = [
        heading.partition("::")[2]
        for sheet in ("survey", "choices")
        for heading in headings.get(sheet, ())
        if "::" in heading and heading.partition("::")[0] in ("label", "hint", "constraint_message")
    ]
    columns = list(dict.fromkeys(named))
    plain = "label" in headings.get("survey", ())
    column = default if default in columns else "" if plain else next(iter(columns), "")
    others = {}
    for one in columns:
        tag = _tag(one)
        if one == column:
            continue
        if not tag:
            says = f"“{one}” names no language by its code, as “Welsh (cy)” does."
            report.lost("survey", one, says)
        else:
            others[one] = tag
    main = _tag(column) or _tag(default) or "en"
    kept = {one: tag for one, tag in others.items() if tag != main}
    return Languages(main, column, kept)


def _tag(name: str) -> str:
    code = re.search(r"\(([A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)\)\s*$", name)
    if code:
        return language_of(code[1].lower())
    bare = name.strip().lower()
    if re.fullmatch(r"[a-z]{2}", bare):
        return bare
    return _BY_NAME.get(bare, "")


@dataclass
class Entry:
    """One row of the survey that has a name: what it is, and in which repeats it stands."""

    name: str
    kind: str
    row: Row
    node: Node | None
    repeats: tuple[str, ...]
    choices: Choices | None = None
    part: str = "label"
    shape: Value | None = None


@dataclass
class Reading:
    """The form so far, by the names of the source."""

    building: Building
    languages: Languages
    choices: Mapping[str, Choices]
    entries: dict[str, Entry] = field(default_factory=dict)
    translations: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def report(self) -> Report:
        """The lines so far."""
        return self.building.report

    def add(self, entry: Entry) -> None:
        """Note a row by its name, with its texts in the other languages. Raises NotImportable."""
        if entry.name in self.entries and entry.name != entry.row.at:
            says = f"The name “{entry.name}” stands there twice."
            raise NotImportable(says, entry.row.at)
        self.entries[entry.name] = entry
        if entry.node is None:
            return
        for column, language in self.languages.others.items():
            for name, part in (("label", entry.part), ("hint", "hint")):
                text = entry.row.get(f"{name}::{column}")
                if text and part in entry.node:
                    self.translate(language, f"{entry.node['id']}.{part}", text)

    def translate(self, language: str, name: str, text: str) -> None:
        """Keep one text in another language."""
        longest = _LONGEST[name.rpartition(".")[2]]
        told = readable(text).strip()[:longest]
        self.translations.setdefault(language, {})[name] = told
