import gzip
import json

import pytest

from laadplan.errors import BadInput, MissingSource
from laadplan.ingest import json_parts as module
from laadplan.ingest.json_parts import json_parts


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
    monkeypatch.setattr(module, "MOST_ITEM_CHARS", 50)

    with pytest.raises(BadInput, match="larger than 64 MB"):
        parts(path, b'["' + b"x" * 500 + b'"]')


def test_a_packed_file_is_unpacked_on_the_way(path):
    assert parts(path, gzip.compress(b"[1, 2]")) == [("", 1), ("", 2)]


def test_a_packed_file_that_is_cut_off_is_refused(path):
    with pytest.raises(BadInput, match="cannot be read"):
        parts(path, gzip.compress(json.dumps(list(range(1000))).encode())[:-20])


def test_a_missing_file_is_named(path):
    with pytest.raises(MissingSource, match="does not exist"):
        list(json_parts(path))
