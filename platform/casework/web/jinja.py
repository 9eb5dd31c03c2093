"""The Jinja2 environment of the workers' pages: our templates, and GOV.UK's macros by their prefix."""

from typing import Any

from django.contrib.staticfiles.storage import staticfiles_storage
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from jinja2 import (
    ChainableUndefined,
    ChoiceLoader,
    Environment,
    PackageLoader,
    PrefixLoader,
    StrictUndefined,
)

from casework.web import drawing, wording, work_words

NOTHING = ChainableUndefined()


class Missing(StrictUndefined):
    """Refuses a misspelt variable or attribute, but lets a dict lack a key.

    GOV.UK's macros read parameters that were not given (`params.label.classes`).
    """

    def __new__(cls, hint: str | None = None, obj: Any = None, name: Any = None, *_: Any) -> Any:
        """Nothing that may be asked on, for a dict's missing key; an inline `if` without `else`
        has no name; `caller` is what macros ask whether they were called with a body."""
        if isinstance(obj, dict) or name is None or name == "caller":
            return ChainableUndefined(hint, obj, name)
        return super().__new__(cls)


def environment(**options: Any) -> Environment:
    """An environment that finds our templates first and GOV.UK's macros by their prefix."""
    env = Environment(  # noqa: S701 (it is on)
        **{
            **options,
            "autoescape": True,
            "undefined": Missing,
            "extensions": ["jinja2.ext.i18n"],
            "trim_blocks": True,
            "lstrip_blocks": True,
        }
    )
    assert env.loader is not None
    env.loader = ChoiceLoader(
        [
            env.loader,
            PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")}),
        ]
    )
    # `undefined` and `null` are names that GOV.UK's macros compare with.
    env.globals.update(static=staticfiles_storage.url, url=url, undefined=NOTHING, null=None)
    env.globals.update(drawing.GLOBALS)
    # Called by name at each use, so that it follows the language of the request.
    env.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]
    env.filters.update(wording.FILTERS)
    env.filters.update(work_words.FILTERS)
    env.tests["needs_nothing"] = work_words.needs_nothing
    return env


def url(name: str, *args: object, **kwargs: object) -> str:
    """The address of a named URL."""
    return reverse(name, args=args or None, kwargs=kwargs or None)
