"""The demo town in memory: it tiles, it is valid, its numbers are in proportion, and nothing in it exists."""

import itertools
import math
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import shapely
from shapely import LineString, Point, Polygon, box

from laadplan.demo.arcs import pieces
from laadplan.demo.kerb import free_intervals
from laadplan.demo.model import Town
from laadplan.demo.names import FIRST_PC4, LAST_PC4, LETTER_PAIRS, street_names
from laadplan.demo.shapes import box_beside, join, midline, offset, polygons, quad
from laadplan.demo.town import make_town
from laadplan.demo.truth import truth
from laadplan.errors import ConfigError

pytestmark = pytest.mark.slow

OVERLAP_SHARE = 1e-5
"""Largest share of the ground that may be covered twice or not at all: rounding to millimetres."""

INHABITANTS = 1000
"""Of the town that all tests share."""

MARKERMEER = box(138_000, 503_000, 146_000, 513_000)
"""Open water on all sides of the town, in RD New."""


def level_0(town: Town) -> np.ndarray:
    ground = [surface.polygon for surface in town.surfaces if surface.level == 0]
    return np.array([*ground, *(building.polygon for building in town.buildings)])


def test_all_shapes_are_valid_polygons(town: Town) -> None:
    shapes = [surface.polygon for surface in town.surfaces] + [building.polygon for building in town.buildings]
    shapes += [bay for strip in town.strips for bay in strip.bays] + [area.polygon for area in town.neighbourhoods]
    assert all(shapely.is_valid(shapes))
    assert not any(shapely.is_empty(shapes))
    assert min(shapely.area(shapes)) >= 0.05


def test_ground_is_tiled_once(town: Town) -> None:
    shapes = level_0(town)
    one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    pairs = one < other
    overlaps = shapely.area(shapely.intersection(shapes[one[pairs]], shapes[other[pairs]]))
    gaps = town.outline.area - shapely.union_all(shapes).area
    assert overlaps.sum() < OVERLAP_SHARE * town.outline.area
    assert overlaps.max() < 0.05
    assert abs(gaps) < 2 * OVERLAP_SHARE * town.outline.area


def test_bridge_lies_over_the_canal(town: Town) -> None:
    raised = join(surface.polygon for surface in town.surfaces if surface.level == 1)
    water = join(surface.polygon for surface in town.surfaces if surface.material == "kanaal")
    assert {surface.code for surface in town.surfaces if surface.level == 1} >= {"rijbaan lokale weg", "fietspad"}
    assert raised.difference(water.buffer(0.01)).area < 0.1


@pytest.mark.parametrize("inhabitants", [INHABITANTS, 2000])
def test_numbers_are_in_proportion(town: Town, inhabitants: int) -> None:
    town = town if inhabitants == INHABITANTS else make_town(inhabitants, 1)
    dwellings = sum(address.is_dwelling for address in town.addresses)
    bays = sum(len(strip.bays) for strip in town.strips)
    assert 2.0 <= inhabitants / dwellings <= 2.6
    assert 0.5 <= bays / dwellings <= 1.5
    assert 0.05 < sum(address.own_driveway for address in town.addresses) / dwellings < 0.7
    assert abs(len(town.poles) - 1 - inhabitants / 250) <= 1
    assert len(truth(town, {})) < 700 * inhabitants
    assert abs(sum(area.inhabitants for area in town.neighbourhoods) - inhabitants) <= 5 * len(town.neighbourhoods)


def test_bays_have_the_sizes_of_their_orientation(town: Town) -> None:
    areas = {
        kind: [bay.area for strip in town.strips if strip.orientation == kind for bay in strip.bays]
        for kind in ("langs", "haaks", "parkeerterrein")
    }
    assert min(areas["langs"]) >= 5.5 * 1.8 * 0.95
    assert max(areas["langs"]) <= 6.0 * 2.1 * 1.05
    assert {round(area) for kind in ("haaks", "parkeerterrein") for area in areas[kind]} <= {12, 13}


def test_bays_lie_in_their_strip_and_not_on_each_other(town: Town) -> None:
    for strip in town.strips:
        bays = shapely.union_all(strip.bays)
        assert bays.difference(strip.polygon.buffer(0.005)).area < 0.01
        assert bays.area == pytest.approx(sum(bay.area for bay in strip.bays), abs=0.05)


def test_driveway_of_a_dwelling_is_an_inrit_nearby(town: Town) -> None:
    drives = shapely.STRtree([surface.polygon for surface in town.surfaces if surface.code == "inrit"])
    homes = [address.point for address in town.addresses if address.own_driveway]
    _, distances = drives.query_nearest(homes, return_distance=True, all_matches=False)
    assert (distances < 25.0).all()


def test_poles_stand_at_bays_and_leave_white_spots(town: Town) -> None:
    places = shapely.union_all([place for strip in town.strips for place in strip.pole_places])
    street = [pole for pole in town.poles if not pole.fast]
    far = [
        address for address in town.addresses if min(pole.point.distance(address.point) for pole in town.poles) > 150
    ]
    assert all(pole.point.distance(places) < 5 for pole in street)
    assert far


def test_trees_stand_clear_of_buildings_and_carriageways(town: Town) -> None:
    solid = [building.polygon for building in town.buildings]
    solid += [surface.polygon for surface in town.surfaces if surface.code in ("rijbaan lokale weg", "parkeervlak")]
    found = shapely.STRtree(solid).query([tree.point for tree in town.trees], predicate="within")
    assert found.size == 0


def test_nothing_in_the_town_exists(town: Town) -> None:
    postcodes = {address.postcode for address in town.addresses}
    assert all(address.street.startswith("Demo-") for address in town.addresses)
    assert all(pole.street.startswith("Demo-") for pole in town.poles)
    assert {postcode[4:] for postcode in postcodes} <= set(LETTER_PAIRS)
    assert all(FIRST_PC4 <= int(postcode[:4]) <= LAST_PC4 for postcode in postcodes)
    assert all(area.code.startswith("BU9901") for area in town.neighbourhoods)
    assert all(address.number_id.startswith("9901") for address in town.addresses)
    assert MARKERMEER.contains(town.outline)


def test_postcodes_are_free_in_the_real_tables(real_data: Path) -> None:
    tables = real_data / "national" / "pc4"
    issued = set(pd.read_csv(tables / "Data_Cleaned_KIM.csv")["pc4"]) | set(
        pd.read_csv(tables / "pc4_gemeente_2023_addresscounts.csv")["PC4"]
    )
    assert not issued & set(range(FIRST_PC4, LAST_PC4 + 1))


def test_ids_are_unique(town: Town) -> None:
    ids = [surface.local_id for surface in town.surfaces] + [building.local_id for building in town.buildings]
    ids += [tree.local_id for tree in town.trees] + [address.number_id for address in town.addresses]
    assert max(Counter(ids).values()) == 1


def test_door_numbers_are_unique_and_sides_alternate(town: Town) -> None:
    doors = Counter((address.street, address.number, address.letter) for address in town.addresses)
    sides: dict[tuple[str, str], set[int]] = {}
    for address in town.addresses:
        sides.setdefault((address.street, address.building_id), set()).add(address.number % 2)
    assert max(doors.values()) == 1
    assert all(len(parities) == 1 for parities in sides.values())


def test_streets_never_run_out() -> None:
    names = street_names(3000)
    assert len(set(names)) == 3000
    assert all(name.startswith("Demo-") for name in names)


def test_seed_decides() -> None:
    one, again, other = make_town(300, 1), make_town(300, 1), make_town(300, 2)
    assert one == again
    assert replace(other, seed=1) != one


@pytest.mark.parametrize(("inhabitants", "seed"), [(-5, 1), (199, 1), (300, -1)])
def test_impossible_town_is_refused(inhabitants: int, seed: int) -> None:
    with pytest.raises(ConfigError):
        make_town(inhabitants, seed)


def test_rounded_corner_becomes_one_arc() -> None:
    corner = Point(0, 0).buffer(5.0, quad_segs=8).intersection(box(0, 0, 9, 9))
    found = pieces([(round(x, 3), round(y, 3)) for x, y in corner.exterior.coords])
    arcs = [piece for piece in found if piece.is_arc]
    assert len(arcs) == 1
    assert all(math.hypot(*point) == pytest.approx(5.0, abs=0.001) for point in arcs[0].points)
    assert all(one.points[-1] == other.points[0] for one, other in itertools.pairwise(found))


def test_straight_ring_has_no_arc() -> None:
    ring = [(0.0, 0.0), (20.0, 0.0), (20.0, 2.0), (0.0, 2.0), (0.0, 0.0)]
    assert [piece.is_arc for piece in pieces(ring)] == [False]


def test_quad_lies_left_of_its_line() -> None:
    line = LineString([(0, 0), (10, 0)])
    assert quad(line, 2.0, 5.0, 4.0).equals(box(2, 0, 5, 4))
    assert box_beside(line, 2.0, 5.0, 1.0, 4.0).equals(box(2, 1, 5, 4))
    assert offset(line, 3.0).coords[:] == [(0.0, 3.0), (10.0, 3.0)]


def test_midline_runs_between_opposite_lines() -> None:
    middle = midline(LineString([(0, 0), (8, 0)]), LineString([(8, 4), (0, 4)]))
    assert {y for _, y in middle.coords} == {2.0}


def test_slivers_and_threads_are_no_polygons() -> None:
    whole = box(200, 0, 201, 1)
    found = polygons(shapely.union_all([box(0, 0, 0.1, 0.1), box(5, 0, 105, 0.01), whole]))
    assert [part.equals(whole) for part in found] == [True]
    assert polygons(Polygon()) == []


def test_no_interval_is_left_where_all_is_blocked() -> None:
    assert free_intervals((0.0, 10.0), [(-1.0, 11.0)]) == []
    assert free_intervals((0.0, 10.0), []) == [(0.0, 10.0)]
