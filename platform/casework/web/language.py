"""The language in which a worker sees pages: chosen on a page, kept in Django's cookie."""

from django.conf import settings
from django.http import HttpResponse
from django.utils.translation import get_language, gettext

from formdefs.said import translated


def current() -> str:
    """The language of this request as pages and forms name it: "en" or "cy"."""
    return (get_language() or settings.LANGUAGE_CODE).partition("-")[0]


def in_words(text: str) -> str:
    """A sentence of the form language, in the language of this request as far as it is translated."""
    return text if current() == "en" else translated(text, gettext)


def choose(response: HttpResponse, code: str) -> HttpResponse:
    """Show pages in a language from now on; an unknown one changes nothing."""
    if code in dict(settings.LANGUAGES):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            code,
            max_age=settings.LANGUAGE_COOKIE_AGE,
            secure=settings.LANGUAGE_COOKIE_SECURE,
            httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
            samesite="Lax",
        )
    return response
