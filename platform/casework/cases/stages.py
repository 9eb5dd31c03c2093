"""Where each person of a case stands: their stage, what is asked for there, and their ways on."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from casetypes.definition import CaseType, Move, Stage
from casework.cases import access
from casework.cases.models import DECIDED, Case, CaseSubject, Record, Status
from casework.cases.running.loading import type_of
from formdefs.form import Question
from formdefs.models import FormVersion
from formdefs.versions import form_of

_UNDER_WAY = (Status.DRAFT, Status.RETURNED, Status.SUBMITTED)


@dataclass(frozen=True)
class Needed:
    """A form that is asked for where a person stands, and the record of it that is under way."""

    form: str
    title: str
    record: Record | None


@dataclass(frozen=True)
class Standing:
    """Where one person stands. outcome: what their part came to, in words; moves: by hand, from here."""

    part: CaseSubject
    stages: Sequence[Stage]
    stage: Stage
    outcome: str
    needed: Sequence[Needed]
    moves: Sequence[Move]

    @property
    def over(self) -> bool:
        """Whether their part is over."""
        return self.part.to_on is not None


def standings(case: Case) -> list[Standing]:
    """Where each person of a case stands, in the order they joined; three queries."""
    return standings_in([case])[case.pk]


def standings_in(cases: Sequence[Case]) -> dict[UUID, list[Standing]]:
    """The same of many cases, by case; three queries, however many they are."""
    parts: dict[UUID, dict[UUID, CaseSubject]] = {case.pk: {} for case in cases}
    rows = CaseSubject.objects.filter(case__in=parts).select_related("person")
    for part in rows.order_by(
        "part", "from_on", "person__family_name", "person__given_names", "id"
    ):
        parts[part.case_id][part.person_id] = part  # the last one, where somebody came back
    records = _records_by_person(parts)
    types = [type_of(case) for case in cases]
    needed = {key for kind in types for one in kind.stages.values() for key in one.needed}
    titles = _titles(needed)
    return {
        case.pk: [
            _standing(case, part, records.get((case.pk, person_id), []), titles)
            for person_id, part in parts[case.pk].items()
        ]
        for case in cases
    }


def _standing(
    case: Case, part: CaseSubject, records: list[Record], titles: Mapping[str, str]
) -> Standing:
    case_type = type_of(case)
    stage = case_type.stages.get(part.stage) or case_type.first
    open_now = part.to_on is None and case.closed_at is None
    moves = (one for one in case_type.moves if one.roles and stage.key in one.leaves)
    return Standing(
        part=part,
        stages=tuple(case_type.stages.values()),
        stage=stage,
        outcome=_outcome(case_type, part.outcome, records) if part.outcome else "",
        needed=tuple(_needed(stage, records, titles)) if open_now else (),
        moves=tuple(moves) if open_now else (),
    )


def _outcome(case_type: CaseType, code: str, records: list[Record]) -> str:
    """What a part came to: the answer that a record gave, else what the move to it is called."""
    named = ""
    for move in case_type.moves:
        if move.outcome == code:
            named = move.title
        elif isinstance(move.outcome, Mapping) and (
            label := _answered(case_type, move, code, records)
        ):
            return label
    return named or code.replace("_", " ").capitalize()


def _answered(case_type: CaseType, move: Move, code: str, records: list[Record]) -> str:
    """The words of an outcome that is an answer of the person's last decided record; "" if it is none."""
    use = case_type.forms.get(move.on.of) if move.on else None
    holder, _, key = str(move.outcome.get("var", "")).partition(".")
    decided = [one for one in records if use and one.form_version.form_id == use.form]
    decided = [one for one in decided if one.status in DECIDED]
    if use is None or not decided:
        return ""
    form = form_of(decided[-1].form_version_id)
    asked = form.find((use.bound[0], "", key) if holder == "row" and use.bound else (key,))
    offered = form.lists[asked.list].by_code if isinstance(asked, Question) and asked.list else {}
    return offered[code].label if code in offered else ""


def _records_by_person(cases: Iterable[UUID]) -> dict[tuple[UUID, UUID], list[Record]]:
    """The records of some cases for each person whom they cover, by case and person, newest last."""
    rows = Record.objects.filter(case__in=list(cases))
    rows = rows.select_related("form_version", "author", "case")
    rows = rows.defer(*access.documents_of("form_version")).prefetch_related("subjects")
    found: dict[tuple[UUID, UUID], list[Record]] = {}
    for row in rows.order_by("started_at", "id"):
        for person in row.subjects.all():
            found.setdefault((row.case_id, person.pk), []).append(row)
    return found


def _titles(forms: Iterable[str]) -> dict[str, str]:
    """What forms are called now."""
    rows = FormVersion.objects.filter(form__in=list(forms)).order_by("number")
    return dict(rows.values_list("form_id", "title"))


def _needed(stage: Stage, records: list[Record], titles: Mapping[str, str]) -> Iterable[Needed]:
    """The forms that a stage asks for and that no record has answered yet."""
    for key in stage.needed:
        mine = [one for one in records if one.form_version.form_id == key]
        if not any(one.status in DECIDED for one in mine):
            under_way = [one for one in mine if one.status in _UNDER_WAY]
            yield Needed(key, titles.get(key, key), under_way[-1] if under_way else None)
