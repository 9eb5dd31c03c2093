"""The addresses of the demo's things, for tests that visit every page."""

import json
from dataclasses import dataclass
from typing import Any

from tests.e2e.conftest import Site

SCRIPT = """
import json
from casework.accounts.models import Team, User
from casework.cases.models import CaseSubject, Clock, Record
from formdefs.versions import form_of
rows = Record.objects.filter(case__team__name__startswith="North", form_version__number=1)
rows = rows.select_related("form_version", "author").order_by("started_at")
print(json.dumps({
    "records": [
        {"id": str(r.id), "status": r.status, "form": r.form_version.form_id, "case": str(r.case_id),
         "author": r.author.username, "pages": [p.key for p in form_of(r.form_version_id).pages]}
        for r in rows
    ],
    "users": {u.username: u.pk for u in User.objects.all()},
    "team": str(Team.objects.get(name__startswith="North").pk),
    "clocks": {str(r.case_id): [str(c.pk) for c in Clock.objects.filter(case=r.case_id).exclude(status="none")] for r in rows},
    "persons": {str(s.case_id): str(s.person_id) for s in CaseSubject.objects.filter(to_on=None)},
}))
"""


@dataclass(frozen=True)
class Places:
    """Ids of the demo: records with their forms and pages, users, a team, a person of each case, and
    the clocks of those with records.
    """

    records: list[dict[str, Any]]
    users: dict[str, int]
    team: str
    persons: dict[str, str]
    clocks: dict[str, list[str]]

    def record(self, status: str, author: str = "wanda") -> dict[str, Any]:
        """The first record of this status by this author."""
        return next(r for r in self.records if r["status"] == status and r["author"] == author)


def places(site: Site) -> Places:
    """Ask the server's database."""
    printed = site.manage("shell", "--no-imports", "-c", SCRIPT)
    return Places(**json.loads(printed.strip().splitlines()[-1]))
