"""Ids, keys and codes of an imported form: the same source gives the same ones every time. Pure."""

import re
import unicodedata
from collections.abc import Sequence
from hashlib import sha256

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.+-]{0,31}")


def node_id(kind: str, place: str) -> str:
    """Make the permanent id of a node from its place in the source; kind: its first letter.

    >>> node_id("q", "/properties/name") == node_id("q", "/properties/name")
    True
    """
    return kind + _base36(f"{kind}\n{place}", 11)


def row_id(place: str) -> str:
    """Make the id of a row of the source's data from its place there."""
    return _base36(place, 10)


def _base36(text: str, length: int) -> str:
    number = int.from_bytes(sha256(text.encode("utf-8", "surrogatepass")).digest()[:16], "big")
    digits = []
    for _ in range(length):
        number, digit = divmod(number, 36)
        digits.append(_DIGITS[digit])
    return "".join(digits)


def slug(name: str, longest: int = 64) -> str:
    """Write a name as a key: small letters, digits and underscores, a letter first; "" if nothing is left.

    >>> slug("postalCode"), slug("E-mail address"), slug("2nd"), slug("Straße")
    ('postal_code', 'e_mail_address', 'n2nd', 'strasse')
    """
    plain = unicodedata.normalize("NFKD", name.replace("ß", "ss"))
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", plain)
    made = re.sub(r"[^a-z0-9]+", "_", parted.lower()).strip("_")
    if made and not made[0].isalpha():
        made = f"n{made}"
    return made[:longest].rstrip("_")


def in_words(name: str) -> str:
    """Write a name as a label, where the source has none.

    >>> in_words("birthDate"), in_words("an-array-of_numbers"), in_words("ID")
    ('Birth date', 'An array of numbers', 'ID')
    """
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)
    words = re.sub(r"[\s_\-./#$:]+", " ", parted).strip().split(" ")
    told = " ".join(word if word.isupper() and len(word) > 1 else word.lower() for word in words)
    return told[:1].upper() + told[1:]


_PLAIN = re.compile(r"(\^?)([A-Za-z0-9_ -]+)(\$?)")


def is_plain(pattern: str) -> bool:
    """Say whether a pattern of names is one that `name_fits` understands."""
    return bool(_PLAIN.fullmatch(pattern))


def spelt(pattern: str) -> str:
    """Return the one name that a pattern like `^word$` allows, "" where it allows several."""
    plain = _PLAIN.fullmatch(pattern)
    return plain[2] if plain and plain[1] and plain[3] else ""


def name_fits(pattern: str, name: str) -> bool:
    """Match a name by a plain pattern, a word that may be tied to a start or an end; "" fits all.

    >>> name_fits("^S_", "S_1"), name_fits("_id$", "ids"), name_fits("[a-z]+", "abc")
    (True, False, False)
    """
    if not pattern:
        return True
    plain = _PLAIN.fullmatch(pattern)
    if not plain:
        return False
    start, word, end = plain.groups()
    if start and end:
        return name == word
    return name.startswith(word) if start else name.endswith(word) if end else word in name


class Names:
    """Names that are taken already: no two are the same where one could be read for the other.

    A scope is the way to a row, from the outermost repeat in: a name may come again beside it, but
    neither further in nor further out.
    """

    def __init__(self) -> None:
        self._taken: dict[str, list[tuple[str, ...]]] = {}

    def take(self, *wanted: str, otherwise: str, scope: tuple[str, ...] = ()) -> str:
        """Return the first of the names, as a key, that is free; else the first with a number."""
        slugs = [made for name in wanted if (made := slug(name))] or [otherwise]
        for made in slugs:
            if self._is_free(made, scope):
                break
        else:
            number = 2
            while not self._is_free(made := f"{slugs[0][:58]}_{number}", scope):
                number += 1
        self._taken.setdefault(made, []).append(scope)
        return made

    def _is_free(self, name: str, scope: tuple[str, ...]) -> bool:
        return not any(
            scope[: len(one)] == one or one[: len(scope)] == scope
            for one in self._taken.get(name, ())
        )


def codes(values: Sequence[str]) -> list[str]:
    """Make a code for each value of a list: itself where it can be one, else written as one.

    >>> codes(["DE", "Only potatoes", "http://x.org/Male", ""])
    ['DE', 'Only_potatoes', 'Male', 'option']
    """
    kept = {value for value in values if _CODE.fullmatch(value)}
    made: list[str] = []
    taken = set(kept)
    for value in values:
        code = value
        if value not in kept:
            last = value.rstrip("/").rpartition("/")[2] if "://" in value else value
            short = re.sub(r"[^A-Za-z0-9_.+-]+", "_", last).strip("_.+-")[:28] or "option"
            code, number = short, 2
            while code in taken:
                code, number = f"{short}_{number}"[:32], number + 1
            taken.add(code)
        made.append(code)
    return made
