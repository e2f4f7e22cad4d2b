"""The files of the demo town: the sources' own formats, the same bytes each time, and a truth that agrees with them."""

import csv
import hashlib
import json
import os
import subprocess
import sys
from collections import Counter
from itertools import chain
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
from lxml import etree

from laadplan.demo.model import Town
from laadplan.demo.records import is_current, records
from laadplan.demo.sources import write_demo
from laadplan.ingest import bgt
from laadplan.ingest.addresses import read_addresses
from laadplan.ingest.car_stock import read_vehicles
from laadplan.ingest.cbs import read_buurten
from laadplan.ingest.charge_points import read_charge_points
from laadplan.ingest.tree_register import read_trees

pytestmark = pytest.mark.slow

IMGEO = "{http://www.geostandaarden.nl/imgeo/2.1}"
GML = "{http://www.opengis.net/gml}"
EMPTY_BYTES = 400
"""A GML file without objects is smaller than this."""

WRITE = (
    "import sys, pathlib; from laadplan.demo.sources import write_demo; write_demo(pathlib.Path(sys.argv[1]), 300, 5)"
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
    """The same small town, written at the same time by two processes that hash differently."""
    folder = tmp_path_factory.mktemp("twins")
    runs = [
        subprocess.Popen([sys.executable, "-c", WRITE, str(folder / seed)], env=os.environ | {"PYTHONHASHSEED": seed})
        for seed in ("1", "2")
    ]
    assert [run.wait() for run in runs] == [0, 0]
    return folder / "1", folder / "2"


def test_two_processes_write_the_same_bytes(twins: tuple[Path, Path]) -> None:
    assert fingerprints(twins[0]) == fingerprints(twins[1])


def test_another_seed_changes_every_source_and_replaces_the_files(twins: tuple[Path, Path], tmp_path: Path) -> None:
    paths = write_demo(tmp_path, 300, 6)
    one, other = fingerprints(twins[0]), fingerprints(tmp_path)
    assert [path.relative_to(tmp_path) for path in paths] == [Path(name) for name in one]
    assert all(one[name] != other[name] for name in one if (tmp_path / name).stat().st_size > EMPTY_BYTES)
    write_demo(tmp_path, 300, 5)
    assert fingerprints(tmp_path) == one


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


def test_truth_names_the_dwellings_of_the_addresses(folder: Path) -> None:
    addresses = gpd.read_file(folder / "bag_adressen.gpkg", layer="adres")
    dwellings = set(addresses.loc[addresses["gebruiksdoel"].str.contains("woonfunctie"), "identificatie"])
    planted = truth(folder)
    assert {identifier for identifier, _ in planted["woningen_met_eigen_oprit"]} == dwellings
    assert planted["aantallen"]["woningen"] == len(dwellings)
    assert planted["aantallen"]["adressen"] == len(addresses)


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


def test_our_readers_find_the_planted_town(town: Town, folder: Path) -> None:
    roads = bgt.read_road_parts(folder / "bgt")
    planted = {surface.local_id: surface.polygon.area for surface in town.surfaces if surface.layer == "wegdeel"}
    assert set(roads.index) == set(planted)
    assert roads.geometry.is_valid.all()
    assert roads.geometry.area.sum() == pytest.approx(sum(planted.values()), rel=1e-3)
    assert len(bgt.read_trees(folder / "bgt")) == len(town.trees)
    assert len(read_addresses(folder / "bag_adressen.gpkg")) == len(town.addresses)
    assert len(read_buurten(folder / "cbs_buurten.gpkg")) == len(town.neighbourhoods)
    assert set(read_vehicles(folder / "autos_pc4.csv").index) == {str(row.pc4) for row in town.postcodes}


def test_charge_points_lie_where_they_were_planted(town: Town, folder: Path) -> None:
    locations = json.loads((folder / "laadpunten_ocpi.json").read_text(encoding="utf-8"))
    read = read_charge_points(folder / "laadpunten_ocpi.json")
    planted = gpd.GeoSeries([pole.point for pole in town.poles], crs=28992)
    assert all(isinstance(place, str) for location in locations for place in location["coordinates"].values())
    assert all(len(location["evses"]) == 2 for location in locations)
    assert (read.geometry.reset_index(drop=True).distance(planted) < 0.05).all()


def test_addresses_are_text_in_rd_new(folder: Path) -> None:
    addresses = gpd.read_file(folder / "bag_adressen.gpkg", layer="adres")
    assert addresses.crs.to_epsg() == 28992
    assert all(pd.api.types.is_string_dtype(kind) for name, kind in addresses.dtypes.items() if name != "geometry")
    assert addresses["identificatie"].str.fullmatch(r"990120\d{10}").all()
    assert addresses["openbare_ruimte_naam"].str.startswith("Demo-").all()


def test_buurten_hold_a_secret_figure_and_tile(town: Town, folder: Path) -> None:
    areas = pyogrio.read_dataframe(folder / "cbs_buurten.gpkg", layer="buurten")
    assert 3 <= len(areas) <= 5
    assert (areas["personenautos_totaal"] == -99997).any()
    assert areas["buurtcode"].str.fullmatch(r"BU9901\d{4}").all()
    assert areas.geometry.area.sum() == pytest.approx(town.outline.area, rel=1e-5)


def test_tree_register_lacks_some_trees_and_diameters(town: Town, folder: Path) -> None:
    with (folder / "bomen.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream, delimiter=";"))
    assert 0.9 * len(town.trees) < len(rows) < len(town.trees)
    assert any(row["Stamdiameter_cm"] == "" for row in rows)
    assert all("," in row["X"] for row in rows)
    assert len(read_trees(folder / "bomen.csv")) == len(rows)


def test_history_and_plans_are_not_current(town: Town) -> None:
    found = list(records(town, "wegdeel"))
    planted = [surface for surface in town.surfaces if surface.layer == "wegdeel"]
    assert [record.local_id for record in found if is_current(record)] == [surface.local_id for surface in planted]
    assert len(found) > len(planted)
