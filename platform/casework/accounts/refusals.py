"""Why an action on an account is refused: exceptions at the edge, sentences for people."""

from collections.abc import Mapping


class NotAllowed(Exception):
    """This user may not do this; the text says who may."""


class NotAccepted(Exception):
    """What was entered cannot be used. `problems`: field name → sentence that says what to enter."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__(" ".join(problems.values()))
        self.problems = dict(problems)
