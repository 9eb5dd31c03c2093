"""Fill one question's inputs: what was typed, or the answer, in the slots of its template. Pure."""

from collections.abc import Callable, Mapping

from markupsafe import escape

from casework.pageforms.drawings import drawn
from casework.pageforms.fields import FIELDS, YES, worker_value
from casework.pageforms.fixed import word
from casework.pageforms.given import NO_LONGER, Given, Values
from casework.pageforms.searching import fill_search
from formdefs import messages


def fill_inputs(given: Given) -> Values:
    """Return escaped values for the slots of the question's inputs."""
    values = _FILL[given.item.how](given)
    if given.item.question.options is not True:
        values["none"] = " hidden" if given.offered is None or given.offered else ""
    return values


def _parts(given: Given) -> Values:
    """Fill the inputs that hold text."""
    return {
        f"value:{part}": str(escape(values[0])) if (values := given.typed.get(part, ())) else ""
        for part in FIELDS[given.item.question.type].parts
    }


def _address(given: Given) -> Values:
    """Fill an address and its tick."""
    protected = given.typed.get("protected") == [YES]
    return _parts(given) | {"protected": " checked" if protected else ""}


def _signature(given: Given) -> Values:
    """Fill a signature: its name, its tick, and its drawing, which may be taken away."""
    drawing = "".join(given.typed.get("drawing", ())[:1])
    return _parts(given) | {
        "agreed": " checked" if given.typed.get("agree") == [YES] else "",
        "undrawn": "" if drawing else " hidden",
        "picture": str(drawn(drawing, word("The signature as it was drawn", given.form.language))),
    }


def _listed(given: Given) -> Values:
    """Fill radios and checkboxes: what is offered on the day, and whatever is already chosen."""
    chosen = given.typed.get("", ())
    codes = _codes(given)
    # The first that shows has the question's own id, so that a link can lead to it.
    shown = [code for code in codes if code in chosen or not _gone(given, code)]
    numbers = {code: n for n, code in enumerate(dict.fromkeys([*shown, *codes]), start=1)}
    out = []
    for code in codes:
        place = {"item:id": _numbered(given, numbers[code])}
        out.append(_item(given, code, code, " checked" if code in chosen else "", place))
    return {"items": "".join(out)}


def _selected(given: Given) -> Values:
    """Fill a drop-down list: an empty choice first."""
    chosen = [value for value in given.typed.get("", ())[:1] if value]
    if given.item.question.type == "worker":
        options = dict(given.now.known.workers)
        if isinstance(given.answer, Mapping) and "name" in given.answer:
            options.setdefault(worker_value(given.answer), str(given.answer["name"]))
    else:
        options = {code: code for code in _codes(given)}
    out = [
        _item(
            given, "", word("Select an answer", given.form.language), "" if chosen else " selected"
        )
    ]
    out += [
        _item(given, value, text, " selected" if value in chosen else "")
        for value, text in options.items()
    ]
    return {"items": "".join(out)}


def _item(
    given: Given, value: str, text: str, checked: str, place: Mapping[str, str] | None = None
) -> str:
    """One item of a list: as it was compiled, or made of a value and text that the list has not."""
    values = {"name": given.name, "item:checked": checked, **(place or {})}
    if given.item.question.options is not True:
        values |= _kept_or_gone(given, value, chosen=bool(checked))
    compiled = given.item.options.get(value)
    if compiled is not None:
        return compiled.fill(values)
    assert given.item.other is not None
    return given.item.other.fill(
        {**values, "item:value": str(escape(value)), "item:text": str(escape(text))}
    )


def _gone(given: Given, code: str) -> bool:
    return given.offered is not None and bool(code) and code not in given.offered


def _kept_or_gone(given: Given, code: str, *, chosen: bool) -> Values:
    """What is not offered is there for the browser to bring back; what is chosen is seen and named."""
    select, gone = given.item.how == "select", _gone(given, code)
    hidden = (" hidden disabled" if select else " hidden") if gone and not chosen else ""
    if select:
        return {"item:hidden": hidden, "item:gone": NO_LONGER if gone and chosen else ""}
    unsaid = "" if gone and chosen else " hidden"
    return {"item:hidden": hidden, "item:gone": f"<span data-gone{unsaid}>{NO_LONGER}</span>"}


def _codes(given: Given) -> list[str]:
    """The codes offered on the day, those already chosen, and last those that the list has not."""
    question, options = given.item.question, given.item.options
    if not question.list:
        return list(options)
    chosen = [code for code in given.typed.get("", ()) if code]
    entries = given.form.lists[question.list].entries
    offered = [e.code for e in entries if e.in_force(given.now.on) or e.code in chosen]
    return offered + [code for code in chosen if code not in options]


def _people(given: Given) -> Values:
    """Fill the names, and one empty input more."""
    names = list(given.typed.get("", ()))
    if not names or names[-1]:
        names.append("")
    assert given.item.other is not None
    return {
        "items": "".join(
            given.item.other.fill(
                {
                    "name": given.name,
                    "item:id": _numbered(given, number),
                    "item:number": str(number),
                    "item:value": str(escape(one)),
                }
            )
            for number, one in enumerate(names, start=1)
        )
    }


def _files(given: Given) -> Values:
    """Fill the files that are there; the input for more is always empty."""
    assert given.item.other is not None
    removed, out = given.typed.get("remove", ()), []
    for number, file_id in enumerate(given.typed.get("present", ()), start=1):
        entry = given.now.known.files.get(file_id)
        if entry is None:
            continue
        out.append(
            given.item.other.fill(
                {
                    "name": given.name,
                    "item:id": f"{given.name}.remove-{number}",
                    "item:value": str(escape(file_id)),
                    "item:text": str(escape(entry["name"])),
                    "item:size": messages.size(entry["size"]),
                    "item:href": str(escape(given.now.href(file_id))),
                    "item:checked": " checked" if file_id in removed else "",
                }
            )
        )
    return {"items": "".join(out)}


def _numbered(given: Given, number: int) -> str:
    """The id of an item: the first has the question's own, so that a link finds it."""
    return given.name if number == 1 else f"{given.name}-{number}"


_FILL: Mapping[str, Callable[[Given], Values]] = {
    "line": _parts,
    "long": _parts,
    "date": _parts,
    "address": _address,
    "organisation": _parts,
    "signature": _signature,
    "radios": _listed,
    "checkboxes": _listed,
    "select": _selected,
    "search": fill_search,
    "people": _people,
    "file": _files,
}
