"""What the browser needs to run a page's rules: its tree, the rules, and what lies outside it. Pure.

`static/casework/rules-on-page.js` reads this from the page; the rules are evaluated by
`formdefs/browser/rules.js`, the same as on the server.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from markupsafe import Markup

from casework.cases.seen import Seen
from casework.pageforms.choosing import searched
from casework.pageforms.names import Path, joined
from casework.pageforms.sent_rules import sent_check, sent_rule
from formdefs import rules as rule_language
from formdefs.form import Form, Item, Page, Question, Repeat, Section
from formdefs.places import rows
from formdefs.state import Facts, State, effective_in

_CALENDAR_RULES = ("working_days", "add_working_days")

Stored = Mapping[str, Mapping[str, Any] | None]  # answers by page id, None for one never saved


def page_script(
    pages: tuple[Page, ...], state: State, facts: Facts, stored: Stored | None = None
) -> Markup:
    """Return the script element (data, not code) that the page's own script reads.

    stored: the pages' answers as saved, which what is read-only goes back to; without it, the
    state's.
    """
    rules = page_rules(pages, state, facts, stored)
    text = json.dumps(rules, ensure_ascii=True, separators=(",", ":"))
    safe = text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    return Markup(f'<script type="application/json" id="page-rules">{safe}</script>')  # noqa: S704


@dataclass(frozen=True)
class _Told:
    """What the browser is told of some pages, whatever the answers.

    read: the keys of other pages' answers that these pages' rules read; locking: the ids of the
    questions that may be read-only; calendars: whether the rules need them.
    """

    document: Mapping[str, Any]
    read: frozenset[str]
    locking: frozenset[str]
    calendars: bool


_TOLD: WeakKeyDictionary[Form, dict[tuple[str, ...], _Told]] = WeakKeyDictionary()


def page_rules(
    pages: tuple[Page, ...], state: State, facts: Facts, stored: Stored | None = None
) -> dict[str, Any]:
    """Return the tree of some pages with its rules, their order, the facts they use, and other answers.

    Only answers that some rule of this page reads are given, as they count (hidden ones are null), and
    none that the reader may not see: see `casework.pageforms.sent_rules`.
    """
    told = _told(pages, state)
    outside = effective_in(state) if told.read else {}
    given: dict[str, Any] = {"today": facts.get("today")}
    if told.calendars:
        given["calendars"] = facts.get("calendars", {})
    return {
        **told.document,
        "answers": {key: outside[key] for key in outside if key in told.read},
        "kept": _kept(told.locking, state, stored),
        "facts": given,
    }


def _told(pages: tuple[Page, ...], state: State) -> _Told:
    """Kept while the form is, for readers from whom nothing is hidden: then no answer changes it."""
    if isinstance(state, Seen) and state.mask.hidden:
        return _tell(pages, state)
    kept = _TOLD.setdefault(state.form, {})
    key = tuple(page.id for page in pages)
    if key not in kept:
        kept[key] = _tell(pages, state)
    return kept[key]


def _tell(pages: tuple[Page, ...], state: State) -> _Told:
    form = state.form
    items = tuple(item for page in pages for item in page.items)
    here = {key for page in pages for key in page.answered}
    ids = {item.id for item in _all(items)}
    here_asked = (check for check in form.checks if form.at_check(check).id in ids)
    checks = [check for check in here_asked if sent_check(check, form.at_check(check), state)]
    ruled = [*_rules(items, state), *(check.when for check in checks)]
    reads = form.rules.get("reads")
    told = {*ids, *(check.id for check in checks)}
    read = {name.split(".")[0] for rule in ruled for name in rule_language.references(rule)} - here
    document = {
        "nodes": [_node(item, state) for item in items],
        "order": [i for i in form.rules["order"] if i in ids],
        "outside": [_outside(node) for key, node in form.answered.items() if key in read],
        "reads": None if reads is None else {i: reads[i] for i in reads if i in told},
        "checks": [
            {
                "id": check.id,
                "when": check.when,
                "at": form.at_check(check).id,
                "message": check.message,
                "severity": check.severity,
            }
            for check in checks
        ],
        "lists": _lists(form, items, state),
    }
    asked = (item for item in _all(items) if isinstance(item, Question))
    locking = frozenset(question.id for question in asked if question.readonly)
    return _Told(document, frozenset(read), locking, _counts_working_days(ruled))


def _node(item: Item, state: State) -> dict[str, Any]:
    node: dict[str, Any] = {"id": item.id, "kind": item.kind}
    visible = sent_rule(item, "visible", state)
    if visible is not True:
        node["visible"] = visible
    if isinstance(item, Question):
        node |= {"key": item.key, "type": item.type, "as": item.rules_as}
        if item.type == "calculated":
            value = sent_rule(item, "value", state)
            node |= {"value": value, "result": item.result, "places": item.decimal_places}
        if item.type == "decimal":
            node["places"] = item.decimal_places
        required, options = (sent_rule(item, part, state) for part in ("required", "options"))
        readonly, default = (sent_rule(item, part, state) for part in ("readonly", "default"))
        if required is not False:
            node["required"] = required
        if readonly is not False:
            node["readonly"] = readonly
        if isinstance(default, Mapping) or (item.readonly and default is not None):
            node["default"] = default
        if options is not True and _filtered(state.form, item):
            node |= {"list": item.list, "options": options}
    if isinstance(item, Repeat):
        node["key"] = item.key
        row_title = sent_rule(item, "row_title", state)
        if row_title is not None:
            node["row_title"] = row_title
    if isinstance(item, Section | Repeat):
        node["items"] = [_node(inner, state) for inner in item.items]
    return node


def _outside(node: Question | Repeat) -> dict[str, Any]:
    """An answer's place on another page: only how rules read it."""
    if isinstance(node, Question):
        return {"kind": "question", "key": node.key, "as": node.rules_as}
    return {
        "kind": "repeat",
        "key": node.key,
        "items": [_outside(inner) for inner in node.answered.values()],
    }


def _all(items: tuple[Item, ...]) -> list[Item]:
    found: list[Item] = []
    for item in items:
        found.append(item)
        if isinstance(item, Section | Repeat):
            found += _all(item.items)
    return found


def _rules(items: tuple[Item, ...], state: State) -> list[Any]:
    found = []
    for item in _all(items):
        parts = ["visible"]
        if isinstance(item, Question):
            parts += ["required", "value", "readonly", "default", "options"]
        if isinstance(item, Repeat):
            parts.append("row_title")
        rules = (sent_rule(item, part, state) for part in parts)
        found += [rule for rule in rules if isinstance(rule, Mapping)]
    return found


def _kept(locking: frozenset[str], state: State, stored: Stored | None) -> dict[str, Any]:
    """What each question that may be read-only holds while it is, by the name of its inputs."""
    kept: dict[str, Any] = {}
    for path in state.order if locking else ():
        question = state.form.at(path)
        if not isinstance(question, Question) or question.id not in locking:
            continue
        if stored is None:
            value = state.value(path)
        else:
            row = _row_at(stored.get(question.page), path[:-1])
            value = state.default(question, path[:-1]) if row is None else row.get(question.key)
        kept[joined(path)] = value
    return kept


def _row_at(answers: Mapping[str, Any] | None, path: Path) -> Mapping[str, Any] | None:
    """The row at a path, or the answers themselves for (); None if there is no such row."""
    for key, row_id in zip(path[::2], path[1::2], strict=True):
        answers = dict(rows(answers.get(key))).get(row_id) if answers else None
    return answers


def _lists(form: Form, items: tuple[Item, ...], state: State) -> dict[str, list[dict[str, str]]]:
    """The entries of the lists that `options` rules of the page filter, as those rules see them."""
    filtered = [
        q for q in _all(items)
        if isinstance(q, Question) and _filtered(form, q)
        and sent_rule(q, "options", state) is not True
    ]  # fmt: skip
    return {
        q.list: [{**entry.as_option["option"]} for entry in form.lists[q.list].entries]
        for q in filtered
    }


def _filtered(form: Form, question: Question) -> bool:
    """Whether the browser filters the question's list; one that is searched is filtered here."""
    return question.options is not True and not searched(question, form)


def _counts_working_days(ruled: list[Any]) -> bool:
    """Whether a rule counts working days: calendars are long, and sent only then."""
    text = json.dumps(ruled)
    return any(f'"{name}"' in text for name in _CALENDAR_RULES)
