"""Two who publish the same form at once take turns: no number is given twice, and none is lost."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from casework.ledger.models import Event
from formdefs.models import FormVersion
from formdefs.publish import publish, stream_of
from tests.cast import AT
from tests.forms import a_form, question

THREADS, EACH = 4, 3


@pytest.mark.django_db(transaction=True)
def test_numbers_are_given_once_each() -> None:
    def publish_some(thread: int) -> None:
        try:
            for turn in range(EACH):
                asked: dict[str, Any] = question("text", label=f"{thread} {turn}")
                publish(a_form(asked), by=None, at=AT, reason=f"By {thread}")
        finally:
            connection.close()

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(publish_some, range(THREADS)))
    numbers = FormVersion.objects.order_by("number").values_list("number", flat=True)
    assert list(numbers) == list(range(1, THREADS * EACH + 1))
    assert Event.objects.filter(stream=stream_of("form", "a_form")).count() == THREADS * EACH
