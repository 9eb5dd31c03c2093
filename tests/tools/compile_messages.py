"""Compile the catalogues of translations that are older than their texts, as `make setup` does."""

import os
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LOCALE = Path(__file__).resolve().parents[2] / "platform/casework/locale"


def compile_stale() -> None:
    """Write each `.mo` that is missing or old; whole or not at all, since tests run side by side."""
    for source in LOCALE.glob("*/LC_MESSAGES/django.po"):
        made = source.with_suffix(".mo")
        if made.exists() and made.stat().st_mtime >= source.stat().st_mtime:
            continue
        with source.open("rb") as file:
            catalogue = read_po(file, locale=source.parts[-3])
        part = made.with_suffix(f".{os.getpid()}")
        with part.open("wb") as file:
            write_mo(file, catalogue)
        part.replace(made)
