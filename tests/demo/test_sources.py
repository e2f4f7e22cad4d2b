"""The files of the demo town: the sources' own formats, the same bytes each time, and a truth that agrees with them."""

import csv
import hashlib
import json
import os
import sqlite3
import subprocess
import sys
from collections import Counter
from itertools import chain
from pathlib import Path

import geopandas as gpd
import pyogrio
import pytest
from lxml import etree

from laadplan.demo.figures import figures_of
from laadplan.demo.joining import FIXED_DATE
from laadplan.demo.model import Quarter, Town
from laadplan.demo.sources import write_demo
from laadplan.errors import ConfigError
from laadplan.ingest import bgt
from laadplan.ingest.addresses import read_addresses
from laadplan.ingest.car_stock import read_vehicles
from laadplan.ingest.cbs import read_buurten
from laadplan.ingest.charge_points import read_charge_points
from laadplan.ingest.tree_register import read_trees

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("demo-room")]

IMGEO = "{http://www.geostandaarden.nl/imgeo/2.1}"
GML = "{http://www.opengis.net/gml}"
EMPTY_BYTES = 400
"""A GML file without objects is smaller than this."""

WRITE = (
    "import sys, pathlib; from laadplan.demo.sources import write_demo\n"
    "if __name__ == '__main__': write_demo(pathlib.Path(sys.argv[1]), 1000, 5, processes=int(sys.argv[2]))"
)


def fingerprints(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def members(folder: Path, layer: str) -> list[etree._Element]:
    return [member[0] for member in etree.parse(folder / "bgt" / f"bgt_{layer}.gml").getroot()]


def current(folder: Path, layer: str) -> list[etree._Element]:
    return [
        item
        for item in members(folder, layer)
        if item.find(f"{IMGEO}eindRegistratie") is None
        and "plan" not in (item.findtext(f"{IMGEO}bgt-status"), item.findtext(f"{IMGEO}plus-status"))
    ]


def truth(folder: Path) -> dict:
    return json.loads((folder / "waarheid.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def twins(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The same small town, written at the same time by one process and by two, which hash differently."""
    folder = tmp_path_factory.mktemp("twins")
    script = folder / "write.py"
    script.write_text(WRITE, encoding="utf-8")
    runs = [
        subprocess.Popen(
            [sys.executable, str(script), str(folder / count), count], env=os.environ | {"PYTHONHASHSEED": count}
        )
        for count in ("1", "2")
    ]
    assert [run.wait() for run in runs] == [0, 0]
    return folder / "1", folder / "2"


def test_one_process_and_two_write_the_same_bytes(twins: tuple[Path, Path]) -> None:
    assert fingerprints(twins[0]) == fingerprints(twins[1])
    assert len(fingerprints(twins[0])) == 48


def test_another_seed_changes_every_source_and_replaces_the_files(twins: tuple[Path, Path], tmp_path: Path) -> None:
    kept = tmp_path / "mijn.txt"
    kept.write_text("blijft", encoding="utf-8")
    paths = write_demo(tmp_path, 1000, 6, force=True)
    one, other = fingerprints(twins[0]), fingerprints(tmp_path)
    assert [path.relative_to(tmp_path) for path in paths] == [Path(name) for name in one]
    assert all(one[name] != other[name] for name in one if (tmp_path / name).stat().st_size > EMPTY_BYTES)
    write_demo(tmp_path, 1000, 5, force=True)
    assert fingerprints(tmp_path) == one | {"mijn.txt": hashlib.sha256(kept.read_bytes()).hexdigest()}


def test_a_folder_that_holds_something_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mijn.txt").write_text("blijft", encoding="utf-8")
    with pytest.raises(ConfigError, match="not empty"):
        write_demo(tmp_path, 1000, 1)
    assert [path.name for path in tmp_path.iterdir()] == ["mijn.txt"]


def test_a_town_larger_than_the_disk_is_refused_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _: type("Usage", (), {"free": 5_000_000})())
    with pytest.raises(ConfigError, match="needs about 9 MB"):
        write_demo(tmp_path / "town", 1000, 1)
    assert list(tmp_path.iterdir()) == []


def test_progress_counts_all_quarters_and_what_lies_beside_is_written_too(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    paths = write_demo(
        tmp_path / "town",
        1000,
        1,
        beside={"laadplan.yaml": "schema: 1\n"},
        progress=lambda done, total: told.append((done, total)),
    )
    assert told == [(done, len(told)) for done in range(1, len(told) + 1)]
    assert (tmp_path / "town" / "laadplan.yaml") in paths
    assert (tmp_path / "town" / "laadplan.yaml").read_bytes() == b"schema: 1\n"


def test_truth_counts_what_the_gml_holds(folder: Path) -> None:
    counts = truth(folder)["aantallen"]
    for path in sorted((folder / "bgt").glob("*.gml")):
        layer = path.stem.removeprefix("bgt_")
        assert counts[layer] == len(current(folder, layer)), layer


def test_truth_names_the_strips_of_the_gml(folder: Path) -> None:
    planted = truth(folder)
    roads = [item for item in current(folder, "wegdeel") if item.findtext("{*}function") == "parkeervlak"]
    strips = planted["parkeerstroken"]
    assert {item.findtext(f".//{IMGEO}lokaalID") for item in roads} == {strip["lokaalID"] for strip in strips}
    assert sum(planted["aantallen"]["vakken"].values()) == sum(strip["aantal_vakken"] for strip in strips)
    assert {strip["richting"] for strip in strips} == set(planted["aantallen"]["vakken"])
    assert planted["uitleg"].startswith("Verzonnen")


def test_truth_names_the_dwellings_of_the_bag(folder: Path) -> None:
    units = pyogrio.read_dataframe(folder / "bag-light.gpkg", layer="verblijfsobject", read_geometry=False)
    homes = units.loc[units["gebruiksdoel"].str.contains("woonfunctie"), "nummeraanduiding_hoofdadres_identificatie"]
    planted = truth(folder)
    assert {identifier for identifier, _ in planted["woningen_met_eigen_oprit"]} == set(homes)
    assert planted["aantallen"]["woningen"] == len(homes)
    assert planted["aantallen"]["adressen"] == len(units)


def test_truth_states_the_demand_of_every_buurt(quarters: list[Quarter], folder: Path) -> None:
    demand = truth(folder)["vraag_per_buurt"]
    assert set(demand) == {quarter.cell.code for quarter in quarters}
    for quarter in quarters:
        known = demand[quarter.cell.code]
        assert (known["elektrische_autos_2030"] > known["elektrische_autos_2025"]) == (quarter.dwellings > 0)


def test_gml_holds_the_traps_of_a_real_delivery(folder: Path) -> None:
    roads = members(folder, "wegdeel")
    ids = Counter(item.findtext(f".//{IMGEO}lokaalID") for item in roads)
    assert max(ids.values()) == 2
    assert any(item.find("{*}terminationDate") is not None for item in roads)
    assert any(item.findtext(f"{IMGEO}bgt-status") == "plan" for item in roads)
    assert any(item.findtext(f"{IMGEO}relatieveHoogteligging") == "1" for item in roads)
    assert any(item.find(f".//{GML}Arc") is not None for item in current(folder, "wegdeel"))
    assert any(item.find(f".//{GML}interior") is not None for item in current(folder, "onbegroeidterreindeel"))
    assert members(folder, "spoor") == []


def test_building_is_a_multisurface_with_a_label_beside_it(folder: Path) -> None:
    found = current(folder, "pand")
    shapes = [item.find(f"{IMGEO}geometrie2dGrondvlak") for item in found]
    labelled = [item for item in found if item.find(f"{IMGEO}nummeraanduidingreeks") is not None]
    assert all(shape[0].tag == f"{GML}MultiSurface" for shape in shapes)
    assert not any(item.get("srsName") for shape in shapes for item in shape.iter())
    assert labelled
    assert all(item.find(f".//{IMGEO}positie//{GML}pos") is not None for item in labelled)


def test_every_other_shape_names_rd_new(folder: Path) -> None:
    for layer in ("wegdeel", "ondersteunendwegdeel", "begroeidterreindeel", "onbegroeidterreindeel", "waterdeel"):
        shapes = chain.from_iterable(item.iter(f"{GML}Polygon") for item in members(folder, layer))
        assert {shape.get("srsName") for shape in shapes} == {"urn:ogc:def:crs:EPSG::28992"}


def test_our_readers_find_the_planted_town(quarters: list[Quarter], town: Town, folder: Path) -> None:
    roads = bgt.read_road_parts(folder / "bgt")
    planted = {
        surface.local_id: surface.polygon.area
        for surface in chain.from_iterable(quarter.surfaces for quarter in quarters)
        if surface.layer == "wegdeel"
    }
    assert set(roads.index) == set(planted)
    assert roads.geometry.is_valid.all()
    assert roads.geometry.area.sum() == pytest.approx(sum(planted.values()), rel=1e-3)
    assert len(bgt.read_trees(folder / "bgt")) == sum(len(quarter.trees) for quarter in quarters)
    addresses = read_addresses(folder / "bag-light.gpkg", layer="verblijfsobject")
    assert len(addresses) == sum(len(quarter.addresses) for quarter in quarters)
    assert addresses["nummeraanduiding_id"].notna().all()
    buurten = read_buurten(folder / "cbs_buurten.gpkg", layer="buurten")
    assert set(buurten.index) == {cell.code for cell in town.cells}
    homes = {str(quarter.cell.pc4) for quarter in quarters if figures_of(quarter).households}
    assert set(read_vehicles(folder / "autos_pc4.csv").index) == homes


def test_charge_points_lie_where_they_were_planted(quarters: list[Quarter], folder: Path) -> None:
    locations = json.loads((folder / "laadpunten_ocpi.json").read_text(encoding="utf-8"))
    read = read_charge_points(folder / "laadpunten_ocpi.json")
    poles = [pole.point for quarter in quarters for pole in quarter.poles]
    planted = gpd.GeoSeries(poles, crs=28992)
    assert len(read) == len(poles)
    assert all(isinstance(place, str) for location in locations for place in location["coordinates"].values())
    assert all(len(location["evses"]) == 2 for location in locations)
    assert (read.geometry.reset_index(drop=True).distance(planted) < 0.05).all()


def test_buurten_tile_the_municipality_and_hold_secret_figures(town: Town, folder: Path) -> None:
    areas = pyogrio.read_dataframe(folder / "cbs_buurten.gpkg", layer="buurten")
    assert (areas["personenautos_totaal"] == -99997).any()
    assert (areas == -99995).any().any()
    assert areas.geometry.area.sum() == pytest.approx(sum(cell.polygon.area for cell in town.cells), rel=1e-6)


def test_tree_register_lacks_some_trees_and_diameters(quarters: list[Quarter], folder: Path) -> None:
    planted = sum(len(quarter.trees) for quarter in quarters)
    with (folder / "bomen.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream, delimiter=";"))
    assert 0.9 * planted < len(rows) < planted
    assert any(row["Stamdiameter_cm"] == "" for row in rows)
    assert len(read_trees(folder / "bomen.csv")) == len(rows)


def test_geopackages_have_a_fixed_date_and_a_spatial_index(folder: Path) -> None:
    for name in ("bag-light.gpkg", "cbs_buurten.gpkg", "elektriciteitsnet.gpkg"):
        with sqlite3.connect(folder / name) as database:
            dates = {row[0] for row in database.execute("SELECT last_change FROM gpkg_contents")}
            indexed = {row[0] for row in database.execute("SELECT table_name FROM gpkg_extensions")}
            layers = {row[0] for row in database.execute("SELECT table_name FROM gpkg_contents")}
        assert dates == {FIXED_DATE}
        assert indexed >= layers
        assert layers == {layer for layer, _ in pyogrio.list_layers(folder / name)}


def test_the_grid_lies_in_the_layers_of_the_grid_operator(quarters: list[Quarter], folder: Path) -> None:
    planted = sum(cable.line.length for quarter in quarters for cable in quarter.grid.cables if cable.voltage_v == 400)
    cables = pyogrio.read_dataframe(folder / "elektriciteitsnet.gpkg", layer="laagspanningskabels")
    assert cables.geometry.length.sum() == pytest.approx(planted, rel=1e-9)
    assert cables["id"].is_unique
