"""Compares published versions, drafts and files of a form: what `formdefs.diff` needs, read together."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from formdefs.codelists import ListDoc
from formdefs.compile import compile_form
from formdefs.diff import Difference, compare
from formdefs.form import Form, load
from formdefs.fragments import Fragments
from formdefs.models import FormVersion
from formdefs.versions import form_of, forms_for


@dataclass(frozen=True)
class Side:
    """One of two forms to compare, with the tests that its author wrote."""

    form: Form
    tests: Sequence[Any]


def published(version: FormVersion) -> Side:
    """A published version, as it was compiled then."""
    return Side(form_of(version.pk), json.loads(version.definition).get("tests", ()))


def drafted(
    definition: Mapping[str, Any], lists: Mapping[str, ListDoc], fragments: Fragments
) -> Side:
    """A definition that nothing is wrong with, as it would be compiled now."""
    forms = forms_for(definition, fragments)
    form = load(compile_form(definition, lists, fragments, forms))
    return Side(form, definition.get("tests", ()))


def difference(old: Side, new: Side) -> Difference:
    """What is different in the newer one."""
    return compare(old.form, new.form, old.tests, new.tests)
