"""The three sheets of an XLSForm workbook as rows of text. Pure: bytes in, text out.

A workbook is a zip of XML from anywhere: its size is judged before it is unpacked, no formula is
worked out, and no entity is expanded (openpyxl reads with defusedxml where that is installed).
"""

import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from io import BytesIO
from typing import Any

import openpyxl

from formdefs.importing.report import NotImportable, Report

MAX_BYTES = 5 * 1024 * 1024
MAX_UNPACKED = 60 * 1024 * 1024
MAX_PARTS = 500
MAX_ROWS = {"survey": 3000, "choices": 10_000, "settings": 50}
MAX_COLUMNS = 120
MAX_CELL = 20_000


@dataclass(frozen=True)
class Row:
    """One row of a sheet: its place in words, and its cells by heading; empty cells are left out."""

    at: str
    cells: Mapping[str, str]

    def get(self, *names: str) -> str:
        """Return the first cell that says something, "" if none does."""
        return next((self.cells[name] for name in names if name in self.cells), "")


@dataclass(frozen=True)
class Sheets:
    """The sheets of an XLSForm, and the headings of each."""

    survey: Sequence[Row]
    choices: Sequence[Row]
    settings: Mapping[str, str]
    headings: Mapping[str, Sequence[str]]


def read_sheets(content: bytes, report: Report) -> Sheets:
    """Read a workbook. Raises NotImportable for what is none, is too large, or has no survey."""
    _refuse(content)
    try:
        found = _sheets(content, report)
    except NotImportable:
        raise
    except Exception as error:
        says = f"The workbook is broken and cannot be read ({type(error).__name__})."
        raise NotImportable(says) from error
    if found is None:
        raise NotImportable("The workbook has no sheet “survey”: it is not an XLSForm.")
    settings = found["settings"][0][0].cells if found["settings"][0] else {}
    headings = {name: listed for name, (_rows_of, listed) in found.items()}
    return Sheets(found["survey"][0], found["choices"][0], settings, headings)


def _sheets(content: bytes, report: Report) -> dict[str, tuple[list[Row], list[str]]] | None:
    book = openpyxl.load_workbook(BytesIO(content), read_only=True, keep_links=False)
    names = {str(name).strip().lower(): name for name in book.sheetnames}
    if "survey" not in names:
        return None
    return {
        name: _rows(book[names[name]], name, report) if name in names else ([], [])
        for name in MAX_ROWS
    }


def _refuse(content: bytes) -> None:
    if len(content) > MAX_BYTES:
        raise NotImportable("The workbook is larger than 5 MB. A form is far smaller.")
    if content[:4] == b"\xd0\xcf\x11\xe0":
        says = "This is a workbook of the old kind (.xls). Save it as .xlsx and import that."
        raise NotImportable(says)
    try:
        with zipfile.ZipFile(BytesIO(content)) as packed:
            parts = packed.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise NotImportable("This is not an Excel workbook (.xlsx).") from error
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise NotImportable("The workbook unpacks to far more than a form can be.")


def _rows(sheet: Any, name: str, report: Report) -> tuple[list[Row], list[str]]:
    most = MAX_ROWS[name]
    headings: list[str] = []
    found: list[Row] = []
    counted = sheet.iter_rows(max_row=most + 2, max_col=MAX_COLUMNS)
    for number, cells in enumerate(counted, start=1):
        at = f"{name} row {number}"
        texts = [_text(cell.value, f"{at}", report) for cell in cells]
        if not any(texts):
            continue
        if not headings:
            headings = [_heading(text) for text in texts]
            continue
        if len(found) >= most:
            raise NotImportable(f"The sheet “{name}” has more than {most} rows.", at)
        named = {
            heading: text
            for heading, text in zip(headings, texts, strict=False)
            if heading and text
        }
        found.append(Row(at, named))
    return found, [heading for heading in headings if heading]


def _heading(text: str) -> str:
    """Write a heading alike however it was typed: `List Name` is `list_name`, languages keep their case."""
    name, mark, language = text.partition("::")
    plain = "_".join(name.strip().lower().replace("-", "_").split())
    return f"{plain}::{language.strip().strip(':')}" if mark else plain


def _text(value: Any, at: str, report: Report) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    text = str(value).strip()
    if text.startswith("="):
        report.lost(at, "formula", "A cell holds an Excel formula: it is taken as empty.")
        return ""
    if len(text) > MAX_CELL:
        report.changed(at, "cell", f"A text is cut off after {MAX_CELL} characters.")
    return text[:MAX_CELL]
