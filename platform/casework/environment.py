"""Settings read from environment variables: one table, from which the code and the docs follow.

A bad value stops the start with a sentence that says what to set.
"""

import os
from dataclasses import dataclass
from urllib.parse import urlsplit


class BadSetting(Exception):
    """An environment variable has a value that cannot be used; the text says what to do."""


@dataclass(frozen=True)
class Setting:
    """One environment variable: its name, what it is when not given, and what it is for."""

    name: str
    default: str
    help: str


DEMO_KEY = "demo-key-not-for-real-children-0123456789abcdefghijklmnopqrstuvwxyz"

SETTINGS = (
    Setting(
        "CASETHREAD_MODE",
        "demo",
        "`demo` on a person's own machine; `production` is strict and refuses unsafe values.",
    ),
    Setting(
        "SECRET_KEY",
        DEMO_KEY,
        "Signs sessions and encrypts parked answers. At least 50 random characters in production.",
    ),
    Setting(
        "DATABASE_URL",
        "",
        "`postgres://user:password@host/name`; empty means SQLite in the file CASETHREAD_DB.",
    ),
    Setting(
        "CASETHREAD_DB", "var/casethread.sqlite3", "The SQLite file, when DATABASE_URL is empty."
    ),
    Setting(
        "CASETHREAD_FILES", "var/files", "The folder of uploaded files. Never served directly."
    ),
    Setting(
        "CASETHREAD_TEST_DB",
        "test_casethread",
        "The name of the test database, so that several test runs can go side by side.",
    ),
    Setting(
        "ALLOWED_HOSTS",
        "localhost,127.0.0.1,[::1]",
        "Host names that are served, with commas between them.",
    ),
    Setting(
        "CSRF_TRUSTED_ORIGINS",
        "",
        "Origins such as `https://casethread.example.gov.uk`, with commas between them.",
    ),
    Setting("BEHIND_PROXY", "no", "`yes` when a proxy ends TLS and sets X-Forwarded-Proto."),
    Setting(
        "SESSION_MINUTES", "30", "Minutes without activity after which a person must sign in again."
    ),
    Setting(
        "ORGANISATION",
        "Exampleshire Council",
        "The organisation's name, shown in the header and on prints.",
    ),
    Setting("EMAIL_URL", "console", "`console`, or `smtp://user:password@host:port`."),
    Setting(
        "ANCHOR_FILE",
        "",
        "The file that the ledger's seals are written to, one JSON line each; keep it, or a copy, where "
        "the database's owner cannot write. Empty: beside the SQLite file, or in var/.",
    ),
    Setting("ANCHOR_EMAIL", "", "An address that gets the newest seal once a day; empty for none."),
    Setting(
        "ANCHOR_WEBHOOK", "", "An https:// address that every seal is posted to; empty for none."
    ),
    Setting("EMAIL_FROM", "casethread@localhost", "The address that e-mails come from."),
    Setting(
        "PUBLIC_URL",
        "http://localhost:8000",
        "Where people reach the site: e-mails and calendars link to it.",
    ),
    Setting("LOG_LEVEL", "INFO", "DEBUG, INFO, WARNING or ERROR."),
)
_BY_NAME = {setting.name: setting for setting in SETTINGS}


def text(name: str) -> str:
    """The value of a setting, or its default when not given. Raises KeyError for an undeclared name."""
    return os.environ.get(name, "").strip() or _BY_NAME[name].default


def yes(name: str) -> bool:
    """A setting that is `yes` or `no`. Raises BadSetting for any other word."""
    value = text(name).lower()
    if value not in {"yes", "no"}:
        raise BadSetting(f"{name} is “{value}”. Set it to yes or no.")
    return value == "yes"


def whole_number(name: str, *, low: int, high: int) -> int:
    """A setting that is a whole number within limits. Raises BadSetting otherwise."""
    value = text(name)
    if not value.isascii() or not value.isdigit() or not low <= int(value) <= high:
        raise BadSetting(f"{name} is “{value}”. Set it to a whole number from {low} to {high}.")
    return int(value)


def words(name: str) -> list[str]:
    """A setting with commas between its parts, without empty parts."""
    return [part.strip() for part in text(name).split(",") if part.strip()]


def one_of(name: str, allowed: tuple[str, ...]) -> str:
    """A setting that is one of a few words. Raises BadSetting otherwise."""
    value = text(name)
    if value not in allowed:
        raise BadSetting(f"{name} is “{value}”. Set it to one of: {', '.join(allowed)}.")
    return value


def address(name: str) -> str:
    """A setting that is an https:// address, or http:// on this machine; or empty. Raises BadSetting."""
    value = text(name)
    parts = urlsplit(value)
    here = parts.hostname in {"localhost", "127.0.0.1"}
    if value and not (
        parts.hostname and (parts.scheme == "https" or (parts.scheme == "http" and here))
    ):
        raise BadSetting(f"{name} is “{value}”. Set it to an address that begins with https://.")
    return value
