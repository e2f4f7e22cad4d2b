"""The demo town as promised: each source in its format, nothing in it real, and laadplan content with it.

The files are opened with GDAL, lxml, json, csv and osmnx, never with laadplan; what is true of them is worked out anew.
"""

# ruff: noqa: TID252

from __future__ import annotations

import json
import re
import shutil
import sqlite3
from pathlib import Path

import numpy
import pandas
import pyogrio
import pytest
import shapely

from . import bgt_file
from .program import Program
from .reading import RD, column, fingerprints, load_yaml
from .towns import BGT_TYPES, Town, distance_to, pc4_of

pytestmark = [pytest.mark.xdist_group("demo-town"), pytest.mark.slow]

GEOPACKAGES = {
    "bag-light.gpkg": {"pand", "verblijfsobject", "ligplaats", "standplaats", "woonplaats"},
    "cbs_buurten.gpkg": {"gemeenten", "wijken", "buurten"},
    "elektriciteitsnet.gpkg": {
        "laagspanningskabels",
        "middenspanningskabels",
        "laagspanningsverdeelkasten",
        "middenspanningsinstallaties",
    },
    "cbs_vierkanten.gpkg": {"cbs_vk500_2024"},
}
FILES = {
    *GEOPACKAGES,
    *(f"bgt/bgt_{name}.gml" for name in BGT_TYPES),
    "aanvragen.csv",
    "autos_pc4.csv",
    "banen.csv",
    "bomen.csv",
    "laadpunten_ocpi.json",
    "lopen.osm",
    "sessies.csv",
    "waarheid.json",
    "laadplan.yaml",
    "woningbouw.csv",
}


def test_all_sources_are_there(town: Town) -> None:
    assert FILES - {path.relative_to(town.folder).as_posix() for path in town.folder.rglob("*")} == set()


@pytest.mark.parametrize("file", GEOPACKAGES)
def test_geopackages_are_sound(town: Town, file: str) -> None:
    layers = set(pyogrio.list_layers(town.path(file))[:, 0])
    assert GEOPACKAGES[file] - layers == set()
    for layer in GEOPACKAGES[file]:
        info = pyogrio.read_info(town.path(file), layer=layer)
        assert info["crs"] == f"EPSG:{RD}", layer
        assert "Unknown" not in (info["geometry_type"] or "Unknown"), layer
    connection = sqlite3.connect(f"file:{town.path(file)}?mode=ro&immutable=1", uri=True)
    try:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA application_id").fetchone() == (0x47504B47,)
    finally:
        connection.close()


# --- nothing of it exists --------------------------------------------------------------------------------------------


@pytest.mark.real
def test_no_code_exists_in_reality(town: Town, real_data: Path) -> None:
    tables = real_data / "national" / "pc4"
    real = set(pandas.read_csv(tables / "Data_Cleaned_KIM.csv", dtype=str)["pc4"])
    real |= set(pandas.read_csv(tables / "pc4_gemeente_2023_addresscounts.csv", dtype=str)["PC4"])
    municipalities = set(pandas.read_csv(tables / "Data_Raw_CBS_GEM2025.csv", sep=";", dtype=str).iloc[:, 0])
    assert len(real) > 4000
    assert set(town.cars["pc4"]) & real == set()
    assert set(pc4_of(town.addresses)) & real == set()
    assert {each.get("postal_code", "")[:4] for each in town.locations} & real == set()
    assert "9901" not in municipalities


def test_no_other_code_slips_in(town: Town) -> None:
    """GM9901 and what begins with it are the only CBS and BAG codes in any text file of the town."""
    for name in ("laadplan.yaml", "waarheid.json", "laadpunten_ocpi.json"):
        text = town.path(name).read_text(encoding="utf-8")
        assert set(re.findall(r"\b(?:GM|WK|BU)(\d{4})", text)) <= {"9901"}, name


def test_streets_are_named_as_invented_in_all_files(town: Town) -> None:
    ways = town.walking.lines["name"].dropna()
    labels = [
        node.text
        for member in bgt_file.members(town.path("bgt/bgt_openbareruimtelabel.gml"))
        for node in member.iter("{*}tekst")
    ]
    assert ways.str.startswith("Demo-").all()
    assert all(text.startswith("Demo-") for text in labels)
    assert all(each["address"].startswith("Demo-") for each in town.locations)


def test_docs_say_that_nothing_exists_and_show_a_quarter(repository: Path) -> None:
    pages = {path: path.read_text(encoding="utf-8") for path in (repository / "docs").rglob("*.md")}
    about = {path: text for path, text in pages.items() if "GM9901" in text and re.search(r"PC4|postcode", text)}
    assert about, "no page says which codes the town uses"
    assert any(re.search(r"not exist|no such|nowhere|never issued|not issued", text) for text in about.values())
    shown = [
        (path.parent / picture).resolve()
        for path, text in about.items()
        for picture in re.findall(r"!\[[^\]]*\]\(([^)#\s]+\.(?:png|webp|jpe?g|svg))", text)
    ]
    assert shown, "no picture of a quarter on the page about the town"
    assert [path for path in shown if not path.is_file()] == []


# --- trees, charge points, walking, grid -----------------------------------------------------------------------------


def test_trees_stand_where_trees_stand(town: Town) -> None:
    trees, outline = town.trees, town.municipality.buffer(1)
    shapely.prepare(outline)
    houses = shapely.STRtree(town.current("pand").geometry.to_numpy())
    lanes = shapely.STRtree(town.parts("rijbaan lokale weg").geometry.to_numpy())
    ids = column(trees, r"^(boom_?)?(nr|nummer|id)", "boomn", "id")
    places = trees.geometry.to_numpy()
    assert len(trees) > 50
    assert trees[ids].is_unique
    assert shapely.covers(outline, places).all()
    assert houses.query(places, predicate="within").shape[1] == 0
    assert lanes.query(places, predicate="within").shape[1] <= 0.01 * len(trees)


def test_tree_register_tells_what_registers_tell(town: Town) -> None:
    trees = town.trees
    stem = trees[column(trees, r"stam|diameter")].dropna().astype(float)
    planted = trees[column(trees, r"plantjaar|aanlegjaar|plant")].dropna().astype(int)
    assert column(trees, r"naam_?wet|wetensch|latijn|latnaam|species")
    assert stem.between(1, 300).all()
    assert planted.between(1700, 2027).all()


def test_register_and_bgt_mean_the_same_trees(town: Town) -> None:
    """One model of the town: what the register lists, the map shows (current BGT trees, within two metres)."""
    rows = town.current("vegetatieobject")
    drawn = rows[(rows["plus_type"] == "boom") & (rows.geom_type == "Point")].geometry
    nearest = shapely.STRtree(drawn.to_numpy()).query_nearest(town.trees.geometry.to_numpy(), return_distance=True)[1]
    assert (nearest <= 2).mean() >= 0.8


def test_charge_points_are_ocpi_locations(town: Town) -> None:
    ids = [each["id"] for each in town.locations]
    evses = [evse for each in town.locations for evse in each["evses"]]
    connectors = [connector for evse in evses for connector in evse["connectors"]]
    places = [each["coordinates"] for each in town.locations]
    statuses = r"AVAILABLE|BLOCKED|CHARGING|INOPERATIVE|OUTOFORDER|PLANNED|REMOVED|RESERVED|UNKNOWN"
    of_location = {"country_code", "party_id", "id", "publish", "address", "city", "country", "last_updated"}
    of_connector = {"standard", "format", "power_type", "max_voltage", "max_amperage"}
    assert all(of_location <= each.keys() for each in town.locations)
    assert len(set(ids)) == len(ids)
    assert all(isinstance(each["latitude"], str) and isinstance(each["longitude"], str) for each in places)
    assert {each["country_code"] for each in town.locations} == {"NL"}
    assert all(re.fullmatch(statuses, evse["status"]) for evse in evses)
    assert len({evse["uid"] for evse in evses}) == len(evses)
    assert all(of_connector <= each.keys() for each in connectors)
    assert all(each.get("max_electric_power") is None or each["max_electric_power"] >= 1000 for each in connectors)
    assert town.charging.within(town.municipality.buffer(50)).all()


def test_walking_network_is_sound_osm(town: Town) -> None:
    walking = town.walking
    components = walking.components()
    used = {ref for refs, _ in walking.ways for ref in refs}
    assert walking.version == "0.6"
    assert len(set(walking.node_ids)) == len(walking.node_ids)
    assert used <= walking.places.keys()
    assert min(len(refs) for refs, _ in walking.ways) >= 2
    assert components[0] >= 0.95 * sum(components)


def test_walking_network_reaches_the_dwellings(town: Town) -> None:
    ways = shapely.STRtree(town.walking.lines.geometry.to_numpy())
    away = ways.query_nearest(town.dwellings.geometry.to_numpy(), all_matches=False, return_distance=True)[1]
    assert numpy.quantile(away, 0.99) <= 60


def test_walking_network_does_not_run_through_houses(town: Town) -> None:
    houses = shapely.union_all(town.current("pand").geometry.to_numpy())
    lines = town.walking.lines.geometry
    assert shapely.length(shapely.intersection(lines.to_numpy(), houses)).sum() <= 0.01 * lines.length.sum()


def test_gdal_opens_the_walking_network(town: Town, tmp_path: Path) -> None:
    copy = shutil.copy(town.path("lopen.osm"), tmp_path)
    lines = pyogrio.read_dataframe(copy, layer="lines")
    assert len(lines) == len(town.walking.lines)
    assert lines["highway"].notna().all()


def test_osmnx_opens_the_walking_network(town: Town) -> None:
    osmnx = pytest.importorskip("osmnx", reason="osmnx is not installed")
    graph = osmnx.graph_from_xml(town.path("lopen.osm"), bidirectional=True, simplify=False, retain_all=True)
    assert len(graph) == sum(town.walking.components())


def test_grid_is_a_grid(town: Town) -> None:
    """A connection cable is at most 25 m, here to the middle of the house; cabinets and stations hang on the cables."""
    cables, feeders = town.grid("laagspanningskabels"), town.grid("middenspanningskabels")
    boxes, stations = town.grid("laagspanningsverdeelkasten"), town.grid("middenspanningsinstallaties")
    low, medium = shapely.STRtree(cables.geometry.to_numpy()), shapely.STRtree(feeders.geometry.to_numpy())
    assert set(cables.geom_type) | set(feeders.geom_type) <= {"LineString", "MultiLineString"}
    assert set(boxes.geom_type) | set(stations.geom_type) <= {"Point", "MultiPoint"}
    assert min(len(cables), len(feeders), len(boxes), len(stations)) >= 1
    assert numpy.quantile(distance_to(low, town.addresses.geometry), 0.95) <= 30
    assert numpy.quantile(distance_to(low, boxes.geometry), 0.95) <= 2
    assert numpy.quantile(distance_to(medium, stations.geometry), 0.95) <= 5
    assert distance_to(low, stations.geometry).mean() <= 20


def test_cables_lie_in_the_ground_of_the_street(town: Town) -> None:
    houses = shapely.union_all(town.current("pand").geometry.to_numpy())
    for layer in ("laagspanningskabels", "middenspanningskabels"):
        lines = town.grid(layer).geometry
        assert lines.within(town.municipality.buffer(5)).mean() >= 0.99, layer
        assert shapely.length(shapely.intersection(lines.to_numpy(), houses)).sum() <= 0.01 * lines.length.sum(), layer


# --- laadplan itself -------------------------------------------------------------------------------------------------


def test_check_finds_nothing_wrong(town: Town, laadplan: Program, tmp_path: Path) -> None:
    before = fingerprints(town.folder)
    done = laadplan("check", town.path("laadplan.yaml"), "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr + done.stdout
    assert json.loads(done.stdout)
    assert fingerprints(town.folder) == before, "a check writes nothing beside the sources"


def test_config_knows_no_truth(town: Town) -> None:
    content = load_yaml(town.path("laadplan.yaml"))
    assert "waarheid" not in json.dumps(content["sources"], default=str)
    needed = {"bgt", "addresses", "buurten", "charge_points", "car_stock", "trees"}
    of_use = {"sessions", "squares", "requests", "planned_homes", "jobs"}
    assert needed | of_use <= content["sources"].keys()
