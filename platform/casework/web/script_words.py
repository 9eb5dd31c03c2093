"""What the pages' scripts say, in the language of the request: data in the page, not code."""

import json

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as noop
from markupsafe import Markup

from casework.web.language import current

WORDS = (
    noop("Saved as you type, {time}"),
    noop("Not saved. {why}"),
    noop("Not saved: you have been signed out. What you typed is still here."),
    noop("Sign in in a new tab"),
    noop("Not saved – trying again"),
    noop("This page cannot be saved any more."),
    noop("A row is added"),
    noop("The row"),
    noop("Removed: {row}"),
    noop("Put it back"),
    noop(
        "Type part of the answer. What is found shows as you type: go through it with the arrow keys."
    ),
    noop("What is found"),
    noop("The list cannot be searched just now. Try again in a moment."),
    noop("{answer} is chosen"),
    noop("The first {number} that match “{typed}” are shown. Type more to narrow them down."),
    noop("Nothing in the list matches “{typed}”. Try another word, or only its beginning."),
    noop("1 matches “{typed}”."),
    noop("{number} match “{typed}”."),
    noop("No answer"),
    noop("Sign in the box with a finger, pen or mouse, or tick below it."),
    noop("Take the drawing away"),
    noop("The signature as it was drawn"),
    noop("Nothing is drawn yet"),
    noop("The drawing is taken away"),
    noop("{row} is back"),
    noop("{row} is removed"),
    noop("Name {number}"),
    noop("There is one more question: {question}"),
    noop("There are {number} more questions: {question}, and more"),
    noop("There is more to fill in"),
    noop("Questions that do not apply are hidden"),
    noop("{question} must be answered now"),
    noop("{number} more questions must be answered now"),
    noop("{question} cannot be changed now"),
    noop("{question} can be answered now"),
    noop("The answers to choose from for {question} have changed"),
    noop("The answers to choose from have changed in {number} questions"),
    noop("nothing yet"),
    noop("Yes"),
    noop("No"),
)
"""The scripts' sentences; a script names one by its English words (static/casework/words.js)."""


def island() -> Markup:
    """The translations as a script element of data; nothing in English, which the scripts have."""
    if current() == "en":
        return Markup("")
    text = json.dumps({english: gettext(english) for english in WORDS}, ensure_ascii=True)
    safe = text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    return Markup(f'<script type="application/json" id="page-words">{safe}</script>')  # noqa: S704
