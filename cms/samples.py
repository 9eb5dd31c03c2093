"""The sample answers of a draft, as far as they fit its form. Pure."""

from typing import Any

from cms.jsontext import Finding, read
from formdefs.answers import clean, draft_problems
from formdefs.form import Form


def sample_answers(form: Form, sample: str) -> tuple[dict[str, Any], Finding | None]:
    """Return the sample answers; none when they do not fit the form, and the first reason why."""
    if not sample.strip():
        return {}, None
    reading = read(sample)
    if reading.findings:
        return {}, reading.findings[0]
    if not isinstance(reading.value, dict):
        return {}, Finding(1, 1, "", "The sample answers are not one object.", "Write {…}.")
    if problems := draft_problems(form, reading.value):
        at = "/" + "/".join(problems[0].path)
        fix = "Change the sample answers, on their own tab."
        return {}, Finding(0, 0, at, f"{'.'.join(problems[0].path)}: {problems[0].message}.", fix)
    return clean(reading.value), None
