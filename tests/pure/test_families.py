"""Kinds of relation read from both sides, and whether two descriptions may be of one person."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.people.likeness import Described, keys, likeness, sought
from casework.people.relations import ends, ends_in, groups, seen_from

WORDS = st.text(alphabet="abcdefghijklmnopqrstuvwxyzéö-' ", min_size=1, max_size=12)
DAYS = st.none() | st.dates(date(1990, 1, 1), date(1990, 12, 31))
NUMBERS = st.dictionaries(
    st.sampled_from(["nhs_number", "upn", "former_upn"]), st.sampled_from(["1", "2", "A1"])
)
PERSONS = st.builds(Described, st.tuples(WORDS, WORDS), DAYS, NUMBERS)


@pytest.mark.parametrize("code", list(ends()))
def test_the_inverse_of_the_inverse_is_the_end_itself(code: str) -> None:
    end = ends()[code]
    assert ends()[end.inverse].inverse == code
    assert ends()[end.inverse].kind == end.kind
    assert end.group in groups()


@pytest.mark.parametrize("code", list(ends()))
def test_each_side_reads_what_the_other_is(code: str) -> None:
    """Stored from either end, the two read inverse ends of one row."""
    kind = ends()[code].kind
    from_first, from_second = seen_from(kind, first=True), seen_from(kind, first=False)
    assert from_first.inverse == from_second.code
    assert code in (from_first.code, from_second.code)


def test_a_code_used_twice_is_refused() -> None:
    kind = {"key": "friend", "title": "Friend", "group": "family"}
    with pytest.raises(ValueError, match="friend"):
        ends_in({"kinds": [kind, kind]})


@given(PERSONS, PERSONS)
def test_likeness_is_mutual(one: Described, other: Described) -> None:
    assert likeness(one, other) == likeness(other, one)


@given(PERSONS, PERSONS)
def test_the_keys_find_everybody_who_is_alike_but_by_initials(
    one: Described, other: Described
) -> None:
    """What the index does not find is not weighed: so nothing alike may be without a common key."""
    initials = any(len(word) == 1 for word in (*one.words, *other.words))
    if likeness(one, other) and not initials:
        assert sought(one) & keys(other)


@given(PERSONS)
def test_everybody_is_like_themself_with_the_names_in_any_order(one: Described) -> None:
    if one.words and any(len(word) > 1 for word in one.words):
        assert likeness(one, Described(one.names[::-1], one.born_on, one.numbers))


BORN = date(2016, 3, 4)


@pytest.mark.parametrize(
    ("names", "born", "numbers", "why"),
    [
        (("Zoe", "OBrien"), BORN, {}, "name_and_birthday"),
        (("O'Brien", "Zoë"), BORN, {}, "name_and_birthday"),
        (("Zoey", "O’Bryan"), BORN, {}, "name_and_birthday"),
        (("Z", "O'Brien"), BORN, {}, "name_and_birthday"),
        (("Zoë", "O’Brien"), date(2016, 4, 3), {}, "name_near_birthday"),
        (("Zoë", "O’Brien"), BORN + timedelta(days=1), {}, "name_near_birthday"),
        (("Zoë", "O’Brien"), date(2017, 3, 4), {}, "name_near_birthday"),
        (("Zoë", "O’Brien"), date(2009, 8, 20), {}, ""),
        (("Zoë", "O’Brien"), None, {}, "name"),
        (("Zoë", "Marsh"), BORN, {}, "birthday_and_one_name"),
        (("Zoë", "Marsh"), None, {}, ""),
        (("Sue", "O’Brien"), None, {}, ""),
        (("Poppy", "Marsh"), None, {"nhs_number": "943 476 5919"}, "number"),
        (("Poppy", "Marsh"), None, {"upn": "J823200018001"}, "number"),
        (("Poppy", "Marsh"), BORN, {}, ""),
    ],
)
def test_who_may_be_the_same(
    names: tuple[str, ...], born: date | None, numbers: dict[str, str], why: str
) -> None:
    kept = Described(
        ("Zoë", "O’Brien", ""), BORN, {"nhs_number": "9434765919", "former_upn": "J823200018001"}
    )
    assert likeness(Described(names, born, numbers), kept) == why


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("John Smith", "Jon Smyth"),
        ("Katharine Philips", "Catherine Phillips"),
        ("Steven", "Stephen"),
    ],
)
def test_names_that_sound_alike(one: str, other: str) -> None:
    assert likeness(Described((one,)), Described((other,))) == "name"
