"""A record opened for one request: found through the one door, with its form, answers and state."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from casework import clock, statements
from casework.accounts.models import Role, User
from casework.accounts.roles import members_of
from casework.cases import access, reading
from casework.cases.actions.autosaving import TYPED as TYPED
from casework.cases.facts import facts_at
from casework.cases.incoming import described
from casework.cases.models import Autosave, CaseSubject, Record, RecordPage, Upload
from casework.cases.submitting import occurred
from casework.pageforms.fields import Known
from casework.people.models import Person
from casework.web import language
from casework.web.signed_in import signed_in
from formdefs.answers import problems_in
from formdefs.form import Form, Page, Question
from formdefs.state import Facts, State, effective_in, evaluate_form
from formdefs.structure import Problem
from formdefs.versions import form_of


@dataclass(frozen=True)
class Screen:
    """What is filled in at one address: a page, or all pages of a form that is laid out as one."""

    key: str
    title: str
    hint: str
    pages: tuple[Page, ...]

    def questions(self, form: Form) -> Iterator[Question]:
        """Yield every question of the screen."""
        ids = {page.id for page in self.pages}
        return (question for question in form.questions.values() if question.page in ids)


class Opened:
    """A record, who looks at it, in which roles, and when. Everything is read once."""

    def __init__(self, record: Record, roles: frozenset[str], user: User, at: datetime) -> None:
        self.record, self.roles, self.user, self.at = record, roles, user, at
        self.form: Form = form_of(record.form_version_id, language.current())
        self.facts: Facts = facts_at(at, self.form)

    @cached_property
    def rows(self) -> Mapping[str, RecordPage]:
        """The saved pages by page id."""
        found = statements.rows(RecordPage, {"record_id": self.record.pk})
        for row in found:
            if row.saved_by_id == self.user.pk:
                row.saved_by = self.user  # whose name is known; another's is read where it shows
        return {row.page: row for row in found}

    @cached_property
    def answers(self) -> dict[str, Any]:
        """All answers as saved."""
        return reading.joined(self.rows)

    @cached_property
    def autosaves(self) -> Mapping[str, Autosave]:
        """What this user has typed and not saved, by page id."""
        kept = statements.rows(Autosave, {"record_id": self.record.pk, "user_id": self.user.pk})
        return {autosave.page: autosave for autosave in kept}

    @cached_property
    def state(self) -> State:
        """The form worked out over the answers as saved."""
        return evaluate_form(self.form, self.answers, self.facts)

    def state_with(self, answers: Mapping[str, Any]) -> State:
        """The form worked out over the answers as saved, some of them replaced."""
        if all(self.answers.get(key) == value for key, value in answers.items()):
            return self.state
        return evaluate_form(self.form, {**self.answers, **answers}, self.facts)

    @cached_property
    def counted(self) -> dict[str, Any]:
        """The answers that count: nothing hidden, calculated ones filled in."""
        return effective_in(self.state)

    @cached_property
    def on(self) -> date:
        """The day that code lists are read on: when what the record tells of happened, or today."""
        return clock.london_day(occurred(self.form, self.counted) or self.at)

    @cached_property
    def problems(self) -> list[Problem]:
        """All that keeps the record from being submitted now, and warnings."""
        return problems_in(self.state, self.on)

    @cached_property
    def verbs(self) -> frozenset[str]:
        """What this user may do to the record now."""
        return access.verbs_with(self.user, self.record, self.roles)

    @cached_property
    def people(self) -> list[Person]:
        """Whom the record covers, by name."""
        return list(self.record.subjects.all())

    @cached_property
    def screens(self) -> tuple[Screen, ...]:
        """The screens of the form, hidden ones too."""
        pages = self.form.pages
        if self.form.layout == "single":
            return (Screen(pages[0].key, self.form.title, "", pages),)
        return tuple(Screen(page.key, page.title, page.hint, (page,)) for page in pages)

    @cached_property
    def visible_screens(self) -> tuple[Screen, ...]:
        """The screens that show, as the answers stand."""
        return tuple(
            screen
            for screen in self.screens
            if any(self.state.shows(page.id) for page in screen.pages)
        )

    def screen(self, key: str) -> Screen | None:
        """The screen of this name, or the one that holds the page of this name."""
        for screen in self.screens:
            if any(page.key == key for page in screen.pages):
                return screen
        return None

    def page_answers(self, page: Page) -> dict[str, Any]:
        """The answers of one page as saved."""
        return reading.answers_on(self.rows.get(page.id))

    def version(self, page: Page) -> int:
        """The page's version as saved: 0 if it never was."""
        row = self.rows.get(page.id)
        return row.version if row else 0

    def typed_on(self, page: Page) -> tuple[dict[str, Any], dict[str, list[str]]] | None:
        """What this user has typed on a page and not saved: answers, and inputs that are none."""
        autosave = self.autosaves.get(page.id)
        if autosave is None:
            return None
        answers = json.loads(autosave.answers)
        typed = answers.pop(TYPED, {})
        return answers, typed

    def known_for(self, screen: Screen) -> Known:
        """The persons, workers and files that the screen's questions can name."""
        types = {question.type for question in screen.questions(self.form)}
        return Known(
            persons=self.persons if types & {"person", "people"} else {},
            workers=self.workers if "worker" in types else {},
            files=self.files if "file" in types else {},
        )

    @cached_property
    def persons(self) -> dict[str, str]:
        """The subjects of the case by id; two of one name are told apart by their birth dates."""
        parts = CaseSubject.objects.filter(case=self.record.case_id).select_related("person")
        people = {str(part.person_id): part.person for part in parts}
        names = [person.name for person in people.values()]
        return {
            person_id: _told_apart(person) if names.count(person.name) > 1 else person.name
            for person_id, person in people.items()
        }

    @cached_property
    def workers(self) -> dict[str, str]:
        """The workers and managers of the case's team by uid."""
        members = members_of(self.record.case.team, self.at, Role.WORKER, Role.MANAGER)
        return {str(user.uid): user.name for user in members}

    @cached_property
    def files(self) -> dict[str, dict[str, Any]]:
        """Every file stored with the record, as answers describe it, by id."""
        uploads = Upload.objects.filter(record=self.record)
        return {str(upload.pk): described(upload) for upload in uploads}


def open_record(request: HttpRequest, record_id: object) -> Opened:
    """Open a record for the user of the request. Raises Absent."""
    user, at = signed_in(request), clock.now()
    record, roles = access.record_and_roles(user, str(record_id), at)
    return Opened(record, roles, user, at)


def page_url(record: Record, screen: Screen) -> str:
    """The address where a screen is filled in."""
    return reverse("web:record-page", kwargs={"record_id": record.pk, "page": screen.key})


def _told_apart(person: Person) -> str:
    born = f" (born {person.born_on:%-d %B %Y})" if person.born_on else f" ({str(person.pk)[:8]})"
    return person.name + born
