"""Fill a compiled page: values, errors, what is hidden and locked, rows. Pure.

Only escaped values go into the slots; everything else was settled when the page was compiled.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup, escape

from casework.pageforms.compile import (
    Compiled,
    CompiledContent,
    CompiledPage,
    CompiledRepeat,
    CompiledSection,
    placeholder,
)
from casework.pageforms.compile_question import CompiledQuestion
from casework.pageforms.defaults import defaults
from casework.pageforms.described import described
from casework.pageforms.fields import FIELDS, Typed, shown
from casework.pageforms.given import Given
from casework.pageforms.inputs import fill_inputs
from casework.pageforms.names import Path, joined, part_of
from casework.pageforms.shown import Shown as Shown
from casework.pageforms.words import lines
from formdefs.form import Question, Repeat
from formdefs.places import rows

HIDDEN = " hidden"
_HIDDEN_UNLESS: Mapping[bool, str] = {True: "", False: HIDDEN}


_OPEN = {"shut": "", "unsent": "", "unlocked": HIDDEN, "said": ""}


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
            html = self.question(item, answers.get(item.question.key), row)
            yield self.noted(
                self.commented(html, (*row, item.question.key)), (*row, item.question.key)
            )
            yield self.marked(item.question, (*row, item.question.key))
        elif isinstance(item, CompiledContent):
            yield item.flat.fill({"hidden": self.hidden(item.content.id, row)})
        elif isinstance(item, CompiledSection):
            yield from self.section(item, answers, row)
        else:
            yield from self.repeat(item, answers.get(item.repeat.key), row)

    def noted(self, html: str, path: Path) -> str:
        """A question with what is noted of it, inside its own element: they show and hide together."""
        note = "" if self.blank else self.now.notes.get(joined(path), "")
        return f"{html.rstrip().removesuffix('</div>')}{note}</div>" if note else html

    def commented(self, html: str, path: Path) -> str:
        """A question with what was said of it above its inputs."""
        above = "" if self.blank else self.now.above.get(joined(path), "")
        return described(html, joined(path), above) if above else html

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
        if why := self.now.withheld(path):
            yield self.withheld(repeat, why, above)
            return
        beside = self.now.above.get(name, "") + self.now.notes.get(name, "")
        if item.repeat.layout == "table" and not self.blank and not self.hidden(repeat.id, above):
            yield beside  # a table has no place for it
        wrong = item.error.fill({"name": name, "error": str(escape(message))}) if message else ""
        yield item.before.fill(
            {
                "name": name,
                "hidden": self.hidden(repeat.id, above),
                "error": wrong,
                "wrong": " govuk-form-group--error" if message else "",
            }
        )
        if not self.blank:
            yield beside if item.repeat.layout != "table" else ""
        answered = rows(value)
        for number, (row_id, answers) in enumerate(answered, start=1):
            title = "" if self.blank else self._title((*path, row_id))
            yield from self.row(
                item, answers, (*path, row_id), title or f"{repeat.label}: {number}"
            )
        for says in self.now.rows_withheld(path):
            told = f'<p class="govuk-hint app-withheld">{escape(says)}</p>'
            cells = f'<td class="govuk-table__cell" colspan="{len(item.items) + 1}">{told}</td>'
            yield f"<tr>{cells}</tr>" if repeat.layout == "table" else told
        if name in self.now.fixed:
            yield f"{'</tbody></table>' if repeat.layout == 'table' else ''}</div>"
            return
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
        fixed = values["repeat"] in self.now.fixed
        yield (item.fixed_before if fixed else item.row_before).fill(values)
        marked = self.marked(item.repeat, path)
        note = "" if self.blank else self.now.above.get(joined(path), "")
        note += "" if self.blank else self.now.notes.get(joined(path), "")
        if item.repeat.layout == "table":
            for place, cell in enumerate(item.items):
                yield f'<td class="govuk-table__cell">{marked}'
                marked = ""
                yield from self.item(cell, answers, path)
                yield "</td>" if place else f"{note}</td>"
        else:
            yield marked
            yield note
            yield from self.items(item.items, answers, path)
        yield (item.fixed_after if fixed else item.row_after).fill(values)

    def _title(self, path: Path) -> str:
        """What a row is called; "" where nothing says."""
        return self.now.row_title(path) or self.now.state.row_title(path)

    def question(self, item: CompiledQuestion, answer: Any, row: Path) -> str:
        question, state = item.question, self.now.state
        path = (*row, question.key)
        name = joined(path)
        if why := self.now.withheld(path):
            return self.withheld(question, why, row)
        values = {"name": name, "optional": "", "hidden": ""}
        by_rule = not isinstance(question.readonly, bool)
        if self.blank:
            locked = question.readonly is True
            values["optional"] = _HIDDEN_UNLESS[question.required is not True]
        else:
            locked = item.how == "output" or state.readonly(path)
            values["hidden"] = _HIDDEN_UNLESS[state.shows(question.id, row[1::2])]
            values["optional"] = _HIDDEN_UNLESS[not state.required(path)]
        if by_rule:
            values |= self.lock(item, answer, locked)
        elif item.how == "output" or locked:
            counted = None if self.blank else state.value(path)
            shown = counted if item.how == "output" else answer
            said = Markup("\n").join(lines(self.compiled.form, question, shown))
            return item.locked.fill(values | {"value:": str(said)})
        return self.inputs(item, answer, name, values, path)

    def lock(self, item: CompiledQuestion, answer: Any, locked: bool) -> dict[str, str]:
        """Both the inputs and the answer as words, of which a rule shows the one or the other."""
        said = Markup("\n").join(lines(self.compiled.form, item.question, answer))
        return {
            "shut": _HIDDEN_UNLESS[not locked],
            "unsent": " disabled" if locked else "",
            "unlocked": _HIDDEN_UNLESS[locked],
            "said": str(said),
        }

    def marked(self, node: Question | Repeat, path: Path) -> str:
        """Say which marks lie on what can be seen and typed here."""
        marks = "" if self.blank or self.now.withheld(path) else self.now.marked(path)
        if not marks:
            return ""
        hidden = self.hidden(node.id, path[:-1]) if isinstance(node, Question) else ""
        says = escape(marks[:1].upper() + marks[1:])
        return f'<p class="govuk-hint app-marked" data-node="{node.id}"{hidden}>{says}</p>'

    def withheld(self, node: Question | Repeat, why: str, row: Path) -> str:
        """Say that there is no answer to be seen here, and no input for one."""
        return (
            f'<div class="govuk-form-group app-withheld" data-node="{node.id}"{self.hidden(node.id, row)}>'
            f'<p class="govuk-body govuk-!-font-weight-bold govuk-!-margin-bottom-1">{escape(node.label)}</p>'
            f'<p class="govuk-body">Withheld: {escape(why)}</p></div>'
        )

    def inputs(
        self,
        item: CompiledQuestion,
        answer: Any,
        name: str,
        values: dict[str, str],
        path: Path | None = None,
    ) -> str:
        """path: where its `options` rule is asked; None for all entries."""
        values = {"name": name, "optional": "", "hidden": "", **_OPEN, **values}
        typed = self.typed(item.question, name, answer)
        message = self.now.problems.get(name)
        values["error"] = str(escape(message)) if message else ""
        offered: dict[str, Any] = {}
        if item.question.options is not True and path and not self.blank:
            state = self.now.state
            if item.how == "search":
                offered["offers"] = state.offers(path)
            else:
                offered["offered"] = frozenset(entry.code for entry in state.offered(path))
        values |= fill_inputs(
            Given(item, self.compiled.form, self.now, name, typed, answer, **offered)
        )
        return (item.wrong if message else item.right).fill(values)

    def typed(self, question: Question, name: str, answer: Any) -> Typed:
        parts = FIELDS[question.type].parts
        if self.now.typed and any(part_of(name, part) in self.now.typed for part in parts):
            return {part: self.now.typed.get(part_of(name, part), ()) for part in parts}
        return shown(question, answer, self.now.known)
