"""Lets the demo's cases take any record at any time, so that a browser test need not live a whole case.

Run in the site's own database by `manage.py shell`: what ships, without its invariants, as the next
version, and every open case moved to it. The invariants are tested in tests/stored/test_census.py.
"""

LOOSEN = """
import json
from casetypes.publish import publish_case_type
from casetypes.versions import version_of
from casework.accounts.models import Role
from casework.accounts.roles import members_of
from casework.cases.actions.upgrading import upgrade_case
from casework.cases.models import Case
from casework.clock import now
document = json.loads(version_of("child_in_need").document)
del document["checks"], document["subjects"]["group"]
version = publish_case_type(document, by=None, at=now(), reason="For the browser tests")
for case in Case.objects.filter(case_type="child_in_need", closed_at=None):
    manager = members_of(case.team, now(), Role.MANAGER).exclude(person__subject_of__case=case).first()
    upgrade_case(case.pk, to_version=version.pk, why="For the browser tests", by=manager, at=now())
"""
