"""A user's notices: which there are, and that they were read."""

from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from casework.accounts.models import User
from casework.cases import access
from casework.notices.models import Notice, Wish
from casework.refusals import Absent, refused


def notices_for(user: User, at: datetime) -> QuerySet[Notice]:
    """The notices of a user about cases and proposals that they still see, with their cases."""
    seen = Q(transfer=None, case__in=access.cases_for(user, at))
    seen |= Q(transfer__in=access.transfers_for(user, at))
    return Notice.objects.filter(seen, user=user).select_related("case")


def opened(notice_id: UUID, *, by: User, at: datetime) -> Notice:
    """The notice, read now if it was not before. Raises Absent."""
    notice = notices_for(by, at).filter(pk=notice_id).first()
    if notice is None:
        raise Absent
    if notice.read_at is None:
        notice.read_at = at
        notice.save(update_fields=["read_at"])
    return notice


def read_all(*, by: User, at: datetime) -> int:
    """Note that all of a user's notices are read; return how many were not."""
    return notices_for(by, at).filter(read_at=None).update(read_at=at)


def wish_of(user: User) -> Wish:
    """How a user wants to be told; not stored before it is changed."""
    return Wish.objects.filter(user=user).first() or Wish(user=user)


def change_wish(mail: str, *, by: User) -> Wish:
    """Change whether notices come by e-mail. Raises Refused."""
    if mail not in dict(Wish.MAIL):
        raise refused("mail", "unknown_code", "Choose whether notices come by e-mail")
    if mail != Wish.NONE and not by.email:
        says = "You have no e-mail address here. Ask an access administrator to add it"
        raise refused("mail", "no_address", says)
    wish = wish_of(by)
    wish.mail = mail
    wish.save()
    return wish
