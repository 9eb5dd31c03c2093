"""Compiled pages, kept by form version, page, renderer and language while the process lives."""

from uuid import UUID

from casework.pageforms.compile import CompiledPage, compile_page
from casework.pageforms.markup import RENDERER
from formdefs.form import Form

_KEPT: dict[tuple[UUID, str, str, str], CompiledPage] = {}
_MOST = 2000


def compiled_page(version_id: UUID, form: Form, page_id: str) -> CompiledPage:
    """Return a published form's page, compiled once in this process."""
    key = (version_id, page_id, RENDERER, form.language)
    found = _KEPT.get(key)
    if found is None:
        if len(_KEPT) >= _MOST:
            _KEPT.clear()  # crude, and cheap: what is in use comes back at once
        found = _KEPT[key] = compile_page(form, form.page(page_id))
    return found
