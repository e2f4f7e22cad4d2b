"""The BGT download service: order, wait, fetch, unpack."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from laadplan.errors import SourceChanged, SourceUnreachable
from laadplan.store.download import bgt
from laadplan.store.download.bgt import POLL_S, fetch_delivery, order_of, unpack
from laadplan.store.download.cache import Blob
from laadplan.store.download.catalogue import Service
from laadplan.store.download.client import Client
from tests.store.download.conftest import BOX
from tests.store.download.protocols import serve_bgt, zipped
from tests.store.download.server import JSON, Answer, Replay, as_json

MakeClient = Callable[..., Client]
MakeService = Callable[..., Service]
DELIVERY = zipped({"bgt_wegdeel.gml": b"<a/>", "bgt_pand.gml": b"<b/>", "leesmij.txt": b"?"})


def service_at(make_service: MakeService, address: str) -> Service:
    return make_service("bgt_download", address, {"bgt": "wegdeel,pand"}, query={"format": "gmllight"})


def test_a_delivery_is_ordered_waited_for_and_fetched(
    replay: Replay, make_client: MakeClient, make_service: MakeService, slept: list[float]
):
    address = serve_bgt(replay, "/bgt", DELIVERY, polls=3)

    blob = fetch_delivery(make_client(), service_at(make_service, address), "wegdeel,pand", BOX)

    order = json.loads(replay.log[0].body)
    assert blob.path.read_bytes() == DELIVERY
    assert slept == [POLL_S, POLL_S]
    assert (order["featuretypes"], order["format"]) == (["wegdeel", "pand"], "gmllight")
    assert order["geofilter"].startswith("POLYGON((180000.0 456000.0,182000.0 456000.0,")


def test_an_order_that_stands_is_not_placed_again(replay: Replay, make_client: MakeClient, make_service: MakeService):
    address = serve_bgt(replay, "/bgt", DELIVERY)
    make_client().page(f"{address}/full/custom", body=_order(make_service, address))

    fetch_delivery(make_client(), service_at(make_service, address), "wegdeel,pand", BOX)

    assert len(replay.asked("/bgt/full/custom")) == 1


def _order(make_service: MakeService, address: str) -> dict[str, Any]:
    return order_of(service_at(make_service, address), "wegdeel,pand", BOX)


def test_an_order_that_the_service_forgot_is_placed_again(
    replay: Replay, make_client: MakeClient, make_service: MakeService
):
    address = serve_bgt(replay, "/bgt", DELIVERY)
    route = replay.routes["/bgt/full/custom"]
    replay.routes["/bgt/full/custom"] = lambda _: as_json({"downloadRequestId": "old"})
    make_client().page(f"{address}/full/custom", body=_order(make_service, address))
    replay.routes["/bgt/full/custom"] = route

    blob = fetch_delivery(make_client(), service_at(make_service, address), "wegdeel,pand", BOX)

    assert blob.path.read_bytes() == DELIVERY
    assert len(replay.asked("/bgt/full/custom")) == 2


def test_a_delivery_that_never_comes_is_given_up(
    replay: Replay,
    make_client: MakeClient,
    make_service: MakeService,
    slept: list[float],
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(bgt, "MOST_POLLS", 12)
    address = serve_bgt(replay, "/bgt", DELIVERY, polls=10_000)

    with pytest.raises(SourceUnreachable, match="not ready after 1 minutes"):
        fetch_delivery(make_client(), service_at(make_service, address), "wegdeel,pand", BOX)

    assert slept == [POLL_S] * 12


@pytest.mark.parametrize(
    ("path", "content", "words"),
    [
        ("/bgt/full/custom", {"id": 1}, "'downloadRequestId'"),
        ("/bgt/full/custom", {"downloadRequestId": "../../etc"}, "'downloadRequestId'"),
        ("/bgt/full/custom/ab-12/status", {"status": "FAILED"}, "found status FAILED"),
        ("/bgt/full/custom/ab-12/status", {"status": "COMPLETED"}, "'_links.download.href'"),
        ("/bgt/full/custom/ab-12/status", [], "'status'"),
        (
            "/bgt/full/custom/ab-12/status",
            {"status": "COMPLETED", "_links": {"download": {"href": "http://192.0.2.1/a.zip"}}},
            "another host",
        ),
    ],
)
def test_a_changed_shape_is_refused(
    replay: Replay, make_client: MakeClient, make_service: MakeService, path: str, content: Any, words: str
):
    address = serve_bgt(replay, "/bgt", DELIVERY)
    replay.routes[path] = lambda _: Answer(json.dumps(content).encode(), JSON)

    with pytest.raises(SourceChanged) as caught:
        fetch_delivery(make_client(), service_at(make_service, address), "wegdeel,pand", BOX)

    assert words in caught.value.message


# --- unpacking -------------------------------------------------------------------------------------------------------


def unpacked(folder: Path, content: bytes) -> list[str]:
    packed = folder / "delivery.zip"
    packed.write_bytes(content)
    target = folder / "bgt"
    target.mkdir()
    return unpack(Blob(packed, ""), target)


def test_the_files_of_a_delivery_are_laid_down_and_no_others(tmp_path: Path):
    assert unpacked(tmp_path, DELIVERY) == ["bgt_pand.gml", "bgt_wegdeel.gml"]
    assert (tmp_path / "bgt" / "bgt_pand.gml").read_bytes() == b"<b/>"


@pytest.mark.parametrize("name", ["../evil.gml", "/etc/evil.gml", "a/../../evil.gml", "..\\evil.gml", "C:\\evil.gml"])
def test_names_that_lead_outside_are_refused(tmp_path: Path, name: str):
    with pytest.raises(SourceChanged, match="outside itself"):
        unpacked(tmp_path, zipped({name: b"<a/>"}))

    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["delivery.zip"]


def test_a_bomb_is_refused_before_it_fills_the_disk(tmp_path: Path):
    with pytest.raises(SourceChanged, match="more than 200 times"):
        unpacked(tmp_path, zipped({"bgt_pand.gml": bytes(60_000_000)}))

    assert sum(path.stat().st_size for path in (tmp_path / "bgt").iterdir()) < 25_000_000


def test_many_small_bombs_are_one_bomb(tmp_path: Path):
    with pytest.raises(SourceChanged, match="more than 200 times its size"):
        unpacked(tmp_path, zipped({f"bgt_{number}.gml": b"0" * 11_000_000 for number in range(2)}))


@pytest.mark.parametrize("content", [b"", b"no zip", DELIVERY[:-30], DELIVERY.replace(b"<a/>", b"<z/>")])
def test_a_broken_zip_is_refused(tmp_path: Path, content: bytes):
    if content.startswith(b"PK") and len(content) == len(DELIVERY):
        content = DELIVERY[:45] + bytes([DELIVERY[45] ^ 255]) + DELIVERY[46:]

    with pytest.raises(SourceChanged, match="no whole zip"):
        unpacked(tmp_path, content)


def test_a_zip_without_what_is_expected_is_refused(tmp_path: Path):
    with pytest.raises(SourceChanged, match="holds no"):
        unpacked(tmp_path, zipped({"leesmij.txt": b"?"}))
