"""A page that was sent after the session ended: kept encrypted for half an hour, for its sender alone.

The page carries its user's uid, signed; what was sent is encrypted under a key from SECRET_KEY and
laid away under a random token, of which only a digest is kept. The token comes back in the address
after signing in; whoever it is that signed in, only the user whose page it was takes it up.
"""

import base64
import hashlib
import json
import secrets
from datetime import datetime, timedelta
from urllib.parse import urlencode

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.contrib import messages
from django.core.signing import BadSignature
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from casework import clock
from casework.web.models import ParkedPost
from casework.web.records import earlier, touching
from casework.web.records.filling import WHO
from casework.web.records.opened import Opened, page_url
from casework.web.records.saving import Filled, keep_typed, read

KEPT_FOR = timedelta(minutes=30)
MOST_BYTES = 2 * 1024 * 1024
_NOT_TYPED = ("csrfmiddlewaretoken",)


def park(request: HttpRequest) -> HttpResponse:
    """Send to the sign-in page; lay away what was sent, if the page says whose it was."""
    after = request.path
    if request.method == "POST":
        token = _lay_away(request)
        after = f"{request.path}?{urlencode({'parked': token})}" if token else request.path
    return redirect(f"{reverse('account_login')}?{urlencode({'next': after})}")


def rescue(request: HttpRequest) -> HttpResponse | None:
    """Keep what was sent from a page that was opened before signing in again; None for other pages.

    Its CSRF token is that of the earlier session. Nothing is saved: what was typed is put back on
    the page for its user, who is known by the signed uid that only their page carries.
    """
    match = request.resolver_match
    if request.method != "POST" or match is None or match.view_name != "web:record-page":
        return None
    if not request.user.is_authenticated:
        return park(request)
    token = _lay_away(request)
    return redirect(f"{request.path}?{urlencode({'parked': token})}") if token else None


def _lay_away(request: HttpRequest) -> str:
    try:
        who = WHO.unsign(request.POST.get("_who", ""))
    except BadSignature:
        return ""
    sent = {name: values for name, values in request.POST.lists() if name not in _NOT_TYPED}
    body = json.dumps(sent).encode()
    if len(body) > MOST_BYTES:
        return ""
    token = secrets.token_urlsafe(32)
    ParkedPost.objects.create(
        digest=_digest(token),
        user=who,
        path=request.path,
        body=_fernet().encrypt(body),
        created_at=clock.now(),
    )
    return token


def take_up(request: HttpRequest, opened: Opened, page: str) -> HttpResponse:
    """Put back what this user sent to this page; for anybody else, and too late, there is nothing.

    If the record has moved to another version of its form meanwhile, it is carried to the pages of
    that one, which may not have this page any more.
    """
    screen = opened.screen(page)
    here = redirect(
        page_url(opened.record, screen)
        if screen
        else reverse("web:record", args=[opened.record.pk])
    )
    parked = ParkedPost.objects.filter(
        digest=_digest(request.GET["parked"]),
        user=opened.user.uid,
        path=request.path,
        created_at__gt=opened.at - KEPT_FOR,
    ).first()
    if parked is None or "record.save" not in opened.verbs:
        return here
    try:
        posted = json.loads(_fernet().decrypt(bytes(parked.body)))
    except InvalidToken:  # the key was changed meanwhile
        return here
    if earlier.is_earlier(posted, opened):
        filled = earlier.read(request, opened, page, posted)
        if filled is None:
            return here
        earlier.keep(filled)
        says = earlier.PARKED
    elif screen is not None:
        filled = Filled(request, opened, screen, opened.known_for(screen), posted)
        read(filled)
        keep_typed(filled)
        touching.keep(opened, posted)
        says = "What you typed before your session ended is back. Save it now."
    else:
        return here
    parked.delete()
    messages.success(request, says)
    return here


def drop_old(at: datetime) -> int:
    """Delete what was not taken up in time; return how many."""
    return ParkedPost.objects.filter(created_at__lte=at - KEPT_FOR).delete()[0]


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _fernet() -> Fernet:
    key = hashlib.sha256(b"casework.web.records.parking " + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))
