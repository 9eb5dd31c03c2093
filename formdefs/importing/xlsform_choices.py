"""The choices of an XLSForm as lists of a form, with the columns that filters read. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from formdefs.importing.building import MAX_OPTIONS, Building
from formdefs.importing.naming import slug
from formdefs.importing.xlsform_sheets import Row

if TYPE_CHECKING:
    from formdefs.importing.xlsform_reading import Languages

_OWN = ("list_name", "name", "value", "label", "order")


@dataclass
class Choices:
    """One list. codes: name in the source -> code; columns: heading -> name of the attribute."""

    list_name: str
    codes: dict[str, str]
    rows: Sequence[tuple[str, Row]]
    columns: Mapping[str, str]
    too_long: bool = False
    used: set[str] = field(default_factory=set)

    def with_other(self, building: Building) -> str:
        """Offer “other” as well, and return its code."""
        if "other" not in self.codes:
            building.lists[self.list_name]["options"].append({"code": "other", "label": "Other"})
            self.codes["other"] = "other"
        return self.codes["other"]

    def attach(self, building: Building, column: str, renamed: Mapping[str, str]) -> None:
        """Write a column beside each entry, for a filter that reads it."""
        self.used.add(column)
        by_code = {option["code"]: option for option in building.lists[self.list_name]["options"]}
        for code, row in self.rows:
            value = row.get(column)
            if value:
                given = by_code[code].setdefault("attributes", {})
                given[self.columns[column]] = renamed.get(value, value)[:255]


def read_choices(
    building: Building, rows: Sequence[Row], languages: "Languages"
) -> dict[str, Choices]:
    """Make a list of the form for each list of the sheet."""
    by_list: dict[str, list[Row]] = {}
    for row in rows:
        name = row.get("list_name")
        if name and row.get("name", "value"):
            by_list.setdefault(name, []).append(row)
        else:
            building.report.lost(row.at, "choice", "It has no list name or no name.")
    return {name: _choices(building, name, listed, languages) for name, listed in by_list.items()}


def _choices(building: Building, name: str, rows: list[Row], languages: "Languages") -> Choices:
    kept: dict[str, Row] = {}
    for row in rows:
        value = row.get("name", "value")
        if value in kept:
            says = f"“{value}” stands there twice: only the first is offered."
            building.report.lost(row.at, "choice", says)
        else:
            kept[value] = row
        for column in row.cells:
            plain, _, language = column.partition("::")
            if plain not in _OWN and plain in ("media", "image", "audio", "video"):
                building.report.lost(row.at, column, "Choices are words alone.")
            elif plain == "label" and language in languages.others:
                says = "Choices are in the form's own language alone."
                building.report.lost(f"choices “{name}”", column, says)
    if len(kept) > MAX_OPTIONS:
        return Choices("", {}, (), {}, too_long=True)
    pairs = [(value, languages.text(row, "label") or value) for value, row in kept.items()]
    listed, codes = building.list_of(name, pairs)
    columns = {
        column: made
        for row in kept.values()
        for column in row.cells
        if "::" not in column and column not in _OWN and (made := _attribute(column))
    }
    return Choices(
        listed,
        dict(zip(kept, codes, strict=True)),
        list(zip(codes, kept.values(), strict=True)),
        columns,
    )


def _attribute(column: str) -> str:
    made = slug(column)
    return f"{made}_" if made in ("code", "label") else made
