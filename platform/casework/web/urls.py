"""The workers' addresses; those of records are in casework.web.records.urls."""

from django.contrib.auth.decorators import login_not_required
from django.urls import URLPattern, path
from django.views.i18n import set_language

from casework.web import (
    access,
    access_marks,
    access_teams,
    account,
    allocating,
    case_access,
    case_changes,
    case_moves,
    cases,
    clocks,
    contact,
    health,
    home,
    households,
    notices,
    older_cases,
    older_drafts,
    people,
    person_edit,
    person_history,
    person_relations,
    tasks,
    transfers,
    trays,
    writing,
)
from casework.web.records.urls import urlpatterns as _records

app_name = "web"

_cases: list[URLPattern] = [
    path("", home.home, name="home"),
    path("cases/", cases.cases, name="cases"),
    path("cases/open/", cases.open_, name="case-open"),
    path("contact/", contact.contact, name="contact"),
    path("cases/<uuid:case_id>/", cases.case, name="case"),
    path("cases/<uuid:case_id>/history/", cases.history, name="case-history"),
    path("cases/<uuid:case_id>/subjects/add/", case_changes.subject_add, name="case-subject-add"),
    path(
        "cases/<uuid:case_id>/subjects/<uuid:person_id>/end/",
        case_changes.subject_end,
        name="case-subject-end",
    ),
    path(
        "cases/<uuid:case_id>/subjects/<uuid:person_id>/move/",
        case_moves.subject_move,
        name="case-subject-move",
    ),
    path(
        "cases/<uuid:case_id>/subjects/<uuid:person_id>/reopen/",
        case_moves.subject_reopen,
        name="case-subject-reopen",
    ),
    path("to-sign/", home.waiting, name="to-sign"),
    path("teams/<uuid:team_id>/", trays.tray, name="tray"),
    path("write/", writing.write, name="write"),
    path("clocks/<uuid:clock_id>/", clocks.story, name="clock"),
    path("clocks/<uuid:clock_id>/why/<int:run>/", clocks.explain, name="clock-explain"),
    path("clocks/<uuid:clock_id>/hold/", clocks.hold, name="clock-hold"),
    path("actions/<uuid:task_id>/", tasks.task, name="task"),
    path("cases/<uuid:case_id>/transfer/", transfers.case_transfer, name="case-transfer"),
    path("transfers/<uuid:transfer_id>/", transfers.transfer, name="transfer"),
    path(
        "transfers/<uuid:transfer_id>/withdraw/",
        transfers.transfer_withdraw,
        name="transfer-withdraw",
    ),
    path("cases/<uuid:case_id>/allocate/", allocating.case_allocate, name="case-allocate"),
    path("cases/<uuid:case_id>/take/", allocating.case_take, name="case-take"),
    path(
        "cases/<uuid:case_id>/allocations/<uuid:allocation_id>/end/",
        allocating.allocation_end,
        name="case-allocation-end",
    ),
    path("cases/<uuid:case_id>/close/", case_changes.case_close, name="case-close"),
    path("cases/<uuid:case_id>/access/", case_access.case_access, name="case-access"),
]

_drafts: list[URLPattern] = [
    path("older-drafts/", older_drafts.forms, name="older-drafts"),
    path("older-drafts/<slug:form_key>/", older_drafts.form, name="older-drafts-form"),
    path("older-cases/", older_cases.types, name="older-cases"),
    path("older-cases/<slug:key>/", older_cases.case_type, name="older-cases-type"),
    path("cases/<uuid:case_id>/upgrade/", older_cases.case_upgrade, name="case-upgrade"),
]

_people: list[URLPattern] = [
    path("people/", people.people, name="people"),
    path("people/add/", people.person_add, name="person-add"),
    path("people/<uuid:person_id>/", people.person, name="person"),
    path("people/<uuid:person_id>/edit/", person_edit.person_edit, name="person-edit"),
    path("people/<uuid:person_id>/history/", person_history.history, name="person-history"),
    path(
        "people/<uuid:person_id>/relations/add/",
        person_relations.relation_add,
        name="person-relation-add",
    ),
    path(
        "people/<uuid:person_id>/relations/<uuid:relation_id>/",
        person_relations.relation_change,
        name="person-relation",
    ),
    path(
        "people/<uuid:person_id>/household/", households.household_add, name="person-household-add"
    ),
    path("households/<uuid:household_id>/", households.household, name="household"),
    path("households/<uuid:household_id>/move/", households.household_move, name="household-move"),
    path(
        "households/<uuid:household_id>/members/<uuid:person_id>/end/",
        households.household_leave,
        name="household-leave",
    ),
]

_access: list[URLPattern] = [
    path("access/users/", access.users, name="access-users"),
    path("access/users/add/", access.user_add, name="access-user-add"),
    path("access/users/<int:user_id>/", access.user, name="access-user"),
    path("access/users/<int:user_id>/password/", access.user_password, name="access-user-password"),
    path(
        "access/users/<int:user_id>/deactivate/",
        access.user_deactivate,
        name="access-user-deactivate",
    ),
    path("access/users/<int:user_id>/roles/add/", access.role_grant, name="access-role-grant"),
    path("access/roles/<uuid:grant_id>/end/", access.role_end, name="access-role-end"),
    path("access/marks/", access_marks.marks, name="access-marks"),
    path("access/marks/<slug:mark>/<slug:role>/", access_marks.sight, name="access-mark-sight"),
    path("access/teams/", access_teams.teams, name="access-teams"),
    path("access/teams/add/", access_teams.team_add, name="access-team-add"),
    path("access/teams/<uuid:team_id>/", access_teams.team, name="access-team"),
]

_account: list[URLPattern] = [
    path("account/", account.account, name="account"),
    path("account/tokens/add/", account.token_add, name="account-token-add"),
    path("account/tokens/<uuid:token_id>/end/", account.token_end, name="account-token-end"),
    path("language/", login_not_required(set_language), name="language"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
]

_notices: list[URLPattern] = [
    path("notices/", notices.notices, name="notices"),
    path("notices/read/", notices.read_all, name="notices-read"),
    path("notices/wishes/", notices.wishes, name="notice-wishes"),
    path("notices/feed/", notices.feed_make, name="feed-make"),
    path("notices/feed/end/", notices.feed_end, name="feed-end"),
    path("notices/<uuid:notice_id>/", notices.notice, name="notice"),
    path("calendar/<str:secret>.ics", notices.calendar, name="calendar"),
]

urlpatterns: list[URLPattern] = [
    *_cases,
    *_drafts,
    *_people,
    *_records,
    *_access,
    *_account,
    *_notices,
]
