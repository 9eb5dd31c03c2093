"""Fill a question whose list is searched: what is chosen, what was found, and how much. Pure.

Without JavaScript a button finds, and the page comes back with what was found to choose from; with
it, `static/casework/search.js` asks as one types. The page never carries the whole list.
"""

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup, escape

from casework.pageforms.fixed import word
from casework.pageforms.given import NO_LONGER, Given, Values
from formdefs.codelists import Entry
from formdefs.list_search import Found, search
from formdefs.said import Said, said, translated


def fill_search(given: Given) -> Values:
    """Return the values of the slots: the search as it was typed, the count, and the answers."""
    question, code_list = given.item.question, given.form.lists[given.item.question.list]
    chosen = [code for code in given.typed.get("", ()) if code]
    typed = "".join(given.typed.get("find", ())[:1]).strip()
    found = search(code_list, typed, on=given.now.on, offers=given.offers)
    known = code_list.by_code
    entries = [known.get(code) or Entry(code, code) for code in chosen]
    entries += [entry for entry in found.entries if entry.code not in chosen]
    items = [_item(given, e, n, chosen=e.code in chosen) for n, e in enumerate(entries, start=1)]
    if chosen and question.type == "choice":
        items.append(
            _item(
                given,
                Entry("", word("No answer", given.form.language)),
                len(items) + 1,
                chosen=False,
            )
        )
    filtered, language = question.options is not True, given.form.language

    def say(english: str) -> str:
        return word(english, language)

    return {
        "items": "".join(items),
        "value:": "",
        "value:find": str(escape(typed)),
        "value:found": str(escape(typed)),
        "count": str(escape(translated(in_words(found, typed), say))) if typed else "",
        "source": "" if filtered else str(escape(given.now.list_href(question.list))),
        "on": given.now.on.isoformat(),
    }


def in_words(found: Found, typed: str) -> Said:
    """Say how much was found.

    >>> in_words(Found((), more=False), "leds")
    'Nothing in the list matches “leds”. Try another word, or only its beginning.'
    """
    number = len(found.entries)
    if found.more:
        return said(
            "The first {number} that match “{typed}” are shown. Type more to narrow them down.",
            number=number,
            typed=typed,
        )
    if not number:
        return said(
            "Nothing in the list matches “{typed}”. Try another word, or only its beginning.",
            typed=typed,
        )
    if number == 1:
        return said("1 matches “{typed}”.", typed=typed)
    return said("{number} match “{typed}”.", number=number, typed=typed)


def as_data(found: Found) -> dict[str, Any]:
    """Return what was found for the browser."""
    entries: list[Mapping[str, str]] = [
        {"code": e.code, "label": e.label, "hint": e.hint} for e in found.entries
    ]
    return {"entries": entries, "more": found.more}


def _item(given: Given, entry: Entry, number: int, *, chosen: bool) -> str:
    assert given.item.other is not None
    hint = Markup(' <span class="app-found__hint">{}</span>').format(entry.hint)
    gone = chosen and given.offers is not None and not given.offers(entry)
    return given.item.other.fill(
        {
            "name": given.name,
            "item:id": f"{given.name}-{number}",
            "item:value": str(escape(entry.code)),
            "item:text": str(escape(entry.label) + (hint if entry.hint else "")),
            "item:checked": " checked" if chosen else "",
            "item:gone": f"<span data-gone>{NO_LONGER}</span>" if gone else "",
        }
    )
