"""Read the parts of a rule that are values: questions, what is written out, sums, dates. Pure."""

from collections.abc import Callable

from formdefs.answer_checks import in_words
from formdefs.dates import as_date, is_date
from formdefs.rules_shape import missing_paths
from formdefs.sentence_names import Asked, resolve
from formdefs.sentence_parts import (
    QUESTION,
    VALUE,
    WORD,
    Node,
    Part,
    Phrase,
    bracketed,
    listed,
    rows_of,
    said,
)
from formdefs.values import number, number_text

USUAL_CALENDAR = "ew"  # working days are counted by it unless a sentence says otherwise


def value(node: Node) -> Phrase:
    """Read a node as a value."""
    read = VALUES.get(node.name)
    if read:
        return read(node)
    if isinstance(node.rule, list):
        return _list(node)
    return Phrase((node.says(literal(node.rule), VALUE),), kind=_kind_of_literal(node.rule))


def literal(written: object, beside: Asked | None = None, *, answers: bool = False) -> str:
    """Write what is written out in a rule; `beside`: the question that it is compared with.

    answers: whether it can only be an answer, so that it needs no word of its own.
    """
    if written is None:
        return "empty" if answers else "nothing"
    if isinstance(written, bool):
        return "Yes" if written else "No"
    if isinstance(written, str):
        if beside and beside.options:
            return beside.options.get(written, f"the code “{written}”")
        if is_date(written):
            return in_words(written)
        return f"“{written}”" if answers else f"the text “{written}”"
    if isinstance(written, dict):
        return "an empty group"
    worth = number(written)
    return number_text(worth) if worth is not None else str(written)


def questions(node: Node, paths: list[object], step: str) -> list[Phrase]:
    """Read the paths that `missing` and its kind are given, each with its own place."""
    return [
        said(
            Part(
                resolve("" if path is None else str(path), node.frames).name,
                f"{node.at}{step}/{index}",
                QUESTION,
            )
        )
        for index, path in enumerate(paths)
    ]


def _kind_of_literal(written: object) -> str:
    if isinstance(written, bool):
        return "boolean"
    if isinstance(written, str):
        return "date" if as_date(written) else "text"
    return "null" if written is None else "number"


def _list(node: Node) -> Phrase:
    found = node.values()
    if not found:
        return said(node.says("an empty list", VALUE), kind="list")
    return said(node.says("the list of ", WORD), listed(node, found, "and"), shape="group")


def _var(node: Node) -> Phrase:
    path = node.arguments[0] if node.arguments else ""
    asked = resolve("" if path is None else str(path), node.frames)
    plain = Phrase((node.says(asked.name, QUESTION),), kind=asked.kind, asked=asked)
    defaults = node.values()
    if not defaults:
        return plain
    instead = node.says(" or, where that is empty, ")
    kind = asked.kind if asked.kind != "any" else defaults[0].kind
    return said(plain, instead, bracketed(defaults[0]), shape="group", kind=kind)


def _between(word: str, one: str = "") -> Callable[[Node], Phrase]:
    """Read "a plus b plus c"; with one argument `one` before it."""

    def read(node: Node) -> Phrase:
        found = node.values()
        if len(found) < 2:
            before = node.says(one or "the sum of ")
            return said(before, listed(node, found, ""), shape="group", kind="number")
        parts: list[Part | Phrase] = [bracketed(found[0])]
        for phrase in found[1:]:
            parts += [node.says(f" {word} "), bracketed(phrase)]
        return said(*parts, shape="group", kind="number")

    return read


def _remainder(node: Node) -> Phrase:
    before = node.says("the remainder of ")
    return said(before, *_between("divided by")(node).parts, shape="group", kind="number")


def _extreme(number_word: str, date_word: str) -> Callable[[Node], Phrase]:
    def read(node: Node) -> Phrase:
        found = node.values()
        single = len(found) == 1
        kind = next((p.kind for p in found if p.kind not in ("any", "null", "list")), "any")
        word = date_word if kind in ("date", "datetime", "time") else number_word
        if single:
            return said(node.says(f"the {word} in "), _trailing(found[0]), shape="group", kind=kind)
        return said(
            node.says(f"the {word} of "), listed(node, found, "and"), shape="group", kind=kind
        )

    return read


def _text(node: Node) -> Phrase:
    found = node.values()
    if len(found) < 2:
        return said(node.says("as text: "), listed(node, found, "and"), shape="group", kind="text")
    parts: list[Part | Phrase] = []
    for place, (inner, phrase) in enumerate(zip(node.nodes(), found, strict=True)):
        if place:
            parts.append(node.says(", then "))
        parts.append(inner.says("a space", VALUE) if inner.rule == " " else bracketed(phrase))
    return said(*parts, shape="group", kind="text")


def _if(node: Node) -> Phrase:
    parts: list[Part | Phrase] = []
    nodes = node.nodes()
    for place in range(0, len(nodes) - 1, 2):
        condition = node.reading.condition(nodes[place])
        parts.append(node.says("otherwise if " if place else "if "))
        parts += [bracketed(condition), node.says(" then ")]
        parts += [bracketed(value(nodes[place + 1])), node.says(", ", WORD)]
    otherwise = value(nodes[-1]) if len(nodes) % 2 else said(node.says("nothing", VALUE))
    if not parts:
        return otherwise
    kind = value(nodes[1]).kind
    return said(*parts, node.says("otherwise "), bracketed(otherwise), shape="group", kind=kind)


def _first(that: str) -> Callable[[Node], Phrase]:
    """Read `and` and `or` where they choose a value; where all is yes or no, as a condition."""

    def read(node: Node) -> Phrase:
        found = node.values()
        if all(phrase.kind == "boolean" for phrase in found):
            return _whether(node)
        told = node.says(f" that {that}, otherwise the last of them", WORD)
        return said(node.says("the first of "), listed(node, found, "and"), told, shape="group")

    return read


def _whether(node: Node) -> Phrase:
    condition = node.reading.condition(node)
    return said(node.says("whether ", WORD), condition, shape="group", kind="boolean")


def _missing(node: Node) -> Phrase:
    step = (
        "/missing/0" if isinstance(node.arguments[:1] and node.arguments[0], list) else "/missing"
    )
    asked = questions(node, missing_paths(node.arguments), step)
    told = node.says(" are empty")
    return said(
        node.says("which of "), listed(node, asked, "and"), told, shape="group", kind="list"
    )


def _missing_some(node: Node) -> Phrase:
    least, paths = node.arguments
    asked = questions(node, list(paths) if isinstance(paths, list) else [], "/missing_some/1")
    told = node.says(f" are empty, unless {literal(least)} of them are answered")
    return said(
        node.says("which of "), listed(node, asked, "and"), told, shape="group", kind="list"
    )


def _map(node: Node) -> Phrase:
    over, worth = node.values()
    return said(bracketed(worth), _in_each(node, over), shape="rows", kind="list")


def _in_each(node: Node, over: Phrase) -> Phrase:
    each = " for each of " if over.shape == "rows" else f" for each {_row(node)} of "
    return said(node.says(each), _trailing(over))


def _filter(node: Node) -> Phrase:
    over = value(node.nodes()[0])
    condition = node.reading.condition(node.nodes()[1])
    rows, where = node.says(f"the {_row(node)}s of "), node.says(" in which ")
    return said(rows, bracketed(over), where, bracketed(condition), shape="rows", kind="list")


def _reduce(node: Node) -> Phrase:
    over, each, *start = node.values()
    begins = (
        said(node.says("beginning with "), bracketed(start[0]))
        if start
        else said(node.says("beginning with the first"))
    )
    through = node.says(f"what comes of going through each {_row(node)} of ")
    step = node.says(", each time taking ")
    return said(
        through,
        bracketed(over),
        node.says(", ", WORD),
        begins,
        step,
        bracketed(each),
        shape="group",
    )


def _count(node: Node) -> Phrase:
    nodes = node.nodes()
    over = value(nodes[0])
    number_of = node.says(f"the number of {_row(node)}s of ")
    if len(nodes) == 1:
        return said(number_of, _trailing(over), shape="group", kind="number")
    condition = bracketed(node.reading.condition(nodes[1]))
    where = node.says(" in which ")
    return said(number_of, bracketed(over), where, condition, shape="group", kind="number")


def _sum(node: Node) -> Phrase:
    found = node.values()
    if len(found) == 1:
        return said(node.says("the total of "), _trailing(found[0]), shape="group", kind="number")
    total = node.says("adding up, the total of ")
    return said(total, bracketed(found[1]), _in_each(node, found[0]), shape="group", kind="number")


def _row(node: Node) -> str:
    return "row" if rows_of(node.nodes()[0]) else "item"


def _trailing(phrase: Phrase) -> Phrase:
    """Leave off the brackets of a phrase about rows that ends its own."""
    return phrase if phrase.shape == "rows" else bracketed(phrase)


def _date(node: Node) -> Phrase:
    return said(node.says("the day of "), bracketed(node.values()[0]), shape="group", kind="date")


def _age(node: Node) -> Phrase:
    born, *on = node.values()
    age = node.says("the age in years of somebody born on ")
    when = said(node.says(" on "), bracketed(on[0])) if on else said(node.says(" today"))
    return said(age, bracketed(born), when, shape="group", kind="number")


def _datediff(node: Node) -> Phrase:
    start, end = node.values()
    whole = node.says(f"the whole {node.arguments[2]} from ")
    return said(
        whole, bracketed(start), node.says(" to "), bracketed(end), shape="group", kind="number"
    )


def _working_days(node: Node) -> Phrase:
    start, end = (bracketed(phrase) for phrase in node.values()[:2])
    days = node.says("the working days after ")
    until = node.says(" up to ")
    return said(days, start, until, end, _calendar(node), shape="group", kind="number")


def _add_working_days(node: Node) -> Phrase:
    nodes = node.nodes()
    start, count = bracketed(value(nodes[0])), nodes[1].rule
    day = " working day" if count in (1, -1) else " working days"
    if isinstance(count, int) and not isinstance(count, bool) and count < 0:
        many, direction = said(nodes[1].says(str(-count), VALUE)), " before "
    else:
        many, direction = bracketed(value(nodes[1])), " after "
    words = node.says(day + direction)
    return said(many, words, start, _calendar(node), shape="group", kind="date")


def _calendar(node: Node) -> Phrase:
    last = node.nodes()[2]
    if last.rule == USUAL_CALENDAR:
        return said(last.says("", WORD))
    return said(node.says(", by the calendar ", WORD), bracketed(value(last)))


_WHETHER = ("!", "!!", "==", "!=", "<", "<=", ">", ">=", "in", "some", "all", "none")
VALUES: dict[str, Callable[[Node], Phrase]] = {
    **dict.fromkeys(_WHETHER, _whether),
    "var": _var,
    "missing": _missing,
    "missing_some": _missing_some,
    "today": lambda node: said(node.says("today", VALUE), kind="date"),
    "if": _if,
    "and": _first("counts as no"),
    "or": _first("counts as yes"),
    "+": _between("plus"),
    "*": _between("times", "the product of "),
    "-": _between("minus", "minus "),
    "/": _between("divided by", "1 divided by "),
    "%": _remainder,
    "min": _extreme("smallest", "earliest"),
    "max": _extreme("largest", "latest"),
    "map": _map,
    "filter": _filter,
    "reduce": _reduce,
    "count": _count,
    "sum": _sum,
    "cat": _text,
    "date": _date,
    "age": _age,
    "datediff": _datediff,
    "working_days": _working_days,
    "add_working_days": _add_working_days,
}
