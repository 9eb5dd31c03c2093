"""Compile a page of a published form to flat templates. Pure.

The macros run once, with a slot wherever something changes from request to request; what is left to
do for a request is in `casework.pageforms.render`. Compiled pages are a cache, never part of what
is published: fixes of markup reach published forms.
"""

from dataclasses import dataclass

from casework.pageforms import markup
from casework.pageforms.compile_question import CompiledQuestion, compile_question
from casework.pageforms.fixed import word
from casework.pageforms.flat import Flat, flat, slot
from casework.pageforms.markup import CARD, CELL, Style
from formdefs.form import Content, Form, Item, Page, Question, Repeat, Section

_DEEPEST_HEADING = 6


@dataclass(frozen=True)
class CompiledContent:
    """Words between questions."""

    content: Content
    flat: Flat


@dataclass(frozen=True)
class CompiledSection:
    """A section: what stands before and after its items."""

    section: Section
    before: Flat
    after: str
    items: "tuple[Compiled, ...]"


@dataclass(frozen=True)
class CompiledRepeat:
    """A repeat: before its rows, around each row, after them (`wrong` goes before, with an error).

    depth: how many repeats are around it; its row template's placeholder is named after it; fixed_*: around
    a row that nobody takes out.
    """

    repeat: Repeat
    depth: int
    before: Flat
    error: Flat
    row_before: Flat
    row_after: Flat
    fixed_before: Flat
    fixed_after: Flat
    after: Flat
    items: "tuple[Compiled, ...]"


Compiled = CompiledQuestion | CompiledContent | CompiledSection | CompiledRepeat


@dataclass(frozen=True)
class CompiledPage:
    """A page of a form in one language, ready to be filled."""

    page: Page
    form: Form
    items: tuple[Compiled, ...]
    persons: bool  # whether any question is answered with a person's name


def compile_page(form: Form, page: Page) -> CompiledPage:
    """Compile one page (tens of milliseconds: keep the result)."""
    items = tuple(_item(form, item, CARD, 2, 0) for item in page.items)
    on_page = (q for q in form.questions.values() if q.page == page.id)
    return CompiledPage(page, form, items, any(q.type in ("person", "people") for q in on_page))


def _item(form: Form, item: Item, style: Style, level: int, depth: int) -> Compiled:
    if isinstance(item, Question):
        return compile_question(form, item, style)
    if isinstance(item, Content):
        return _content(form, item)
    if isinstance(item, Section):
        return _section(form, item, style, level, depth)
    return _repeat(form, item, level, depth)


def _content(form: Form, content: Content) -> CompiledContent:
    words = "".join(
        f'<p class="govuk-body">{markup.worded(form, f"{content.id}.text", text)}</p>'
        for text in content.paragraphs
    )
    html = f'<div class="app-content" data-node="{content.id}"'
    return CompiledContent(
        content, flat(f"{html}{slot('hidden')}>{slot('words')}</div>").bind({"words": words})
    )


def _section(form: Form, section: Section, style: Style, level: int, depth: int) -> CompiledSection:
    heading = min(level, _DEEPEST_HEADING)
    attributes = f'data-node="{section.id}"{slot("hidden")}'
    hint = (
        f'<p class="govuk-hint">{markup.worded(form, f"{section.id}.hint", section.hint)}</p>'
        if section.hint
        else ""
    )
    if section.collapsible:
        before = (
            f'<details class="app-section app-section--closed govuk-details" {attributes}{slot("open")}>'
            '<summary class="govuk-details__summary"><span class="govuk-details__summary-text">'
            f"{slot('title')}</span></summary>"
            f'<div class="app-section__inside">{slot("hint")}'
        )
        after = "</div></details>"
    else:
        size = "m" if level == 2 else "s"
        before = (
            f'<section class="app-section" {attributes}>'
            f'<h{heading} class="govuk-heading-{size}">{slot("title")}</h{heading}>{slot("hint")}'
        )
        after = "</section>"
    bound = flat(before).bind(
        {"title": str(markup.worded(form, f"{section.id}.title", section.title)), "hint": hint}
    )
    inner = level if section.collapsible else level + 1
    items = tuple(_item(form, item, style, inner, depth) for item in section.items)
    return CompiledSection(section, bound, after, items)


def _repeat(form: Form, repeat: Repeat, level: int, depth: int) -> CompiledRepeat:
    table = repeat.layout == "table"
    items = tuple(
        _item(form, item, CELL if table else CARD, level + 2, depth + 1)
        for item in (_cells(repeat) if table else repeat.items)
    )
    heading = min(level, _DEEPEST_HEADING)
    words = {
        "label": str(markup.words(repeat.label)),
        "hint": f'<p class="govuk-hint">{markup.worded(form, f"{repeat.id}.hint", repeat.hint)}</p>'
        if repeat.hint
        else "",
        "heading": str(markup.worded(form, f"{repeat.id}.label", repeat.label)),
        "add": str(
            markup.worded(form, f"{repeat.id}.add_label", repeat.add_label)
            or word("Add another", form.language)
        ),
        "node": repeat.id,
        "most": str(repeat.max_rows),
    }
    before = flat(
        f'<div class="app-repeat app-repeat--{repeat.layout}{slot("wrong")}" id="{slot("name")}" tabindex="-1" '
        f'data-repeat="{slot("name")}" data-id="{slot("node")}" data-label="{slot("label")}" data-most="{slot("most")}"{slot("hidden")}>'
        f'<h{heading} class="govuk-heading-m">{slot("heading")}</h{heading}>{slot("hint")}{slot("error")}'
    ).bind(words)
    error = flat(
        f'<p class="govuk-error-message" id="{slot("name")}-error">'
        f'<span class="govuk-visually-hidden">{word("Error:", form.language)}</span> {slot("error")}</p>'
    )
    after = flat(
        f'<template data-row-of="{slot("name")}" data-placeholder="{placeholder(depth)}">{slot("template")}'
        f'</template><button type="submit" class="govuk-button govuk-button--secondary" name="_add" '
        f'value="{slot("name")}" formnovalidate data-add-row{slot("full")}>{slot("add")}</button></div>'
    ).bind(words)
    heading = min(level + 1, _DEEPEST_HEADING)
    row_before, row_after = _table_row(_remove(form)) if table else _card(_remove(form), heading)
    fixed_before, fixed_after = _table_row("") if table else _card("", heading)
    if table:
        before = flat_joined(before, _table_head(form, repeat))
        after = flat_joined(flat("</tbody></table>"), after)
    return CompiledRepeat(
        repeat,
        depth,
        before,
        error,
        flat(row_before),
        flat(row_after),
        flat(fixed_before),
        flat(fixed_after),
        after,
        items,
    )


def placeholder(depth: int) -> str:
    """Return what stands for the row id in a row template; the browser puts a new id in its place."""
    return f"newrow{depth}x0"


def flat_joined(first: Flat, second: Flat) -> Flat:
    """Return one template of two."""
    pieces = (*first.pieces[:-1], first.pieces[-1] + second.pieces[0], *second.pieces[1:])
    return Flat(pieces, tuple((i, name) for i, name in enumerate(pieces) if i % 2))


def _remove(form: Form) -> str:
    return (
        '<button type="submit" class="govuk-button govuk-button--secondary app-row__remove" name="_remove" '
        f'value="{slot("name")}" formnovalidate data-remove-row>{word("Remove", form.language)}'
        f'<span class="govuk-visually-hidden"> {slot("title")}</span></button>'
    )


def _row_attributes() -> str:
    return f'id="{slot("name")}" tabindex="-1" data-row="{slot("name")}"'


def _row_id() -> str:
    return f'<input type="hidden" name="{slot("repeat")}._rows" value="{slot("row")}">'


def _card(remove: str, level: int) -> tuple[str, str]:
    # The browser writes the title of a row that people add anew as they type; not one of the case's.
    live = " data-row-title" if remove else ""
    before = (
        f'<div class="app-row govuk-summary-card" {_row_attributes()}>{_row_id()}'
        '<div class="govuk-summary-card__title-wrapper">'
        f'<h{level} class="govuk-summary-card__title"{live}>{slot("title")}</h{level}>{remove}</div>'
        '<div class="govuk-summary-card__content">'
    )
    return before, "</div></div>"


def _table_row(remove: str) -> tuple[str, str]:
    before = f'<tr class="govuk-table__row app-row" {_row_attributes()}>'
    return (
        before,
        f'<td class="govuk-table__cell app-cell-remove">{_row_id()}{remove}</td></tr>',
    )


def _table_head(form: Form, repeat: Repeat) -> Flat:
    labels = "".join(
        f'<th scope="col" class="govuk-table__header">{markup.worded(form, f"{item.id}.label", _label(item))}</th>'
        for item in _cells(repeat)
    )
    return flat(
        '<table class="govuk-table app-table"><thead class="govuk-table__head">'
        f'<tr class="govuk-table__row">{slot("labels")}<td class="govuk-table__header"></td></tr></thead>'
        '<tbody class="govuk-table__body">'
    ).bind({"labels": labels})


def _cells(repeat: Repeat) -> list[Item]:
    """Return what stands in a table's columns: sections are opened up, they have no place there."""
    found: list[Item] = []
    waiting = list(repeat.items)
    while waiting:
        item = waiting.pop(0)
        if isinstance(item, Section):
            waiting[:0] = item.items
        elif not isinstance(item, Content):
            found.append(item)
    return found


def _label(item: Item) -> str:
    return item.label if isinstance(item, Question | Repeat) else ""
