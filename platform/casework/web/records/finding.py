"""Searching a list that is too long for its page: for the browser as one types, and by a button."""

from datetime import date
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from casework import clock
from casework.pageforms.choosing import searched
from casework.pageforms.fields import FIELDS
from casework.pageforms.names import joined, part_of, split
from casework.pageforms.searching import as_data
from casework.refusals import Absent
from casework.web.records.saving import Filled, read
from formdefs.form import Question
from formdefs.list_search import search
from formdefs.models import FormVersion
from formdefs.versions import form_of

# The address names a version, which never changes, and the day: what it answers never does either.
_KEPT = "private, max-age=86400, immutable"


@require_safe
def list_entries(request: HttpRequest, version_id: UUID, name: str) -> HttpResponse:
    """What is found for `?find=` in a list of a published form, as it was pinned, on the day `?on=`.

    Published configuration and nothing of any case, so whoever is signed in may ask. Raises Absent.
    """
    try:
        code_list = form_of(version_id).lists[name]
    except (FormVersion.DoesNotExist, KeyError):
        raise Absent from None
    try:
        on = date.fromisoformat(request.GET.get("on", ""))
    except ValueError:
        on = clock.london_day(clock.now())
    response = JsonResponse(as_data(search(code_list, request.GET.get("find", ""), on=on)))
    response["Cache-Control"] = _KEPT
    return response


def found_for(filled: Filled) -> HttpResponse:
    """What is found for the question that was sent as `_find`, with what is typed beside it.

    Raises Absent where nothing is searched under that name.
    """
    read(filled)
    opened, path = filled.opened, split(filled.last("_find"))
    question = _question(filled)
    answers = {key: v for parsed in filled.parsed.values() for key, v in parsed.answers.items()}
    offers = opened.state_with(answers).offers(path)
    typed = filled.last(part_of(joined(path), "find"))
    found = search(opened.form.lists[question.list], typed, on=opened.on, offers=offers)
    return JsonResponse(as_data(found))


def look_up(filled: Filled) -> str:
    """Note what was searched for, so that the page shows what is found; return where to go on.

    Raises Absent where nothing is searched under that name.
    """
    name = filled.last("_find")
    question = _question(filled)
    filled.posted[part_of(name, "found")] = filled.posted.get(part_of(name, "find"), [])
    read(filled)
    typed = filled.parsed[question.page].typed
    for part in FIELDS[question.type].parts:
        typed[part_of(name, part)] = filled.posted.get(part_of(name, part), [])
    return name


def _question(filled: Filled) -> Question:
    form, path = filled.opened.form, split(filled.last("_find"))
    question = form.find(path) if len(path) % 2 else None
    ids = {page.id for page in filled.screen.pages}
    if isinstance(question, Question) and question.page in ids and searched(question, form):
        return question
    raise Absent
