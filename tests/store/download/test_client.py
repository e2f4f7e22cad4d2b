"""The client against a server that does what servers do."""

import gzip
import socket
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from laadplan.errors import ConfigError, LaadplanError, SourceChanged, SourceUnreachable
from laadplan.store.download.answers import LONGEST_ASKED_WAIT_S
from laadplan.store.download.client import CHUNK, Client
from tests.store.download.conftest import NOW
from tests.store.download.server import JSON, Replay, cut, instead, redirect, status

MakeClient = Callable[..., Client]
BIG = bytes(range(256)) * 2_000
LATER = NOW + timedelta(days=2)


def message(kind: type[LaadplanError], call: Callable[..., object], *arguments: object) -> str:
    with pytest.raises(kind) as caught:
        call(*arguments)
    return caught.value.message


def test_a_file_comes_whole_and_says_who_asks(replay: Replay, make_client: MakeClient):
    url = replay.serve("/a.csv", BIG, "text/csv")

    blob = make_client().file(url)

    assert blob.path.read_bytes() == BIG
    assert replay.log[0].headers["user-agent"].startswith("laadplan/")
    assert replay.log[0].headers["accept"] == "application/json, application/gzip, application/zip, text/csv"


def test_too_many_requests_is_waited_for_as_long_as_is_asked(
    replay: Replay, make_client: MakeClient, slept: list[float]
):
    url = replay.serve("/a", {"a": 1})
    replay.fail("/a", status(429, Retry_After="7"))

    page, _ = make_client().page(url)

    assert (page, slept, len(replay.log)) == ({"a": 1}, [7.0], 2)


@pytest.mark.parametrize(
    ("asked", "waited"), [("86400", LONGEST_ASKED_WAIT_S), ("Fri, 01 Jan 2100 00:00:00 GMT", 300), ("soon", 1.0)]
)
def test_a_wait_that_is_asked_is_capped(
    replay: Replay, make_client: MakeClient, slept: list[float], asked: str, waited: float
):
    url = replay.serve("/a", {})
    replay.fail("/a", status(503, Retry_After=asked))

    make_client().page(url)

    assert slept == [waited]


def test_waits_grow_and_then_the_service_is_given_up(replay: Replay, make_client: MakeClient, slept: list[float]):
    url = replay.serve("/a", {})
    replay.fail("/a", *[status(500)] * 20)

    words = message(SourceUnreachable, make_client().page, url)

    assert "No whole answer after 6 attempts: status 500" in words
    assert slept == [1.0, 2.0, 4.0, 8.0, 16.0]


def test_what_is_cut_off_is_resumed_and_not_fetched_again(replay: Replay, make_client: MakeClient):
    url = replay.serve("/a.csv", BIG, "text/csv")
    replay.fail("/a.csv", cut(0.4), cut(0.5))

    blob = make_client().file(url)

    ranges = [each.headers.get("range") for each in replay.log]
    first = int(len(BIG) * 0.4) // CHUNK * CHUNK
    second = first + (len(BIG) - first) // 2 // CHUNK * CHUNK
    assert blob.path.read_bytes() == BIG
    assert ranges == [None, f"bytes={first}-", f"bytes={second}-"]


def test_a_file_that_changed_meanwhile_starts_over(replay: Replay, make_client: MakeClient):
    url = replay.serve("/a.csv", BIG, "text/csv")
    replay.fail("/a.csv", cut(0.4))
    newer = BIG[::-1]

    replay.failures["/a.csv"].append(lambda handler, _: handler.answer(replay.routes["/newer"](replay.log[-1])))
    replay.serve("/newer", newer, "text/csv")
    blob = make_client().file(url)

    assert blob.path.read_bytes() == newer
    assert replay.log[1].headers["if-range"] != ""


def test_a_file_without_a_version_starts_over(replay: Replay, make_client: MakeClient):
    url = replay.serve("/a.csv", BIG, "text/csv", ETag="")
    replay.fail("/a.csv", cut(0.4))

    blob = make_client().file(url)

    assert blob.path.read_bytes() == BIG
    assert [each.headers.get("range") for each in replay.log] == [None, None]


def test_a_rest_that_is_not_there_any_more_starts_over(replay: Replay, make_client: MakeClient):
    url = replay.serve("/a.csv", BIG, "text/csv")
    replay.fail("/a.csv", cut(0.4), status(416))

    assert make_client().file(url).path.read_bytes() == BIG


def test_another_part_than_was_asked_for_is_not_believed(replay: Replay, make_client: MakeClient):
    url = replay.serve("/a.csv", BIG, "text/csv")

    def wrong(handler, answer):
        answer.status, answer.headers["Content-Range"] = 206, f"bytes 0-9/{len(BIG)}"
        handler.answer(answer)

    replay.fail("/a.csv", cut(0.4), wrong)

    assert make_client().file(url).path.read_bytes() == BIG


def test_what_did_not_change_is_not_sent_again(replay: Replay, make_client: MakeClient):
    url = replay.serve("/a.csv", BIG, "text/csv")
    first = make_client().file(url)

    again = make_client(now=LATER)
    second = again.file(url)

    assert second.path == first.path
    assert replay.log[1].headers["if-none-match"] == first.etag
    assert again.bytes == 0


def test_what_this_fetch_had_already_is_not_asked_again(replay: Replay, make_client: MakeClient):
    url = replay.serve("/a", {"a": 1})
    make_client().page(url)

    page, _ = make_client(now=NOW + timedelta(hours=1)).page(url)

    assert (page, len(replay.log)) == ({"a": 1}, 1)


def test_what_was_kept_and_spoilt_is_fetched_again(replay: Replay, make_client: MakeClient):
    url = replay.serve("/a.csv", BIG, "text/csv")
    make_client().file(url).path.write_bytes(b"spoilt")

    blob = make_client().file(url)

    assert blob.path.read_bytes() == BIG
    assert "if-none-match" not in replay.log[1].headers


def test_an_endless_redirect_ends(replay: Replay, make_client: MakeClient):
    url = replay.serve("/a", {})
    replay.fail("/a", *[redirect("/a")] * 20)

    assert "redirects more than 5 times" in message(SourceUnreachable, make_client().page, url)
    assert len(replay.log) == 6


def test_a_redirect_is_followed(replay: Replay, make_client: MakeClient):
    replay.serve("/new", {"a": 1})
    url = replay.serve("/old", {})
    replay.fail("/old", redirect("/new"))

    assert make_client().page(url)[0] == {"a": 1}


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://example.nl/a", "http://[::1"])
def test_a_redirect_to_what_is_no_web_address_is_refused(replay: Replay, make_client: MakeClient, target: str):
    url = replay.serve("/a", {})
    replay.fail("/a", redirect(target))

    assert "It redirects to" in message(SourceUnreachable, make_client().page, url)


def test_a_key_is_sent_and_never_to_another_host(replay: Replay, make_client: MakeClient, tmp_path: Path):
    url = replay.serve("/a", {})
    replay.fail("/a", None, redirect(replay.url.replace("127.0.0.1", "localhost") + "/a"))

    make_client(key=("X-Api-Key", "geheim-123")).page(url)
    words = message(SourceUnreachable, make_client(now=LATER, key=("X-Api-Key", "geheim-123")).page, url)

    assert [each.headers["x-api-key"] for each in replay.log] == ["geheim-123"] * 2
    assert "the key is not sent there" in words
    written = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"geheim-123" not in written + words.encode()


def test_passwords_of_this_machine_are_not_sent_and_do_not_replace_a_key(
    replay: Replay, make_client: MakeClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "netrc").write_text("default login ik password geheim\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    url = replay.serve("/a", {})

    make_client().page(url)
    make_client(now=LATER, key=("Authorization", "Bearer sleutel")).page(url)

    assert [each.headers.get("authorization") for each in replay.log] == [None, "Bearer sleutel"]


def test_another_content_type_is_refused_and_not_asked_again(replay: Replay, make_client: MakeClient):
    url = replay.serve("/a", b"<html>Onderhoud</html>", "text/html; charset=utf-8")

    assert "answers with text/html" in message(SourceChanged, make_client().page, url)
    assert len(replay.log) == 1


@pytest.mark.parametrize("number", [400, 401, 403, 404, 410])
def test_a_refusal_is_final(replay: Replay, make_client: MakeClient, number: int):
    url = replay.serve("/a", {})
    replay.fail("/a", status(number))

    assert f"refuses with status {number}" in message(SourceUnreachable, make_client().page, url)
    assert len(replay.log) == 1


def test_a_gzip_that_is_cut_off_in_silence_is_noticed(replay: Replay, make_client: MakeClient):
    packed = gzip.compress(BIG, mtime=0)
    url = replay.serve("/a.gz", packed, "application/gzip")
    replay.fail("/a.gz", instead(packed[:-200], "application/gzip"), instead(packed[:-1], "application/gzip"))

    blob = make_client().file(url)

    assert gzip.decompress(blob.path.read_bytes()) == BIG
    assert len(replay.log) == 3


def test_a_gzip_that_stays_truncated_is_given_up(replay: Replay, make_client: MakeClient):
    url = replay.serve("/a.gz", gzip.compress(BIG, mtime=0)[:-200], "application/gzip")

    assert "the gzip is truncated" in message(SourceUnreachable, make_client().file, url)


def test_a_gzip_of_several_members_is_whole(replay: Replay, make_client: MakeClient):
    packed = gzip.compress(b"one", mtime=0) + gzip.compress(BIG, mtime=0)
    url = replay.serve("/a.gz", packed, "application/gzip")

    assert make_client().file(url).path.read_bytes() == packed


def test_a_gzip_that_grows_without_measure_is_refused(replay: Replay, make_client: MakeClient):
    url = replay.serve("/a.gz", gzip.compress(bytes(20_000_000), mtime=0), "application/gzip")

    assert "unpacks without measure" in message(SourceUnreachable, make_client(most_bytes=100_000).file, url)


def test_a_page_that_travels_packed_is_unpacked(replay: Replay, make_client: MakeClient):
    url = replay.serve("/a", gzip.compress(b'{"a": 1}', mtime=0), JSON, **{"Content-Encoding": "gzip"})

    assert make_client().page(url)[0] == {"a": 1}


def test_a_page_that_travels_packed_and_truncated_is_asked_again(replay: Replay, make_client: MakeClient):
    packed = gzip.compress(b'{"a": 1, "b": "%s"}' % (b"x" * 900), mtime=0)
    url = replay.serve("/a", packed, JSON, **{"Content-Encoding": "gzip"})
    replay.fail("/a", instead(packed[:20], JSON, Content_Encoding="gzip"))

    assert make_client().page(url)[0]["a"] == 1
    assert len(replay.log) == 2


@pytest.mark.parametrize("body", [b'{"a": ', b"", b'{"a": NaN}', b"\xff\xfe", b"[" * 100_000])
def test_what_is_no_json_is_asked_again_and_then_given_up(replay: Replay, make_client: MakeClient, body: bytes):
    url = replay.serve("/a", body)

    assert "not whole JSON" in message(SourceUnreachable, make_client().page, url)
    assert len(replay.log) == 6


def test_a_zip_that_is_truncated_is_asked_again(replay: Replay, make_client: MakeClient):
    url = replay.serve("/a.zip", b"PK\x03\x04 and no end", "application/zip")

    assert "the zip is truncated" in message(SourceUnreachable, make_client().file, url)


def test_what_promises_too_much_is_not_begun(replay: Replay, make_client: MakeClient, tmp_path: Path):
    url = replay.serve("/a.csv", BIG, "text/csv")

    assert "larger than 1,000 bytes" in message(SourceUnreachable, make_client(most_bytes=1_000).file, url)
    assert list(tmp_path.rglob("*.part")) == []


def test_what_grows_beyond_the_limit_is_stopped(replay: Replay, make_client: MakeClient):
    url = replay.serve("/a.csv", gzip.compress(BIG, mtime=0), "text/csv", **{"Content-Encoding": "gzip"})

    assert "larger than 100,000 bytes" in message(SourceUnreachable, make_client(most_bytes=100_000).file, url)


def test_a_service_is_left_alone_after_so_many_requests(replay: Replay, make_client: MakeClient):
    client = make_client(most_requests=3)
    for number in range(3):
        client.page(replay.serve(f"/{number}", {}))

    assert "More than 3 requests" in message(SourceUnreachable, client.page, replay.serve("/4", {}))


def test_nobody_at_home_is_said_after_all_attempts(make_client: MakeClient):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    words = message(SourceUnreachable, make_client().page, f"http://127.0.0.1:{port}/a")

    assert "the connection broke" in words
    assert "Traceback" not in words


def test_an_address_that_is_none_is_a_fault_of_the_catalogue(make_client: MakeClient):
    assert "cannot be asked" in message(ConfigError, make_client().page, "http://")


def test_an_answer_that_trickles_is_given_up(replay: Replay, make_client: MakeClient):
    url = replay.serve("/a.csv", BIG, "text/csv")
    seconds = iter(range(0, 10_000_000, 10_000))

    assert "trickles in too slowly" in message(
        SourceUnreachable, make_client(clock=lambda: float(next(seconds))).file, url
    )


def test_progress_counts_requests_and_bytes(replay: Replay, make_client: MakeClient):
    told: list[tuple[int, int]] = []
    url = replay.serve("/a.csv", BIG, "text/csv")

    make_client(told=lambda requests, size: told.append((requests, size))).file(url)

    assert (told[0], told[-1]) == ((1, 0), (1, len(BIG)))
