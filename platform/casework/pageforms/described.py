"""Puts what somebody said of a question above its inputs, and tells it with them. Pure.

The question's HTML was settled when its page was compiled, so this is done to the text of it.
"""

import re

_FIELDSET = re.compile(r"<fieldset\b[^>]*>")
_DESCRIBED = re.compile(r'aria-describedby="([^"]*)"')


def described(html: str, name: str, above: str) -> str:
    """A question's HTML with a piece above its inputs, whose id is `<name>-comment`.

    What is described by it is the group of inputs, or the one input that bears the question's name.
    """
    begin = html.index(">") + 1
    inside = html[begin:]
    input_ = re.compile(rf'<(?:input|textarea|select|output)\b[^>]*\bid="{re.escape(name)}"[^>]*>')
    found = _FIELDSET.search(inside) or input_.search(inside)
    if found:
        tag = _with(found.group(), f"{name}-comment")
        inside = inside[: found.start()] + tag + inside[found.end() :]
    return f"{html[:begin]}{above}{inside}"


def _with(tag: str, note: str) -> str:
    """A start tag that is described by a note before what it is described by already."""
    if _DESCRIBED.search(tag):
        return _DESCRIBED.sub(lambda known: f'aria-describedby="{note} {known.group(1)}"', tag)
    return re.sub(r"\s*/?>$", f' aria-describedby="{note}">', tag)
