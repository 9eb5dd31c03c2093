"""Names without accents, capitals, hyphens and apostrophes. Pure."""

import unicodedata

_SPACES = str.maketrans(dict.fromkeys("-‐‑‒–/,.", " "))
_NOTHING = dict.fromkeys(map(ord, "'’‘`´"))


def folded(text: str) -> str:
    """The letters and digits of a name by which it is found.

    >>> folded("Zoë O’Brien-Łukasz")
    'zoe obrien lukasz'
    """
    text = text.replace("ł", "l").replace("Ł", "L").replace("ø", "o").replace("Ø", "O")
    plain = unicodedata.normalize("NFKD", text.translate(_NOTHING).translate(_SPACES))
    kept = "".join(letter for letter in plain.casefold() if letter.isalnum() or letter.isspace())
    return " ".join(kept.split())
