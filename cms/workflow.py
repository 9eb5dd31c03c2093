"""What happens when the last step of a workflow approves something."""

from typing import Any


def finish(workflow_state: Any, user: Any = None) -> None:
    """Leave a form or a code list as approved; publish anything else as Wagtail does.

    A form is published from its own page, which checks it and asks for a reason: approval and
    publishing may be the work of two people, and an approver without the right to publish must
    not fail here.
    """
    # Wagtail imports this module while its own models load.
    from wagtail.workflows import publish_workflow_state

    from cms.models import Draft

    if not isinstance(workflow_state.content_object, Draft):
        publish_workflow_state(workflow_state, user=user)
