"""The gate of JSON: what is refused, with which status, and what passes unchanged."""

import json
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.json_gate import DEEPEST, MOST_BYTES, NotReadable, read_json, read_object

JSON = "application/json"


def refused(body: bytes, content_type: str = JSON) -> tuple[int, str]:
    with pytest.raises(NotReadable) as caught:
        read_json(body, content_type)
    assert str(caught.value).endswith(".")
    return caught.value.status, caught.value.code


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"[" * 100_000, (400, "depth")),
        (b"[" * 65 + b"]" * 65, (400, "depth")),
        (b'{"a":' * 65 + b"1" + b"}" * 65, (400, "depth")),
        (b'{"a":' * 400_000, (400, "depth")),
        (b'["\\u0000"]', (400, "text")),
        (b'{"\\u0000": 1}', (400, "text")),
        (b'{"a": {"b": ["x\\u0000y"]}}', (400, "text")),
        (b'["\\ud800"]', (400, "text")),
        (b'["\\udc00\\ud800"]', (400, "text")),
        (b'{"\\udfff": 1}', (400, "text")),
        (b"[NaN]", (400, "number")),
        (b"[Infinity]", (400, "number")),
        (b"[-Infinity]", (400, "number")),
        (b"[1e999]", (400, "number")),
        (b"[-1e999]", (400, "number")),
        (b"[9007199254740992]", (400, "number")),
        (b"[-9007199254740992]", (400, "number")),
        (b"[" + b"9" * 5000 + b"]", (400, "number")),
        (b"[" + b"9" * 3_000_000 + b"]", (400, "number")),
        (b'{"a": 1, "a": 1}', (400, "duplicate_key")),
        (b'{"x": [{"a": 1, "b": 2, "a": 3}]}', (400, "duplicate_key")),
        (b'{"\\u0061": 1, "a": 2}', (400, "duplicate_key")),
        (b'{"\\ud800": 1, "\\ud800": 2}', (400, "duplicate_key")),
        (b'["\xff"]', (400, "encoding")),
        (b'["\xed\xa0\x80"]', (400, "encoding")),  # a surrogate written in UTF-8's way
        (b'["\xc0\x80"]', (400, "encoding")),  # NUL written too long
        ("[1]".encode("utf-16"), (400, "encoding")),
        (b"\xef\xbb\xbf[1]", (400, "json")),  # a byte order mark
        (b"", (400, "json")),
        (b"{", (400, "json")),
        (b"[1,]", (400, "json")),
        (b"{'a': 1}", (400, "json")),
        (b"[01]", (400, "json")),
        (b'["\x01"]', (400, "json")),
        (b'["\x00"]', (400, "json")),
        (b"1 2", (400, "json")),
        (b" " * (MOST_BYTES + 1), (413, "too_large")),
        (b"[" + b"[]," * 600_000 + b"1]", (413, "too_large")),
        (b'["a"' + b',""' * 600_000 + b"]", (413, "too_large")),
    ],
    ids=lambda value: repr(value[:20]) if isinstance(value, bytes) else None,
)
def test_what_could_hurt_is_refused(body, expected):
    assert refused(body) == expected


@pytest.mark.parametrize(
    "content_type",
    [
        "", "text/plain", "text/json", "application/xml", "application/jsonx", "multipart/form-data",
        "application/x-www-form-urlencoded", "application/json; charset=utf-16",
        "application/json; charset=utf-7",
    ],
)  # fmt: skip
def test_what_is_not_called_json_in_utf8_is_refused(content_type):
    assert refused(b"[1]", content_type) == (415, "media_type")


@pytest.mark.parametrize(
    "content_type", [JSON, "Application/JSON", f"{JSON}; charset=utf-8", f'{JSON};charset="UTF-8"']
)
def test_json_in_utf8_is_taken(content_type):
    assert read_json('{"é": "€\\n\\u0001😀"}'.encode(), content_type) == {"é": "€\n\x01😀"}


def test_the_limits_themselves_are_within():
    deep = b"[" * DEEPEST + b"]" * DEEPEST
    assert read_json(deep, JSON)
    assert read_json(b"[9007199254740991,-9007199254740991]", JSON) == [2**53 - 1, 1 - 2**53]
    full = b'"' + b"x" * (MOST_BYTES - 2) + b'"'
    assert len(read_json(full, JSON)) == MOST_BYTES - 2
    assert read_json(rb'["\\u0000", "\\ud800", "\ud83d\ude00"]', JSON) == [
        r"\u0000",
        r"\ud800",
        "😀",
    ]


def test_an_object_is_asked_for_where_one_is_needed():
    assert read_object(b"{}", JSON) == {}
    for body in b"[]", b"1", b'"a"', b"null":
        with pytest.raises(NotReadable):
            read_object(body, JSON)


def test_the_largest_body_does_not_fill_the_memory():
    body = b"[" + b"[]," * 249_999 + b"[]]"
    tracemalloc.start()
    read_json(body, JSON)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 100 * 2**20


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(1 - 2**53, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(
        st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")), inner, max_size=4
    ),
    max_leaves=20,
)  # fmt: skip


@given(json_values, st.booleans())
def test_whatever_is_harmless_comes_through_as_it_was_sent(value, escaped):
    body = json.dumps(value, ensure_ascii=escaped).encode()
    assert read_json(body, JSON) == value


@given(
    st.binary(max_size=200)
    | st.text('[]{}",:\\u0d8eE+-.1234567890truefalsn ', max_size=60).map(str.encode)
)
def test_nothing_raises_anything_else(body):
    assert verdict(body) in (200, 400, 413, 415)


def verdict(body: bytes) -> int:
    """200 for what comes through, and can be written again as UTF-8."""
    try:
        json.dumps(read_json(body, JSON), ensure_ascii=False).encode()
    except NotReadable as error:
        return error.status
    return 200
