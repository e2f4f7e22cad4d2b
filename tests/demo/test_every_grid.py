"""The demo town's grid in every format gives the same grid, read back."""

import hashlib

import pytest
import shapely
from geopandas.testing import assert_geodataframe_equal

from laadplan.contracts.quality import Quality
from laadplan.demo.every_grid import FORMS
from laadplan.demo.every_grid_capacity import feeding_areas
from laadplan.demo.grid import CABINET, STATION
from laadplan.demo.klic import main_id
from laadplan.demo.plan import make_plan
from laadplan.demo.whole import make_whole
from laadplan.ingest.cables import join_cables, join_points, read_cables, read_grid_points
from laadplan.ingest.grid_areas import read_grid_areas
from laadplan.ingest.grid_capacity import read_grid_capacity

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("every-grid")]

CLASSES = ("ruim", "beperkt", "vol", "vol")


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    return make_whole(make_plan(1_000, 1), tmp_path_factory.mktemp("main"))


def write(whole, folder):
    for name, form in FORMS.items():
        target = folder / name.partition("/")[0]
        target.mkdir(parents=True, exist_ok=True)
        form(whole, target)
    return folder


@pytest.fixture(scope="module")
def every(whole, tmp_path_factory):
    return write(whole, tmp_path_factory.mktemp("every"))


@pytest.fixture(scope="module")
def cables(whole):
    return {cable.local_id: cable for quarter in whole.quarters for cable in quarter.grid.cables}


def places(whole, kind):
    return sorted(
        place.local_id for quarter in whole.quarters for place in quarter.grid.installations if place.kind == kind
    )


def test_two_klic_deliveries_that_overlap_give_the_cables_of_the_model_once(every, cables):
    quality = Quality()

    found = read_cables(every / "klic", quality=quality)

    main = found[(found["use"] == "net") & (found["status"] == "in gebruik")]
    assert set(main.index) == {main_id(cable) for cable in cables.values()}
    wrong = [each for each in cables.values() if abs(main.length[main_id(each)] - each.line.length) > 0.03]
    assert wrong == []
    known = main["voltage_v"].dropna()
    assert 0 < main["voltage_v"].isna().sum() < len(main) / 5
    assert all(known[main_id(each)] == each.voltage_v for each in cables.values() if main_id(each) in known)
    dropped = quality.summary()["dropped"]
    assert (quality.findings, dropped["geen kabel (Kabelbed, Duct of Mantelbuis)"] >= len(cables)) == ([], True)


def test_dead_cables_and_lighting_are_told_from_the_net(every):
    found = read_cables(every / "klic")

    assert set(found.loc[found["use"] == "openbare verlichting", "operator_kind"]) == {"gemeente"}
    assert (found["status"] == "buiten gebruik").any()


def test_points_of_klic_are_those_of_the_model(whole, every):
    found = read_grid_points(every / "klic")

    connections = found[(found["kind"] == "huisaansluiting") & (found["theme"] == "laagspanning")]
    assert len(connections) == sum(len(quarter.addresses) for quarter in whole.quarters)
    assert (found["kind"] == "station").sum() == len(places(whole, STATION))
    assert (found["kind"] == "kast").sum() == len(places(whole, CABINET))


def test_a_dig_notice_is_told(every):
    quality = Quality()

    read_cables(every / "klic-graafmelding", quality=quality)

    assert quality.findings[0].startswith("KLIC delivery 26G990003 is of a graafmelding")


@pytest.mark.parametrize(("source", "prefix"), [("liander", ""), ("enexis", "asm_e_{}_map_cable."), ("stedin", "")])
def test_open_data_gives_the_cables_of_the_model(every, cables, source, prefix):
    found = read_cables(every / source)

    main = found[found["use"] == "net"]
    expected = {prefix.format("lv" if each.voltage_v == 400 else "mv") + each.local_id for each in cables.values()}
    assert abs(main.length.sum() - sum(each.line.length for each in cables.values())) < 1
    assert len(main) == len(cables)
    assert source == "stedin" or set(main.index) == expected
    assert set(main["voltage_level"]) == {"laagspanning", "middenspanning"}


def test_points_of_open_data_are_those_of_the_model(whole, every):
    liander, enexis = read_grid_points(every / "liander"), read_grid_points(every / "enexis")

    assert sorted(liander.index[liander["kind"] == "station"]) == places(whole, STATION)
    assert sorted(liander.index[liander["kind"] == "kast"]) == places(whole, CABINET)
    assert (enexis["kind"] == "huisaansluiting").sum() == sum(len(quarter.addresses) for quarter in whole.quarters)
    assert len(read_grid_points(every / "stedin")) == len(places(whole, STATION))


def test_the_order_in_which_sources_are_named_does_not_matter(every):
    points = [read_grid_points(every / name) for name in ("liander", "klic", "klic-graafmelding")]
    cables = [read_cables(every / name) for name in ("liander", "klic", "klic-graafmelding")]

    assert_geodataframe_equal(join_points(points), join_points(points[::-1]))
    assert_geodataframe_equal(join_cables(cables), join_cables(cables[::-1]))


def test_klic_and_open_data_together_count_every_cable_once(every, cables):
    found = read_cables([every / "klic", every / "liander"])

    main = found[(found["use"] == "net") & (found["status"] != "buiten gebruik")]
    assert abs(main.length.sum() - sum(each.line.length for each in cables.values())) < 1


def test_capacity_is_the_same_in_every_format(whole, every):
    folder = {name: sorted((every / f"netcapaciteit-{name}").iterdir()) for name in ("csv", "arcgis", "im", "eigen")}
    columns = {"station": "Stationsnummer", "offtake": "Ruimte", "covers": "Voor"}
    words = {"offtake": {"ja": "ruim", "mondjesmaat": "beperkt", "nee": "vol"}, "covers": {"klein": "kleinverbruik"}}

    table = read_grid_capacity(folder["csv"])
    shapes = read_grid_capacity(folder["arcgis"])
    exchange = read_grid_capacity(folder["im"])
    own = read_grid_capacity(folder["eigen"], columns=columns, values=words)

    for area in feeding_areas(whole):
        expected = (CLASSES[area.offtake], CLASSES[area.feed_in])
        codes = [f"postcode:{code}" for code in area.postcodes]
        assert {*table.loc[codes[:-1], ["offtake", "feed_in"]].itertuples(index=False, name=None)} == {expected}
        assert tuple(table.loc[codes[-1], ["offtake", "feed_in"]]) == ("onbekend", "onbekend")
        assert {*exchange.loc[codes, ["offtake", "feed_in"]].itertuples(index=False, name=None)} == {expected}
        assert tuple(shapes.loc[f"voedingsgebied:{area.code}", ["offtake", "feed_in"]]) == expected
        assert set(own.loc[[f"station:{code}" for code in area.stations], "offtake"]) == {expected[0]}
    assert set(own["covers"]) == {"kleinverbruik"}
    assert len(shapes) == len(feeding_areas(whole))


def test_feeding_areas_cover_the_town(whole, every):
    found = read_grid_areas(sorted((every / "netcapaciteit-arcgis").iterdir()))

    ground = shapely.union_all([cell.polygon for cell in whole.town.cells])
    assert abs(found.area.sum() - ground.area) < 1e-4 * ground.area


def test_equal_towns_give_equal_bytes(whole, every, tmp_path):
    again = write(whole, tmp_path)

    def digests(folder):
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}

    assert digests(again) == digests(every)
