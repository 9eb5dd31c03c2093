"""Lets the demo's cases take any record at any time, so that a browser test need not live a whole case.

Run in the site's own database by `manage.py shell`: what ships, without its invariants, as the next
version, and every open case moved to it. The invariants are tested in tests/stored/test_census.py.
A test that lives a whole case has what ships back while it opens its own.
"""

PUBLISH_SHIPPED = """
from casetypes.publish import publish_case_type
from casetypes.shipped import documents
from casework.clock import now
document = next(one for one in documents() if one["key"] == "child_in_need")
version = publish_case_type(document, by=None, at=now(), reason="For the browser tests, as it ships")
"""

PUBLISH_LOOSENED = """
from casetypes.publish import publish_case_type
from casetypes.shipped import documents
from casework.clock import now
document = next(one for one in documents() if one["key"] == "child_in_need")
del document["checks"], document["subjects"]["group"]
version = publish_case_type(document, by=None, at=now(), reason="For the browser tests")
"""

LOOSEN = (
    PUBLISH_LOOSENED
    + """
from casework.accounts.models import Role
from casework.accounts.roles import members_of
from casework.cases.actions.upgrading import upgrade_case
from casework.cases.models import Case
for case in Case.objects.filter(case_type="child_in_need", closed_at=None):
    manager = members_of(case.team, now(), Role.MANAGER).exclude(person__subject_of__case=case).first()
    upgrade_case(case.pk, to_version=version.pk, why="The newest version of its kind", by=manager, at=now())
"""
)
