import json
from functools import cache
from heapq import heappop, heappush
from math import gcd

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from laadplan.config.project import SpotRules, Surfaces, make_project
from laadplan.contracts.grid import Cables, GridPoints
from laadplan.contracts.measured import CableRoutes
from laadplan.contracts.quality import Quality
from laadplan.contracts.sources import Buildings, RoadParts, Terrain
from laadplan.errors import ConfigError, WrongCrs
from laadplan.kerb.route import cabinets, find_ground, route_cables, usable_cables
from laadplan.kerb.way import Ground
from tests.frames import box, few, fewer, make, moved, point, shapes, shuffled

pytestmark = pytest.mark.slow  # all of them together

POLE = {"pole": point(0, 0)}
STREET = {"geometry": box(-60, -60, -50, 60)}
"""A carriageway far away, so that road parts are there."""


def line(*xy):
    return shapely.LineString(xy)


def cables(**lines):
    """Cables by id: a geometry, or a row."""
    return make(Cables, {name: each if isinstance(each, dict) else {"geometry": each} for name, each in lines.items()})


def ground(*, roads=(), closed=(), buildings=(), level=0):
    """What lies on the ground, as find_ground makes it of BGT frames."""
    rows = [
        {f"{name}{number}": {"geometry": shape, "level": level} for number, shape in enumerate(each)}
        for name, each in (("road", roads), ("yard", closed), ("house", buildings))
    ]
    rows[0]["street"] = STREET
    frames = [make(contract, each) for contract, each in zip((RoadParts, Terrain, Buildings), rows, strict=True)]
    return find_ground(*frames, Surfaces(), Quality())


def routes(lines, surfaces, poles=POLE, points=None, quality=None, **rules):
    found = route_cables(
        shapes(poles),
        lines if isinstance(lines, gpd.GeoDataFrame) else cables(**lines),
        make(GridPoints, points or {}),
        surfaces,
        SpotRules(**rules),
        quality or Quality(),
    )
    return CableRoutes.checked(found)


def route(lines, surfaces, **options):
    return routes(lines, surfaces, **options).loc["pole"]


# ---- scenes worked out by hand ---------------------------------------------------------------------------------------

AHEAD = line((-40, 9), (40, 9))
ROAD = box(-45, 1, 45, 7)


def test_straight_to_a_cable_on_open_ground():
    found = route({"ls": line((-40, 3), (40, 3))}, ground())

    assert found.drop("geometry").to_dict() == {
        "route_kind": "over de grond",
        "known": True,
        "cable_id": "ls",
        "route_m": 3.0,
        "straight_m": 3.0,
        "crossing": "nee",
        "carriageway_m": 0.0,
        "voltage_known": True,
        "cabinet_m": pytest.approx(np.nan, nan_ok=True),
    }
    assert found["geometry"].equals(moved(line((0, 0), (0, 3))))


@pytest.mark.parametrize("kind", ["closed", "buildings"])
def test_round_the_corner_of_a_building_or_yard(kind):
    """5 m to the corner (4, 3), 4 m along the wall, 4 m on to the cable."""
    found = route({"ls": line((-40, 11), (40, 11))}, ground(**{kind: [box(-45, 3, 4, 7)]}))

    assert (found["route_m"], found["straight_m"], found["crossing"]) == (13.0, 11.0, "nee")
    assert found["geometry"].equals(moved(line((0, 0), (4, 3), (4, 11))))


def test_below_a_carriageway_where_there_is_no_other_way():
    found = route({"ls": AHEAD}, ground(roads=[ROAD]))

    assert (found["route_m"], found["crossing"], found["carriageway_m"]) == (9.0, "ja", 6.0)


def test_a_carriageway_of_two_parts_has_no_seam_to_slip_through():
    found = route({"ls": AHEAD}, ground(roads=[box(-45, 1, 0, 7), box(0, 1, 45, 7)]))

    assert (found["route_m"], found["crossing"], found["carriageway_m"]) == (9.0, "ja", 6.0)


@pytest.mark.parametrize(
    ("norm_m", "expected"), [(25.0, ("own", 20.0, "nee")), (20.0, ("own", 20.0, "nee")), (19.0, ("other", 9.0, "ja"))]
)
def test_within_the_norm_a_route_beside_the_road_goes_before_a_shorter_one_below_it(norm_m, expected):
    lines = {"other": AHEAD, "own": line((20, -9), (20, 0))}

    found = route(lines, ground(roads=[ROAD]), cable_norm_m=norm_m)

    assert (found["cable_id"], found["route_m"], found["crossing"]) == expected


def test_round_water():
    """To (5, 2), along the bank to (5, 4), and 2 m on: 5.385 + 2 + 2."""
    pond = make(Terrain, {"pond": {"kind": "water", "cover": "watervlakte", "geometry": box(-50, 2, 5, 4)}})
    surfaces = find_ground(make(RoadParts, {"street": STREET}), pond, None, Surfaces(), Quality())

    assert route({"ls": line((-40, 6), (40, 6))}, surfaces)["route_m"] == 9.39


def test_a_pole_above_the_cable_needs_no_route():
    found = route({"ls": line((-9, 0), (9, 0))}, ground())

    assert (found["route_m"], found["straight_m"], found["crossing"]) == (0.0, 0.0, "nee")
    assert found["geometry"].equals(moved(point(0, 0)))


@pytest.mark.parametrize(("depth_m", "kind"), [(0.6, "over de grond"), (1.4, "geen")])
def test_a_cable_just_within_a_yard_is_reached_since_it_is_drawn_to_a_metre(depth_m, kind):
    yard = box(-100, 2, 100, 30)

    found = route({"ls": line((-40, 2 + depth_m), (40, 2 + depth_m))}, ground(closed=[yard]))

    assert found["route_kind"] == kind


def test_the_ground_on_which_the_pole_stands_is_open():
    own, other = box(-100, -3, 100, 3), box(-100, 4, 100, 9)

    assert route({"ls": line((-40, 3.5), (40, 3.5))}, ground(closed=[own, other]))["route_m"] == 3.5
    assert route({"ls": line((-40, 12), (40, 12))}, ground(closed=[own, other]))["route_kind"] == "geen"


def test_from_the_yard_on_which_the_pole_stands_round_a_building():
    surfaces = ground(closed=[box(-100, -9, 100, 6)], buildings=[box(-45, 3, 4, 7)])

    assert route({"ls": line((-40, 11), (40, 11))}, surfaces)["route_m"] == 13.0


def test_a_pole_between_yards_with_hardly_any_room_between():
    """The gap of 0.2 m is none, but the pole stands there: nothing is known of a way, and nothing breaks."""
    yards = [box(-9, -9, -0.1, 9), box(0.1, -9, 9, 9)]

    assert route({"ls": line((-40, 20), (40, 20))}, ground(closed=yards))["route_kind"] in ("over de grond", "geen")


@pytest.mark.parametrize(("gap_m", "expected"), [(0.2, 13.0), (0.4, 11.0)])
def test_a_trench_does_not_fit_between_everything(gap_m, expected):
    houses = [box(-45, 3, -gap_m / 2, 7), box(gap_m / 2, 3, 4, 7)]

    assert route({"ls": line((-40, 11), (40, 11))}, ground(buildings=houses))["route_m"] == expected


def test_what_lies_at_another_level_is_not_in_the_way():
    assert route({"ls": AHEAD}, ground(roads=[ROAD], buildings=[ROAD], closed=[ROAD], level=1))["crossing"] == "nee"


@pytest.mark.parametrize(
    ("function", "crossing", "route_m"),
    [("rijbaan lokale weg", "ja", 9.0), ("fietspad", "nee", 9.0), ("parkeervlak", "nee", 9.0), ("woonerf", "nee", 9.0)],
)
def test_only_carriageways_are_crossed(function, crossing, route_m):
    parts = make(RoadParts, {"part": {"function": function, "geometry": ROAD}})

    found = route({"ls": AHEAD}, find_ground(parts, None, None, Surfaces(), Quality()))

    assert (found["crossing"], found["route_m"]) == (crossing, route_m)


@pytest.mark.parametrize(
    ("kind", "cover", "is_closed"),
    [
        ("onbegroeid", "erf", True),
        ("begroeid", "bouwland", True),
        ("water", "waterloop", True),
        ("water", "greppel, droge sloot", False),
        ("begroeid", "groenvoorziening", False),
        ("ondersteunend", "berm", False),
        ("onbegroeid", None, False),
    ],
)
def test_what_is_closed_ground(kind, cover, is_closed):
    parts = make(RoadParts, {"street": STREET, "rails": {"function": "spoorbaan", "geometry": ROAD}})
    terrain = make(Terrain, {"part": {"kind": kind, "cover": cover, "geometry": ROAD}})

    surfaces = find_ground(parts, terrain, None, Surfaces(), Quality())

    assert (len(surfaces.closed), len(surfaces.carriageways)) == (1 + is_closed, 1)


# ---- what is not known -----------------------------------------------------------------------------------------------


def test_without_road_parts_a_route_is_a_straight_line_and_says_so():
    quality = Quality()
    surfaces = find_ground(RoadParts.empty(), None, None, Surfaces(), quality)

    found = route({"ls": AHEAD}, surfaces)

    assert (found["route_kind"], found["route_m"], found["crossing"]) == ("hemelsbreed", 9.0, "onbekend")
    assert np.isnan(found["carriageway_m"])
    assert quality.findings == ["No road parts: cable routes are straight lines, and what they cross is not known."]


def test_without_terrain_or_buildings_a_finding_says_what_routes_do_not_go_round():
    quality = Quality()

    assert find_ground(make(RoadParts, {"street": STREET}), None, Buildings.empty(), Surfaces(), quality) is not None
    assert quality.findings == [
        "No terrain: cable routes do not go round it.",
        "No buildings: cable routes do not go round it.",
    ]


FAR = line((-40, 41), (40, 41))
"""A cable that no route of 40 m reaches."""


@pytest.mark.parametrize(
    ("lines", "known"),
    [
        ({}, False),
        ({"far": FAR}, False),
        ({"far": {"geometry": FAR, "request_kind": "open data"}}, True),
        ({"far": {"geometry": line((-40, 101), (40, 101)), "request_kind": "open data"}}, False),
        (
            {"far": {"geometry": line((-50, 41), (50, 41), (50, -50), (-50, -50), (-50, 41)), "use": "aansluiting"}},
            True,
        ),
        ({"far": {"geometry": line((-50, 41), (50, 41), (50, -9), (-50, -9), (-50, 41)), "use": "aansluiting"}}, False),
    ],
    ids=["no cables", "on one side", "of all cables there are", "too far away", "all round", "not beyond 9 m"],
)
def test_no_cable_is_only_known_where_cables_were_delivered(lines, known):
    found = route(lines, ground())

    assert (found["route_kind"], found["known"], found["crossing"]) == ("geen", known, "onbekend")
    assert found[["route_m", "straight_m", "carriageway_m", "cable_id"]].isna().all()
    assert found["geometry"].equals(moved(point(0, 0)))


def test_a_route_above_the_norm_is_only_known_where_cables_were_delivered():
    lines = {"far": line((-40, 30), (40, 30))}

    assert not route(lines, ground())["known"]
    assert route(lines, ground(), cable_norm_m=30.0)["known"]


# ---- which cables and cabinets ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("column", "value", "usable"),
    [
        ("voltage_level", "middenspanning", False),
        ("voltage_level", "onbekend", False),
        ("use", "onbekend", True),
        ("use", "aansluiting", False),
        ("use", "openbare verlichting", False),
        ("status", "onbekend", True),
        ("status", "buiten gebruik", False),
        ("status", "gepland", False),
        ("operator_kind", "onbekend", True),
        ("operator_kind", "gemeente", False),
        ("operator_kind", "overig", False),
    ],
)
def test_which_cables_may_be_joined(column, value, usable):
    lines = cables(far=AHEAD, near={"geometry": line((-40, 3), (40, 3)), column: value})

    assert list(usable_cables(lines).index) == (["far", "near"] if usable else ["far"])
    assert route(lines, ground())["cable_id"] == ("near" if usable else "far")


@pytest.mark.parametrize(
    ("row", "counts"),
    [
        ({}, True),
        ({"kind": "station", "theme": "middenspanning"}, True),
        ({"status": "onbekend"}, True),
        ({"theme": "middenspanning"}, False),
        ({"kind": "mof"}, False),
        ({"kind": "huisaansluiting"}, False),
        ({"kind": "onderstation", "theme": "middenspanning"}, False),
        ({"status": "buiten gebruik"}, False),
    ],
)
def test_which_points_are_cabinets(row, counts):
    assert len(cabinets(make(GridPoints, {"point": {**row, "geometry": point(3, 4)}}))) == counts


@pytest.mark.parametrize(("x", "expected"), [(3, 5.0), (300, None)])
def test_distance_to_the_nearest_cabinet(x, expected):
    found = route({"ls": AHEAD}, ground(), points={"kast": {"geometry": point(x, 4)}})

    assert (None if np.isnan(found["cabinet_m"]) else found["cabinet_m"]) == expected


def test_of_cables_at_one_distance_the_first_id_is_taken():
    lines = {"b": line((-9, 3), (9, 3)), "a": line((-9, -3), (9, -3)), "c": line((3, -9), (3, 9))}

    assert route(lines, ground())["cable_id"] == "a"
    assert route(lines, ground(closed=[box(-1, -2, 1, -1)]))["cable_id"] == "b"


@pytest.mark.parametrize(("volts", "known"), [((400.0, np.nan), True), ((np.nan, 400.0), True), ((np.nan,) * 2, False)])
def test_whether_the_voltage_is_known(volts, known):
    lines = {"ls": {"geometry": AHEAD, "voltage_v": volts[0], "nominal_voltage_v": volts[1]}}

    assert route(lines, ground())["voltage_known"] == known


# ---- nothing, and wrong things ---------------------------------------------------------------------------------------


def test_without_poles_there_are_no_routes():
    assert routes({"ls": AHEAD}, ground(), poles={}).equals(CableRoutes.empty())


def test_without_cables_every_pole_has_a_row():
    assert list(routes({}, None)["route_kind"]) == ["geen"]


def test_another_crs_is_refused():
    degrees = gpd.GeoSeries([shapely.Point(5, 52)], index=["pole"], crs=4326)

    with pytest.raises(WrongCrs):
        route_cables(degrees, cables(ls=AHEAD), GridPoints.empty(), None, SpotRules(), Quality())


def test_a_reach_below_the_norm_is_refused():
    with pytest.raises(ConfigError, match="cable_reach_m must be at least cable_norm_m"):
        make_project({"schema": 1, "spots": {"cable_reach_m": 20}})


def test_what_is_noted_of_routes_names_neither_cable_nor_place():
    """Nothing that a log or run.json holds comes from the cables but how many poles have which kind of route."""
    quality = Quality()

    routes({"geheim-4711": AHEAD}, ground(roads=[ROAD]), quality=quality, points={"kast-8": {"geometry": point(3, 4)}})

    assert json.loads(json.dumps(quality.summary())) == {
        **Quality().summary(),
        "facts": {"routes": {"over de grond": 1}},
    }
    assert quality.losses().empty


# ---- against a fine grid ---------------------------------------------------------------------------------------------

CELL_M, MOVES, SIZE_M = 0.5, 4, 20
"""The grid of the oracle, how many cells a move goes at most, and the size of its scenes (m).

Corners and cables of the scenes lie on the grid, so that only the directions are coarse. Between moves of up to four
cells directions lie at most 14 degrees apart: a way is at most 0.75 % (1 / cos(7 degrees) - 1) too long.
"""
COARSE = 1.0075


def grid_length(surface, start, lines):
    """Length of the shortest way over the points of a grid, by Dijkstra; None where there is none."""
    steps = int(SIZE_M / CELL_M) + 1
    xy = np.stack(np.meshgrid(np.arange(steps), np.arange(steps), indexing="ij"), axis=-1).reshape(-1, 2)
    reach = range(-MOVES, MOVES + 1)
    edges = {}
    for move in [(a, b) for a in reach for b in reach if gcd(a, b) == 1 and (a, b) > (0, 0)]:
        begins = xy[((xy + move >= 0) & (xy + move < steps)).all(axis=1)]
        legs = shapely.linestrings(np.stack([begins, begins + move], axis=1) * CELL_M)
        for begin in begins[surface.covers(legs)]:
            one, two, length = tuple(begin), tuple(begin + move), float(np.hypot(*move)) * CELL_M
            edges.setdefault(one, []).append((two, length))
            edges.setdefault(two, []).append((one, length))
    goals = {tuple(each) for each in xy[shapely.dwithin(shapely.points(xy * CELL_M), lines, 1e-9)]}
    waiting, done = [(0.0, tuple(int(each / CELL_M) for each in start))], set()
    while waiting:
        length, place = heappop(waiting)
        if place in goals:
            return length
        if place not in done:
            done.add(place)
            for other, more in edges.get(place, []):
                heappush(waiting, (length + more, other))
    return None


def scene(seed):
    """A pole in a yard full of blocks: closed ground, carriageways, and cables along the lines of the grid."""
    rng = np.random.default_rng(seed)

    def blocks(number, largest):
        corners, sizes = rng.integers(1, SIZE_M - 6, (number, 2)), rng.integers(1, largest + 1, (number, 2))
        found = [box(*corner, *(corner + size)) for corner, size in zip(corners, sizes, strict=True)]
        return [each for each in found if not each.covers(pole)]

    pole = point(*(rng.integers(4, 14, 2) + 0.5))
    ends = [(rng.integers(0, SIZE_M + 1, 2), rng.integers(0, 2), rng.integers(2, 8)) for _ in range(3)]
    lines = {f"c{n}": line(xy, xy + np.eye(2, dtype=int)[way] * long) for n, (xy, way, long) in enumerate(ends)}
    return pole, lines, blocks(9, 5), [*blocks(2, 6), box(0, 8, SIZE_M, 11) if seed % 2 else box(11, 0, 13, SIZE_M)]


@pytest.mark.parametrize("seed", range(4))
def test_against_the_shortest_way_over_a_fine_grid(seed):
    pole, lines, closed, roads = scene(seed)
    frame = box(-9, -9, 40, 40).difference(box(0, 0, SIZE_M, SIZE_M))
    roads = [road for road in roads if not road.covers(pole)]
    norm_m, reach_m = 12.0, 30.0

    found = route(
        lines,
        ground(roads=roads, closed=[*closed, frame]),
        poles={"pole": pole},
        cable_norm_m=norm_m,
        cable_reach_m=reach_m,
    )

    every = shapely.union_all(list(lines.values()))
    yards = shapely.difference(shapely.union_all(closed), shapely.buffer(every, 1.0))
    inside = box(0, 0, SIZE_M, SIZE_M).difference(yards)
    beside = grid_length(inside.difference(shapely.union_all(roads)), (pole.x, pole.y), every)
    anyhow = grid_length(inside, (pole.x, pole.y), every)
    if found["crossing"] == "nee" and found["route_m"] <= norm_m:
        assert found["route_m"] - 0.02 <= beside <= found["route_m"] * COARSE + 0.02
    elif found["route_kind"] == "geen":
        assert anyhow is None or anyhow > reach_m
    else:
        assert beside is None or beside > norm_m
        assert found["route_m"] - 0.02 <= anyhow <= found["route_m"] * COARSE + 0.02


# ---- properties ------------------------------------------------------------------------------------------------------


def bare(roads, closed):
    """The ground without going through frames, which takes most of the time."""
    return Ground(*(np.array([moved(each) for each in shapes], dtype=object) for shapes in (closed, roads)))


@cache
def cables_of(seed):
    return cables(**scene(seed)[1])


def unchecked(lines, surfaces, **poles):
    return route_cables(shapes(poles), lines, GridPoints.empty(), surfaces, SpotRules(), Quality())


def rank(found):
    """What makes one route better than another: none below a carriageway within the norm, then length."""
    is_beside = found["crossing"] == "nee" and found["route_m"] <= SpotRules().cable_norm_m
    return (not is_beside, np.inf if np.isnan(found["route_m"]) else found["route_m"])


SEEDS = st.integers(100, 400)


@few
@given(seed=SEEDS)
def test_a_route_is_no_shorter_than_a_straight_line_and_is_as_long_as_it_is_drawn(seed):
    pole, _, closed, roads = scene(seed)

    found = unchecked(cables_of(seed), bare(roads, closed), pole=pole).loc["pole"]

    assert found["route_kind"] == "geen" or found["route_m"] >= found["straight_m"]
    assert found["geometry"].length == pytest.approx(np.nan_to_num(found["route_m"]), abs=0.01)
    assert (found["crossing"] == "ja") == (found["carriageway_m"] > 0)


@fewer
@given(seed=SEEDS)
def test_one_cable_more_or_one_building_less_never_makes_a_route_worse(seed):
    pole, _, closed, roads = scene(seed)
    lines = cables_of(seed)

    found = unchecked(lines, bare(roads, closed), pole=pole).loc["pole"]

    fewer_cables = unchecked(lines.drop("c2"), bare(roads, closed), pole=pole).loc["pole"]
    fewer_buildings = unchecked(lines, bare(roads, closed[1:]), pole=pole).loc["pole"]
    assert rank(fewer_buildings) <= rank(found) <= rank(fewer_cables)


@fewer
@given(seed=SEEDS, shift=st.tuples(st.integers(-90, 90), st.integers(-90, 90)))
def test_neither_the_order_of_rows_nor_the_place_on_the_map_matters(seed, shift):
    poles = {f"pole{number}": scene(seed + number)[0] for number in range(3)}
    _, _, closed, roads = scene(seed)
    lines, surfaces = cables_of(seed), bare(roads, closed)

    found = unchecked(lines, surfaces, **poles)

    turned = unchecked(shuffled(lines), bare(roads[::-1], closed[::-1]), **dict(reversed(poles.items())))
    assert_frame_equal(turned.drop(columns="geometry"), found.drop(columns="geometry"))
    elsewhere = route_cables(
        shapes(poles).translate(*shift),
        lines.set_geometry(lines.translate(*shift)),
        GridPoints.empty(),
        Ground(*(shapely.transform(each, lambda xy: xy + shift) for each in (surfaces.closed, surfaces.carriageways))),
        SpotRules(),
        Quality(),
    )
    for name in ("route_m", "straight_m", "carriageway_m"):
        np.testing.assert_allclose(elsewhere[name], found[name], atol=0.011)
    assert list(elsewhere["crossing"]) == list(found["crossing"])
