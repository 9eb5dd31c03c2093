"""Fill a compiled page: values, errors, what is hidden and locked, rows. Pure.

Only escaped values go into the slots; everything else was settled when the page was compiled.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from markupsafe import Markup, escape

from casework.pageforms.compile import (
    Compiled,
    CompiledContent,
    CompiledPage,
    CompiledQuestion,
    CompiledRepeat,
    CompiledSection,
    placeholder,
)
from casework.pageforms.defaults import defaults
from casework.pageforms.fields import FIELDS, YES, Known, Typed, shown, worker_value
from casework.pageforms.names import Path, Posted, joined, part_of
from casework.pageforms.words import say
from formdefs import messages
from formdefs.form import Question
from formdefs.places import rows
from formdefs.state import State

HIDDEN = " hidden"
_HIDDEN_UNLESS: Mapping[bool, str] = {True: "", False: HIDDEN}


@dataclass(frozen=True)
class Shown:
    """What a page shows now.

    answers: the page's own; typed: inputs that win over the answers, by name; problems: messages by
    the name of the question or repeat; on: the day that lists are offered for; href: where a file
    is found.
    """

    answers: Mapping[str, Any]
    state: State
    on: date
    typed: Posted = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)
    known: Known = field(default_factory=Known)
    href: Callable[[str], str] = "/files/{}/".format


def render_page(compiled: CompiledPage, now: Shown) -> Markup:
    """Return the inputs of a page, without the form element and its buttons."""
    out = _Filling(compiled, now).items(compiled.items, now.answers, ())
    if compiled.persons:
        names = "".join(
            f'<option value="{escape(n)}"></option>' for n in now.known.persons.values()
        )
        out.append(f'<datalist id="known-persons">{names}</datalist>')
    return Markup("".join(out))  # noqa: S704 (each piece was escaped)


def render_alone(item: CompiledQuestion, compiled: CompiledPage, name: str, now: Shown) -> Markup:
    """Return one question's inputs under another name, showing whatever the rules say."""
    filling = _Filling(compiled, now, blank=True)
    return Markup(filling.inputs(item, now.answers.get(item.question.key), name, {}))  # noqa: S704


@dataclass(frozen=True)
class _Filling:
    """One request's filling. `blank`: a row for the browser to copy; its rules are run there."""

    compiled: CompiledPage
    now: Shown
    blank: bool = False

    def items(
        self, items: tuple[Compiled, ...], answers: Mapping[str, Any], row: Path
    ) -> list[str]:
        return [piece for item in items for piece in self.item(item, answers, row)]

    def item(self, item: Compiled, answers: Mapping[str, Any], row: Path) -> Iterator[str]:
        if isinstance(item, CompiledQuestion):
            yield self.question(item, answers.get(item.question.key), row)
        elif isinstance(item, CompiledContent):
            yield item.flat.fill({"hidden": self.hidden(item.content.id, row)})
        elif isinstance(item, CompiledSection):
            yield from self.section(item, answers, row)
        else:
            yield from self.repeat(item, answers.get(item.repeat.key), row)

    def hidden(self, node_id: str, row: Path) -> str:
        return _HIDDEN_UNLESS[self.blank or self.now.state.shows(node_id, row[1::2])]

    def section(
        self, item: CompiledSection, answers: Mapping[str, Any], row: Path
    ) -> Iterator[str]:
        values = {"hidden": self.hidden(item.section.id, row)}
        if item.section.collapsible:
            values["open"] = " open" if self.open(item.items, answers, row) else ""
        yield item.before.fill(values)
        yield from self.items(item.items, answers, row)
        yield item.after

    def open(self, items: tuple[Compiled, ...], answers: Mapping[str, Any], row: Path) -> bool:
        """Whether a collapsible section has something to show: an answer or a problem."""
        for item in items:
            if isinstance(item, CompiledSection):
                if self.open(item.items, answers, row):
                    return True
            elif isinstance(item, CompiledQuestion | CompiledRepeat):
                node = item.question if isinstance(item, CompiledQuestion) else item.repeat
                name = joined((*row, node.key))
                if answers.get(node.key) is not None or name in self.now.problems:
                    return True
                if any(typed.startswith(name) for typed in self.now.typed):
                    return True
        return False

    def repeat(self, item: CompiledRepeat, value: Any, above: Path) -> Iterator[str]:
        repeat, path = item.repeat, (*above, item.repeat.key)
        name, message = joined(path), self.now.problems.get(joined(path))
        wrong = item.error.fill({"name": name, "error": str(escape(message))}) if message else ""
        yield item.before.fill(
            {
                "name": name,
                "hidden": self.hidden(repeat.id, above),
                "error": wrong,
                "wrong": " govuk-form-group--error" if message else "",
            }
        )
        answered = rows(value)
        for number, (row_id, answers) in enumerate(answered, start=1):
            title = self.now.state.row_title((*path, row_id)) if not self.blank else ""
            yield from self.row(
                item, answers, (*path, row_id), title or f"{repeat.label}: {number}"
            )
        copied = _Filling(self.compiled, self.now, blank=True)
        given = defaults(repeat.answered, self.now.state, above)
        fresh = "".join(copied.row(item, given, (*path, placeholder(item.depth)), repeat.label))
        full = HIDDEN if len(answered) >= repeat.max_rows else ""
        yield item.after.fill({"name": name, "template": fresh, "full": full})

    def row(
        self, item: CompiledRepeat, answers: Mapping[str, Any], path: Path, title: str
    ) -> Iterator[str]:
        values = {
            "name": joined(path),
            "repeat": joined(path[:-1]),
            "row": path[-1],
            "title": str(escape(title)),
        }
        yield item.row_before.fill(values)
        if item.repeat.layout == "table":
            for cell in item.items:
                yield '<td class="govuk-table__cell">'
                yield from self.item(cell, answers, path)
                yield "</td>"
        else:
            yield from self.items(item.items, answers, path)
        yield item.row_after.fill(values)

    def question(self, item: CompiledQuestion, answer: Any, row: Path) -> str:
        question, state = item.question, self.now.state
        path = (*row, question.key)
        name = joined(path)
        values = {"name": name, "optional": "", "hidden": ""}
        if self.blank:
            locked = question.readonly is True
            values["optional"] = _HIDDEN_UNLESS[question.required is not True]
        else:
            locked = item.how == "output" or state.readonly(path)
            values["hidden"] = _HIDDEN_UNLESS[state.shows(question.id, row[1::2])]
            values["optional"] = _HIDDEN_UNLESS[not state.required(path)]
        if item.how == "output" or locked:
            counted = None if self.blank else state.value(path)
            said = say(self.compiled.form, question, counted if item.how == "output" else answer)
            return item.locked.fill(values | {"value:": str(escape(said))})
        return self.inputs(item, answer, name, values)

    def inputs(self, item: CompiledQuestion, answer: Any, name: str, values: "Values") -> str:
        values = {"name": name, "optional": "", "hidden": "", **values}
        typed = self.typed(item.question, name, answer)
        message = self.now.problems.get(name)
        values["error"] = str(escape(message)) if message else ""
        _VALUES[item.how](self, item, name, typed, answer, values)
        return (item.wrong if message else item.right).fill(values)

    def typed(self, question: Question, name: str, answer: Any) -> Typed:
        parts = FIELDS[question.type].parts
        if self.now.typed and any(part_of(name, part) in self.now.typed for part in parts):
            return {part: self.now.typed.get(part_of(name, part), ()) for part in parts}
        return shown(question, answer, self.now.known)


Values = dict[str, str]


def _first(typed: Typed, part: str) -> str:
    values = typed.get(part, ())
    return str(escape(values[0])) if values else ""


def _parts(
    filling: _Filling, item: CompiledQuestion, name: str, typed: Typed, answer: Any, values: Values
) -> None:
    """Fill the inputs that hold text, and an address's tick."""
    del filling, name, answer
    for part in FIELDS[item.question.type].parts:
        values[f"value:{part}"] = _first(typed, part)
    values["protected"] = " checked" if typed.get("protected") == [YES] else ""


def _listed(
    filling: _Filling, item: CompiledQuestion, name: str, typed: Typed, answer: Any, values: Values
) -> None:
    """Fill radios and checkboxes: what is offered on the day, and whatever is already chosen."""
    del answer
    chosen = list(typed.get("", ()))
    out = []
    for number, code in enumerate(_codes(filling, item, chosen), start=1):
        item_values = {
            "name": name,
            "item:id": name if number == 1 else f"{name}-{number}",
            "item:checked": " checked" if code in chosen else "",
        }
        if code in item.options:
            out.append(item.options[code].fill(item_values))
        elif item.other is not None:
            words = {"item:value": str(escape(code)), "item:text": str(escape(code))}
            out.append(item.other.fill(item_values | words))
    values["items"] = "".join(out)


def _codes(filling: _Filling, item: CompiledQuestion, chosen: list[str]) -> list[str]:
    question = item.question
    if not question.list:
        return list(item.options)
    entries = filling.compiled.form.lists[question.list].entries
    offered = [e.code for e in entries if e.in_force(filling.now.on) or e.code in chosen]
    return offered + [code for code in chosen if code not in item.options]


def _selected(
    filling: _Filling, item: CompiledQuestion, name: str, typed: Typed, answer: Any, values: Values
) -> None:
    """Fill a drop-down list: an empty choice first."""
    assert item.other is not None
    chosen = list(typed.get("", ()))[:1]
    out = [_option(item, name, "", "Select an answer", chosen in ([], [""]))]
    if item.question.type == "worker":
        workers = dict(filling.now.known.workers)
        if isinstance(answer, Mapping) and "name" in answer:
            workers.setdefault(worker_value(answer), str(answer["name"]))
        out += [
            _option(item, name, key, label, key in chosen) for key, label in workers.items() if key
        ]
    else:
        for code in _codes(filling, item, [c for c in chosen if c]):
            values_of = {"name": name, "item:checked": " selected" if code in chosen else ""}
            option = item.options.get(code)
            out.append(option.fill(values_of) if option else _option(item, name, code, code, True))
    values["items"] = "".join(out)


def _option(item: CompiledQuestion, name: str, value: str, text: str, selected: bool) -> str:
    assert item.other is not None
    return item.other.fill(
        {
            "name": name,
            "item:value": str(escape(value)),
            "item:text": str(escape(text)),
            "item:checked": " selected" if selected else "",
        }
    )


def _people(
    filling: _Filling, item: CompiledQuestion, name: str, typed: Typed, answer: Any, values: Values
) -> None:
    """Fill the names, and one empty input more."""
    del filling, answer
    assert item.other is not None
    names = [*typed.get("", ()), ""] if (*typed.get("", ()), "x")[-2:-1] != ("",) else typed[""]
    values["items"] = "".join(
        item.other.fill(
            {
                "name": name,
                "item:id": name if number == 1 else f"{name}-{number}",
                "item:number": str(number),
                "item:value": str(escape(one)),
            }
        )
        for number, one in enumerate(names, start=1)
    )


def _files(
    filling: _Filling, item: CompiledQuestion, name: str, typed: Typed, answer: Any, values: Values
) -> None:
    """Fill the files that are there; the input for more is always empty."""
    del answer
    assert item.other is not None
    removed, out = typed.get("remove", ()), []
    for number, file_id in enumerate(typed.get("present", ()), start=1):
        entry = filling.now.known.files.get(file_id)
        if entry is None:
            continue
        out.append(
            item.other.fill(
                {
                    "name": name,
                    "item:id": f"{name}.remove-{number}",
                    "item:value": str(escape(file_id)),
                    "item:text": str(escape(entry["name"])),
                    "item:size": messages.size(entry["size"]),
                    "item:href": str(escape(filling.now.href(file_id))),
                    "item:checked": " checked" if file_id in removed else "",
                }
            )
        )
    values["items"] = "".join(out)


_VALUES: Mapping[str, Callable[..., None]] = {
    "line": _parts,
    "long": _parts,
    "date": _parts,
    "address": _parts,
    "radios": _listed,
    "checkboxes": _listed,
    "select": _selected,
    "people": _people,
    "file": _files,
}
