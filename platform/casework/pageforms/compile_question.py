"""Compile one question to flat templates: with and without an error, locked, and its list. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from casework.pageforms import fields, markup
from casework.pageforms.fixed import word
from casework.pageforms.flat import Flat, flat, slot
from casework.pageforms.markup import Look, Style
from formdefs.form import Form, Question

MORE = {  # slots of some shapes beside the values of their inputs
    "address": ("protected",),
    "signature": ("agreed", "undrawn", "picture"),
    "search": ("count", "source", "on"),
}
LOCKABLE = ("shut", "unsent", "unlocked", "said")  # where a rule may lock the question
_ITEMISED = ("radios", "checkboxes", "select", "search", "people", "file")


@dataclass(frozen=True)
class CompiledQuestion:
    """A question with and without an error, and locked; `options` are its list, `other` any item."""

    question: Question
    how: str
    right: Flat
    wrong: Flat
    locked: Flat
    options: Mapping[str, Flat] = field(default_factory=dict)
    other: Flat | None = None


def compile_question(form: Form, question: Question, style: Style) -> CompiledQuestion:
    """Compile one question as it looks in a card or in a table's cell."""
    how = markup.shape(question, form)
    locked = flat(_slotted(form, question, style, wrong=False, locked=True))
    if how == "output":
        return CompiledQuestion(question, how, locked, locked, locked)
    right = _slotted(form, question, style, wrong=False)
    wrong = _slotted(form, question, style, wrong=True)
    if how not in _ITEMISED:
        return CompiledQuestion(question, how, flat(right), flat(wrong), locked)
    around = [flat(_cut(html, how)[0]) for html in (right, wrong)]
    other = _compiled_item(form, question, style, how)
    options: dict[str, Flat] = {}
    if how == "search":  # too many to compile each
        return CompiledQuestion(question, how, around[0], around[1], locked, options, other)
    for code, text, hint in _options(form, question):
        made = _compiled_item(
            form, question, style, how, hint=bool(hint), exclusive=code in question.exclusive
        )
        words = {
            "item:value": markup.words(code),
            "item:text": markup.words(text),
            "item:hint": markup.words(hint),
        }
        options[code] = made.bind(words)
    return CompiledQuestion(question, how, around[0], around[1], locked, options, other)


def _options(form: Form, question: Question) -> list[tuple[str, str, str]]:
    """Return what the question always offers, retired codes too: code, label, hint."""
    if question.type == "yes_no":
        return [
            (fields.YES, word("Yes", form.language), ""),
            (fields.NO, word("No", form.language), ""),
        ]
    if question.list:
        return [(e.code, e.label, e.hint) for e in form.lists[question.list].entries]
    return []


def _slotted(
    form: Form,
    question: Question,
    style: Style,
    *,
    wrong: bool,
    locked: bool = False,
    hint: bool = False,
    exclusive: bool = False,
) -> str:
    """Run the macros with a slot wherever something changes."""
    only_output = locked or question.type == "calculated"
    parts = ("",) if only_output else fields.FIELDS[question.type].parts
    names = ("id", "value", "text", "href", "size", "number")
    item: dict[str, Any] = {name: slot(f"item:{name}") for name in names}
    if question.options is not True:
        item["text"] += slot("item:gone")
    item["checked"] = markup.ready(slot("item:checked")) if question.type == "file" else True
    item["selected"] = True
    if hint:
        item["hint"] = {"text": slot("item:hint")}
    if exclusive:
        item["behaviour"] = "exclusive"
    look = Look(
        name=slot("name"),
        values={part: slot(f"value:{part}") for part in parts},
        items=[item],
        error=slot("error") if wrong else "",
        optional=slot("optional"),
        hidden=slot("hidden"),
        more={
            name: slot(name) for name in (*MORE.get(markup.shape(question, form), ()), *LOCKABLE)
        },
        none=slot("none"),
        marks={"beforeInputs": {"text": slot("begin")}, "afterInputs": {"text": slot("end")}},
    )
    return markup.direct(question, form, style, look, locked=locked)


def _cut(html: str, how: str) -> tuple[str, str]:
    """Part the HTML around a question's items, with a slot for them, from its one item."""
    begin, end = ("<option", "</select>") if how == "select" else (slot("begin"), slot("end"))
    before, found, rest = html.partition(begin)
    inside, _, after = rest.partition(end)
    if how == "select":
        return before + slot("items") + end + after, found + inside
    return before + slot("items") + after, inside


def _compiled_item(
    form: Form,
    question: Question,
    style: Style,
    how: str,
    *,
    hint: bool = False,
    exclusive: bool = False,
) -> Flat:
    html = _slotted(form, question, style, wrong=False, hint=hint, exclusive=exclusive)
    item = _cut(html, how)[1]
    # All words are slots by now, so the one attribute cannot be mistaken for a word.
    for attribute in (" checked", " selected"):
        item = item.replace(f'"{attribute}', f'"{slot("item:checked")}')
    if question.options is not True:
        holder = "<option" if how == "select" else f'<div class="govuk-{how}__item"'
        item = item.replace(holder, holder + slot("item:hidden"))
    return flat(item)
