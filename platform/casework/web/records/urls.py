"""The addresses of records."""

from django.urls import URLPattern, path

from casework.web.records import (
    adding,
    checking,
    copying,
    deciding,
    files,
    filled_page,
    finding,
    histories,
    marking,
    moving,
    reading,
    returning,
    starting,
    withdrawing,
)

_RECORD = "records/<uuid:record_id>/"

urlpatterns: list[URLPattern] = [
    path("cases/<uuid:case_id>/records/start/", starting.start, name="record-start"),
    path(_RECORD, reading.record, name="record"),
    path(f"{_RECORD}pages/<slug:page>/", filled_page.page, name="record-page"),
    path(f"{_RECORD}pages/<slug:page>/autosave/", filled_page.autosave, name="record-autosave"),
    path(f"{_RECORD}pages/<slug:page>/find/", filled_page.find, name="record-find"),
    path("lists/<uuid:version_id>/<slug:name>/", finding.list_entries, name="list-entries"),
    path(f"{_RECORD}check/", checking.check, name="record-check"),
    path(f"{_RECORD}add/", adding.add, name="record-append"),
    path(f"{_RECORD}sign/", deciding.sign, name="record-sign"),
    path(f"{_RECORD}return/", returning.return_, name="record-return"),
    path(f"{_RECORD}abandon/", deciding.abandon, name="record-abandon"),
    path(f"{_RECORD}copy/", copying.copy, name="record-copy"),
    path(f"{_RECORD}reopen/", deciding.reopen, name="record-reopen"),
    path(f"{_RECORD}withdraw/", withdrawing.ask, name="record-withdraw"),
    path(f"{_RECORD}withdraw/decide/", withdrawing.decide, name="record-withdraw-decide"),
    path(f"{_RECORD}agree/", deciding.agree, name="record-agree"),
    path(f"{_RECORD}newer-version/", moving.move, name="record-move"),
    path(f"{_RECORD}newer-version/undo/", moving.undo, name="record-move-undo"),
    path(f"{_RECORD}marks/", marking.marks, name="record-marks"),
    path(f"{_RECORD}marks/<str:place>/", marking.mark, name="record-mark"),
    path(
        f"{_RECORD}marks/<str:place>/<slug:mark>/release/",
        marking.release,
        name="record-mark-release",
    ),
    path(f"{_RECORD}history/", histories.record, name="record-history"),
    path(f"{_RECORD}print/", reading.printed, name="record-print"),
    path(f"{_RECORD}revisions/<int:revision>/", reading.revision, name="record-revision"),
    path("files/<uuid:upload_id>/", files.upload, name="upload"),
]
