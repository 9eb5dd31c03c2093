"""Writes the seals outside of the database: to a file, and by e-mail or to a webhook where these are set.

A line names a seal and its hash. Whoever holds a line can show later that the ledger up to that seal is
what it was: every seal names the one before, so the newest line stands for all.
"""

import json
import urllib.error
import urllib.request
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from smtplib import SMTPException
from typing import Any

from django.core.mail import send_mail

from casework.canonical import canonical
from casework.ledger.chain import instant
from casework.ledger.models import AnchorSent, Seal

_TIMEOUT = 10  # seconds for a webhook
_BETWEEN_MAILS = timedelta(hours=23)


class Unanchored(Exception):
    """A seal could not be written outside of the database, or what stands there is of another ledger."""


@dataclass(frozen=True)
class Anchor:
    """One line of an anchor file: a seal's number and hash, and in which line it stands (from 1)."""

    number: int
    hash: str
    line: int


def line_of(seal: Seal) -> str:
    """What is written of a seal: one line of canonical JSON."""
    return canonical(
        {
            "seal": seal.number,
            "hash": seal.hash,
            "prev": seal.prev,
            "root": seal.root,
            "sealed_at": instant(seal.sealed_at),
        }
    )


def anchors_in(file: Path) -> Iterator[Anchor]:
    """The lines of an anchor file. Raises Unanchored for a line that is none."""
    with file.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                held: dict[str, Any] = json.loads(line)
                yield Anchor(int(held["seal"]), str(held["hash"]), number)
            except (ValueError, KeyError, TypeError):
                raise Unanchored(
                    f"{file}, line {number}, is not a seal's line. Mend it from a copy of the file."
                ) from None


def write(file: Path) -> int:
    """Append the lines of all seals that the file does not have yet; return how many.

    Raises Unanchored where the file tells of other seals than the database: an old backup was put
    back, seals were changed, or the file is of another database. OSError where it cannot be written.
    """
    last = next(iter(deque(anchors_in(file), maxlen=1)), None) if file.exists() else None
    if last:
        seal = Seal.objects.filter(number=last.number).first()
        if seal is None or seal.hash != last.hash:
            raise Unanchored(
                f"{file}, line {last.line}, names seal {last.number}, which the database has "
                f"{'otherwise' if seal else 'not'}. If the database is a new one, move the file away; "
                "if not, run `manage.py ledger verify --anchor` and find out who changed it."
            )
    lines = [
        line_of(seal) + "\n"
        for seal in Seal.objects.filter(number__gt=last.number if last else 0).order_by("number")
    ]
    if lines:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("a", encoding="utf-8") as out:
            out.writelines(lines)
    return len(lines)


def mail(address: str, at: datetime) -> bool:
    """Send the newest seal by e-mail, once a day at most; say whether it was. Raises Unanchored."""
    seal = Seal.objects.order_by("-number").first()
    last = AnchorSent.objects.filter(how="email").order_by("-at").first()
    if seal is None or (last and (last.seal_id == seal.pk or at - last.at < _BETWEEN_MAILS)):
        return False
    says = (
        "Keep this message. It shows later that the ledger up to this seal was not changed:\n"
        "manage.py ledger verify --anchor FILE, with the line below in the file.\n\n"
    )
    try:
        send_mail(f"Ledger seal {seal.number}", says + line_of(seal) + "\n", None, [address])
    except (OSError, SMTPException) as error:
        raise Unanchored(f"Seal {seal.number} was not sent to {address}: {error}") from error
    AnchorSent.objects.create(seal=seal, how="email", at=at)
    return True


def post(address: str, at: datetime) -> int:
    """Post every seal that was not posted yet, in order; return how many. Raises Unanchored."""
    last = AnchorSent.objects.filter(how="webhook").order_by("-seal_id").first()
    posted = 0
    for seal in Seal.objects.filter(number__gt=last.seal_id if last else 0).order_by("number"):
        request = urllib.request.Request(  # noqa: S310 (https, or this machine: casework.environment)
            address, line_of(seal).encode(), {"Content-Type": "application/json"}
        )
        try:
            urllib.request.urlopen(request, timeout=_TIMEOUT).close()  # noqa: S310
        except (urllib.error.URLError, OSError) as error:
            raise Unanchored(f"Seal {seal.number} was not posted to {address}: {error}") from error
        AnchorSent.objects.create(seal=seal, how="webhook", at=at)
        posted += 1
    return posted
