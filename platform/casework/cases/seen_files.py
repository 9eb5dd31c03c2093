"""Which files of a record somebody may not see: those that answer what is withheld from them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from casework.accounts.models import User
from casework.cases.marks import earlier_masks
from casework.cases.masking import Mask
from casework.cases.models import Record, Upload
from casework.cases.unmasked import answers_of, document_of
from formdefs.form import Form, Path, Question
from formdefs.places import places


def withheld_files(
    mask: Mask, record: Record, uploads: Iterable[Upload], user: User
) -> frozenset[UUID]:
    """The ids of the files, of those given, that are withheld from a user.

    A file is withheld if any answer that names it, now or as submitted, is; one that no answer names
    is its sender's alone where its question may be withheld.
    """
    masks = [mask, *earlier_masks(record, mask)]
    doubtful = [one for one in uploads if any(one.question in mask.hidden for mask in masks)]
    if not doubtful:
        return frozenset()
    documents = [document_of(snapshot) for snapshot in record.snapshots.all()]
    named: set[str] = set()
    withheld: set[str] = set()
    for mask in masks:
        for path, value in _answers(mask.form, answers_of(record), documents):
            ids = {str(one["id"]) for one in value if isinstance(one, Mapping) and "id" in one}
            named |= ids
            withheld |= ids if mask.withheld(path) else set()
    return frozenset(
        upload.pk
        for upload in doubtful
        if str(upload.pk) in withheld
        or (str(upload.pk) not in named and upload.uploaded_by_id != user.pk)
    )


def _answers(
    form: Form, answers: Mapping[str, Any], documents: Sequence[Mapping[str, Any]]
) -> Iterator[tuple[Path, list[Any]]]:
    """Yield the answers that name files: as they stand, as submitted, and what was set aside."""
    for whole in (answers, *(document["answers"] for document in documents)):
        for path, node, value in places(form, whole):
            if isinstance(node, Question) and node.type == "file" and isinstance(value, list):
                yield path, value
    for document in documents:
        for aside in document.get("set_aside", ()):
            if isinstance(aside["value"], list):
                yield tuple(aside["path"].split(".")), aside["value"]
