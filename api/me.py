"""Whose token this is, and what it may do."""

from django.http import HttpResponse
from rest_framework.request import Request

from api import shapes
from api.openapi import operation, ref
from api.view import View, json_response
from casework.accounts.roles import grants_of


class Me(View):
    """/me"""

    @operation("", "Read whose token this is", ref("Me"))
    def get(self, request: Request) -> HttpResponse:
        """With the roles and teams of its owner: the ids of teams are needed to open a case."""
        token = self.token
        roles = [
            {
                "role": grant.role,
                "team": {"id": str(grant.team.pk), "name": grant.team.name} if grant.team else None,
            }
            for grant in grants_of(self.user, self.at)
        ]
        document = {
            "user": shapes.user(self.user),
            "scopes": token.scopes,
            "expires_at": token.expires_at.isoformat(),
            "roles": roles,
        }
        return json_response(document)
