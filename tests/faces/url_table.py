"""Every address of the project, and what it answers to whom. An address that is not here fails a test.

Who asks (tests.cast, and two who may not see the case that all is about):
    wanda    worker of the case's team, who wrote its records     max   manager of that team
    wilf     worker of the team, kept out of this one case        kim   worker of the team: it is their own file
    olive    worker of another team                               omar  manager of another team
    rita     read-only       ada  form administrator              axel  access administrator
    nobody   not signed in

What an address answers is one number for everybody, or numbers by person, or an audience below.
`sent` is what a POST with nothing in it answers to those who may open the page (others are refused
alike on GET and POST): None where it would change something.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

WHO = ("wanda", "max", "wilf", "kim", "olive", "omar", "rita", "ada", "axel", "nobody")
Answers = Mapping[str, int]

SIGN_IN = 302  # to the sign-in page, and back afterwards


def answers(everybody: int, **others: int) -> Answers:
    """One answer for everybody but those who are named; who is not signed in is sent to sign in."""
    return dict.fromkeys(WHO, everybody) | {"nobody": SIGN_IN} | others


OPEN = answers(200, nobody=200)
SIGNED_IN = answers(200)
SEES_CASE = answers(404, wanda=200, max=200, rita=200)
WORKS_ON_CASE = answers(404, wanda=200, max=200, rita=403)
MANAGES_CASE = answers(404, wanda=403, max=200, rita=403)
WORKS = answers(403, wanda=200, max=200, wilf=200, kim=200, olive=200, omar=200)
ADMINISTERS_ACCESS = answers(403, axel=200)


@dataclass(frozen=True)
class Address:
    """One address. `ids`: its parameters → names of things in the world of test_every_url."""

    get: Answers
    ids: Mapping[str, str] = field(default_factory=dict)
    sent: int | None = None
    query: str = ""
    # What GET answers where only POST is served, to those who would be let in.
    only_post: bool = False


CASE = {"case_id": "case"}
PERSON = {"person_id": "person"}
HOUSEHOLD = {"household_id": "household"}
DRAFT, SUBMITTED, SIGNED = ({"record_id": one} for one in ("draft", "submitted", "signed"))
USER = {"user_id": "user"}
PAGE = {**DRAFT, "page": "page"}

TABLE: Mapping[str, Address] = {
    # Signing in. Whoever is signed in is sent on from the sign-in page.
    "account_login": Address(answers(302, nobody=200)),
    "account_logout": Address(SIGNED_IN),
    "account_inactive": Address(OPEN),
    "account_change_password": Address(SIGNED_IN, sent=200),
    "account_reauthenticate": Address(SIGNED_IN, sent=200),
    "usersessions_list": Address(SIGNED_IN),
    # Cases
    "web:home": Address(SIGNED_IN),
    "web:cases": Address(SIGNED_IN),
    "web:case-open": Address(WORKS, sent=200),
    "web:contact": Address(WORKS, sent=200),
    "web:case": Address(SEES_CASE, CASE),
    "web:case-history": Address(SEES_CASE, CASE),
    "web:case-subject-add": Address(WORKS_ON_CASE, CASE, sent=200),
    "web:case-subject-end": Address(WORKS_ON_CASE, {**CASE, **PERSON}, sent=200),
    "web:case-subject-move": Address(WORKS_ON_CASE, {**CASE, **PERSON}, sent=200),
    "web:case-subject-reopen": Address(MANAGES_CASE, {**CASE, **PERSON}, sent=200),
    "web:to-sign": Address(SIGNED_IN),
    "web:tray": Address(answers(404, olive=200, omar=200), {"team_id": "team"}),
    "web:write": Address(SIGNED_IN),
    "web:clock": Address(SEES_CASE, {"clock_id": "clock"}),
    "web:clock-explain": Address(WORKS_ON_CASE, {"clock_id": "clock", "run": "one"}, sent=200),
    "web:clock-hold": Address(MANAGES_CASE, {"clock_id": "clock"}, sent=200),
    "web:task": Address(SEES_CASE, {"task_id": "task"}, sent=200),
    "web:case-allocate": Address(MANAGES_CASE, CASE, sent=200),
    # Taken by the fixture's allocation already; nothing of it to be read.
    "web:case-take": Address(WORKS_ON_CASE, CASE, sent=409, only_post=True),
    "web:case-allocation-end": Address(
        MANAGES_CASE, {**CASE, "allocation_id": "allocation"}, sent=200
    ),
    "web:case-transfer": Address(MANAGES_CASE, CASE, sent=200),
    # Refused, so that the other team sees it no more, and there is nothing to take back.
    "web:transfer": Address(SEES_CASE, {"transfer_id": "transfer"}),
    "web:transfer-withdraw": Address(
        MANAGES_CASE | {"max": 409}, {"transfer_id": "transfer"}, only_post=True
    ),
    "web:case-close": Address(MANAGES_CASE, CASE, sent=200),
    "web:case-access": Address(MANAGES_CASE, CASE, sent=200),
    # People
    "web:people": Address(SIGNED_IN),
    "web:person-add": Address(WORKS, sent=200),
    "web:person": Address(SEES_CASE, PERSON),
    "web:person-edit": Address(WORKS_ON_CASE, PERSON, sent=200),
    "web:person-history": Address(SEES_CASE, PERSON),
    "web:person-relation-add": Address(WORKS_ON_CASE, PERSON, sent=200),
    # The other person is in no case, so a read-only user does not see them.
    "web:person-relation": Address(
        WORKS_ON_CASE | {"rita": 404}, {**PERSON, "relation_id": "relation"}, sent=200
    ),
    "web:person-household-add": Address(WORKS_ON_CASE, PERSON, sent=200),
    "web:household": Address(SEES_CASE, HOUSEHOLD, sent=200),
    "web:household-move": Address(WORKS_ON_CASE, HOUSEHOLD, sent=200),
    "web:household-leave": Address(WORKS_ON_CASE, {**HOUSEHOLD, **PERSON}, sent=200),
    # Records
    "web:record-start": Address(WORKS_ON_CASE, CASE),
    "web:record": Address(SEES_CASE, DRAFT),
    # Who may not fill in is sent to the record as it reads.
    "web:record-page": Address(WORKS_ON_CASE | {"rita": 302}, PAGE),
    "web:record-autosave": Address(
        WORKS_ON_CASE | {"nobody": 401, "rita": 409}, PAGE, only_post=True
    ),
    "web:record-find": Address(WORKS_ON_CASE | {"rita": 409}, PAGE, only_post=True),
    # Published configuration, and nothing of any case.
    "web:list-entries": Address(SIGNED_IN, {"version_id": "version", "name": "list"}),
    "web:record-check": Address(WORKS_ON_CASE, DRAFT, sent=422),
    "web:record-sign": Address(MANAGES_CASE | {"max": 302}, SUBMITTED, sent=409),
    "web:record-return": Address(MANAGES_CASE, SUBMITTED, sent=422),
    # Only what is finished without a signature is added to.
    "web:record-append": Address(WORKS_ON_CASE | {"wanda": 409, "max": 409}, SIGNED),
    "web:record-abandon": Address(WORKS_ON_CASE, DRAFT, sent=422),
    "web:record-reopen": Address(WORKS_ON_CASE, SIGNED, sent=422),
    # One child in the case: nobody to copy to.
    "web:record-copy": Address(WORKS_ON_CASE | {"wanda": 409, "max": 409}, SIGNED),
    "web:record-withdraw": Address(WORKS_ON_CASE, SIGNED, sent=422),
    # Nobody has asked, so that there is nothing to decide.
    "web:record-withdraw-decide": Address(MANAGES_CASE | {"max": 404}, SIGNED),
    "web:record-agree": Address(WORKS_ON_CASE, SUBMITTED, sent=422),
    # Nothing newer to move to: on to the record.
    "web:record-move": Address(WORKS_ON_CASE | {"wanda": 302, "max": 302}, DRAFT, sent=302),
    "web:record-move-undo": Address(WORKS_ON_CASE | {"wanda": 409, "max": 409}, DRAFT),
    "web:older-drafts": Address(answers(403, max=200, omar=200)),
    "web:older-drafts-form": Address(
        answers(403, max=200, omar=200), {"form_key": "form"}, sent=200
    ),
    "web:older-cases": Address(answers(403, max=200, omar=200)),
    "web:older-cases-type": Address(
        answers(403, max=200, omar=200), {"key": "case_type"}, sent=200
    ),
    # On the newest version: on to the case.
    "web:case-upgrade": Address(MANAGES_CASE | {"max": 302}, CASE, sent=302),
    "web:record-marks": Address(SEES_CASE, DRAFT),
    "web:record-mark": Address(WORKS_ON_CASE, {**SUBMITTED, "place": "place"}, sent=422),
    "web:record-mark-release": Address(
        MANAGES_CASE, {**SUBMITTED, "place": "place", "mark": "mark"}, sent=422
    ),
    "web:record-history": Address(SEES_CASE, DRAFT),
    "web:record-print": Address(SEES_CASE, SIGNED),
    "web:record-revision": Address(SEES_CASE, {**SIGNED, "revision": "one"}),
    "web:upload": Address(SEES_CASE, {"upload_id": "upload"}),
    # Notices: one's own, and no more.
    "web:notices": Address(SIGNED_IN),
    "web:notices-read": Address(SIGNED_IN, only_post=True),
    "web:notice-wishes": Address(SIGNED_IN, sent=200),
    "web:feed-make": Address(SIGNED_IN, only_post=True),
    "web:feed-end": Address(SIGNED_IN, only_post=True),
    "web:notice": Address(answers(404, wanda=302), {"notice_id": "notice"}),
    # Whoever knows the address; nobody knows this one.
    "web:calendar": Address(answers(404, nobody=404), {"secret": "secret"}),
    # Access administration
    "web:access-users": Address(ADMINISTERS_ACCESS),
    "web:access-user-add": Address(ADMINISTERS_ACCESS, sent=200),
    "web:access-user": Address(ADMINISTERS_ACCESS, USER, sent=200),
    "web:access-user-password": Address(ADMINISTERS_ACCESS, USER, only_post=True),
    "web:access-user-deactivate": Address(ADMINISTERS_ACCESS, USER, sent=200),
    "web:access-role-grant": Address(ADMINISTERS_ACCESS, USER, sent=200),
    "web:access-role-end": Address(ADMINISTERS_ACCESS, {"grant_id": "grant"}, sent=200),
    "web:access-teams": Address(ADMINISTERS_ACCESS),
    "web:access-team-add": Address(ADMINISTERS_ACCESS, sent=200),
    "web:access-marks": Address(ADMINISTERS_ACCESS),
    "web:access-mark-sight": Address(
        ADMINISTERS_ACCESS, {"mark": "mark", "role": "role"}, sent=200
    ),
    "web:access-team": Address(ADMINISTERS_ACCESS, {"team_id": "team"}, sent=200),
    # One's own account
    "web:account": Address(SIGNED_IN),
    # First the password again.
    "web:account-token-add": Address(answers(302)),
    "web:account-token-end": Address(
        answers(404, wanda=200), {"token_id": "token"}, only_post=True
    ),
    # The language of pages: chosen by who is signed in or not; GET only leads back.
    "web:language": Address(answers(302, nobody=302), sent=302),
    # Operators
    "web:healthz": Address(OPEN),
    "web:readyz": Address(OPEN),
}

# Whole groups whose addresses are another's: by prefix, with the rule that the test holds them to.
WAGTAIL = "configure/"
API = "api/v1/"
