"""What stands on a block: every kind tiles, stands apart, fits its land, and gives way where there is no room."""

from collections import Counter

import numpy as np
import pytest
import shapely
from shapely import LineString, Point

from laadplan.demo.filling import FILLERS, INSTEAD, fill_block
from laadplan.demo.frames import frame_on, plot_on, reach_streets
from laadplan.demo.frontage import lay_out
from laadplan.demo.ground import Ground, as_surfaces
from laadplan.demo.land_sizes import FARM, HOF, SHOPS
from laadplan.demo.model import Block, BlockContent
from tests.demo.curved import curved_block

pytestmark = pytest.mark.slow

SEED = 5

TILING_SHARE = 1e-5
"""Largest share of a block that may be covered twice or not at all: rounding to millimetres."""

SIZES: dict[str, tuple[float, float]] = {
    "gesloten bouwblok": (118.0, 57.0),
    "centrum": (62.0, 54.0),
    "hof": (105.0, 80.0),
    "lint": (108.0, 76.0),
    "boerderij": (330.0, 300.0),
    "weiland": (300.0, 320.0),
    "stadspark": (170.0, 150.0),
    "sportvelden": (170.0, 180.0),
    "volkstuinen": (140.0, 130.0),
    "bedrijven": (150.0, 115.0),
}
"""Length and depth of a block of some kinds, in metres, from axis to axis."""

USUAL = (112.0, 66.0)

KINDS = sorted([*FILLERS, "kanaal"])
WITH_DRIVEWAY = {"rijwoningen met oprit", "twee-onder-een-kap", "vrijstaand", "lint", "boerderij", "bedrijven"}

SHAPES: dict[str, dict[str, object]] = {
    "short": {"size": (44.0, 62.0)},
    "narrow": {"size": (110.0, 33.0)},
    "tiny": {"size": (24.0, 22.0)},
    "skewed": {"skew": 34.0},
    "bent": {"bend": 14.0},
    "no street behind": {"streets": ("woonstraat", "woonstraat", None, "woonstraat")},
    "street behind only": {"streets": (None, None, "hoofdweg", None)},
    "no street": {"streets": (None, None, None, None)},
    "woonerf": {"streets": ("woonerf", "woonerf", "woonstraat", "wijkweg")},
}


def usual(kind: str, index: int = 1) -> Block:
    return curved_block(kind, size=SIZES.get(kind, USUAL), index=index)


def ground_shapes(content: BlockContent) -> np.ndarray:
    shapes = [surface.polygon for surface in content.surfaces]
    shapes += [building.polygon for building in content.buildings] + [strip.polygon for strip in content.strips]
    return np.array([*shapes, *shapely.get_parts(content.carriageway)])


def assert_tiled(block: Block, content: BlockContent) -> None:
    shapes = ground_shapes(content)
    assert shapely.is_valid(shapes).all()
    one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    pairs = one < other
    overlaps = shapely.area(shapely.intersection(shapes[one[pairs]], shapes[other[pairs]])).sum()
    gaps = abs(block.polygon.area - shapely.union_all(shapes).area)
    assert overlaps + gaps < TILING_SHARE * block.polygon.area


def assert_apart(content: BlockContent) -> None:
    shapes = np.array([building.polygon for building in content.buildings], dtype=object)
    one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    pairs = one < other
    overlaps = shapely.area(shapely.intersection(shapes[one[pairs]], shapes[other[pairs]]))
    assert overlaps.size == 0 or overlaps.max() < 0.01


@pytest.mark.parametrize("index", [1, 2, 3])
@pytest.mark.parametrize("kind", KINDS)
def test_usual_block_is_tiled_by_what_stands_on_it(kind: str, index: int) -> None:
    block = usual(kind, index)
    content = fill_block(block, SEED)
    assert_tiled(block, content)
    assert_apart(content)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("kind", KINDS)
def test_odd_block_is_tiled_as_well(kind: str, shape: str) -> None:
    block = curved_block(kind, **{"size": SIZES.get(kind, USUAL), **SHAPES[shape]})  # type: ignore[arg-type]
    content = fill_block(block, SEED)
    assert_tiled(block, content)
    assert_apart(content)
    assert all(home.street for building in content.buildings for home in building.homes)


@pytest.mark.parametrize("kind", KINDS)
def test_equal_blocks_are_filled_equally(kind: str) -> None:
    one, other = fill_block(usual(kind), SEED), fill_block(usual(kind), SEED)
    assert one.buildings == other.buildings
    assert one.surfaces == other.surfaces
    assert one.strips == other.strips
    assert one.trees == other.trees
    assert one.paths == other.paths


@pytest.mark.parametrize("kind", KINDS)
def test_coordinates_lie_on_the_millimetre_grid(kind: str) -> None:
    content = fill_block(usual(kind), SEED)
    points = [home.point for building in content.buildings for home in building.homes if not building.floor_units]
    for shapes in (ground_shapes(content), points, content.paths):
        places = shapely.get_coordinates(shapes)
        assert np.abs(places - np.round(places, 3)).max(initial=0.0) < 1e-6


@pytest.mark.parametrize("kind", KINDS)
def test_buildings_stand_on_the_land_with_their_homes_in_them(kind: str) -> None:
    block = usual(kind)
    land = lay_out(block, np.random.default_rng([SEED, block.index])).land.buffer(0.01)
    names = {side.street.name for side in block.sides if side.street}
    for building in fill_block(block, SEED).buildings:
        assert land.contains(building.polygon)
        for home in building.homes:
            assert building.polygon.distance(home.point) < 2.5
            assert home.street in names
            assert home.own_driveway <= (kind in WITH_DRIVEWAY)


@pytest.mark.parametrize("kind", KINDS)
def test_bays_have_their_size_and_regime(kind: str) -> None:
    block = usual(kind)
    for strip in fill_block(block, SEED).strips:
        assert len(strip.regimes) == len(strip.bays) > 0
        areas = [bay.area for bay, regime in zip(strip.bays, strip.regimes, strict=True) if regime == "openbaar"]
        if strip.orientation == "langs":
            assert all(5.4 * 1.8 * 0.95 <= area <= 6.0 * 2.1 * 1.05 for area in areas)
        else:
            assert all(area == pytest.approx(12.5, abs=0.7) for area in areas)
        bays = shapely.union_all(strip.bays)
        assert bays.difference(strip.polygon.buffer(0.005)).area < 0.01
        assert bays.area == pytest.approx(sum(bay.area for bay in strip.bays), abs=0.05)
        for place in strip.pole_places:
            touching = [strip.regimes[at] for at, bay in enumerate(strip.bays) if bay.distance(place) < 0.7]
            assert set(touching) == {"openbaar"}


@pytest.mark.parametrize("kind", KINDS)
def test_trees_stand_clear_of_buildings_and_bays(kind: str) -> None:
    content = fill_block(usual(kind), SEED)
    solid = [building.polygon for building in content.buildings] + [strip.polygon for strip in content.strips]
    found = shapely.STRtree(solid).query(content.trees, predicate="dwithin", distance=0.1)
    assert found.size == 0
    assert block_holds(usual(kind), content.trees)


def block_holds(block: Block, points: list[Point]) -> bool:
    return bool(shapely.covers(block.polygon, points).all())


@pytest.mark.parametrize("kind", ["rijwoningen", "portiekflats", "park", "stadspark", "flats", "hof", "appartementen"])
def test_paths_reach_the_axes_of_streets_and_cross_no_building(kind: str) -> None:
    block = usual(kind)
    content = fill_block(block, SEED)
    axes = [side.line for side in block.sides]
    houses = shapely.union_all([building.polygon for building in content.buildings]).buffer(-0.05)
    assert content.paths
    for path in content.paths:
        assert not path.intersects(houses)
        others = shapely.union_all([*axes, *(other for other in content.paths if other is not path)])
        assert min(others.distance(Point(path.coords[at])) for at in (0, -1)) < 0.002


def test_kinds_without_room_give_way_to_known_kinds() -> None:
    assert set(INSTEAD.values()) <= set(FILLERS)
    assert not fill_block(curved_block("flats", size=(24.0, 22.0)), SEED).buildings


def homes(content: BlockContent) -> list[str]:
    return [home.use for building in content.buildings for home in building.homes]


def test_perimeter_block_is_closed_and_has_homes_above_each_other() -> None:
    block = usual("gesloten bouwblok")
    content = fill_block(block, SEED)
    stacked = [building for building in content.buildings if len(building.homes) > 1]
    assert stacked
    for building in stacked:
        places = np.array([home.point.coords[0] for home in building.homes])
        assert len({tuple(place) for place in places.tolist()}) == len(building.homes)
        keys = [(home.street, home.odd, home.along_m, home.letter) for home in building.homes]
        assert len(set(keys)) == len(keys)
    facades = shapely.union_all([building.polygon for building in content.buildings if building.homes])
    land = lay_out(block, np.random.default_rng([SEED, block.index])).land
    assert facades.buffer(0.01).intersection(land.exterior).length > 0.9 * land.length


@pytest.mark.parametrize("index", [1, 2, 3])
def test_footway_shares_the_corners_of_houses_on_its_edge(index: int) -> None:
    block = usual("gesloten bouwblok", index)
    content = fill_block(block, SEED)
    land = lay_out(block, np.random.default_rng([SEED, block.index])).land
    corners = shapely.get_coordinates([building.polygon for building in content.buildings])
    corners = corners[shapely.dwithin(land.boundary, shapely.points(corners), 0.001)]
    street = [surface.polygon for surface in content.surfaces if surface.layer == "wegdeel"]
    footways = {tuple(place) for place in shapely.get_coordinates(street).tolist()}
    assert len(corners) > 20
    assert all(tuple(corner) in footways for corner in corners.tolist())


def test_court_is_an_erf_with_houses_of_the_street_it_enters_from() -> None:
    content = fill_block(usual("hof"), SEED)
    erf = [surface.polygon for surface in content.surfaces if surface.code == "woonerf"]
    assert sum(shape.area for shape in erf) > HOF.court[0] * HOF.court_depth[0] * 0.5
    near = [
        building
        for building in content.buildings
        if building.homes and min(shape.distance(building.polygon) for shape in erf) < HOF.front + HOF.step[1] + 0.1
    ]
    assert len(near) >= 6
    assert len({building.homes[0].street for building in near}) == 1


def test_shops_have_a_car_park_with_places_for_the_disabled_and_for_loading() -> None:
    content = fill_block(usual("winkels"), SEED)
    park = next(strip for strip in content.strips if strip.orientation == "parkeerterrein")
    assert 40 <= len(park.bays) <= 80
    assert SHOPS.disabled[0] <= park.regimes.count("gpp") <= SHOPS.disabled[1]
    assert Counter(regime for strip in content.strips for regime in strip.regimes)["laden en lossen"] >= 1
    assert homes(content).count("winkelfunctie") >= 5


def test_walk_up_flats_stand_parallel_with_floors_and_units() -> None:
    content = fill_block(usual("portiekflats"), SEED)
    slabs = [building for building in content.buildings if building.floor_units]
    assert len(slabs) >= 2
    assert {building.floors for building in slabs} <= {3, 4}
    assert len({round(building.polygon.area, 1) for building in slabs}) == 1


def test_meadow_is_cut_by_ditches_from_front_to_rear() -> None:
    block = usual("weiland")
    content = fill_block(block, SEED)
    ditches = [surface.polygon for surface in content.surfaces if surface.material == "sloot"]
    meadows = [surface for surface in content.surfaces if surface.code == "grasland agrarisch"]
    assert sum(shape.area for shape in ditches) > 4 * SIZES["weiland"][1] * FARM.ditch[0]
    assert meadows
    assert not content.buildings


def test_farm_has_a_house_with_a_drive_and_barns() -> None:
    content = fill_block(usual("boerderij"), SEED)
    assert homes(content)[0] == "woonfunctie"
    assert all(home.own_driveway for building in content.buildings for home in building.homes)
    assert sum(not building.homes for building in content.buildings) >= 2
    assert any(surface.code == "inrit" for surface in content.surfaces)


def test_school_and_playing_fields_have_what_belongs_to_them() -> None:
    yard = fill_block(usual("school"), SEED)
    assert homes(yard) == ["onderwijsfunctie"]
    assert any(surface.code == "open verharding" for surface in yard.surfaces)
    fields = fill_block(usual("sportvelden"), SEED)
    assert homes(fields) == ["sportfunctie"]
    assert any(strip.orientation == "parkeerterrein" for strip in fields.strips)


def test_largest_plot_lies_within_the_land_and_along_its_side() -> None:
    block = curved_block("hof", skew=14.0)
    frontage = lay_out(block, np.random.default_rng(1))
    for place in (0, 2):
        plot = plot_on(frontage, place)
        assert plot is not None
        assert frontage.land.contains(plot.box())
        assert plot.box().area > 0.6 * frontage.land.area
        assert frontage.land_line(place, 0.0).distance(plot.frame.point(plot.length / 2, 0.0)) < 8.0


def test_frame_sets_out_boxes_to_the_left_of_its_base() -> None:
    frame = frame_on(LineString([(10.0, 20.0), (10.0, 30.0)]), 2.0, 8.0)
    boxes = frame.boxes([0.0, 3.0], [2.0, 5.0], 1.0, 4.0)
    assert [box.bounds for box in boxes] == [(6.0, 22.0, 9.0, 24.0), (6.0, 25.0, 9.0, 27.0)]
    assert frame.turned(1).point(2.0, 0.0).equals(Point(8.0, 22.0))
    assert frame.local(np.array([[6.0, 24.0]])).tolist() == [[2.0, 4.0]]


def test_path_goes_on_to_the_axis_where_there_is_a_street() -> None:
    block = curved_block("hof", ("woonstraat", None, None, None), size=(100.0, 60.0), skew=0.0, bend=0.0)
    frontage = lay_out(block, np.random.default_rng(1))
    frame = frame_on(block.sides[0].line, 0.0, 100.0)
    path = frame.line((50.0, 20.0), (50.0, 40.0))
    reached = frame.local(shapely.get_coordinates(reach_streets(frontage, path)))
    assert reached == pytest.approx(np.array([[50.0, 0.0], [50.0, 20.0], [50.0, 40.0]]), abs=0.002)
    assert reach_streets(frontage, path, at_start=False).equals(path)


def test_covers_come_first_come_first_served() -> None:
    ground = Ground(rest=("layer", "rest", ""))
    ground.cover(shapely.box(0, 0, 6, 10), ("layer", "one", ""))
    ground.cover(shapely.box(4, 0, 8, 10), ("layer", "other", ""))
    ground.cover(shapely.Polygon(), ("layer", "nothing", ""))
    found = as_surfaces(shapely.box(0, 0, 10, 10), ground)
    assert [(surface.code, surface.polygon.area) for surface in found] == [("one", 60), ("other", 20), ("rest", 20)]
