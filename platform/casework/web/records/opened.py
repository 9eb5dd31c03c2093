"""A record opened for one request: found through the one door, with its form, answers and state."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.http import HttpRequest
from django.urls import reverse

from casework import clock, statements
from casework.accounts.models import Role, User
from casework.accounts.roles import members_of
from casework.cases import access
from casework.cases.models import CaseSubject, Record, RecordSubject
from casework.cases.reading import Reading
from casework.pageforms.fields import Known
from casework.people.models import Person
from casework.web import language
from casework.web.signed_in import signed_in
from formdefs.form import Form, Page, Question
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


class Opened(Reading):
    """A record opened for one request: as its reader may see it, with what its pages show beside."""

    def __init__(self, record: Record, roles: frozenset[str], user: User, at: datetime) -> None:
        form = form_of(record.form_version_id, language.current())
        super().__init__(record, roles, user, at, form=form)

    @cached_property
    def verbs(self) -> frozenset[str]:
        """What this user may do to the record now."""
        return access.verbs_with(self.user, self.record, self.roles)

    def why_not(self, verb: str) -> str:
        """Why this user may not do something to the record now; "" if they may."""
        return access.why_not(self.user, verb, self.record, self.roles)

    @cached_property
    def people(self) -> list[Person]:
        """Whom the record covers, by name."""
        covers = statements.rows_with(RecordSubject, {"record_id": self.record.pk}, ("person",))
        people = (one.person for one in covers)
        return sorted(people, key=lambda one: (one.family_name, one.given_names, one.pk))

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
