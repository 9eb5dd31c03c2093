"""What all tests share: the cast, the published library, and databases that can be flushed."""

import os
from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import pytest

_skipped: list[str] = []


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Note what was passed over."""
    if report.skipped:
        _skipped.append(report.nodeid)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail a run that passed anything over, where CASETHREAD_NO_SKIPS asks for all."""
    if _skipped and os.environ.get("CASETHREAD_NO_SKIPS"):
        print(f"\nPassed over, though all must run: {', '.join(_skipped)}")
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Give all browser tests to one worker, which starts one server, and any other test to whoever is free."""
    from xdist.scheduler import LoadScopeScheduling

    class OneBrowser(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return "e2e" if nodeid.startswith("tests/e2e/") else nodeid

    return OneBrowser(config, log)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Begin from a migrated database that is copied."""
    from django.db import connection

    from tests.migrated import copied_into

    copied_into(connection)


@pytest.fixture
def cast(db: None) -> Any:
    """The users and teams (tests.cast.Cast)."""
    from tests.cast import make_cast

    return make_cast()


@pytest.fixture
def library(cast: Any) -> Any:
    """The cast, with the library's code lists and forms published."""
    from tests.published import lay_library

    lay_library(cast)
    return cast


@pytest.fixture(autouse=True)
def _files_in_tmp(tmp_path: Any, settings: Any) -> None:
    """Uploads and anchors go to a folder of the test's own."""
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path / "files", "base_url": None},
        },
    }
    settings.LEDGER_ANCHOR_FILE = tmp_path / "anchors.jsonl"
    return


@pytest.fixture(scope="session", autouse=True)
def _catalogues() -> None:
    """Compile the translations where `make setup` has not, or they have changed since."""
    from tests.tools.compile_messages import compile_stale

    compile_stale()


@pytest.fixture(scope="session", autouse=True)
def _flush_past_the_triggers() -> Iterator[None]:
    """A test that commits is followed by a flush, which immutable tables refuse; it puts them back."""
    from django.db import connection
    from django.test import TransactionTestCase

    from casework.ledger import triggers

    flush = TransactionTestCase._fixture_teardown

    def teardown(case: TransactionTestCase) -> None:
        triggers.remove(connection)
        flush(case)

    with patch.object(TransactionTestCase, "_fixture_teardown", teardown):
        yield
