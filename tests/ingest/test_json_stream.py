import io
import json

import pytest

from laadplan.errors import BadInput
from laadplan.ingest.json_stream import CHUNK_BYTES, items


def read(content, **more):
    raw = content if isinstance(content, bytes) else content.encode("utf-8")
    return list(items(io.BytesIO(raw), "bestand", lists=("features",), **more))


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("[]", []),
        ('[1, {"a": [2]}, "b"]', [1, {"a": [2]}, "b"]),
        ('{"type": "x", "features": [{"a": 1}], "more": {"features": [9]}}', [{"a": 1}]),
        ('\ufeff {"features" : [ ] }\n', []),
    ],
    ids=["empty list", "list", "object", "empty in object"],
)
def test_items_are_those_of_the_list(content, expected):
    assert read(content) == expected


def test_items_larger_than_what_is_read_at_a_time_are_whole():
    rows = [{"a": "x" * (CHUNK_BYTES - 7 + number)} for number in range(4)] + [123456789] * 50_000

    found = read(json.dumps(rows))

    assert found == rows


def test_what_stands_beside_the_list_is_noted():
    beside = {}

    read('{"version": 2, "features": [], "remark": "stopped"}', beside=beside)

    assert beside == {"version": 2, "remark": "stopped"}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "it holds no list"),
        ("42", "it holds no list"),
        ("{}", "holds no list called features"),
        ('{"features": {}}', "holds no list called features"),
        ('{"features": [1, 2', "'\\]' is missing"),
        ('{"features": [1], "more"', "':' is missing"),
        ('{"features": [1]', "'}' is missing"),
        ("[1] [2]", "something stands behind its end"),
        ("[1 2]", "'\\]' is missing"),
        ("[NaN]", "NaN is not a JSON number"),
        ("[" * 200_000, "nested too deep"),
        ('["\\ud800"]', "half a character"),
        (b'["\xff"]', "not UTF-8"),
    ],
)
def test_what_is_not_whole_is_refused(content, words):
    with pytest.raises(BadInput, match=words):
        read(content)
