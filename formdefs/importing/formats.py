"""The formats that a form is imported from: known by the file itself, and read. Pure."""

from collections.abc import Mapping
from typing import Any

from casework.json_gate import NotReadable, read_json
from formdefs.importing import fhir, jsonforms, xlsform
from formdefs.importing.report import Imported, NotImportable

FORMATS: Mapping[str, str] = {
    "casethread": "Casethread (exported before)",
    "jsonforms": "JSONForms (JSON Schema and UI schema)",
    "xlsform": "XLSForm (Excel workbook)",
    "fhir": "FHIR R4 Questionnaire (JSON)",
}
"""What each is called. `casethread` is no importer: such a file is a definition already."""

MAX_BYTES = 5 * 1024 * 1024
_ZIP, _OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_SCHEMA = ("schema", "uischema", "$schema", "properties", "definitions", "$defs")


def detect(content: bytes) -> str:
    """Say which format a file is in; what looks like none is taken for a definition of ours."""
    if content.startswith((_ZIP, _OLD_EXCEL)):
        return "xlsform"
    try:
        value = _json(content)
    except NotImportable:
        return "casethread"
    if not isinstance(value, Mapping) or "formdef" in value:
        return "casethread"
    if "resourceType" in value:
        return "fhir"
    return "jsonforms" if any(name in value for name in _SCHEMA) else "casethread"


def read(
    content: bytes,
    source: str,
    *,
    key: str = "",
    title: str = "",
    uischema: bytes | None = None,
    data: bytes | None = None,
    others: bool = False,
) -> Imported:
    """Read a file of one of the formats but `casethread`.

    uischema, data and others go with JSONForms: see `jsonforms.read`. Raises NotImportable, with what to do about it.
    """
    if source == "xlsform":
        return xlsform.read(content, key=key, title=title)
    value = _json(content)
    if source == "fhir":
        return fhir.read(value, key=key, title=title)
    given: dict[str, Any] = {} if data is None else {"data": _json(data, "The data")}
    layout = None if uischema is None else _json(uischema, "The UI schema")
    return jsonforms.read(value, key=key, title=title, uischema=layout, others=others, **given)


def _json(content: bytes, what: str = "The file") -> Any:
    try:
        return read_json(content.removeprefix(b"\xef\xbb\xbf"), "application/json")
    except NotReadable as refusal:
        raise NotImportable(f"{what} cannot be read as JSON. {refusal}") from refusal
