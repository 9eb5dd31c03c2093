"""Files: known by their content, limited, stored under random names, given out as attachments."""

import io
import zipfile
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from casework.cases import uploads
from casework.cases.actions.records import abandon, save_page
from casework.cases.filetypes import cleaned_name, sniffed
from casework.cases.incoming import described
from casework.cases.models import Upload
from casework.cases.uploads import open_upload, store
from casework.ledger.append import content_of
from casework.ledger.models import Event
from casework.refusals import Absent, NotAllowed, NotNow, Refused
from tests.cast import AT, make_case, make_record
from tests.stored.small_form import publish_small

PDF = b"%PDF-1.7\n" + b"x" * 20
OOXML = "[Content_Types].xml"
OFFICE = "application/vnd.openxmlformats-officedocument."


@pytest.fixture
def draft(cast: Any) -> SimpleNamespace:
    """The cast, and a draft of the small form, whose file question takes 1,000 bytes of PDF or text."""
    publish_small(cast.ada)
    record = make_record(make_case(cast.wanda, cast.north), cast.wanda, "small")
    return SimpleNamespace(**vars(cast), record=record, id=record.id)


def keep(draft: Any, content: bytes = PDF, name: str = "letter.pdf", **more: Any) -> Upload:
    """Store a file by Wanda."""
    file = ContentFile(content, name)
    return store(
        draft.id, more.pop("question", "qfile"), file, **{"by": draft.wanda, "at": AT} | more
    )


def archive(*names: str, mimetype: str = "") -> bytes:
    """A ZIP archive with these names in it."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        if mimetype:
            made.writestr("mimetype", mimetype)
        for name in names:
            made.writestr(name, "x")
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (PDF, "application/pdf"),
        (b"\x89PNG\r\n\x1a\n" + bytes(20), "image/png"),
        (b"\xff\xd8\xff\xe0" + bytes(20), "image/jpeg"),
        (b"GIF89a" + bytes(20), "image/gif"),
        (b"\x00\x00\x00\x18ftypheic" + bytes(12), "image/heic"),
        (archive(OOXML, "word/document.xml"), OFFICE + "wordprocessingml.document"),
        (archive("docProps/app.xml", "xl/workbook.xml", OOXML), OFFICE + "spreadsheetml.sheet"),
        (archive("content.xml", mimetype="application/vnd.oasis.opendocument.text"), "application/vnd.oasis.opendocument.text"),
        ("Zoë wrote\r\n\tthis".encode(), "text/plain"),
        ("\ufeffWith a mark".encode(), "text/plain"),
        (archive(OOXML, "word/document.xml", "word/vbaProject.bin"), None),
        (archive("anything.exe"), None),
        (archive(OOXML, "word/document.xml")[:-30], None),
        (b"PK\x03\x04" + bytes(50), None),
        (b"MZ" + bytes(100), None),
        (b"text with \x00 in it", None),
        (b"latin \xe9", None),
        (b"<html>" + b"a" * 70000 + b"\xc3", None),
        (b"", "text/plain"),
    ],
)  # fmt: skip
def test_what_a_file_is_is_told_by_its_content(content: bytes, expected: str | None) -> None:
    assert sniffed(io.BytesIO(content)) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("letter.pdf", "letter.pdf"),
        ("LETTER.PDF", "LETTER.PDF"),
        ("letter", "letter.pdf"),
        (".pdf", "pdf.pdf"),
        ("letter.exe", "letter.exe.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\x\\a b.pdf", "a b.pdf"),
        ('q"uo<te>.pdf', "q uo te .pdf"),
        ("invoice\u202efdp.exe", "invoicefdp.exe.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "a Set-Cookie x.pdf"),
        ("", "file.pdf"),
        ("é" * 300 + ".pdf", "é" * 150 + ".pdf"),
    ],
)
def test_a_name_is_cleaned_and_ends_as_its_content_does(name: str, expected: str) -> None:
    assert cleaned_name(name, "application/pdf") == expected


@pytest.mark.django_db
def test_a_file_is_kept_under_a_random_name_and_told_to_the_ledger(draft: Any) -> None:
    one, other = keep(draft), keep(draft)
    assert one.stored_name != other.stored_name
    assert "letter" not in one.stored_name
    assert (one.name, one.content_type, one.size) == ("letter.pdf", "application/pdf", len(PDF))
    assert one.sha256 == other.sha256
    event = Event.objects.filter(kind="file.stored").earliest("seq")
    assert "letter" not in event.refs
    assert content_of(event)["name"] == "letter.pdf"


@pytest.mark.django_db
def test_a_file_is_given_out_as_an_attachment_and_never_guessed_at(draft: Any) -> None:
    opened = open_upload(keep(draft, name='le"tter.pdf'))
    with opened.stream as stream:
        assert stream.read() == PDF
    assert opened.headers["Content-Disposition"] == 'attachment; filename="le tter.pdf"'
    assert opened.headers["X-Content-Type-Options"] == "nosniff"
    assert opened.headers["Content-Type"] == "application/pdf"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"%PDF" + bytes(1000), "big.pdf", "max_bytes"),
        (b"", "empty.pdf", "invalid"),
        (b"\x89PNG\r\n\x1a\n" + bytes(20), "really-a-picture.pdf", "type"),
        (b"MZ" + bytes(20), "letter.pdf", "type"),
    ],
)
def test_what_is_not_accepted_leaves_nothing(
    draft: Any, content: bytes, name: str, code: str
) -> None:
    with pytest.raises(Refused) as refusal:
        keep(draft, content, name)
    problem = refusal.value.problems[0]
    assert (problem.question, problem.code) == ("qfile", code)
    assert not Upload.objects.exists()
    assert not default_storage.exists("") or default_storage.listdir("") == ([], [])


@pytest.mark.django_db
def test_who_may_store_and_where(draft: Any) -> None:
    for user, error in ((draft.olive, Absent), (draft.rita, NotAllowed)):
        with pytest.raises(error):
            keep(draft, by=user)
    for question in ("qseen", "nowhere"):
        with pytest.raises(Absent):
            keep(draft, question=question)
    abandon(draft.id, why="x", by=draft.wanda, at=AT)
    with pytest.raises(NotNow):
        keep(draft)


@pytest.mark.django_db
def test_a_record_has_only_so_many_files_and_the_last_leaves_nothing(
    draft: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "MOST_IN_A_RECORD", 1)
    first = keep(draft)
    with pytest.raises(Refused):
        keep(draft)
    folders, _files = default_storage.listdir("")
    kept = [f"{folder}/{name}" for folder in folders for name in default_storage.listdir(folder)[1]]
    assert kept == [first.stored_name]


@pytest.mark.django_db
def test_storing_twice_by_one_command_stores_once(draft: Any) -> None:
    command = uuid4()
    assert keep(draft, command_id=command) == keep(draft, command_id=command)
    assert Upload.objects.count() == 1


@pytest.mark.django_db
def test_an_answer_names_a_file_as_it_was_stored_whatever_was_sent(draft: Any) -> None:
    upload = keep(draft)
    sent = {**described(upload), "name": "other.exe", "size": 1}
    saved = save_page(draft.id, "plan", {"papers": [sent]}, seen_version=0, by=draft.wanda, at=AT)
    assert saved.answers == {"papers": [described(upload)]}
    again = save_page(
        draft.id, "plan", {"papers": [{"id": str(upload.pk)}]}, seen_version=1, by=draft.wanda, at=AT
    )  # fmt: skip
    assert again.version == 1


@pytest.mark.django_db
def test_nobody_answers_with_a_file_of_another_record_or_with_too_many(draft: Any) -> None:
    other = make_record(draft.record.case, draft.wanda, "small")
    foreign = store(other.id, "qfile", ContentFile(PDF, "a.pdf"), by=draft.wanda, at=AT)
    own = [described(keep(draft)) for _ in range(3)]
    for papers in ([described(foreign)], [{"id": str(uuid4())}], [{"id": 1}], ["x"], own):
        with pytest.raises(Refused):
            save_page(draft.id, "plan", {"papers": papers}, seen_version=0, by=draft.wanda, at=AT)
