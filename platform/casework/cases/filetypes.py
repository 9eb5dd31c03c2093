"""Tells what kind of file something is by what is in it, never by its name; and cleans its name. Pure.

Only kinds on the list below are known. Pictures are recognised, never decoded, so that none can
blow up in memory.
"""

import codecs
import re
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO

import filetype

CHUNK = 64 * 1024
_HEAD = 8192
_PDF, _PNG, _JPEG = "application/pdf", "image/png", "image/jpeg"
_OFFICE = "application/vnd.openxmlformats-officedocument."
_DOCX = _OFFICE + "wordprocessingml.document"
_XLSX = _OFFICE + "spreadsheetml.sheet"
_ODT, _ODS = (f"application/vnd.oasis.opendocument.{kind}" for kind in ("text", "spreadsheet"))

# Content type -> the endings that its name may have; the first is added to a name that has none.
ENDINGS = {
    _PDF: ("pdf",),
    _PNG: ("png",),
    _JPEG: ("jpg", "jpeg"),
    "image/gif": ("gif",),
    "image/heic": ("heic", "heif"),
    _DOCX: ("docx",),
    _XLSX: ("xlsx",),
    _ODT: ("odt",),
    _ODS: ("ods",),
    "text/plain": ("txt", "csv", "md", "log"),
}
_BY_HEAD = [filetype.get_type(mime=kind) for kind in (*list(ENDINGS)[:5], "application/zip")]
_MAIN_PARTS = {"word/document.xml": _DOCX, "xl/workbook.xml": _XLSX}
_BROKEN = (
    *(zipfile.BadZipFile, zlib.error, struct.error, EOFError),
    *(OSError, ValueError, KeyError, RuntimeError, NotImplementedError, OverflowError),
)
_NOT_TEXT = re.compile("[\x00-\x08\x0e-\x1f\x7f]")
_NOT_IN_NAMES = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]+')


def sniffed(file: BinaryIO) -> str | None:
    """The content type of a file, None if it is not of a kind that is kept. Reads from its start."""
    file.seek(0)
    found = filetype.match(file.read(_HEAD), _BY_HEAD)
    if found is not None and found.mime == "application/zip":
        return _document(file)
    if found is not None:
        return str(found.mime)
    return "text/plain" if _is_text(file) else None


def cleaned_name(name: str, content_type: str) -> str:
    """The name without its folders or characters that mislead, ending as its content does.

    >>> cleaned_name("C:/temp/../letter.exe", "application/pdf")
    'letter.exe.pdf'
    """
    name = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    name = "".join(c for c in name if unicodedata.category(c) not in ("Cf", "Cs", "Co", "Cn"))
    name = " ".join(_NOT_IN_NAMES.sub(" ", name).split()).strip(". ") or "file"
    endings = ENDINGS[content_type]
    stem, _, ending = name.rpartition(".")
    if not stem or ending.lower() not in endings:
        stem, ending = name, endings[0]
    return f"{stem[:150]}.{ending}"


def _document(file: BinaryIO) -> str | None:
    """The kind of office document that a ZIP archive is; None for any other, or one with macros."""
    try:
        with zipfile.ZipFile(file) as archive:
            names = set(archive.namelist())
            if any(name.lower().endswith("vbaproject.bin") for name in names):
                return None
            if "[Content_Types].xml" in names:
                return next((kind for part, kind in _MAIN_PARTS.items() if part in names), None)
            with archive.open("mimetype") as declared:
                kind = declared.read(100).decode("ascii").strip()
    except _BROKEN:
        return None
    return kind if kind in (_ODT, _ODS) else None


def _is_text(file: BinaryIO) -> bool:
    """Say whether all of the file is text in UTF-8 without control characters."""
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    try:
        for chunk in _chunks(file):
            if _NOT_TEXT.search(decoder.decode(chunk)):
                return False
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    file.seek(0)
    while chunk := file.read(CHUNK):
        yield chunk
