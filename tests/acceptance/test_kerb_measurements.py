"""What is measured at the spots of the demo town, beside plain loops over all objects: equal to a centimetre.

The objects come from the run's own frames, whose readers are held against the sources elsewhere; the geometry is done
here by brute force, every spot against every object, without an index.
"""

# ruff: noqa: TID252

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy
import pandas
import pytest
import rasterio
import shapely

from .reading import RunFolder
from .rich import DATE

pytestmark = [pytest.mark.xdist_group("demo"), pytest.mark.slow]

CENTIMETRE = 0.0101
FURTHEST_M = {"charge_point_m": 250.0}
"""Where a distance is no longer looked for (m): the value then says at least that; 100 for all others."""


@pytest.fixture(scope="module")
def spots(rich_run: RunFolder) -> Any:
    """Spots of the rich town with their measurements."""
    found = rich_run.frame("Candidates").merge(rich_run.frame("Measurements"), on="locatie_id", suffixes=("", "_again"))
    assert len(found) == len(rich_run.frame("Candidates")) == len(rich_run.frame("Measurements")) > 300
    return found


def apart(spots: Any, shapes: Any) -> numpy.ndarray:
    """Distance from every pole to every shape (m); shape (spots, shapes)."""
    return shapely.distance(spots.geometry.to_numpy()[:, None], numpy.asarray(shapes)[None, :])


def check(spots: Any, column: str, found: numpy.ndarray) -> None:
    """The column holds the distance, as far as it is looked for."""
    wanted = numpy.minimum(found, FURTHEST_M.get(column, 100.0))
    stated = spots[column].to_numpy(dtype=float)
    assert not numpy.isnan(stated).any()
    assert numpy.abs(stated - wanted).max() < CENTIMETRE, spots.loc[numpy.abs(stated - wanted).argmax()].to_dict()


def test_distance_to_the_nearest_stem(spots: Any, rich_run: RunFolder) -> None:
    trees = rich_run.frame("Trees")
    distances = apart(spots, trees.geometry.to_numpy())
    check(spots, "tree_m", distances.min(axis=1))
    named = spots["tree_id"].notna().to_numpy()
    stated = distances[named][range(named.sum()), trees.index.get_indexer(index_of(trees, "tree_id", spots[named]))]
    assert numpy.abs(stated - distances[named].min(axis=1)).max() < CENTIMETRE


def index_of(frame: pandas.DataFrame, key: str, rows: pandas.DataFrame) -> pandas.Index:
    """Row labels of a frame by the ids that other rows name."""
    return pandas.Index(pandas.Series(frame.index, index=frame[key]).loc[rows[key]])


def test_distance_to_the_nearest_crown_is_to_its_edge(spots: Any, rich_run: RunFolder) -> None:
    trees = rich_run.frame("Trees")
    known = trees[trees["crown_diameter_m"].notna()]
    edges = apart(spots, known.geometry.to_numpy()) - known["crown_diameter_m"].to_numpy() / 2
    check(spots, "crown_m", edges.min(axis=1).clip(min=0))


def test_distance_to_the_nearest_wall(spots: Any, rich_run: RunFolder) -> None:
    """Of what stands there: buildings at ground level that are not merely planned."""
    buildings = rich_run.frame("Buildings")
    standing = buildings[(buildings["status"] != "plan") & (buildings["level"] == 0)]
    check(spots, "facade_m", apart(spots, standing.geometry.to_numpy()).min(axis=1))


def test_distance_to_the_nearest_charging_location(spots: Any, rich_run: RunFolder) -> None:
    check(spots, "charge_point_m", apart(spots, rich_run.frame("ChargePoints").geometry.to_numpy()).min(axis=1))


def test_distance_to_the_nearest_address(spots: Any, rich_run: RunFolder) -> None:
    """The address that is named lies as far as is stated; where another is nearer, a carriageway lies before it."""
    addresses, road = rich_run.frame("Addresses"), rich_run.frame("RoadParts")
    driven = shapely.union_all(road.geometry[road["function"].str.startswith(("rijbaan", "woonerf"))].to_numpy())
    distances = apart(spots, addresses.geometry.to_numpy())
    stated = addresses.set_index("address_id").geometry.loc[spots["address_id"]].to_numpy()
    own = shapely.distance(spots.geometry.to_numpy(), stated)
    assert numpy.abs(own - spots["address_distance_m"]).max() < CENTIMETRE
    passed = numpy.flatnonzero(distances.min(axis=1) < own - CENTIMETRE)
    nearer = addresses.geometry.to_numpy()[distances[passed].argmin(axis=1)]
    lines = [shapely.LineString([pole, home]) for pole, home in zip(spots.geometry.iloc[passed], nearer, strict=True)]
    assert all(line.crosses(driven) for line in lines)


def test_zones_are_those_the_pole_stands_in(spots: Any, rich_run: RunFolder) -> None:
    zones = rich_run.frame("Zones")
    inside = shapely.intersects(zones.geometry.to_numpy()[:, None], spots.geometry.to_numpy()[None, :])
    pressure, soil = (zones["kind"] == kind for kind in ("parkeerdruk", "bodem"))
    for place, spot in enumerate(spots.itertuples()):
        here = zones[inside[:, place]]
        shares = set(here.loc[pressure, "parking_pressure_share"].dropna().round(4))
        assert (
            spot.parking_pressure_share != spot.parking_pressure_share
            or round(spot.parking_pressure_share, 4) in shares
        )
        assert isinstance(spot.soil, str) == bool(set(here.loc[soil, "category"].dropna()))
        excluded = set(here.loc[here["kind"].isin(["uitsluiting", "erfgoed"]), "name"].dropna())
        assert {*(spot.zones.split(", ") if isinstance(spot.zones, str) else [])} >= excluded


def test_value_of_the_raster_is_that_of_the_cell(rich_run: RunFolder, rich_config: Path, every_town: Path) -> None:
    """Read here by rasterio, cell by cell."""
    spots = rich_run.frame("Candidates").set_index("locatie_id").geometry
    values = rich_run.frame("RasterValues").set_index("locatie_id")["value"]
    assert set(values.index) == set(spots.index)
    with rasterio.open(every_town / "vormen/rasters/hoogte.tif") as raster:
        read = [cell[0] for cell in raster.sample([(p.x, p.y) for p in spots], masked=True)]
    for spot, cell in zip(spots.index, read, strict=True):
        if numpy.ma.is_masked(cell) or not numpy.isfinite(cell):
            assert values[spot] != values[spot]
        else:
            assert values[spot] == pytest.approx(float(cell), abs=1e-4)


def test_road_manager_is_that_of_the_nearest_road(spots: Any, rich_run: RunFolder) -> None:
    managers = rich_run.frame("RoadManagers")
    distances = apart(spots, managers.geometry.to_numpy())
    nearest = managers["manager_kind"].to_numpy()[distances.argmin(axis=1)]
    known = (spots["road_manager"] != "onbekend").to_numpy()
    assert known.any()
    assert (spots["road_manager"].to_numpy()[known] == nearest[known]).all()
    assert (distances.min(axis=1)[~known] > 15).all()


# --- cables ----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def routes(rich_run: RunFolder) -> Any:
    """Routes with their poles."""
    found = rich_run.frame("Candidates")[["locatie_id", "geometry"]].rename(columns={"geometry": "pole"})
    return found.merge(rich_run.frame("CableRoutes"), on="locatie_id")


def test_route_goes_to_the_nearest_low_voltage_main_cable(routes: Any, rich_run: RunFolder) -> None:
    """Of those in use; where another lies nearer, straight, a carriageway or a building lies before that one."""
    cables, road = rich_run.frame("Cables"), rich_run.frame("RoadParts")
    main = cables[(cables["voltage_level"] == "laagspanning") & (cables["use"] == "net")]
    main = main[main["status"] == "in gebruik"]
    driven = road.geometry[road["function"].str.startswith("rijbaan")]
    closed = shapely.union_all([*driven, *rich_run.frame("Buildings").geometry, *yards(rich_run)])
    found = routes[routes["route_kind"] != "geen"]
    straight = shapely.distance(numpy.asarray(found["pole"])[:, None], main.geometry.to_numpy()[None, :])
    own = shapely.distance(numpy.asarray(found["pole"]), main.set_index("cable_id").geometry.loc[found["cable_id"]])
    assert len(found) > 0.9 * len(routes)
    assert numpy.abs(own - found["straight_m"].to_numpy()).max() < CENTIMETRE
    for place in numpy.flatnonzero(straight.min(axis=1) < own - CENTIMETRE):
        way = shapely.shortest_line(found["pole"].iloc[place], main.geometry.iloc[straight[place].argmin()])
        assert way.intersects(closed)


def yards(run: RunFolder) -> Any:
    """Terrain that a trench keeps out of."""
    terrain = run.frame("Terrain")
    return terrain.geometry[(terrain["cover"] == "erf") | (terrain["kind"] == "water")]


def test_route_is_drawn_from_the_pole_to_its_cable(routes: Any, rich_run: RunFolder) -> None:
    cable = rich_run.frame("Cables").set_index("cable_id").geometry
    lines = routes[(routes["route_kind"] == "over de grond") & (routes.geom_type == "LineString")]
    assert len(lines)
    for row in lines.itertuples():
        first, last = (shapely.Point(row.geometry.coords[place]) for place in (0, -1))
        assert min(first.distance(row.pole), last.distance(row.pole)) < 0.02
        assert min(first.distance(cable[row.cable_id]), last.distance(cable[row.cable_id])) < 0.02
        assert row.geometry.length == pytest.approx(row.route_m, abs=0.02)
        assert row.route_m >= row.straight_m - 0.01


def test_crossing_is_where_the_route_meets_the_carriageway(routes: Any, rich_run: RunFolder) -> None:
    road = rich_run.frame("RoadParts")
    driven = shapely.union_all(road.geometry[road["function"].str.startswith("rijbaan")].to_numpy())
    lines = routes[routes["route_kind"] == "over de grond"]
    below = shapely.length(shapely.intersection(lines.geometry.to_numpy(), driven))
    assert numpy.abs(below - lines["carriageway_m"]).max() < 0.02
    assert ((lines["crossing"] == "ja").to_numpy() == (lines["carriageway_m"] > 0).to_numpy()).all()


# --- source and date -------------------------------------------------------------------------------------------------


def test_every_value_has_its_source_and_date(rich_run: RunFolder) -> None:
    """Each verdict names the label of a source of the config and a date, or says that the date is not known."""
    judged = rich_run.frame("Assessments")
    labels = {"BGT", "Vakkenregister", "KLIC-levering", "Verkeersborden", "NWB", "Bomenregister", "Capaciteitskaart"}
    named = {part for text in judged["data_source"].dropna().unique() for part in text.split("; ")}
    assert labels & named
    assert not [text for text in named if "/" in text and not text.startswith(("KiM/", "CBS"))], named
    dates = {part for text in judged["data_on"].dropna().unique() for part in text.split("; ")}
    assert all(text == "onbekend" or pandas.Timestamp(text) <= pandas.Timestamp(DATE) for text in dates), dates
    assert judged.loc[judged["verdict"] != "onbekend", "data_source"].notna().all()
