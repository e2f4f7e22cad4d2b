"""The BGT of the demo town: GML-light with its traps, and a map of a town that holds together."""

# ruff: noqa: TID252

from __future__ import annotations

import shutil
from pathlib import Path

import geopandas
import numpy
import pandas
import pyogrio
import pytest
import shapely
from lxml import etree

from . import bgt_file
from .towns import BGT_TYPES, Town

pytestmark = [pytest.mark.xdist_group("demo-town"), pytest.mark.slow]


@pytest.mark.parametrize("name", BGT_TYPES)
def test_each_bgt_file_is_a_city_model(town: Town, name: str) -> None:
    root = etree.parse(town.path(f"bgt/bgt_{name}.gml")).getroot()
    assert etree.QName(root) == "{http://www.opengis.net/citygml/2.0}CityModel"
    assert {etree.QName(member).localname for member in root} <= {"cityObjectMember"}
    assert all(len(member) == 1 for member in root)
    systems = {value for node in root.iter() for key, value in node.attrib.items() if key == "srsName"}
    assert systems <= {"urn:ogc:def:crs:EPSG::28992"}


def test_some_bgt_files_are_empty(town: Town) -> None:
    """As in a real delivery (13 of 35 in Otterlo), where a reader that counts on a layer breaks."""
    empty = [name for name in BGT_TYPES if not len(town.bgt(name))]
    assert len(empty) >= 3
    assert {"stadsdeel", "wijk", "buurt"} <= set(empty)


def test_gdal_opens_the_bgt_files_that_hold_something(town: Town, tmp_path: Path) -> None:
    """On a copy, for GDAL writes a .gfs file beside what it reads."""
    for name in ("wegdeel", "waterdeel", "begroeidterreindeel", "vegetatieobject"):
        copy = shutil.copy(town.path(f"bgt/bgt_{name}.gml"), tmp_path)
        assert pyogrio.read_info(copy)["features"] == len(town.bgt(name))


def test_bgt_ids_are_of_this_municipality_and_unique(town: Town) -> None:
    for name in BGT_TYPES:
        rows = town.bgt(name)
        if len(rows):
            assert rows["lokaal_id"].str.match(r"[GW]9901\.[0-9a-f]{32}$").all(), name
            assert set(rows["bronhouder"]) <= {"G9901", "W9901"}, name  # municipality, water board
            assert rows["gml_id"].is_unique, name
    everything = pandas.concat([town.current(name) for name in BGT_TYPES if len(town.bgt(name))])
    assert everything["lokaal_id"].is_unique


@pytest.mark.parametrize("name", ["wegdeel", "pand"])
def test_bgt_holds_historical_versions(town: Town, name: str) -> None:
    rows = town.bgt(name)
    ended = rows[rows["ended"]]
    versions = rows.groupby("lokaal_id")["ended"].agg(["size", "sum"])
    assert 0.05 <= len(ended) / len(rows) <= 0.7
    assert (versions["size"] - versions["sum"]).max() == 1
    assert (versions["size"] > 1).sum() >= 5
    assert (ended["ended_on"] >= ended["registered"]).all()


def test_history_would_mislead_who_counts_it(town: Town) -> None:
    """Some ended parking strips lie where today none is, or over one of today: counting them gives too many bays."""
    rows = town.bgt("wegdeel")
    ended = rows[rows["ended"] & (rows["function"] == "parkeervlak")]
    assert len(ended) >= 1


def test_bgt_curves_hold_arcs(town: Town) -> None:
    path = town.path("bgt/bgt_wegdeel.gml")
    arcs = [node for member in bgt_file.members(path) for node in member.iter("{*}Arc")]
    assert town.current("wegdeel")["arcs"].sum() >= 10
    corners = [numpy.array(" ".join(arc.itertext()).split(), dtype=float).reshape(-1, 2) for arc in arcs]
    assert {len(each) for each in corners} == {3}
    bulge = [abs(shapely.Polygon(each).area) for each in corners]
    assert sum(area > 0.001 for area in bulge) >= 0.8 * len(bulge), "arcs that are straight lines are no arcs"


def test_bgt_levels_overlap_the_ground(town: Town) -> None:
    names = ("wegdeel", "ondersteunendwegdeel", "waterdeel", "begroeidterreindeel", "overbruggingsdeel", "tunneldeel")
    rows = pandas.concat([town.current(name) for name in names if len(town.bgt(name))])
    apart, ground = rows[rows["level"] != 0], rows[rows["level"] == 0]
    ground_below = shapely.STRtree(ground.geometry.to_numpy())
    pairs = ground_below.query(apart.geometry.to_numpy(), predicate="intersects")
    shared = shapely.area(
        shapely.intersection(apart.geometry.to_numpy()[pairs[0]], ground.geometry.to_numpy()[pairs[1]])
    )
    assert set(rows["level"]) - {0}
    assert shared.max() > 5


def test_bgt_holds_plan_objects(town: Town) -> None:
    planned = {name: (town.bgt(name)["plus_status"] == "plan").sum() for name in ("pand", "wegdeel")}
    assert planned["pand"] >= 1
    plans = town.bgt("pand")[town.bgt("pand")["plus_status"] == "plan"]
    assert set(plans["bgt_status"]) <= {"geenWaarde", "plan"}


def test_panden_set_the_label_point_trap(town: Town, tmp_path: Path) -> None:
    """GDAL takes some panden for the points of their house numbers; their own geometry is always a surface."""
    seen = pyogrio.read_dataframe(shutil.copy(town.path("bgt/bgt_pand.gml"), tmp_path))
    assert (seen.geom_type == "Point").sum() > 0
    assert (town.bgt("pand")["labels"] > 0).mean() > 0.3
    assert set(town.bgt("pand").geom_type) <= {"Polygon", "MultiPolygon"}


def test_bgt_surfaces_are_valid_and_do_not_overlap(town: Town) -> None:
    """On one level the BGT is a patchwork; a house does not stand in the road."""
    rows = town.current("wegdeel")
    ground = rows[rows["level"] == 0].geometry
    houses = town.current("pand").geometry
    union = shapely.union_all(shapely.make_valid(ground.to_numpy()), grid_size=0.001)
    assert shapely.is_valid(rows.geometry.to_numpy()).mean() > 0.995  # chords for arcs may spoil a few
    assert ground.area.sum() <= union.area * 1.005
    assert shapely.area(shapely.intersection(houses.to_numpy(), union)).sum() <= houses.area.sum() * 0.002


def test_space_is_of_all_kinds(town: Town) -> None:
    functions = set(town.current("wegdeel")["function"])
    wanted = {"rijbaan lokale weg", "rijbaan regionale weg", "voetpad", "fietspad", "parkeervlak", "inrit"}
    assert wanted - functions == set()
    for name in ("waterdeel", "begroeidterreindeel", "vegetatieobject", "onbegroeidterreindeel", "pand"):
        assert len(town.current(name)), name


def test_roads_have_a_hierarchy(town: Town) -> None:
    """Most road is local, and the walking network knows three kinds of street and path or more."""
    local, regional = town.parts("rijbaan lokale weg").geometry, town.parts("rijbaan regionale weg").geometry
    assert 0 < regional.area.sum() < local.area.sum()
    assert 2.5 <= mean_width(local).median() <= 7
    assert town.walking.lines["highway"].nunique() >= 3


def test_pavements_vary_in_width(town: Town) -> None:
    """In Otterlo one in ten is narrower than 1.2 m on average, one in ten wider than 2.8 m."""
    widths = mean_width(town.parts("voetpad").geometry)
    narrow, wide = numpy.quantile(widths, [0.1, 0.9])
    assert 0.8 <= narrow <= 2.2
    assert 1.5 <= wide <= 8.0
    assert wide / narrow >= 1.3


def mean_width(surfaces: geopandas.GeoSeries) -> geopandas.GeoSeries:
    """Mean width in metres of surfaces longer than fifteen metres: area over half the outline."""
    return (2 * surfaces.area / surfaces.length)[surfaces.length > 30]
