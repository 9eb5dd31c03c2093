"""Compares a case's pages and their history with the events that tell of each save."""

import json
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from casework.cases import merge
from casework.cases.models import Case, Record, RecordPage
from casework.ledger.append import contents_of
from casework.ledger.kept_rows import rows_of
from casework.ledger.models import Event, Tombstone
from casework.ledger.tombstones import key_of

_Key = tuple[str, str, int]  # record, page, version
_Page = dict[int, str]  # the answers of each version


def page_findings(case: Case) -> Iterator[str]:
    """What is wrong with the pages of a case: sentences that name record, page and version."""
    versions = _versions(case)
    gone = _withdrawn(case)
    told, changes, put_back = _told(case)
    for (record, page), held in versions.items():
        for version in sorted(held):
            where = f"page {page} of record {record}, version {version}"
            if (record, page, version) not in told:
                yield f"{where}: no event tells of it"
            elif (signed := put_back.get((record, page, version))) in held:
                if held[version] != held[signed]:
                    yield f"{where}: its answers are not those that were signed, as its event says"
            elif (said := changes.get((record, page, version))) is not None:
                before = held.get(version - 1)
                if version > 1 and before is None:
                    continue  # told below: the version before it is missing
                if _changed(before, held[version]) != said:
                    yield f"{where}: its answers are not what its event says"
    for record, page, version in sorted(told):
        if version not in versions.get((record, page), {}) and record not in gone:
            yield f"page {page} of record {record}, version {version}: it is gone from the history"
    live = RecordPage.objects.filter(record__case=case)
    for row in live.iterator():
        kept = versions.get((str(row.record_id), row.page), {})
        if not kept or max(kept) != row.version or kept[row.version] != row.answers:
            yield (
                f"page {row.page} of record {row.record_id}: its answers are not those of the "
                "newest version in its history"
            )


def _versions(case: Case) -> dict[tuple[str, str], _Page]:
    found: dict[tuple[str, str], _Page] = {}
    rows = rows_of(RecordPage.history.model).filter(
        record_id__in=Record.objects.filter(case=case).values("pk")
    )
    for record, page, version, answers in rows.values_list(
        "record_id", "page", "version", "answers"
    ):
        found.setdefault((str(record), page), {})[version] = answers
    return found


def _told(case: Case) -> tuple[set[_Key], dict[_Key, Any], dict[_Key, int]]:
    """The versions that events tell of; what they say has changed; which signed version was put back."""
    told: set[_Key] = set()
    changes: dict[_Key, Any] = {}
    put_back: dict[_Key, int] = {}
    submitted: dict[str, Mapping[str, int]] = {}
    signed: dict[str, Mapping[str, int]] = {}
    events = list(Event.objects.filter(stream=case.pk, kind__startswith="record.").order_by("seq"))
    said = contents_of(events)
    for event in events:
        refs: Mapping[str, Any] = json.loads(event.refs)
        record, content = refs.get("record", ""), said.get(event.content or UUID(int=0))
        if event.kind in ("record.page_saved", "record.refreshed"):
            key = (record, refs["page"], refs["version"])
            told.add(key)
            if content is not None:
                changes[key] = content["changes"]
        elif event.kind in ("record.started", "record.migrated", "record.migration_undone"):
            for page, version in refs.get("pages", {}).items():
                told.add((record, page, version))
                if event.kind == "record.started" and content is not None:
                    changes[record, page, version] = content["changes"].get(page, {})
        elif event.kind == "record.submitted":
            submitted[record] = refs["pages"]
        elif event.kind == "record.signed":
            signed[record] = submitted.get(record, {})
        elif event.kind == "record.abandoned":
            for page, version in refs.get("pages", {}).items():
                told.add((record, page, version))
                if page in signed.get(record, {}):
                    put_back[record, page, version] = signed[record][page]
    return told, changes, put_back


def _changed(before: str | None, after: str) -> Any:
    return merge.changes(json.loads(before or "{}"), json.loads(after))


def _withdrawn(case: Case) -> set[str]:
    """The records of a case whose pages were withdrawn."""
    records = Record.objects.filter(case=case).values_list("pk", flat=True)
    keys = {key_of(pk): str(pk) for pk in records}
    found = Tombstone.objects.filter(what="cases_record", key__in=keys)
    return {keys[one.key] for one in found}
