"""The jobs that no person waits for."""

from typing import Any

import pytest
from django.core.management import call_command

from casework.web.management.commands import jobs

pytestmark = pytest.mark.django_db(transaction=True)  # as a process of its own has it


def test_every_job_runs_once(caplog: pytest.LogCaptureFixture) -> None:
    call_command("jobs", once=True)
    assert "failed" not in caplog.text


def test_a_job_that_fails_is_logged_and_stops_no_other(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    ran: list[str] = []
    monkeypatch.setattr(jobs, "BEATS", {"no_such_job": 60, **jobs.BEATS})
    monkeypatch.setattr(jobs, "call_command", _noting(ran))
    call_command("jobs", once=True)
    assert "The job no_such_job failed" in caplog.text
    assert ran == ["no_such_job", *list(jobs.BEATS)[1:]]


def _noting(ran: list[str]) -> Any:
    def run(name: str) -> Any:
        ran.append(name)
        return call_command(name)

    return run
