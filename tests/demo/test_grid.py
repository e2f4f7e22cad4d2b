"""The grid of a quarter: every net is a tree that reaches its homes, cables keep to the street, sizes are in order."""

from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
import pyogrio
import pytest
import shapely
from shapely import LineString, Point, box

from laadplan.demo.grid import CABINET, LOW_V, MEDIUM_V, NEWEST_CABLE, OLDEST_CABLE, STATION, lay_grid
from laadplan.demo.grid_tables import CABLE_COLUMNS, LAYERS, POINT_COLUMNS, layer_rows
from laadplan.demo.model import Address, Building, Cable, Front, Grid, Quarter, Segment
from tests.demo.joined import neighbours, reached_from
from tests.demo.street_grid import FRONT_M, LENGTH, SOUTH, WEST, make_cell, make_quarter, make_segments

Place = tuple[float, float]

LOW_M_PER_CONNECTION = (8.0, 35.0)
MEDIUM_M_PER_CONNECTION = (1.5, 15.0)
"""Orders for rows of houses in a grid of streets."""


@pytest.fixture(scope="module", params=[(3, 4), (5, 6), (1, 1)], ids=["360 homes", "900 homes", "30 homes"])
def quarter(request: pytest.FixtureRequest) -> Quarter:
    columns, rows = request.param
    return make_quarter(columns=columns, rows=rows)


def low(grid: Grid) -> list[Cable]:
    return [cable for cable in grid.cables if cable.voltage_v == LOW_V]


def ends(cable: Cable) -> tuple[Place, Place]:
    (one_x, one_y), (other_x, other_y) = cable.line.coords[0], cable.line.coords[-1]
    return (one_x, one_y), (other_x, other_y)


def spot(point: Point) -> Place:
    return point.x, point.y


def test_each_net_is_a_tree_from_its_station(quarter: Quarter) -> None:
    stations = [place for place in quarter.grid.installations if place.kind == STATION]
    assert {cable.station for cable in low(quarter.grid)} == {station.local_id for station in stations}
    for station in stations:
        cables = [cable for cable in low(quarter.grid) if cable.station == station.local_id]
        nodes = {place for cable in cables for place in ends(cable)}
        assert reached_from(spot(station.point), neighbours(map(ends, cables))) == nodes
        assert len(cables) == len(nodes) - 1


def test_nets_share_no_point(quarter: Quarter) -> None:
    owners: dict[Place, set[str]] = defaultdict(set)
    for cable in low(quarter.grid):
        for place in ends(cable):
            owners[place].add(cable.station)
    assert {len(stations) for stations in owners.values()} == {1}


def test_cabinets_stand_on_cables_of_their_station(quarter: Quarter) -> None:
    nodes = {(cable.station, place) for cable in low(quarter.grid) for place in ends(cable)}
    cabinets = [place for place in quarter.grid.installations if place.kind == CABINET]
    assert {(cabinet.station, spot(cabinet.point)) for cabinet in cabinets} <= nodes


def test_stations_are_joined_by_10_kv(quarter: Quarter) -> None:
    stations = [spot(place.point) for place in quarter.grid.installations if place.kind == STATION]
    cables = [cable for cable in quarter.grid.cables if cable.voltage_v == MEDIUM_V]
    assert set(stations) <= reached_from(stations[0], neighbours(map(ends, cables)))


def test_every_home_has_a_cable_near(quarter: Quarter) -> None:
    cables = shapely.STRtree([cable.line for cable in low(quarter.grid)])
    homes = np.array([address.point for address in quarter.addresses])
    _, metres = cables.query_nearest(homes, return_distance=True, all_matches=False)
    assert metres.max() < 40


def test_no_cable_runs_through_a_building(quarter: Quarter) -> None:
    walls = shapely.STRtree([building.polygon for building in quarter.buildings])
    lines = np.array([cable.line for cable in quarter.grid.cables])
    assert walls.query(lines, predicate="intersects").size == 0
    spots = np.array([place.point for place in quarter.grid.installations])
    assert walls.query(spots, predicate="dwithin", distance=1.0).size == 0


def test_cables_along_fronts_keep_to_the_footway(quarter: Quarter) -> None:
    fronts = shapely.union_all([front.line for front in quarter.fronts])
    lines = np.array([cable.line for cable in low(quarter.grid)])
    inside = shapely.intersection(lines, fronts.buffer(0.6, cap_style="flat"))
    crossings = shapely.length(lines).sum() - shapely.length(inside).sum()
    assert crossings < 0.25 * shapely.length(lines).sum()


def test_metres_per_connection_are_of_the_order(quarter: Quarter) -> None:
    homes = len(quarter.addresses)
    metres: dict[int, float] = defaultdict(float)
    for cable in quarter.grid.cables:
        metres[cable.voltage_v] += cable.line.length
    assert LOW_M_PER_CONNECTION[0] < metres[LOW_V] / homes < LOW_M_PER_CONNECTION[1]
    if homes > 100:
        assert MEDIUM_M_PER_CONNECTION[0] < metres[MEDIUM_V] / homes < MEDIUM_M_PER_CONNECTION[1]


def test_stations_and_cabinets_are_of_the_order() -> None:
    grid = make_quarter(columns=5, rows=6).grid
    kinds = Counter(place.kind for place in grid.installations)
    assert 100 < 900 / kinds[STATION] < 300
    assert 30 < 900 / kinds[CABINET] < 120


def test_ids_are_unique_and_years_possible(quarter: Quarter) -> None:
    ids = [cable.local_id for cable in quarter.grid.cables]
    ids += [place.local_id for place in quarter.grid.installations]
    assert len(set(ids)) == len(ids)
    assert all(OLDEST_CABLE <= cable.laid <= NEWEST_CABLE for cable in quarter.grid.cables)
    assert all(cable.laid >= 1950 for cable in quarter.grid.cables)


def test_equal_arguments_give_an_equal_grid() -> None:
    assert make_quarter(seed=4).grid == make_quarter(seed=4).grid
    assert make_quarter(seed=4).grid != make_quarter(seed=5).grid


def test_quarters_meet_at_the_same_crossings() -> None:
    one = make_quarter(index=3)
    other = make_quarter(index=9)
    border = {place for segment in one.segments if segment.is_border for place in segment.line.coords}
    passed = [
        {place for cable in made.grid.cables for place in ends(cable) if place in border} for made in (one, other)
    ]
    assert passed[0] == passed[1] != set()


def test_without_addresses_there_is_no_grid() -> None:
    assert lay_grid(make_cell(), 1, make_segments(), [], []) == Grid()


def home(x: float, y: float, bag_id: str) -> tuple[Building, Address]:
    wall = Building(box(x - 4, y - 4, x + 4, y + 4), bag_id=bag_id)
    address = Address("n", "Demo-Oost 1", 1, "", "6751SA", bag_id, "woonfunctie", Point(x, y), True)
    return wall, address


def reach_of(grid: Grid, address: Address) -> float:
    return min(cable.line.distance(address.point) for cable in low(grid))


def front_along(segment: Segment) -> Front:
    (x, y), (end, _) = segment.line.coords
    return Front(LineString([(x + FRONT_M, y + FRONT_M), (end - FRONT_M, y + FRONT_M)]), segment.street.name)


def test_a_road_without_footway_has_a_cable_in_its_verge() -> None:
    wall, address = home(WEST + 55.0, SOUTH + 84.0, "b")
    grid = lay_grid(make_cell(kind="landelijk"), 1, make_segments(), [], [address], [wall])
    assert reach_of(grid, address) < 20


def test_a_house_behind_others_has_a_spur() -> None:
    front = front_along(make_segments()[0])
    wall, address = home(WEST + LENGTH / 2, SOUTH + 38.0, "b")
    grid = lay_grid(make_cell(), 1, [], [front], [address], [wall])
    assert reach_of(grid, address) < 10


def test_a_court_has_a_cable_along_its_path() -> None:
    front = front_along(make_segments()[0])
    wall, address = home(WEST + LENGTH / 2 + 10, SOUTH + 45.0, "b")
    path = LineString([(WEST + LENGTH / 2, SOUTH), (WEST + LENGTH / 2, SOUTH + 50.0)])
    grid = lay_grid(make_cell(), 1, [], [front], [address], [wall], [path])
    assert reach_of(grid, address) < 12
    assert not any(cable.line.intersects(wall.polygon) for cable in grid.cables)


def test_layers_have_fixed_columns_and_kinds() -> None:
    for quarter in (make_quarter(), make_quarter(columns=0, rows=0)):
        rows = layer_rows(quarter)
        assert tuple(rows) == LAYERS
        for layer, frame in rows.items():
            assert tuple(frame.columns) == (CABLE_COLUMNS if layer.endswith("kabels") else POINT_COLUMNS)
            assert [str(kind) for kind in frame.dtypes[:-1]] == ["object"] * (len(frame.columns) - 1)
            assert str(frame.crs) == "EPSG:28992"
    counts = {layer: len(frame) for layer, frame in layer_rows(make_quarter()).items()}
    grid = make_quarter().grid
    assert sum(counts.values()) == len(grid.cables) + len(grid.installations)


def test_layers_are_written_and_read_by_gdal(tmp_path: Path) -> None:
    path = tmp_path / "net.gpkg"
    for layer, frame in layer_rows(make_quarter()).items():
        frame.to_file(path, layer=layer, driver="GPKG", engine="pyogrio")
    assert sorted(name for name, _ in pyogrio.list_layers(path).tolist()) == sorted(LAYERS)
    assert pyogrio.read_info(path, "laagspanningskabels")["geometry_type"] == "LineString"
    assert pyogrio.read_info(path, "laagspanningsverdeelkasten")["geometry_type"] == "Point"


TOWN_LOW_M = (10.0, 35.0)
TOWN_MEDIUM_M = (5.0, 18.0)
"""Metres per connection over a whole town: about 310,000 km of electricity cable in the country over 8 million
connections (schadepreventie.com, VEMW) is 39 m for all voltages and house connections together; the split is an own
estimate."""

CONNECTIONS_PER_STATION = (90.0, 300.0)
"""Over a whole town, its business park and country counted in."""


@pytest.fixture
def inhabited(quarters: list[Quarter]) -> list[Quarter]:
    """The quarters of the whole town with at least one address."""
    return [quarter for quarter in quarters if quarter.addresses]


@pytest.mark.slow
@pytest.mark.xdist_group("demo-room")
def test_nets_of_a_whole_town(inhabited: list[Quarter]) -> None:
    for quarter in inhabited:
        test_each_net_is_a_tree_from_its_station(quarter)
        test_nets_share_no_point(quarter)
        test_stations_are_joined_by_10_kv(quarter)
        test_cabinets_stand_on_cables_of_their_station(quarter)


@pytest.mark.slow
@pytest.mark.xdist_group("demo-room")
def test_homes_of_a_whole_town_have_a_cable_near(inhabited: list[Quarter]) -> None:
    for quarter in inhabited:
        if quarter.cell.kind != "landelijk":
            test_every_home_has_a_cable_near(quarter)
        walls = shapely.STRtree([building.polygon for building in quarter.buildings])
        lines = np.array([cable.line for cable in quarter.grid.cables])
        assert walls.query(lines, predicate="intersects").size == 0


@pytest.mark.slow
@pytest.mark.xdist_group("demo-room")
def test_a_whole_town_is_of_the_order(inhabited: list[Quarter]) -> None:
    homes = sum(len(quarter.addresses) for quarter in inhabited)
    cables = [cable for quarter in inhabited for cable in quarter.grid.cables]
    metres = {volt: sum(cable.line.length for cable in cables if cable.voltage_v == volt) for volt in (LOW_V, MEDIUM_V)}
    stations = sum(place.kind == STATION for quarter in inhabited for place in quarter.grid.installations)
    assert TOWN_LOW_M[0] < metres[LOW_V] / homes < TOWN_LOW_M[1]
    assert TOWN_MEDIUM_M[0] < metres[MEDIUM_V] / homes < TOWN_MEDIUM_M[1]
    assert CONNECTIONS_PER_STATION[0] < homes / stations < CONNECTIONS_PER_STATION[1]
