"""The API's addresses, under /api/v1/. None ends in a slash; all that is not here is a 404 problem."""

from django.urls import URLPattern, path, re_path

from api import (
    allocations,
    cases,
    clocks,
    code_lists,
    copies,
    docs,
    families,
    files,
    forms,
    me,
    notices,
    persons,
    prefilled,
    records,
    steps,
    transfers,
    trays,
    work,
)
from api.nothing import nothing

app_name = "api"

_configuration: list[URLPattern] = [
    path("me", me.Me.as_view(), name="me"),
    path("forms", forms.Forms.as_view(), name="forms"),
    path("forms/<slug:key>", forms.FormVersions.as_view(), name="form"),
    path("forms/<slug:key>/versions/<int:number>", forms.OneFormVersion.as_view(), name="version"),
    path(
        "forms/<slug:key>/versions/<int:number>/diff/<int:newer>",
        forms.VersionDifference.as_view(),
        name="version-difference",
    ),
    path(
        "forms/<slug:key>/versions/<int:number>/<slug:document>",
        forms.Document.as_view(),
        name="document",
    ),
    path("code-lists", code_lists.CodeLists.as_view(), name="code-lists"),
    path("code-lists/<str:key>", code_lists.CodeListVersions.as_view(), name="code-list"),
    path(
        "code-lists/<str:key>/versions/<int:number>",
        code_lists.OneCodeListVersion.as_view(),
        name="code-list-version",
    ),
    path("openapi.json", docs.openapi_json, name="openapi-json"),
    path("openapi.yaml", docs.openapi_yaml, name="openapi-yaml"),
    path("docs", docs.docs_page, name="docs"),
    path("docs/try", docs.try_page, name="docs-try"),
]

_cases: list[URLPattern] = [
    path("persons", persons.Persons.as_view(), name="persons"),
    path("persons/<uuid:person_id>", persons.OnePerson.as_view(), name="person"),
    path("relation-kinds", families.RelationKinds.as_view(), name="relation-kinds"),
    path("persons/<uuid:person_id>/relations", families.Relations.as_view(), name="relations"),
    path(
        "persons/<uuid:person_id>/relations/<uuid:relation_id>",
        families.OneRelation.as_view(),
        name="relation",
    ),
    path(
        "persons/<uuid:person_id>/households",
        families.PersonHouseholds.as_view(),
        name="person-households",
    ),
    path("households", families.Households.as_view(), name="households"),
    path("households/<uuid:household_id>", families.OneHousehold.as_view(), name="household"),
    path(
        "households/<uuid:household_id>/members",
        families.HouseholdMembers.as_view(),
        name="household-members",
    ),
    path(
        "households/<uuid:household_id>/members/<uuid:person_id>/end",
        families.HouseholdMemberEnd.as_view(),
        name="household-member-end",
    ),
    path(
        "households/<uuid:household_id>/addresses",
        families.HouseholdAddresses.as_view(),
        name="household-addresses",
    ),
    path("cases", cases.Cases.as_view(), name="cases"),
    path("cases/<uuid:case_id>", cases.OneCase.as_view(), name="case"),
    path("cases/<uuid:case_id>/subjects", cases.Subjects.as_view(), name="subjects"),
    path(
        "cases/<uuid:case_id>/subjects/<uuid:person_id>/end",
        cases.SubjectEnd.as_view(),
        name="subject-end",
    ),
    path("cases/<uuid:case_id>/close", cases.CaseClose.as_view(), name="case-close"),
    path("cases/<uuid:case_id>/allocations", allocations.Allocations.as_view(), name="allocations"),
    path(
        "cases/<uuid:case_id>/allocations/<uuid:allocation_id>/end",
        allocations.AllocationEnd.as_view(),
        name="allocation-end",
    ),
    path("cases/<uuid:case_id>/take", allocations.Take.as_view(), name="case-take"),
    path("cases/<uuid:case_id>/clocks", work.CaseClocks.as_view(), name="clocks"),
    path("cases/<uuid:case_id>/tasks", work.CaseTasks.as_view(), name="case-tasks"),
    path(
        "cases/<uuid:case_id>/subjects/<uuid:person_id>/move",
        work.SubjectMove.as_view(),
        name="subject-move",
    ),
    path("cases/<uuid:case_id>/upgrade", work.CaseUpgrade.as_view(), name="case-upgrade"),
    path(
        "cases/<uuid:case_id>/subjects/<uuid:person_id>/reopen",
        work.SubjectReopen.as_view(),
        name="subject-reopen",
    ),
    path(
        "cases/<uuid:case_id>/transfers", transfers.CaseTransfers.as_view(), name="case-transfers"
    ),
    path("transfers", transfers.Transfers.as_view(), name="transfers"),
    path("transfers/<uuid:transfer_id>", transfers.OneTransfer.as_view(), name="transfer"),
    path(
        "transfers/<uuid:transfer_id>/accept",
        transfers.TransferAccept.as_view(),
        name="transfer-accept",
    ),
    path(
        "transfers/<uuid:transfer_id>/refuse",
        transfers.TransferRefuse.as_view(),
        name="transfer-refuse",
    ),
    path(
        "transfers/<uuid:transfer_id>/withdraw",
        transfers.TransferWithdraw.as_view(),
        name="transfer-withdraw",
    ),
    path("clocks/<uuid:clock_id>", clocks.OneClock.as_view(), name="clock"),
    path("clocks/<uuid:clock_id>/story", clocks.ClockStory.as_view(), name="clock-story"),
    path("clocks/<uuid:clock_id>/reasons", clocks.ClockReasons.as_view(), name="clock-reasons"),
    path("clocks/<uuid:clock_id>/hold", clocks.ClockHold.as_view(), name="clock-hold"),
    path("tasks", work.Tasks.as_view(), name="tasks"),
    path("tasks/<uuid:task_id>", work.OneTask.as_view(), name="task"),
    path("tasks/<uuid:task_id>/reviews", work.TaskReviews.as_view(), name="task-reviews"),
    path("tasks/<uuid:task_id>/links", work.TaskLinks.as_view(), name="task-links"),
    path("cases/<uuid:case_id>/events", cases.Events.as_view(), name="events"),
]

_work: list[URLPattern] = [
    path("my-work", trays.MyWork.as_view(), name="my-work"),
    path("teams", trays.AllTeams.as_view(), name="teams"),
    path("team-trays", trays.Teams.as_view(), name="team-trays"),
    path(
        "team-trays/<uuid:team_id>/unallocated",
        trays.Unallocated.as_view(),
        name="team-unallocated",
    ),
    path(
        "team-trays/<uuid:team_id>/waiting",
        trays.WaitingForSignature.as_view(),
        name="team-waiting",
    ),
    path("team-trays/<uuid:team_id>/due", trays.TeamDue.as_view(), name="team-due"),
    path("notices", notices.Notices.as_view(), name="notices"),
    path("notices/read", notices.NoticesRead.as_view(), name="notices-read"),
    path("notices/<uuid:notice_id>/read", notices.NoticeRead.as_view(), name="notice-read"),
]

_records: list[URLPattern] = [
    path("records", records.Records.as_view(), name="records"),
    path("records/<uuid:record_id>", records.OneRecord.as_view(), name="record"),
    path(
        "records/<uuid:record_id>/subjects/<uuid:person_id>",
        records.OwnView.as_view(),
        name="own-view",
    ),
    path("records/<uuid:record_id>/pages/<slug:page>", records.OnePage.as_view(), name="page"),
    path(
        "records/<uuid:record_id>/pages/<slug:page>/refresh",
        prefilled.Refresh.as_view(),
        name="refresh",
    ),
    path("records/<uuid:record_id>/offers", prefilled.Offers.as_view(), name="offers"),
    path("records/<uuid:record_id>/copies", copies.Copies.as_view(), name="copies"),
    path("records/<uuid:record_id>/history", records.History.as_view(), name="history"),
    path(
        "records/<uuid:record_id>/revisions/<int:number>",
        steps.Revision.as_view(),
        name="revision",
    ),
    path("records/<uuid:record_id>/submit", steps.Submit.as_view(), name="submit"),
    path("records/<uuid:record_id>/sign", steps.Sign.as_view(), name="sign"),
    path("records/<uuid:record_id>/return", steps.Return.as_view(), name="return"),
    path("records/<uuid:record_id>/abandon", steps.Abandon.as_view(), name="abandon"),
    path("records/<uuid:record_id>/reopen", steps.Reopen.as_view(), name="reopen"),
    path("records/<uuid:record_id>/agreements", steps.Agreements.as_view(), name="agreements"),
    path("records/<uuid:record_id>/appendments", steps.Appendments.as_view(), name="appendments"),
    path("records/<uuid:record_id>/touches", steps.Touches.as_view(), name="touches"),
    path("records/<uuid:record_id>/marks", steps.Marks.as_view(), name="marks"),
    path(
        "records/<uuid:record_id>/marks/release", steps.MarkRelease.as_view(), name="mark-release"
    ),
    path("records/<uuid:record_id>/files", files.Files.as_view(), name="files"),
    path("files/<uuid:upload_id>", files.OneFile.as_view(), name="file"),
]

urlpatterns: list[URLPattern] = [*_configuration, *_cases, *_work, *_records, re_path("", nothing)]
