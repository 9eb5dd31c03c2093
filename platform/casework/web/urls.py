"""The workers' addresses; those of records are in casework.web.records.urls."""

from django.urls import URLPattern, path

from casework.web import access, account, health

app_name = "web"

_access: list[URLPattern] = [
    path("access/users/", access.users, name="access-users"),
    path("access/users/add/", access.user_add, name="access-user-add"),
    path("access/users/<int:user_id>/", access.user, name="access-user"),
    path("access/users/<int:user_id>/password/", access.user_password, name="access-user-password"),
    path("access/users/<int:user_id>/deactivate/", access.user_deactivate, name="access-user-deactivate"),
    path("access/users/<int:user_id>/roles/add/", access.role_grant, name="access-role-grant"),
    path("access/roles/<uuid:grant_id>/end/", access.role_end, name="access-role-end"),
    path("access/teams/", access.teams, name="access-teams"),
    path("access/teams/add/", access.team_add, name="access-team-add"),
    path("access/teams/<uuid:team_id>/", access.team, name="access-team"),
]

_account: list[URLPattern] = [
    path("account/", account.account, name="account"),
    path("account/tokens/add/", account.token_add, name="account-token-add"),
    path("account/tokens/<uuid:token_id>/end/", account.token_end, name="account-token-end"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
]

urlpatterns: list[URLPattern] = [*_access, *_account]
