"""The walking network, signs and decrees of one town in every format: what is read back is the same."""

import pandas as pd
import pytest

from laadplan.contracts.quality import Quality
from laadplan.demo.every_network import FORMS
from laadplan.demo.plan import make_plan
from laadplan.demo.sources import write_demo
from laadplan.demo.whole import make_whole
from laadplan.ingest.bgt import read_road_parts
from laadplan.ingest.decrees import read_decree_places, read_decrees
from laadplan.ingest.signs import read_signs
from laadplan.ingest.walking import read_walking, walk_from_road_parts

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("every-network")]

INHABITANTS, SEED = 1000, 1


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    main = tmp_path_factory.mktemp("network") / "main"
    write_demo(main, INHABITANTS, SEED, processes=1)
    return make_whole(make_plan(INHABITANTS, SEED), main)


@pytest.fixture(scope="module")
def folder(whole, tmp_path_factory):
    return write_forms(whole, tmp_path_factory.mktemp("every"))


def write_forms(whole, folder):
    for name, form in FORMS.items():
        target = folder / name.partition("/")[0]
        target.mkdir(exist_ok=True)
        form(whole, target)
    return folder


def test_equal_towns_give_equal_bytes(whole, folder, tmp_path):
    again = write_forms(whole, tmp_path)

    files = sorted(each.relative_to(folder) for each in folder.rglob("*") if each.is_file())
    assert files == sorted(each.relative_to(again) for each in again.rglob("*") if each.is_file())
    assert [name for name in files if (folder / name).read_bytes() != (again / name).read_bytes()] == []


@pytest.mark.parametrize("name", ["lopen.osm.pbf", "lopen_overpass.json"])
def test_the_network_is_that_of_the_main_form(whole, folder, name):
    quality = Quality()
    nodes, edges = read_walking(whole.main / "lopen.osm")

    found = read_walking(folder / "walking" / name, quality=quality)

    pd.testing.assert_frame_equal(found[0], nodes)
    pd.testing.assert_frame_equal(found[1], edges)
    assert quality.skipped == {"niet voor voetgangers": 2}


def test_the_nwb_has_the_streets_and_no_footpaths(whole, folder):
    edges = read_walking(whole.main / "lopen.osm")[1]
    quality = Quality()

    sections = read_walking(folder / "walking" / "nwb_wegvakken.geojson", quality=quality)[1]

    streets = edges[edges["kind"] != "voetpad"]
    assert sections["length_m"].sum() == pytest.approx(streets["length_m"].sum(), rel=1e-4)
    assert set(sections["name"]) == set(streets["name"])
    assert quality.skipped == {"niet voor voetgangers": 1}


def test_the_network_of_the_bgt_covers_that_of_openstreetmap(whole):
    nodes = read_walking(whole.main / "lopen.osm")[0]

    junctions, edges = walk_from_road_parts(read_road_parts(whole.main / "bgt"))

    lines = edges.geometry.union_all()
    assert nodes.distance(lines).quantile(0.95) < 8
    assert junctions.index.isin(edges["from_node"]).sum() + junctions.index.isin(edges["to_node"]).sum() > len(
        junctions
    )


def test_the_signs_are_the_same_in_every_form(whole, folder):
    files = ["borden_v3.json", "borden_v4.geojson", "borden_rd.geojson.gz", "borden.csv"]

    found = [read_signs(folder / "signs" / name) for name in files]

    regimes = [regime for quarter in whole.quarters for strip in quarter.strips for regime in strip.regimes]
    poles = sum(len(quarter.poles) for quarter in whole.quarters)
    counts = found[0]["meaning"].value_counts()
    assert (counts["elektrisch laden"], counts["gpp"], counts["laden en lossen"]) == (
        poles,
        regimes.count("gpp"),
        regimes.count("laden en lossen") + 1,
    )
    for other in found[1:]:
        same = ["rvv_code", "meaning", "texts", "street", "road_section_id"]
        pd.testing.assert_frame_equal(pd.DataFrame(other[same]), pd.DataFrame(found[0][same]))
        assert other.distance(found[0].geometry).max() < 0.02


def test_the_decrees_are_the_same_in_both_forms_and_lie_at_the_poles(whole, folder):
    quality = Quality()
    decrees = read_decrees(folder / "decrees" / "json", quality=quality)
    places = read_decree_places(folder / "decrees" / "xml")

    poles = [pole.point for quarter in whole.quarters for pole in quarter.poles]
    pd.testing.assert_frame_equal(read_decrees(folder / "decrees" / "xml"), decrees)
    assert len(decrees) == len(poles)
    assert decrees["place_count"].sum() == len(places)
    assert max(min(place.distance(pole) for pole in poles) for place in places.geometry) < 0.05
    assert not [finding for finding in quality.findings if "not fetched" in finding]
