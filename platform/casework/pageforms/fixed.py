"""The fixed words of form pages in a language: from the catalogues that Django reads.

English is written in the code; every other language comes from `locale/`. A word that is not
translated stays English.
"""

from functools import cache

from django.utils.translation import trans_real


def word(english: str, language: str) -> str:
    """Return a fixed word or sentence in a language ("cy", "en-gb")."""
    if language.startswith("en") or not english:
        return english
    return _catalogue(language).gettext(english)


@cache
def _catalogue(language: str) -> trans_real.DjangoTranslation:
    return trans_real.translation(language)
