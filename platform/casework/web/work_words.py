"""How clocks, actions and stages read on the workers' pages. Pure."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from itertools import groupby

from django.utils.translation import gettext as _

from casetypes.clock_changes import CycleChange
from casetypes.clocks import Happening
from casework.accounts.models import Role
from casework.cases.clocks import ClockSeen, CycleSeen
from casework.cases.models import Case, Record, SignOff, Status, Task
from casework.cases.waiting import Awaited, awaited
from casework.cases.work import Needed
from casework.web.wording import day, moment

_UNITS = {
    "working_days": ("1 working day", "{n} working days"),
    "days": ("1 day", "{n} days"),
    "weeks": ("1 week", "{n} weeks"),
    "months": ("1 month", "{n} months"),
    "years": ("1 year", "{n} years"),
    "hours": ("1 hour", "{n} hours"),
}


def amount(number: int, unit: str) -> str:
    """A number of units in words: “1 working day”, “3 hours”."""
    one, many = _UNITS[unit]
    return _(one) if number == 1 else _(many).format(n=number)


def due_words(due: date | datetime | None) -> str:
    """When something is due."""
    return moment(due) if isinstance(due, datetime) else day(due)


def clock_words(seen: CycleSeen) -> str:
    """How a clock stands: “Due in 3 working days, 27 November 2026”."""
    when = due_words(seen.cycle.due)
    if seen.standing == "paused":
        return _("Paused since {day}").format(day=day(seen.cycle.paused_since))
    if seen.standing == "cancelled":
        return _("No longer needed")
    if seen.standing == "in_time":
        if seen.cycle.recorded_in_time is False:
            return _("Done in time, recorded late")
        return _("Done in time") if seen.cycle.done_in_time else _("Done")
    if seen.standing == "late":
        return _("Done late: it was due on {day}").format(
            day=due_words(seen.cycle.worked.due if seen.cycle.worked else None)
        )
    if seen.left is None:
        return _("Running, with no day set")
    if seen.standing == "overdue":
        if not seen.left:
            return _("Overdue since {day}").format(day=when)
        return _("Overdue by {amount}, due on {day}").format(
            amount=amount(-seen.left, seen.unit), day=when
        )
    if not seen.left:
        return _("Due today, {day}").format(day=when)
    return _("Due in {amount}, {day}").format(amount=amount(seen.left, seen.unit), day=when)


def clock_title(clock: ClockSeen) -> str:
    """What a clock is called, with the person where it is theirs alone."""
    if clock.person is None:
        return clock.kind.title
    return _("{title}: {name}").format(title=clock.kind.title, name=clock.person.name)


def clock_groups(clocks: Iterable[ClockSeen]) -> list[list[ClockSeen]]:
    """Clocks, in their order, those of one kind that stand alike for several persons as one group.

    What is late stands alone, for each is explained on its own.
    """

    def alike(clock: ClockSeen) -> tuple[str, str, str]:
        apart = str(clock.id) if clock.now.late or clock.person is None else ""
        return clock.kind.key, clock_words(clock.now), apart

    return [list(group) for _alike, group in groupby(clocks, key=alike)]


def group_title(group: Sequence[ClockSeen]) -> str:
    """What a group of clocks is called, with the persons whose they are."""
    if len(group) == 1:
        return clock_title(group[0])
    names = ", ".join(clock.person.name for clock in group if clock.person)
    return _("{title}: {name}").format(title=group[0].kind.title, name=names)


def needs_nothing(clock: ClockSeen) -> bool:
    """Whether a clock is over and nobody is asked why it was late."""
    return not clock.now.cycle.open and (not clock.now.late or bool(clock.now.reasons))


def working(seen: CycleSeen) -> list[tuple[str, str]]:
    """How the day came about, as pairs of what and when."""
    cycle, worked = seen.cycle, seen.cycle.worked
    lines = [(_("Started"), moment(cycle.begun.occurred))]
    if cycle.begun.recorded.date() != cycle.begun.occurred.date():
        lines.append((_("Start recorded"), moment(cycle.begun.recorded)))
    if cycle.begins != cycle.begun.occurred:
        lines.append((_("Counted from"), moment(cycle.begins)))
    if cycle.limit:
        lines.append((_("Limit"), amount(cycle.limit.n, cycle.limit.unit)))
    for since, until in cycle.pauses:
        lines.append(
            (_("Paused"), _("{since} to {until}").format(since=moment(since), until=moment(until)))
        )
    if cycle.paused_since:
        lines.append((_("Paused since"), moment(cycle.paused_since)))
    holidays = [one for one, why in worked.skipped if why == "holiday"] if worked else []
    weekends = [one for one, why in worked.skipped if why == "weekend"] if worked else []
    if weekends:
        lines.append((_("Weekend days not counted"), ", ".join(map(_short, weekends))))
    if holidays:
        lines.append((_("Holidays not counted"), ", ".join(map(_short, holidays))))
    if worked:
        lines.append((_("Due"), due_words(worked.due)))
    if seen.following:
        lines.append((_("After that"), _said_then(seen)))
    if cycle.ended:
        lines.append((_("Ended"), moment(cycle.ended.occurred)))
        lines.append((_("End recorded"), moment(cycle.ended.recorded)))
    if seen.recorded_late:
        lines.append((_("Late entry"), _("It was recorded long after it happened")))
    return lines


def then_words(seen: CycleSeen) -> str:
    """What comes after it: “After that about 3 June 2027, if each is done on its day”."""
    return _("After that {days}").format(days=_said_then(seen))


def _said_then(seen: CycleSeen) -> str:
    days = _(", then about ").join(map(due_words, seen.following))
    return _("about {days}, if each is done on its day").format(days=days)


_HAPPENED = {
    "start": "Started",
    "restart": "Started anew",
    "pause": "Paused",
    "resume": "Set going again",
    "stop": "Done",
    "cancel": "No longer needed",
}
_STATUSES = {
    "running": "running",
    "paused": "paused",
    "stopped": "done",
    "cancelled": "no longer needed",
}


def happened_words(one: Happening) -> str:
    """What moved a clock: “Done on 12 November 2026”."""
    words = _("{what} on {day}").format(what=_(_HAPPENED[one.kind]), day=moment(one.occurred))
    return words + _(", by hand") if one.source.startswith("by hand") else words


def change_words(change: CycleChange) -> str:
    """What a working changed: “Before, it was due on 3 December 2026; now it is due on 4 December 2026”."""
    before, now = change.before, change.now
    if change.what == "begun":
        says = _("It began to count on {day}.").format(day=moment(now))  # type: ignore[arg-type]
    elif change.what == "gone":
        says = _("This round is gone.")
    elif change.what == "status":
        says = _("Before, it was {before}; now it is {now}.").format(
            before=_(_STATUSES[str(before)]), now=_(_STATUSES[str(now)])
        )
    elif change.what == "done_in_time":
        words = {True: _("done in time"), False: _("done late"), None: _("not done")}
        says = _("Before, it read {before}; now it reads {now}.").format(
            before=words[before],  # type: ignore[index]
            now=words[now],  # type: ignore[index]
        )
    elif before is None:
        says = _("It is due on {day}.").format(day=due_words(now))  # type: ignore[arg-type]
    elif change.what == "due":
        says = _("Before, it was due on {before}; now it is due on {now}.").format(
            before=due_words(before),  # type: ignore[arg-type]
            now=due_words(now) or _("no day"),  # type: ignore[arg-type]
        )
    else:
        says = _("Before, it counted from {before}; now it counts from {now}.").format(
            before=moment(before),  # type: ignore[arg-type]
            now=moment(now),  # type: ignore[arg-type]
        )
    return says


def next_words(needed: Needed, case: Case | None = None) -> str:
    """What is next, and who must do it: without a record, whoever has the case, where it is given."""
    record = needed.record
    if record is None and case is not None:
        who = (
            _("for {name} to start").format(name=case.worker.name)
            if case.worker
            else _("a manager allocates the case")
        )
        return _("{form}: not started yet, {who}").format(form=needed.title, who=who)
    if record is None:
        return _("{form}: not started yet").format(form=needed.title)
    return _record_words(record).format(form=needed.title, name=record.author.name)


def _record_words(record: Record) -> str:
    if record.status == Status.SUBMITTED:
        waits = awaited(record)
        if waits and (waits.of > 1 or waits.title or waits.role != Role.MANAGER):
            words = waits_words(waits).replace("{", "{{").replace("}", "}}")
            return _("{form}: waiting for a signature: ") + words
        return _("{form}: waiting for a manager to sign")
    if record.status == Status.RETURNED:
        return _("{form}: returned to {name}")
    return _("{form}: {name} is writing it")


def priority_words(task: Task) -> str:
    """How pressing an action is."""
    return {Task.HIGH: _("High"), Task.LOW: _("Low")}.get(task.priority, _("Normal"))


def role_words(role: str, title: str) -> str:
    """Who signs: what the case type calls them, or a role in the team."""
    return title or (
        _("a worker of the team") if role == Role.WORKER else _("a manager of the team")
    )


def waits_words(waits: Awaited) -> str:
    """Whose signature is next, and which it is: “Head of service, signature 2 of 2”."""
    who = role_words(waits.role, waits.title)
    if waits.of == 1:
        return who
    return _("{who}, signature {number} of {of}").format(who=who, number=waits.number, of=waits.of)


def record_waits(record: Record) -> str:
    """Whose signature a record waits for; "" for none."""
    waits = awaited(record)
    return waits_words(waits) if waits else ""


def signature_name(sign_off: SignOff, chained: bool) -> str:
    """What a signature is called: “Signed”, and as whom where it is one of several."""
    if not chained:
        return _("Signed")
    return _("Signed as {who}").format(who=role_words(sign_off.role, sign_off.title))


def task_due(due: date | None, today: date) -> str:
    """When an action is due, with how many days it is over."""
    if due is None:
        return _("No day set")
    if due < today:
        return _("Overdue by {amount}, {day}").format(
            amount=amount((today - due).days, "days"), day=day(due)
        )
    return _("Today, {day}").format(day=day(due)) if due == today else day(due)


def _short(one: date) -> str:
    return f"{one.day}/{one.month}/{one.year}"


FILTERS = {
    one.__name__: one
    for one in (
        waits_words,
        record_waits,
        priority_words,
        signature_name,
        clock_words,
        clock_title,
        clock_groups,
        group_title,
        working,
        then_words,
        happened_words,
        change_words,
        next_words,
        task_due,
        due_words,
    )
}
