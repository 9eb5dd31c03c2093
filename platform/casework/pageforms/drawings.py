"""A signature that was drawn, as a picture. Pure.

A drawing is strokes parted by ";", each of points parted by spaces, in a box of 999 by 333:
"12,40 15,42;30,40 31,41". The twin that draws it is `static/casework/signature.js`.
"""

import re

from markupsafe import Markup

from formdefs import patterns

_IS_DRAWING = re.compile(patterns.DRAWING)


def drawn(drawing: object, says: str) -> Markup:
    """Return the picture of a drawing, with words for who cannot see it; "" for what is none."""
    if not isinstance(drawing, str) or not _IS_DRAWING.fullmatch(drawing):
        return Markup("")
    return Markup(
        '<svg class="app-drawing" viewBox="0 0 999 333" role="img" aria-label="{}">'
        '<path d="{}" fill="none" stroke="currentColor" stroke-width="5" stroke-linecap="round" '
        'stroke-linejoin="round"/></svg>'
    ).format(says, _path(drawing))


def _path(drawing: str) -> str:
    strokes = [stroke.split(" ") for stroke in drawing.split(";")]
    return "".join(f"M{first}L{' '.join(rest or [first])}" for first, *rest in strokes)
