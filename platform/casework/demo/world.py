"""What the demo has made so far, by the keys of `families.json`, and what time it is there."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from casework.accounts.models import Team, User
from casework.clock import london_day
from casework.demo.relative import day, instant, resolved
from casework.people.models import Person


@dataclass
class World:
    """Teams, users by user name, and persons; `now` is when the demo is loaded."""

    now: datetime
    teams: dict[str, Team] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    persons: dict[str, Person] = field(default_factory=dict)

    @property
    def today(self) -> date:
        """The day in London."""
        return london_day(self.now)

    def at(self, token: str) -> datetime:
        """The instant that a token gives, or now if it is still to come: nobody acts in the future."""
        return min(instant(token, self.today), self.now)

    def day(self, token: str) -> date:
        """The day that a token gives."""
        return day(token, self.today)

    def resolved(self, value: Any) -> Any:
        """The value with real dates and people in it."""
        return resolved(
            value,
            self.today,
            {
                "worker": {
                    key: {"id": str(user.uid), "name": user.name}
                    for key, user in self.users.items()
                },
                "person": {
                    key: {"id": str(person.pk), "name": person.name}
                    for key, person in self.persons.items()
                },
            },
        )
