"""Random changes to the answers of random forms: one answer, or the rows of a repeat."""

from typing import Any

from hypothesis import strategies as st

from formdefs.form import Form, Path, Repeat
from formdefs.places import rows
from tests.pure.answers_at_random import right

Answers = dict[str, Any]


@st.composite
def changes(draw: st.DrawFn, form: Form, answers: Answers, most: int = 6) -> list[Any]:
    """A few changes, each a path and its new answer, with the answers as they are after it."""
    made = []
    for _ in range(draw(st.integers(1, most))):
        places = [*_places(form.answered, answers)]
        if not places:
            break
        path, node = draw(st.sampled_from(places))
        holder = _holder(answers, path)
        if isinstance(node, Repeat):
            value = draw(_rows(holder.get(node.key) or []))
        elif node.type == "calculated":
            value = None
        else:
            value = draw(
                st.integers(-4, 4) if node.type == "integer" else right(node.raw) | st.none()
            )
        answers = _with(answers, path, value)
        made.append((path, value, answers))
    return made


def _places(answered: Any, answers: Answers, above: Path = ()) -> Any:
    for key, node in answered.items():
        yield (*above, key), node
        if isinstance(node, Repeat):
            for row_id, row in rows(answers.get(key)):
                yield from _places(node.answered, dict(row), (*above, key, row_id))


@st.composite
def _rows(draw: st.DrawFn, before: list[Answers]) -> list[Answers]:
    """Rows taken out, turned round, and added."""
    kept = [row for row in before if draw(st.booleans())]
    if draw(st.booleans()):
        kept.reverse()
    if draw(st.booleans()):
        taken = {row["_id"] for row in before}
        kept.append({"_id": next(i for n in range(99) if (i := f"newrow{n:04d}") not in taken)})
    return kept


def _holder(answers: Answers, path: Path) -> Answers:
    for key, row_id in zip(path[::2], path[1::2], strict=False):
        answers = next(row for row in answers[key] if row["_id"] == row_id)
    return answers


def _with(answers: Answers, path: Path, value: Any) -> Answers:
    """The answers with another at a path; the given ones are left alone."""
    key, *rest = path
    if not rest:
        return {**answers, key: value}
    row_id, *inner = rest
    return {
        **answers,
        key: [
            _with(row, tuple(inner), value) if row["_id"] == row_id else row for row in answers[key]
        ],
    }
