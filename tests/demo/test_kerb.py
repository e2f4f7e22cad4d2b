"""The street side of a block: it tiles, its bays have their sizes, equal seeds give equal streets."""

import itertools
from collections import Counter
from dataclasses import dataclass

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Polygon

from laadplan.demo.frontage import Frontage, lay_out, usable
from laadplan.demo.kerb import KerbContent, fill_kerbs
from laadplan.demo.model import Block, ParkingStrip
from laadplan.demo.shapes import Areal
from laadplan.demo.sizes import PARKING, STREETS
from laadplan.demo.zones import DISABLED, KINDS, LOADING, PUBLIC, ZONES, bays_along, free_intervals, merged
from tests.demo.curved import curved_block

pytestmark = pytest.mark.slow

OVERLAP_SHARE = 1e-5
"""Largest share of a block that may be covered twice or not at all: rounding to millimetres."""

LEAST_OVERLAP_M2 = 0.03
"""What rounding may amount to in a small block: half a millimetre along some tens of metres of edge."""

WITH_DRIVEWAYS = ("rijwoningen met oprit", "twee-onder-een-kap", "vrijstaand", "lint")
STREET_KINDS = [*STREETS, None]


@dataclass
class Filled:
    """A block with its street side."""

    block: Block
    frontage: Frontage
    content: KerbContent
    carriageway: Areal

    @property
    def bays(self) -> list[tuple[ParkingStrip, Polygon, str]]:
        return [
            (strip, bay, regime)
            for strip in self.content.strips
            for bay, regime in zip(strip.bays, strip.regimes, strict=True)
        ]


def fill(block: Block) -> Filled:
    """The street side of a block, with a driveway every 13 m where its kind has them."""
    random = np.random.default_rng(block.index)
    frontage = lay_out(block, random)
    if block.kind in WITH_DRIVEWAYS:
        for place in (0, 2):
            starts = np.arange(12.0, frontage.kerb_line(place).length - 12.0, 13.0)
            frontage.driveways[place] = [(start, start + 2.8) for start in starts.tolist()]
    return Filled(block, frontage, *fill_kerbs(frontage, random))


def assert_tiled(filled: Filled) -> None:
    """Surfaces, bays, carriageway and land tile the block."""
    shapes = [surface.polygon for surface in filled.content.surfaces]
    shapes += [strip.polygon for strip in filled.content.strips]
    shapes += [filled.carriageway, filled.frontage.land]
    covered, block = shapely.union_all(shapes), filled.block.polygon
    overlaps = sum(shape.area for shape in shapes) - covered.area
    wrong = shapely.symmetric_difference(covered, block).area
    assert overlaps + wrong < max(OVERLAP_SHARE * block.area, LEAST_OVERLAP_M2)
    assert all(shapely.is_valid(shapes))
    assert np.abs(np.round(shapely.get_coordinates(shapes), 3) - shapely.get_coordinates(shapes)).max() < 1e-7


@pytest.mark.parametrize("street", STREETS)
@pytest.mark.parametrize("kind", ZONES)
def test_block_is_tiled_with_every_street(kind: str, street: str) -> None:
    index = 1 + 31 * list(ZONES).index(kind) + list(STREETS).index(street)
    assert_tiled(fill(curved_block(kind, (street, "woonstraat", street, street), index=index)))


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    kind=st.sampled_from(list(ZONES)),
    streets=st.tuples(*[st.sampled_from(STREET_KINDS)] * 4),
    size=st.tuples(st.floats(40.0, 300.0), st.floats(38.0, 120.0)),
    lean=st.floats(-0.35, 0.35),
    bend=st.floats(0.0, 12.0),
    index=st.integers(1, 10_000),
)
def test_any_block_is_tiled(
    kind: str,
    streets: tuple[str | None, ...],
    size: tuple[float, float],
    lean: float,
    bend: float,
    index: int,
) -> None:
    filled = fill(curved_block(kind, streets, size=size, skew=lean * size[1], bend=bend, index=index))
    assert_tiled(filled)
    for strip in filled.content.strips:
        assert sum(bay.area for bay in strip.bays) == pytest.approx(strip.polygon.area, abs=1e-6)
        assert len(strip.regimes) == len(strip.bays)


@pytest.fixture(scope="module")
def many() -> list[Filled]:
    """Blocks of many kinds at many streets."""
    kinds = ("gesloten bouwblok", "rijwoningen", "centrum", "portiekflats", "bedrijven", "twee-onder-een-kap")
    streets = ("woonstraat", "centrumstraat", "kade", "bedrijfsweg", "woonerf", "hoofdweg")
    pairs = itertools.product(kinds, streets, range(5))
    return [
        fill(curved_block(kind, (street, "woonstraat", "woonstraat", street), size=(130.0, 70.0), index=7 * index + 1))
        for index, (kind, street, _) in enumerate(pairs)
    ]


def test_bays_have_the_sizes_of_their_orientation(many: list[Filled]) -> None:
    areas: dict[tuple[str, str], list[float]] = {}
    for filled in many:
        for strip, bay, regime in filled.bays:
            areas.setdefault((strip.orientation, regime), []).append(bay.area)
    assert 5.5 * 1.8 * 0.97 < min(areas["langs", PUBLIC]) < max(areas["langs", PUBLIC]) < 6.0 * 2.1 * 1.03
    assert 12.0 < min(areas["haaks", PUBLIC]) < max(areas["haaks", PUBLIC]) < 13.0
    assert 17.0 < min(areas["haaks", DISABLED]) < max(areas["haaks", DISABLED]) < 18.0
    assert 10.0 * 1.8 < min(areas["langs", LOADING]) < max(areas["langs", LOADING]) < 12.0 * 2.1 * 1.03


def test_a_few_bays_are_not_for_all(many: list[Filled]) -> None:
    counts = Counter(regime for filled in many for _, _, regime in filled.bays)
    loading = {strip.orientation for filled in many for strip, _, regime in filled.bays if regime == LOADING}
    assert set(counts) == {PUBLIC, DISABLED, LOADING}
    assert 1 / 110 < counts[DISABLED] / counts.total() < 1 / 35
    assert 0 < counts[LOADING] < counts.total() / 100
    assert loading == {"langs"}


def test_bays_for_the_disabled_lie_at_the_end_of_a_strip(many: list[Filled]) -> None:
    for filled in many:
        for strip in filled.content.strips:
            assert all(regime == PUBLIC for regime in strip.regimes[1:-1])


def test_pole_stands_behind_two_bays_that_are_free_to_all(many: list[Filled]) -> None:
    for filled in many:
        solid = shapely.union_all([strip.polygon for strip in filled.content.strips])
        for strip in filled.content.strips:
            for pole in strip.pole_places:
                near = {
                    regime for bay, regime in zip(strip.bays, strip.regimes, strict=True) if bay.distance(pole) < 0.6
                }
                assert near == {PUBLIC}
                assert 0.3 < solid.distance(pole) < 0.6
                assert not filled.frontage.land.contains(pole)


def test_trees_stand_off_the_road_and_the_bays(many: list[Filled]) -> None:
    for filled in many:
        solid = [filled.carriageway, *(strip.polygon for strip in filled.content.strips)]
        if filled.content.trees:
            assert shapely.STRtree(solid).query(filled.content.trees, predicate="within").size == 0


def test_footways_differ_in_width() -> None:
    sides = [
        kerb for index in range(40) for kerb in lay_out(curved_block(index=index), np.random.default_rng(index)).kerbs
    ]
    assert {kerb.footway for kerb in sides} == set(STREETS["woonstraat"].footways)
    assert all(kerb.depth == pytest.approx(2.6 + kerb.zone_depth + kerb.footway) for kerb in sides)


@pytest.mark.parametrize(
    ("street", "code"), [("woonerf", "woonerf"), ("landweg", "berm"), ("smalle straat", "voetpad")]
)
def test_ground_beside_the_carriageway_is_that_of_the_street(street: str, code: str) -> None:
    codes = {surface.code for surface in fill(curved_block("vrijstaand", (street,) * 4)).content.surfaces}
    assert code in codes
    assert codes <= {code, "inrit", "berm"}


def test_main_road_has_a_cycle_path_and_no_bays_across() -> None:
    for index in range(20):
        filled = fill(curved_block("rijwoningen", ("hoofdweg",) * 4, index=index))
        assert "fietspad" in {surface.code for surface in filled.content.surfaces}
        assert {strip.orientation for strip in filled.content.strips} <= {"langs"}


def test_driveways_reach_the_land_and_no_bay_is_near() -> None:
    filled = fill(curved_block("twee-onder-een-kap", index=4))
    drives = [surface.polygon for surface in filled.content.surfaces if surface.code == "inrit"]
    noted = sum(len(stations) for stations in filled.frontage.driveways.values())
    assert len(drives) == noted > 8
    for drive in drives:
        assert drive.distance(filled.frontage.land) < 0.001
        assert drive.distance(filled.carriageway) < 0.001
        assert all(drive.distance(strip.polygon) > PARKING.driveway_clear - 0.1 for strip in filled.content.strips)


@pytest.mark.parametrize("street", ["woonstraat", "woonerf", "kade", "landweg", "hoofdweg"])
def test_fronts_run_along_the_land_from_corner_to_corner(street: str) -> None:
    filled = fill(curved_block("gesloten bouwblok", (street, "woonstraat", street, "woonstraat"), index=3))
    fronts = filled.content.fronts
    assert [front.street for front in fronts] == [side.street.name for side in filled.block.sides if side.street]
    for one, other in itertools.pairwise([*fronts, fronts[0]]):
        assert one.line.boundary.distance(other.line.boundary) < 0.01
        assert filled.frontage.land.distance(one.line) == pytest.approx(0.5, abs=0.02)


def test_usable_stretch_is_clear_of_the_corners() -> None:
    frontage = fill(curved_block(index=5)).frontage
    for place in range(4):
        line, (start, end) = usable(frontage, place)
        others = [frontage.kerb_line(other) for other in range(4) if other != place]
        ends = shapely.line_interpolate_point(line, [start, end])
        assert shapely.distance(ends[:, None], np.array(others)).min() >= PARKING.junction_clear


def test_block_without_streets_is_all_land() -> None:
    filled = fill(curved_block("weiland", (None,) * 4))
    assert filled.frontage.land.equals(filled.block.polygon)
    assert filled.carriageway.is_empty
    assert filled.content == KerbContent()


def test_equal_seeds_give_equal_streets() -> None:
    one, again = (
        fill(curved_block("gesloten bouwblok", ("centrumstraat", *("woonstraat",) * 3), index=9)) for _ in range(2)
    )
    assert one.content == again.content
    assert shapely.equals_exact(one.carriageway, again.carriageway)


def test_zone_chances_add_up() -> None:
    assert all(sum(chances) == pytest.approx(1.0) for pair in ZONES.values() for chances in pair)
    assert all(len(chances) == len(KINDS) for pair in ZONES.values() for chances in pair)


@pytest.mark.parametrize("zone", ["langs", "haaks"])
def test_pieces_follow_each_other(zone: str) -> None:
    for seed in range(30):
        pieces = bays_along((10.0, 90.0), zone, "centrumstraat", np.random.default_rng(seed))
        assert pieces[0].marks[0] == 10.0
        assert pieces[-1].marks[-1] <= 90.0
        assert all(one.marks[-1] == other.marks[0] for one, other in itertools.pairwise(pieces))
        assert all(bool(one.regimes) != bool(other.regimes) for one, other in itertools.pairwise(pieces))


def test_no_bays_where_there_is_room_for_one_only() -> None:
    assert bays_along((0.0, 7.0), "langs", "woonstraat", np.random.default_rng(1)) == []


def test_intervals_that_touch_are_one() -> None:
    assert merged([], 0.5) == []
    assert merged([(0.0, 5.0), (1.0, 2.0), (5.4, 6.0)], 0.5) == [(0.0, 6.0)]


def test_no_interval_is_left_where_all_is_blocked() -> None:
    assert free_intervals((0.0, 10.0), [(-1.0, 11.0)]) == []
    assert free_intervals((0.0, 10.0), []) == [(0.0, 10.0)]
