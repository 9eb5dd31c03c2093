"""Judge the options of one question or repeat, once its shape is right. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

from formdefs import answer_types, tree, validator
from formdefs.answer_types import TODAY, TYPES, as_decimal
from formdefs.codelists import ListDoc

Raw = Mapping[str, Any]
Found = tuple[str, str, str, str]  # pointer inside the node, code, what is wrong, what to do


def repeat_problems(repeat: Raw) -> Iterator[Found]:
    """Yield what is wrong with a repeat's own options."""
    most = repeat.get("max_rows", answer_types.DEFAULTS["max_rows"])
    if repeat.get("min_rows", 0) > most:
        says = f"It asks for at least {repeat['min_rows']} rows and at most {most}."
        yield "/min_rows", "limits", says, "Lower the one or raise the other."


def question_problems(
    question: Raw, local: Mapping[str, Any], lists: Mapping[str, ListDoc]
) -> Iterator[Found]:
    """Yield what is wrong with a question's options.

    local: the form's own `lists`; lists: the shared code lists by key.
    """
    yield from _pattern_problems(question)
    yield from _limit_problems(question)
    codes = None
    if "list" in question:
        if question["list"] not in local:
            says = f"The form has no list “{question['list']}”."
            yield "/list", "unknown_list", says, "Add it to “lists”, or name another."
        else:
            codes = _codes(local[question["list"]], lists)
    for index, code in enumerate(question.get("exclusive", ())):
        if codes is not None and code not in codes:
            says = f"The list “{question['list']}” has no code “{code}”."
            yield f"/exclusive/{index}", "unknown_code", says, "Name a code of the list."
    if "default" in question and not tree.is_rule(question["default"]):
        yield from _default_problems(question, codes)


def attributes(source: Any, lists: Mapping[str, ListDoc]) -> list[str]:
    """Return what an `options` rule may read of the entries of a form's list."""
    found = dict.fromkeys(("code", "label"))
    for entry in _entries(source, lists) or ():
        given = entry.get("attributes")
        found |= dict.fromkeys(given if isinstance(given, Mapping) else ())
    return list(found)


def _codes(source: Any, lists: Mapping[str, ListDoc]) -> list[str] | None:
    """Return the codes of a form's list, None if it cannot be known (told elsewhere)."""
    entries = _entries(source, lists)
    return None if entries is None else [str(entry.get("code")) for entry in entries]


def _entries(source: Any, lists: Mapping[str, ListDoc]) -> list[Mapping[str, Any]] | None:
    if not isinstance(source, Mapping):
        return None
    document = lists.get(source.get("list", ""))
    entries = document["entries"] if document else source.get("options")
    if not isinstance(entries, list):
        return None
    return [entry for entry in entries if isinstance(entry, Mapping)]


def _pattern_problems(question: Raw) -> Iterator[Found]:
    if "pattern" in question and (fault := validator.pattern_fault(question["pattern"])):
        fix = "Use plain characters, classes such as [0-9] or [A-Za-z], |, (?:…) and counts."
        yield "/pattern", "pattern", f"The pattern {fault}.", fix
    if "pattern_message" in question and "pattern" not in question:
        says = "There is a message for a pattern, but no pattern."
        yield "/pattern_message", "pattern", says, "Add the pattern, or take the message off."


def _limit_problems(question: Raw) -> Iterator[Found]:
    fix = "Lower the one or raise the other."
    least, most = as_decimal(question.get("minimum")), as_decimal(question.get("maximum"))
    if least is not None and most is not None and least > most:
        yield "/minimum", "limits", f"The least, {least}, is more than the most, {most}.", fix
    shortest = question.get("min_length", 0)
    if "min_length" in question and shortest > answer_types.max_length(question):
        longest = answer_types.max_length(question)
        says = f"It asks for at least {shortest} characters and at most {longest}."
        yield "/min_length", "limits", says, fix
    first, last = question.get("not_before", TODAY), question.get("not_after", TODAY)
    if TODAY not in (first, last) and first > last:
        yield "/not_before", "limits", f"No date is both after {first} and before {last}.", fix


def _default_problems(question: Raw, codes: list[str] | None) -> Iterator[Found]:
    schema = TYPES[question["type"]].schema(question)
    if "list" in question:
        if codes is None:
            return  # an unknown list is told already
        schema["$defs"] = {f"list_{question['list']}": {"enum": codes}}
    try:
        fits = validator.compiled(schema).is_valid(question["default"])
    except ValueError:  # a bad pattern is told already
        return
    check = TYPES[question["type"]].check
    if not fits or (check and any(check(question, question["default"], None))):
        says = "The default is not an answer that this question takes."
        yield "/default", "default", says, "Give an answer of its type and limits, or a rule."
