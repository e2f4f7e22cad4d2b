"""Distances worked out by hand, in metres from the corner point, and held against a loop over all pairs."""

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from laadplan.contracts.ground import Obstacles
from laadplan.contracts.measured import CHARGE_POINTS_LOOKED_M, LOOKED_M
from laadplan.contracts.sources import Buildings, ChargePoints, RoadParts, Trees
from laadplan.kerb.beside import measure_charge_points, measure_roads, measure_street, measure_trees
from tests.frames import NAN, box, few, make, moved, point, shapes, shuffled
from tests.kerb.surroundings import layer

POLES = shapes({"p": point(0, 0)})
DRIVEABLE = ("rijbaan lokale weg",)


def trees(*rows):
    """Trees at places, with the crown as measured and the most that its class allows (m, NaN: not known)."""
    return make(
        Trees,
        {
            f"t{number}": {"geometry": point(x, y), "crown_diameter_m": crown, "crown_max_m": most}
            for number, (x, y, crown, most) in enumerate(rows)
        },
    )


@pytest.mark.parametrize(
    ("rows", "stem", "crown", "unknown"),
    [
        ([(3, 4, 6.0, NAN)], 5.0, 2.0, False),
        ([(3, 4, NAN, 8.0)], 5.0, 1.0, False),
        ([(3, 4, 6.0, 20.0)], 5.0, 2.0, False),
        ([(3, 4, 12.0, NAN)], 5.0, 0.0, False),
        ([(3, 4, 2.0, NAN), (8, 6, 16.0, NAN)], 5.0, 2.0, False),
        ([(3, 4, NAN, NAN)], 5.0, NAN, True),
        ([(3, 4, NAN, NAN), (0, 20, 10.0, NAN)], 5.0, 15.0, True),
        ([(0, 20, NAN, NAN)], 20.0, NAN, False),
        ([(0, 20, NAN, NAN), (20, 0, 4.0, NAN)], 20.0, 18.0, False),
        ([(0, 101, 10.0, NAN)], LOOKED_M, 96.0, False),
        ([(0, 120, 10.0, NAN)], LOOKED_M, LOOKED_M, False),
        ([(0, 15.001, NAN, NAN)], 15.0, NAN, False),
        ([], NAN, NAN, False),
    ],
    ids=[
        "measured",
        "of a class",
        "measured goes before the class",
        "beneath it",
        "of a tree further off",
        "not known",
        "not known, and one known further off",
        "not known and too far to reach here",
        "not known as far as a known one",
        "the stem beyond what is looked at",
        "all beyond it",
        "rounded, not known",
        "no trees",
    ],
)
def test_stems_and_crowns(rows, stem, crown, unknown):
    found = measure_trees(POLES, trees(*rows)).loc["p"]

    assert (found["tree_m"], found["crown_m"]) == pytest.approx((stem, crown), nan_ok=True)
    assert found["crown_unknown"] == unknown


def test_of_two_stems_as_near_the_smallest_id_is_told():
    assert measure_trees(POLES, trees((3, 4, NAN, NAN), (-4, 3, NAN, NAN)))["tree_id"].tolist() == ["t0"]
    assert measure_trees(POLES, trees((0, 101, NAN, NAN)))["tree_id"].isna().all()


def test_equal_distances_are_equal_wherever_they_are_measured():
    """Half a centimetre goes up, although the noise of coordinates in RD lies on either side of it."""
    wheres = [0.1 * number for number in range(40)]
    poles = shapes({f"p{number}": point(x, 30 * number) for number, x in enumerate(wheres)})

    found = measure_trees(poles, trees(*[(x + 1.125, 30 * number, NAN, NAN) for number, x in enumerate(wheres)]))

    assert set(found["tree_m"]) == {1.13}


THINGS = layer(
    Obstacles,
    {
        "gully": {"kind": "put", "type": "kolk", "geometry": point(0, -1)},
        "hydrant": {"kind": "put", "type": "brandkraan / -put", "geometry": point(0, 4)},
        "canopy": {"kind": "gebouwinstallatie", "type": "luifel", "geometry": box(-1, 1, 1, 2)},
        "loop": {"kind": "sensor", "type": "detectielus", "geometry": point(0.5, 0)},
        "high": {"kind": "bord", "type": "wegwijzer", "level": 1, "geometry": point(0.2, 0)},
        "fence": {"kind": "scheiding", "type": "hek", "geometry": shapely.LineString([(-5, 2.5), (5, 2.5)])},
        "cabinet": {"kind": "kast", "type": "telecom kast", "geometry": box(6, 8, 7, 9)},
    },
)


def test_walls_cabinets_things_and_manholes():
    buildings = make(
        Buildings, {"low": {"geometry": box(-5, 6, 5, 9)}, "high": {"geometry": box(0, 1, 1, 2), "level": 1}}
    )

    found = measure_street(POLES, buildings, THINGS)

    expected = {"facade_m": 6.0, "cabinet_m": 10.0, "obstacle_m": 2.5, "obstacle_type": "hek"}
    expected |= {"manhole_m": 1.0, "manhole_type": "kolk"}
    assert found.loc["p"].to_dict() == expected


def test_a_delivery_without_cabinets_says_nothing_of_cabinets():
    found = measure_street(POLES, None, THINGS.drop("cabinet")).loc["p"]

    assert found[["facade_m", "cabinet_m"]].isna().all()
    assert (found["obstacle_m"], found["manhole_m"]) == (2.5, 1.0)


def test_what_was_not_delivered_is_empty_and_so_is_an_empty_layer():
    for buildings, things in ((None, None), (Buildings.empty(), Obstacles.empty())):
        assert measure_street(POLES, buildings, things).isna().all(axis=None)
    for nothing in (None, Trees.empty()):
        assert measure_trees(POLES, nothing)[["tree_m", "tree_id", "crown_m"]].isna().all(axis=None)
    for nothing in (None, ChargePoints.empty()):
        assert measure_charge_points(POLES, nothing).isna().all(axis=None)
    for nothing in (None, RoadParts.empty()):
        assert measure_roads(POLES, nothing, DRIVEABLE).isna().all(axis=None)


@pytest.mark.parametrize(("away", "metres", "told"), [(30, 30.0, "c"), (250, 250.0, "c"), (251, 250.0, None)])
def test_charging_locations_are_looked_for_further(away, metres, told):
    found = measure_charge_points(POLES, make(ChargePoints, {"c": {"geometry": point(away, 0)}})).loc["p"]

    assert found["charge_point_m"] == metres <= CHARGE_POINTS_LOOKED_M
    assert found["charge_point_id"] == told or (told is None and pd.isna(found["charge_point_id"]))


def test_junctions_and_crossings():
    roads = make(
        RoadParts,
        {
            "street": {"geometry": box(-60, -7.5, 60, -2.5)},
            "side": {"geometry": box(37.5, -60, 42.5, -7.5)},
            "exit": {"geometry": box(9, -2.5, 12, 2), "function": "inrit"},
            "hump": {"geometry": box(-9, -7.5, -7, -2.5), "plus_function": "verkeersdrempel"},
        },
    )

    found = measure_roads(shapes({"p": point(0, -2), "q": point(0, 300)}), roads, DRIVEABLE)

    # The circle through (37.5, -7.5) and (42.5, -7.5) that touches y = -2.5 has its heart at (40, -5.625), r 3.125.
    assert found["junction_m"].tolist() == pytest.approx([np.hypot(40, 3.625) - 3.125, LOOKED_M], abs=0.3)
    assert found["crossing_m"].tolist() == [7.02, LOOKED_M]
    assert found["crossing_type"].tolist()[0] == "verkeersdrempel"
    assert pd.isna(found.loc["q", "crossing_type"])


def test_streets_without_junction_or_exit_have_none_near():
    found = measure_roads(POLES, make(RoadParts, {"a": {"geometry": box(-60, -5, 60, -1)}}), DRIVEABLE).loc["p"]

    assert (found["junction_m"], found["crossing_m"]) == (LOOKED_M, LOOKED_M)


places = st.lists(st.tuples(st.floats(0, 140), st.floats(0, 140), st.floats(0.5, 9)), min_size=1, max_size=10)


@given(poles=places, things=places, seed=st.integers(0, 3), dx=st.sampled_from([0.0, 12.5, -1000.0]))
@few
def test_distances_are_those_of_a_loop_wherever_it_lies_and_in_whatever_order(poles, things, seed, dx):
    here = shapes({f"p{number}": moved(point(x, y), dx, 0) for number, (x, y, _) in enumerate(poles)})
    houses = {
        f"h{number}": {"geometry": moved(box(x, y, x + side, y + side), dx, 0)}
        for number, (x, y, side) in enumerate(things)
    }
    planted = [(x + dx, y, side, NAN) for x, y, side in things]

    buildings, stems = make(Buildings, houses), trees(*planted)
    walls = measure_street(shuffled(here, seed), shuffled(buildings, seed), None)["facade_m"]
    wood = measure_trees(shuffled(here, seed), shuffled(stems, seed))

    for name, pole in here.items():
        wall = min(pole.distance(shape) for shape in buildings.geometry)
        stem = min(pole.distance(place) for place in stems.geometry)
        crown = min(
            pole.distance(place) - wide / 2
            for place, wide in zip(stems.geometry, stems["crown_diameter_m"], strict=True)
        )
        assert walls[name] == pytest.approx(min(wall, LOOKED_M), abs=0.0051)
        assert wood.loc[name, "tree_m"] == pytest.approx(min(stem, LOOKED_M), abs=0.0051)
        if crown <= LOOKED_M:
            assert wood.loc[name, "crown_m"] == pytest.approx(max(crown, 0.0), abs=0.0051)


def test_no_poles_have_no_measurements():
    nowhere = shapes({})

    assert measure_trees(nowhere, trees((0, 0, NAN, NAN))).empty
    assert measure_street(nowhere, None, THINGS).empty
    assert measure_roads(nowhere, make(RoadParts, {"a": {"geometry": box(0, 0, 9, 9)}}), DRIVEABLE).empty
