"""The Jinja2 environment of the workers' pages."""

from typing import Any

from django.contrib.staticfiles.storage import staticfiles_storage
from django.urls import reverse
from jinja2 import ChoiceLoader, Environment, PackageLoader, PrefixLoader, StrictUndefined


def environment(**options: Any) -> Environment:
    """An environment that finds our templates first and GOV.UK's macros by their prefix."""
    env = Environment(**{**options, "autoescape": True, "undefined": StrictUndefined})  # noqa: S701
    assert env.loader is not None
    env.loader = ChoiceLoader(
        [
            env.loader,
            PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")}),
        ]
    )
    env.globals.update(static=staticfiles_storage.url, url=_url)
    return env


def _url(name: str, **kwargs: object) -> str:
    return reverse(name, kwargs=kwargs or None)
