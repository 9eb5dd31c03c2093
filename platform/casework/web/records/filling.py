"""The page on which a screen is filled in, and where its buttons lead."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.core.signing import Signer
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from markupsafe import Markup

from casework.pageforms.choosing import searched
from casework.pageforms.compiled import compiled_page
from casework.pageforms.defaults import defaults
from casework.pageforms.markup import target
from casework.pageforms.names import Path, joined
from casework.pageforms.render import Shown, render_page
from casework.pageforms.script import page_script
from casework.web import language, script_words
from casework.web.records import commenting
from casework.web.records.actions import action_notes, fixed_in
from casework.web.records.copied import fill_notes
from casework.web.records.finishing import finish, on_its_page
from casework.web.records.opened import Opened, Screen, page_url
from casework.web.records.progress import after, steps
from casework.web.records.saving import Filled
from casework.web.records.touching import boxes, keep
from formdefs.answers import draft_problems, in_order
from formdefs.form import Question
from formdefs.state import State
from formdefs.structure import Problem

UNPROCESSABLE = 422
WHO = Signer(salt="casework.web.records.who")


def page(filled: Filled, problems: Iterable[Problem] = ()) -> HttpResponse:
    """The screen, with what was sent for it if anything was, else as it was typed or saved."""
    opened, screen = filled.opened, filled.screen
    if filled.parsed:
        found = _found(filled, problems)
        answers = {key: v for parsed in filled.parsed.values() for key, v in parsed.answers.items()}
        typed = {name: v for parsed in filled.parsed.values() for name, v in parsed.typed.items()}
        typed |= _as_typed(filled, found)
        versions = {page.id: filled.seen(page) for page in screen.pages}
    else:
        found = _asked_for(filled)
        answers, typed, versions = _as_kept(opened, screen)
    state = opened.state_with(answers)
    notes, newer = fill_notes(opened, [page.id for page in screen.pages])
    above = commenting.notes(opened, commenting.to_mend(opened))
    context = {
        **_frame(opened, screen),
        "fields": _fields(filled, answers, typed, found, state, notes, above),
        "newer": newer,
        "script": page_script(screen.pages, state, opened.facts, _stored(opened, screen)),
        "boxes": boxes(opened, filled.posted) if after(opened, screen) is None else [],
        "errors": error_list(opened, found),
        "versions": versions,
        "autosave": None if filled.parsed else _autosave(opened, screen),
        "row": filled.last("_add"),
    }
    status = UNPROCESSABLE if filled.parsed else 200
    return render(filled.request, "records/page.jinja", context, status=status)


def _stored(opened: Opened, screen: Screen) -> dict[str, dict[str, Any] | None]:
    """The answers of the screen's pages as saved, None for one that never was."""
    return {
        page.id: opened.page_answers(page) if page.id in opened.rows else None
        for page in screen.pages
    }


def _found(filled: Filled, refused: Iterable[Problem]) -> list[Problem]:
    """All that is wrong with what was sent: unreadable, refused, and what would be refused next."""
    form = filled.opened.form
    found = [p for parsed in filled.parsed.values() for p in parsed.problems]
    found += [*filled.problems, *refused]
    told = {problem.path for problem in found}
    for page_id, parsed in filled.parsed.items():
        judged = draft_problems(form, parsed.answers, page_id)
        found += [problem for problem in judged if problem.path not in told]
    found = filled.opened.told(found)
    answers = {key: v for parsed in filled.parsed.values() for key, v in parsed.answers.items()}
    return in_order(found, form, answers)


def _frame(opened: Opened, screen: Screen) -> dict[str, Any]:
    """What stands around the questions."""
    saved = [row for page in screen.pages if (row := opened.rows.get(page.id))]
    return {
        "opened": opened,
        "record": opened.record,
        "screen": screen,
        "steps": steps(opened, screen),
        "last": after(opened, screen) is None,
        "finishes": on_its_page(opened),
        "saved": max(saved, key=lambda row: row.saved_at, default=None),
        "command_id": str(uuid4()),
        "who": WHO.sign(str(opened.user.uid)),
        "words": script_words.island(),
        "has_files": any(q.type == "file" for q in screen.questions(opened.form)),
    }


def _as_kept(
    opened: Opened, screen: Screen
) -> tuple[dict[str, Any], dict[str, list[str]], dict[str, int]]:
    """What stands on the screen when it is opened: answers, inputs that are none, versions."""
    answers: dict[str, Any] = {}
    typed: dict[str, list[str]] = {}
    versions: dict[str, int] = {}
    for page in screen.pages:
        kept = opened.autosaves.get(page.id)
        untouched = not kept and page.id not in opened.rows
        answers |= kept.answers if kept else opened.page_answers(page)
        answers |= defaults(page.answered, opened.state) if untouched else {}
        typed |= kept.inputs if kept else {}
        versions[page.id] = kept.base_version if kept else opened.version(page)
    return answers, typed, versions


def _as_typed(filled: Filled, problems: list[Problem]) -> dict[str, list[str]]:
    """The inputs of the questions that are wrong, exactly as they were typed."""
    wrong = tuple({joined(problem.path) for problem in problems})
    return {
        name: values
        for name, values in filled.posted.items()
        if any(name == one or name.startswith(f"{one}.") for one in wrong)
    }


def _asked_for(filled: Filled) -> list[Problem]:
    """The problems to show on a screen that is opened: none, unless *check your answers* sent here."""
    if "problems" not in filled.request.GET:
        return []
    keys = {key for page in filled.screen.pages for key in page.answered}
    return [problem for problem in filled.opened.problems if problem.path[0] in keys]


def _fields(
    filled: Filled,
    answers: Mapping[str, Any],
    typed: Mapping[str, list[str]],
    problems: list[Problem],
    state: State,
    notes: Mapping[str, Markup],
    above: Mapping[str, Markup],
) -> Markup:
    opened, screen = filled.opened, filled.screen
    now = Shown(
        answers=answers,
        state=state,
        on=opened.on,
        typed=typed,
        problems={
            joined(problem.path): language.in_words(problem.message)
            for problem in reversed(problems)
        },
        known=filled.known,
        href=lambda file_id: reverse("web:upload", args=[file_id]),
        list_href=lambda name: reverse(
            "web:list-entries", args=[opened.record.form_version_id, name]
        ),
        withheld=opened.why_withheld,
        marked=opened.marked,
        rows_withheld=opened.rows_withheld,
        notes=commenting.together(notes, action_notes(opened, answers)),
        above=above,
        row_title=opened.row_title,
        fixed=fixed_in(opened),
    )
    out = []
    for page in screen.pages:
        if len(screen.pages) > 1:
            out.append(Markup('<h2 class="govuk-heading-l">{}</h2>').format(page.title))
        compiled = compiled_page(opened.record.form_version_id, opened.form, page.id)
        out.append(render_page(compiled, now))
    return Markup("").join(out)


def _autosave(opened: Opened, screen: Screen) -> Any:
    """The newest of what this user typed on the screen and did not save."""
    kept = [opened.autosaves[page.id] for page in screen.pages if page.id in opened.autosaves]
    return max(kept, key=lambda autosave: autosave.saved_at, default=None)


def differs(filled: Filled) -> bool:
    """Whether what was sent is anything else than what the screen showed when it was opened."""
    kept, typed, _versions = _as_kept(filled.opened, filled.screen)
    answers = {key: v for parsed in filled.parsed.values() for key, v in parsed.answers.items()}
    inputs = {name: v for parsed in filled.parsed.values() for name, v in parsed.typed.items()}
    return answers != kept or inputs != typed


def is_own(filled: Filled) -> bool:
    """Whether the page that was sent was opened by the user who is signed in now."""
    return filled.last("_who") == WHO.sign(str(filled.opened.user.uid))


def error_list(opened: Opened, problems: Iterable[Problem]) -> list[dict[str, str]]:
    """Problems for an error summary, each linked to its input on this page."""
    return [
        {"text": told(opened, problem), "href": f"#{target_of(opened, problem)}"}
        for problem in problems
    ]


def told(opened: Opened, problem: Problem) -> str:
    """The problem's message, with the titles of the rows that its question stands in."""
    return with_rows(opened, language.in_words(problem.message), problem.path)


def with_rows(opened: Opened, text: str, path: Path) -> str:
    """Add the titles of the rows that a path leads through, where they have any."""
    rows = [path[:end] for end in range(2, len(path) + 1, 2)]
    named = (opened.row_title(row) or opened.state.row_title(row).strip() for row in rows)
    titles = [title for title in named if title and f"“{title}”" not in text]
    return f"{text} ({', '.join(titles)})" if titles else text


def target_of(opened: Opened, problem: Problem) -> str:
    """The id of the input that a problem is about."""
    name, node = joined(problem.path), opened.form.find(problem.path)
    if problem.part and isinstance(node, Question):
        return f"{name}.{problem.part}"
    return target(node, name) if isinstance(node, Question) else name


def onward(filled: Filled) -> HttpResponse | None:
    """Where the pressed button leads after a save; None for the next screen."""
    opened, screen, button = filled.opened, filled.screen, filled.last("_save")
    keep(opened, filled.posted)
    _tell(filled)
    if button == "later":
        messages.success(filled.request, _("Your answers are saved."))
        return redirect("web:case", opened.record.case_id)
    if button == "stay":
        return redirect_to(page_url(opened.record, screen))
    if button == "finish":
        return finish(filled)
    if button == "check":
        return redirect("web:record-check", opened.record.pk)
    if button == "marks":
        here = reverse("web:record-marks", args=[opened.record.pk])
        return redirect_to(f"{here}?page={screen.pages[0].key}" if len(screen.pages) == 1 else here)
    if button.startswith("go:"):
        wanted = opened.screen(button.removeprefix("go:"))
        return redirect_to(page_url(opened.record, wanted or screen))
    if filled.last("_js") != "1" and _more_shows(filled):
        messages.success(
            filled.request, _("Saved. Because of your answers, this page asks more questions.")
        )
        return redirect_to(page_url(opened.record, screen))
    return None


def _tell(filled: Filled) -> None:
    """Say when others' answers came in beside one's own."""
    if any(saved.merged for saved in filled.saved):
        messages.success(
            filled.request,
            _(
                "Saved. Somebody else changed other answers on this page meanwhile: theirs are kept "
                "beside yours."
            ),
        )
    if any(saved.stayed for saved in filled.saved):
        messages.success(
            filled.request,
            "A row that you removed holds something that is withheld from you. It stays, with that "
            "part alone.",
        )


def _more_shows(filled: Filled) -> bool:
    """Whether a question of the screen shows, or offers, now what it did not when it was filled in."""
    opened, before = filled.opened, filled.opened.state
    answers = {key: value for saved in filled.saved for key, value in saved.answers.items()}
    now = opened.state_with(answers)
    keys = {key for page in filled.screen.pages for key in page.answered}
    return any(
        path[0] in keys and now.visible(path) and path in before.order
        and (not before.visible(path) or _offers_more(before, now, path))
        for path in now.order
    )  # fmt: skip


def _offers_more(before: State, now: State, path: Path) -> bool:
    """Whether a question that is still to be answered has answers to choose from that it had not."""
    node = now.form.at(path)
    if not isinstance(node, Question) or node.options is True or now.value(path) is not None:
        return False
    if searched(node, now.form):  # which offers nothing until something is searched for
        return False
    return not {*now.offered(path)} <= {*before.offered(path)}


def redirect_to(url: str) -> HttpResponseRedirect:
    """Go on at an address of ours."""
    return HttpResponseRedirect(url)
