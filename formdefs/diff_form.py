"""The changes of a form as a whole: what it is, its checks, its translations, its author's tests. Pure."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from formdefs.changes import (
    ADDITIVE,
    BREAKING,
    NEEDS_MAPPING,
    TEXT_ONLY,
    Change,
    Severity,
)
from formdefs.form import Form
from formdefs.rule_ids import Names
from formdefs.tree import scope_of_check

_Thing = Mapping[str, Any]
_Things = Mapping[str, _Thing]
_Weigh = Callable[[str, _Thing | None, _Thing | None], Severity]

_WHOLE: Mapping[str, tuple[Severity, str]] = {
    "key": (BREAKING, "The form’s key is another: it is another form."),
    "title": (TEXT_ONLY, "The form’s title was “{before}”."),
    "kind": (NEEDS_MAPPING, "The kind of form was “{before}” and is “{after}”."),
    "language": (NEEDS_MAPPING, "The form is written in “{after}” instead of “{before}”."),
    "layout": (TEXT_ONLY, "Whether the form is on one page has changed."),
    "per": (BREAKING, "A record is one for each {after} instead of each {before}."),
    "authority": (NEEDS_MAPPING, "Who may sign the form has changed."),
    "occurred": (NEEDS_MAPPING, "The question that says when it happened is another."),
}


def whole_changes(old: Form, new: Form) -> Iterator[Change]:
    """Yield what is different about the form itself, and who is asked to agree."""
    before, after = old.documents["manifest"], new.documents["manifest"]
    for part, (severity, says) in _WHOLE.items():
        was, now = before.get(part), after.get(part)
        if part == "occurred":
            was, now = _id_of(old, was), _id_of(new, now)
        if was != now:
            was, now = before.get(part), after.get(part)
            told = says.format(before=was, after=now)
            yield Change(
                "form", "form", "The form", severity, told, part=part, before=was, after=now
            )
    described = [
        form.documents["texts"][form.language].get("form.description") for form in (old, new)
    ]
    if described[0] != described[1]:
        says = "The form’s description has changed."
        sides: dict[str, Any] = {"before": described[0], "after": described[1]}
        yield Change("form", "form", "The form", TEXT_ONLY, says, part="description", **sides)
    asked = [{one["id"]: one for one in form.agreement} for form in (old, new)]
    yield from _things(
        "agreement", "Who is asked to agree", *asked, weigh=_agreement, label="label"
    )


def check_changes(old: Form, new: Form) -> Iterator[Change]:
    """Yield the checks across questions that came, went or changed."""
    sides = []
    for form in (old, new):
        texts = form.documents["texts"][form.language]
        checks = form.documents["rules"]["checks"]
        sides.append(
            {c["id"]: {**c, "message": texts.get(f"{c['id']}.message", "")} for c in checks}
        )
    for check_id in sides[0].keys() & sides[1].keys():
        _follow_renames(sides[0][check_id], sides[1][check_id], Names(old), Names(new))
    yield from _things("check", "The check", *sides, weigh=_check, label="message")


def _follow_renames(was: dict[str, Any], now: dict[str, Any], old: Names, new: Names) -> None:
    """Give a check the words that it had, where it reads the same questions under new names."""
    scopes = scope_of_check(was), scope_of_check(now)
    if old.in_ids(was["when"], scopes[0]) == new.in_ids(now["when"], scopes[1]):
        now["when"] = was["when"]
    before, after = old.at(tuple(was["at"].split("."))), new.at(tuple(now["at"].split(".")))
    if before and before == after:
        now["at"] = was["at"]


def translation_changes(old: Form, new: Form) -> Iterator[Change]:
    """Yield the languages that came or went, and the translated texts that differ."""
    before, after = old.documents["texts"], new.documents["texts"]
    for language in dict.fromkeys((*after, *before)):
        if language in (old.language, new.language):
            continue
        about = f"Translation into “{language}”"
        if language not in before or language not in after:
            came = language in after
            says = f"The translation into “{language}” {'is new' if came else 'is gone'}."
            kind = "translation_added" if came else "translation_removed"
            yield Change(kind, language, about, TEXT_ONLY, says)
            continue
        texts = before[language], after[language]
        for name in sorted({*texts[0], *texts[1]}):
            was, now = texts[0].get(name), texts[1].get(name)
            if was != now:
                label = _label_of(new, name.partition(".")[0]) or _label_of(
                    old, name.partition(".")[0]
                )
                says = f"“{label or name}”: its text in “{language}” has changed."
                sides = {"part": name, "before": was, "after": now}
                yield Change("translation", language, about, TEXT_ONLY, says, **sides)


def test_changes(old: Sequence[Any], new: Sequence[Any]) -> Iterator[Change]:
    """Yield the author's tests that came, went or changed, by their names."""
    sides = [{str(test.get("name", "")): test for test in tests} for tests in (old, new)]
    for name in dict.fromkeys((*sides[1], *sides[0])):
        was, now = sides[0].get(name), sides[1].get(name)
        if was != now:
            kind, how = ("test_changed", "has changed")
            if was is None or now is None:
                kind, how = ("test_added", "is new") if was is None else ("test_removed", "is gone")
            says = f"The author’s test “{name}” {how}."
            yield Change(kind, name, f"Test “{name}”", TEXT_ONLY, says, before=was, after=now)


def _things(
    what: str, named: str, old: _Things, new: _Things, *, weigh: _Weigh, label: str
) -> Iterator[Change]:
    for thing_id in dict.fromkeys((*new, *old)):
        was, now = old.get(thing_id), new.get(thing_id)
        about = f"{named} “{(now or was or {}).get(label, thing_id)}”"
        if was is None or now is None:
            kind, how = (
                (f"{what}_added", "is new") if was is None else (f"{what}_removed", "is gone")
            )
            severity = weigh("", was, now)
            yield Change(kind, thing_id, about, severity, f"{about} {how}.", before=was, after=now)
            continue
        for part in sorted({*was, *now}):
            if was.get(part) != now.get(part):
                says = f"{about}: its “{part}” has changed."
                sides: dict[str, Any] = {
                    "part": part,
                    "before": was.get(part),
                    "after": now.get(part),
                }
                yield Change(
                    f"{what}_changed", thing_id, about, weigh(part, was, now), says, **sides
                )


def _check(part: str, was: _Thing | None, now: _Thing | None) -> Severity:
    """A check that stops more submissions needs mapping; one that stops fewer adds."""
    if part in ("message", "at"):
        return TEXT_ONLY
    if now is None or now.get("severity") == "warning":
        return ADDITIVE
    return NEEDS_MAPPING


def _agreement(part: str, was: _Thing | None, now: _Thing | None) -> Severity:
    return TEXT_ONLY if part in ("label", "hint") else NEEDS_MAPPING


def _id_of(form: Form, key: str | None) -> str | None:
    node = form.answered.get(key or "")
    return node.id if node else None


def _label_of(form: Form, node_id: str) -> str:
    node = form.nodes.get(node_id)
    return str(getattr(node, "label", "") or getattr(node, "title", "")) if node else ""
