"""A form of one page with 40 questions of the types that assessments use most."""

from typing import Any

KINDS = ("text", "long_text", "yes_no", "choice", "date", "integer", "long_text", "text")


def definition() -> dict[str, Any]:
    """The form, to publish: a section of 40 questions, five of them behind a condition."""
    return {
        "formdef": 1,
        "key": "forty",
        "title": "Forty questions",
        "kind": "bench",
        "language": "en",
        "layout": "single",
        "lists": {
            "degree": {
                "options": [
                    {"code": code, "label": label}
                    for code, label in (("low", "Low"), ("some", "Some"), ("high", "High"))
                ]
            }
        },
        "pages": [
            {
                "id": "p1aa",
                "key": "all",
                "title": "All of it",
                "items": [_question(number) for number in range(40)],
            }
        ],
    }


def _question(number: int) -> dict[str, Any]:
    kind = KINDS[number % len(KINDS)]
    question: dict[str, Any] = {
        "id": f"q{number:02}x",
        "kind": "question",
        "key": f"question_{number:02}",
        "type": kind,
        "label": f"Question {number + 1}",
        "hint": "Say what you saw and what you were told.",
    }
    if kind == "choice":
        question["list"] = "degree"
    if number % 8 == 6:
        question["visible"] = {"==": [{"var": f"question_{number - 4:02}"}, True]}
    return question


def answers() -> dict[str, Any]:
    """An answer to every question."""
    by_kind: dict[str, Any] = {
        "text": "A short answer",
        "long_text": "She said that the week had gone well and that school was better. " * 6,
        "yes_no": True,
        "choice": "some",
        "date": "2026-11-03",
        "integer": 7,
    }
    return {f"question_{number:02}": by_kind[KINDS[number % len(KINDS)]] for number in range(40)}
