"""A record of an imported form, filled and sent back as a browser without JavaScript does."""

from collections.abc import Mapping
from typing import Any

from django.test import Client

from casework.cases import unmasked
from casework.cases.models import Record
from formdefs.form import Page
from formdefs.models import FormVersion
from formdefs.versions import form_of
from tests.cast import Cast, make_case, make_record
from tests.faces.record_pages import inputs, page_url


def sent_back(
    version: FormVersion, given: Mapping[str, Any], client: Client, cast: Cast
) -> dict[str, Any]:
    """Start a record with the answers, show and send back every page, and return what is stored.

    Questions without an answer are told to have none: nobody's default takes the place of data.
    """
    form = form_of(version.pk)
    pages = {page.id: _told(page, given) for page in form.pages}
    case = make_case(cast.wanda, cast.north)
    record: Record = make_record(case, cast.wanda, version.form_id, pages=pages)
    for page in form.pages:
        url = page_url(record, page.key)
        shown = client.get(url)
        if shown.status_code == 302:
            continue  # a rule hides the page
        assert shown.status_code == 200
        sent = {**inputs(shown.content.decode()), "_save": "stay"}
        answer = client.post(url, sent)
        assert answer.status_code == 302, (version.form_id, page.key, answer.status_code)
    return unmasked.answers_of(Record.objects.get(pk=record.pk))


def _told(page: Page, given: Mapping[str, Any]) -> dict[str, Any]:
    asked = [
        key for key, node in page.answered.items() if getattr(node, "type", "") != "calculated"
    ]
    return {key: given.get(key) for key in asked}
