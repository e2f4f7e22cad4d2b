import gzip
import io
import json

import pytest

from laadplan.errors import BadInput, MissingSource
from laadplan.ingest import json_stream as module
from laadplan.ingest.json_stream import CHUNK_BYTES, items, json_parts


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


@pytest.fixture
def path(tmp_path):
    return tmp_path / "groot.json"


def parts(path, content):
    path.write_bytes(content)
    return list(json_parts(path))


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"[]", []),
        (b"{}", []),
        (b' [1, "a", null, {"b": [2]}] ', [("", 1), ("", "a"), ("", None), ("", {"b": [2]})]),
        (b'{"data": [1, 2], "n": 3, "o": {"p": 4}, "e": []}', [("data", 1), ("data", 2), ("n", 3), ("o", {"p": 4})]),
        (b"\xef\xbb\xbf[12]", [("", 12)]),
    ],
)
def test_an_array_comes_item_by_item_and_an_object_key_by_key(path, content, expected):
    assert parts(path, content) == expected


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1 << 20])
def test_where_the_text_is_cut_makes_no_difference(path, monkeypatch, size):
    monkeypatch.setattr(module, "CHUNK_BYTES", size)
    content = {"data": [123456, "één €", {"a": [1.5, [True]]}], "status_code": 1000}

    found = parts(path, json.dumps(content, ensure_ascii=False).encode())

    assert found == [*(("data", each) for each in content["data"]), ("status_code", 1000)]


def test_a_file_cut_off_anywhere_is_refused(path):
    whole = b'{"data": [123, {"a": "x"}], "n": 4}'

    for length in range(len(whole)):
        with pytest.raises(BadInput, match="The file is not JSON"):
            parts(path, whole[:length])


@pytest.mark.parametrize(
    "content",
    [
        b"[1] 2",
        b"[1,]",
        b"[1 2]",
        b'{"a" 1}',
        b"{1: 2}",
        b"[NaN]",
        b'"x"',
        b"[\xff]",
        b"[" * 100_000,
        b"[" + b"9" * 5000,
    ],
    ids=["rest", "comma", "none", "colon", "key", "NaN", "text", "no UTF-8", "deep", "long number"],
)
def test_what_is_no_json_is_refused(path, content):
    with pytest.raises(BadInput, match="The file is not JSON"):
        parts(path, content)


def test_an_item_beyond_belief_is_refused(path, monkeypatch):
    monkeypatch.setattr(module, "CHUNK_BYTES", 10)
    monkeypatch.setattr(module, "MOST_CHARACTERS", 50)

    with pytest.raises(BadInput, match="does not end within 50 characters"):
        parts(path, b'["' + b"x" * 500 + b'"]')


def test_a_packed_file_is_unpacked_on_the_way(path):
    assert parts(path, gzip.compress(b"[1, 2]")) == [("", 1), ("", 2)]


def test_a_packed_file_that_is_cut_off_is_refused(path):
    with pytest.raises(BadInput, match="cannot be read"):
        parts(path, gzip.compress(json.dumps(list(range(1000))).encode())[:-20])


def test_a_missing_file_is_named(path):
    with pytest.raises(MissingSource, match="does not exist"):
        list(json_parts(path))
