"""`python -m tests.bench.one`: the ratios on the (new) database that the environment names."""

import argparse
import json
import sys
import uuid
from datetime import timedelta
from typing import Any

from tests.bench import forty
from tests.bench.measure import Line, cpu_ms
from tests.bench.site import Answer, call, prepare

SCOPES = ["forms:read", "cases:read", "records:read", "records:write"]
LISTED = 50


def main() -> int:
    """Print every line; return 1 when a target is missed."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.one", description=main.__doc__)
    parser.add_argument("--reduced", action="store_true")
    reduced = parser.parse_args().reduced
    cast = prepare()
    bench = _Bench(cast, rounds=5 if reduced else 11, times=20 if reduced else 40)
    many = 20_000 if reduced else 100_000
    lines = [
        *bench.create(),
        *bench.page(),
        *bench.lists(many),
        *bench.my_work(many),
    ]
    for line in lines:
        print(f"  {line}", flush=True)
    return 0 if all(line.met for line in lines) else 1


class _Bench:
    """What the jobs share: the cast, a case, a token, a signed-in browser."""

    def __init__(self, cast: Any, *, rounds: int, times: int) -> None:
        from django.conf import settings

        from casework.accounts.tokens import make_token
        from formdefs.publish import publish
        from tests.cast import AT, make_case

        settings.ROOT_URLCONF = "tests.bench.plain"
        publish(forty.definition(), by=cast.ada, at=AT, reason="bench")
        self.cast, self.rounds, self.times = cast, rounds, times
        self.case = make_case(cast.wanda, cast.north)
        self.person = self.case.subjects.get().person_id
        _, self.token = make_token(
            by=cast.wanda, at=AT, name="bench", scopes=SCOPES, expires_at=AT + timedelta(days=360)
        )
        self.cookie = _signed_in(cast.wanda)

    def api(self, method: str, path: str, body: Any = None) -> Answer:
        """One API request; anything but success stops the run."""
        answer = call(
            method, f"/api/v1/{path}", headers={"Authorization": f"Bearer {self.token}"},
            body=json.dumps(body).encode() if body is not None else b"", kind="application/json",
        )  # fmt: skip
        assert answer.status < 300, f"{method} {path}: {answer.status} {answer.body[:500]!r}"
        return answer

    def create(self) -> list[Line]:
        """A validated record of the assessment's largest page, against the same rows without us."""
        from formdefs.versions import form_of, newest
        from tests.bench.rows import Replay, by_orm
        from tests.cast import sample_answers

        version = newest("child_family_assessment")
        sample = sample_answers("child_family_assessment")
        page = max(form_of(version.pk).pages, key=lambda page: len(page.answered))
        answers = {key: sample[key] for key in page.answered if key in sample}
        body = {
            "case": str(self.case.pk), "form": "child_family_assessment",
            "subjects": [str(self.person)], "pages": {page.key: answers},
        }  # fmt: skip

        def through_api() -> None:
            self.api("POST", "records", body)

        replay = Replay(through_api)
        record = json.loads(self.api("POST", "records", body).body)["id"]
        ms = cpu_ms(
            {
                "api": through_api,
                "orm": lambda: by_orm(
                    self.case, version.pk, self.cast.wanda, self.person, page.id, answers
                ),
                "sql": replay,
                "read": lambda: self.api("GET", f"records/{record}"),
            },
            rounds=self.rounds,
            times=self.times,
        )
        return [
            Line(f"create a record ({len(answers)} answers) / raw SQL", ms["api"], ms["sql"], None),
            Line(
                f"create a record ({len(answers)} answers) / Django's ORM", ms["api"], ms["orm"], 2
            ),
            Line("read one record / create by the ORM", ms["read"], ms["orm"], None),
        ]

    def page(self) -> list[Line]:
        """Show and save 40 questions, against the same page through Django's own forms."""
        from tests.cast import make_record

        ours = make_record(self.case, self.cast.wanda, "forty", pages={"all": forty.answers()})
        theirs = make_record(self.case, self.cast.wanda, "forty", pages={"all": forty.answers()})
        show, plain = f"/records/{ours.pk}/pages/all/", f"/plain/{theirs.pk}/"
        ours_form, plain_form = _Filler(self, show), _Filler(self, plain)
        ms = cpu_ms(
            {
                "show": lambda: self.browse("GET", show),
                "plain show": lambda: self.browse("GET", plain),
                "save": ours_form.save,
                "plain save": plain_form.save,
            },
            rounds=self.rounds,
            times=max(10, self.times // 2),
        )
        return [
            Line("show a 40-question page / Django's own form", ms["show"], ms["plain show"], 0.2),
            Line("save a 40-question page / Django's own form", ms["save"], ms["plain save"], 1.5),
        ]

    def browse(self, method: str, path: str, body: bytes = b"") -> Answer:
        """One request as a signed-in browser makes it."""
        answer = call(
            method, path, body=body, kind="application/x-www-form-urlencoded" if body else "",
            headers={"Cookie": self.cookie, "Origin": "http://localhost"},
        )  # fmt: skip
        assert answer.status in (200, 302), (
            f"{method} {path}: {answer.status} {answer.body[:800]!r}"
        )
        return answer

    def lists(self, many: int) -> list[Line]:
        """List 50 of a thousand records, then of many: the same queries, plans and cost."""
        from tests.bench.many import fill

        few = 1_000
        fill(self.case, few)
        path = f"records?limit={LISTED}"
        job = {"list": lambda: self.api("GET", path)}
        before, plans = self._costs(job["list"])
        fill(self.case, many)
        after, grown = self._costs(job["list"])
        _alike(plans, grown)
        what = f"list {LISTED} of {many} / of {few} ({len(plans)} queries, the same plans)"
        return [Line(what, after, before, 1.5)]

    def my_work(self, many: int) -> list[Line]:
        """A worker's page *My work* among a thousand open tasks, then among many more of others."""
        from tests.bench.my_work import fill, fill_cases

        def show() -> None:
            self.browse("GET", "/")

        few, cases = 1_000, fill_cases(self.cast, self.case, many)
        fill(self.cast, cases, few)
        before, plans = self._costs(show)
        fill(self.cast, cases, many)
        after, grown = self._costs(show)
        others = _others(plans, grown)
        what = f"my work among {many} open tasks / {few} ({len(plans)} queries, {others} of another plan)"
        return [
            Line(what, after, before, 1.5),
            Line("its plans that are others then / its plans", others, len(plans), 0),
        ]

    def _costs(self, job: Any) -> tuple[float, list[tuple[str, str]]]:
        """The CPU time of a job, and its queries with their plans."""
        from tests.bench.many import explained

        ms = cpu_ms({"it": job}, rounds=self.rounds, times=max(10, self.times // 2))
        return ms["it"], explained(job)


class _Filler:
    """Sends a page's form back as a browser would, with one answer changed at each save."""

    def __init__(self, bench: _Bench, path: str) -> None:
        self._bench, self._path, self._turn = bench, path, 0
        from tests.bench.forms import fields_of

        self._read = fields_of
        self._fields = fields_of(bench.browse("GET", path).body)

    def save(self) -> None:
        """One POST over the version seen; what the answer carries is kept for the next."""
        from urllib.parse import urlencode

        self._turn += 1
        fields = {**self._fields, "question_00": [f"Answer {self._turn}"]}
        if "_version.p1aa" in fields:  # each save makes the next version of the page
            fields["_version.p1aa"] = [str(self._turn)]
        if "command_id" in fields:
            fields["command_id"] = [str(uuid.uuid4())]
        answer = self._bench.browse("POST", self._path, urlencode(fields, doseq=True).encode())
        assert answer.status == 302, answer.body[:2000]


def _others(few: list[tuple[str, str]], many: list[tuple[str, str]]) -> int:
    """How many of the queries have another plan. Stop the run where the queries are not the same."""
    assert [sql for sql, _ in few] == [sql for sql, _ in many], "the queries differ"
    differing = [(sql, a, b) for (sql, a), (_, b) in zip(few, many, strict=True) if a != b]
    for sql, before, after in differing:
        print(f"  another plan: {sql}\n{before}\n  and then\n{after}")
    return len(differing)


def _alike(few: list[tuple[str, str]], many: list[tuple[str, str]]) -> None:
    """Stop the run where the queries, or their plans, are not the same."""
    assert not _others(few, many), "the plans differ"


def _signed_in(user: Any) -> str:
    """The Cookie header of a session of this user."""
    from importlib import import_module

    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}; csrftoken={'c' * 32}"


if __name__ == "__main__":
    sys.exit(main())
