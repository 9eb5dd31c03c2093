"""Marks on a record: which lie where, putting one on an answer or row, and taking one off."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from casework.accounts.models import Mark
from casework.cases import access
from casework.cases.actions.marking import mark_answer, release_mark
from casework.cases.masking import said
from casework.cases.models import Status
from casework.ledger.reads import note_read
from casework.pageforms.names import Path, joined, split
from casework.refusals import Absent, Refused
from casework.web.doing import done, show
from casework.web.drawing import command_id
from casework.web.records.opened import Opened, open_record
from formdefs.form import Page, Repeat
from formdefs.places import places_in, rows

UNPROCESSABLE = 422
_EDITING = (Status.DRAFT, Status.RETURNED, Status.ABANDONED)


class MarkForm(forms.Form):
    """Which mark to put, and why."""

    mark = forms.ChoiceField(
        label="Which mark?",
        widget=forms.RadioSelect,
        error_messages={"required": "Select a mark"},
    )
    why = forms.CharField(
        label="Reason",
        max_length=1000,
        required=False,
        widget=forms.Textarea,
    )

    def __init__(self, *args: object, lying: tuple[str, ...], **more: object) -> None:
        super().__init__(*args, **more)  # type: ignore[arg-type]
        offered = [mark for mark in Mark.objects.all() if mark.key not in lying]
        field = self.fields["mark"]
        field.choices = [(mark.key, mark.title) for mark in offered]  # type: ignore[attr-defined]
        field.hints = {mark.key: mark.hint for mark in offered}  # type: ignore[attr-defined]


class ReleaseForm(forms.Form):
    """Why a mark is taken off."""

    why = forms.CharField(
        label="Reason",
        help_text="For example “The police agreed on 3 March that the family may be told”.",
        max_length=1000,
        widget=forms.Textarea,
        error_messages={"required": "Enter why the mark is taken off"},
    )


@dataclass(frozen=True)
class Row:
    """One answer or row that can be marked, with the marks on it (key, title) that lie right there."""

    label: str
    name: str
    marks: tuple[tuple[str, str], ...]
    above: tuple[str, ...]


@never_cache
@require_safe
def marks(request: HttpRequest, record_id: UUID) -> HttpResponse:
    """Every answer and row that the reader sees, with its marks; with `?page=key`, of one page."""
    opened = open_record(request, record_id)
    note_read("record", opened.record.pk, by=opened.user, at=opened.at, detail="marks")
    wanted = request.GET.get("page")
    pages = [page for page in opened.form.pages if wanted in (None, page.key)]
    context = {
        "opened": opened,
        "record": opened.record,
        "pages": [(page, found) for page in pages if (found := list(_rows(opened, page)))],
        "verbs": opened.verbs,
        "one": wanted is not None,
    }
    return render(request, "records/marks.jinja", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def mark(request: HttpRequest, record_id: UUID, place: str) -> HttpResponse:
    """Put a mark on the answer or row at a path."""
    opened = open_record(request, record_id)
    access.require(opened.user, "record.mark", opened.record, opened.at)
    path = _path(opened, place)
    form = MarkForm(request.POST or None, lying=opened.mask.marks(path))
    if request.method == "POST" and form.is_valid():
        try:
            done(
                lambda: mark_answer(
                    record_id, path, form.cleaned_data["mark"], why=form.cleaned_data["why"],
                    by=opened.user, at=opened.at, command_id=command_id(request),
                )
            )  # fmt: skip
        except Refused as refusal:
            show(form, refusal)
        else:
            messages.success(request, "The mark is on.")
            return redirect("web:record-marks", record_id)
    title = "Put a mark on an answer" if len(path) % 2 else "Put a mark on a row"
    says = (
        "From now on only roles that see the mark can read it. You may lose sight of it yourself."
    )
    return _page(request, opened, path, form, title, says, "Put the mark on")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def release(request: HttpRequest, record_id: UUID, place: str, mark: str) -> HttpResponse:
    """Take a mark off the answer or row at a path, with a reason."""
    opened = open_record(request, record_id)
    access.require(opened.user, "record.release_mark", opened.record, opened.at)
    path = _path(opened, place)
    if mark not in opened.mask.lying_at(path):
        raise Absent
    form = ReleaseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            done(
                lambda: release_mark(
                    record_id, path, mark, why=form.cleaned_data["why"],
                    by=opened.user, at=opened.at, command_id=command_id(request),
                )
            )  # fmt: skip
        except Refused as refusal:
            show(form, refusal)
        else:
            messages.success(request, "The mark is taken off.")
            return redirect("web:record-marks", record_id)
    title = f"Take off the mark “{opened.mark_titles.get(mark, mark)}”"
    says = (
        "Everybody who may read this record can read it then, also in earlier revisions and in its "
        "history. Your name and your reason are kept."
    )
    return _page(request, opened, path, form, title, says, "Take the mark off")


def _page(
    request: HttpRequest,
    opened: Opened,
    path: Path,
    form: forms.Form,
    title: str,
    says: str,
    button: str,
) -> HttpResponse:
    lying = opened.mask.marks(path)
    context = {
        "opened": opened,
        "record": opened.record,
        "label": _label(opened, path),
        "lying": said(lying, opened.mark_titles) if lying else "",
        "form": form,
        "title": title,
        "says": says,
        "button": button,
    }
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "records/mark.jinja", context, status=status)


def _rows(opened: Opened, page: Page) -> Iterator[Row]:
    """What of a page can be marked: each answer that is there, and each row, as the reader sees them."""
    answers = opened.answers if opened.record.status in _EDITING else opened.counting()["answers"]
    for path, node, value in places_in(page.answered, answers):
        if value is None:
            continue
        yield _row(opened, path)
        if isinstance(node, Repeat):
            for row_id, _row_answers in rows(value):
                yield _row(opened, (*path, row_id))


def _row(opened: Opened, path: Path) -> Row:
    mask, titles = opened.mask, opened.mark_titles
    here = mask.lying_at(path)
    above = tuple(titles.get(key, key) for key in mask.marks(path) if key not in here)
    own = tuple((key, titles.get(key, key)) for key in here)
    return Row(_label(opened, path), joined(path), own, above)


def _label(opened: Opened, path: Path) -> str:
    """The question, or the row, with the rows around it, so that no two are called alike."""
    if len(path) % 2:
        text, around = opened.form.at(path).label, path[:-1]
    else:
        text, around = _row_name(opened, path), path[:-2]
    names = [_row_name(opened, around[:end]) for end in range(2, len(around) + 1, 2)]
    return f"{text} ({', '.join(names)})" if names else text


def _row_name(opened: Opened, path: Path) -> str:
    """A row by its repeat and its title, or its number."""
    title = opened.state.row_title(path).strip()
    if not title:
        ids = [row_id for row_id, _row_answers in rows(opened.state.value(path[:-1]))]
        title = f"row {ids.index(path[-1]) + 1}" if path[-1] in ids else "row"
    return f"{opened.form.at(path[:-1]).label}: {title}"


def _path(opened: Opened, place: str) -> Path:
    """The path that an address names. Raises Absent for one that is not there, or may not be seen."""
    path = split(place)
    if opened.form.find(path) is None or opened.mask.withheld(path):
        raise Absent
    return path
