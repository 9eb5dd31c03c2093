"""Regular expressions of the answer types, and the check digits that no expression can hold. Pure.

Every pattern means the same to Python, to JavaScript and to a linear-time engine: ASCII classes
only, no look-around, no back-reference. `$` before a trailing newline is Python's own habit; the
schemas forbid control characters beside each pattern, so no validator can differ on it.
"""

# A real Gregorian date in 1900-2199, leap days included (1900 and 2100 have none). Written out so
# that a validator which ignores `format` gives the same verdict as one that asserts it.
_REAL_DATE = (
    r"(?:(?:19|2[01])[0-9]{2}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])"
    r"|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))"
    r"|(?:(?:19|21)(?:0[48]|[2468][048]|[13579][26])|20(?:[02468][048]|[13579][26]))-02-29)"
)
DATE = f"^{_REAL_DATE}$"
DATE_OR_TODAY = f"^(?:today|{_REAL_DATE})$"
PARTIAL_DATE = f"^(?:(?:19|2[01])[0-9]{{2}}(?:-(?:0[1-9]|1[0-2]))?|{_REAL_DATE})$"
_HOURS_MINUTES = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]"
TIME = f"^{_HOURS_MINUTES}$"
# RFC 3339 with whole seconds and an offset.
DATETIME = f"^{_REAL_DATE}T{_HOURS_MINUTES}:[0-5][0-9](?:Z|[+-]{_HOURS_MINUTES})$"

MONEY = r"^(?:0\.00|-?0\.(?:0[1-9]|[1-9][0-9])|-?[1-9][0-9]{0,14}\.[0-9]{2})$"


def decimal(places: int) -> str:
    """Return the pattern of canonical decimals with up to `places` digits after the point.

    No superfluous zero, no plus sign, never minus nought; at most 15 digits before the point.
    """
    if places == 0:
        return "^(?:0|-?[1-9][0-9]{0,14})$"
    fraction = rf"\.[0-9]{{0,{places - 1}}}[1-9]"
    return rf"^(?:0|-?0{fraction}|-?[1-9][0-9]{{0,14}}(?:{fraction})?)$"


# Strokes of points; see casework.pageforms.drawings.
_POINT = "[0-9]{1,3},[0-9]{1,3}"
DRAWING = f"^{_POINT}(?:[ ;]{_POINT})*$"

UUID = "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
SHA256 = "^[0-9a-f]{64}$"
ROW_ID = "^[a-z0-9]{8,32}$"
KEY = "^[a-z][a-z0-9_]{0,63}$"
KEY_PATH = "^[a-z][a-z0-9_]{0,63}([.][a-z][a-z0-9_]{0,63})*$"  # of nested repeats
NODE_ID = "^[a-z][a-z0-9]{3,15}$"
LONGEST_ID = 64  # of a node in fragments: the ids of the includes around it, and its own
LIST_KEY = "^[a-z][a-z0-9_]{0,31}([.][a-z0-9][a-z0-9_]{0,31})*$"
CODE = "^[A-Za-z0-9][A-Za-z0-9_.+-]{0,31}$"
AMOUNT = r"^-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,10})?$"
LANGUAGE = "^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$"  # BCP 47, as far as we need it
CONTENT_TYPE = r"^[a-z0-9]+/[A-Za-z0-9.+-]{1,100}$"

# The pattern of the UK Government Data Standards Catalogue, with exactly one space between the
# outward and the inward code: the canonical way to write a postcode.
POSTCODE = (
    r"^(?:GIR 0AA|[A-PR-UWYZ](?:[0-9]{1,2}|[A-HK-Y][0-9](?:[0-9]|[ABEHMNPRV-Y])?|[0-9][A-HJKPS-UW])"
    r" [0-9][ABD-HJLNP-UW-Z]{2})$"
)
PHONE = r"^\+?[0-9(][0-9 ()./-]{5,28}[0-9](?: ?(?:x|ext\.?) ?[0-9]{1,6})?$"
# The HTML Living Standard's `input type=email`, with at least one dot in the domain.
_DOMAIN_LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
EMAIL = rf"^[A-Za-z0-9.!#$%&'*+/=?^_`{{|}}~-]{{1,64}}@{_DOMAIN_LABEL}(?:\.{_DOMAIN_LABEL})+$"
NHS_NUMBER = "^[0-9]{10}$"
UPN = "^[A-HJ-NP-RT-Z][0-9]{11}[0-9A-HJ-NP-RT-Z]$"

CONTROL_CHARACTERS = r"[\u0000-\u001f\u007f]"
CONTROL_BUT_LINE_BREAKS = r"[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]"

_UPN_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"  # 23 letters: no I, O or S


def whole(pattern: str) -> str:
    """Anchor an author's pattern: it describes the whole answer."""
    return f"^(?:{pattern})$"


def nhs_number_holds(number: str) -> bool:
    """Say whether the tenth digit of an NHS number is right (ten digits given).

    Modulus 11, NHS Data Model and Dictionary, "NHS number": weights 10 to 2 over the first nine
    digits; 11 minus the remainder is the check digit; 11 counts as 0 and 10 is never issued.

    >>> nhs_number_holds("9434765919"), nhs_number_holds("9434765918")
    (True, False)
    """
    weights = range(10, 1, -1)
    total = sum(int(digit) * weight for digit, weight in zip(number[:9], weights, strict=True))
    return (11 - total % 11) % 11 == int(number[9])


def upn_holds(upn: str) -> bool:
    """Say whether the first letter of a unique pupil number is right (13 characters given).

    Department for Education, "Unique pupil numbers": weights 2 to 13 over the other twelve
    characters, modulo 23, gives the letter; a temporary number's last letter has its place's value.

    >>> upn_holds("B801200005001"), upn_holds("A801200005001")
    (True, False)
    """
    total = sum(
        weight * (int(character) if character.isdigit() else _UPN_LETTERS.index(character))
        for character, weight in zip(upn[1:], range(2, 14), strict=True)
    )
    return _UPN_LETTERS[total % 23] == upn[0]
