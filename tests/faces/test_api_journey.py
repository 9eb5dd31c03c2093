"""The script that the docs show does the whole journey against a running server."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from casework.cases.models import Record
from casework.ledger.verify import broken_places
from formdefs.shipped import publish_library
from tests.cast import AT, make_cast
from tests.faces.api_client import Api

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("form", ["child_family_assessment", "child_in_need_plan", "referral"])
def test_the_script_does_the_whole_journey(live_server, form):
    cast = make_cast()
    publish_library(by=cast.ada, at=AT, reason="The library that ships")
    tokens = {
        f"{name}_TOKEN": Api(user).headers["Authorization"].removeprefix("Bearer ")
        for name, user in (("WORKER", cast.wanda), ("MANAGER", cast.max))
    }
    done = subprocess.run(
        [sys.executable, "-I", "docs/examples/api_journey.py", live_server.url, "--form", form],
        check=False, cwd=ROOT, env={**os.environ, **tokens}, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Signed by Max Manager" in done.stdout
    assert "The record is signed" in done.stdout
    record = Record.objects.get()
    assert record.status == "signed"
    assert record.form_version.form_id == form
    assert list(broken_places()) == []
