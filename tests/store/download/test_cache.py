from datetime import UTC, datetime, timedelta
from pathlib import Path

from laadplan.store.download.cache import Blob, Cache, Part

NOW = datetime(2027, 1, 1, tzinfo=UTC)
URL = "http://example.nl/a"


def kept(cache: Cache, content: bytes, url: str = URL, etag: str = '"v1"') -> Blob:
    part = cache.part(url)
    part.begin(etag, "")
    part.path.write_bytes(content)
    return cache.keep(part)


def test_equal_content_is_kept_once_and_each_address_is_known(tmp_path: Path):
    cache = Cache(tmp_path)

    first, second = kept(cache, b"same"), kept(cache, b"same", "http://example.nl/b", '"v2"')

    assert first.path == second.path
    assert (cache.known(URL), cache.known("http://example.nl/b")) == (first, second)
    assert len(list((tmp_path / "blobs").rglob("*/*"))) == 1


def test_a_blob_that_was_changed_is_not_used_again(tmp_path: Path):
    cache = Cache(tmp_path)
    blob = kept(cache, b"whole")

    blob.path.write_bytes(b"other")

    assert cache.known(URL) is None


def test_an_index_that_is_no_index_is_nothing_known(tmp_path: Path):
    cache = Cache(tmp_path)
    kept(cache, b"whole")

    next((tmp_path / "index").rglob("*.json")).write_text("[1]")

    assert cache.known(URL) is None


def test_a_part_is_found_again_with_its_version(tmp_path: Path):
    part = Cache(tmp_path).part(URL)
    part.begin('"v1"', "gisteren")
    part.path.write_bytes(b"half")

    again = Cache(tmp_path).part(URL)

    assert (again.size, again.validator, again.resumable) == (4, '"v1"', True)


def test_a_part_without_a_strong_version_cannot_be_resumed(tmp_path: Path):
    part = Part(tmp_path / "x.part", URL)
    part.begin('W/"v1"', "")
    part.path.write_bytes(b"half")

    assert not part.resumable


def test_a_journal_goes_on_after_a_kill_that_cut_its_last_line(tmp_path: Path):
    cache = Cache(tmp_path)
    blob = kept(cache, b"page")
    cache.journal("ede-buurten", "asked", NOW).note(URL, blob)
    path = tmp_path / "journals" / "ede-buurten.jsonl"
    path.write_text(path.read_text() + '{"url": "http://exam')

    again = cache.journal("ede-buurten", "asked", NOW + timedelta(hours=1))
    again.note("http://example.nl/b", blob)

    third = cache.journal("ede-buurten", "asked", NOW + timedelta(hours=1))
    assert [third.had(url) and third.had(url).sha256 for url in (URL, "http://example.nl/b")] == [blob.sha256] * 2


def test_a_journal_of_something_else_or_of_long_ago_is_not_gone_on_with(tmp_path: Path):
    cache = Cache(tmp_path)
    blob = kept(cache, b"page")

    cache.journal("a", "asked", NOW).note(URL, blob)
    other = cache.journal("a", "something else", NOW).had(URL)
    cache.journal("b", "asked", NOW).note(URL, blob)
    old = cache.journal("b", "asked", NOW + timedelta(hours=25)).had(URL)

    assert (other, old) == (None, None)
