"""The demo town's BGT in every other form is the same BGT."""

import pytest
import shapely

from laadplan.contracts.quality import Quality
from laadplan.demo.every_ground import FORMS
from laadplan.demo.plan import make_plan
from laadplan.demo.records import is_current, records
from laadplan.demo.whole import make_whole
from laadplan.ingest.bgt import read_buildings, read_obstacles, read_road_parts, read_terrain, read_trees

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("every-ground")]

READERS = {"wegdeel": read_road_parts, "pand": read_buildings, "vegetatieobject": read_trees}
TERRAIN = {
    "begroeid": "begroeidterreindeel",
    "onbegroeid": "onbegroeidterreindeel",
    "ondersteunend": "ondersteunendwegdeel",
    "water": "waterdeel",
}
PLACES = {"bgt/2015": "2015", "bgt/geopackage": "bgt.gpkg", "bgt/sqlite": "sqlite", "bgt/ogc": "ogc"}


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    return make_whole(make_plan(1000, 1, "Demodorp"), tmp_path_factory.mktemp("main"))


@pytest.fixture(scope="module")
def written(whole, tmp_path_factory):
    folder = tmp_path_factory.mktemp("every")
    for form in FORMS.values():
        form(whole, folder)
    return folder


def shown(whole, layer):
    """What the town has today, by id; a building that is planned by its plus-status alone is kept."""
    every = [each for quarter in whole.quarters for each in records(quarter, layer)]
    return {each.local_id: each for each in every if is_current(each) or (layer == "pand" and not each.ended)}


@pytest.mark.parametrize("place", PLACES.values())
def test_each_form_gives_the_objects_of_today_with_their_shapes(whole, written, place):
    for layer, read in READERS.items():
        quality = Quality()
        found = read(written / place, quality=quality)
        expected = shown(whole, layer)
        assert set(found.index) == set(expected), (place, layer)
        shapes = [expected[label].shape for label in found.index]
        assert (shapely.hausdorff_distance(found.geometry.to_numpy(), shapes) < 0.3).all()
        if layer == "pand":
            assert set(found["status"]) == {"bestaand", "plan"}
            assert quality.facts["planned by plus-status alone, kept with status plan"] > 0
        has_history = place != "sqlite"
        assert any("historie" in rule for rule in quality.dropped) == has_history
        assert quality.read == len(found) + sum(len(ids) for ids in quality.dropped.values())


@pytest.mark.parametrize("place", PLACES.values())
def test_each_form_gives_the_properties(whole, written, place):
    roads, terrain = read_road_parts(written / place), read_terrain(written / place)

    expected = shown(whole, "wegdeel")
    assert roads["function"].to_dict() == {label: each.code for label, each in expected.items()}
    assert roads["material"].to_dict() == {label: each.material for label, each in expected.items()}
    assert roads["level"].to_dict() == {label: each.level for label, each in expected.items()}
    for kind, layer in TERRAIN.items():
        covers = terrain[terrain["kind"] == kind]["cover"].to_dict()
        assert covers == {label: each.code for label, each in shown(whole, layer).items()}


def test_pages_share_features_that_are_counted_once(whole, written):
    quality = Quality()

    read_road_parts(written / "ogc", quality=quality)

    pages = len(list((written / "ogc").glob("wegdeel_*.json")))
    doubles = quality.dropped.get("dubbel geleverd (zelfde object en versie)", [])
    assert len(doubles) == 3 * (pages - 1)


def test_obstacles_are_read_with_what_they_are(written):
    quality = Quality()

    found = read_obstacles(written / "obstakels", quality=quality)

    posts = found[found["kind"] == "paal"]
    assert (len(posts) > 20, set(posts["type"]), set(posts.geom_type)) == (True, {"lichtmast"}, {"Point"})
    fences = found[found["kind"] == "scheiding"]
    assert (set(fences["type"]), set(fences.geom_type)) == ({"hek"}, {"LineString"})
    assert quality.facts["mast"] == 0
    assert len(quality.dropped["historie (eindRegistratie gevuld)"]) > 0
    assert "weginrichtingselement" in quality.findings[0]


def test_equal_towns_give_equal_bytes(whole, written, tmp_path):
    for form in FORMS.values():
        form(whole, tmp_path)

    files = sorted(path.relative_to(written) for path in written.rglob("*") if path.is_file())
    assert len(files) > 20
    assert all((tmp_path / each).read_bytes() == (written / each).read_bytes() for each in files)
