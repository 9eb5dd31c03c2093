"""Laws of masking, on random forms, answers and marks: what is withheld is neither told nor changed."""

import copy
from collections.abc import Iterator, Mapping
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from casework.cases.masking import Lying, Mask, place_of
from casework.cases.seen import Seen
from formdefs.answers import clean
from formdefs.compile import compile_form
from formdefs.form import Form, Path, Repeat, load
from formdefs.places import places_in, rows
from formdefs.state import effective_in, evaluate_form, facts_for
from tests.pure.answers_at_random import EXAMPLES
from tests.pure.forms_at_random import TODAY, filled_forms

MARKS = ("police", "health", "unknown")
SEEN = ("police",)
Case = tuple[Form, dict[str, Any], Mask]


@st.composite
def marked(draw: st.DrawFn) -> Case:
    """A random form with random marks, answers, and marks and releases that lie on them."""
    definition, answers = draw(filled_forms())
    definition, answers = copy.deepcopy(definition), clean(answers)
    for item in _items(definition):
        if item["kind"] != "content" and draw(st.integers(0, 4)) == 0:
            item["mark"] = draw(st.sampled_from(MARKS))
    form = load(compile_form(definition, {}))
    lying = []
    for path in _places(form, answers):
        if draw(st.integers(0, 3)) == 0 and (place := place_of(form, path)):
            released = draw(st.booleans()) and draw(st.booleans())
            lying.append(Lying(*place, draw(st.sampled_from(MARKS)), released))
    return form, answers, Mask(form, lying, SEEN)


@given(marked())
@settings(max_examples=5 * EXAMPLES, deadline=None)
def test_what_is_masked_holds_nothing_that_is_withheld(made: Case) -> None:
    form, answers, mask = made
    masked = mask.masked(answers)
    assert not [path for path in _places(form, masked) if mask.withheld(path)]
    assert mask.masked(masked) == masked
    told = effective_in(Seen(evaluate_form(form, answers, facts_for(TODAY, {}, {})), mask))
    assert not [path for path in _places(form, told) if mask.withheld(path)]


@given(marked())
@settings(max_examples=5 * EXAMPLES, deadline=None)
def test_a_blind_save_of_the_masked_page_changes_nothing(made: Case) -> None:
    _form, answers, mask = made
    done = mask.restored(mask.masked(answers), answers)
    assert done.answers == answers
    assert (done.sent, done.kept) == ([], [])


@given(marked(), st.data())
@settings(max_examples=10 * EXAMPLES, deadline=None)
def test_a_blind_save_of_an_edited_page_leaves_what_is_withheld_exactly_as_it_was(
    made: Case, data: st.DataObject
) -> None:
    form, answers, mask = made
    sent = _edited(data, form.answered, mask.masked(answers))
    after = mask.restored(sent, answers).answers
    before, now = _withheld(mask, form, answers), _withheld(mask, form, after)
    assert now == before
    # And what they can see is what they sent, but for rows that stay with what is withheld in them.
    assert _leaves(form, mask.masked(after)) == _leaves(form, clean(sent))


@given(marked())
@settings(max_examples=5 * EXAMPLES, deadline=None)
def test_what_is_sent_for_a_withheld_place_is_noted_and_never_kept(made: Case) -> None:
    _form, answers, mask = made
    done = mask.restored(answers, {})
    assert mask.masked(done.answers) == done.answers
    assert bool(done.sent) == bool(mask.held_back(answers))


def _edited(data: st.DataObject, answered: Any, values: Mapping[str, Any]) -> dict[str, Any]:
    """Some answers dropped, some rows taken out, moved about or added."""
    kept: dict[str, Any] = {}
    for key, value in values.items():
        node = answered.get(key)
        if data.draw(st.integers(0, 3)) == 0:
            continue
        if isinstance(node, Repeat):
            found = [
                {"_id": row_id, **_edited(data, node.answered, row)}
                for row_id, row in rows(value)
                if data.draw(st.integers(0, 3))
            ]
            found = data.draw(st.permutations(found))
            kept[key] = [*found, {"_id": "freshfresh"}] if data.draw(st.booleans()) else found
        else:
            kept[key] = value
    return kept


def _withheld(mask: Mask, form: Form, answers: Mapping[str, Any]) -> dict[Path, Any]:
    return {one.path: _at(form.answered, answers, one.path) for one in mask.held_back(answers)}


def _at(answered: Any, values: Any, path: Path) -> Any:
    for turn, part in enumerate(path):
        values = dict(rows(values)).get(part) if turn % 2 else values.get(part)
    return values


def _leaves(form: Form, answers: Mapping[str, Any]) -> dict[Path, Any]:
    found = places_in(form.answered, answers)
    return {path: value for path, node, value in found if value is not None and not isinstance(node, Repeat)}  # fmt: skip


def _places(form: Form, answers: Mapping[str, Any]) -> Iterator[Path]:
    """Every answer, repeat and row that is there."""
    for path, node, value in places_in(form.answered, answers):
        if value is None:
            continue
        yield path
        if isinstance(node, Repeat):
            yield from ((*path, row_id) for row_id, _row in rows(value))


def _items(holder: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for item in holder.get("pages", holder.get("items", ())):
        if "kind" in item:
            yield item
        yield from _items(item)
