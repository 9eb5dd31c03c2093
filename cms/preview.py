"""A page of a draft as a worker will see it, with the administrator's sample answers only.

The same renderer as the workers' pages; no record, person, case or worker is ever read here.
"""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from casework.clock import london_day, now
from casework.pageforms.compile import compile_page
from casework.pageforms.fields import Known
from casework.pageforms.render import Shown, render_page
from casework.pageforms.script import page_script
from cms.checks import unsound
from cms.jsontext import read
from cms.kinds import CODE_LIST, FORM, FRAGMENT
from cms.samples import sample_answers
from formdefs.calendars import calendars
from formdefs.compile import compile_form
from formdefs.form import Form, Repeat, load
from formdefs.fragment_definition import as_form
from formdefs.state import evaluate_form, facts_for
from formdefs.versions import fragment_documents, list_documents

# The editor shows the page in a frame; nothing else may, and the page can send nothing anywhere.
_FRAMED = {"frame-ancestors": ["'self'"], "form-action": ["'none'"]}


def modes(text: str) -> list[tuple[str, str]]:
    """Return the pages of a form that can be shown: permanent id and title; one nameless page when none."""
    value = read(text).value
    form = value if isinstance(value, Mapping) else {}
    if form.get("layout") == "single":
        return [("", "Whole form")]
    pages = form.get("pages")
    found = [
        (str(page["id"]), f"{number}. {page.get('title', '')}")
        for number, page in enumerate(pages if isinstance(pages, list) else [], start=1)
        if isinstance(page, Mapping) and page.get("id")
    ]
    return found or [("", "Page")]


def form_page(request: HttpRequest, text: str, sample: str, page_id: str) -> HttpResponse:
    """Show one page of a form, or what has to be mended before it can be shown."""
    if findings := unsound(FORM, text):
        return _framed(TemplateResponse(request, "cms/preview.html", {"findings": findings}))
    return _page(request, read(text).value, sample, page_id)


def fragment_page(request: HttpRequest, text: str, sample: str) -> HttpResponse:
    """Show a fragment on a page of its own, or what has to be mended before it can be shown."""
    if findings := unsound(FRAGMENT, text):
        return _framed(TemplateResponse(request, "cms/preview.html", {"findings": findings}))
    return _page(request, as_form(read(text).value), sample, "")


def _page(
    request: HttpRequest, definition: Mapping[str, Any], sample: str, page_id: str
) -> HttpResponse:
    form = load(compile_form(definition, list_documents(), fragment_documents()))
    chosen = tuple(page for page in form.pages if page.id == page_id) or form.pages[:1]
    pages = form.pages if form.layout == "single" else chosen
    answers, wrong = sample_answers(form, sample)
    day = london_day(now())
    known = _known(form, answers)
    facts = facts_for(day, calendars(), form.documents["lists"])
    state = evaluate_form(form, answers, facts)
    shown = Shown(answers=answers, state=state, on=day, known=known)
    return _framed(
        TemplateResponse(
            request,
            "cms/preview.html",
            {
                "form": form,
                "screen": [(page, render_page(compile_page(form, page), shown)) for page in pages],
                "number": form.pages.index(pages[0]) + 1,
                # Shows and hides while one tries it; without an address it saves nothing.
                "script": page_script(pages, state, facts),
                "wrong": wrong,
            },
        )
    )


def code_list(request: HttpRequest, text: str) -> HttpResponse:
    """Show a code list as a question offers it today, and what is out of force."""
    if findings := unsound(CODE_LIST, text):
        return _framed(TemplateResponse(request, "cms/preview.html", {"findings": findings}))
    document = read(text).value
    day = london_day(now()).isoformat()
    entries = [
        {**entry, "in_force": entry.get("valid_from", "") <= day <= entry.get("valid_to", "9999")}
        for entry in document["entries"]
    ]
    context = {"list": document, "entries": entries}
    return _framed(TemplateResponse(request, "cms/preview.html", context))


def _known(form: Form, answers: Mapping[str, Any]) -> Known:
    """Return the persons, workers and files that the sample names: a preview knows no others.

    Who is named without an id is given one, so that a page can show them as chosen.
    """
    known: dict[str, dict[str, Any]] = {"person": {}, "worker": {}, "file": {}}
    scopes = [(form.answered, answers)]
    while scopes:
        nodes, scope = scopes.pop()
        for key, node in nodes.items():
            value = scope.get(key)
            objects = [
                one
                for one in (value if isinstance(value, list) else [value])
                if isinstance(one, dict)
            ]
            if isinstance(node, Repeat):
                scopes.extend((node.answered, row) for row in objects)
            elif node.type == "file":
                known["file"].update(
                    {str(o.get("id")): o for o in objects if {"name", "size"} <= o.keys()}
                )
            elif node.type in ("person", "people", "worker"):
                kind = "worker" if node.type == "worker" else "person"
                for number, one in enumerate(objects):
                    one["id"] = one.get("id") or f"sample-{node.id}-{number}"
                    known[kind][str(one["id"])] = str(one.get("name", ""))
    return Known(known["person"], known["worker"], known["file"])


def _framed(response: TemplateResponse) -> TemplateResponse:
    response["X-Frame-Options"] = "SAMEORIGIN"
    response._csp_replace = _FRAMED  # type: ignore[attr-defined]  # noqa: SLF001 (django-csp's way)
    return response
