"""Random stories of both kinds of case through the actions; `make soak` tells many more of them."""

from typing import Any

import pytest

from casetypes.publish import publish_shipped
from tests.cast import AT, Cast
from tests.stories.telling import tell

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("key", ["child_in_need", "complaint"])
def test_whatever_is_asked_the_laws_hold_and_the_tables_are_what_the_events_tell(
    library: Cast, key: Any
) -> None:
    list(publish_shipped(by=None, at=AT, reason="The case types that ship"))
    tally = tell(library, key, commands=150, seed=7, stories=4, steps=60)
    assert tally.share >= 0.5
    assert tally.compared >= tally.stories
    assert len(tally.reached) >= 20
