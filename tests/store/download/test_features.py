"""Features of a box: pages, caps that are said and caps that are not, and answers that do not add up."""

import json
from collections.abc import Callable
from typing import Any

import pytest
import shapely

from laadplan.errors import SourceChanged
from laadplan.store.download.catalogue import Service
from laadplan.store.download.client import Client
from laadplan.store.download.features import identity, pages_of
from tests.store.download.conftest import BOX
from tests.store.download.protocols import Finder, feature, points, serve_arcgis, serve_ogc_api, serve_wfs
from tests.store.download.server import Replay, as_json

MakeClient = Callable[..., Client]
MakeService = Callable[..., Service]


def names(client: Client, service: Service) -> list[str]:
    """Identities of all features, each once, in order."""
    (what,) = service.files.values()
    found = [identity(each, page.head) for page in pages_of(client, service, what, BOX) for each in page.features]
    return list(dict.fromkeys(found))


def refused(client: Client, service: Service) -> str:
    with pytest.raises(SourceChanged) as caught:
        names(client, service)
    return str(caught.value)


# --- OGC API Features ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [0, 1, 999, 1000, 1001, 2500])
def test_an_ogc_api_gives_every_feature_over_its_pages(
    replay: Replay, make_client: MakeClient, make_service: MakeService, number: int
):
    service = make_service("ogc_api", serve_ogc_api(replay, "/ogc", points(number)), {"a.geojson": "dingen"})

    assert sorted(names(make_client(), service)) == sorted(each["id"] for each in points(number))
    assert replay.log[0].query["crs"].endswith("/28992")
    assert replay.log[0].query["bbox"] == "180000,456000,182000,458000"


def test_an_ogc_api_that_breaks_off_in_silence_is_asked_in_quarters(
    replay: Replay, make_client: MakeClient, make_service: MakeService
):
    address = serve_ogc_api(replay, "/ogc", points(2500), silent=True)

    found = names(make_client(), make_service("ogc_api", address, {"a.geojson": "dingen"}))

    assert sorted(found) == sorted(each["id"] for each in points(2500))
    assert len(replay.log) > 4


def test_an_ogc_api_that_counts_more_than_it_gives_is_asked_in_quarters(
    replay: Replay, make_client: MakeClient, make_service: MakeService
):
    address = serve_ogc_api(replay, "/ogc", points(900), cap=299, silent=True)
    finder = Finder(points(900))
    capped = replay.routes["/ogc/collections/dingen/items"]

    def counted(asked):
        matched = len(finder.within(asked.query["bbox"]))
        return as_json(json.loads(capped(asked).body) | {"numberMatched": matched})

    replay.routes["/ogc/collections/dingen/items"] = counted
    found = names(make_client(), make_service("ogc_api", address, {"a.geojson": "dingen"}))

    assert sorted(found) == sorted(each["id"] for each in points(900))


def test_a_next_page_at_another_host_is_refused(replay: Replay, make_client: MakeClient, make_service: MakeService):
    link = {"rel": "next", "href": "http://192.0.2.1/items"}
    replay.serve("/ogc/collections/d/items", {"type": "FeatureCollection", "features": points(2), "links": [link]})

    service = make_service("ogc_api", f"{replay.url}/ogc", {"a.geojson": "d"})

    assert "another host (192.0.2.1)" in refused(make_client(), service)


def test_next_links_in_a_circle_are_noticed(replay: Replay, make_client: MakeClient, make_service: MakeService):
    link = {"rel": "next", "href": "items?cursor=1"}
    replay.serve("/ogc/collections/d/items", {"type": "FeatureCollection", "features": points(2), "links": [link]})

    service = make_service("ogc_api", f"{replay.url}/ogc", {"a.geojson": "d"})

    assert "the same page twice" in refused(make_client(), service)


# --- WFS -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("matched", [True, False])
@pytest.mark.parametrize("number", [0, 999, 1000, 2500])
def test_a_wfs_gives_every_feature_over_its_pages(
    replay: Replay, make_client: MakeClient, make_service: MakeService, number: int, matched: bool
):
    address = serve_wfs(replay, "/wfs", {"a:dingen": points(number)}, matched=matched)

    found = names(make_client(), make_service("wfs", address, {"a.geojson": "a:dingen"}))

    assert found == [each["id"] for each in points(number)]


def test_a_cap_below_the_page_asked_for_loses_nothing(
    replay: Replay, make_client: MakeClient, make_service: MakeService
):
    address = serve_wfs(replay, "/wfs", {"a:dingen": points(2500)}, cap=1000, matched=False)

    found = names(make_client(), make_service("wfs", address, {"a.geojson": "a:dingen"}, page_size=5000))

    assert len(found) == 2500


def test_more_than_paging_can_reach_is_asked_in_quarters(
    replay: Replay, make_client: MakeClient, make_service: MakeService
):
    address = serve_wfs(replay, "/wfs", {"a:dingen": points(2500)}, cap=300)

    service = make_service("wfs", address, {"a.geojson": "a:dingen"}, page_size=300, cap=1000)
    found = names(make_client(), service)

    assert sorted(found) == sorted(each["id"] for each in points(2500))
    assert max(int(each.query["startIndex"]) for each in replay.log) < 1000


def test_a_start_index_that_is_ignored_is_noticed_and_the_remedy_named(
    replay: Replay, make_client: MakeClient, make_service: MakeService
):
    replay.serve("/wfs", {"type": "FeatureCollection", "features": points(1000)})

    words = refused(make_client(), make_service("wfs", f"{replay.url}/wfs", {"a.geojson": "d"}))

    assert "the same page twice" in words
    assert "tiles: true" in words


def test_a_geoserver_is_asked_per_tile_by_bbox_alone(
    replay: Replay, make_client: MakeClient, make_service: MakeService
):
    address = serve_wfs(replay, "/wfs", {"a:dingen": points(2500)}, cap=400, matched=False)

    found = names(make_client(), make_service("wfs", address, {"a.geojson": "a:dingen"}, tiles=True, page_size=400))

    assert sorted(found) == sorted(each["id"] for each in points(2500))
    assert {("cql_filter" in each.query, "startIndex" in each.query) for each in replay.log} == {(False, False)}


def test_a_tile_that_stays_full_is_given_up(replay: Replay, make_client: MakeClient, make_service: MakeService):
    stacked = [feature(f"d.{index}", shapely.Point(180_000, 456_000)) for index in range(12)]
    address = serve_wfs(replay, "/wfs", {"d": stacked}, cap=10, matched=False)

    words = refused(make_client(), make_service("wfs", address, {"a.geojson": "d"}, tiles=True, page_size=10))

    assert "within 10 m" in words


def test_features_promised_and_not_given_are_missed(replay: Replay, make_client: MakeClient, make_service: MakeService):
    def short(asked):
        features = points(10) if asked.query["startIndex"] == "0" else []
        return as_json({"type": "FeatureCollection", "features": features, "numberMatched": 12})

    replay.routes["/wfs"] = short

    words = refused(make_client(), make_service("wfs", f"{replay.url}/wfs", {"a.geojson": "d"}))

    assert "promises 12 features and stops after 10" in words


def test_a_count_that_lies_is_given_up_before_long(replay: Replay, make_client: MakeClient, make_service: MakeService):
    replay.serve("/wfs", {"type": "FeatureCollection", "features": [], "numberMatched": 10**9})

    words = refused(make_client(), make_service("wfs", f"{replay.url}/wfs", {"a.geojson": "d"}))

    assert "no more than part" in words
    assert len(replay.log) < 12


def test_ids_that_are_made_up_per_request_do_not_double_features():
    first = feature("d.fid-1a2b", shapely.Point(1, 2), naam="a")
    second = feature("d.fid-9z8y", shapely.Point(1, 2), naam="a")
    other = feature("d.fid-9z8y", shapely.Point(1, 3), naam="a")

    assert identity(first, {}) == identity(second, {}) != identity(other, {})


# --- ArcGIS ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("tiles", "broken"), [(False, False), (True, True)])
def test_an_arcgis_service_gives_every_feature_by_page_or_by_tile(
    replay: Replay, make_client: MakeClient, make_service: MakeService, tiles: bool, broken: bool
):
    address = serve_arcgis(replay, "/arcgis", points(2500), cap=300, broken=broken)

    service = make_service("arcgis", address, {"a.json": "112"}, tiles=tiles, page_size=2000)
    found = names(make_client(), service)

    assert sorted(map(int, found)) == list(range(1, 2501))


def test_an_offset_that_is_ignored_is_noticed(replay: Replay, make_client: MakeClient, make_service: MakeService):
    address = serve_arcgis(replay, "/arcgis", points(2500), cap=300, broken=True)

    words = refused(make_client(), make_service("arcgis", address, {"a.json": "112"}))

    assert "the same page twice" in words


def test_an_error_under_status_200_is_an_error(replay: Replay, make_client: MakeClient, make_service: MakeService):
    replay.serve("/arcgis/112/query", {"error": {"code": 400, "message": "Invalid field"}})

    words = refused(make_client(), make_service("arcgis", f"{replay.url}/arcgis", {"a.json": "112"}))

    assert "Invalid field" in words


# --- answers of another shape ----------------------------------------------------------------------------------------

DEGREES = feature("d.1", shapely.Point(5.4, 52.1))


@pytest.mark.parametrize(
    ("kind", "content", "words"),
    [
        ("wfs", [], "Expected 'features'; found list"),
        ("wfs", {"items": [], "total": 2}, "Expected 'features'; found items, total"),
        ("wfs", {"features": {}}, "Expected 'features'"),
        ("wfs", {"features": [1]}, "Expected 'properties' in each feature; found int"),
        ("wfs", {"features": [{"properties": None}]}, "Expected 'properties' in each feature"),
        ("wfs", {"features": []}, "'type': 'FeatureCollection'"),
        ("wfs", {"type": "FeatureCollection", "features": [DEGREES]}, "in degrees"),
        ("wfs", {"type": "FeatureCollection", "features": [], "crs": "EPSG:4326"}, "not in RD New"),
        ("ogc_api", {"type": "FeatureCollection", "features": [{"properties": {"b": 1}}]}, "field 'naam'"),
        ("arcgis", {"features": [{"attributes": {"naam": 1}}], "spatialReference": {"wkid": 4326}}, "spatialReference"),
        ("arcgis", {"features": [{"attributes": {"naam": 1}}], "spatialReference": 4}, "spatialReference"),
    ],
)
def test_a_changed_shape_is_refused_saying_what_was_expected_and_found(
    replay: Replay, make_client: MakeClient, make_service: MakeService, kind: str, content: Any, words: str
):
    for path in ("/s", "/s/collections/d/items", "/s/d/query"):
        replay.serve(path, content)
    fields = ["naam"] if kind != "wfs" else []

    found = refused(make_client(), make_service(kind, f"{replay.url}/s", {"a.geojson": "d"}, fields=fields))

    assert words in found
