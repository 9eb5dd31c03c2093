"""What a returning signer said beside questions, as pages show it; and the fields to say it in."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.template.loader import get_template
from markupsafe import Markup

from casework.cases.masking import said
from casework.cases.models import Status
from casework.cases.returned import Comment, Returned, returned
from casework.pageforms.markup import target
from casework.pageforms.names import joined
from casework.web.records.opened import Opened, page_url
from casework.web.records.summary import Part, Said
from formdefs.form import Question

ABOUT = "about."  # how the names of the fields begin; the name of the question follows


@dataclass(frozen=True)
class Shown:
    """One comment for a page. name: of its question, row or repeat, "" where it is asked no more.

    where: the rows that it stands in, by their titles; href: where the reader may mend it, "" where
    they may not; why: why its words are withheld, "" if they are told.
    """

    name: str
    label: str
    where: str
    words: str
    why: str
    href: str


def to_mend(opened: Opened) -> Returned | None:
    """How the record was returned, while it is being mended: submitting it again settles that."""
    if opened.record.status != Status.RETURNED:
        return None
    return returned(opened.record, opened.mask, opened.newest())


def comments(opened: Opened, back: Returned | None) -> list[Shown]:
    """The comments of a return, each with the address of its question."""
    return [_shown(opened, one) for one in back.questions] if back else []


def notes(opened: Opened, back: Returned | None) -> dict[str, Markup]:
    """The comments of a return as they stand at their questions, by the names of these."""
    macro = _macro("comment")
    found: dict[str, Markup] = {}
    for one in comments(opened, back):
        if one.name and back:
            found[one.name] = found.get(one.name, Markup()) + macro(one, back.who)
    return found


def fields(
    pages: list[Part], typed: Mapping[str, str], wrong: Mapping[str, str]
) -> dict[str, Markup]:
    """A field for a comment beside each question and row of these pages, by their names.

    typed: what was typed in them already; wrong: what is wrong with it.
    """
    macro = _macro("field")
    return {
        name: macro(ABOUT + name, label, typed.get(name, ""), wrong.get(name, ""))
        for page in pages
        for name, label in _places(page)
    }


def together(*parts: Mapping[str, Markup]) -> dict[str, Markup]:
    """Several notes at one question, one after the other."""
    found: dict[str, Markup] = {}
    for part in parts:
        for name, note in part.items():
            found[name] = found.get(name, Markup()) + note
    return found


def sent(post: Mapping[str, Any]) -> dict[str, str]:
    """The comments that were sent, by the names of what they are beside; empty ones are left out."""
    return {
        name.removeprefix(ABOUT): words
        for name, words in post.items()
        if name.startswith(ABOUT) and words.strip()
    }


def where(opened: Opened, path: tuple[str, ...]) -> str:
    """The rows that a question stands in, by their titles as they stand."""
    titles = [opened.state.row_title(path[:end]).strip() for end in range(2, len(path) + 1, 2)]
    return ", ".join(title for title in titles if title)


def _places(part: Part) -> Iterator[tuple[str, str]]:
    for one in part.parts:
        if isinstance(one, Said):
            if not one.withheld:
                yield one.name, one.question.label
            continue
        if one.kind == "row":
            yield one.name, one.title
        yield from _places(one)


def _shown(opened: Opened, one: Comment) -> Shown:
    why = said(one.withheld, opened.mark_titles) if one.withheld else ""
    if one.path is None:
        return Shown("", one.label, "", one.words, why, "")
    name, node = joined(one.path), opened.form.at(one.path)
    href = ""
    screen = next(
        (s for s in opened.visible_screens if any(page.id == node.page for page in s.pages)), None
    )
    if screen and "record.save" in opened.verbs:
        place = target(node, name) if isinstance(node, Question) else name
        href = f"{page_url(opened.record, screen)}#{place}"
    return Shown(name, node.label, where(opened, one.path), one.words, why, href)


def _macro(name: str) -> Any:
    return getattr(get_template("records/commenting.jinja").template.module, name)  # type: ignore[attr-defined]
