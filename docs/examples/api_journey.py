"""A whole record through the API: start, fill, submit, return, mend, sign, read.

Needs nothing but Python 3.11 and two tokens, made on the pages "Your account" of a worker and of a
manager of the worker's team (scopes: all of them). On the demo (`make run`):

    export CASETHREAD_URL=http://localhost:8000 WORKER_TOKEN=ct_… MANAGER_TOKEN=ct_…
    python docs/examples/api_journey.py
"""

import argparse
import json
import os
import sys
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SAMPLES = Path(__file__).resolve().parents[2] / "formdefs/library/samples"


class Api:
    """The API as one user sees it."""

    def __init__(self, site: str, token: str) -> None:
        self.site = site.rstrip("/")
        self.token = token

    def ask(
        self, method: str, path: str, body: Any = None, *, seen: str | None = None
    ) -> tuple[Any, str]:
        """Send one request; return what it answers, as JSON, and its ETag.

        seen: the ETag of what was read before, for If-Match. Every command gets a key of its own: after
        a broken connection, the same request with the same key would act only once.
        """
        headers = {"Authorization": f"Bearer {self.token}"}
        if method != "GET":
            headers |= {"Content-Type": "application/json", "Idempotency-Key": str(uuid.uuid4())}
        if seen is not None:
            headers["If-Match"] = seen
        address = path if path.startswith("/api/") else f"/api/v1{path}"
        data = None if method == "GET" else json.dumps(body or {}).encode()
        request = urllib.request.Request(
            self.site + address, data=data, headers=headers, method=method
        )
        try:
            with urllib.request.urlopen(request) as response:
                return json.load(response), response.headers.get("ETag", "")
        except urllib.error.HTTPError as error:
            raise Problem(json.load(error)) from None


class Problem(Exception):
    """What the API answers when it does not do what it was asked (RFC 9457)."""

    def __init__(self, document: dict[str, Any]) -> None:
        lines = [f"{document['status']} {document['code']}: {document['detail']}"]
        lines += [
            f"  {p['path']}: {p['message']} ({p['code']})" for p in document.get("problems", [])
        ]
        super().__init__("\n".join(lines))
        self.document = document


def main() -> None:
    """Do the journey, saying what happens."""
    options = _options()
    worker = Api(options.site, _token("WORKER_TOKEN"))
    manager = Api(options.site, _token("MANAGER_TOKEN"))
    answers = json.loads(
        Path(options.answers or SAMPLES / f"{options.form}.json").read_text("utf-8")
    )

    case, person = open_case(worker)
    record = start_record(worker, case, person, options.form)
    pages = pages_of_form(worker, record["form"])
    fill(worker, record["id"], pages, answers)

    submission = submit(worker, record["id"])
    manager.ask(
        "POST",
        f"/records/{record['id']}/return",
        {"seen_sha256": submission["sha256"], "comment": "Please read the first page once more."},
    )
    print("Returned by the manager.")
    save_page(worker, record["id"], next(iter(pages)), {})
    submission = submit(worker, record["id"])
    signed, _ = manager.ask(
        "POST", f"/records/{record['id']}/sign", {"seen_sha256": submission["sha256"]}
    )
    print(f"Signed by {signed['signed_by']['name']}: {signed['sha256']}")
    read(manager, record["id"], case)


def open_case(api: Api) -> tuple[str, str]:
    """Add a person and open a case about them in the worker's team; return both ids."""
    me, _ = api.ask("GET", "/me")
    team = next(role["team"] for role in me["roles"] if role["team"])
    person, _ = api.ask(
        "POST",
        "/persons",
        {
            "given_names": "Journey",
            "family_name": "Example",
            "born_on": "2018-03-14",
            "why": "Referred",
        },
    )
    case, _ = api.ask(
        "POST",
        "/cases",
        {"case_type": "child_in_need", "team": team["id"], "subjects": [person["id"]]},
    )
    print(f"{me['user']['name']} opened {case['reference']} in {team['name']}.")
    return case["id"], person["id"]


def start_record(api: Api, case: str, person: str, form: str) -> dict[str, Any]:
    """Start a record on the newest version of a form."""
    record, _ = api.ask("POST", "/records", {"case": case, "form": form, "subjects": [person]})
    print(f"Started “{record['form']['title']}”, version {record['form']['number']}.")
    return dict(record)


def pages_of_form(api: Api, form: dict[str, Any]) -> dict[str, list[str]]:
    """The question keys of each page of a form version, by the page's key.

    The documents of a version never change: keep them by their SHA-256.
    """
    version, _ = api.ask("GET", f"/forms/{form['key']}/versions/{form['number']}")
    layout, etag = api.ask("GET", version["documents"]["ui"]["url"])
    assert etag.strip('"') == version["documents"]["ui"]["sha256"]
    return {page["key"]: list(_keys(page["items"])) for page in layout["pages"]}


def _keys(items: list[dict[str, Any]]) -> Iterator[str]:
    for item in items:
        if item["kind"] in ("question", "repeat"):
            yield item["key"]
        elif item["kind"] == "section":
            yield from _keys(item["items"])


def fill(api: Api, record: str, pages: dict[str, list[str]], answers: dict[str, Any]) -> None:
    """Save the answers page by page."""
    for page, keys in pages.items():
        save_page(api, record, page, {key: answers[key] for key in keys if key in answers})


def save_page(api: Api, record: str, page: str, changes: dict[str, Any]) -> None:
    """Read a page, change some of its answers, save it over the version that was read.

    What somebody else saved meanwhile is merged in. Where both changed the same question the API asks
    (412), and here ours is kept.
    """
    address = f"/records/{record}/pages/{page}"
    stored, etag = api.ask("GET", address)
    body: dict[str, Any] = {"answers": {**stored["answers"], **changes}}
    try:
        saved, _ = api.ask("PUT", address, body, seen=etag)
    except Problem as problem:
        if problem.document["code"] != "clash":
            raise
        body["resolutions"] = {c["path"]: "mine" for c in problem.document["conflicts"]}
        body["decided_on"] = problem.document["version"]
        saved, _ = api.ask("PUT", address, body, seen=etag)
    merged = ", merged with what others saved" if saved["merged"] else ""
    print(f"Saved the page {page}: version {saved['version']}{merged}.")


def submit(api: Api, record: str) -> dict[str, Any]:
    """Submit the record; what is missing is told all at once."""
    submission, _ = api.ask("POST", f"/records/{record}/submit")
    print(f"Submitted: {submission['sha256']}")
    return dict(submission)


def read(api: Api, record: str, case: str) -> None:
    """Read what was signed, and what happened."""
    whole, _ = api.ask("GET", f"/records/{record}")
    print(f"The record is {whole['status']} with {len(whole['answers'])} answers.")
    events, _ = api.ask("GET", f"/cases/{case}/events")
    for event in events["items"]:
        who = event["actor"]["name"] if event["actor"] else "the system"
        print(f"  {event['seq']:>3} {event['recorded_at']} {who}: {event['kind']}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="A whole record through the API.")
    site = os.environ.get("CASETHREAD_URL", "http://localhost:8000")
    parser.add_argument("site", nargs="?", default=site, help="Address of the server.")
    parser.add_argument("--form", default="child_family_assessment")
    parser.add_argument("--answers", help="A file of answers; the form's sample when not given.")
    return parser.parse_args()


def _token(name: str) -> str:
    if not os.environ.get(name):
        sys.exit(f"Set {name} to a token from the page “Your account”.")
    return os.environ[name]


if __name__ == "__main__":
    try:
        main()
    except Problem as problem:
        sys.exit(str(problem))
