"""What the tests of the configuration share: two administrators, a small form, and its posts."""

import json
from typing import Any

from django.contrib.auth.models import Group
from django.test import Client

from casework.accounts.models import User
from cms.drafts import import_definition, import_list
from cms.models import CodeListDraft, FormDraft

LIST = {
    "key": "pet.kind",
    "title": "Kind of pet",
    "source": "Local list.",
    "entries": [{"code": "cat", "label": "Cat"}, {"code": "dog", "label": "Dog"}],
}


def form(key: str = "pet", label: str = "What is it called?", **more: Any) -> dict[str, Any]:
    """A form with one page and two questions, the second shown by a rule."""
    return {
        "formdef": 1,
        "key": key,
        "title": "Pet",
        "kind": "note",
        "language": "en",
        "pages": [
            {
                "id": "pg01",
                "key": "pet",
                "title": "The pet",
                "items": [
                    {
                        "id": "qu01",
                        "kind": "question",
                        "key": "name",
                        "type": "text",
                        "label": label,
                        "required": True,
                    },
                    {
                        "id": "qu02",
                        "kind": "question",
                        "key": "why",
                        "type": "long_text",
                        "label": "Why that name?",
                        "visible": {"==": [{"var": "name"}, "Rex"]},
                    },
                ],
            }
        ],
        **more,
    }


def administrator(username: str) -> User:
    """Somebody who may edit and publish forms, and sees no case."""
    user = User.objects.create(
        username=username, first_name=username.title(), email=f"{username}@example.org"
    )
    user.groups.add(Group.objects.get(name="Form administrators"))
    return user


def signed_in(user: User) -> Client:
    """A browser in which the user is signed in; an exception in a view fails the test."""
    client = Client()
    client.force_login(user)
    return client


def form_draft(by: User, **more: Any) -> FormDraft:
    """The small form as a draft."""
    return import_definition(form(**more), by)


def list_draft(by: User) -> CodeListDraft:
    """The small code list as a draft."""
    return import_list(LIST, by)


def typed(draft: Any, text: str, **more: str) -> dict[str, str]:
    """What the editor posts when `text` is in it, with the revision that it was opened with."""
    newest = type(draft).objects.get(pk=draft.pk).latest_revision
    return {
        "definition": text,
        "sample_answers": "",
        "loaded_revision_id": str(newest.pk),
        "loaded_revision_created_at": newest.created_at.isoformat(),
        **more,
    }


def text(document: Any) -> str:
    """A document as an administrator types it."""
    return json.dumps(document, indent=2)
