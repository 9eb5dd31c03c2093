"""Seals and the lines kept outside: what a forger with all rights on the database cannot hide."""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import StringIO
from pathlib import Path
from threading import Thread
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import connection

from casework.ledger import anchors, triggers
from casework.ledger.append import append
from casework.ledger.chain import event_hash
from casework.ledger.models import Event, Read, Seal, SealedRow, StreamHead
from casework.ledger.reads import note_read
from casework.ledger.seals import seal_all, seal_hash
from casework.ledger.verify import broken_places
from casework.ledger.verify_seals import anchor_findings, seal_findings
from casework.people.models import Person
from tests.cast import AT, Cast, make_person

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.django_db
Person_history = Person.history.model
LATER = AT + timedelta(days=1)


def findings() -> list[str]:
    """All that `ledger verify --anchor` says."""
    file = settings.LEDGER_ANCHOR_FILE
    return [
        str(one)
        for part in (broken_places(), seal_findings(), anchor_findings(file))
        for one in part
    ]


def write_some(cast: Cast, stream: UUID, how_many: int = 4) -> None:
    for number in range(how_many):
        append(stream, f"kind.{number}", by=cast.wanda, at=AT, content={"n": number})
        note_read("case", stream, by=cast.rita, at=AT, detail="print")


@pytest.fixture
def sealed(cast: Cast) -> tuple[Cast, UUID]:
    """Two seals over events, reads and history rows; anchored, and the triggers away."""
    stream = uuid4()
    for number in range(2):
        make_person(cast.wanda, f"Person{number}")
        write_some(cast, stream)
        seal_all(AT + timedelta(minutes=number))
    anchors.write(settings.LEDGER_ANCHOR_FILE)
    triggers.remove(connection)
    assert findings() == []
    return cast, stream


def test_what_is_new_is_sealed_once_and_nothing_new_makes_no_seal(cast: Cast) -> None:
    make_person(cast.wanda)
    write_some(cast, uuid4())
    (first,) = seal_all(AT)
    assert seal_all(LATER) == []
    write_some(cast, uuid4(), 1)
    (second,) = seal_all(LATER)
    assert (second.number, second.prev, second.events, second.reads) == (2, first.hash, 1, 1)
    assert first.rows == Person_history.objects.count() == SealedRow.objects.count()
    assert findings()[-1].endswith("there is no such file of anchors")


def test_much_at_once_goes_under_several_seals(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("casework.ledger.seals.MOST", 3)
    write_some(cast, uuid4(), 8)
    made = seal_all(AT)
    assert [seal.events for seal in made] == [3, 3, 2]
    assert list(seal_findings()) == []


def test_events_and_reads_come_under_seals_by_row_number_while_others_write(cast: Cast) -> None:
    for _ in range(5):
        write_some(cast, uuid4(), 2)
        seal_all(AT)
    assert sum(Seal.objects.values_list("events", flat=True)) == Event.objects.count()
    assert sum(Seal.objects.values_list("reads", flat=True)) == Read.objects.count()
    assert list(seal_findings()) == []


# Twelve ways of tampering ---------------------------------------------------------------------


def rechained(stream: UUID) -> None:
    """As a forger would: work all hashes of a stream out anew, and its head."""
    before = ""
    for event in Event.objects.filter(stream=stream).order_by("seq").select_related("actor"):
        event.prev_hash = before
        event.hash = before = event_hash(
            vars(event),
            actor=event.actor.uid if event.actor else None,
            on_behalf_of=None,
            corrects="",
        )
        Event.objects.filter(pk=event.pk).update(prev_hash=event.prev_hash, hash=event.hash)
    StreamHead.objects.update_or_create(
        stream=stream,
        defaults={"seq": Event.objects.filter(stream=stream).count(), "hash": before},
    )


def edit_an_event(cast: Cast, stream: UUID) -> None:
    Event.objects.filter(stream=stream, seq=2).update(kind="forged")
    rechained(stream)


def delete_an_event(cast: Cast, stream: UUID) -> None:
    Event.objects.filter(stream=stream, seq=2).delete()
    for event in Event.objects.filter(stream=stream, seq__gt=2).order_by("seq"):
        Event.objects.filter(pk=event.pk).update(seq=event.seq - 1)
    rechained(stream)


def insert_an_event(cast: Cast, stream: UUID) -> None:
    """An event of a new stream, with a row number before all others."""
    forged = append(uuid4(), "forged", by=cast.max, at=AT)
    Event.objects.filter(pk=forged.pk).update(id=-1)


def back_date_an_event(cast: Cast, stream: UUID) -> None:
    earlier = AT - timedelta(days=30)
    Event.objects.filter(stream=stream, seq=3).update(recorded_at=earlier, occurred_at=earlier)
    rechained(stream)


def back_date_a_new_event(cast: Cast, stream: UUID) -> None:
    append(stream, "late", by=cast.wanda, at=AT - timedelta(days=30))


def reorder_events(cast: Cast, stream: UUID) -> None:
    second, third = Event.objects.filter(stream=stream, seq__in=(2, 3)).order_by("seq")
    Event.objects.filter(pk=second.pk).update(seq=99)
    Event.objects.filter(pk=third.pk).update(seq=2)
    Event.objects.filter(pk=second.pk).update(seq=3)
    rechained(stream)


def cut_the_tail(cast: Cast, stream: UUID) -> None:
    """The end of the stream, and the seal over it."""
    Event.objects.filter(stream=stream, seq__gt=4).delete()
    rechained(stream)
    SealedRow.objects.filter(seal=2).delete()
    Seal.objects.filter(number=2).delete()


def remove_a_stream(cast: Cast, stream: UUID) -> None:
    Event.objects.filter(stream=stream).delete()
    StreamHead.objects.filter(stream=stream).delete()


def edit_a_seal(cast: Cast, stream: UUID) -> None:
    """Change an event, and every seal from there on so that all fits."""
    edit_an_event(cast, stream)
    held = list(Seal.objects.order_by("number"))
    SealedRow.objects.all().delete()
    Seal.objects.all().delete()
    for number, _ in enumerate(held):
        seal_all(AT + timedelta(minutes=number))
    assert [*broken_places(), *seal_findings()] == []  # within the database all is well


def delete_a_seal(cast: Cast, stream: UUID) -> None:
    SealedRow.objects.filter(seal=1).delete()
    Seal.objects.filter(number=1).delete()


def back_date_a_seal(cast: Cast, stream: UUID) -> None:
    seal = Seal.objects.get(number=2)
    seal.sealed_at = AT + timedelta(seconds=30)
    Seal.objects.filter(number=2).update(sealed_at=seal.sealed_at, hash=seal_hash(seal))


def edit_a_history_row(cast: Cast, stream: UUID) -> None:
    row = Person_history.objects.earliest("history_id")
    Person_history.objects.filter(pk=row.pk).update(given_names="Forged")


def back_date_a_history_row(cast: Cast, stream: UUID) -> None:
    row = Person_history.objects.earliest("history_id")
    Person_history.objects.filter(pk=row.pk).update(history_date=AT - timedelta(days=9))


def delete_a_history_row(cast: Cast, stream: UUID) -> None:
    row = Person_history.objects.earliest("history_id")
    SealedRow.objects.filter(table=row._meta.db_table, row=row.pk).delete()
    row.delete()


def insert_a_history_row(cast: Cast, stream: UUID) -> None:
    row = Person_history.objects.earliest("history_id")
    row.pk = -1
    row.save(force_insert=True)


def reorder_history_rows(cast: Cast, stream: UUID) -> None:
    one, two = Person_history.objects.order_by("history_id")[:2]
    one.pk, two.pk = two.pk, one.pk
    one.save()
    two.save()


def edit_a_read(cast: Cast, stream: UUID) -> None:
    Read.objects.filter(pk=Read.objects.earliest("pk").pk).update(actor=cast.max)


def delete_a_read(cast: Cast, stream: UUID) -> None:
    Read.objects.earliest("pk").delete()


TAMPERINGS = [
    edit_an_event, delete_an_event, insert_an_event, back_date_an_event, back_date_a_new_event,
    reorder_events, cut_the_tail, remove_a_stream, edit_a_seal, delete_a_seal, back_date_a_seal,
    edit_a_history_row, back_date_a_history_row, delete_a_history_row, insert_a_history_row,
    reorder_history_rows, edit_a_read, delete_a_read,
]  # fmt: skip


@pytest.mark.parametrize("tamper", TAMPERINGS, ids=lambda one: one.__name__)
def test_tampering_is_found(sealed: Any, tamper: Callable[[Cast, UUID], None]) -> None:
    tamper(*sealed)
    assert findings()


def test_an_old_backup_put_back_is_found_and_is_not_sealed_over(sealed: Any) -> None:
    cast, stream = sealed
    cut_the_tail(cast, stream)
    for row in Person_history.objects.filter(given_names="Person1"):
        row.delete()
    Read.objects.filter(pk__gt=Seal.objects.get(number=1).last_read).delete()
    assert [*broken_places(), *seal_findings()] == []  # it is whole, only old
    assert any("an old backup was put back" in one for one in findings())
    triggers.install(connection)
    write_some(cast, uuid4())
    with pytest.raises(CommandError, match="names seal 2"):
        call_command("ledger", "seal")
    assert any("names another hash of seal 2" in one for one in findings())


# Lines outside, and proofs ----------------------------------------------------------------------


def test_the_command_seals_and_appends_each_seal_once(cast: Cast) -> None:
    for _ in range(2):
        write_some(cast, uuid4())
        for _ in range(2):  # the second time there is nothing new
            call_command("ledger", "seal", stdout=StringIO())
    lines = [json.loads(line) for line in settings.LEDGER_ANCHOR_FILE.read_text().splitlines()]
    assert [line["seal"] for line in lines] == [1, 2]
    assert [line["hash"] for line in lines] == list(
        Seal.objects.order_by("number").values_list("hash", flat=True)
    )
    out = StringIO()
    call_command("ledger", "verify", "--anchor", str(settings.LEDGER_ANCHOR_FILE), stdout=out)
    assert out.getvalue().startswith("The ledger is whole: ")


def test_a_broken_line_of_the_file_is_told_with_its_number(sealed: Any) -> None:
    with settings.LEDGER_ANCHOR_FILE.open("a") as file:
        file.write("{not json\n")
    assert any("line 3, is not a seal's line" in one for one in findings())


def test_the_newest_seal_goes_by_mail_once_a_day(cast: Cast) -> None:
    write_some(cast, uuid4())
    (seal,) = seal_all(AT)
    assert [anchors.mail("ig@example.org", AT + timedelta(hours=n)) for n in (0, 1, 30)] == [
        True,
        False,
        False,
    ]
    write_some(cast, uuid4())
    seal_all(AT)
    assert [anchors.mail("ig@example.org", AT + timedelta(hours=n)) for n in (2, 30)] == [
        False,
        True,
    ]
    assert anchors.line_of(seal) in mail.outbox[0].body
    assert len(mail.outbox) == 2


def test_every_seal_is_posted_once_and_again_after_a_failure(cast: Cast) -> None:
    got: list[bytes] = []
    answers = [500, 200, 200]

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(answers.pop(0))
            self.end_headers()

        def log_message(self, *args: Any) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Hook)
    Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}/"
    try:
        for _ in range(2):
            write_some(cast, uuid4())
            seal_all(AT)
        with pytest.raises(anchors.Unanchored, match="Seal 1 was not posted"):
            anchors.post(url, AT)
        assert (anchors.post(url, AT), anchors.post(url, AT)) == (2, 0)
    finally:
        server.shutdown()
        server.server_close()
    assert [json.loads(line)["seal"] for line in got] == [1, 1, 2]


def test_the_verifier_of_the_docs_accepts_every_true_proof_and_no_changed_one(
    cast: Cast, tmp_path: Path
) -> None:
    stream = uuid4()
    write_some(cast, stream, 5)
    seal_all(AT)
    write_some(cast, uuid4(), 2)
    seal_all(LATER)
    anchors.write(settings.LEDGER_ANCHOR_FILE)
    page = (ROOT / "docs/how-to/seal-and-prove.md").read_text()
    (code,) = re.findall(r"<!-- verifier -->\n```python\n(.*?)```", page, re.DOTALL)
    assert len([line for line in code.splitlines() if line.strip()]) <= 33
    script = tmp_path / "check.py"
    script.write_text(code)

    def check(proof: Any) -> subprocess.CompletedProcess[str]:
        (tmp_path / "proof.json").write_text(json.dumps(proof))
        return subprocess.run(
            [sys.executable, "-I", str(script), str(tmp_path / "proof.json"), str(settings.LEDGER_ANCHOR_FILE)],
            capture_output=True, text=True, check=False,
        )  # fmt: skip

    proofs = []
    for event in Event.objects.order_by("pk"):
        out = StringIO()
        call_command("ledger", "prove", event.hash, "--with-content", stdout=out)
        proofs.append(json.loads(out.getvalue()))
    assert [check(proof).returncode for proof in proofs[-3:]] == [0, 0, 0]
    assert "was recorded at 2026-11-02T10:00:00" in check(proofs[1]).stdout
    one = proofs[1]
    for changed in (
        {"event": {**one["event"], "kind": "forged"}},
        {"index": one["index"] + 1},
        {"path": one["path"][:-1]},
        {"seal": {**one["seal"], "sealed_at": "2020-01-01T00:00:00.000000+00:00"}},
        {"seal": {**one["seal"], "root": proofs[-1]["seal"]["root"]}},
        {"content": {**one["content"], "body": '{"n":7}'}},
    ):
        assert check({**one, **changed}).returncode == 1, changed


def test_a_proof_is_refused_with_a_sentence(cast: Cast) -> None:
    event = append(uuid4(), "x", by=cast.wanda, at=AT)
    for named, says in (
        (event.hash, "is under no seal yet"),
        (f"{event.stream}/9", "There is no event"),
        ("x/y", "names no event"),
    ):
        with pytest.raises(CommandError, match=says):
            call_command("ledger", "prove", named)
