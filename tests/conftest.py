"""What all tests share: the cast, the published library, and databases that can be flushed."""

from typing import Any

import pytest


@pytest.fixture
def cast(db: None) -> Any:
    """The users and teams (tests.cast.Cast)."""
    from tests.cast import make_cast

    return make_cast()


@pytest.fixture
def library(cast: Any) -> Any:
    """The cast, with the library's code lists and forms published."""
    from formdefs.shipped import publish_library
    from tests.cast import AT

    publish_library(by=cast.ada, at=AT, reason="The library that ships")
    return cast


@pytest.fixture(autouse=True)
def _files_in_tmp(tmp_path: Any, settings: Any) -> None:
    """Uploads go to a folder of the test's own."""
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path / "files", "base_url": None},
        },
    }
    return
