"""The quarters of the demo town: they tile, their numbers are in proportion, and nothing in them exists."""

from collections import Counter
from itertools import chain
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import shapely

from laadplan.demo.model import Address, Quarter, Town
from laadplan.demo.names import FREE_PC4, LETTER_PAIRS, road_names, street_names
from laadplan.demo.plan_sizes import QUARTERS
from laadplan.demo.shapes import join
from laadplan.demo.town import make_quarter

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("demo-room")]

OVERLAP_SHARE = 1e-5
"""Largest share of the ground that may be covered twice or not at all: rounding to millimetres."""

LONGEST_THREAD_M2 = 0.1
"""Two ditches of 400 m may overlap by a quarter of a millimetre."""


@pytest.fixture(scope="module")
def addresses(quarters: list[Quarter]) -> list[Address]:
    return list(chain.from_iterable(quarter.addresses for quarter in quarters))


def level_0(quarter: Quarter) -> np.ndarray:
    ground = [surface.polygon for surface in quarter.surfaces if surface.level == 0]
    return np.array([*ground, *(building.polygon for building in quarter.buildings)])


def test_every_kind_of_quarter_is_there(town: Town) -> None:
    assert {cell.kind for cell in town.cells} == set(QUARTERS)


def test_all_shapes_are_valid_polygons(quarters: list[Quarter]) -> None:
    for quarter in quarters:
        shapes = np.array(
            [
                *level_0(quarter),
                *(bay for strip in quarter.strips for bay in strip.bays),
                *(surface.polygon for surface in quarter.surfaces if surface.level),
            ]
        )
        assert shapely.is_valid(shapes).all()
        assert shapely.area(shapes).min() >= 0.05


def test_ground_of_every_quarter_is_tiled_once(quarters: list[Quarter]) -> None:
    for quarter in quarters:
        shapes, ground = level_0(quarter), quarter.cell.polygon
        one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
        pairs = one < other
        overlaps = shapely.area(shapely.intersection(shapes[one[pairs]], shapes[other[pairs]]))
        gaps = ground.area - shapely.union_all(shapes).area
        assert overlaps.sum() < OVERLAP_SHARE * ground.area, quarter.cell.name
        assert overlaps.max() < LONGEST_THREAD_M2, quarter.cell.name
        assert abs(gaps) < 2 * OVERLAP_SHARE * ground.area, quarter.cell.name


def test_bridges_lie_over_water(quarters: list[Quarter]) -> None:
    codes = set()
    for quarter in quarters:
        raised = [surface for surface in quarter.surfaces if surface.level == 1]
        water = join(surface.polygon for surface in quarter.surfaces if surface.material == "kanaal")
        codes |= {surface.code for surface in raised}
        assert join(surface.polygon for surface in raised).difference(water.buffer(0.01)).area < 0.1
    assert codes >= {"rijbaan lokale weg", "voetpad"}


def test_dwellings_follow_the_inhabitants(town: Town, addresses: list[Address]) -> None:
    dwellings = sum(address.is_dwelling for address in addresses)
    assert 1.8 <= town.inhabitants / dwellings <= 2.5


def test_bays_have_the_sizes_of_their_orientation(quarters: list[Quarter]) -> None:
    areas: dict[tuple[str, str], list[float]] = {}
    for strip in chain.from_iterable(quarter.strips for quarter in quarters):
        assert len(strip.regimes) == len(strip.bays)
        for bay, regime in zip(strip.bays, strip.regimes, strict=True):
            areas.setdefault((strip.orientation, regime), []).append(bay.area)
    assert min(areas["langs", "openbaar"]) >= 5.5 * 1.8 * 0.95
    assert max(areas["langs", "openbaar"]) <= 6.0 * 2.1 * 1.06
    assert {round(area) for kind in ("haaks", "parkeerterrein") for area in areas[kind, "openbaar"]} <= {12, 13}
    assert {regime for _, regime in areas} == {"openbaar", "gpp", "laden en lossen"}


def test_bays_lie_in_their_strip_and_not_on_each_other(quarters: list[Quarter]) -> None:
    for strip in chain.from_iterable(quarter.strips for quarter in quarters):
        bays = shapely.union_all(strip.bays)
        assert bays.difference(strip.polygon.buffer(0.005)).area < 0.01
        assert bays.area == pytest.approx(sum(bay.area for bay in strip.bays), abs=0.05)


def test_driveway_of_a_dwelling_is_an_inrit_nearby(quarters: list[Quarter]) -> None:
    for quarter in quarters:
        homes = [address.point for address in quarter.addresses if address.own_driveway]
        if homes and quarter.cell.kind != "landelijk":
            drives = shapely.STRtree([surface.polygon for surface in quarter.surfaces if surface.code == "inrit"])
            _, distances = drives.query_nearest(homes, return_distance=True, all_matches=False)
            assert (distances < 40.0).all(), quarter.cell.name


def test_poles_stand_at_public_bays(quarters: list[Quarter]) -> None:
    for quarter in quarters:
        places = shapely.union_all([place for strip in quarter.strips for place in strip.pole_places])
        assert all(pole.point.distance(places) < 5 for pole in quarter.poles if not pole.fast)
    assert any(not quarter.poles for quarter in quarters)


def test_trees_stand_clear_of_buildings_and_carriageways(quarters: list[Quarter]) -> None:
    for quarter in quarters:
        solid = [building.polygon for building in quarter.buildings]
        hard = ("rijbaan lokale weg", "parkeervlak", "waterdeel")
        solid += [surface.polygon for surface in quarter.surfaces if surface.code in hard]
        trees = np.array([tree.point for tree in quarter.trees], dtype=object)
        found = shapely.STRtree(solid).query(trees, predicate="within")
        assert found.size == 0, quarter.cell.name


def test_nothing_in_the_town_exists(quarters: list[Quarter], addresses: list[Address]) -> None:
    assert all(address.street.startswith("Demo-") for address in addresses)
    assert all(pole.street.startswith("Demo-") for quarter in quarters for pole in quarter.poles)
    assert {address.postcode[4:] for address in addresses} <= set(LETTER_PAIRS)
    assert {int(address.postcode[:4]) for address in addresses} <= set(FREE_PC4)
    assert all(quarter.cell.code.startswith("BU9901") for quarter in quarters)
    assert all(address.number_id.startswith("9901") for address in addresses)


@pytest.mark.real
def test_postcodes_are_free_in_the_real_tables(real_data: Path) -> None:
    tables = real_data / "national" / "pc4"
    issued = set(pd.read_csv(tables / "Data_Cleaned_KIM.csv")["pc4"])
    issued |= set(pd.read_csv(tables / "pc4_gemeente_2023_addresscounts.csv")["PC4"])
    issued |= set(pd.read_csv(tables / "Data_Cleaned_CBS_PC4.csv").iloc[:, 0])
    assert len(issued) > 4000
    assert not issued & set(FREE_PC4)


def test_ids_are_unique_over_quarters(quarters: list[Quarter], addresses: list[Address]) -> None:
    ids = [surface.local_id for quarter in quarters for surface in quarter.surfaces if surface.level == 0]
    ids += [building.local_id for quarter in quarters for building in quarter.buildings]
    ids += [building.bag_id for quarter in quarters for building in quarter.buildings]
    ids += [tree.local_id for quarter in quarters for tree in quarter.trees]
    ids += [pole.local_id for quarter in quarters for pole in quarter.poles]
    ids += [address.number_id for address in addresses]
    assert max(Counter(ids).values()) == 1


def test_door_numbers_are_unique_and_sides_alternate(quarters: list[Quarter], addresses: list[Address]) -> None:
    doors = Counter((address.street, address.number, address.letter) for address in addresses)
    sides: dict[tuple[str, str], set[int]] = {}
    for address in addresses:
        sides.setdefault((address.street, address.building_id), set()).add(address.number % 2)
    assert max(doors.values()) == 1
    assert all(len(parities) == 1 for parities in sides.values())
    assert max(address.number for address in addresses) < 2000


def test_a_postcode_lies_in_one_street(addresses: list[Address]) -> None:
    streets: dict[str, set[str]] = {}
    for address in addresses:
        streets.setdefault(address.postcode, set()).add(address.street)
    assert max(map(len, streets.values())) == 1


def test_streets_never_run_out() -> None:
    streets = list(chain.from_iterable(street_names(quarter, 60) for quarter in range(1200)))
    roads = road_names(400)
    assert len(set(streets) | set(roads)) == len(streets) + len(roads)
    assert all(name.startswith("Demo-") for name in (*streets, *roads))


def test_a_quarter_is_the_same_alone(town: Town, quarters: list[Quarter]) -> None:
    assert make_quarter(town, 3) == quarters[3]
